"""Faults: a provider that fails on one request in ten, in every way at once and in each way alone.

    python -m bench.faults [--steps 300] [--rate 0.1]

The whole command line runs against a loopback peer with Moonshot's rules. What must hold: all steps are done, each
exactly once, and the answer is right. In the last run the true window is smaller than the one advertised.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from bench.durability import FARSIDE
from bench.tally import Tally
from farside.testkit.chaos import Chaos, Fault
from farside.testkit.endpoint import Endpoint
from farside.testkit.rules import moonshot

STALL_S = "2"
"""Long enough that a busy machine does not look like a stall."""


@dataclass(frozen=True, slots=True)
class Result:
    """How a run against a failing peer ended."""

    faults: Counter[str]
    requests: int
    seconds: float
    wrong: list[str]


def run(steps: int, chaos: Chaos, home: Path, window: int | None = None) -> Result:
    """Run the tally against the peer; return what happened."""
    brain = Tally(steps)
    with Endpoint(brain, rules=moonshot, chaos=chaos, window=window) as endpoint:
        work = Path(tempfile.mkdtemp(dir=home))
        command = [*FARSIDE, "run", "Add up the squares.", "--model", "moonshot/kimi-k2-thinking", "--json"]
        options = ["--base-url", endpoint.base_url, "--dir", str(work), "--max-steps", str(3 * steps)]
        began = time.monotonic()
        done = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
        seconds = time.monotonic() - began
        wrong = found_wrong(done, work, brain) + endpoint.seen.violations[:3]
        return Result(Counter(map(str, endpoint.seen.faults)), endpoint.seen.requests, seconds, wrong)


def found_wrong(done: subprocess.CompletedProcess[str], work: Path, brain: Tally) -> list[str]:
    """Return what is not as it must be, a sentence each."""
    if done.returncode != 0:
        return [f"exit code {done.returncode}: {done.stderr.strip()[-300:]}"]
    answer = json.loads(done.stdout.splitlines()[-1])["answer"]
    lines = (work / "log.txt").read_text().split()
    wrong = [] if answer == brain.answer else [f"answer {answer!r}, not {brain.answer!r}"]
    once = lines == [str(k) for k in range(1, brain.n + 1)]
    return wrong + ([] if once else [f"{len(lines)} lines for {brain.n} steps"])


def row(title: str, result: Result) -> str:
    kept = "kept" if not result.wrong else f"NOT KEPT: {'; '.join(result.wrong)}"
    hit = sum(result.faults.values())
    return f"{title:<16} {hit:>3} faults in {result.requests:>4} requests  {result.seconds:>6.1f} s  {kept}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--rate", type=float, default=0.1)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        os.environ |= {
            "FARSIDE_HOME": str(home / "farside"),
            "FARSIDE_CONFIG": str(home / "none.toml"),
            "MOONSHOT_API_KEY": "loopback",
            "FARSIDE_STALL_S": STALL_S,
            "FARSIDE_RETRY_S": "0.01",
        }
        everything = run(chosen.steps, Chaos(chosen.seed, chosen.rate), home)
        print(row("all kinds", everything), dict(everything.faults), flush=True)
        for kind in Fault:
            result = run(chosen.steps, Chaos(chosen.seed, chosen.rate, [kind]), home)
            print(row(str(kind), result), flush=True)
        small = run(chosen.steps, Chaos(chosen.seed, chosen.rate), home, window=24_000)
        print(row("and a window of 24,000 where 262,144 is advertised", small), flush=True)


if __name__ == "__main__":
    main()
