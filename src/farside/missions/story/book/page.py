"""The one form of a book's files: Markdown with fields under its headings. Pure.

    # Title
    - key: value            a field of the file
    ## Name of an entry
    - key: value            a field of the entry; an indented line goes on with it
    Prose, as much as is wanted.

Fields stand right under their heading; the first line that is none begins the prose.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

HEADING = re.compile(r"(#{1,2})\s+(.*?)\s*#*\s*$")
FIELD = re.compile(r"[-*]\s+([^:：|\"“]{1,40}?)\s*[:：]\s*(.*)$")
NUMBERED = re.compile(r"([A-Za-z]+\d+)(?![\w])[\s.:：·,，、–—-]*(.*)$")


@dataclass(frozen=True, slots=True)
class Field:
    """One `- key: value`."""

    key: str
    value: str
    line: int
    """From 1."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands under one heading."""

    name: str
    line: int
    fields: tuple[Field, ...] = ()
    prose: str = ""

    def value(self, key: str) -> str:
        """Return the value of a field, or ""."""
        return next((field.value for field in self.fields if field.key == key), "")

    def line_of(self, key: str) -> int:
        """Return the line of a field, or that of the heading where there is none."""
        return next((field.line for field in self.fields if field.key == key), self.line)

    @property
    def id(self) -> str:
        """The number in front of the heading (`R1`, `S12`), else the whole heading."""
        found = NUMBERED.match(self.name)
        return found[1].upper() if found else self.name

    @property
    def title(self) -> str:
        """The heading without that number."""
        found = NUMBERED.match(self.name)
        return (found[2] if found else "") or self.name


@dataclass(frozen=True, slots=True)
class Page:
    """One file of a book."""

    path: str
    """Relative to the book's folder, with `/`."""
    head: Entry
    """Title, fields and prose before the first entry; line 0 where there is no title."""
    entries: tuple[Entry, ...] = ()


def parsed(path: str, text: str) -> Page:
    """Return the page that a text is. Any text is a page."""
    blocks = list(_blocks(lines_of(text)))
    level, first, *_ = blocks[0] if blocks else (1, Entry("", 0))
    if level == 1:
        return Page(path, first, tuple(entry for _, entry in blocks[1:]))
    return Page(path, Entry("", 0), tuple(entry for _, entry in blocks))


def _blocks(lines: list[str]) -> Iterator[tuple[int, Entry]]:
    """Yield (level, entry) for each heading; text before the first is an untitled page's head."""
    starts = [(number, found) for number, line in enumerate(lines) if (found := HEADING.match(line))]
    if (not starts or starts[0][0] > 0) and any(line.strip() for line in lines[: starts[0][0] if starts else None]):
        yield 1, _entry("", 0, lines[: starts[0][0] if starts else None], 0)
    ends = [*(number for number, _ in starts[1:]), len(lines)]
    for (number, found), end in zip(starts, ends, strict=False):
        yield len(found[1]), _entry(found[2], number + 1, lines[number + 1 : end], number + 1)


def _entry(name: str, line: int, body: list[str], offset: int) -> Entry:
    fields: list[Field] = []
    number, goes_on = 0, False
    while number < len(body):
        text = body[number]
        found = FIELD.match(text)
        if found:
            fields.append(Field(found[1].strip().lower(), found[2].strip(), offset + number + 1))
        elif goes_on and text[:1] in (" ", "\t") and text.strip():
            last = fields.pop()
            fields.append(Field(last.key, f"{last.value} {text.strip()}".strip(), last.line))
        elif text.strip():
            break
        number, goes_on = number + 1, bool(text.strip())
    return Entry(name, line, tuple(fields), "\n".join(body[number:]).strip("\n"))


def lines_of(text: str) -> list[str]:
    """Return the lines of a text as an editor counts them: nothing but a line feed ends one."""
    return text.removesuffix("\n").split("\n") if text else []


def entry_at(text: str, line: int) -> Entry:
    """Return the entry of a file whose heading stands on a line, as it is written."""
    return next(entry for entry in parsed("", text).entries if entry.line == line)


def listed(value: str) -> tuple[str, ...]:
    """Return the parts of a value that lists names or numbers."""
    return _parts(re.split(r"[;；,，、]", value))


def phrases(value: str) -> tuple[str, ...]:
    """Return the parts of a value that lists phrases, which may hold commas."""
    return _parts(re.split(r"[;；]", value))


def _parts(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(part for value in values if (part := value.strip().strip('"“”「」').strip()))


def with_field(text: str, entry: Entry, names: tuple[str, ...], value: str) -> str:
    """Return a file's text with a field of one of its entries set; `names` are those that the field may have.

    A field that is not there yet comes behind the last one. All else stays to the letter.
    """
    lines = lines_of(text)
    known = next((field for field in entry.fields if field.key in names), None)
    if known is None:
        at = max((_end(lines, field.line) for field in entry.fields), default=entry.line)
        behind = [""] if _end(lines, at) > at else []  # an indented line of prose would be taken for the field's
        lines[at:at] = [f"- {names[0]}: {value}", *behind]
    else:
        lines[known.line - 1 : _end(lines, known.line)] = [f"- {known.key}: {value}"]
    return "\n".join(lines) + "\n"


def _end(lines: list[str], line: int) -> int:
    """Return the index behind a field that begins on a line (from 1), its indented lines with it."""
    end = line
    while end < len(lines) and lines[end][:1] in (" ", "\t") and lines[end].strip():
        end += 1
    return end
