"""A report as a reader sees it: what holds, with numbered sources; what does not is cut or marked. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from farside.missions.research.addresses import words
from farside.missions.research.claims import Claim, Ledger, Status
from farside.missions.research.report import Block, Kind, Section, Sentence
from farside.missions.research.spans import Page, Span

LABELS: dict[Status, str] = {"disputed": "disputed", "doubtful": "not supported"}
"""What marks a sentence that a reader must not take as settled."""


@dataclass(frozen=True, slots=True)
class Source:
    """A page that is cited, as it was read."""

    number: int
    """Counted from 1, in the order in which they are cited."""
    page: Page
    spans: tuple[Span, ...]
    """Every span that is cited of it, by place."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A citation as it is shown."""

    source: int
    span: Span


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence as it is shown."""

    text: str
    marks: tuple[Mark, ...] = ()
    status: Status = "supported"


@dataclass(frozen=True, slots=True)
class Piece:
    """A paragraph, an item, or a row as it is shown."""

    kind: Kind
    mark: str
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A section as it is shown."""

    heading: str
    depth: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A row of the table of what could not be settled."""

    question: str
    sides: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """The whole of it."""

    title: str
    question: str
    notes: tuple[str, ...]
    """What a reader must know first: that it is a part, that no judge has read it, what was left out."""
    parts: tuple[Part, ...]
    unsettled: tuple[Unsettled, ...]
    sources: tuple[Source, ...]

    @property
    def summary(self) -> tuple[Statement, ...]:
        """What the first section with something in it says."""
        first = next((part for part in self.parts if part.pieces), None)
        return tuple(said for piece in first.pieces for said in piece.statements) if first else ()


def document(ledger: Ledger, question: str, unfinished: str = "") -> Document:
    """Return the report of a ledger; `unfinished` says why it is only a part, where it is."""
    sources = _sources(ledger)
    view = _View(ledger, {(source.page.name, source.page.hash): source.number for source in sources})
    parts = tuple(view.part(section) for section in ledger.report.sections if not section.unsettled)
    return Document(
        view.title() or question,
        question,
        tuple(_notes(ledger, unfinished)),
        tuple(part for part in parts if part.pieces),
        tuple(view.unsettled()),
        sources,
    )


def _sources(ledger: Ledger) -> tuple[Source, ...]:
    """Return the pages that what is shown cites, numbered in the order of the report."""
    found: dict[tuple[str, str], list[Span]] = {}
    for claim in ledger.claims:
        if claim.status != "unsupported":
            for span in (*claim.spans, *_against(claim)):
                found.setdefault((span.page.name, span.page.hash), []).append(span)
    return tuple(
        Source(number, spans[0].page, tuple(sorted(set(spans), key=lambda span: (span.first, span.last))))
        for number, spans in enumerate(found.values(), 1)
    )


def _notes(ledger: Ledger, unfinished: str) -> Iterator[str]:
    if unfinished:
        yield f"This is only a part: {unfinished}."
    if count := ledger.counted("not judged"):
        yield f"{_sentences(count)} not read by a judge: only numbers, dates and names are checked."
    if count := ledger.counted("doubtful"):
        yield f"{_sentences(count)} marked as not supported: the judge did not say that the cited lines hold it."
    if count := ledger.counted("unsupported"):
        yield f"{_sentences(count)} left out, as the lines cited do not say so; the ledger names each."


def _sentences(count: int) -> str:
    return "One sentence was" if count == 1 else f"{count} sentences were"


@dataclass(frozen=True, slots=True)
class _View:
    """Turns sentences into what is shown of them."""

    ledger: Ledger
    numbers: dict[tuple[str, str], int]

    def title(self) -> str:
        """Return the title, if it says no number that nothing below it holds."""
        title = self.ledger.report.title
        return "" if self.ledger.of(title) else words(title.text)

    def part(self, section: Section) -> Part:
        pieces = [self._piece(block) for block in section.blocks]
        heading = "" if self.ledger.of(section.heading) else words(section.heading.text)
        return Part(heading, section.depth, tuple(_led(section.blocks, pieces)))

    def unsettled(self) -> Iterator[Unsettled]:
        """Yield the rows of the report's own section, then what the judge found to be disputed."""
        for section in self.ledger.report.sections:
            for block in section.blocks if section.unsettled else ():
                shown = [said for sentence in block.sentences if (said := self._statement(sentence))]
                if block.kind != "head" and shown:
                    yield Unsettled(shown[0].text, tuple(shown[1:]) or tuple(shown))
        for claim in self.ledger.claims:
            if claim.status == "disputed" and not self._is_told(claim):
                yield Unsettled(words(claim.sentence.text), tuple(self._sides(claim)))

    def _is_told(self, claim: Claim) -> bool:
        """Tell whether the report itself sets the page of a disputed claim against the one that contradicts it."""
        rows = [
            {
                span.page.name
                for sentence in block.sentences
                if (row := self.ledger.of(sentence))
                for span in row.spans
            }
            for section in self.ledger.report.sections
            if section.unsettled
            for block in section.blocks
        ]
        own, other = ({span.page.name for span in spans} for spans in (claim.spans, _against(claim)))
        return any(row & own and row & other for row in rows)

    def _sides(self, claim: Claim) -> Iterator[Statement]:
        """Yield what each source says. Why the judge thinks so nobody has checked: the ledger has it."""
        told = [span for span in claim.spans if not _is_heading(span)] or claim.spans
        yield from (Statement(_excerpt(span), self._marks([span])) for span in (*told, *_against(claim)))

    def _piece(self, block: Block) -> Piece | None:
        shown = tuple(said for sentence in block.sentences if (said := self._statement(sentence)))
        return Piece(block.kind, block.mark, shown) if shown else None

    def _statement(self, sentence: Sentence) -> Statement | None:
        claim = self.ledger.of(sentence)
        if claim is None:
            return Statement(words(sentence.text))
        if claim.status == "unsupported":
            return None
        return Statement(words(sentence.text), self._marks(claim.spans), claim.status)

    def _marks(self, spans: Iterable[Span]) -> tuple[Mark, ...]:
        """Return one mark for each source, which leads to the longest of its spans."""
        longest: dict[int, Span] = {}
        for span in spans:
            number = self.numbers[span.page.name, span.page.hash]
            if number not in longest or len(span.text) > len(longest[number].text):
                longest[number] = span
        return tuple(Mark(number, span) for number, span in longest.items())


def _led(blocks: Sequence[Block], pieces: Sequence[Piece | None]) -> Iterator[Piece]:
    """Yield the pieces; words that lead to a list and heads of tables only where something of it is left."""
    for at, piece in enumerate(pieces):
        if piece and (not _leads(piece) or any(_below(at, blocks, pieces))):
            yield piece


def _leads(piece: Piece) -> bool:
    ends = piece.statements[-1].text.rstrip("*_ ").endswith((":", "\uff1a"))
    return piece.kind == "head" or (ends and not any(said.marks for said in piece.statements))


def _below(at: int, blocks: Sequence[Block], pieces: Sequence[Piece | None]) -> Iterator[Piece | None]:
    """Yield what is left of the items, rows or paragraph that follow a block."""
    kinds = [block.kind for block in blocks[at + 1 :]]
    together = takewhile(lambda kind: kind in (kinds[0], "row") and kind != "paragraph", kinds)
    yield from pieces[at + 1 : at + 1 + max(1, len(list(together)))]


def _against(claim: Claim) -> tuple[Span, ...]:
    return tuple(span for span, _ in claim.judgement.against)


def _is_heading(span: Span) -> bool:
    return span.first == span.last and span.text.startswith("#")


def _excerpt(span: Span) -> str:
    text = " ".join(span.text.split())
    return f"\u201c{text[:200]}\u2026\u201d" if len(text) > 200 else f"\u201c{text}\u201d"
