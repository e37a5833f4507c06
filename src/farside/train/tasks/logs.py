"""A log with many lines: which part wrote most lines of one level; found by one program, after a look at the form."""

from __future__ import annotations

from collections import Counter
from functools import partial

from farside.train.tasks.drawing import Drawing
from farside.train.tasks.session import answered, cell, slips
from farside.train.tasks.split import drawn
from farside.train.tasks.task import Lesson, Task, Turn, says_word

STEPS = 2
LEVELS = ("ERROR", "WARN", "INFO", "FATAL", "DEBUG")
FIELDS = ("time", "level", "part", "word")
GOALS = (
    ("{name} is a log. ", "Look at the log {name}. ", "In {name} "),
    (
        "Which part wrote most {level} lines",
        "Who has the most {level} lines",
        "Find the part with most {level} lines",
    ),
    ("?", ", please.", "."),
)
GOALS_ZH = (
    ("{name} 是日志。", "看日志 {name}。"),
    ("哪个部分的 {level} 最多", "找出 {level} 行最多的部分"),
    ("?", "。"),
)
SAYS = ("First its form.", "{level} is a word of column {its}, the part is column {part}.")
SAYS_ZH = ("先看格式。", "{level} 在第 {its} 列,部分在第 {part} 列。")
LINES = 40


def logs(seed: int, draw: Drawing, steps: int) -> Task:
    """Return a task of two calls: a look, and a count. `steps` does not matter."""
    language, places = draw.language(), drawn(draw.split, lambda: draw.chance.sample(FIELDS, len(FIELDS)))
    stem, most, *parts = draw.words(5)
    name, level = f"{stem}.log", draw.chance.choice(LEVELS[:3])
    rows = [(draw.chance.choice(LEVELS), draw.chance.choice([most, *parts])) for _ in range(LINES)]
    seen = Counter(part for its, part in rows if its == level)
    rows += [(level, most)] * (max(seen.values(), default=0) - seen[most] + 1)
    draw.chance.shuffle(rows)
    lines = [
        {"time": f"{at // 60:02}:{at % 60:02}", "level": its, "part": part, "word": f'"{draw.word()}"'}
        for at, (its, part) in enumerate(rows)
    ]
    text = "".join(" ".join(line[place] for place in places) + "\n" for line in lines)
    goal = draw.sentence(GOALS_ZH if language == "zh" else GOALS).format(name=name, level=level)
    where = {"level": level, "its": places.index("level"), "part": places.index("part")}
    lesson = partial(taught, name, where, most, language, draw.chance.getrandbits(32))
    right = says_word(most, frozenset(parts))
    return Task("logs", seed, draw.split, language, goal, {name: text}, STEPS, lesson, right)


def taught(name: str, where: dict[str, object], most: str, language: str, seed: int) -> Lesson:
    """Look at a few lines, count, say who."""
    look, count = SAYS_ZH if language == "zh" else SAYS
    if slips(seed, 1):
        yield Turn("", "shell", {"command": f"head -n 2 {name.removesuffix('.log')}"}, learn=False)
    yield Turn(look, "shell", {"command": f"head -n 2 {name}"})
    shown = yield Turn(count.format(**where), "python", {"code": cell("counting").format(name=name, **where)})
    assert most in shown
    yield answered(language, ("Counted.", f"It is {most}"), ("数好了。", f"是 {most}"))
