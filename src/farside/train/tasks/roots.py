"""The root of a rising function by bisection, one halving a call; which half is for the one who reads the sign."""

from __future__ import annotations

from functools import partial

from farside.train.tasks.drawing import Drawing
from farside.train.tasks.session import cell, ended, slips
from farside.train.tasks.task import Lesson, Task, Turn, says_number

HIGHEST = 16
GOALS = (
    ("The function ", "f(x) = "),
    ("x**3 + {a}*x - {b} ",),
    ("has one root between 0 and {top}. ", "crosses zero once between 0 and {top}. "),
    ("Find it by bisection in {n} steps", "Halve the interval {n} times to find it", "Bisect {n} times"),
    (".", " and say the middle.", ". Where is it?"),
)
GOALS_ZH = (
    ("函数 ", "f(x) = "),
    ("x**3 + {a}*x - {b} ",),
    ("在 0 和 {top} 之间有一个零点。", "在 0 到 {top} 之间过零。"),
    ("用二分法做 {n} 步", "把区间对半分 {n} 次"),
    (",求零点。", "。零点在哪里?"),
)
SAYS = ("I define the halving.", "Below 0, high half.", "Not below 0, low half.")
SAYS_ZH = ("先定义。", "小于零,取高半。", "不小于零,取低半。")


def roots(seed: int, draw: Drawing, steps: int) -> Task:
    """Return a task of `steps` calls: one defines the halving, each of the others halves."""
    language, top = draw.language(), draw.chance.choice((8, 16, 32))
    steps = min(steps, HIGHEST)
    a, b = draw.number(1, 60), draw.number(100, top**3)
    goal = draw.sentence(GOALS_ZH if language == "zh" else GOALS).format(a=a, b=b, top=top, n=steps - 1)
    low, high, halves = 0.0, float(top), list[str]()
    for _ in range(steps - 1):
        mid = (low + high) / 2
        halves.append("high" if f"{mid**3 + a * mid - b:.4f}".startswith("-") else "low")
        low, high = (mid, high) if halves[-1] == "high" else (low, mid)
    code = cell("halving").format(a=a, b=b, top=top, n=steps - 1)
    lesson = partial(taught, code, halves, language, draw.chance.getrandbits(32))
    middle = round((low + high) / 2, 5)
    return Task("roots", seed, draw.split, language, goal, {}, steps, lesson, says_number(middle))


def taught(code: str, halves: list[str], language: str, seed: int) -> Lesson:
    """Take the half in which the sign changes, so many times; say the last middle."""
    first, below, above = SAYS_ZH if language == "zh" else SAYS
    wrong = slips(seed, len(halves))
    shown = yield Turn(first, "python", {"code": code})
    for at, half in enumerate(halves):
        thinking = below if half == "high" else above
        assert ("= -" in shown) == (half == "high")
        if at in wrong:
            lost = yield Turn(thinking, "python", {"code": f"take({half})"}, learn=False)
            assert "NameError" in lost
        shown = yield Turn(thinking, "python", {"code": f"take('{half}')"})
    middle = shown.partition("f(")[2].partition(")")[0]
    yield ended(language, f"The root is near {middle}", f"零点约为 {middle}")
