"""Harness cost: CPU and wall a step of farside and its peers, 300 steps against an endpoint that answers at once."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median

from bench.fsync import commit_ms
from bench.instant_endpoint import InstantEndpoint

ROOT = Path(__file__).parents[1]
PEERS = ("smolagents", "pydantic_ai", "langgraph", "mini_swe_agent")
STEPS = 300
EARLY = slice(10, 30)
LATE = slice(280, 300)
COMMITS_A_STEP = 2
"""farside's own: the reply with the intent to ask, and the call's intent with the outcome before it."""
TELEMETRY_OFF = {
    "ANONYMIZED_TELEMETRY": "false",
    "DO_NOT_TRACK": "1",
    "HF_HUB_OFFLINE": "1",
    "LANGCHAIN_TRACING_V2": "false",
    "LANGSMITH_TRACING": "false",
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "LITELLM_TELEMETRY": "False",
    "MSWEA_SILENT_STARTUP": "1",
}


@dataclass(frozen=True)
class Cost:
    """What one harness took; milliseconds are medians over 20 steps."""

    version: str
    cpu_early: float
    cpu_late: float
    wall_early: float
    wall_late: float
    peak_mb: float

    @classmethod
    def of(cls, report: Path) -> Cost:
        found = json.loads(report.read_text())
        cpu, wall = found["cpu"], found["wall"]
        return cls(
            found["version"],
            _middle(cpu, EARLY),
            _middle(cpu, LATE),
            _middle(wall, EARLY),
            _middle(wall, LATE),
            found["peak_mb"],
        )


def _middle(clock: list[float], steps: slice) -> float:
    """Return the median milliseconds between one tool call and the next."""
    taken = [1000 * (after - before) for before, after in pairwise(clock)]
    return median(taken[steps.start - 1 : steps.stop - 1])


def measure(python: Path, peer: str) -> Cost | str:
    """Run one harness in a process of its own; return its cost, or why there is none."""
    with tempfile.TemporaryDirectory(dir=ROOT / "bench") as home, InstantEndpoint(STEPS) as endpoint:
        report = Path(home) / "report.json"
        done = subprocess.run(
            [python, "-m", f"bench.peers.{peer}", endpoint.base_url, report, str(STEPS)],
            cwd=ROOT,
            env={**os.environ, **TELEMETRY_OFF, "FARSIDE_HOME": home},
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        if done.returncode or not report.exists():
            return ((done.stderr or done.stdout).strip().splitlines() or ["stopped without a word"])[-1]
        return Cost.of(report)


def row(name: str, cost: Cost | str) -> str:
    if isinstance(cost, str):
        return f"{name:<16} not run: {cost[:100]}"
    growth = cost.cpu_late / cost.cpu_early
    return (
        f"{name:<16} {cost.version:<9} {cost.cpu_early:7.2f} {cost.cpu_late:7.2f} {growth:5.2f}x "
        f"{cost.wall_early:7.2f} {cost.wall_late:7.2f} {cost.peak_mb:6.0f}"
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, epilog=HOW_TO)
    options.add_argument(
        "--peers", type=Path, metavar="PYTHON", help="a Python that has bench/peers/requirements.txt"
    )
    options.add_argument("--only", help="measure this one alone")
    given = options.parse_args()
    pythons = {"farside": Path(sys.executable)} | dict.fromkeys(PEERS, given.peers)
    print(f"{STEPS} steps, one in-process tool call each; ms a step at 10-30 and 280-300; MB at the end")
    print(f"{'':<16} {'version':<9} {'CPU 10':>7} {'CPU 280':>7} {'':>6} {'wall 10':>7} {'wall 280':>7} {'peak':>6}")
    for name, python in pythons.items():
        if given.only in (None, name):
            cost = measure(python, name) if python else "no --peers PYTHON was named"
            print(row(name, cost), flush=True)
    fsync = commit_ms(ROOT / "bench")
    print(f"farside alone keeps every step on disk: {COMMITS_A_STEP} commits a step of {fsync:.2f} ms here.")
    if given.peers is None:
        print(HOW_TO)


HOW_TO = """The peers live in an environment of their own:
  python3 -m venv /tmp/peers && /tmp/peers/bin/pip install -r bench/peers/requirements.txt
  .venv/bin/python -m bench.harness_cost --peers /tmp/peers/bin/python"""

if __name__ == "__main__":
    main()
