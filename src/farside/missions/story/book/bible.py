"""The bible: who and what the book is made of, and by which causes."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from farside.missions.story.book.chapter import CJK
from farside.missions.story.book.page import Entry, listed, phrases

FROM = re.compile(r"(.+?)\s*(?:\bfrom(?: chapter)?|[:：]|自第?|从第?)?\s*(?<!\d)(\d{1,6})\s*章?(?:起)?$")
LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
GIVEN = ("given", "premise", "前提", "既定")


@dataclass(frozen=True, slots=True)
class Named:
    """A person, place or object."""

    name: str
    names: tuple[str, ...]
    """Every way to call it, the name first."""
    file: str
    entry: Entry
    """With its fields under their own names."""

    @property
    def never(self) -> tuple[str, ...]:
        """Phrases that no chapter may hold."""
        return phrases(self.entry.value("never"))

    @property
    def until(self) -> int | None:
        """The last chapter in which it is there."""
        return whole(self.entry.value("until"))


@dataclass(frozen=True, slots=True)
class Rule:
    """One link of the causal chain."""

    id: str
    statement: str
    because: tuple[str, ...]
    """Ids of the rules that it follows from; empty = it is given."""
    file: str
    entry: Entry

    @property
    def never(self) -> tuple[str, ...]:
        """Phrases that no chapter may hold."""
        return phrases(self.entry.value("never"))


@dataclass(frozen=True, slots=True)
class Secret:
    """Something that not everybody knows."""

    id: str
    title: str
    known: dict[str, int]
    """Who knows it, as written, and from which chapter on."""
    file: str
    entry: Entry


def named(file: str, entry: Entry) -> Named:
    """Return the person, place or object of an entry."""
    names = (entry.name, *listed(entry.value("also")))
    return Named(entry.name, tuple(dict.fromkeys(names)), file, entry)


def rule(file: str, entry: Entry) -> Rule:
    """Return the rule of an entry."""
    because = tuple(part.upper() for part in listed(entry.value("because")) if part.lower() not in GIVEN)
    return Rule(entry.id, f"{entry.title} {entry.prose}".strip(), because, file, entry)


def secret(file: str, entry: Entry) -> Secret:
    """Return the secret of an entry; who is named without a chapter knows it from the first."""
    known: dict[str, int] = {}
    for part in listed(entry.value("known by")):
        found = FROM.match(part)
        known[found[1] if found else part] = int(found[2]) if found else 1
    return Secret(entry.id, entry.title, known, file, entry)


def whole(value: str) -> int | None:
    """Return the first whole number of a value; one that no book can mean is none."""
    found = re.search(r"(?<!\d)\d{1,6}(?!\d)", value)
    return int(found[0]) if found else None


def called(everything: tuple[Named, ...], name: str) -> Named | None:
    """Return who or what is called by a name, whatever its case."""
    wanted = _folded(name.strip())
    return next((each for each in everything if wanted in map(_folded, each.names)), None)


def _folded(name: str) -> str:
    """Return a name without case; an accent may be written as a character of its own."""
    return unicodedata.normalize("NFC", name).lower()


def occurs(phrase: str, text: str) -> re.Match[str] | None:
    """Find a phrase in a text, as whole words where it is written in Latin letters, whatever its case.

    The text of the match is composed: its places are those in `found.string`. Lines of Chinese go on without a space.
    """
    phrase, text = (unicodedata.normalize("NFC", each) for each in (phrase, text))
    pattern = r"\s+".join(map(re.escape, phrase.split()))
    pattern = re.sub(rf"(?<=[{CJK}])(?=[{CJK}])", r"\\s*", pattern)
    if LATIN.match(phrase[:1]):
        pattern = rf"\b{pattern}"
    if LATIN.match(phrase[-1:]):
        pattern = rf"{pattern}\b"
    return re.search(pattern, text, re.IGNORECASE)
