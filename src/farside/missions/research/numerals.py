"""Numbers written as words, English and Chinese, and digits with a word for their magnitude. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from farside.missions.research.words import ORDINALS, TENS, UNITS

SMALL = {**UNITS, **TENS, **ORDINALS, "first": 1}
SCALES = {"hundred": 100, "thousand": 1_000, "million": 10**6, "billion": 10**9, "trillion": 10**12}
MAGNITUDES = {**SCALES, "k": 1_000, "m": 10**6, "mn": 10**6, "bn": 10**9, "b": 10**9}
_SMALL = rf"(?:(?:{'|'.join(TENS)})(?:[\s-]+(?:{'|'.join((*UNITS, *ORDINALS, 'first'))}))?|(?:{'|'.join(SMALL)}))"
_SCALE = rf"(?:[\s-]+(?:{'|'.join(SCALES)}))"
WORDS = re.compile(rf"\b(?:{_SMALL}{_SCALE}+(?:\s+and\s+|[\s-]+))*{_SMALL}{_SCALE}*\b|\ban?{_SCALE}\b", re.IGNORECASE)
"""Only behind a magnitude does a number go on: `two and three` are two numbers."""
DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"\u3007": 0, "两": 2}
PLACES = {"十": 10, "百": 100, "千": 1_000}
MYRIADS = {"万": 10**4, "亿": 10**8}
CHINESE = re.compile("[零\u3007一二两三四五六七八九十百千万亿]+")
IDIOM = re.compile("十分(?!钟)|万一|千万(?=[不别要])|万物|百姓")
"""Chinese numerals that count nothing."""


def in_words(text: str) -> Iterator[tuple[str, float]]:
    """Yield the numbers of a text that are written as words, each as it stands there and with its value."""
    for found in WORDS.finditer(text):
        words = [word for word in re.split(r"[\s-]+", found[0].lower()) if word not in ("a", "an", "and")]
        yield found[0], _spoken(words)


def _spoken(words: list[str]) -> float:
    whole = group = 0
    for word in words:
        if word == "hundred":
            group = max(group, 1) * 100
        elif word in SCALES:
            whole += max(group, 1) * SCALES[word]
            group = 0
        else:
            group += SMALL[word]
    return whole + group


def in_chinese(text: str) -> Iterator[tuple[str, float]]:
    """Yield the numbers of a text in Chinese characters; a run of digits alone is read as one number."""
    for found in CHINESE.finditer(text):
        idiom = IDIOM.match(text, found.start())
        counts = any(character in DIGITS or character in PLACES for character in found[0])
        if counts and not (idiom and idiom.end() >= found.end()):
            yield found[0], chinese(found[0])


def chinese(written: str) -> float:
    """Return the value of Chinese numerals: `一百二十三`, `三千万`, `一八九四`."""
    if all(character in DIGITS for character in written):
        return float("".join(str(DIGITS[character]) for character in written))
    whole = group = digit = 0
    for character in written:
        if character in DIGITS:
            digit = DIGITS[character]
        elif character in PLACES:
            group += max(digit, 1) * PLACES[character]
            digit = 0
        else:
            whole = (whole + group + digit) * MYRIADS[character] if whole + group + digit else MYRIADS[character]
            group = digit = 0
    return float(whole + group + digit)
