"""Criticism: start over from the premise and mend the logic, not the wording. Pure."""

from __future__ import annotations

from farside.missions.story.book.bible import Rule, occurs
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
)
from farside.missions.story.book.continuity import continuity
from farside.missions.story.tasks.founding import LEAST_RULES, consistent, wanted
from farside.missions.story.tasks.reply import files
from farside.missions.story.tasks.task import Desk, Kept, NotKept, listing
from farside.missions.story.text.words import count

LEAST = 40
"""Words of the shortest diagnosis."""


def diagnosis(desk: Desk) -> Kept:
    """Keep a diagnosis that names the links of the causal chain that do not hold."""
    ids = [rule.id for rule in desk.book.rules]
    if count(desk.reply) < LEAST or (ids and not any(occurs(each, desk.reply) for each in ids)):
        raise NotKept(desk.say("no_diagnosis", least=LEAST, ids=", ".join(ids)))
    return Kept({}, desk.say("kept_diagnosis"))


def rules(desk: Desk) -> Kept:
    """Keep a causal chain that is another one, link for link, and not the old one in other words."""
    made = wanted(desk, needed=(RULES,), also=(WORLD,))
    new = desk.book.with_files(made)
    wrong = [each for each in new.wrong if each.file == RULES]
    if wrong or len(new.rules) < LEAST_RULES:
        raise NotKept(f"{desk.say('few_rules', least=LEAST_RULES)}\n{listing(new, wrong)}".strip())
    if links(new.rules) == links(desk.book.rules):
        raise NotKept(desk.say("same_logic"))
    return Kept({}, desk.say("kept_rules", rules=len(new.rules)))


def consequences(desk: Desk) -> Kept:
    """Put the new chain and what follows from it into the bible; what is written stays, and is held against it."""
    chain = files(desk.kept["rules"])
    made = files(desk.reply)
    may = (WORLD, THEMES, RULES, PEOPLE, MINOR, PLACES, OBJECTS, SECRETS, OUTLINE, LEDGER)
    strange = [name for name in made if name not in may]
    if strange:
        raise NotKept(desk.say("files_strange", files=", ".join(strange), may=", ".join(may)))
    after = consistent(desk, {**chain, **made})
    changed = {**chain, **made}
    old = {f"{desk.task.notes}/before/{name.replace('/', '-')}": desk.book.files.get(name, "") for name in changed}
    broken = [each for each in continuity(after) if each.weight == "broken" and each not in continuity(desk.book)]
    told = desk.say("criticised", files=", ".join(changed), chain=drawn(after), notes=desk.task.notes)
    against = [desk.say("text_against", count=len(broken)), listing(after, broken)] if broken else []
    return Kept({**old, **changed}, "\n".join([told, *against]))


def links(chain: tuple[Rule, ...]) -> list[tuple[int, ...]]:
    """Return of each rule the places of those that it follows from: the chain without its words."""
    place = {rule.id: number for number, rule in enumerate(chain)}
    return [tuple(sorted(place.get(each, -1) for each in rule.because)) for rule in chain]


def drawn(book: Book) -> str:
    """Return the causal chain, a rule a line."""
    return "\n".join(
        f"- {rule.id} {rule.entry.title}" + (f" ← {', '.join(rule.because)}" if rule.because else "")
        for rule in book.rules
    )
