"""A recurrence, one step a call in the Python session, until the term that the goal asks for.

The session says whether there is more: the model is no good at telling when one number has reached another, and of
200 numbers that it says on the way it copies some wrongly. Half begin at a later term than x0: names are copied.
"""

from __future__ import annotations

from functools import partial

from farside.train.tasks.drawing import Drawing
from farside.train.tasks.session import cell, ended, slips
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
SAYS = ("I define a step first.", "Now step by step.", "More, on.")
SAYS_ZH = ("先定义一步。", "现在逐步算。", "还有,继续。")


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
    code = cell("stepping").format(first=first, start=start, a=a, b=b, m=m, last=last)
    lesson = partial(taught, code, terms, language, draw.chance.getrandbits(32))
    return Task("recurrence", seed, draw.split, language, goal, {}, steps, lesson, says_number(terms[last]))


def taught(code: str, terms: dict[int, int], language: str, seed: int) -> Lesson:
    """Define the step, take it until the term is there, say the term."""
    define, begin, more = SAYS_ZH if language == "zh" else SAYS
    first, *rest = terms
    last, shown = max(terms), ""
    wrong = slips(seed, len(rest))
    yield Turn(define, "python", {"code": code})
    for done, at in enumerate(rest):
        thinking = more if done else begin
        if done in wrong:
            lost = yield Turn(thinking, "python", {"code": "next()"}, learn=False)
            assert "Error" in lost
        shown = yield Turn(thinking, "python", {"code": "step()"})
        assert shown.strip() == f"x{at} = {terms[at]}, {'more' if at < last else 'last'}"
    value = shown.partition(" = ")[2].partition(",")[0] or terms[first]
    said = f"x{last} = {value}"
    yield ended(language, said, said)
