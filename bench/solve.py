"""Solve: how often the embedded model works out 23 dependent steps, beside mini-swe-agent and smolagents with it.

Each seed draws a problem of its own; each harness has the same time for it. It is right when the answer holds the
number to four decimals. farside's answer is that of `farside solve`, which is also recomputed; the peers may say it,
or write it into answer.txt.

    python -m bench.solve --seeds 3 --limit 600 --peer PYTHON

PYTHON is an interpreter with the peers (bench/peers/requirements.txt); without it farside runs alone.
"""

from __future__ import annotations

import math
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.code import OFFLINE, Harness, Try, compared, minutes
from bench.small_model import Ended, answer_of, run, served
from farside.missions.solve.values import numbers

TELLING = 300
"""Characters at the end of an answer in which the number has to stand."""
CLOSE = 1e-4
Step = tuple[str, Callable[[float], float]]


def drawn(seed: int) -> tuple[str, float]:
    """Return the problem of a seed, in words, and its number."""
    chance = random.Random(seed)
    value = start = float(chance.randint(3, 19))
    words = []
    for number, (told_as, does) in enumerate(steps(chance), start=1):
        value = does(value)
        words.append(f"({number}) {told_as}")
    return (
        f"Start with the number {start:g} and do these steps in order, each on the outcome of the one before: "
        f"{'; '.join(words)}. What is the final number, rounded to four decimals?"
    ), value


def steps(chance: random.Random) -> list[Step]:
    """Return 23 steps that keep a positive number positive and of moderate size."""

    def times() -> Step:
        factor = chance.randint(2, 9)
        return f"multiply by {factor}", lambda value: value * factor

    def plus() -> Step:
        more = chance.randint(11, 99) / 4
        return f"add {more:g}", lambda value: value + more

    def share() -> Step:
        parts = chance.randint(3, 7)
        return f"divide by {parts}", lambda value: value / parts

    def root() -> Step:
        return "take the square root", math.sqrt

    def square() -> Step:
        return "square it", lambda value: value**2

    def logarithm() -> Step:
        return "take the natural logarithm", math.log

    def cube_root() -> Step:
        return "take the cube root", lambda value: value ** (1 / 3)

    first = (times, plus, root, times, plus, logarithm, times, square, share, plus, cube_root, times)
    then = (plus, root, square, share, plus, logarithm, square, times, plus, share, root)
    return [draw() for draw in (*first, *then)]


def by_farside(problem: str, seed: int, limit: float) -> Ended:
    """Return the answer of `farside solve`, loading the model included."""
    farside = Path(sys.executable).parent / "farside"
    settings = ["--model", "local", "--seed", str(seed), *minutes(limit), "--json"]
    command: list[str | Path] = [farside, "solve", problem, *settings]
    with tempfile.TemporaryDirectory() as home:
        return answer_of(run(command, {"FARSIDE_HOME": home}, limit, codes=(0, 3, 5)))


def by_peer(module: str, python: Path, problem: str, seed: int, limit: float) -> Ended:
    """Return what a peer says or writes; the model is loaded before its time begins."""
    goal = f"{problem} Work it out with Python, and write the final number alone into the file answer.txt."
    with tempfile.TemporaryDirectory() as folder, served() as url:
        command: list[str | Path] = [python, "-m", f"bench.peers.{module}", url, folder, goal, str(seed)]
        ended = run(command, OFFLINE, limit)
        file = Path(folder) / "answer.txt"
        written = file.read_text(errors="replace") if file.is_file() else ""
        return Ended(written) if written.strip() else ended


def tried(harness: str, work: Harness[str], seed: int, limit: float) -> Try:
    """Have a harness work on the problem of a seed, and judge its answer."""
    problem, expected = drawn(seed)
    began = time.monotonic()
    ended = work(problem, seed, limit)
    seconds = time.monotonic() - began
    answer = ended.output[-TELLING:]
    found = any(abs(float(number.value) - expected) < CLOSE for number in numbers(answer))
    verdict = "right" if found else "wrong" if numbers(answer) else "none"
    said = " ".join((ended.fault or answer).split())
    return Try(harness, seed, "broken" if ended.fault else verdict, f"{said} (it is {expected:.4f})", seconds)


if __name__ == "__main__":
    compared(__doc__, by_farside, by_peer, tried)
