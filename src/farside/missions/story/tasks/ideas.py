"""Thinking before writing: several readings of a premise, several ideas about a book. Pure."""

from __future__ import annotations

import re

from farside.missions.story.book.book import FRONT, Book
from farside.missions.story.tasks.drafting import choice, openings
from farside.missions.story.tasks.task import Desk, Kept

TITLE = re.compile(r"^\W*(?:title|书名)\W*[:：]\s*\W?(.+?)\W?\s*$", re.IGNORECASE | re.MULTILINE)

several = openings
"""Ideas and readings are weighed as openings are: three at least, and not one three times."""


def reading_chosen(desk: Desk) -> Kept:
    """Keep the choice among readings of the premise, and the title that came with it."""
    kept = choice(desk)
    found = TITLE.search(desk.reply)
    return Kept({FRONT: entitled(desk.book, found[1].strip('*_《》"“” '))}, kept.told) if found else kept


def idea_chosen(desk: Desk) -> Kept:
    """Keep the choice among ideas; nothing of the book is changed."""
    choice(desk)
    return Kept({}, desk.say("ideas_done", notes=desk.task.notes))


def entitled(book: Book, title: str) -> str:
    """Return book.md under a title."""
    return re.sub(r"\A\s*#\s.*", lambda _: f"# {title}", book.files[FRONT], count=1)
