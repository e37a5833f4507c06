"""Rollouts: runs of tasks through the real agent, with the weights as they are now, several beside each other."""

from __future__ import annotations

import json
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import torch

from farside.engine.base import Engine, Sampling
from farside.engine.plain import PlainEngine
from farside.engine.quick.model import quicken
from farside.k2.model import CausalLM
from farside.k2.precision import fast_type
from farside.k2.quantize import is_routed
from farside.k2.tokenizer import Tokenizer
from farside.models.k2 import K2Model
from farside.train.examples import Example
from farside.train.fake_int4 import rounded
from farside.train.heard import Heard, Table, sequences
from farside.train.runs import home, run
from farside.train.tasks.task import Task
from farside.train.traces import TAUGHT
from farside.train.whole import new_file


@dataclass(frozen=True, slots=True)
class Wanted:
    """A run that is to be made."""

    task: Task
    index: int
    """Which of the task's rollouts it is: each has chance of its own."""
    budget: int
    """Tokens that it may say."""


@dataclass(frozen=True, slots=True)
class Rollout:
    """A run of a task, as it is learnt from."""

    task: str
    family: str
    index: int
    right: bool
    """By execution."""
    cut: bool
    """Its budget was used up."""
    sequences: tuple[Example, ...]
    """All that was said, each token once."""

    @property
    def said(self) -> int:
        """Tokens that were said."""
        return sum(sum(one.learnt) for one in self.sequences)

    def write(self, folder: Path) -> None:
        """Write it down, whole or not at all."""
        with new_file(place(folder, self.task, self.index)) as unfinished:
            unfinished.write_text(json.dumps(asdict(self)))


def place(folder: Path, task: str, index: int) -> Path:
    """Return where a rollout lies."""
    return folder / f"{task}-{index}.json"


def read_rollout(path: Path) -> Rollout:
    """Read what `Rollout.write` wrote."""
    held = json.loads(path.read_text())
    return Rollout(**{**held, "sequences": tuple(Example(**one) for one in held["sequences"])})


def engine_of(model: CausalLM, rounds: bool, window: int, beside: int) -> PlainEngine:
    """Return an engine with a copy of a model's weights; `rounds`: routed experts as INT4 holds them."""
    copy = CausalLM(model.config)
    copy.load_state_dict(model.state_dict())
    for name, parameter in copy.named_parameters():
        if rounds and is_routed(name):
            parameter.data = rounded(parameter.data)
    return PlainEngine(quicken(copy), window, kept=beside, cached=fast_type())


def play(
    engine: Engine, tokenizer: Tokenizer, wanted: Sequence[Wanted], seed: str, temperature: float, beside: int
) -> Generator[Rollout]:
    """Make runs, `beside` at a time; yield each as it ends. Closing this ends all others within a token.

    Every token is sampled from the whole distribution at the temperature, so that log pi is known.

    Raises:
        FarsideError: there is no sandbox, or the weights compute what is no number.
    """
    table, threads = Table(engine), torch.get_num_threads()
    pool = ThreadPoolExecutor(beside, "farside-rollout", torch.set_num_threads, (1,))
    with home():
        try:
            made = [pool.submit(_played, table, tokenizer, one, seed, temperature) for one in wanted]
            for future in as_completed(made):
                yield future.result()
        finally:
            table.halted.set()
            pool.shutdown(cancel_futures=True)
            torch.set_num_threads(threads)


def _played(table: Table, tokenizer: Tokenizer, wanted: Wanted, seed: str, temperature: float) -> Rollout:
    task = wanted.task
    heard = Heard(table, wanted.budget, f"{seed} {task.name} {wanted.index}")
    profile = replace(TAUGHT, window=table.engine.window, temperature=temperature)
    done = run(task, lambda: K2Model(profile, heard, tokenizer, Sampling(temperature)), profile.name)
    cut = heard.left < 1
    return Rollout(task.name, task.family, wanted.index, done.right, cut, tuple(sequences(heard.said)))
