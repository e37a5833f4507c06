"""A report as a model writes it in Markdown: sections, and in them sentences that cite. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from farside.missions.research.citation import WRITTEN, Citation, citations, without
from farside.missions.research.quotations import quotations
from farside.missions.research.scripts import UNSPACED
from farside.missions.research.sentences import sentences

HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*$")
QUOTE = re.compile(r"^>[>\s]*")
"""What begins each line of a block quotation."""
ITEM = re.compile(r"(?P<mark>[-*+]|\d{1,3}[.)])\s+(?P<text>.*)")
BAR = re.compile(rf"{WRITTEN.pattern}|\|")
RULE = re.compile(r"\|?(?:\s*:?-+:?\s*\|)+(?:\s*:?-+:?\s*)?|-{3,}|\*{3,}|_{3,}")
UNSETTLED = re.compile(
    r"(?:what\s+)?could not be settled|unsettled|open questions|未决|未能确定|无法确定|尚无定论", re.IGNORECASE
)
"""The heading of the section that says what could not be settled."""

Kind = Literal["paragraph", "item", "row", "head"]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, or one row of a table, with what it cites."""

    text: str
    """Without its citations."""
    citations: tuple[Citation, ...]
    line: int
    """Where it begins in the report, counted from 1."""

    @property
    def asserts(self) -> bool:
        """Tell whether it says that something is so: no question, and no words that only lead to what follows."""
        return bool(re.search(r"\w", self.text)) and not self.text.rstrip("*_ ").endswith(
            ("?", "\uff1f", ":", "\uff1a")
        )


NOTHING = Sentence("", (), 0)


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, an item of a list, or a row of a table; a head names the columns of one and claims nothing."""

    kind: Kind
    sentences: tuple[Sentence, ...]
    mark: str = ""
    """What an item begins with: `-`, or its number."""


@dataclass(frozen=True, slots=True)
class Section:
    """What stands below one heading."""

    heading: Sentence
    """Empty before the first."""
    depth: int
    """How many `#` its heading has; 0 = before the first."""
    blocks: tuple[Block, ...]

    @property
    def unsettled(self) -> bool:
        """Tell whether it is the section that says what could not be settled."""
        return bool(UNSETTLED.search(self.heading.text))


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report."""

    title: Sentence
    """Empty where it has none."""
    sections: tuple[Section, ...]


def read(text: str) -> Report:
    """Return the report that a text in Markdown is; a first heading of depth 1 is its title."""
    title = heading = NOTHING
    sections, depth, held = list[Section](), 0, list[tuple[int, str]]()
    for number, line in enumerate(text.split("\n"), 1):
        found = HEADING.fullmatch(line.strip())
        if found is None:
            held.append((number, line.strip()))
            continue
        sections += _section(heading, depth, held)
        heading, depth, held = Sentence(without(found[2]), (), number), len(found[1]), []
        if depth == 1 and title is NOTHING:
            title, heading, depth = heading, NOTHING, 0
    sections += _section(heading, depth, held)
    return Report(title, tuple(sections))


def _section(heading: Sentence, depth: int, lines: list[tuple[int, str]]) -> list[Section]:
    apart = bool(UNSETTLED.search(heading.text))
    blocks = tuple(_blocks(lines, apart))
    return [Section(heading, depth, blocks)] if heading.text or blocks else []


def _blocks(lines: list[tuple[int, str]], apart: bool) -> Iterator[Block]:
    """Yield blocks; lines that follow one another are one paragraph or item, each row of a table is its own.

    `apart`: what stands between `|` is a sentence of its own.
    """
    held: list[tuple[int, str]] = []
    for number, line in lines:
        ruled = RULE.fullmatch(line)
        if held and (not line or ruled or _begins(line, held[0][1])):
            yield _block(held, apart)
            held = []
        if line and not ruled:
            if _heads(number, line, lines):
                yield Block("head", (Sentence(_cells(line), (), number),))
            else:
                held.append((number, line))
    if held:
        yield _block(held, apart)


def _begins(line: str, first: str) -> bool:
    """Tell whether a line is no more of the block whose first line is given."""
    alone = line.startswith("|") or first.startswith("|") or ITEM.fullmatch(line) is not None
    return alone or QUOTE.fullmatch(line) is not None or line.startswith(">") > first.startswith(">")


def _heads(number: int, line: str, lines: list[tuple[int, str]]) -> bool:
    """Tell whether a row names the columns: the rule of a table stands below it."""
    below = next((text for at, text in lines if at == number + 1), "")
    return line.startswith("|") and bool(RULE.fullmatch(below))


def _block(lines: list[tuple[int, str]], apart: bool) -> Block:
    number, first = lines[0]
    if first.startswith("|") and not apart:
        return Block("row", (Sentence(_cells(without(first)), citations(first), number),))
    item = ITEM.fullmatch(first)
    kind: Kind = "item" if item or first.startswith("|") else "paragraph"
    mark = item["mark"] if item else "-" * (kind == "item")
    inside = [(number, item["text"] if item else first), *lines[1:]]
    text, starts = _joined([(at, QUOTE.sub("", line)) for at, line in inside])
    if inside[0][1].startswith(">") and not _is_marked(text):
        return Block(kind, (Sentence(f"\u201c{without(text)}\u201d", citations(text), number),), mark)
    written = filter(None, map(str.strip, _parted(text))) if apart and "|" in text else sentences(text)
    return Block(kind, tuple(_sentences(written, text, starts)), mark)


def _parted(text: str) -> Iterator[str]:
    """Yield what stands between `|`, those in the names of pages left alone."""
    start = 0
    for found in BAR.finditer(text):
        if found[0] == "|":
            yield text[start : found.start()]
            start = found.end()
    yield text[start:]


def _is_marked(text: str) -> bool:
    """Tell whether a block quotation has quotation marks of its own: what stands behind these is not quoted."""
    first = next(quotations(text), None)
    return not text or (first is not None and first.start == 0)


def _sentences(written: Iterable[str], text: str, starts: list[int]) -> Iterator[Sentence]:
    """Yield sentences, each with the line in which it begins."""
    at = 0
    for part in written:
        at = text.index(part, at)
        if plain := without(part):
            yield Sentence(plain, citations(part), starts[at])
        at += len(part)


def _joined(lines: list[tuple[int, str]]) -> tuple[str, list[int]]:
    """Return the text of lines that belong together, and for each of its characters the number of its line."""
    text, starts = "", list[int]()
    for number, line in lines:
        gap = "" if not text or (UNSPACED.fullmatch(text[-1]) and UNSPACED.match(line)) else " "
        text += gap + line
        starts += [number] * len(gap + line)
    return text, starts


def _cells(row: str) -> str:
    return " | ".join(cell.strip() for cell in row.strip().strip("|").split("|"))
