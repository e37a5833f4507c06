"""Snapshots: what one costs a step on a folder of 10,000 files of which few change, beside `git add` and write-tree.

    python -m bench.snapshots [--files 10000] [--steps 30]

Must: at most 60 ms a step, wall, durable (two files and their folder are on disk before the run goes on).
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

from bench.fsync import commit_ms
from farside.agent.snapshots.restore import write_out
from farside.agent.snapshots.store import Store
from farside.agent.snapshots.taking import Snapshots

DISK = Path(__file__).parents[1] / "build"
"""Where the folders are made while they are measured: this disk, out of git's sight."""
A_FOLDER = 10
"""Files in each folder."""
LIMIT_MS = 60.0
SETTLE_S = 0.3
"""So long a file must be old before its times alone show that it has not changed."""


@dataclass(frozen=True)
class Cost:
    """Milliseconds, wall and CPU (children's too), of the first snapshot and of each later one."""

    first: tuple[float, float]
    later: list[tuple[float, float]]

    def row(self, name: str) -> str:
        wall, cpu = ([step[column] for step in self.later] for column in (0, 1))
        ninth = quantiles(wall, n=10, method="inclusive")[8]
        return f"{name:<34} {self.first[0]:8.0f} {median(wall):8.1f} {ninth:8.1f} {median(cpu):8.1f}"


def filled(root: Path, files: int) -> None:
    """Make a tree of folders like that of a large project."""
    for number in range(files // A_FOLDER):
        folder = root / f"part{number // 50}" / f"module{number}"
        folder.mkdir(parents=True)
        for name in range(A_FOLDER):
            text = "".join(f"def function_{number}_{name}_{line}(): return {line}\n" for line in range(40))
            (folder / f"file{name}.py").write_text(text)


def edited(root: Path, step: int) -> None:
    """Do what a step does: change two files, write a new one, remove an older one."""
    folder = root / "part0" / f"module{step % 20}"
    for name in ("file1.py", "file2.py"):
        (folder / name).write_text(f"# changed in step {step}\n" * 40)
    (folder / f"new{step}.py").write_text("# new\n")
    (root / "part0" / f"module{(step - 1) % 20}" / f"new{step - 1}.py").unlink(missing_ok=True)


def measured(root: Path, steps: int, take: Callable[[], object]) -> Cost:
    first = timed(take)
    time.sleep(SETTLE_S)
    timed(take)
    later = []
    for step in range(1, steps + 1):
        edited(root, step)
        later.append(timed(take))
        time.sleep(SETTLE_S)
    return Cost(first, later)


def timed(take: Callable[[], object]) -> tuple[float, float]:
    began, cpu = time.perf_counter(), cpu_s()
    take()
    return 1000 * (time.perf_counter() - began), 1000 * (cpu_s() - cpu)


def cpu_s() -> float:
    """Return the seconds of CPU of this process and of its children that have ended."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def by_git(root: Path, store: Path) -> Callable[[], object]:
    """Return how git takes a snapshot with an index of its own, its untracked cache on, its objects durable."""
    own = {
        "GIT_DIR": str(store),
        "GIT_WORK_TREE": str(root),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": "/dev/null",
    }
    environment = {**os.environ, **own}

    def git(*command: str) -> None:
        subprocess.run(["git", *command], env=environment, cwd=root, check=True, stdout=subprocess.DEVNULL)

    git("init", "--quiet")
    cached = ("feature.manyFiles=true", "core.fsmonitor=false", "core.autocrlf=false")
    for setting in (*cached, "core.fsync=added", "core.fsyncMethod=batch"):
        git("config", *setting.split("="))

    def take() -> None:
        git("add", "--all", "--force")
        git("write-tree")

    return take


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--files", type=int, default=10_000)
    options.add_argument("--steps", type=int, default=30)
    given = options.parse_args()
    DISK.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=DISK) as base:
        print(f"{given.files:,} files, {A_FOLDER} a folder; 2 changed, 1 new, 1 removed a step; ms")
        print(f"{'':<34} {'first':>8} {'median':>8} {'p90':>8} {'CPU':>8}")
        costs = {}
        for name in ("farside", "git add --all and git write-tree"):
            root, store = Path(base, name, "work"), Path(base, name, "store")
            filled(root, given.files)
            time.sleep(SETTLE_S)
            take = by_git(root, store) if name != "farside" else kept(root, store)
            costs[name] = measured(root, given.steps, take)
            print(costs[name].row(name), flush=True)
        tree = Snapshots(Path(base, "farside/store"), Path(base, "farside/work"), ()).take(_silent).tree
        with Store(Path(base, "farside/store")) as held:
            wall, _ = timed(lambda: write_out(held, tree, Path(base, "out"), _silent))
        print(f"restoring all files: {wall:.0f} ms")
    step = median(wall for wall, _ in costs["farside"].later)
    print(f"one commit of the journal on this disk: {commit_ms(DISK):.1f} ms")
    print(f"must: a step at most {LIMIT_MS:g} ms: {step:.1f} ms: {'kept' if step <= LIMIT_MS else 'NOT KEPT'}")


def kept(root: Path, store: Path) -> Callable[[], object]:
    """Return how farside takes a snapshot."""
    snapshots = Snapshots(store, root, ())
    return lambda: snapshots.take(_silent)


def _silent(told: object) -> None:
    """Say nothing."""


if __name__ == "__main__":
    main()
