"""A recurrence, one step a call in the Python session, until the term that the goal asks for.

Half begin at a later term than x0: a short task compares long numbers, too.
"""

from __future__ import annotations

from functools import partial

from farside.train.tasks.drawing import Drawing
from farside.train.tasks.session import cell, slip
from farside.train.tasks.task import Lesson, Task, Turn, says_number

GOALS = (
    ("Let x{first} = {start}. ", "Start with x{first} = {start}. ", "A sequence begins with x{first} = {start}. "),
    ("Each next term is ({a} x + {b}) mod {m}. ", "The next term is always ({a} x + {b}) mod {m}. "),
    ("Go step by step", "Work it out one step at a time", "Take one step at a time"),
    (" and say x{n}.", " to x{n}.", ". What is x{n}?", ". Tell me x{n}."),
)
GOALS_ZH = (
    ("设 x{first} = {start}。", "数列从 x{first} = {start} 开始。"),
    ("每一项都是前一项的 ({a} x + {b}) mod {m}。", "下一项是 ({a} x + {b}) mod {m}。"),
    ("一步一步算", "逐项计算"),
    ("到 x{n}。", ",x{n} 是多少?", ",求 x{n}。"),
)
LATEST = 280
"""Term with which a sequence begins at the latest."""
SAYS = ("I define a step first.", "Not yet x{n}.")
SAYS_ZH = ("先定义一步。", "还没到 x{n}。")


def recurrence(seed: int, draw: Drawing, steps: int) -> Task:
    """Return a task of `steps` calls: one defines the step, each of the others takes one."""
    language, m = draw.language(), draw.number(50, 9999)
    a, b, start = draw.number(2, m - 1), draw.number(1, m - 1), draw.number(0, m - 1)
    first = draw.chance.choice((0, draw.chance.randint(1, LATEST)))
    terms = {first: start}
    for at in range(first, first + steps - 1):
        terms[at + 1] = (a * terms[at] + b) % m
    last = first + steps - 1
    grammar = GOALS_ZH if language == "zh" else GOALS
    goal = draw.sentence(grammar).format(first=first, start=start, a=a, b=b, m=m, n=last)
    code = cell("stepping").format(first=first, start=start, a=a, b=b, m=m)
    lesson = partial(taught, code, terms, language, draw.chance.getrandbits(32))
    return Task("recurrence", seed, draw.split, language, goal, {}, steps, lesson, says_number(terms[last]))


def taught(code: str, terms: dict[int, int], language: str, seed: int) -> Lesson:
    """Define the step, take it until the term is there, say the term."""
    first, more = SAYS_ZH if language == "zh" else SAYS
    wrong = slip(seed, len(terms) - 1)
    yield Turn(first, "python", {"code": code})
    start, *rest = terms
    last, shown = max(terms), ""
    for at in rest:
        if at - start - 1 == wrong:
            lost = yield Turn(more.format(n=last), "python", {"code": "next()"}, learn=False)
            assert "Error" in lost
        shown = yield Turn(more.format(n=last), "python", {"code": "step()"})
        assert shown.strip() == f"x{at} = {terms[at]}"
    value = shown.rsplit(maxsplit=1)[-1] if shown else terms[start]
    yield Turn("", text=f"x{last} = {value}")
