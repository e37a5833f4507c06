"""The claim ledger: each sentence of a report that says something, its spans, and what the checks found. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from farside.missions.research import dates, quantities
from farside.missions.research.citation import ABOVE, Citation
from farside.missions.research.faults import faults, unfounded
from farside.missions.research.judge import Judge, Judgement
from farside.missions.research.names import ordinary
from farside.missions.research.quotations import quotations
from farside.missions.research.report import Report, Section, Sentence
from farside.missions.research.rivals import rivals, spoken
from farside.missions.research.spans import NoSpan, Page, Span, cut, together

Status = Literal["supported", "disputed", "not judged", "doubtful", "unsupported"]
"""doubtful: the judge does not say that its spans support it. unsupported: the hard check failed."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence that says that something is so."""

    number: int
    """Counted from 1 over the report."""
    section: str
    sentence: Sentence
    spans: tuple[Span, ...]
    faults: tuple[str, ...]
    """What the hard check found."""
    judgement: Judgement

    @property
    def status(self) -> Status:
        """What becomes of it."""
        if self.faults:
            return "unsupported"
        if self.judgement.says == "not asked":
            return "not judged"
        if self.judgement.says != "supported":
            return "doubtful"
        return "disputed" if self.judgement.against else "supported"

    @property
    def troubles(self) -> tuple[str, ...]:
        """Why it does not hold."""
        if self.faults:
            return self.faults
        return (f"its lines do not support it ({self.judgement.why})",) if self.status == "doubtful" else ()


@dataclass(frozen=True, slots=True)
class Ledger:
    """All claims of a report, in order."""

    report: Report
    claims: tuple[Claim, ...]

    def of(self, sentence: Sentence) -> Claim | None:
        """Return the claim that a sentence of the report is, or None where it claims nothing."""
        return next((claim for claim in self.claims if claim.sentence is sentence), None)

    def counted(self, *statuses: Status) -> int:
        """Return how many claims have one of these statuses."""
        return sum(claim.status in statuses for claim in self.claims)


def ledger(report: Report, pages: Sequence[Page], judge: Judge, depth: int, question: str = "") -> Ledger:
    """Return the ledger of a report over the pages that were opened.

    `depth`: passages of other sources that each claim is held against. `question`: what the user said may stand in
    headings too.
    """
    known = ordinary(page.text for page in pages)
    others = spoken(pages if depth else ())
    found: list[Claim] = []
    for section in report.sections:
        begin = len(found)
        for sentence, spans, missing in _cited(section, pages):
            wrong = missing or faults(sentence.text, spans, known)
            most = 0 if wrong or section.unsettled else depth  # there the contradiction is what is said
            against = rivals(sentence.text, spans, others, most)
            judged = Judgement() if wrong else judge(sentence.text, spans, against)
            found.append(Claim(len(found) + 1, section.heading.text, sentence, spans, wrong, judged))
        found += _unfounded(_leading(section), found[begin:], question, len(found))
    found += _unfounded([report.title], found, question, len(found))
    return Ledger(report, tuple(found))


def _cited(section: Section, pages: Sequence[Page]) -> Iterator[tuple[Sentence, tuple[Span, ...], tuple[str, ...]]]:
    """Yield each claim of a section with its spans, and what is wrong with its citations."""
    above: tuple[Span, ...] = ()
    for block in section.blocks:
        for sentence in block.sentences:
            if block.kind == "head" or not _claims(sentence, section):
                continue
            spans, missing = _spans(sentence.citations, pages, above)
            above = tuple(dict.fromkeys((*above, *spans)))
            yield sentence, spans, missing


def _claims(sentence: Sentence, section: Section) -> bool:
    """Tell whether a sentence has to be proven. Of what no source says nothing can be cited."""
    if not sentence.asserts and not sentence.citations:
        return False
    open_question = section.unsettled and not sentence.citations
    said = (quantities.claimed(sentence.text), dates.dated(sentence.text).dates, [*quotations(sentence.text)])
    return not open_question or any(said)


def _leading(section: Section) -> list[Sentence]:
    """Return what claims nothing by itself: the heading, questions, heads of tables, words that lead on."""
    inside = [
        sentence
        for block in section.blocks
        for sentence in block.sentences
        if block.kind == "head" or not (sentence.asserts or sentence.citations)
    ]
    return [section.heading, *inside]


def _unfounded(leading: Sequence[Sentence], below: Sequence[Claim], question: str, before: int) -> list[Claim]:
    """Return a claim for each heading or lead that says a number or date which nothing below it holds."""
    spans = tuple(dict.fromkeys(span for claim in below if not claim.faults for span in claim.spans))
    text = f"{question}\0{together(spans)}"
    wrong = [(sentence, missing) for sentence in leading if (missing := unfounded(sentence.text, text))]
    return [
        Claim(number, "", sentence, (), missing, Judgement())
        for number, (sentence, missing) in enumerate(wrong, before + 1)
    ]


def _spans(
    cited: Sequence[Citation], pages: Sequence[Page], above: tuple[Span, ...]
) -> tuple[tuple[Span, ...], tuple[str, ...]]:
    if not cited:
        return (), ("it cites nothing: write [[PAGE:FIRST-LAST]] behind it",)
    spans, missing = list[Span](), list[str]()
    for citation in cited:
        if citation.page.lower() == ABOVE:
            spans += above
            missing += [] if above else ["nothing above it in its section cites anything"]
            continue
        try:
            spans.append(cut(citation, pages))
        except NoSpan as reason:
            missing.append(str(reason))
    return tuple(dict.fromkeys(spans)), tuple(missing)
