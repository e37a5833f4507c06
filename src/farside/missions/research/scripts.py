"""Scripts written without spaces between words, and text with its white space told apart from what it says. Pure."""

from __future__ import annotations

import re
import unicodedata

CJK = "\u3000-\u303f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef"
"""Characters of Chinese and Japanese, their punctuation and full-width forms among them."""
UNSPACED = re.compile(f"[{CJK}]")


def tidy(text: str) -> str:
    """Return a text with single spaces, and none beside a character of a script that has no spaces.

    This is all that is done to a text before it is looked for in another, word for word.
    """
    return re.sub(rf"(?<=[{CJK}]) | (?=[{CJK}])", "", " ".join(text.split()))


def plain(text: str) -> str:
    """Return a text for comparing values and names: compatible forms (full width, ligatures) as the usual ones."""
    return unicodedata.normalize("NFKC", text)


def has_unspaced(text: str) -> bool:
    """Tell whether a text is written, in part, without spaces between words."""
    return re.search("[\u3040-\u30ff\u3400-\u9fff]", text) is not None
