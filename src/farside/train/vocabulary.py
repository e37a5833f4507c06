"""A small vocabulary of byte pairs (arXiv 1508.07909, section 3.2), with the words of K2's tokenizer.

Digits stay tokens of their own: a number is copied digit by digit, whatever its length.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

import regex

from farside.k2.tokenizer import WORDS

Word = tuple[bytes, ...]
Pair = tuple[bytes, bytes]
RARE = 3
"""A word that occurs less often teaches nothing: it is a made-up name."""


def vocabulary(texts: Iterable[str], size: int) -> list[bytes]:
    """Return the tokens, in the order in which they are merged: all bytes, then the most frequent pairs.

    size: tokens in all, 256 or more; fewer come where no pair occurs twice. Of pairs as frequent the smallest counts.
    """
    words = counted(texts)
    tokens = [bytes([byte]) for byte in range(256)]
    counts, holders = Counter[Pair](), dict[Pair, set[int]]()
    table = [(tuple(bytes([byte]) for byte in word), count) for word, count in sorted(words.items())]
    for index, (word, count) in enumerate(table):
        _note(word, count, index, counts, holders)
    while len(tokens) < size and counts:
        pair = min(counts, key=lambda pair: (-counts[pair], pair))
        if counts[pair] < 2:
            break
        tokens.append(pair[0] + pair[1])
        for index in sorted(holders.pop(pair)):
            word, count = table[index]
            _forget(word, count, counts)
            table[index] = (merged(word, pair), count)
            _note(table[index][0], count, index, counts, holders)
        counts.pop(pair, None)
    return tokens


def counted(texts: Iterable[str]) -> Counter[bytes]:
    """Count the words of K2's pattern that may be merged."""
    pattern = regex.compile(WORDS, regex.V1)
    words = Counter(word for text in texts for word in pattern.findall(text))
    return Counter(
        {word.encode(): count for word, count in words.items() if count >= RARE and not word.strip().isnumeric()}
    )


def merged(word: Word, pair: Pair) -> Word:
    """Return a word in which each such pair, from the left, is one token."""
    parts, at = list[bytes](), 0
    while at < len(word):
        if word[at : at + 2] == pair:
            parts.append(pair[0] + pair[1])
            at += 2
        else:
            parts.append(word[at])
            at += 1
    return tuple(parts)


def _note(word: Word, count: int, index: int, counts: Counter[Pair], holders: dict[Pair, set[int]]) -> None:
    for pair in pairwise(word):
        counts[pair] += count
        holders.setdefault(pair, set()).add(index)


def _forget(word: Word, count: int, counts: Counter[Pair]) -> None:
    for pair in pairwise(word):
        counts[pair] -= count
        if not counts[pair]:
            del counts[pair]
