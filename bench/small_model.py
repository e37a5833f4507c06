"""Small model: how often the embedded model is right about a folder of invoices, beside smolagents with the same one.

Each folder is drawn anew from its seed; each harness has the same time for it.

    python -m bench.small_model --layouts 1 2 3 --folders 30 --first-seed 2000 --peer PYTHON

PYTHON is an interpreter with smolagents (bench/peers/requirements.txt); without it farside runs alone. What breaks
down is counted apart from what gives no answer in time. farside opens with a survey that is made for folders of many
alike files; smolagents knows nothing of the kind.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
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
Harness = Callable[[Path, float], tuple["Ended", float]]
"""Has a folder answered within so many seconds; returns how that ended, and the seconds it took."""


@dataclass(frozen=True)
class Try:
    """What one harness made of one folder."""

    harness: str
    layouts: int
    seed: int
    verdict: str
    """right, wrong, none (no answer in time) or broken (it ended otherwise than a harness should)."""
    said: str
    """The answer, or how it broke."""
    seconds: float


@dataclass(frozen=True)
class Ended:
    """How a command ended within its time: what it printed, or how it broke; both are empty when it was stopped."""

    output: str = ""
    fault: str = ""


def invoices() -> Any:
    """Return examples/make_invoices.py as a module."""
    spec = spec_from_file_location("make_invoices", ROOT / "examples" / "make_invoices.py")
    assert spec and spec.loader
    module = module_from_spec(spec)
    sys.modules["make_invoices"] = module
    spec.loader.exec_module(module)
    return module


def run(command: list[str | Path], environment: dict[str, str], limit: float, codes: Sequence[int] = (0,)) -> Ended:
    """Run a command for at most `limit` seconds; a code not in `codes` is a fault, told with its last words."""
    with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as noise:
        process = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | environment, stdout=said, stderr=noise, start_new_session=True
        )
        try:
            code = process.wait(limit)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.wait()
            return Ended()
        said.seek(0)
        noise.seek(0)
        last = (noise.read().strip().splitlines() or [""])[-1]
        return Ended(said.read()) if code in codes else Ended(fault=f"exit code {code}: {last}")


def answer_of(ended: Ended) -> Ended:
    """Return the answer on the last line, which is a JSON object; a fault where it is none."""
    if not ended.output:
        return ended
    try:
        return Ended(str(json.loads(ended.output.splitlines()[-1]).get("answer", "")))
    except (ValueError, AttributeError):
        return Ended(fault=f"no JSON: {ended.output.splitlines()[-1][:200]}")


def by_farside(folder: Path, limit: float) -> tuple[Ended, float]:
    """Return the answer of `farside run`, and the seconds that it took, loading the model included."""
    farside = Path(sys.executable).parent / "farside"
    command: list[str | Path] = [farside, "run", GOAL, "--model", "local", "--dir", folder, "--json"]
    with tempfile.TemporaryDirectory() as home:
        began = time.monotonic()
        ended = run(command, {"FARSIDE_HOME": home}, limit, codes=(0, 3, 5))
        return answer_of(ended), time.monotonic() - began


def by_smolagents(python: Path) -> Harness:
    """Return a way to have smolagents answer; the model is loaded before its time begins."""

    def answer(folder: Path, limit: float) -> tuple[Ended, float]:
        with served() as url:
            began = time.monotonic()
            command: list[str | Path] = [python, "-m", "bench.peers.small_model_smolagents", url, folder, GOAL]
            return answer_of(run(command, {"HF_HUB_OFFLINE": "1"}, limit)), time.monotonic() - began

    return answer


@contextmanager
def served() -> Iterator[str]:
    """Serve the embedded model's file; yield the address."""
    command: list[str | Path] = [sys.executable, "-m", "bench.gguf_server", model_file("local")]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert server.stdout
        url = server.stdout.readline().strip()
        if not url:
            sys.exit("The server of the embedded model did not start: python -m bench.gguf_server FILE says why.")
        yield url
    finally:
        server.kill()
        server.communicate()


def tried(harness: str, answer: Harness, layouts: int, seed: int, limit: float) -> Try:
    """Have a harness answer for one freshly drawn folder, and judge it."""
    drawn = invoices()
    texts, expected = drawn.draw(seed, FILES, layouts)
    with tempfile.TemporaryDirectory() as base:
        folder = Path(base) / "invoices"
        folder.mkdir()
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")
        ended, seconds = answer(folder, limit)
    said = " ".join((ended.output or ended.fault).split())
    right = "right" if drawn.is_right(ended.output, expected) else "wrong" if ended.output else "none"
    return Try(harness, layouts, seed, "broken" if ended.fault else right, said, seconds)


def told(one: Try) -> str:
    """Return a try on one line."""
    return (
        f"{one.harness:10} {one.layouts} layouts, seed {one.seed}: {one.verdict:6} {one.seconds:4.0f} s  {one.said}"
    )


def table(tries: list[Try]) -> str:
    """Return how often each harness was right."""
    rows = [
        f"{'harness':10} {'layouts':>7} {'folders':>7} {'right':>5} {'wrong':>5} {'no answer':>9} {'broken':>6} "
        f"{'median s':>8}"
    ]
    for harness, layouts in dict.fromkeys((one.harness, one.layouts) for one in tries):
        own = [one for one in tries if (one.harness, one.layouts) == (harness, layouts)]
        counts = Counter(one.verdict for one in own)
        rows.append(
            f"{harness:10} {layouts:>7} {len(own):>7} {counts['right']:>5} {counts['wrong']:>5} {counts['none']:>9} "
            f"{counts['broken']:>6} {median(one.seconds for one in own):>8.0f}"
        )
    return "\n".join(rows)


def main() -> None:
    """Try folders and print a line for each, and a table at the end."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--layouts", type=int, nargs="+", default=[1, 2, 3], help="layouts mixed in a folder")
    parser.add_argument("--folders", type=int, default=30, help="folders for each number of layouts")
    parser.add_argument("--first-seed", type=int, default=2000)
    parser.add_argument("--limit", type=float, default=300, help="seconds a folder")
    parser.add_argument("--peer", type=Path, metavar="PYTHON", help="an interpreter with smolagents")
    parser.add_argument("--only", choices=["farside", "smolagents"], help="run one of the two alone")
    options = parser.parse_args()
    harnesses = {"farside": by_farside} | ({"smolagents": by_smolagents(options.peer)} if options.peer else {})
    if options.only:
        harnesses = {options.only: harnesses[options.only]}
    tries = []
    for layouts in options.layouts:
        for seed in range(options.first_seed, options.first_seed + options.folders):
            for harness, answer in harnesses.items():
                tries.append(tried(harness, answer, layouts, seed, options.limit))
                print(told(tries[-1]), flush=True)
    print(f"\n{table(tries)}")
    sys.exit(any(one.verdict == "broken" for one in tries))


if __name__ == "__main__":
    main()
