"""Small model: how often the embedded model is right about a folder of invoices, beside smolagents with the same one.

Each folder is drawn anew from its seed; each harness has the same time for it.

    python -m bench.small_model --layouts 1 2 3 --folders 30 --first-seed 2000 --peer PYTHON

PYTHON is an interpreter with smolagents (bench/peers/requirements.txt); without it farside runs alone.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from statistics import median
from typing import Any

from farside.models.local import model_file

ROOT = Path(__file__).parents[1]
GOAL = (
    "Each file in this folder is an invoice. What is the grand total of all of them, "
    "and which customer owes the most in all?"
)
FILES = 60


@dataclass(frozen=True)
class Try:
    """What one harness made of one folder."""

    harness: str
    layouts: int
    seed: int
    right: bool
    answer: str
    seconds: float


def invoices() -> Any:
    """Return examples/make_invoices.py as a module."""
    spec = spec_from_file_location("make_invoices", ROOT / "examples" / "make_invoices.py")
    assert spec and spec.loader
    module = module_from_spec(spec)
    sys.modules["make_invoices"] = module
    spec.loader.exec_module(module)
    return module


def answered(command: list[str | Path], environment: dict[str, str], limit: float) -> str:
    """Run a command for at most `limit` seconds; return its standard output, "" when it was not done by then."""
    with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile() as noise:
        process = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | environment, stdout=said, stderr=noise, start_new_session=True
        )
        try:
            process.wait(limit)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.wait()
            return ""
        said.seek(0)
        return said.read()


def by_farside(folder: Path, limit: float) -> tuple[str, float]:
    """Return the answer of `farside run`, and the seconds that it took, loading the model included."""
    command: list[str | Path] = [
        Path(sys.executable).parent / "farside",
        "run",
        GOAL,
        "--model",
        "local",
        "--dir",
        folder,
        "--json",
    ]
    with tempfile.TemporaryDirectory() as home:
        began = time.monotonic()
        lines = answered(command, {"FARSIDE_HOME": home}, limit).splitlines()
        return str(json.loads(lines[-1]).get("answer", "")) if lines else "", time.monotonic() - began


def by_smolagents(python: Path) -> Callable[[Path, float], tuple[str, float]]:
    """Return a way to have smolagents answer; the model is loaded before its time begins."""

    def answer(folder: Path, limit: float) -> tuple[str, float]:
        with served() as url:
            began = time.monotonic()
            command: list[str | Path] = [python, "-m", "bench.peers.small_model_smolagents", url, folder, GOAL]
            lines = answered(command, {"HF_HUB_OFFLINE": "1"}, limit).splitlines()
            return str(json.loads(lines[-1])["answer"]) if lines else "", time.monotonic() - began

    return answer


@contextmanager
def served() -> Iterator[str]:
    """Serve the embedded model's file; yield the address."""
    command: list[str | Path] = [sys.executable, "-m", "bench.gguf_server", model_file("local")]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert server.stdout
        yield server.stdout.readline().strip()
    finally:
        server.kill()
        server.communicate()


def tried(
    harness: str, answer: Callable[[Path, float], tuple[str, float]], layouts: int, seed: int, limit: float
) -> Try:
    """Have a harness answer for one freshly drawn folder, and judge it."""
    drawn = invoices()
    texts, expected = drawn.draw(seed, FILES, layouts)
    with tempfile.TemporaryDirectory() as base:
        folder = Path(base) / "invoices"
        folder.mkdir()
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")
        said, seconds = answer(folder, limit)
    return Try(harness, layouts, seed, drawn.is_right(said, expected), " ".join(said.split()), seconds)


def told(one: Try) -> str:
    """Return a try on one line."""
    verdict = "right" if one.right else "wrong" if one.answer else "none"
    return f"{one.harness:10} {one.layouts} layouts, seed {one.seed}: {verdict:5} {one.seconds:4.0f} s  {one.answer}"


def table(tries: list[Try]) -> str:
    """Return how often each harness was right."""
    rows = [
        f"{'harness':10} {'layouts':>7} {'folders':>7} {'right':>5} {'wrong':>5} {'no answer':>9} {'median s':>8}"
    ]
    for harness, layouts in dict.fromkeys((one.harness, one.layouts) for one in tries):
        own = [one for one in tries if (one.harness, one.layouts) == (harness, layouts)]
        right, none = sum(one.right for one in own), sum(not one.answer for one in own)
        counts = f"{len(own):>7} {right:>5} {len(own) - right - none:>5} {none:>9}"
        rows.append(f"{harness:10} {layouts:>7} {counts} {median(one.seconds for one in own):>8.0f}")
    return "\n".join(rows)


def main() -> None:
    """Try folders and print a line for each, and a table at the end."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--layouts", type=int, nargs="+", default=[1, 2, 3], help="layouts mixed in a folder")
    parser.add_argument("--folders", type=int, default=30, help="folders for each number of layouts")
    parser.add_argument("--first-seed", type=int, default=2000)
    parser.add_argument("--limit", type=float, default=300, help="seconds a folder")
    parser.add_argument("--peer", type=Path, metavar="PYTHON", help="an interpreter with smolagents")
    options = parser.parse_args()
    harnesses = {"farside": by_farside} | ({"smolagents": by_smolagents(options.peer)} if options.peer else {})
    tries = []
    for layouts in options.layouts:
        for seed in range(options.first_seed, options.first_seed + options.folders):
            for harness, answer in harnesses.items():
                tries.append(tried(harness, answer, layouts, seed, options.limit))
                print(told(tries[-1]), flush=True)
    print(f"\n{table(tries)}")


if __name__ == "__main__":
    main()
