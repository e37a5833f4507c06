"""Where a stage stands: the model and its optimizers, a step of both, and all of it on disk."""

from __future__ import annotations

import math
from dataclasses import astuple, dataclass, field
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
from farside.train.trend import Trend
from farside.train.weights import read_table

STEEPEST = 1.0
"""Norm to which gradients are cut that AdamW sees; Muon's updates have one size whatever the gradient."""


class Diverged(Exception):
    """A training whose weights are of no use any more; who trains knows which are, and what to do."""


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
    trend: Trend = field(default_factory=Trend)

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
        """Take the step that the gradients ask for; return the largest attention logit that was seen before it.

        Raises:
            Diverged: the learning rate is more than fp32 holds.
        """
        torch.nn.utils.clip_grad_norm_(others(self.model), STEEPEST)
        try:
            self.muon.step()
            self.adam.step()
        except RuntimeError as error:
            if "overflow" not in str(error):
                raise
            raise self._diverged("its learning rate overflows") from None
        logit = 0.0
        for attention in attentions(self.model):
            assert attention.largest is not None
            attention.largest = processes.largest(attention.largest)
            logit = max(logit, float(attention.largest.max()))
            clip(attention)
        return logit

    def check(self, loss: float) -> None:
        """Refuse what is no number.

        Raises:
            Diverged: the loss, a weight or a gradient is not finite.
        """
        broken = first_broken(self.model) or (None if math.isfinite(loss) else "the loss")
        if broken:
            raise self._diverged(f"{broken} is not finite")

    def is_spike(self, loss: float) -> bool:
        """Tell whether a loss of the next token is too high for a state that is to be kept."""
        return self.trend.is_spike(loss, self.model.config.vocab_size)

    def follow(self, loss: float) -> None:
        """Take a loss of the next token into the trend; only one that `is_spike` can be refused.

        Raises:
            Diverged: that is where it is heading.
        """
        after = self.trend.after(loss)
        if after.has_diverged(self.model.config.vocab_size):
            raise self._risen(loss)
        self.trend = after

    def settle(self, loss: float) -> None:
        """Refuse a loss of the next token that no step is left to mend.

        Raises:
            Diverged: it `is_spike`.
        """
        if self.is_spike(loss):
            raise self._risen(loss)

    def _risen(self, loss: float) -> Diverged:
        return self._diverged(f"the loss has risen from {self.trend.lowest:.4g} to {loss:.4g}")

    def _diverged(self, what: str) -> Diverged:
        return Diverged(f"Training diverged at step {self.step + 1}: {what}.")

    def save(self, path: Path) -> None:
        """Write it down, whole or not at all."""
        held = {
            "model": self.model.state_dict(),
            "muon": self.muon.state_dict(),
            "adam": self.adam.state_dict(),
            "counts": {"step": self.step, "tokens": self.tokens, "taken": self.taken},
            "trend": astuple(self.trend),
        }
        _write(processes.whole(held), path)

    def load(self, path: Path) -> None:
        """Take up what was written down.

        Raises:
            FarsideError: the file cannot be read, or holds no state.
        """
        again = "remove it: the stage begins anew then, from the weights that it began with"
        held = read_table(path, again)
        if not {"model", "muon", "adam", "counts", "trend"} <= held.keys():
            raise FarsideError(f"{path} holds no state of a stage.", again)
        mine = self.model.state_dict()
        shares = {name: processes.shared_out(tensor, mine[name]) for name, tensor in held["model"].items()}
        self.model.load_state_dict(shares)
        for optimizer, name in ((self.muon, "muon"), (self.adam, "adam")):
            optimizer.load_state_dict(held[name])
            processes.share_out(optimizer)
        self.step, self.tokens, self.taken = (held["counts"][name] for name in ("step", "tokens", "taken"))
        self.trend = Trend(*held["trend"])

    def end(self, folder: Path, kept: Path) -> Path:
        """Write the weights as those of a stage that is over; return where they lie."""
        done = folder / "model.pt"
        _write(processes.whole(self.model.state_dict()), done)
        kept.unlink(missing_ok=True)
        processes.wait()
        return done


def _write(held: dict[str, Any], path: Path) -> None:
    """Write a file, whole or not at all; the first process does."""
    if processes.is_first():
        unfinished = path.with_suffix(".part")
        torch.save(held, unfinished)
        unfinished.rename(path)
