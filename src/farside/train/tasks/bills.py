"""A folder of bills, each of another layout: add up one figure of all of them, reading each with one's own eyes.

A few files are empty. Each thought names the figure that is asked for, as what is said last is what is at hand, then
the words that the bill has for it: what stands behind them is to be copied. The session adds no figure that does not
stand in the bill: one that was copied wrongly is read once more, from the bill as the session shows it again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial
from random import Random

from farside.train.tasks.drawing import Drawing
from farside.train.tasks.session import SAID, TURNS, echoed, ended, slips, walked
from farside.train.tasks.split import drawn, split_of
from farside.train.tasks.task import Lesson, Task, Turn, says_number

LABELS = {
    "due": ("Total due", "Amount due", "To pay", "Total to pay", "Please pay", "Due now"),
    "net": ("Subtotal", "Net", "Net amount", "Before tax", "Sum of items"),
    "tax": ("Tax", "VAT", "Sales tax", "Tax amount"),
}
LABELS_ZH = {
    "due": ("应付金额", "应付合计", "应付"),
    "net": ("小计", "税前金额"),
    "tax": ("税额", "税"),
}
ASKED = {
    "due": ("the total due", "what is to be paid", "the amount due"),
    "net": ("the amount before tax", "the net amount"),
    "tax": ("the tax", "the tax amount"),
}
ASKED_ZH = {"due": ("应付金额",), "net": ("税前金额",), "tax": ("税额",)}
EMPTY = 0.05
"""Share of the files that hold nothing."""
GOALS = (
    ("Each file here is a bill. ", "The folder holds bills, one a file. ", "These files are bills. ", ""),
    ("Add up ", "Sum up ", "Find the sum of ", "Work out the sum of "),
    ("{asked} of all bills", "{asked} of every bill", "{asked} over all bills here", "{asked} in all of the bills"),
    (".", ". What does it come to?", ", please.", " and tell me the sum."),
)
GOALS_ZH = (
    ("这里每个文件是一张账单。", "文件夹里是账单。", ""),
    ("请把所有账单的{asked}加起来", "求全部账单的{asked}之和", "算出每张账单的{asked}的总和"),
    ("。", ",并告诉我结果。"),
)
SEPARATORS = (": ", " ", " = ", " .... ", "  ", " - ")
Layout = tuple[tuple[str, ...], str, str, tuple[int, ...]]
Entry = tuple[str, float]
"""What a bill calls a figure, and the figure."""
NOTHING: Entry = ("", 0.0)
FIGURE = re.compile(r"[0-9]+\.[0-9]{2}")
MONEY = ("{:.2f}", "{:.2f} EUR", "$ {:.2f}", "USD {:.2f}")


def bills(seed: int, draw: Drawing, steps: int) -> Task:
    """Return a task of `steps` calls: one opens the first bill, each of the others adds one."""
    language = draw.language()
    figure = draw.chance.choice(("due", "due", "due", "net", "tax"))
    entries, files = list[Entry](), dict[str, str]()
    for name in sorted(f"{word}.txt" for word in draw.words(steps - 1)):
        found, files[name] = ({figure: NOTHING}, "") if draw.chance.random() < EMPTY else bill(draw)
        entries.append(found[figure])
    goals, asked = (GOALS_ZH, ASKED_ZH) if language == "zh" else (GOALS, ASKED)
    goal = draw.sentence(goals).format(asked=draw.chance.choice(asked[figure]))
    total = round(sum(value for _, value in entries), 2)
    lesson = partial(taught, figure, entries, language, draw.chance.getrandbits(32))
    return Task("bills", seed, draw.split, language, goal, files, steps, lesson, says_number(total))


def bill(draw: Drawing) -> tuple[dict[str, Entry], str]:
    """Return the entries of a bill by what they are, and its text."""
    figures = figures_of(draw)
    labels = LABELS_ZH if draw.chance.random() < 0.15 else LABELS
    names, separator, money, order = drawn(draw.split, partial(layout, draw.chance, labels))
    entries = {figure: (name, figures[figure]) for figure, name in zip(labels, names, strict=True)}
    lines = [f"{name}{separator}{money.format(value)}" for name, value in entries.values()]
    head = [f"Bill {draw.number(100, 9999)}", f"For {draw.word().title()}"]
    return entries, "\n".join([*head, *lines][place] for place in order) + "\n"


def figures_of(draw: Drawing) -> dict[str, float]:
    """Draw an amount, a tax and their sum, each of the split."""
    while True:
        net, tax = draw.amount(), draw.amount(60)
        due = round(net + tax, 2)
        if split_of(due) == draw.split:
            return {"net": net, "tax": tax, "due": due}


def layout(chance: Random, labels: Mapping[str, Sequence[str]]) -> Layout:
    """Return the labels of the figures, what stands behind them, how money is written, the order of the lines."""
    names = tuple(chance.choice(names) for names in labels.values())
    return names, chance.choice(SEPARATORS), chance.choice(MONEY), tuple(chance.sample(range(5), 5))


def misread(label: str, value: float, shown: str, chance: Random) -> Lesson:
    """Take a wrong turn or two: a figure copied wrongly, in the call or in the thought already; a bracket lost."""
    for _ in range(chance.choice(TURNS)):
        right, wrong = f"{value:.2f}", miscopied(value, chance)
        if wrong in shown or chance.random() < 0.2:
            yield Turn(f"{label} {right}", "python", {"code": f"add({right}"}, learn=False)
        else:
            said = wrong if chance.random() < SAID else right
            yield Turn(f"{label} {said}", "python", {"code": f"add({wrong})"}, learn=False)


def miscopied(value: float, chance: Random) -> str:
    """Return a figure with a digit changed or lost, or with an echo."""
    text = f"{value:.2f}"
    at = chance.choice([place for place, digit in enumerate(text) if digit != "."])
    changed = text[:at] + str((int(text[at]) + chance.randint(1, 9)) % 10) + text[at + 1 :]
    ways = [changed, text[:at] + text[at + 1 :], *(echoed(text, chance) for _ in range(3))]
    wrong = chance.choice([way for way in ways if FIGURE.fullmatch(way) and float(way) != value])
    return f"{float(wrong):.2f}"


def taught(figure: str, entries: list[Entry], language: str, seed: int) -> Lesson:
    """Open the first bill, add what was read and open the next, say the sum."""
    shown = yield from walked(language)
    wrong, chance = slips(seed, len(entries)), Random(seed)
    asked = ASKED_ZH[figure][0] if language == "zh" else figure
    for at, (name, value) in enumerate(entries):
        assert (name in shown and f"{value:.2f}" in shown) or "(empty)" in shown
        label = f"{asked}, {name}" if name else asked
        if at in wrong:
            yield from misread(label, value, shown, chance)
        shown = yield Turn(f"{label} {value:.2f}", "python", {"code": f"add({value:.2f})"})
    total = shown.rsplit(maxsplit=1)[-1]
    yield ended(language, f"The sum is {total}", f"总和是 {total}")
