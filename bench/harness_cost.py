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
DISK = ROOT / "build"
"""Where runs are kept while they are measured: this disk, out of git's sight."""
PEERS = ("smolagents", "pydantic_ai", "langgraph", "mini_swe_agent")
STEPS = 300
LONGEST_S = 900
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


def measure(python: Path, harness: str) -> Cost | str:
    """Run one harness in a process of its own; return its cost, or why there is none."""
    DISK.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=DISK) as home, InstantEndpoint(STEPS) as endpoint:
        report = Path(home) / "report.json"
        try:
            done = subprocess.run(
                [python, "-m", f"bench.peers.{harness}", endpoint.base_url, report, str(STEPS)],
                cwd=ROOT,
                env={**os.environ, **TELEMETRY_OFF, "FARSIDE_HOME": home},
                capture_output=True,
                text=True,
                timeout=LONGEST_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return f"it was at request {endpoint.requests} after {LONGEST_S} s"
        if done.returncode or not report.exists():
            return ((done.stderr or done.stdout).strip().splitlines() or ["stopped without a word"])[-1]
        return Cost.of(report)


def row(name: str, cost: Cost | str) -> str:
    if isinstance(cost, str):
        return f"{name:<16} not run: {cost[:100]}"
    growth = cost.cpu_late / cost.cpu_early
    return (
        f"{name:<16} {cost.version:<9} {cost.cpu_early:7.2f} {cost.cpu_late:7.2f} {growth:5.2f}x "
        f"{cost.wall_early:7.2f} {cost.wall_late:8.2f} {cost.peak_mb:6.0f}"
    )


def musts(cost: Cost) -> list[str]:
    """Return what farside has to keep, and whether it did."""
    fsync = commit_ms(DISK)
    allowed = COMMITS_A_STEP * fsync + 5
    limits = [
        ("CPU at 280-300", cost.cpu_late, 5.0, "ms"),
        ("its growth", cost.cpu_late / cost.cpu_early, 1.5, "x"),
        (f"wall ({COMMITS_A_STEP} commits of {fsync:.2f} ms on this disk, and 5 ms)", cost.wall_late, allowed, "ms"),
    ]
    return [
        f"  must: {what} {is_:.2f} of at most {most:.2f} {unit}: {'kept' if is_ <= most else 'NOT KEPT'}"
        for what, is_, most, unit in limits
    ]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--peers", type=Path, metavar="PYTHON", help="a Python with bench/peers/requirements.txt")
    options.add_argument("--only", choices=("farside", *PEERS), help="measure this one alone")
    given = options.parse_args()
    print(f"{STEPS} steps, one in-process tool call each; ms a step at 10-30 and 280-300; MB at the end")
    print(f"{'':<16} {'version':<9} {'CPU 10':>7} {'CPU 280':>7} {'':>6} {'wall 10':>7} {'wall 280':>8} {'peak':>6}")
    for name in [given.only] if given.only else ["farside", *PEERS]:
        python = Path(sys.executable) if name == "farside" else given.peers
        cost = measure(python, name) if python else "no --peers PYTHON was named"
        print(row(name, cost), flush=True)
        if name == "farside" and isinstance(cost, Cost):
            print(*musts(cost), sep="\n", flush=True)
    print("farside alone streams, and keeps every step on disk; the others do neither, as is their default.")
    if given.peers is None:
        print(HOW_TO, end="")


HOW_TO = """The peers live in an environment of their own:
  python3 -m venv /tmp/peers && /tmp/peers/bin/pip install -r bench/peers/requirements.txt
  make bench-harness_cost ARGS="--peers /tmp/peers/bin/python"
"""

if __name__ == "__main__":
    main()
