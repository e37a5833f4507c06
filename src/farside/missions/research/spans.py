"""Pages as they are archived, and the spans that claims cite. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from farside.missions.research.citation import Citation
from farside.tools.corpora.passages import lines_of


@dataclass(frozen=True, slots=True)
class Page:
    """A page that the run has opened, as it was then."""

    name: str
    """As it is told: `NAME:path` of a corpus, or an address."""
    record: str
    """SHA-256 of the record in the archive."""
    hash: str
    """SHA-256 of the text in the archive."""
    read_at: str
    text: str
    address: str = ""
    """Where it came from in the end; "" = a file of a corpus."""

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines of its text, without their ends."""
        return _lines(self.text)

    @property
    def title(self) -> str:
        """The first heading, or the name."""
        heads = (line.lstrip("# ").strip() for line in self.lines if line.startswith("# "))
        return next(filter(None, heads), self.name)


@lru_cache(maxsize=64)
def _lines(text: str) -> tuple[str, ...]:
    """Return lines without their ends; kept, as each sentence of a report asks for those of its pages."""
    return tuple(line.rstrip("\n") for line in lines_of(text))


@dataclass(frozen=True, slots=True)
class Span:
    """Lines of an archived page, copied by farside."""

    page: Page
    first: int
    last: int
    text: str

    @property
    def hash(self) -> str:
        """SHA-256 of its text."""
        return hashlib.sha256(self.text.encode(errors="replace")).hexdigest()


class NoSpan(Exception):
    """A citation that leads to no span; says why, and what to do."""


def cut(citation: Citation, pages: Iterable[Page]) -> Span:
    """Return the lines that a citation names, of the page as it was opened last.

    Raises:
        NoSpan: no such page was opened, or it has no such lines, or they are empty.
    """
    page = _named(citation.page, tuple(pages))
    if page is None:
        raise NoSpan(f"the page {citation.page} was not opened in this run: open it with open_page, then cite it")
    lines = page.lines
    if not citation.first:
        raise NoSpan(f"it names no lines: write [[{page.name}:FIRST-LAST]], of the {len(lines):,} lines there are")
    if citation.last > len(lines):
        raise NoSpan(f"{page.name} has {len(lines):,} lines, none of number {citation.last:,}")
    text = "\n".join(lines[citation.first - 1 : citation.last])
    if not text.strip():
        raise NoSpan(f"{citation} is empty")
    return Span(page, citation.first, citation.last, text)


def _named(name: str, pages: Sequence[Page]) -> Page | None:
    """Return the page of a name as it was opened last; that of its corpus may be left out where it must be meant."""
    found = [page for page in pages if name in (page.name, page.address)]
    if not found:
        found = [page for page in pages if page.name.endswith((f":{name}", f"/{name}"))]
        if len({page.name for page in found}) > 1:
            return None
    return found[-1] if found else None


def together(spans: Sequence[Span]) -> str:
    """Return the lines of spans as their pages have them, each once, with U+0000 where lines are left out."""
    return "\0".join(_cited(page, spans) for page in dict.fromkeys(span.page for span in spans))


def _cited(page: Page, spans: Sequence[Span]) -> str:
    numbers = {number for span in spans if span.page == page for number in range(span.first, span.last + 1)}
    within = range(min(numbers), max(numbers) + 1)
    lines = page.lines
    return "\n".join(lines[number - 1] if number in numbers else "\0" for number in within)


def stands(span: Span) -> bool:
    """Tell whether a span stands in its archived page, to the letter, and the page is what its hash says."""
    whole = hashlib.sha256(span.page.text.encode(errors="replace")).hexdigest() == span.page.hash
    return whole and "\n".join(span.page.lines[span.first - 1 : span.last]) == span.text
