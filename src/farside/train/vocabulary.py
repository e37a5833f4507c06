"""A small vocabulary: all bytes, and the words that tasks share. A word is one token, or all of its bytes.

Words are those of K2's pattern, but for Chinese, of which it takes whole runs: there a character is a token, and a
word has one spelling in every sentence. tiktoken merges its bytes by way of the first two, which are a token.

It is not learnt as byte pairs are: pairs would cut a made-up name in one way behind a space and in another behind a
quote or a line's end, and to copy it a model would have to spell it anew. Here a name has one spelling everywhere.
Digits are tokens of their own for the same reason. That a word need not be made of smaller tokens is how tiktoken
reads the files: it looks up the whole word first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import regex

from farside.k2.tokenizer import WORDS

HAN = regex.compile(r"\p{Han}")
RARE = 5
"""A word in fewer conversations is a made-up name, or teaches nothing."""


def vocabulary(conversations: Iterable[Iterable[str]], size: int) -> list[bytes]:
    """Return the tokens: all bytes, then the words that most conversations hold, of as frequent ones the smallest.

    conversations: the texts of each. size: tokens in all, 256 or more; fewer come where fewer words are shared.
    """
    pattern, held = regex.compile(WORDS, regex.V1), Counter[str]()
    for texts in conversations:
        held.update({part for text in texts for word in pattern.findall(text) for part in parts(word)})
    shared = [word for word, count in held.items() if count >= RARE and is_token(word)]
    tokens = dict.fromkeys(bytes([byte]) for byte in range(256))
    for word in sorted(shared, key=lambda word: (-held[word], word)):
        octets = word.encode()
        new = dict.fromkeys((octets[:2], octets) if HAN.fullmatch(word) else (octets,))
        if len(tokens | new) <= size:
            tokens |= new
    return list(tokens)


def parts(word: str) -> Sequence[str]:
    """Return the characters of a Chinese run; any other word whole."""
    return word if HAN.match(word) else (word,)


def is_token(word: str) -> bool:
    """Tell whether a word may be a token: no byte alone, no number, no two letters that a name would be cut by."""
    octets = len(word.encode())
    return octets > 1 and not word.strip().isnumeric() and not (octets == 2 and any(map(str.isalnum, word)))
