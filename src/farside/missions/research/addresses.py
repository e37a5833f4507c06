"""Addresses in a text, of links and alone: what looks like a number, date or name in one says nothing. Pure."""

from __future__ import annotations

import re

from farside.missions.research.scripts import CJK

LINK = re.compile(
    r"!?\[(?P<words>(?:[^\[\]]|\[[^\[\]]*\])*)\]"
    r"\(\s*(?P<address><[^<>\n]*>|[^\s()]*(?:\([^\s()]*\)[^\s()]*)*)(?:\s+(?:\"[^\"]*\"|'[^']*'|\([^()]*\)))?\s*\)"
)
"""A link or picture of Markdown; its address may hold pairs of brackets."""
DEFINED = re.compile(
    r"^[ \t]*\[[^\[\]\n]+\]:\s*<?(?P<address>(?:[a-z]+:|[./#]|www\.)[^\s<>]*).*$", re.MULTILINE | re.IGNORECASE
)
"""The address of a link that is written elsewhere."""
_END = r".,;:!?)\]'*_"
BARE = re.compile(
    rf"\b(?:[a-z][a-z\d+.-]{{1,20}}://|www\.|mailto:|[a-z\d-]{{1,63}}(?:\.[a-z\d-]{{1,63}}){{0,4}}\.[a-z]{{2,24}}/)"
    rf"[^\s<>\"\u201c\u201d{CJK}]*(?<![{_END}])"
    r"|(?<![\w.+-])[\w.+-]{1,64}@[a-z\d-]{1,63}(?:\.[a-z\d-]{1,63}){1,4}",
    re.IGNORECASE,
)
"""An address that stands in the text itself, what punctuates the sentence left out."""
TAG = re.compile(r"</?[a-z][^<>\n]*>", re.IGNORECASE)
DEEPEST = 3
"""Pictures in links in links."""


def words(text: str) -> str:
    """Return a text as it is read: of links and pictures only their words."""
    for _ in range(DEEPEST):
        text = LINK.sub(lambda found: found["words"], text)
    return text


def bare(text: str) -> list[str]:
    """Return the addresses that a reader sees."""
    return BARE.findall(words(text))


def addresses(text: str) -> set[str]:
    """Return all addresses of a text, those of its links too."""
    linked = (found["address"].strip("<>").rstrip(_END) for each in (LINK, DEFINED) for found in each.finditer(text))
    return {*linked, *bare(text)}


def without_bare(text: str) -> str:
    """Return the words of a text without the addresses that a reader sees."""
    return BARE.sub(" ", words(text))


def without(text: str) -> str:
    """Return the words of a text without any address, and without tags of HTML, whose attributes hold some."""
    return TAG.sub(" ", without_bare(DEFINED.sub("", text)))
