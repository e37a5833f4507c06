"""Dates, decades and centuries as people write them, English and Chinese. Pure.

`12 March 1894`, `March 12, 1894`, `1894-03-12` and `1894年3月12日` are one date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from farside.missions.research.numerals import chinese
from farside.missions.research.scripts import plain
from farside.missions.research.words import MONTHS, ORDINALS

_MONTH = rf"(?P<month>{'|'.join(map(str.title, MONTHS))}|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.?"
_DAY, _YEAR = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?", r"(?P<year>\d{4})(?!\d)"
_ZH = "[零\u3007一二三四五六七八九十]"
FORMS = (
    re.compile(rf"\b{_DAY}\s+(?:of\s+)?{_MONTH}(?:,?\s+{_YEAR})?(?![\w])"),
    re.compile(rf"\b{_MONTH}\s+{_DAY}(?!\d)(?:,?\s+{_YEAR})?"),
    re.compile(rf"\b{_MONTH},?\s+(?:of\s+)?{_YEAR}"),
    re.compile(r"(?<!\d)(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?!\d)"),
    re.compile(r"(?<!\d)(?P<year>\d{4})/(?P<month>\d{1,2})/(?P<day>\d{1,2})(?!\d)"),
    re.compile(r"(?<!\d)(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4})(?!\d)"),
    re.compile(
        rf"(?:(?P<year>\d{{4}}|{_ZH}{{4}})\s*年\s*)?(?P<month>\d{{1,2}}|{_ZH}{{1,3}})\s*月"
        rf"(?:\s*(?P<day>\d{{1,2}}|{_ZH}{{1,3}})\s*[日号])?"
    ),
    re.compile(rf"(?P<year>{_ZH}{{4}})\s*年"),
)
SLASHED = re.compile(r"(?<!\d)(\d{1,2})/(\d{1,2})/(\d{4})(?!\d)")
"""Day first or month first, as nobody can tell."""
DECADE = re.compile(r"(?<!\d)(\d{3}0)(?:'?s\b|\s*年代)|(?<!\d)(\d{1,2})\s*世纪\s*(\d0|[二三四五六七八九]十)\s*年代")
CENTURY = re.compile(
    rf"\b(\d{{1,2}})(?:st|nd|rd|th)[\s-]+century|\b({'|'.join((*ORDINALS, 'twenty-first'))})[\s-]+century"
    r"|(\d{1,2}|[一二三四五六七八九十]{1,3})\s*世纪",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Date:
    """A point or stretch of time; None = not said. Years of a stretch: from `year` up to but not with `until`."""

    written: str
    year: int | None = None
    month: int | None = None
    day: int | None = None
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Dated:
    """A text whose dates are taken out."""

    dates: tuple[Date, ...]
    rest: str


def dated(text: str, order: Literal["both", "first"] = "first") -> Dated:
    """Return the dates of a text, and the text without them. `order`: how many readings `03/04/1894` has."""
    text = plain(text)
    found = list[Date]()
    for pattern in (*FORMS, SLASHED, DECADE, CENTURY):
        for match in pattern.finditer(text):
            read = list(_read(match))
            found += read if order == "both" else read[:1]
            if read:
                text = text[: match.start()] + " " * len(match[0]) + text[match.end() :]
    return Dated(tuple(found), text)


def _read(match: re.Match[str]) -> Iterator[Date]:
    """Yield what a match may mean; nothing where it is no date."""
    if match.re is SLASHED:
        one, other, year = map(int, match.groups())
        yield from (
            Date(match[0], year, month, day) for day, month in ((one, other), (other, one)) if _is_day(month, day)
        )
    elif match.re is DECADE:
        begins = int(match[1]) if match[1] else 100 * (int(match[2]) - 1) + _number(match[3])
        yield Date(match[0], begins, until=begins + 10)
    elif match.re is CENTURY:
        century = _century(match)
        yield Date(match[0], 100 * (century - 1), until=100 * century + 1)
    else:
        parts = {name: _number(value) for name, value in match.groupdict().items() if value}
        if _is_day(parts.get("month", 1), parts.get("day", 1)):
            yield Date(match[0].strip(" ."), parts.get("year"), parts.get("month"), parts.get("day"))


def _century(match: re.Match[str]) -> int:
    if match[2]:
        return {**ORDINALS, "twenty-first": 21}[match[2].lower()]
    return _number(match[1] or match[3])


def _is_day(month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= 31


def _number(written: str) -> int:
    if written.isdigit():
        return int(written)
    if written[:1].isascii():
        return [month[:3] for month in MONTHS].index(written[:3].lower()) + 1
    return int(chinese(written))


def stands(date: Date, held: tuple[Date, ...], years: set[float]) -> bool:
    """Tell whether a date stands among the dates that a text holds, or in part there and its year among `years`."""
    if date.until is not None:
        within = [*years, *(other.year for other in held if other.year and other.until is None)]
        same = any((other.year, other.until) == (date.year, date.until) for other in held)
        return same or any(date.year <= year < date.until for year in within) if date.year is not None else False
    return any(_agree(date, other, years) for other in held)


def _agree(date: Date, other: Date, years: set[float]) -> bool:
    year = date.year is None or other.year == date.year or (other.year is None and date.year in years)
    return year and date.month in (None, other.month) and date.day in (None, other.day) and other.until is None
