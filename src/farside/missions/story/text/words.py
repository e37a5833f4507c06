"""Words and sentences of a text: English by words, Chinese by characters. Pure."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from farside.missions.story.book.book import Language

CJK = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
TOKEN = re.compile(rf"[{CJK}]|[^\W\d_{CJK}]+(?:['’][^\W\d_{CJK}]+)*|\d+(?:[.,:]\d+)*")
SENTENCE = re.compile(r"[^.!?。！？…\n]+(?:[.!?。！？…]+[\"”’」』）)*_]*|\n|$)")


def tokens(text: str) -> list[str]:
    """Return the words of a text in lower case; a Chinese character is one of its own."""
    return [found[0].lower().replace("’", "'") for found in TOKEN.finditer(text)]


def count(text: str) -> int:
    """Return how many words a text has; of Chinese, how many characters."""
    return sum(1 for _ in TOKEN.finditer(text))


def sentences(text: str) -> list[str]:
    """Return the sentences of a text, in order."""
    return [part for found in SENTENCE.finditer(text) if TOKEN.search(part := found[0].strip())]


def unit(language: Language) -> str:
    """Return what `count` counts, in words."""
    return "characters" if language == "zh" else "words"


@cache
def function_words(language: Language) -> frozenset[str]:
    """Return the words that carry no meaning of their own."""
    return _listed(f"function_words.{language}.txt")


@cache
def common_names() -> frozenset[str]:
    """Return what English writes with a capital and is nobody's name, in lower case."""
    return _listed("common_names.txt")


def _listed(name: str) -> frozenset[str]:
    return frozenset(Path(__file__).with_name(name).read_text(encoding="utf-8").split())
