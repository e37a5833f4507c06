"""One stage of a training: the loop, its state on disk at most a minute old, and what it logs."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from random import Random
from typing import Any

import torch
from torch import Tensor

from farside.train import processes
from farside.train.balance import mixtures, rebalance
from farside.train.dataset import Dataset
from farside.train.model import grouped, made
from farside.train.next_token import add_gradients
from farside.train.order import endless, pack
from farside.train.progress import Progress
from farside.train.schedule import wsd
from farside.train.settings import Settings, Stage
from farside.train.state import State, claim
from farside.train.weights import digest, take_up

SAVE_EVERY_S = 60.0


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


class Trainer:
    """Trains one stage in a folder of its own."""

    def __init__(self, settings: Settings, stage: Stage, data: Dataset, folder: Path, before: Path | None) -> None:
        """`before`: a file or a checkpoint with the weights to begin with; None: fresh ones.

        Raises:
            FarsideError: the folder holds another training, or `before` no weights of this model.
        """
        self._settings, self._stage, self._data, self._folder = settings, stage, data, folder
        model = made(settings.shape_of(stage), settings.seed)
        if before is not None:
            take_up(model, before)
        first = None if before is None else digest(model)
        claim(folder, {"settings": asdict(settings), "stage": stage.name, "examples": len(data), "first": first})
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
            FarsideError: it diverged. The state on disk is the last good one.
        """
        done = self._folder / "model.pt"
        if done.exists():
            return done
        state, stage = self._state, self._stage
        indices = endless(len(self._data), self._seed, state.taken)
        log, saved = Log(self._folder, Progress(stage.name, stage.tokens, state.tokens)), time.monotonic()
        while state.tokens < stage.tokens:
            log.add(self._step(indices))
            if float(processes.largest(torch.tensor(time.monotonic() - saved))) > SAVE_EVERY_S:
                state.save(self._kept)
                saved = time.monotonic()
        log.end()
        return state.end(self._folder, self._kept)

    def _step(self, indices: Iterator[int]) -> dict[str, Any]:
        began, state, stage = time.monotonic(), self._state, self._stage
        chosen = pack(indices, self._lengths, stage.window, stage.batch)
        factor = wsd(state.tokens / stage.tokens, stage.warm, stage.decay, stage.least)
        state.begin(stage.learning_rate * factor)
        told = self._learn([self._data.example(index, stage.window) for index in chosen])
        state.check(told["loss"], self._kept)
        logit = state.update()
        state.step, state.taken = state.step + 1, state.taken + len(chosen)
        state.tokens += told["batch"]
        return {"step": state.step, "tokens": state.tokens, **told, "lr": stage.learning_rate * factor,
                "largest_logit": logit, "update": state.muon.update,
                "seconds": round(time.monotonic() - began, 3)}  # fmt: skip

    def _learn(self, examples: list[tuple[Tensor, Tensor]]) -> dict[str, Any]:
        """Add up the gradients of a step; move the biases; return what was seen."""
        seen = add_gradients(self._state.model, examples, self._stage.others)
        busiest = [
            rebalance(mixture, load, self._settings.balance)
            for mixture, load in zip(mixtures(self._state.model), seen.loads, strict=True)
        ]
        batch = sum(len(ids) for ids, _ in examples)
        return {"batch": batch, "loss": seen.loss, "right": seen.right, "busiest_expert": max(busiest)}
