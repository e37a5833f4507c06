"""The ledger of seeds and the outline: what is planted where, and where it is due."""

from __future__ import annotations

import re
from dataclasses import dataclass

from farside.missions.story.book.bible import whole
from farside.missions.story.book.page import Entry, listed

NUMERALS = "零一二三四五六七八九"
HEADED = re.compile(r"(?:chapter|第)?\s*(\d+|[一二三四五六七八九十]+)\s*章?[\s.:：·,，–—-]*(.*)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Seed:
    """Something that is planted and has to come up."""

    id: str
    title: str
    planted: int | None
    due: int | None
    words: str
    """Words of the chapter that plant it; "" before they are written."""
    paid: int | None
    payoff: str
    """Words of the chapter that pay it."""
    entry: Entry


@dataclass(frozen=True, slots=True)
class Plan:
    """One chapter in the outline."""

    number: int
    title: str
    day: str
    places: tuple[str, ...]
    people: tuple[str, ...]
    plants: tuple[str, ...]
    pays: tuple[str, ...]
    words: int | None
    """Wanted length."""
    entry: Entry


def seed(entry: Entry) -> Seed:
    """Return the seed of an entry of the ledger."""
    planted, due, paid = (whole(entry.value(key)) for key in ("planted", "due", "paid"))
    words, payoff = (unquoted(entry.value(key)) for key in ("words", "payoff"))
    return Seed(entry.id, entry.title, planted, due, words, paid, payoff, entry)


def plan(entry: Entry) -> Plan | None:
    """Return the chapter of an entry of the outline; None where its heading has no number."""
    found = HEADED.match(entry.name)
    if found is None:
        return None
    day, words = entry.value("day"), whole(entry.value("words"))
    places, people = listed(entry.value("place")), listed(entry.value("people"))
    plants, pays = (tuple(map(str.upper, listed(entry.value(key)))) for key in ("plants", "pays"))
    return Plan(number(found[1]), found[2] or entry.name, day, places, people, plants, pays, words, entry)


def number(text: str) -> int:
    """Return a number below 100, in digits or in Chinese."""
    if text.isdigit():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    return (NUMERALS.find(tens) if tens else 1) * 10 * bool(ten) + (NUMERALS.find(ones) if ones else 0)


def unquoted(value: str) -> str:
    """Return a quotation without the marks around it."""
    value = value.strip()
    for left, right in (('"', '"'), ("“", "”"), ("「", "」"), ("『", "』")):
        if len(value) > 1 and value.startswith(left) and value.endswith(right):
            return value[1:-1]
    return value
