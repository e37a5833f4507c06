"""What a text quotes, between quotation marks of any kind, and whether that stands in another word for word. Pure.

Some marks are also apostrophes, inches or minutes; what may well be a quotation is taken for one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

from farside.missions.research.citation import WRITTEN
from farside.missions.research.scripts import CJK, tidy
from farside.missions.research.words import ELIDED

CLOSES = {
    "\u201c": "\u201d",
    "\u201d": "\u201d",
    "\u201e": "\u201c\u201d",
    "\u201f": "\u201d",
    '"': '"\u201d',
    "\uff02": "\uff02",
    "\u00ab": "\u00bb",
    "\u00bb": "\u00ab\u00bb",
    "\u2039": "\u203a",
    "\u203a": "\u2039",
    "\u300c": "\u300d",
    "\u300e": "\u300f",
    "\u301d": "\u301e\u301f",
    "\uff62": "\uff63",
    "\ufe41": "\ufe42",
    "\ufe43": "\ufe44",
}
"""What closes that which a mark opens: the English, German, French, Swedish, Chinese and Japanese ways."""
DEFINITE = frozenset("\u201c\u201e\u201f\u00ab\u300c\u300e\u301d\uff62\ufe41\ufe43")
"""Marks that open, in each of these ways; what they open and nothing closes is quoted to the end."""
MARKS = re.compile(f"[{''.join(CLOSES)}{''.join(CLOSES.values())}'\u2018-\u201b\uff07]+")
_LETTER = rf"[^\W{CJK}]"
_WHOLE = rf"(?!\d\ds\b|(?:{'|'.join(ELIDED)})\b)"
SINGLE = re.compile(
    rf"[\u2018\u201a\u201b]{_WHOLE}|(?<!{_LETTER})['\u2019\uff07](?=[^\s.,;:!?)]){_WHOLE}", re.IGNORECASE
)
_CURVED = "".join(sorted(CLOSES.keys() - {'"', "\u201d"}))
OPENS = re.compile(rf"[{_CURVED}]|(?<!\d)[\"\u201d]|{SINGLE.pattern}", re.IGNORECASE)
"""A straight mark behind a digit means inches."""
LOW = "\u201a"
"""The German one, which U+2018 closes."""
SINGLE_CLOSES = re.compile(rf"(?<=\S)['\u2018\u2019\uff07](?!{_LETTER})")
POSSESSIVE = re.compile(r"(?:s|\win)['\u2019]$", re.IGNORECASE)
"""Letters and an apostrophe that may close nothing: `the dogs' bones`, `goin' home`."""
GAP = re.compile(r"\s*(?:\[(?:\u2026|\.\.\.)\]|\u2026+|\.\.\.)\s*")
"""What is left out of a quotation."""
TEX = re.compile(r"``([^`\n]+?)''|''([^'\n]+?)''")
ENTITY = re.compile(r"&(?:quot|[lrb]dquo|[lr]aquo|#34|#822[012]|#x201[cde]);", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Quotation:
    """What stands between two marks. `start` is the place of the first, `end` that behind the second."""

    text: str
    start: int
    end: int


def quotations(text: str) -> Iterator[Quotation]:
    """Yield the quotations of a text, in order; those inside of another are a part of it."""
    text, at = _even(text), 0
    while found := OPENS.search(text, at):
        close = _close(text, found.start())
        at = found.end() if close < 0 else min(close + 1, len(text))
        if close >= 0 and re.search(r"\w", inside := text[found.end() : close]):
            yield Quotation(inside, found.start(), at)


def stands(quotation: str, text: str) -> bool:
    """Tell whether a quotation stands in a text word for word, its parts in order where it leaves something out.

    Runs of white space count as one space, and as none beside characters that are written without; marks that quote,
    and apostrophes, are all alike; a full stop or comma at its end may be the sentence's own.
    """
    at, held = 0, _alike(text)
    for part in map(_alike, GAP.split(quotation)):
        found = re.compile(_whole_words(part.strip("*_ ").rstrip(".,;\uff0c\u3002\uff1b"))).search(held, at)
        if found is None:
            return False
        at = found.end()
    return True


def _alike(text: str) -> str:
    return tidy(MARKS.sub("'", text))


def _whole_words(part: str) -> str:
    """Return the pattern of a part that begins and ends where words do."""
    before, behind = (bool(re.match(_LETTER, letter)) for letter in (part[:1], part[-1:]))
    return (rf"(?<!{_LETTER})" if before else "") + re.escape(part) + (rf"(?!{_LETTER})" if behind else "")


def _even(text: str) -> str:
    """Return a text of the same length, without citations and with one character for each mark."""
    text = WRITTEN.sub(lambda found: " " * len(found[0]), text)
    text = TEX.sub(lambda found: f" \u201c{found[1] or found[2]}\u201d ", text)
    return ENTITY.sub(lambda found: unescape(found[0]).ljust(len(found[0])), text)


def _close(text: str, start: int) -> int:
    """Return where the quotation that a mark opens is closed; the length = nowhere; -1 = it opens none."""
    mark = text[start]
    if mark not in CLOSES:
        return _close_single(text, start)
    inner, depth = "\u201c" if mark == '"' else mark, 0
    for at, other in enumerate(text[start + 1 :], start + 1):
        if not depth and other in CLOSES[mark]:
            return at
        depth += (other == inner and inner in DEFINITE) - (depth > 0 and other in CLOSES[inner])
    return _close_otherwise(text, start)


def _close_otherwise(text: str, start: int) -> int:
    """Return where a quotation ends whose own mark is missing: at a straight one that has no other to go with."""
    mark, straight = text[start], text.find('"', start + 1)
    if straight >= 0 and (mark == '"' or text.count('"', start + 1) % 2):
        return straight
    begins = re.match(r"(?:^|\W)[\"\u201d]\S", text[start - (start > 0) :])
    return len(text) if mark in DEFINITE or begins else -1


def _close_single(text: str, start: int) -> int:
    """Return where a single mark is closed: at the first that is no apostrophe, else the first that may be one."""
    following = SINGLE.search(text, start + 1) if text[start] != LOW else None
    stop = following.start() if following else len(text)
    ends = [found.start() for found in SINGLE_CLOSES.finditer(text, start + 1, stop)]
    firm = [end for end in ends if not POSSESSIVE.search(text[max(0, end - 3) : end + 1])]
    inside_word = [text.rfind("\u2019", start + 1, stop)] if text[start] == "\u2018" else []
    return next(iter((*firm, *ends, *inside_word)), -1)
