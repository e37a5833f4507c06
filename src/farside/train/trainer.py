"""One stage of a training: the loop, its state on disk at most a minute old, and what it logs."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from farside.errors import FarsideError
from farside.k2.model import CausalLM
from farside.train.attention import attentions
from farside.train.balance import mixtures, rebalance
from farside.train.dataset import Dataset
from farside.train.model import first_broken, grouped, made, matrices, others
from farside.train.muon import Muon
from farside.train.order import endless, pack
from farside.train.progress import Progress
from farside.train.qk_clip import clip
from farside.train.schedule import wsd
from farside.train.settings import Settings, Stage

SAVE_EVERY_S = 60.0
STEEPEST = 1.0
"""Norm to which gradients are cut that AdamW sees; Muon's updates have one size whatever the gradient."""
CHUNK = 4096
"""Tokens whose logits are in memory together, and whose forward and backward pass are one."""


@dataclass(slots=True)
class State:
    """Where a stage stands."""

    model: CausalLM
    muon: Muon
    adam: torch.optim.AdamW
    step: int = 0
    tokens: int = 0
    taken: int = 0
    """Examples that were trained on, epochs after the first counted again."""

    def save(self, path: Path) -> None:
        """Write it down, whole or not at all."""
        unfinished = path.with_suffix(".part")
        counts = {"step": self.step, "tokens": self.tokens, "taken": self.taken}
        torch.save(
            {
                "model": self.model.state_dict(),
                "muon": self.muon.state_dict(),
                "adam": self.adam.state_dict(),
                "counts": counts,
            },
            unfinished,
        )
        unfinished.rename(path)

    def load(self, path: Path) -> None:
        """Take up what was written down."""
        held = torch.load(path, weights_only=True)
        self.model.load_state_dict(held["model"])
        self.muon.load_state_dict(held["muon"])
        self.adam.load_state_dict(held["adam"])
        self.step, self.tokens, self.taken = (held["counts"][name] for name in ("step", "tokens", "taken"))


class Trainer:
    """Trains one stage in a folder of its own."""

    def __init__(self, settings: Settings, stage: Stage, data: Dataset, folder: Path, before: Path | None) -> None:
        """`before`: the weights with which the stage begins; None: fresh ones.

        Raises:
            FarsideError: the folder holds another training.
        """
        self._settings, self._stage, self._data, self._folder = settings, stage, data, folder
        _claim(folder, {"settings": asdict(settings), "stage": stage.name, "examples": len(data)})
        model = made(settings.shape_of(stage), settings.seed)
        if before is not None:
            model.load_state_dict(torch.load(before, weights_only=True))
        for experts in grouped(model):
            experts.rounds = stage.experts == "int4"
        muon = Muon(matrices(model), stage.learning_rate, settings.decay)
        adam = torch.optim.AdamW(others(model), stage.learning_rate, betas=(0.9, 0.95), weight_decay=settings.decay)
        self._state = State(model, muon, adam)
        if self._kept.exists():
            self._state.load(self._kept)
        self._lengths = data.lengths().tolist()

    @property
    def _kept(self) -> Path:
        return self._folder / "state.pt"

    def train(self) -> Path:
        """Train to the end of the stage; return where the weights lie.

        Raises:
            FarsideError: it diverged. The state on disk is the last good one.
        """
        done = self._folder / "model.pt"
        if done.exists():
            return done
        state, stage = self._state, self._stage
        indices = endless(len(self._data), self._settings.seed, state.taken)
        progress, saved = Progress(stage.name, stage.tokens, state.tokens), time.monotonic()
        with (self._folder / "log.jsonl").open("a") as log:
            while state.tokens < stage.tokens:
                told = self._step(indices)
                log.write(json.dumps(told) + "\n")
                log.flush()
                progress.add(told["batch"], f", loss {told['loss']:.4f}, right {told['right']:.2%}")
                if time.monotonic() - saved > SAVE_EVERY_S:
                    state.save(self._kept)
                    saved = time.monotonic()
        progress.end()
        torch.save(state.model.state_dict(), done.with_suffix(".part"))
        done.with_suffix(".part").rename(done)
        self._kept.unlink(missing_ok=True)
        return done

    def _step(self, indices: Iterator[int]) -> dict[str, Any]:
        began, state, stage = time.monotonic(), self._state, self._stage
        chosen = pack(indices, self._lengths, stage.window, stage.batch)
        factor = wsd(state.tokens / stage.tokens, stage.warm, stage.decay, stage.least)
        for optimizer in (state.muon, state.adam):
            for group in optimizer.param_groups:
                group["lr"] = stage.learning_rate * factor
            optimizer.zero_grad()
        for attention in attentions(state.model):
            attention.watches = True
        told = self._learn([self._data.example(index, stage.window) for index in chosen])
        self._check(told["loss"])
        torch.nn.utils.clip_grad_norm_(others(state.model), STEEPEST)
        state.muon.step()
        state.adam.step()
        logit = 0.0
        for attention in attentions(state.model):
            assert attention.largest is not None
            logit = max(logit, float(attention.largest.max()))
            clip(attention)
        state.step, state.taken = state.step + 1, state.taken + len(chosen)
        state.tokens += told["batch"]
        return {"step": state.step, "tokens": state.tokens, **told, "lr": stage.learning_rate * factor,
                "largest_logit": logit, "update": state.muon.update,
                "seconds": round(time.monotonic() - began, 3)}  # fmt: skip

    def _learn(self, examples: list[tuple[Tensor, Tensor]]) -> dict[str, Any]:
        """Add up the gradients of a step, a part at a time; move the biases; return what was seen."""
        weights = [_weights(learnt, self._stage.others) for _, learnt in examples]
        whole = sum(float(weight.sum()) for weight in weights)
        loss = right = learnt = 0.0
        loads = [torch.zeros(len(experts)) for experts in grouped(self._state.model)]
        for part in parts([len(ids) for ids, _ in examples], CHUNK):
            ids = [examples[index][0] for index in part]
            with torch.autocast("cpu", dtype=torch.bfloat16):
                logits = self._state.model([each[:-1] for each in ids])
            targets = torch.cat([each[1:] for each in ids])
            weight = torch.cat([weights[index] for index in part])
            losses = functional.cross_entropy(logits.float(), targets, reduction="none")
            total = (losses * weight).sum() / whole
            total.backward()  # type: ignore[no-untyped-call]
            said = torch.cat([examples[index][1][1:] for index in part])
            loss += float(total.detach())
            right += float((logits.argmax(-1) == targets)[said].sum())
            learnt += float(said.sum())
            for load, experts in zip(loads, grouped(self._state.model), strict=True):
                assert experts.load is not None
                load += experts.load
        busiest = [
            rebalance(mixture, load, self._settings.balance)
            for mixture, load in zip(mixtures(self._state.model), loads, strict=True)
        ]
        batch = sum(len(ids) for ids, _ in examples)
        return {"batch": batch, "loss": loss, "right": right / max(learnt, 1), "busiest_expert": max(busiest)}

    def _check(self, loss: float) -> None:
        broken = first_broken(self._state.model)
        if broken is None and loss == loss:
            return
        raise FarsideError(
            f"Training diverged at step {self._state.step + 1}: {broken or 'the loss'} is not finite.",
            f"the last good state is {self._kept}; lower learning_rate of the stage and run it again",
        )


def _weights(learnt: Tensor, others: float) -> Tensor:
    """Return the weight of each token but the first in the loss."""
    return torch.where(learnt[1:], 1.0, others)


def parts(lengths: list[int], most: int) -> Iterator[list[int]]:
    """Yield indices whose lengths come to `most` at most, or one alone that is longer."""
    part, size = list[int](), 0
    for index, length in enumerate(lengths):
        if part and size + length > most:
            yield part
            part, size = [], 0
        part.append(index)
        size += length
    yield part


def _claim(folder: Path, what: dict[str, Any]) -> None:
    """Say whose the folder is, or refuse one of another training."""
    folder.mkdir(parents=True, exist_ok=True)
    named, text = folder / "settings.json", json.dumps(what, indent=2, default=str)
    if named.exists() and named.read_text() != text:
        raise FarsideError(f"{folder} holds another training.", "name another folder with --run, or remove this one")
    named.write_text(text)
