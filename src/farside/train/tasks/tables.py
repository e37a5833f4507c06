"""Two tables joined by a key: what one person's orders come to, by a program whose columns were looked up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from random import Random

from farside.train.tasks.drawing import Drawing
from farside.train.tasks.session import answered, cell, misspelt, slips
from farside.train.tasks.split import drawn
from farside.train.tasks.task import Lesson, Task, Turn, says_number

STEPS = 3
GOALS = (
    ("{people} holds people, {orders} their orders. ", "There are two tables, {people} and {orders}. "),
    ("What do the orders of {who} come to", "Add up the {value} of {who}", "Sum the {value} for {who}"),
    ("?", ", please.", ". What is the sum?"),
)
GOALS_ZH = (
    ("{people} 是人员,{orders} 是订单。", "有两张表:{people} 和 {orders}。"),
    ("{who} 的 {value} 一共多少", "求 {who} 的 {value} 总和"),
    ("?", "。"),
)
SAYS = ("I look at {name}.", "Both have {key}. The {value} of {who}.", "0.00 is none of {who}. Once more.")
SAYS_ZH = ("看 {name} 的列。", "都有 {key}。{who} 的 {value}。", "0.00 不是 {who} 的。再来。")
LOST = 0.15
"""Share of the lessons in which the name is copied wrongly: nothing is found, and it is written once more."""
PEOPLE, ROWS = 6, 14


def tables(seed: int, draw: Drawing, steps: int) -> Task:
    """Return a task of three calls: a look at each table, then the join. `steps` does not matter."""
    language = draw.language()
    people, orders, key, name, value, note, *names = draw.words(6 + PEOPLE)
    people, orders = f"{people}.csv", f"{orders}.csv"
    who = draw.chance.choice(names)
    ids = draw.chance.sample(range(10, 99), PEOPLE)
    rows = [(draw.chance.randrange(PEOPLE), draw.amount(), draw.word()) for _ in range(ROWS)]
    rows.append((names.index(who), draw.amount(), draw.word()))
    before, after = drawn(draw.split, lambda: tuple(tuple(draw.chance.sample(range(n), n)) for n in (2, 3)))
    first = table([(key, name), *zip(ids, names, strict=True)], before)
    second = table([(key, value, note), *((ids[at], amount, word) for at, amount, word in rows)], after)
    total = sum(amount for at, amount, _ in rows if names[at] == who)
    goal = draw.sentence(GOALS_ZH if language == "zh" else GOALS)
    goal = goal.format(people=people, orders=orders, who=who, value=value)
    files = {people: first, orders: second}
    known = {"people": people, "orders": orders, "key": key, "name": name, "value": value, "who": who}
    lesson = partial(taught, known, language, draw.chance.getrandbits(32))
    return Task("tables", seed, draw.split, language, goal, files, STEPS, lesson, says_number(round(total, 2)))


def table(rows: Iterable[Sequence[object]], order: Sequence[int]) -> str:
    """Return the text of a table, its columns in that order."""
    return "".join(",".join(str(row[place]) for place in order) + "\n" for row in rows)


def taught(known: dict[str, str], language: str, seed: int) -> Lesson:
    """Look at the head of each table, join them, say the sum."""
    look, join, again = SAYS_ZH if language == "zh" else SAYS
    wrong, chance = slips(seed, 2), Random(seed)
    for at, name in enumerate((known["people"], known["orders"])):
        if at in wrong:
            yield Turn(
                look.format(name=name), "shell", {"command": f"head -n 3 {misspelt(name, chance)}"}, learn=False
            )
        yield Turn(look.format(name=name), "shell", {"command": f"head -n 3 {name}"})
    thinking, code = join.format(**known), cell("joining")
    if chance.random() < LOST:
        lost = misspelt(f"{known['who']}.", chance).removesuffix(".")
        if lost != known["who"]:
            shown = yield Turn(thinking, "python", {"code": code.format(**{**known, "who": lost})}, learn=False)
            assert shown.strip() == "0.00"
            thinking = again.format(**known)
    shown = yield Turn(thinking, "python", {"code": code.format(**known)})
    total = shown.strip()
    yield answered(language, ("That is the sum.", f"The sum is {total}"), ("算好了。", f"总和是 {total}"))
