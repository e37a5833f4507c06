"""A book: all of its files, and what they say. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from farside.missions.story.book import bible, ledger
from farside.missions.story.book.chapter import Chapter
from farside.missions.story.book.facts import Facts, read_facts
from farside.missions.story.book.finding import Finding
from farside.missions.story.book.kinds import canonical
from farside.missions.story.book.page import Entry, listed, parsed

Language = Literal["en", "zh"]
LANGUAGES: dict[str, Language] = {
    **dict.fromkeys(("en", "english", "英文", "英语"), "en"),
    **dict.fromkeys(("zh", "chinese", "中文", "汉语", "zh-cn", "zh-tw"), "zh"),
}
FRONT, OUTLINE, LEDGER, INTENDED = "book.md", "outline.md", "ledger.md", "intended.md"
RULES, SECRETS = "bible/rules.md", "bible/secrets.md"
WORLD, THEMES = "bible/world.md", "bible/themes.md"
PEOPLE, MINOR = "bible/people.md", "bible/minor.md"
PLACES, OBJECTS = "bible/places.md", "bible/objects.md"
FORMS = {
    **{RULES: "rule", SECRETS: "secret", PEOPLE: "person", MINOR: "passer"},
    **{PLACES: "place", OBJECTS: "object", OUTLINE: "chapter", LEDGER: "seed"},
}
"""Which kind of entry each file holds. Every other file of the bible is prose, and nothing in it is checked."""


@dataclass(frozen=True, slots=True)
class Book:
    """A book as its files tell it."""

    files: Mapping[str, str]
    """Their texts, by path below the book's folder."""
    front: Entry
    """Title and fields of book.md."""
    premise: str
    language: Language
    people: tuple[bible.Named, ...]
    places: tuple[bible.Named, ...]
    objects: tuple[bible.Named, ...]
    rules: tuple[bible.Rule, ...]
    secrets: tuple[bible.Secret, ...]
    outline: tuple[ledger.Plan, ...]
    seeds: tuple[ledger.Seed, ...]
    chapters: tuple[Chapter, ...]
    """Those that are written, by number."""
    facts: Mapping[int, Facts]
    """What was drawn from the chapters, by their number."""
    intended: Mapping[str, str]
    """Why findings are meant to be as they are, by their keys."""
    wrong: tuple[Finding, ...] = ()
    """What is wrong with the form of the files."""
    unread: tuple[str, ...] = ()
    """What lies beside chapters and facts and is no part of the book, as its name does not end with `.md`."""

    @property
    def title(self) -> str:
        """The book's name."""
        return self.front.name or self.front.value("title")

    @property
    def length(self) -> int:
        """How many chapters it is to have: what book.md says, or those of the outline."""
        return max(bible.whole(self.front.value("chapters")) or 0, len(self.outline))

    @property
    def other_names(self) -> tuple[str, ...]:
        """Names that are no part of the bible and may stand in the text all the same."""
        return listed(self.front.value("names"))

    @property
    def named(self) -> tuple[bible.Named, ...]:
        """People, places and objects."""
        return self.people + self.places + self.objects

    def planned(self, number: int) -> ledger.Plan | None:
        """Return a chapter of the outline."""
        return next((plan for plan in self.outline if plan.number == number), None)

    def chapter(self, number: int) -> Chapter | None:
        """Return a chapter that is written."""
        return next((chapter for chapter in self.chapters if chapter.number == number), None)

    def with_files(self, files: Mapping[str, str]) -> Book:
        """Return the book as it would be with these files."""
        return read({**self.files, **files}, self.unread)


def read(files: Mapping[str, str], unread: Iterable[str] = ()) -> Book:
    """Return the book that files make; what is wrong with their form stands in `wrong`."""
    front, wrong = canonical("book", FRONT, parsed(FRONT, files.get(FRONT, "")).head)
    entries = {path: _entries(path, files.get(path, ""), wrong) for path in FORMS}
    if front.value("language") and front.value("language").lower() not in LANGUAGES:
        wrong.append(Finding("unknown_language", FRONT, front.line_of("language"), front.value("language")))
    return Book(
        files,
        front,
        _premise(front, files),
        LANGUAGES.get(front.value("language").lower(), "en"),
        tuple(bible.named(path, entry) for path in (PEOPLE, MINOR) for entry in entries[path]),
        tuple(bible.named(PLACES, entry) for entry in entries[PLACES]),
        tuple(bible.named(OBJECTS, entry) for entry in entries[OBJECTS]),
        tuple(bible.rule(RULES, entry) for entry in entries[RULES]),
        tuple(bible.secret(SECRETS, entry) for entry in entries[SECRETS]),
        tuple(_plans(entries[OUTLINE], wrong)),
        tuple(ledger.seed(entry) for entry in entries[LEDGER]),
        tuple(_chapters(files, wrong)),
        _facts(files, wrong),
        {field.key: field.value for field in parsed(INTENDED, files.get(INTENDED, "")).head.fields},
        tuple(wrong),
        tuple(unread),
    )


def _entries(path: str, text: str, wrong: list[Finding]) -> list[Entry]:
    """Return the entries of a file with their fields under their own names; what is wrong is noted."""
    found: dict[str, Entry] = {}
    for entry in parsed(path, text).entries:
        known, faults = canonical(FORMS[path], path, entry)
        wrong.extend(faults)
        if known.id in found:
            wrong.append(Finding("entry_twice", path, known.line, known.id, str(found[known.id].line)))
        found.setdefault(known.id, known)
    return list(found.values())


def _premise(front: Entry, files: Mapping[str, str]) -> str:
    prose = (front.prose, *(entry.prose for entry in parsed(FRONT, files.get(FRONT, "")).entries))
    return front.value("premise") or "\n\n".join(filter(None, prose))


def _plans(entries: Iterable[Entry], wrong: list[Finding]) -> Iterable[ledger.Plan]:
    for entry in entries:
        found = ledger.plan(entry)
        if found:
            yield found
        else:
            wrong.append(Finding("no_number", OUTLINE, entry.line, entry.name))


def _chapters(files: Mapping[str, str], wrong: list[Finding]) -> list[Chapter]:
    found: dict[int, Chapter] = {}
    for name in sorted(name for name in files if name.startswith("chapters/")):
        number = bible.whole(name.removeprefix("chapters/"))
        if not number:
            wrong.append(Finding("chapter_without_number", name, 0))
        elif number in found:
            wrong.append(Finding("chapter_twice", name, 0, str(number), found[number].file))
        else:
            found[number] = Chapter(number, name, files[name])
    return [found[number] for number in sorted(found)]


def _facts(files: Mapping[str, str], wrong: list[Finding]) -> dict[int, Facts]:
    found: dict[int, Facts] = {}
    for name in sorted(name for name in files if name.startswith("facts/")):
        number = bible.whole(name.removeprefix("facts/"))
        if not number:
            wrong.append(Finding("facts_without_number", name, 0))
        elif number in found:
            wrong.append(Finding("facts_twice", name, 0, str(number), found[number].file))
        else:
            found[number] = read_facts(name, files[name])
    return found
