"""A context that lasts: what 300 steps cost under each context policy, and whether an early fact is still found.

    python -m bench.context [--steps 300] [--output 1200] [--thinking 60] [--peers PYTHON]

A loopback endpoint bills each request by true prefix match, a token for four bytes of JSON, at the prices of
kimi-k2-thinking. Its brain looks at one part a step; a fact of step 10 is needed at step 290. The window is 262,144
tokens; the plain agent without a policy has no window at all.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench.parts import GOAL, code, part
from bench.plain_agents import PlainAgent
from bench.searching import Searching
from farside.agent.context import POLICIES
from farside.agent.events import Budget, Settings
from farside.agent.home import RunFolder
from farside.agent.intake import price
from farside.agent.take_up import Crew, create, taken_up
from farside.agent.watcher import Nobody
from farside.messages import ToolSpec, Usage
from farside.missions.general import General
from farside.models.catalog import open_model
from farside.models.profiles import profile_for
from farside.testkit.endpoint import Endpoint
from farside.testkit.prefix_cache import PrefixCache
from farside.testkit.rules import moonshot
from farside.tools.arguments import read
from farside.tools.base import Effect, Host, Outcome

ROOT = Path(__file__).parents[1]
MODEL = "moonshot/kimi-k2-thinking"
PROFILE = profile_for(MODEL)
DEFAULT = Settings("").context
PEERS = ("deepagents", "strands")
"""Agents with a context policy by default that run on Python 3.11."""
LONGEST_S = 1_800
NOT_HERE = {
    "kimi-cli": "needs Python 3.12 or newer; its default is `compaction at 85%` here",
    "openhands-sdk": "needs Python 3.12 or newer",
    "smolagents, pydantic-ai, langgraph, mini-swe-agent": "leave nothing out by default: `no policy` here",
}


@dataclass(frozen=True, slots=True)
class Task:
    """What every agent has to do."""

    steps: int
    output: int
    """Tokens of one output."""
    thinking: int
    """Tokens of one thought."""

    @property
    def needed(self) -> int:
        """The step at which the early fact is needed: 290 of 300."""
        return self.steps - max(self.steps // 30, 1)

    @property
    def planted(self) -> int:
        """The step that shows it."""
        return min(10, self.needed - 1)

    def look(self, number: int) -> str:
        """Return the output of a look at a part."""
        return part(number, 4 * self.output, self.planted if number == self.needed else 0)

    def brain(self) -> Searching:
        """Return a brain for one run."""
        return Searching(self.steps, self.planted, self.needed, 4 * self.thinking)


@dataclass(frozen=True, slots=True)
class Result:
    """What a run took."""

    name: str
    billed: Usage
    longest: int
    found: str

    @property
    def cost(self) -> float:
        """USD at the prices of PROFILE."""
        return price(self.billed, PROFILE)

    @property
    def cached(self) -> float:
        """The share of prompt tokens that extend what an earlier prompt begins with."""
        return self.billed.cached / self.billed.input


def measure(
    name: str,
    task: Task,
    agent: Callable[[str], object],
    window: int | None = PROFILE.window,
    strict: bool = False,
) -> Result:
    """Let an agent work against an endpoint of its own; `strict` refuses what Moonshot would, long prompts aside."""
    brain = task.brain()
    rules = moonshot if strict else None
    with Endpoint(brain, cache=PrefixCache(), rules=rules, window=window) as endpoint:
        agent(endpoint.base_url)
        if endpoint.seen.violations:
            raise SystemExit(f"{name}: {endpoint.seen.violations[0]}")
        found = brain.found if brain.code == code(task.planted) else "not found"
        return Result(name, endpoint.seen.billed, endpoint.seen.longest, found)


class TwoTools:
    """A toolbox in this process: look at a part, and the journal's recall."""

    specs = (
        ToolSpec(
            "look",
            "Look at one part of the data.",
            '{"type": "object", "properties": {"part": {"type": "integer"}}, "required": ["part"]}',
        ),
        ToolSpec(
            "recall",
            "Return the whole text of an earlier output that was cut or hidden.",
            '{"type": "object", "properties": {"handle": {"type": "string"}}, "required": ["handle"]}',
        ),
    )

    names = ("look", "recall")

    def __init__(self, task: Task, host: Host) -> None:
        self._task, self._host = task, host

    def warm(self) -> None:
        """Nothing has to start."""

    def effect(self, name: str) -> Effect:
        return Effect.PURE

    def call(self, name: str, arguments: str, handle: str) -> Outcome:
        schema = {"look": {"part": {"type": "integer"}}, "recall": {"handle": {"type": "string"}}}[name]
        given = read(name, {"type": "object", "properties": schema, "required": [*schema]}, arguments)
        if name == "look":
            return Outcome(self._task.look(given["part"]))
        text = self._host.recall(given["handle"])
        return Outcome(text or "There is no such output.", ok=text is not None)

    def restore(self, session: bytes, lost: tuple[str, ...]) -> tuple[str, ...]:
        return ()

    def close(self) -> None:
        """Nothing was opened."""


def farside(policy: str, task: Task, base_url: str) -> RunFolder:
    """Let farside work under a policy: journal, loop, projection and wire are the real ones."""
    settings = Settings(MODEL, base_url, budget=Budget(max_steps=task.steps + 10), context=policy)
    crew = Crew(
        lambda chosen: open_model(chosen.model, chosen.base_url),
        lambda chosen, folder, host: TwoTools(task, host),
        lambda chosen: General(),
    )
    folder = create(GOAL, settings)
    with taken_up(folder, crew, Nobody()) as run:
        state = run.go()
    if state.status != "finished":
        raise SystemExit(f"farside under {policy} ended as {state.status}: {state.reason}")
    return folder


def plain(window: int | None, task: Task, base_url: str) -> None:
    PlainAgent(base_url, task.look, window).run()


def peer(python: Path, name: str, task: Task, base_url: str) -> None:
    """Let a peer work in a process and an environment of its own."""
    command = [
        python,
        "-m",
        f"bench.peers.context_{name}",
        base_url,
        task.steps,
        task.output,
        task.planted,
        task.needed,
    ]
    done = subprocess.run(list(map(str, command)), cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(((done.stderr or done.stdout).strip().splitlines() or ["stopped without a word"])[-1])


def row(result: Result, no_policy: Result, compaction: Result) -> str:
    cells = (
        f"{result.billed.input / 1e6:.2f}M",
        f"{result.cached:.1%}",
        f"{result.longest:,}",
        f"{result.billed.output / 1e3:.1f}k",
        f"${result.cost:.2f}",
        f"{result.cost / compaction.cost:.2f}x",
        f"{result.cost / no_policy.cost:.2f}x",
    )
    return f"{result.name:<32} {' '.join(f'{cell:>8}' for cell in cells)}  {result.found}"


HEADINGS = ("prompts", "cached", "longest", "out", "cost", "of 85%", "of none")
HEAD = f"{'':<32} {' '.join(f'{heading:>8}' for heading in HEADINGS)}  the fact"


def musts(ours: Result, no_policy: Result, compaction: Result) -> list[str]:
    """Return what the default policy has to keep, and whether it did."""
    to_compaction, to_none = ours.cost / compaction.cost, ours.cost / no_policy.cost
    limits = [
        (f"at least 90% of prompt tokens extend a stable prefix: {ours.cached:.1%}", ours.cached >= 0.9),
        (f"at most 0.6x of compaction at 85%: {to_compaction:.2f}x", to_compaction <= 0.6),
        (f"at most 0.4x of no policy: {to_none:.2f}x", to_none <= 0.4),
        (f"the fact is found: {ours.found}", ours.found in ("shown", "by recall")),
    ]
    return [f"  must: {what}: {'kept' if is_kept else 'NOT KEPT'}" for what, is_kept in limits]


def compare(task: Task, python: Path | None) -> None:
    """Measure every agent and print the table."""
    no_policy = measure("no policy, no limit", task, partial(plain, None, task), window=None)
    compaction = measure("compaction at 85% (kimi-cli's)", task, partial(plain, PROFILE.window, task))
    print(HEAD)
    for baseline in (no_policy, compaction):
        print(row(baseline, no_policy, compaction), flush=True)
    for name in PEERS:
        print(peer_row(name, task, python, no_policy, compaction), flush=True)
    for policy in POLICIES:
        name = f"farside, {policy}" + (" (default)" if policy == DEFAULT else "")
        result = measure(name, task, partial(farside, policy, task), strict=True)
        print(row(result, no_policy, compaction), flush=True)
        if policy == DEFAULT and task.steps >= 300:
            print(*musts(result, no_policy, compaction), sep="\n", flush=True)


def peer_row(name: str, task: Task, python: Path | None, no_policy: Result, compaction: Result) -> str:
    """Measure a peer; return its row, or why there is none."""
    if python is None:
        return f"{name}: not run: no --peers PYTHON was named"
    try:
        return row(measure(name, task, partial(peer, python, name, task)), no_policy, compaction)
    except RuntimeError as error:
        return f"{name}: did not finish: {str(error)[-110:]}"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--steps", type=int, default=300)
    options.add_argument("--output", type=int, default=1_200, help="tokens of one output")
    options.add_argument("--thinking", type=int, default=60, help="tokens of one thought")
    options.add_argument("--peers", type=Path, metavar="PYTHON", help="a Python with bench/peers/context.txt")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {
            "FARSIDE_HOME": home,
            "FARSIDE_CONFIG": str(Path(home) / "none.toml"),
            "MOONSHOT_API_KEY": "loopback",
        }
        print(f"{given.steps} steps, outputs of {given.output} tokens, thoughts of {given.thinking}")
        compare(Task(given.steps, given.output, given.thinking), given.peers)
    for name, why in NOT_HERE.items():
        print(f"{name}: not run: {why}")


if __name__ == "__main__":
    main()
