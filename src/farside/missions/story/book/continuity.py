"""Whether the written chapters keep to the bible and the ledger: drawn from their final text only. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from farside.missions.story.book.bible import Named, called, occurs
from farside.missions.story.book.book import LEDGER, Book
from farside.missions.story.book.chapter import Chapter, plain
from farside.missions.story.book.facts import Fact, Facts, hashed, holder, passes
from farside.missions.story.book.finding import Finding
from farside.missions.story.book.ledger import Seed
from farside.missions.story.book.strangers import strangers


def continuity(book: Book) -> list[Finding]:
    """Return what in the chapters does not hold, in their order, but for what `intended.md` gives a reason for."""
    found = [finding for chapter in book.chapters for finding in _chapter(book, chapter)]
    found += [*_ledger(book), *_custody(book), *(Finding("not_read", name, 0) for name in book.unread)]
    return [finding for finding in dict.fromkeys(found) if not book.intended.get(finding.key)]


def of_chapter(book: Book, number: int) -> list[Finding]:
    """Return what does not hold because of one chapter: its text, its facts, the seeds that it plants or pays."""
    chapter = book.chapter(number)
    files = {chapter.file, f"facts/{number:02}.md"} if chapter else set[str]()
    seeds = {seed.id for seed in book.seeds if number in (seed.planted, seed.paid, seed.due)}
    return [
        each for each in continuity(book) if each.file in files or (each.file == LEDGER and each.subject in seeds)
    ]


def _chapter(book: Book, chapter: Chapter) -> Iterator[Finding]:
    yield from _forbidden(book, chapter)
    yield from strangers(book, chapter)
    plan = book.planned(chapter.number)
    for name in plan.people if plan else ():
        person = called(book.people, name)
        if person and not any(occurs(each, chapter.text) for each in person.names):
            yield Finding("absent", chapter.file, 0, person.name)
    facts = book.facts.get(chapter.number)
    if facts is None:
        yield Finding("no_facts", chapter.file, 0, str(chapter.number))
    else:
        yield from _facts(book, chapter, facts)


def _forbidden(book: Book, chapter: Chapter) -> Iterator[Finding]:
    sources = [(each.name, each.never) for each in book.named]
    sources += [(f"{rule.id} {rule.entry.title}".strip(), rule.never) for rule in book.rules]
    for source, never in sources:
        for phrase in never:
            for paragraph in chapter.paragraphs:
                if found := occurs(phrase, paragraph.text):
                    line = paragraph.line + found.string[: found.start()].count("\n")
                    yield Finding("forbidden", chapter.file, line, phrase, source)


def _facts(book: Book, chapter: Chapter, facts: Facts) -> Iterator[Finding]:
    if facts.drawn_from != hashed(chapter.text):
        yield Finding("stale", facts.file, 2, str(chapter.number))
    for fact in facts.facts:
        place = chapter.line_of(fact.words)
        if not place:
            yield Finding("not_in_text", facts.file, fact.line, chapter.file, fact.words)
        else:
            yield from (_placed(finding, chapter, place) for finding in _fact(book, chapter, fact))


def _placed(finding: Finding, chapter: Chapter, line: int) -> Finding:
    """Move a finding to where the text says it."""
    return replace(finding, file=chapter.file, line=line)


def _fact(book: Book, chapter: Chapter, fact: Fact) -> Iterator[Finding]:
    match fact.kind:
        case "day":
            yield from _day(book, chapter, fact)
        case "person" | "place" | "object":
            yield from _being(book, chapter, fact)
        case "knows":
            yield from _knowledge(book, chapter, fact)
        case "seed" if fact.subject.upper() not in {seed.id for seed in book.seeds}:
            yield Finding("seed_not_in_ledger", chapter.file, 0, fact.subject)


def _day(book: Book, chapter: Chapter, fact: Fact) -> Iterator[Finding]:
    plan = book.planned(chapter.number)
    said = {part.strip(",，、 ").lower() for part in fact.subject.split()}
    if plan and plan.day and not all(part in plan.day.lower() for part in said):
        yield Finding("other_day", chapter.file, 0, fact.subject, plan.day)


def _being(book: Book, chapter: Chapter, fact: Fact) -> Iterator[Finding]:
    group = {"person": book.people, "place": book.places, "object": book.objects}[fact.kind]
    found = called(group, fact.subject)
    if found is None:
        yield Finding(f"stranger_{fact.kind}", chapter.file, 0, fact.subject)
        return
    if found.until is not None and chapter.number > found.until:
        yield Finding("gone", chapter.file, 0, found.name, str(found.until))
    yield from _contradicted(found, chapter, fact)
    plan = book.planned(chapter.number)
    if (
        fact.kind == "person"
        and plan
        and plan.people
        and called(book.people, fact.subject) not in _expected(book, plan.people)
    ):
        yield Finding("not_expected", chapter.file, 0, found.name)


def _expected(book: Book, names: tuple[str, ...]) -> list[Named | None]:
    return [called(book.people, name) for name in names]


def _contradicted(found: Named, chapter: Chapter, fact: Fact) -> Iterator[Finding]:
    """Compare `field = value` with the bible's own field."""
    field, sign, value = (part.strip() for part in fact.detail.partition("="))
    known = found.entry.value(_field(found, field)) if sign else ""
    if known and plain(value).lower() not in plain(known).lower():
        yield Finding("contradicts", chapter.file, 0, f"{found.name}: {field}", f"{value} / {known}")


def _field(found: Named, written: str) -> str:
    from farside.missions.story.book.book import FORMS
    from farside.missions.story.book.kinds import kind

    return kind(FORMS[found.file]).field(written.lower()) or written


def _knowledge(book: Book, chapter: Chapter, fact: Fact) -> Iterator[Finding]:
    secret = next((each for each in book.secrets if each.id == fact.detail.upper()), None)
    person = called(book.people, fact.subject)
    if person is None:
        yield Finding("stranger_person", chapter.file, 0, fact.subject)
    if secret is None:
        yield Finding("unknown_secret", chapter.file, 0, fact.detail)
    if person is None or secret is None:
        return
    since = next((at for name, at in secret.known.items() if called(book.people, name) is person), None)
    if since is None or since > chapter.number:
        yield Finding("knows_too_early", chapter.file, 0, person.name, f"{secret.id} ({since or '–'})")


def _custody(book: Book) -> Iterator[Finding]:
    """Follow each object from hand to hand."""
    hands = {thing.name: thing.entry.value("holder") for thing in book.objects if thing.entry.value("holder")}
    for chapter in book.chapters:
        for fact in _in_order(book, chapter):
            thing, to = called(book.objects, fact.subject), holder(fact)
            if fact.kind != "object" or thing is None or not to:
                continue
            before = hands.get(thing.name, "")
            if before and not passes(fact) and not _same(book, before, to):
                yield Finding("other_hand", chapter.file, chapter.line_of(fact.words), thing.name, f"{to} / {before}")
            else:
                hands[thing.name] = to


def _in_order(book: Book, chapter: Chapter) -> list[Fact]:
    """Return the facts of a chapter as the text comes to them."""
    facts = book.facts.get(chapter.number)
    return sorted(facts.facts if facts else (), key=lambda fact: chapter.line_of(fact.words))


def _same(book: Book, one: str, other: str) -> bool:
    everyone = book.people + book.places
    return one.lower() == other.lower() or (
        called(everyone, one) is not None and called(everyone, one) is called(everyone, other)
    )


def _ledger(book: Book) -> Iterator[Finding]:
    last = max((chapter.number for chapter in book.chapters), default=0)
    for seed in book.seeds:
        yield from _planting(book, seed)
        yield from _payment(book, seed, last)


def _planting(book: Book, seed: Seed) -> Iterator[Finding]:
    chapter = book.chapter(seed.planted) if seed.planted else None
    if chapter and not seed.words:
        yield Finding("not_planted", LEDGER, seed.entry.line, seed.id, chapter.file)
    elif chapter and not chapter.line_of(seed.words):
        yield Finding("words_gone", LEDGER, seed.entry.line_of("words"), seed.id, chapter.file)


def _payment(book: Book, seed: Seed, last: int) -> Iterator[Finding]:
    chapter = book.chapter(seed.paid) if seed.paid else None
    line = seed.entry.line_of("paid")
    if seed.paid and (chapter is None or not chapter.line_of(seed.payoff)):
        yield Finding("not_paid", LEDGER, line, seed.id, str(seed.paid))
    elif seed.paid and seed.planted and seed.paid < seed.planted:
        yield Finding("paid_before_planted", LEDGER, line, seed.id)
    elif not seed.paid and seed.due and seed.due <= last:
        yield Finding("overdue", LEDGER, seed.entry.line_of("due"), seed.id, str(seed.due))
