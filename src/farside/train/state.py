"""Where a stage stands: the model and its optimizers, a step of both, and all of it on disk."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import torch

from farside.errors import FarsideError
from farside.k2.model import CausalLM
from farside.train import processes
from farside.train.attention import attentions
from farside.train.model import first_broken, matrices, others
from farside.train.muon import Muon
from farside.train.qk_clip import clip

STEEPEST = 1.0
"""Norm to which gradients are cut that AdamW sees; Muon's updates have one size whatever the gradient."""


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

    @classmethod
    def of(cls, model: CausalLM, decay: float) -> Self:
        """Return the state of a stage that has not begun; `decay`: of the weights."""
        muon = Muon(matrices(model), 0.0, decay)
        return cls(model, muon, torch.optim.AdamW(others(model), 0.0, betas=(0.9, 0.95), weight_decay=decay))

    def begin(self, learning_rate: float) -> None:
        """Make ready for the gradients of a step."""
        for optimizer in (self.muon, self.adam):
            for group in optimizer.param_groups:
                group["lr"] = learning_rate
            optimizer.zero_grad()
        for attention in attentions(self.model):
            attention.watches = True

    def update(self) -> float:
        """Take the step that the gradients ask for; return the largest attention logit that was seen before it."""
        torch.nn.utils.clip_grad_norm_(others(self.model), STEEPEST)
        self.muon.step()
        self.adam.step()
        logit = 0.0
        for attention in attentions(self.model):
            assert attention.largest is not None
            attention.largest = processes.largest(attention.largest)
            logit = max(logit, float(attention.largest.max()))
            clip(attention)
        return logit

    def check(self, loss: float, kept: Path) -> None:
        """Refuse what diverged; `kept` is where the last good state lies.

        Raises:
            FarsideError: the loss, a weight or a gradient is no number.
        """
        broken = first_broken(self.model)
        if broken is None and loss == loss:
            return
        raise FarsideError(
            f"Training diverged at step {self.step + 1}: {broken or 'the loss'} is not finite.",
            f"the last good state is {kept}; lower learning_rate of the stage and run it again",
        )

    def save(self, path: Path) -> None:
        """Write it down, whole or not at all."""
        held = {
            "model": self.model.state_dict(),
            "muon": self.muon.state_dict(),
            "adam": self.adam.state_dict(),
            "counts": {"step": self.step, "tokens": self.tokens, "taken": self.taken},
        }
        _write(processes.whole(held), path)

    def load(self, path: Path) -> None:
        """Take up what was written down."""
        held = torch.load(path, weights_only=True)
        mine = self.model.state_dict()
        shares = {name: processes.shared_out(tensor, mine[name]) for name, tensor in held["model"].items()}
        self.model.load_state_dict(shares)
        for optimizer, name in ((self.muon, "muon"), (self.adam, "adam")):
            optimizer.load_state_dict(held[name])
            processes.share_out(optimizer)
        self.step, self.tokens, self.taken = (held["counts"][name] for name in ("step", "tokens", "taken"))

    def end(self, folder: Path, kept: Path) -> Path:
        """Write the weights as those of a stage that is over; return where they lie."""
        done = folder / "model.pt"
        _write(processes.whole(self.model.state_dict()), done)
        kept.unlink(missing_ok=True)
        processes.wait()
        return done


def claim(folder: Path, what: dict[str, Any]) -> None:
    """Say whose the folder is.

    Raises:
        FarsideError: it is of another training.
    """
    if processes.is_first():
        _claim(folder, what)
    processes.wait()


def _claim(folder: Path, what: dict[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    named, text = folder / "settings.json", json.dumps(what, indent=2, default=str)
    if named.exists() and named.read_text() != text:
        raise FarsideError(f"{folder} holds another training.", "name another folder with --run, or remove this one")
    named.write_text(text)


def _write(held: dict[str, Any], path: Path) -> None:
    """Write a file, whole or not at all; the first process does."""
    if processes.is_first():
        unfinished = path.with_suffix(".part")
        torch.save(held, unfinished)
        unfinished.rename(path)
