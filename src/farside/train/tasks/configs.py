"""A setting is looked for through files that include each other, until one of them has it.

The key lies in the session: a model that says it anew in every thought has lost it after a hundred.
"""

from __future__ import annotations

from functools import partial
from itertools import pairwise

from farside.train.tasks.drawing import Drawing
from farside.train.tasks.session import cell, ended, followed
from farside.train.tasks.split import drawn
from farside.train.tasks.task import Lesson, Task, Turn, says_word

INCLUDE = ("include {next}", "include = {next}", "#include {next}", "@import {next}", "use: {next}", "load {next}")
SETTING = ("{key} = {value}", "{key}: {value}", "{key}={value}", "set {key} {value}")
GOALS = (
    ("The settings begin in {first}. ", "Begin at {first}; files include others. ", "{first} includes other files. "),
    ("Which value does {key} get", "Find the value of {key}", "What is {key} set to", "Look up {key}"),
    ("?", " there?", ", please."),
)
GOALS_ZH = (
    ("配置从 {first} 开始。", "{first} 引用了别的文件。"),
    ("{key} 的值是什么", "查出 {key} 的值", "找到 {key} 的设置"),
    ("?", "。"),
)
SAYS = ("I keep the key in the session.", "More, on to {name}.")
SAYS_ZH = ("把键记在会话里。", "还有,看 {name}。")


def configs(seed: int, draw: Drawing, steps: int) -> Task:
    """Return a task of `steps` calls: a file is read with each; the last of them has the setting."""
    language = draw.language()
    key, value, *stems = draw.words(steps + 2)
    chain = [f"{stem}.conf" for stem in stems]
    include, setting = drawn(draw.split, lambda: (draw.chance.choice(INCLUDE), draw.chance.choice(SETTING)))
    files = {name: lines(draw, setting, include.format(next=after)) for name, after in pairwise(chain)}
    files[chain[-1]] = lines(draw, setting, setting.format(key=key, value=value))
    goal = draw.sentence(GOALS_ZH if language == "zh" else GOALS).format(first=chain[0], key=key)
    lesson = partial(taught, chain, key, value, language, draw.chance.getrandbits(32))
    return Task("configs", seed, draw.split, language, goal, files, steps, lesson, says_word(value, frozenset()))


def lines(draw: Drawing, setting: str, line: str) -> str:
    """Return the text of a file: a line among others that set something else."""
    aside = [setting.format(key=draw.word(), value=draw.word()) for _ in range(draw.chance.randint(1, 3))]
    aside.insert(draw.chance.randint(0, len(aside)), line)
    return "\n".join(aside) + "\n"


def taught(chain: list[str], key: str, value: str, language: str, seed: int) -> Lesson:
    """Keep the key in the session, which shows each file and says whether it is there."""
    first, on = SAYS_ZH if language == "zh" else SAYS

    def go(said: str, name: str) -> Turn:
        return Turn(on.format(name=said), "python", {"code": f"look('{name}')"})

    shown = yield Turn(first, "python", {"code": cell("looking").format(key=key, first=chain[0])})
    shown = yield from followed(chain[1:], shown, go, seed)
    assert key in shown and value in shown
    yield ended(language, f"It is set to {value}", f"值是 {value}")
