"""One stage of a training: the loop, its state on disk at most a minute old, and what it logs."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Any

from farside.errors import FarsideError
from farside.train import processes
from farside.train.alone import alone
from farside.train.balance import mixtures, rebalance
from farside.train.claim import claim
from farside.train.dataset import Dataset
from farside.train.keeper import Keeper
from farside.train.model import grouped, made
from farside.train.next_token import Seen, add_gradients
from farside.train.order import endless, pack
from farside.train.progress import Progress
from farside.train.schedule import wsd
from farside.train.settings import Settings, Stage
from farside.train.state import Diverged, State
from farside.train.weights import digest, take_up


class Log:
    """Where the first process tells how a stage goes: in a file of its folder, and to who looks on."""

    def __init__(self, folder: Path, progress: Progress) -> None:
        self._path, self._progress = folder / "log.jsonl", progress

    def add(self, told: dict[str, Any]) -> None:
        """Tell of a step."""
        if processes.is_first():
            with self._path.open("a") as file:
                file.write(json.dumps(told) + "\n")
            self._progress.add(told["batch"], f", loss {told['loss']:.4f}, right {told['right']:.2%}")

    def end(self) -> None:
        """Tell of the end."""
        if processes.is_first():
            self._progress.end()


@dataclass(frozen=True, slots=True)
class Look:
    """A step whose gradients lie in the model, and that is still to be taken."""

    examples: int
    tokens: int
    learning_rate: float
    seen: Seen


class Trainer:
    """Trains one stage in a folder of its own."""

    def __init__(self, settings: Settings, stage: Stage, data: Dataset, folder: Path, before: Path | None) -> None:
        """`before`: a file or a checkpoint with the weights to begin with; None: fresh ones.

        Raises:
            FarsideError: the folder holds another training or a state that cannot be read, or `before` no weights
                of this model.
        """
        self._settings, self._stage, self._data, self._folder, self._before = settings, stage, data, folder, before
        model = made(settings.shape_of(stage), settings.seed)
        if before is not None:
            take_up(model, before)
        first = None if before is None else digest(model)
        made_with = {"settings": asdict(settings), "stage": stage.name, "examples": data.digest(), "first": first}
        claim(folder, made_with, "another training")
        processes.shard(model)
        for experts in grouped(model):
            experts.rounds = stage.experts == "int4"
        self._state = State.of(model, settings.decay)
        if self._kept.exists():
            self._state.load(self._kept)
        self._lengths = data.lengths().tolist()

    @property
    def _kept(self) -> Path:
        return self._folder / "state.pt"

    @property
    def _seed(self) -> int:
        """That of the order: two stages that share their examples take them in two orders."""
        return Random(f"{self._settings.seed} {self._stage.name}").getrandbits(32)

    def train(self) -> Path:
        """Train to the end of the stage; return where the weights lie.

        Raises:
            FarsideError: it diverged, or another process trains it. The state on disk is one with which a step later
                all was well.
        """
        done = self._folder / "model.pt"
        if done.exists():
            return done
        log = Log(self._folder, Progress(self._stage.name, self._stage.tokens, self._state.tokens))
        try:
            with alone(self._folder):
                self._go(log)
        except Diverged as error:
            raise FarsideError(str(error), self._advice) from None
        log.end()
        return self._state.end(self._folder, self._kept)

    def _go(self, log: Log) -> None:
        """Take all steps that are left; what the last one did is looked at as if there were one more."""
        state, keeper = self._state, Keeper(self._kept, time.monotonic())
        indices = endless(len(self._data), self._seed, state.taken)
        while state.tokens < self._stage.tokens:
            log.add(self._step(indices, keeper))
        state.settle(self._look(indices, keeper).seen.loss)

    @property
    def _advice(self) -> str:
        good = self._kept if self._kept.exists() else self._before
        first = "" if good is None else f" --first {good}"
        return (
            f"name with --config a file with a lower learning_rate of {self._stage.name} and no stage before it, "
            f"and another --run: python -m farside.train.recipe{first} --config FILE --run DIR --data DIR"
        )

    def _step(self, indices: Iterator[int], keeper: Keeper) -> dict[str, Any]:
        began, state = time.monotonic(), self._state
        look = self._look(indices, keeper)
        busiest = [
            rebalance(mixture, load, self._settings.balance)
            for mixture, load in zip(mixtures(state.model), look.seen.loads, strict=True)
        ]
        logit = state.update()
        state.step, state.taken = state.step + 1, state.taken + look.examples
        state.tokens += look.tokens
        return {"step": state.step, "tokens": state.tokens, "batch": look.tokens, "loss": look.seen.loss,
                "right": look.seen.right, "busiest_expert": max(busiest), "lr": look.learning_rate,
                "largest_logit": logit, "update": state.muon.update,
                "seconds": round(time.monotonic() - began, 3)}  # fmt: skip

    def _look(self, indices: Iterator[int], keeper: Keeper) -> Look:
        """Add up the gradients of a step; the state is kept only where they show that it is sound."""
        began, state, stage = time.monotonic(), self._state, self._stage
        chosen = pack(indices, self._lengths, stage.window, stage.batch)
        examples = [self._data.example(index, stage.window) for index in chosen]
        learning_rate = stage.learning_rate * self._factor()
        state.begin(learning_rate)
        seen = add_gradients(state.model, examples, stage.others)
        state.check(seen.loss)
        if not state.is_spike(seen.loss):
            keeper.keep(state, began, time.monotonic())
        state.follow(seen.loss)
        return Look(len(examples), sum(len(ids) for ids, _ in examples), learning_rate, seen)

    def _factor(self) -> float:
        """Return that of the learning rate; the look behind the last step has that of the end."""
        stage = self._stage
        return wsd(min(self._state.tokens / stage.tokens, 1.0), stage.warm, stage.decay, stage.least)
