"""What of a text could be needed later, to the letter: numbers, names, and whole lines. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from farside.arguments import object_of
from farside.messages import Message

LINE = 24
"""Characters from which on a line is a fact of its own, without the space around it."""
_WORD = re.compile(r"\w+(?:[./:@,_+-]\w+)*")
_PARTED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_DIGIT = re.compile(r"\d")
_JOINED = re.compile(r"[./:@_]")


def facts_of(text: str) -> frozenset[str]:
    """Return the facts of a text: whole lines, and words that one cannot know without having read them.

    Such a word has three characters or more and a digit among them (`1204.50`, `B-17`), is joined like a path, an
    address or an identifier (`src/fold.py`, `ask_again`), or has four letters or more and begins with a capital.
    Of plain digits four are needed: smaller numbers are counted to. Commas that part thousands do not count.
    """
    lines = (line.strip() for line in text.splitlines())
    return frozenset((*filter(_is_fact, set(_words(text))), *(line for line in lines if len(line) >= LINE)))


def spoken_facts(message: Message) -> tuple[str, ...]:
    """Return the texts of a message that hold its facts: what is said, thought, and asked for."""
    return tuple(text for text in (message.text, message.thinking, *_asked(message)) if text)


def used_texts(message: Message) -> tuple[str, ...]:
    """Return the texts in which a reply uses what it knows: the arguments of its calls, or else its answer."""
    return tuple(_asked(message)) if message.calls else (message.text,)


def _asked(message: Message) -> Iterator[str]:
    for call in message.calls:
        if call.name != "recall":
            values = object_of(call.arguments)
            yield from _leaves(call.arguments if values is None else values)


def _leaves(value: Any) -> Iterator[str]:
    """Yield the texts and numbers of a JSON value as they would stand in a text."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _leaves(each)
    elif value is not None and not isinstance(value, bool):
        yield str(value)


def _words(text: str) -> Iterator[str]:
    for word in _WORD.findall(text):
        yield word.replace(",", "") if _PARTED.fullmatch(word) else word


def _is_fact(word: str) -> bool:
    if len(word) < (4 if word.isdigit() else 3):
        return False
    return bool(_DIGIT.search(word) or _JOINED.search(word)) or (len(word) >= 4 and word[0].isupper())
