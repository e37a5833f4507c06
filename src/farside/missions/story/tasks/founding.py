"""Making the bible and the outline of a new book: files in the form that farside checks. Pure."""

from __future__ import annotations

import re

from farside.missions.story.book.book import (
    LEDGER,
    MINOR,
    OBJECTS,
    OUTLINE,
    PEOPLE,
    PLACES,
    RULES,
    SECRETS,
    THEMES,
    WORLD,
    Book,
    read,
)
from farside.missions.story.book.consistency import inconsistencies
from farside.missions.story.tasks.reply import files
from farside.missions.story.tasks.task import Desk, Kept, NotKept, listing

LEAST_RULES, LEAST_PEOPLE, LEAST_CHAPTERS = 3, 2, 1


def world(desk: Desk) -> Kept:
    """Keep the world and its causal chain."""
    made = wanted(desk, needed=(RULES,), also=(WORLD, THEMES))
    book = consistent(desk, made)
    if len(book.rules) < LEAST_RULES:
        raise NotKept(desk.say("few_rules", least=LEAST_RULES))
    return Kept(made, desk.say("kept_files", files=", ".join(made)))


def people(desk: Desk) -> Kept:
    """Keep the people with their wounds and anchors, the places, the objects, and who knows what."""
    made = wanted(desk, needed=(PEOPLE, PLACES, OBJECTS), also=(SECRETS, MINOR))
    book = consistent(desk, made)
    if sum(person.file == PEOPLE for person in book.people) < LEAST_PEOPLE:
        raise NotKept(desk.say("few_people", least=LEAST_PEOPLE))
    return Kept(made, desk.say("kept_files", files=", ".join(made)))


def outline(desk: Desk) -> Kept:
    """Keep the outline and the ledger that belongs to it; the book is founded."""
    made = wanted(desk, needed=(OUTLINE, LEDGER), also=())
    book = consistent(desk, made)
    if len(book.outline) < LEAST_CHAPTERS:
        raise NotKept(desk.say("few_chapters"))
    told = desk.say(
        "founded", title=book.title, people=len(book.people), chapters=len(book.outline), seeds=len(book.seeds)
    )
    return Kept(made, told)


def wanted(desk: Desk, needed: tuple[str, ...], also: tuple[str, ...]) -> dict[str, str]:
    """Return the files of the reply.

    Raises:
        NotKept: one that is needed is missing, or one that is not wanted is there.
    """
    made = files(desk.reply)
    missing = [name for name in needed if name not in made]
    strange = [name for name in made if name not in (*needed, *also)]
    if missing:
        raise NotKept(desk.say("files_missing", files=", ".join(missing), first=missing[0]))
    if strange:
        raise NotKept(desk.say("files_strange", files=", ".join(strange), may=", ".join((*needed, *also))))
    return made


def consistent(desk: Desk, made: dict[str, str]) -> Book:
    """Return the book with these files.

    Raises:
        NotKept: it contradicts itself, where these files or what they touch do.
    """
    book = desk.book.with_files(made)
    found = inconsistencies(book)
    if found:
        raise NotKept(f"{desk.say('inconsistent')}\n{listing(book, found)}")
    return book


def chapters(desk: Desk) -> Kept:
    """Put the chapters that come next behind the outline, and their seeds behind the ledger."""
    made = wanted(desk, needed=(OUTLINE,), also=(LEDGER,))
    before = {name: without(desk.book.files.get(name, ""), entries_of(made.get(name, ""))) for name in made}
    outlined = len(desk.book.with_files(before).outline)
    numbers = [plan.number for plan in read(made).outline]
    if not numbers or numbers != list(range(outlined + 1, outlined + len(numbers) + 1)):
        raise NotKept(desk.say("wrong_numbers", next=outlined + 1))
    files = {name: f"{before[name].rstrip()}\n\n{entries_of(text)}\n" for name, text in made.items()}
    book = consistent(desk, files)
    seeds = len(book.seeds) - len(desk.book.with_files(before).seeds)
    return Kept(files, desk.say("outlined", first=numbers[0], last=numbers[-1], seeds=seeds))


def entries_of(text: str) -> str:
    """Return a file from its first entry on."""
    found = re.search(r"^## ", text, re.MULTILINE)
    return text[found.start() :].strip() if found else ""


def without(text: str, end: str) -> str:
    """Return a text without an end that it may have already, from before a kill."""
    return text.rstrip().removesuffix(end) if end else text
