"""A chapter: its text, and where in it something stands. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from farside.missions.story.book.page import lines_of

NUMBER = re.compile(r"(\d+)")
CJK = "\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef"
"""Characters of Chinese, with its punctuation."""
_MARKS = "“”‘’…—"
WRAPPED = re.compile(rf"(?<=[{CJK}])\s*\n\s*(?=[{CJK}{_MARKS}])|(?<=[{_MARKS}])\s*\n\s*(?=[{CJK}])")
TYPOGRAPHY = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "…": "...", "\u00a0": " "})


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph."""

    number: int
    """From 1; the title counts as none."""
    line: int
    """The line of the file where it begins, from 1."""
    text: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """One file of chapters/."""

    number: int
    file: str
    text: str
    """The whole file."""

    @property
    def title(self) -> str:
        """Its heading, or ""."""
        found = re.match(r"\s*#\s+(.*)", self.text)
        return found[1].strip() if found else ""

    @property
    def paragraphs(self) -> tuple[Paragraph, ...]:
        """The paragraphs of the prose; headings and scene breaks are none."""
        return _paragraphs(self.text)

    @property
    def prose(self) -> str:
        """The paragraphs alone, a blank line between two."""
        return "\n\n".join(paragraph.text for paragraph in self.paragraphs)

    def line_of(self, words: str) -> int:
        """Return the line where a quotation stands to the letter, line breaks and kinds of marks aside, or 0."""
        wanted = plain(words)
        for paragraph in self.paragraphs if wanted else ():
            at = plain(paragraph.text).find(wanted)
            if at >= 0:
                before = re.match(rf"(?:\s*\S){{{len(''.join(plain(paragraph.text)[:at].split()))}}}", paragraph.text)
                return paragraph.line + (paragraph.text[: before.end()].count("\n") if before else 0)
        return 0


def plain(text: str) -> str:
    """Return a text with single spaces, none between characters of Chinese, straight marks and composed accents."""
    text = unicodedata.normalize("NFC", text).translate(TYPOGRAPHY)
    return " ".join(re.sub(rf"(?<=[{CJK}])\s+(?=[{CJK}])", "", text).split())


def joined(text: str) -> str:
    """Return a paragraph as one line: between two lines of Chinese is no space."""
    return " ".join(WRAPPED.sub("", text).split())


def is_break(text: str) -> bool:
    """Tell whether a paragraph only divides scenes."""
    return bool(re.fullmatch(r"[\s*#\-–—_·•~＊]+", text))


@lru_cache(64)
def _paragraphs(text: str) -> tuple[Paragraph, ...]:
    found: list[Paragraph] = []
    lines = lines_of(text)
    start = 0
    while start < len(lines):
        end = start
        while end < len(lines) and lines[end].strip():
            end += 1
        first = start + lines[start].startswith("#") if start < end else start
        block = "\n".join(lines[first:end])
        if block and not is_break(block):
            found.append(Paragraph(len(found) + 1, first + 1, block))
        start = end + 1
    return tuple(found)
