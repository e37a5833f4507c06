"""A task: a goal over real files whose answer is known, and how a teacher reaches it."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from farside.tools.figures import numbers
from farside.train.tasks.split import Split

Language = Literal["en", "zh"]
CLOSE = 1e-6
"""By how much a number of an answer may differ, relatively."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One reply of a teacher: a call, or, without a tool, the final answer."""

    thinking: str
    tool: str = ""
    arguments: Mapping[str, object] = field(default_factory=dict)
    text: str = ""
    """The final answer."""
    learn: bool = True
    """False: a wrong turn on purpose. The model learns to recover from it, not to take it."""

    @property
    def json(self) -> str:
        """Return the arguments as the model writes them."""
        return json.dumps(self.arguments, ensure_ascii=False)


Lesson = Generator[Turn, str, None]
"""Yields turns and is sent what each call printed; it knows of the files only what it was shown, and the layout."""
Judge = Callable[[str, Path], bool]
"""Tells from the final answer and the folder, as the run leaves it, whether the goal is reached."""


@dataclass(frozen=True, slots=True)
class Task:
    """One task of a family."""

    family: str
    seed: int
    split: Split
    language: Language
    goal: str
    files: Mapping[str, str]
    """Name -> text, as they lie in the folder when the run begins."""
    steps: int
    """Calls that the teacher makes, wrong turns aside."""
    lesson: Callable[[], Lesson]
    is_right: Judge

    @property
    def name(self) -> str:
        """By which it is told apart from all others."""
        return f"{self.family}-{self.split}-{self.seed}"

    def write(self, folder: Path) -> None:
        """Lay the files out."""
        for name, text in self.files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")


def says_number(expected: float) -> Judge:
    """Return the judge of an answer whose last number must be this one."""

    def judge(answer: str, folder: Path) -> bool:
        found = numbers(answer)
        return bool(found) and abs(found[-1] - expected) <= CLOSE * max(1, abs(expected))

    return judge


def says_word(expected: str, others: frozenset[str]) -> Judge:
    """Return the judge of an answer that must hold this word, and none of the others that could be meant."""

    def judge(answer: str, folder: Path) -> bool:
        words = set(answer.replace(".", " ").replace(",", " ").replace("。", " ").split())
        return expected in words and not words & (others - {expected})

    return judge
