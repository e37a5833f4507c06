"""Drafting a chapter: plan of the scene, several openings, choice, draft, read-through, facts. Pure."""

from __future__ import annotations

import re
from dataclasses import replace

from farside.missions.story.book.bible import called, occurs, whole
from farside.missions.story.book.book import LEDGER, OUTLINE, Book
from farside.missions.story.book.chapter import Chapter
from farside.missions.story.book.continuity import of_chapter
from farside.missions.story.book.facts import Fact, hashed, read_facts, written
from farside.missions.story.book.kinds import kind
from farside.missions.story.book.ledger import Plan
from farside.missions.story.book.page import entry_at, with_field
from farside.missions.story.tasks.reply import alternatives, chosen, different, unfenced
from farside.missions.story.tasks.task import Desk, Kept, NotKept, listing
from farside.missions.story.text.edits import CannotEdit, applied, changed, read_edits, shown
from farside.missions.story.text.scores import scored, table
from farside.missions.story.text.words import count, unit

SHORTEST, LONGEST = 0.6, 1.6
"""Share of the wanted length that a draft may have."""
LEAST_PLAN = 40
"""Words of the shortest plan of a scene."""
OPENINGS = 3
MENDED = 25.0
"""Percent of a draft's words that the read-through may change."""
WANTED = 1500
"""Words of a chapter where neither outline nor book says how many."""


def plan(desk: Desk) -> Kept:
    """Keep a plan of the scene that speaks of everybody and everything that the outline wants in it."""
    wanted = planned(desk)
    missing = [each for each in (*wanted.plants, *wanted.pays) if not occurs(each, desk.reply)]
    for name in wanted.people:
        person = called(desk.book.people, name)
        if not any(occurs(each, desk.reply) for each in (person.names if person else (name,))):
            missing.append(name)
    if missing:
        raise NotKept(desk.say("plan_lacks", what=", ".join(missing)))
    if count(desk.reply) < LEAST_PLAN:
        raise NotKept(desk.say("plan_short", least=LEAST_PLAN))
    return Kept({}, desk.say("kept_plan", words=count(desk.reply)))


def openings(desk: Desk) -> Kept:
    """Keep openings that are several, and not one several times."""
    found = alternatives(desk.reply)
    if len(different(found)) < OPENINGS:
        raise NotKept(desk.say("few_alternatives", least=OPENINGS, count=len(different(found))))
    return Kept({}, desk.say("kept_alternatives", count=len(found)))


def choice(desk: Desk) -> Kept:
    """Keep a choice among what the step before brought, with a reason."""
    before = desk.kept.get("openings") or desk.kept.get("directions") or desk.kept.get("ideas") or ""
    among = len(alternatives(before))
    number = chosen(desk.reply, among)
    if number is None or count(desk.reply) < 5:
        raise NotKept(desk.say("no_choice", among=among))
    return Kept({}, desk.say("kept_choice", number=number))


def draft(desk: Desk) -> Kept:
    """Keep a draft of the wanted length that does not break the bible."""
    text = titled(desk, unfenced(desk.reply))
    wanted, words = length(desk.book, desk.task.chapter), count(Chapter(0, "", text).prose)
    if not SHORTEST * wanted <= words <= LONGEST * wanted:
        least, most = round(SHORTEST * wanted), round(LONGEST * wanted)
        raise NotKept(desk.say("other_length", words=words, least=least, most=most))
    book = with_chapter(desk, text)
    refuse_broken(desk, book, facts=False)
    return Kept(
        {f"{desk.task.notes}/text.md": text}, "\n".join([desk.say("kept_draft", words=words), *look(desk, book)])
    )


def reading(desk: Desk) -> Kept:
    """Keep what the read-through mends, where it mends and does not write anew."""
    before = titled(desk, unfenced(desk.kept["draft"]))
    text = edited(desk, before)
    words = count(before)
    share = 100 * changed(before, text) / max(words, 1)
    if share > MENDED:
        raise NotKept(desk.say("mends_too_much", share=f"{share:.0f}", most=f"{MENDED:.0f}"))
    book = with_chapter(desk, text)
    refuse_broken(desk, book, facts=False)
    mended = shown(Chapter(0, "", before), Chapter(0, "", text))
    return Kept(
        {f"{desk.task.notes}/text.md": text}, f"{desk.say('kept_reading', share=f'{share:.1f}')}\n\n{mended}".strip()
    )


def finish(desk: Desk) -> Kept:
    """Keep the chapter, the facts drawn from its final text, and its seeds, all or none of them.

    The reply may mend the text once more, where it contradicts the bible.
    """
    text = edited(desk, desk.kept["text"])
    known = desk.book.chapter(desk.task.chapter)
    if known and known.text.strip() != text.strip():
        raise NotKept(desk.say("changed_meanwhile", file=known.file))
    facts = drawn(desk, text)
    book = with_chapter(desk, text)
    chapter = chapter_of(book, desk)
    files = {
        chapter.file: text,
        facts_file(desk): written(desk.task.chapter, hashed(text), facts, book.language),
        LEDGER: ledger(book, desk.task.chapter, facts),
        OUTLINE: status(book, desk.task.chapter),
    }
    after = book.with_files(files)
    refuse_broken(desk, after, facts=True)
    words = f"{count(chapter.prose):,} {unit(book.language)}"
    told = desk.say("chapter_done", file=chapter.file, words=words, facts=len(facts))
    return Kept({name: text for name, text in files.items() if text}, "\n".join([told, *look(desk, after)]))


def planned(desk: Desk) -> Plan:
    """Return the chapter's place in the outline.

    Raises:
        NotKept: it has none.
    """
    found = desk.book.planned(desk.task.chapter)
    if found is None:
        raise NotKept(desk.say("not_planned", chapter=desk.task.chapter))
    return found


def length(book: Book, number: int) -> int:
    """Return the wanted length of a chapter."""
    plan = book.planned(number)
    return (plan.words if plan else None) or whole(book.front.value("words")) or WANTED


def titled(desk: Desk, text: str) -> str:
    """Return a chapter's text with its heading."""
    text = text.strip()
    if re.match(r"#\s+\S", text):
        return f"{text}\n"
    return f"# {planned(desk).title}\n\n{text}\n"


def edited(desk: Desk, text: str) -> str:
    """Return a text after the edits of the reply; without any it stays as it is.

    Raises:
        NotKept: an edit does not fit.
    """
    try:
        return applied(text, read_edits(desk.reply))
    except CannotEdit as error:
        raise NotKept(desk.say(f"edit_{error.kind}", words=error.words[:160])) from error


def with_chapter(desk: Desk, text: str) -> Book:
    """Return the book with the chapter as it would be."""
    known = desk.book.chapter(desk.task.chapter)
    return desk.book.with_files({known.file if known else f"chapters/{desk.task.chapter:02}.md": text})


def chapter_of(book: Book, desk: Desk) -> Chapter:
    """Return the chapter that the task is about."""
    found = book.chapter(desk.task.chapter)
    if found is None:
        raise NotKept(desk.say("not_written", chapter=desk.task.chapter))
    return found


def facts_file(desk: Desk) -> str:
    """Return where the chapter's facts are kept."""
    known = desk.book.facts.get(desk.task.chapter)
    return known.file if known else f"facts/{desk.task.chapter:02}.md"


def refuse_broken(desk: Desk, book: Book, *, facts: bool) -> None:
    """Refuse a chapter that contradicts the bible or the ledger.

    Raises:
        NotKept: with the places.
    """
    late = ("not_planted", "words_gone", "overdue", "not_paid")
    """What only the facts can settle."""
    found = [each for each in of_chapter(book, desk.task.chapter) if each.weight == "broken"]
    found = [each for each in found if facts or (each.kind not in late and each.file.startswith("chapters/"))]
    if found:
        raise NotKept(f"{desk.say('breaks_bible')}\n{listing(book, found)}")


def look(desk: Desk, book: Book) -> list[str]:
    """Return what is worth a look: notes of the continuity check, and the scores."""
    chapter = chapter_of(book, desk)
    notes = [each for each in of_chapter(book, chapter.number) if each.weight == "note" and each.kind != "no_facts"]
    scores = scored(chapter, book.language)
    return [*([listing(book, notes)] if notes else []), table([scores], book.language)]


def drawn(desk: Desk, text: str) -> tuple[Fact, ...]:
    """Return the facts of the reply, each of which stands in the text.

    Raises:
        NotKept: none, or words that are not in the text.
    """
    lines = "\n".join(line for line in desk.reply.splitlines() if "|" in line or "｜" in line)
    read, chapter = read_facts("facts", lines), Chapter(desk.task.chapter, "", text)
    if not read.facts:
        raise NotKept(desk.say("no_facts"))
    absent = [fact.words for fact in read.facts if not chapter.line_of(fact.words)]
    if absent:
        raise NotKept(desk.say("not_in_text", words="\n".join(f"- {words}" for words in absent)))
    if read.wrong:
        raise NotKept(desk.say("no_fact", lines="\n".join(f"- {each.subject}" for each in read.wrong)))
    return tuple(replace(fact, line=number) for number, fact in enumerate(read.facts, 4))


def ledger(book: Book, number: int, facts: tuple[Fact, ...]) -> str:
    """Return the ledger with the words that plant or pay its seeds in this chapter."""
    text, form = book.files.get(LEDGER, ""), kind("seed")
    for fact in facts:
        if fact.kind != "seed":
            continue
        settled = {"words": f'"{fact.words}"'}
        if fact.detail.lower() in ("paid", "兑现", "已兑现"):
            settled = {"paid": str(number), "payoff": f'"{fact.words}"'}
        for key, value in settled.items():
            page = book.with_files({LEDGER: text}).seeds
            entry = next((seed.entry for seed in page if seed.id == fact.subject.upper()), None)
            if entry is not None:
                text = with_field(text, entry_at(text, entry.line), form.written(key, book.language), value)
    return text


def status(book: Book, number: int) -> str:
    """Return the outline with the chapter marked as written."""
    text, found = book.files.get(OUTLINE, ""), book.planned(number)
    if found is None:
        return text
    value = "已写" if book.language == "zh" else "written"
    return with_field(text, entry_at(text, found.entry.line), kind("chapter").written("status", book.language), value)
