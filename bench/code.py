"""Code: how often the embedded model mends a real bug, beside mini-swe-agent and smolagents with the same one.

Each try has a fresh repository of examples/timesheet, whose suite shows the bug, and the same time. It is right when
the suite as it was, and tests that no harness has seen, pass on the source that it leaves.

    python -m bench.code --seeds 3 --limit 600 --peer PYTHON

PYTHON is an interpreter with the peers (bench/peers/requirements.txt); without it farside runs alone.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import TypeVar

from bench.small_model import Ended, run, served

ROOT = Path(__file__).parents[1]
PROGRAM = ROOT / "examples" / "timesheet"
GOAL = (
    "The length of a shift that ends after midnight is wrong: a test in tests/ shows it. Mend the source so that all "
    "tests pass. They are run by: python -m unittest discover -s tests"
)
UNSEEN = """
import unittest

from timesheet.clock import length
from timesheet.sheet import read, report


class Unseen(unittest.TestCase):
    def test_midnight_in_between(self):
        found = [length("23:30", "00:15"), length("18:00", "00:00"), length("00:00", "08:00")]
        self.assertEqual(found, [45, 360, 480])

    def test_the_day_is_as_before(self):
        self.assertEqual([length("00:00", "23:59"), length("09:00", "17:30")], [1439, 510])

    def test_a_night_in_a_sheet(self):
        self.assertEqual(read("2026-03-02 22:00-06:30 pause 30"), [("2026-03-02", 480)])
        self.assertEqual(report([("2026-03-02", 480)]).splitlines(), ["2026-03-02    8:00", "all           8:00"])
"""
OFFLINE = {"HF_HUB_OFFLINE": "1", "MSWEA_SILENT_STARTUP": "1", "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
"""So that no peer waits for what it cannot fetch."""
ASIDE = 30
"""Seconds of the limit for what farside does beside requests and calls."""
PASSED = "all of them passed\n"
JUDGE = f"""
import sys, unittest
result = unittest.main(None, argv=["", "discover", "-s", sys.argv[1]], exit=False).result
print({PASSED.strip()!r} if result.wasSuccessful() and result.testsRun == 12 else "no")
"""
Work = TypeVar("Work")
"""What a harness is given: a folder to work in, or a problem in words."""
Harness = Callable[[Work, int, float], Ended]
"""Works on it, with a seed, for so many seconds; a folder's files are as it leaves them."""
Peer = Callable[[str, Path, Work, int, float], Ended]
"""The same for a module of bench.peers and an interpreter that has it."""


@dataclass(frozen=True)
class Try:
    """What one harness made of the bug once."""

    harness: str
    seed: int
    verdict: str
    """right, wrong, none (nothing was changed) or broken (it ended otherwise than a harness should)."""
    said: str
    seconds: float


Judged = Callable[[str, Harness[Work], int, float], Try]
"""Has a harness, by its name, try a seed for so many seconds."""


def repository(folder: Path) -> None:
    """Make a repository of the program, with one commit."""
    shutil.copytree(PROGRAM, folder, ignore=shutil.ignore_patterns("__pycache__"))
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "-m", "As it is")


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder; return what it prints."""
    identity = ("-c", "user.name=bench", "-c", "user.email=bench@localhost")
    return subprocess.run(
        ["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True
    ).stdout.strip()


def by_farside(folder: Path, seed: int, limit: float) -> Ended:
    """Have `farside code` work, loading the model included; what it has done lies in `folder` then.

    That is the branch that it delivers, or the files of its workspace where its time was over before.
    """
    farside = Path(sys.executable).parent / "farside"
    settings = ["--model", "local", "--seed", str(seed), *minutes(limit)]
    command: list[str | Path] = [farside, "code", GOAL, "--repo", folder, *settings]
    with tempfile.TemporaryDirectory() as home:
        ended = run(command, {"FARSIDE_HOME": home}, limit, codes=(0, 3, 5))
        for workspace in Path(home).glob("runs/*/workspace"):
            shutil.copytree(workspace, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".git"))
    if branch := git(folder, "branch", "--list", "farside/*", "--format=%(refname:short)"):
        git(folder, "checkout", "--quiet", "--force", branch)
    return ended


def minutes(limit: float) -> list[str]:
    """Return the option that has farside end by itself before it is stopped, with time to load and to deliver."""
    return ["--max-minutes", f"{max(limit - ASIDE, ASIDE) / 60:g}"]


def by_peer(module: str, python: Path, folder: Path, seed: int, limit: float) -> Ended:
    """Have a peer work in the folder; the model is loaded before its time begins."""
    with served() as url:
        command: list[str | Path] = [python, "-m", f"bench.peers.{module}", url, folder, GOAL, str(seed)]
        return run(command, OFFLINE, limit)


def verdict(folder: Path) -> str:
    """Judge the files of a repository: the suite as it was, and what no harness has seen, on the source there is."""
    if not git(folder, "status", "--porcelain") and git(folder, "rev-list", "--count", "HEAD") == "1":
        return "none"
    with tempfile.TemporaryDirectory() as base:
        judged = Path(base) / "judged"
        shutil.copytree(PROGRAM, judged)
        shutil.rmtree(judged / "timesheet")
        if (folder / "timesheet").is_dir():
            shutil.copytree(folder / "timesheet", judged / "timesheet")
        (judged / "tests" / "test_unseen.py").write_text(UNSEEN)
        ended = run([sys.executable, "-c", JUDGE, judged / "tests"], {"PYTHONPATH": str(judged)}, 60)
        return "right" if ended.output.endswith(PASSED) else "wrong"


def tried(harness: str, work: Harness[Path], seed: int, limit: float) -> Try:
    """Have a harness mend the bug in a fresh repository, and judge what it leaves."""
    with tempfile.TemporaryDirectory() as base:
        folder = Path(base) / "timesheet"
        repository(folder)
        began = time.monotonic()
        ended = work(folder, seed, limit)
        seconds = time.monotonic() - began
        found = verdict(folder)
    said = " ".join((ended.fault or ended.output).split())
    return Try(harness, seed, "broken" if ended.fault and found == "none" else found, said, seconds)


def told(one: Try) -> str:
    """Return a try on one line."""
    return f"{one.harness:14} seed {one.seed}: {one.verdict:6} {one.seconds:4.0f} s  {one.said[:200]}"


def table(tries: list[Try]) -> str:
    """Return how often each harness was right."""
    rows = [f"{'harness':14} {'tries':>5} {'right':>5} {'wrong':>5} {'none':>5} {'broken':>6} {'median s':>8}"]
    for harness in dict.fromkeys(one.harness for one in tries):
        own = [one for one in tries if one.harness == harness]
        counts = Counter(one.verdict for one in own)
        rows.append(
            f"{harness:14} {len(own):>5} {counts['right']:>5} {counts['wrong']:>5} {counts['none']:>5} "
            f"{counts['broken']:>6} {median(one.seconds for one in own):>8.0f}"
        )
    return "\n".join(rows)


def beaten(tries: list[Try]) -> list[str]:
    """Return the peers that were right more often than farside."""
    right = Counter(one.harness for one in tries if one.verdict == "right")
    return [harness for harness in dict.fromkeys(one.harness for one in tries) if right[harness] > right["farside"]]


def compared(described: str, ours: Harness[Work], peer: Peer[Work], judged: Judged[Work]) -> None:
    """Have farside and its peers try each seed; print a line for each try, and a table; exit 1 where a peer wins."""
    parser = argparse.ArgumentParser(description=described, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--limit", type=float, default=600, help="seconds a try")
    parser.add_argument("--peer", type=Path, metavar="PYTHON", help="an interpreter with the peers")
    parser.add_argument("--only", choices=["farside", "mini-swe-agent", "smolagents"], help="run one of them alone")
    options = parser.parse_args()
    harnesses: dict[str, Harness[Work]] = {"farside": ours}
    if options.peer:
        harnesses["mini-swe-agent"] = partial(peer, "code_mini_swe_agent", options.peer)
        harnesses["smolagents"] = partial(peer, "code_smolagents", options.peer)
    if options.only:
        harnesses = {options.only: harnesses[options.only]}
    tries = []
    for seed in range(1, options.seeds + 1):
        for harness, work in harnesses.items():
            tries.append(judged(harness, work, seed, options.limit))
            print(told(tries[-1]), flush=True)
    print(f"\n{table(tries)}")
    sys.exit(any(one.verdict == "broken" for one in tries) or bool(beaten(tries)))


if __name__ == "__main__":
    compared(__doc__, by_farside, by_peer, tried)
