"""A small bug: a test fails, one function does not do what its line says; it is mended and the test is run again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from farside.train.tasks.drawing import Drawing
from farside.train.tasks.executed import printed
from farside.train.tasks.session import answered, cell, slips
from farside.train.tasks.task import Lesson, Task, Turn

STEPS = 4
SIGNS = {"plus": "+", "minus": "-", "times": "*"}
RIGHT = "all right"
GOALS = (
    ("{test} fails. ", "The test {test} does not pass. ", "There is a bug in {module}; {test} finds it. "),
    ("Mend {module}", "Repair {module}", "Find the bug in {module} and mend it", "Make it pass by mending {module}"),
    (".", ", please.", "; leave the test alone."),
)
GOALS_ZH = (
    ("{test} 没有通过。", "{module} 里有错,{test} 会报出来。"),
    ("请修好 {module}", "找到 {module} 的错并改正"),
    ("。", ",不要改测试。"),
)
SAYS = ("I run the test.", "{name} is wrong. I read it.", "{name} is {left} {word} {right}.", "Once more.")
SAYS_ZH = ("先运行测试。", "{name} 错了,看代码。", "{name} 是 {left} {word} {right}。", "再试一次。")


@dataclass(frozen=True, slots=True)
class Function:
    """A function of two arguments: what its line says is right."""

    name: str
    left: str
    right: str
    word: str

    def returns(self, word: str) -> str:
        """Return the statement that does what a word says."""
        return f"return {self.left} {SIGNS[word]} {self.right}"

    def text(self, word: str) -> str:
        """Return the function as it does what a word says; its own line says what is right."""
        said = f"{self.left} {self.word} {self.right}"
        return f'def {self.name}({self.left}, {self.right}):\n    """{said}"""\n    {self.returns(word)}\n'


def bugs(seed: int, draw: Drawing, steps: int) -> Task:
    """Return a task of four calls: the test, a look, the mend, the test again. `steps` does not matter."""
    language, chance = draw.language(), draw.chance
    stem, *words = draw.words(1 + 3 * chance.randint(1, 3))
    functions = [
        Function(name, left, right, chance.choice(list(SIGNS)))
        for name, left, right in zip(words[::3], words[1::3], words[2::3], strict=True)
    ]
    broken = chance.choice(functions)
    does = chance.choice([word for word in SIGNS if word != broken.word])
    cases = tuple(case(each, draw) for each in functions)
    module, test = f"{stem}.py", f"test_{stem}.py"
    text = "\n".join(each.text(does if each is broken else each.word) for each in functions)
    testing = partial(cell("testing").format, module=stem, cases=cases)
    files = {module: text, test: testing(end=RIGHT) + "\n"}
    goal = draw.sentence(GOALS_ZH if language == "zh" else GOALS).format(module=module, test=test)
    lesson = partial(taught, module, test, broken, does, language, chance.getrandbits(32))
    end = f"{RIGHT} {chance.getrandbits(32)}"

    def is_right(answer: str, folder: Path) -> bool:
        return printed(folder, testing(end=end)).strip() == end

    return Task("bugs", seed, draw.split, language, goal, files, STEPS, lesson, is_right)


def case(function: Function, draw: Drawing) -> tuple[str, int]:
    """Return a call of a function, and what it is to give; no two signs give the same."""
    left, right = draw.number(10, 99), draw.number(3, 9)
    given = {"plus": left + right, "minus": left - right, "times": left * right}
    return f"{function.name}({left}, {right})", given[function.word]


def taught(module: str, test: str, broken: Function, does: str, language: str, seed: int) -> Lesson:
    """Run the test, read the code, mend the line, run the test again."""
    run, look, mend, again = (
        says.format(name=broken.name, left=broken.left, word=broken.word, right=broken.right)
        for says in (SAYS_ZH if language == "zh" else SAYS)
    )
    tested = {"command": f"python3 {test}"}
    shown = yield Turn(run, "shell", tested)
    assert broken.name in shown
    if slips(seed, 1):
        yield Turn(look, "read_file", {"path": module.removesuffix(".py")}, learn=False)
    shown = yield Turn(look, "read_file", {"path": module})
    old, new = broken.returns(does), broken.returns(broken.word)
    assert old in shown
    yield Turn(mend, "edit_file", {"path": module, "old": old, "new": new})
    shown = yield Turn(again, "shell", tested)
    assert RIGHT in shown
    yield answered(language, ("It passes.", f"{module} is mended"), ("通过了。", f"{module} 修好了"))
