"""Words as the index knows them, and what a query asks of it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

UNSPACED = re.compile("([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff])")
"""Scripts written without spaces between words: each character is a word to the index."""
TERM = re.compile(r"\"([^\"]+)\"|(\w+(?:[.'/-]\w+)*)")


def spaced(text: str) -> str:
    """Return a text as it is given to the index."""
    return UNSPACED.sub(r" \1 ", text)


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for: words, and phrases that stood in quotation marks."""

    terms: tuple[str, ...]

    @property
    def all_of_them(self) -> str:
        """FTS5's expression for passages that hold every term."""
        return " AND ".join(map(_quoted, self.terms))

    @property
    def some_of_them(self) -> str:
        """FTS5's expression for passages that hold at least one term."""
        return " OR ".join(map(_quoted, self.terms))


def plain(text: str) -> str:
    """Return what may be asked of an index or an engine: whole characters, in one line and in one form."""
    whole = "".join(character if character.isprintable() else " " for character in text)
    return unicodedata.normalize("NFC", whole).strip()


def query(text: str) -> Query:
    """Return the query that a text in plain words means; operators have no meaning. It may have no terms."""
    found = (phrase or word for phrase, word in TERM.findall(plain(text)))
    return Query(tuple(dict.fromkeys(term for term in found if re.search(r"[^\W_]", term)))[:32])


def _quoted(term: str) -> str:
    return f'"{spaced(term).replace(chr(34), " ")}"'
