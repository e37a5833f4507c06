"""Drawing the facts of a chapter that stands: from its final text only. Pure."""

from __future__ import annotations

from farside.missions.story.book.book import LEDGER
from farside.missions.story.book.continuity import of_chapter
from farside.missions.story.book.facts import hashed, written
from farside.missions.story.tasks.drafting import chapter_of, drawn, facts_file, ledger, look
from farside.missions.story.tasks.task import Desk, Kept, listing


def facts(desk: Desk) -> Kept:
    """Keep facts that were drawn from a chapter that stands, and the words of its seeds; its text stays as it is."""
    chapter = chapter_of(desk.book, desk)
    found = drawn(desk, chapter.text)
    files = {
        facts_file(desk): written(chapter.number, hashed(chapter.text), found, desk.book.language),
        LEDGER: ledger(desk.book, chapter.number, found),
    }
    after = desk.book.with_files(files)
    broken = [each for each in of_chapter(after, chapter.number) if each.weight == "broken"]
    told = desk.say("facts_done", file=facts_file(desk), facts=len(found), broken=len(broken))
    listed = [listing(after, broken)] if broken else []
    return Kept({name: text for name, text in files.items() if text}, "\n".join([told, *listed, *look(desk, after)]))
