"""Folders of real files whose values are known, and a model that reads them without a mistake."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import json
import random
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from farside.tools.base import Question
from farside.tools.frames import Frame
from farside.tools.inside.survey import survey

spec = importlib.util.spec_from_file_location(
    "drawn_invoices", Path(__file__).parents[4] / "examples" / "make_invoices.py"
)
assert spec and spec.loader
invoices = importlib.util.module_from_spec(spec)
sys.modules["drawn_invoices"] = invoices
spec.loader.exec_module(invoices)

GOAL = "Each file is a bill. What do they come to in all, and who owes the most?"
LAYOUTS = [layout.__name__ for layout in invoices.LAYOUTS]
PROGRAM = """```python
owed = defaultdict(float)
for row in rows:
    owed[row["who"]] += row["amount"]
most = max(owed, key=owed.get)
print(f"In all: {sum(owed.values()):.2f}")
print(f"Owes the most: {most} with {owed[most]:.2f}")
"""


@dataclass(frozen=True)
class Folder:
    """Files, and what stands in each of them."""

    texts: dict[str, str]
    truth: dict[str, dict[str, str | float]]
    goal: str = GOAL

    @property
    def answer(self) -> str:
        owed: dict[str, float] = {}
        for row in self.truth.values():
            owed[str(row["who"])] = owed.get(str(row["who"]), 0) + float(row["amount"])
        most = max(owed, key=lambda who: owed[who])
        return f"In all they come to {sum(owed.values()):.2f}. {most} owes the most, {owed[most]:.2f}."

    def write(self, folder: Path) -> None:
        for name, text in self.texts.items():
            (folder / name).write_text(text)


def drawn(seed: int, layouts: list[str], count: int = 60) -> Folder:
    """Draw a folder in which file k has the layout k modulo their number."""
    rng = random.Random(seed)
    house = invoices.House("Penrose Joinery", rng.choice("$€£"))
    names = rng.sample([f"{a} {b}" for a in invoices.FIRST for b in invoices.SECOND], 8)
    customers = {name: f"{rng.randint(1, 99)} Mill Street, Ashby" for name in names}
    texts: dict[str, str] = {}
    truth: dict[str, dict[str, str | float]] = {}
    for number in range(count):
        bill = invoices.draw_invoice(rng, 400 + number, customers)
        name = f"{number:04d}.txt"
        texts[name] = getattr(invoices, layouts[number % len(layouts)])(house, bill) + "\n"
        truth[name] = {"who": bill.customer, "amount": bill.total / 100}
    return Folder(texts, truth)


@dataclass
class Model:
    """Answers as a model would that makes no mistake; `programs` (each in its turn) and `sentence` may be bad.

    Its columns are those of the truth.
    """

    folder: Folder
    programs: tuple[str, ...] = (PROGRAM,)
    sentence: str = ""
    asked: list[Question] = field(default_factory=list)

    def __call__(self, question: Question) -> str:
        self.asked.append(question)
        if "fewest columns" in question.text:
            return json.dumps([{"column": name, "kind": kind} for name, kind in self.columns.items()])
        if file := re.search(r"^The file (.*):$", question.text, re.MULTILINE):
            nothing = {name: "Nobody" if kind == "text" else 0.125 for name, kind in self.columns.items()}
            return json.dumps(self.folder.truth.get(file[1], nothing))
        if "Write Python code" in question.text:
            return self.programs[min(question.seed, len(self.programs) - 1)]
        return self.sentence or self.folder.answer

    @property
    def columns(self) -> dict[str, str]:
        first = next(iter(self.folder.truth.values()))
        return {name: "text" if isinstance(value, str) else "number" for name, value in first.items()}

    @property
    def read(self) -> list[str]:
        """The files that were read."""
        found = (re.search(r"^The file (.*):$", question.text, re.MULTILINE) for question in self.asked)
        return [file[1] for file in found if file]

    def ask(self, kind: str, values: dict[str, Any]) -> Frame:
        """Answer as the host does that the session asks."""
        assert kind == "consult"
        return Frame({"ok": True}, (self(Question(**values)).encode(),))


@dataclass(frozen=True)
class Printed:
    """What a survey printed, and the rows that it made."""

    text: str
    rows: list[dict[str, str | float]] | None

    @property
    def last(self) -> list[str]:
        return self.text.rstrip().splitlines()[-2:]


def printed(folder: Path, model: Model, seconds: float = 240) -> Printed:
    """Survey a folder of real files without a sandbox around it."""
    heard, namespace = io.StringIO(), dict[str, Any]()
    with contextlib.chdir(folder), contextlib.redirect_stdout(heard):
        survey(model.folder.goal, seconds, model.ask, namespace)
    return Printed(heard.getvalue(), namespace.get("rows"))


def surveyed(tmp_path: Path, model: Model) -> Printed:
    """Write the model's folder and survey it."""
    model.folder.write(tmp_path)
    return printed(tmp_path, model)
