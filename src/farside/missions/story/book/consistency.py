"""Whether a book's folder agrees with itself: what is named exists, causes lead back to what is given. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator

from farside.errors import FarsideError
from farside.missions.story.book.bible import Named, called
from farside.missions.story.book.book import FRONT, LEDGER, OUTLINE, RULES, SECRETS, Book
from farside.missions.story.book.finding import Finding
from farside.missions.story.book.ledger import Plan, Seed


def inconsistencies(book: Book) -> list[Finding]:
    """Return what in the folder is out of form or contradicts itself, file by file and line by line."""
    checks = (_front, _causes, _anchors, _knowers, _chapters, _seeds, _names_shared, _facts_of_nothing)
    found = [*book.wrong, *(finding for check in checks for finding in check(book))]
    return sorted(dict.fromkeys(found), key=lambda finding: (finding.file, finding.line))


def refuse_inconsistent(book: Book, folder: str) -> None:
    """Refuse to work on a book that contradicts itself.

    Raises:
        FarsideError: with the first place; the next step names the command that lists all.
    """
    found = inconsistencies(book)
    if found:
        first, more = found[0], len(found) - 1
        others = f" {more} more {'is' if more == 1 else 'are'} like it." if more else ""
        raise FarsideError(
            f"The book contradicts itself. {first.told()}{others}",
            f"Correct the file, then look again: farside write check --book {shlex.quote(folder)}",
        )


def _front(book: Book) -> Iterator[Finding]:
    if not book.title:
        yield Finding("no_title", FRONT, 1)


def _causes(book: Book) -> Iterator[Finding]:
    known = {rule.id: rule for rule in book.rules}
    for rule in book.rules:
        line = rule.entry.line_of("because")
        yield from (
            Finding("unknown_cause", RULES, line, rule.id, each) for each in rule.because if each not in known
        )
    grounded: set[str] = set()
    for _ in book.rules:
        grounded |= {
            rule.id for rule in book.rules if all(each in grounded or each not in known for each in rule.because)
        }
    for rule in book.rules:
        if rule.id not in grounded:
            yield Finding("circular_cause", RULES, rule.entry.line_of("because"), rule.id, ", ".join(rule.because))


def _anchors(book: Book) -> Iterator[Finding]:
    """An anchor is one of the objects where the bible lists objects, and anchors nobody else."""
    taken: dict[str, str] = {}
    for person in book.people:
        name, line = person.entry.value("anchor"), person.entry.line_of("anchor")
        if not name:
            continue
        thing = called(book.objects, name)
        if book.objects and thing is None:
            yield Finding("unknown_anchor", person.file, line, person.name, name)
        elif (other := taken.setdefault((thing.name if thing else name).lower(), person.name)) != person.name:
            yield Finding("anchor_shared", person.file, line, person.name, other)


def _knowers(book: Book) -> Iterator[Finding]:
    for secret in book.secrets:
        line = secret.entry.line_of("known by")
        yield from _unknown(secret.known, book.people, "unknown_person", SECRETS, line)
    for thing in book.objects:
        names = [thing.entry.value("holder")] if thing.entry.value("holder") else []
        yield from _unknown(
            names, book.people + book.places, "unknown_holder", thing.file, thing.entry.line_of("holder")
        )


def _chapters(book: Book) -> Iterator[Finding]:
    for expected, plan in enumerate(book.outline, 1):
        entry = plan.entry
        if plan.number != expected:
            yield Finding("out_of_order", OUTLINE, entry.line, str(plan.number), str(expected))
        yield from _unknown(plan.people, book.people, "unknown_person", OUTLINE, entry.line_of("people"))
        yield from _unknown(plan.places, book.places, "unknown_place", OUTLINE, entry.line_of("place"))
        yield from _unplanned_seeds(book, plan)
    for chapter in book.chapters:
        if not chapter.paragraphs:
            yield Finding("empty_chapter", chapter.file, 0, str(chapter.number))
        if book.outline and book.planned(chapter.number) is None:
            yield Finding("not_in_outline", chapter.file, 1, str(chapter.number))


def _unplanned_seeds(book: Book, plan: Plan) -> Iterator[Finding]:
    """Outline and ledger say the same of a seed."""
    seeds = {seed.id: seed for seed in book.seeds}
    for key, ids in (("plants", plan.plants), ("pays", plan.pays)):
        for each in ids:
            seed, line = seeds.get(each), plan.entry.line_of(key)
            if seed is None:
                yield Finding("unknown_seed", OUTLINE, line, each)
            elif key == "plants" and seed.planted != plan.number:
                yield Finding("planted_elsewhere", OUTLINE, line, each, str(seed.planted))
            elif key == "pays" and plan.number not in (seed.due, seed.paid):
                yield Finding("due_elsewhere", OUTLINE, line, each, str(seed.due))


def _seeds(book: Book) -> Iterator[Finding]:
    for seed in book.seeds:
        yield from _seed(book, seed)


def _seed(book: Book, seed: Seed) -> Iterator[Finding]:
    entry = seed.entry
    for key, number in (("planted", seed.planted), ("due", seed.due), ("paid", seed.paid)):
        line = entry.line_of(key)
        if entry.value(key) and number is None:
            yield Finding("no_chapter_number", LEDGER, line, seed.id, entry.value(key))
        elif number is not None and book.outline and not _is_to_come(book, number) and book.planned(number) is None:
            yield Finding("unknown_chapter", LEDGER, line, seed.id, str(number))
    if seed.planted and seed.due and seed.due < seed.planted:
        yield Finding("due_before_planted", LEDGER, entry.line_of("due"), seed.id, str(seed.planted))
    planting = book.planned(seed.planted) if seed.planted else None
    if planting and seed.id not in planting.plants:
        yield Finding("not_planted_in_outline", LEDGER, entry.line_of("planted"), seed.id, str(seed.planted))


def _is_to_come(book: Book, number: int) -> bool:
    """Tell whether a chapter is one that the book is to have and that is not outlined yet."""
    return len(book.outline) < number <= book.length


def _names_shared(book: Book) -> Iterator[Finding]:
    owners: dict[str, Named] = {}
    for each in book.named:
        for name in each.names:
            other = owners.setdefault(name.lower(), each)
            if other is not each:
                yield Finding("name_shared", each.file, each.entry.line, name, other.name)


def _facts_of_nothing(book: Book) -> Iterator[Finding]:
    for number, facts in book.facts.items():
        yield from facts.wrong
        if book.chapter(number) is None:
            yield Finding("facts_of_nothing", facts.file, 0, str(number))


def _unknown(names: Iterable[str], known: tuple[Named, ...], kind: str, file: str, line: int) -> Iterator[Finding]:
    return (Finding(kind, file, line, name) for name in names if called(known, name) is None)
