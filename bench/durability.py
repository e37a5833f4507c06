"""Durability: SIGKILL at every event boundary and at random instants, each followed by `resume`.

    python -m bench.durability [--kills 200] [--steps 300] [--boundary-steps 30]

Real processes, the real sandbox, a real endpoint on loopback that refuses invalid requests. What must hold, after
every kill: no acknowledged event lost, no unsafe effect done twice, the same answer, a valid request every time.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from bench.tally import Tally
from farside.agent.events import Budget, Settings
from farside.agent.home import RunFolder
from farside.agent.journal import Journal
from farside.agent.take_up import create
from farside.cli.foreground import read
from farside.testkit.endpoint import Endpoint
from farside.testkit.rules import moonshot, plain

ROOT = Path(__file__).parents[1]
FARSIDE = [sys.executable, "-c", "from farside.cli import main; main()"]
MODELS = {False: "moonshot/kimi-k2-thinking", True: "vllm/small-coder"}
NEVER = 10**9
CONFIG = '[profiles."vllm/small-coder"]\ntools = "code"\n'


@dataclass(slots=True)
class Trial:
    """One run that is killed again and again."""

    folder: RunFolder
    endpoint: Endpoint
    brain: Tally
    acknowledged: dict[int, dict[str, object]] = field(default_factory=dict)
    kills: int = 0

    def resume(self, kill_after: float | None) -> int:
        """Work on the run in a process of its own, which may be killed; return its exit code."""
        command = [*FARSIDE, "resume", self.folder.id, "--json"]
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        timer = threading.Timer(kill_after, child.kill) if kill_after is not None else None
        if timer:
            timer.start()
        out, err = child.communicate(timeout=300)
        if timer:
            timer.cancel()
        self._acknowledge(out)
        self.kills += child.returncode == -9
        if child.returncode not in (0, -9):
            raise AssertionError(f"resume ended with {child.returncode}: {err[-500:]}")
        return child.returncode

    def die_at(self, event: int = NEVER, step: int = NEVER) -> None:
        """Work on the run until event number `event`, or the reply of step `step`, is on disk, and die there."""
        command = [sys.executable, "-m", "bench.mortal", self.folder.id, str(event), str(step)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
        self.kills += done.returncode == -9
        if done.returncode not in (0, -9):
            raise AssertionError(f"the mortal ended with {done.returncode}: {done.stderr[-500:]}")

    def _acknowledge(self, out: str) -> None:
        whole = out if out.endswith("\n") else out.rpartition("\n")[0]
        for line in whole.splitlines():
            event = json.loads(line)
            self.acknowledged[event["seq"]] = event

    def faults(self) -> list[str]:
        """Return what does not hold, a sentence each; empty when all is well."""
        journal = Journal(self.folder.journal)
        kept = {entry.seq: entry for entry in journal.entries()}
        journal.close()
        lost = [
            seq
            for seq, event in self.acknowledged.items()
            if seq not in kept or kept[seq].event.kind != event["kind"]
        ]
        lines = (self.folder.workspace / "log.txt").read_text().split()
        answer = getattr(kept[max(kept)].event, "answer", None)
        found = [f"acknowledged events lost: {lost[:5]}"] if lost else []
        if lines != [str(k) for k in range(1, self.brain.n + 1)]:
            found.append(f"effects not exactly once: {len(lines)} lines for {self.brain.n} steps")
        if answer != self.brain.answer:
            found.append(f"answer {answer!r}, not {self.brain.answer!r}")
        return found + [f"invalid request: {sentence}" for sentence in self.endpoint.seen.violations[:3]]


@contextmanager
def trial(steps: int, code: bool) -> Iterator[Trial]:
    """Set up a run on an endpoint of its own."""
    brain = Tally(steps, code)
    with Endpoint(brain, rules=plain if code else moonshot) as endpoint:
        budget = Budget(max_steps=3 * steps + 100)
        settings = Settings(MODELS[code], base_url=endpoint.base_url, budget=budget)
        yield Trial(create("Add up the squares.", settings), endpoint, brain)


def boundaries(steps: int, code: bool, every: int = 1) -> tuple[int, list[str]]:
    """Kill a fresh run at each event (or each `every`-th), resume it to its end; return kills and faults."""
    with trial(steps, code) as whole:
        whole.resume(None)
        last, found = max(whole.acknowledged), whole.faults()
    kills = 0
    for event in range(2, last, every):
        with trial(steps, code) as one:
            one.die_at(event)
            if read(one.folder).status != "finished":
                one.resume(None)
            found += [f"killed at event {event}: {fault}" for fault in one.faults()]
            kills += one.kills
    return kills, found


def instants(kills: int, steps: int, code: bool, seed: int, longest: float = 2.0) -> tuple[int, list[str]]:
    """Kill runs at random instants until there were `kills`; return kills and faults."""
    rng, done, found = random.Random(seed), 0, []
    while done < kills:
        with trial(steps, code) as one:
            while read(one.folder).status != "finished":
                one.resume(rng.uniform(0.1, longest) if done + one.kills < kills else None)
            found += one.faults()
            done += one.kills
    return done, found


def resume_seconds(steps: int, tries: int = 5) -> list[float]:
    """Return how long `resume` of a run with `steps` steps takes to its next request, process start included."""
    taken = []
    with trial(steps + tries, code=False) as one:
        one.die_at(step=steps)
        for _ in range(tries):
            before, began = one.endpoint.seen.requests, time.monotonic()
            child = subprocess.Popen([*FARSIDE, "resume", one.folder.id, "--json"], stdout=-3, stderr=-3)
            while one.endpoint.seen.requests == before:
                time.sleep(0.002)
            taken.append(time.monotonic() - began)
            child.kill()
            child.wait()
    return taken


@contextmanager
def configured() -> Iterator[None]:
    """Give this process and its children a home, a configuration and a key of their own."""
    before = dict(os.environ)
    with tempfile.TemporaryDirectory() as home:
        config = Path(home) / "config.toml"
        config.write_text(CONFIG)
        os.environ |= {"FARSIDE_HOME": home, "FARSIDE_CONFIG": str(config), "MOONSHOT_API_KEY": "loopback"}
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)


def report(title: str, kills: int, found: list[str]) -> None:
    print(f"{title:<44} {kills:>5} kills   {'kept' if not found else 'NOT KEPT'}", flush=True)
    for fault in found[:10]:
        print(f"    {fault}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--boundary-steps", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with configured():
        taken = resume_seconds(chosen.steps)
        spread = f"median {median(taken):.2f} s, worst {max(taken):.2f} s"
        print(f"resume of {chosen.steps} steps to its next request: {spread}")
        for code in (False, True):
            name = "code dialect" if code else "native calls"
            report(f"every event of {chosen.boundary_steps} steps, {name}", *boundaries(chosen.boundary_steps, code))
            report(
                f"random instants, {chosen.steps} steps, {name}",
                *instants(chosen.kills, chosen.steps, code, chosen.seed),
            )


if __name__ == "__main__":
    main()
