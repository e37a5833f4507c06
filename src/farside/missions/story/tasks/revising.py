"""Revising a chapter: first which paragraphs the request is about, then edits that keep to them. Pure."""

from __future__ import annotations

import math

from farside.missions.story.book.book import Book
from farside.missions.story.book.chapter import Chapter
from farside.missions.story.book.continuity import of_chapter
from farside.missions.story.book.facts import hashed
from farside.missions.story.tasks.drafting import chapter_of, edited, with_chapter
from farside.missions.story.tasks.reply import numbers
from farside.missions.story.tasks.task import Desk, Kept, NotKept, listing
from farside.missions.story.text.edits import changed, read_edits, shown, touched
from farside.missions.story.text.words import count

WIDEST = 3
"""A request that names no paragraphs may reach one in so many of them."""
HISTORY = "notes/revisions.md"


def scope(desk: Desk) -> Kept:
    """Keep the numbers of the paragraphs that the request is about: no more than it needs."""
    last = len(chapter_of(desk.book, desk).paragraphs)
    named = asked(desk.reply)
    if not named or not set(named) <= set(range(1, last + 1)):
        raise NotKept(desk.say("no_paragraphs", last=last))
    outside = [number for number in named if desk.task.paragraphs and number not in desk.task.paragraphs]
    if outside:
        allowed = ", ".join(map(str, desk.task.paragraphs))
        raise NotKept(desk.say("outside_request", paragraphs=", ".join(map(str, outside)), allowed=allowed))
    most = max(1, math.ceil(last / WIDEST))
    if not desk.task.paragraphs and len(named) > most:
        raise NotKept(desk.say("too_wide", count=len(named), most=most))
    return Kept({}, desk.say("kept_scope", paragraphs=", ".join(map(str, named))))


def edits(desk: Desk) -> Kept:
    """Keep edits that do what was asked and no more."""
    before = chapter_of(desk.book, desk)
    if not read_edits(desk.reply):
        raise NotKept(desk.say("no_edits"))
    if desk.task.was not in ("", hashed(before.text)):
        return again(desk, before)
    text = edited(desk, before.text)
    after = Chapter(before.number, before.file, text)
    refuse_too_much(desk, before, after)
    refuse_worse(desk, with_chapter(desk, text))
    made = outcome(desk, before, after)
    return Kept({f"{desk.task.notes}/before.md": before.text, before.file: text, **made.files}, made.told)


def again(desk: Desk, now: Chapter) -> Kept:
    """Tell once more what a revision did that is on disk already; anything else that changed the text is left alone.

    Raises:
        NotKept: somebody changed the chapter meanwhile.
    """
    before = Chapter(now.number, now.file, desk.kept.get("before", ""))
    if hashed(before.text) != desk.task.was or edited(desk, before.text).strip() != now.text.strip():
        raise NotKept(desk.say("changed_meanwhile", file=now.file))
    return outcome(desk, before, now)


def outcome(desk: Desk, before: Chapter, after: Chapter) -> Kept:
    """Return what a revision tells, and the history with it."""
    diff, words = shown(before, after), changed(before.prose, after.prose)
    told = desk.say("revised", file=before.file, words=words, of=count(before.prose), diff=diff)
    note = desk.say("revision", chapter=before.number, request=desk.task.request, diff=diff)
    history = desk.book.files.get(HISTORY, desk.say("revisions_title")).rstrip()
    files = {} if history.endswith(note) else {HISTORY: f"{history}\n\n{note}\n"}
    book = with_chapter(desk, after.text)
    found = [each for each in of_chapter(book, before.number) if each.kind == "stale"]
    return Kept(files, told + (f"\n\n{listing(book, found)}" if found else ""))


def asked(reply: str) -> list[int]:
    """Return the paragraphs that the first line with numbers names."""
    lines = (list(dict.fromkeys(numbers(line))) for line in reply.splitlines())
    return next((found for found in lines if found), [])


def refuse_too_much(desk: Desk, before: Chapter, after: Chapter) -> None:
    """Refuse what rewrites more than it was asked.

    Raises:
        NotKept: nothing changed, other paragraphs changed, or too many words.
    """
    scoped, reached = set(asked(desk.kept.get("scope", ""))), touched(before, after)
    if not reached:
        raise NotKept(desk.say("nothing_changed"))
    outside = [number for number in reached if number not in scoped]
    if outside:
        raise NotKept(desk.say("outside_scope", paragraphs=", ".join(map(str, outside))))
    share = 100 * changed(before.prose, after.prose) / max(count(before.prose), 1)
    if share > desk.task.at_most:
        raise NotKept(
            desk.say("rewrites", share=f"{share:.1f}", most=f"{desk.task.at_most:g}", diff=shown(before, after))
        )


def refuse_worse(desk: Desk, book: Book) -> None:
    """Refuse a revision after which something does not hold that did before: a seed's words, a rule of the bible.

    Raises:
        NotKept: with the places.
    """
    known = {(each.kind, each.subject) for each in of_chapter(desk.book, desk.task.chapter)}
    found = of_chapter(book, desk.task.chapter)
    worse = [each for each in found if each.weight == "broken" and (each.kind, each.subject) not in known]
    worse = [each for each in worse if each.kind != "not_in_text"]  # facts are drawn again
    if worse:
        raise NotKept(f"{desk.say('breaks_bible')}\n{listing(book, worse)}")
