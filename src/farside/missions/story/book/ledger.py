"""The ledger of seeds and the outline: what is planted where, and where it is due."""

from __future__ import annotations

import re
from dataclasses import dataclass

from farside.missions.story.book.bible import whole
from farside.missions.story.book.page import Entry, listed

NUMERALS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
PLACES = {"十": 10, "百": 100, "千": 1_000}
_CHINESE = f"[{''.join((*NUMERALS, *PLACES))}]+"
_BEHIND = r"[\s.:：·,，、–—-]"
HEADED = re.compile(
    rf"(?:chapter|第)?\s*(\d{{1,6}}(?!\d)|(?<=第){_CHINESE}|{_CHINESE}(?=章|{_BEHIND}|$))\s*章?{_BEHIND}*(.*)$",
    re.IGNORECASE,
)
"""`十字路口` is a title and no number: behind one stands what parts it from the title."""


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
    """Return a number below 10,000, in digits or in Chinese."""
    if text.isdigit():
        return int(text)
    whole, digit = 0, -1
    for character in text:
        if character in PLACES:
            whole += (1 if digit < 0 else digit) * PLACES[character]
            digit = -1
        else:
            digit = NUMERALS[character] if digit <= 0 else 10 * digit + NUMERALS[character]
    return whole + max(digit, 0)


def unquoted(value: str) -> str:
    """Return a quotation without the marks around it."""
    value = value.strip()
    for left, right in (('"', '"'), ("“", "”"), ("「", "」"), ("『", "』")):
        if len(value) > 1 and value.startswith(left) and value.endswith(right):
            return value[1:-1]
    return value
