"""The names of a sentence, and whether they stand in a text: capitalised words, and names in Chinese. Pure.

A word that begins a sentence counts unless it, or its stem, is an ordinary word there or elsewhere in what is known.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from farside.missions.research.numerals import WORDS
from farside.missions.research.scripts import plain, tidy
from farside.missions.research.words import (
    BEFORE_PERSON,
    BEHIND_PERSON,
    DAYS,
    ENDINGS,
    FUNCTION,
    MONTHS,
    ORDINARY,
    PLACES,
    SURNAMES,
)

WORD = re.compile(r"[^\W\d_]+(?:['\u2019\u00b7-][^\W\d_]+)*")
SMALL = re.compile(r"(?<!\w)[^\W\d_A-Z]\w*")
ADDRESS = re.compile(r"[/@]|\w\.\w")
STARTS = re.compile(r"(?:^|[.!?:|\u201c\"(]\s*)[*_\"'\u201c\u2018(]*$")
COMMON = re.compile(r"(?:ing|ly|tion|tions|ment|ments|ness|ists?|ers|ities|ity|ism)$")
"""Endings that names seldom have."""
TITLED = re.compile("《([^》]+)》")
JOINED = re.compile(rf"[·\u2022\u30fb]([\u4e00-\u9fff]{{1,6}}?)(?=[{BEHIND_PERSON}\d\s·\u2022\u30fb]|$)")
"""The last part of a foreign name."""
PLACED = re.compile(rf"([\u4e00-\u9fff]{{2}})(?:{'|'.join(PLACES)})")
PERSON = re.compile(
    rf"(?:(?<=[{BEFORE_PERSON}\s])|^)([{SURNAMES}][\u4e00-\u9fff]{{1,2}}?)(?=[{BEHIND_PERSON}\d\s]|$)"
)
"""A family name, one or two characters, and around them what stands around a person."""


def ordinary(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the words that texts write small, in order; none of an address, as that writes names small too."""
    tokens = {token for text in texts for token in text.split() if not ADDRESS.search(token)}
    return tuple(sorted({word for token in tokens for word in SMALL.findall(token)}))


def claimed(sentence: str, *known: Sequence[str]) -> list[str]:
    """Return the names of a sentence; `known` are ordinary words, in order."""
    text = plain(sentence)
    return list(dict.fromkeys((*_capitalised(text, known), *_chinese(text))))


def _capitalised(text: str, known: Sequence[Sequence[str]]) -> Iterator[str]:
    for found in WORD.finditer(text):
        word = _bare(found[0])
        if len(word) < 2 or not word[0].isupper() or word.lower() in (*MONTHS, *DAYS) or WORDS.fullmatch(word):
            continue
        if STARTS.search(text[: found.start()]) and _is_ordinary(word, text[found.end() :], known):
            continue
        if word.lower() in ORDINARY and not word.isupper():
            continue  # the small words of a title
        yield word


def _is_ordinary(word: str, behind: str, known: Sequence[Sequence[str]]) -> bool:
    """Tell whether the first word of a sentence need not be a name."""
    small = word.lower()
    if small in ORDINARY:
        return True
    if word.isupper() and len(word) > 1:
        return False
    follower = WORD.match(behind.lstrip())
    paired = follower is not None and follower[0][:1].isupper() and not COMMON.search(small)
    stem = small[: max(4, len(small) - 2)]
    return bool(COMMON.search(small)) or (not paired and any(_begins(stem, words) for words in known))


def _begins(stem: str, words: Sequence[str]) -> bool:
    """Tell whether a word of an ordered list begins with a stem."""
    at = bisect_left(words, stem)
    return at < len(words) and words[at].startswith(stem)


def _chinese(text: str) -> Iterator[str]:
    yield from (found[1] for found in TITLED.finditer(text))
    yield from (found[1] for found in JOINED.finditer(text))
    yield from (
        found[1] for found in PLACED.finditer(text) if not any(character in FUNCTION for character in found[1])
    )
    yield from (found[1] for found in PERSON.finditer(text))


def stands(name: str, text: str) -> bool:
    """Tell whether a name stands in a text, whatever its case and accents, or as its adjective or plural."""
    if not name[:1].isascii() and re.match("[\u4e00-\u9fff]", name):
        return tidy(name) in tidy(plain(text))
    wanted, words = _folded(name), [_folded(_bare(word)) for word in WORD.findall(plain(text))]
    parts = {part for word in words for part in (word, *re.split(r"['\u2019\u00b7-]", word))}
    return wanted in parts or any(_akin(wanted, part) for part in parts) or _spelled_out(name, text)


def given_too(name: str, sentence: str, text: str) -> bool:
    """Tell whether the sentence gives a name in another script too, in brackets behind it, as the text has it."""
    for found in re.finditer(
        rf"{re.escape(name)}[^()\uff08\uff09.,]*[(\uff08]([^()\uff08\uff09]+)[)\uff09]", sentence
    ):
        if found[1].isascii() != name.isascii() and tidy(found[1]) in tidy(text):
            return True
    return False


def _bare(word: str) -> str:
    return re.sub(r"['\u2019]s?$", "", word)


def _folded(word: str) -> str:
    """Return a word without case and accents."""
    return "".join(part for part in unicodedata.normalize("NFD", word.casefold()) if not unicodedata.combining(part))


def _akin(one: str, other: str) -> bool:
    longer, shorter = (one, other) if len(one) >= len(other) else (other, one)
    if len(shorter) < 4:
        return False
    peoples = longer[:4] == shorter[:4] and longer.endswith(("ian", "ean", "ese", "ish"))  # Norway, Norwegian
    return peoples or any(longer == shorter + ending for ending in ENDINGS)


def _spelled_out(name: str, text: str) -> bool:
    """Tell whether a text holds the words whose first letters an acronym is."""
    if not (name.isupper() and 2 <= len(name) <= 6):
        return False
    firsts = "".join(word[0] for word in re.findall(r"\b[A-Z][^\W\d_]+", text))
    return name in firsts
