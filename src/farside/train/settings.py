"""What a training is made of, as data: the model's shape and its stages, one behind the other."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from farside.errors import FarsideError
from farside.k2.config import Config, Yarn, config_from
from farside.train.tasks.kinds import Kinds

Experts = Literal["bf16", "int4"]
"""How routed experts are held."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Data(Kinds):
    """A folder of examples: what tasks, and how it is called."""

    name: str
    tasks: int


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: the same loop over other data, lengths and weights."""

    name: str
    data: tuple[str, ...]
    """Names of the examples, one or more; they come mixed."""
    tokens: int
    """How many are trained on."""
    batch: int
    """Tokens of a step, at least."""
    window: int
    """Of longer examples the beginning is taken."""
    learning_rate: float
    warm: float
    decay: float
    least: float
    """See `farside.train.schedule.wsd`."""
    others: float
    """Weight in the loss of tokens that the model does not say itself; of those that it says it is 1."""
    experts: Experts
    """`int4`: routed experts are rounded as in the checkpoint, gradients pass straight through."""
    stretch: float = 1.0
    """Above 1: positions are stretched by YaRN to so many times the model's own window, as K2's are."""

    def __post_init__(self) -> None:
        """Refuse a stage that has nothing to learn from."""
        if not self.data:
            raise ValueError(f"the stage {self.name} names no data")


@dataclass(frozen=True, slots=True)
class Settings:
    """A whole training."""

    shape: Config
    data: tuple[Data, ...]
    """The first one's vocabulary serves all."""
    drills: int
    """Sequences of the examples named `drill`."""
    stages: tuple[Stage, ...]
    decay: float
    """Weight decay."""
    balance: float
    """By how much a step moves the bias of an expert."""
    seed: int

    def shape_of(self, stage: Stage) -> Config:
        """Return the model's shape in a stage."""
        return self.stretched(stage.stretch)

    def stretched(self, stretch: float) -> Config:
        """Return the model's shape with positions stretched by YaRN to so many times its own window."""
        if stretch == 1:
            return self.shape
        window = self.shape.max_position_embeddings
        yarn = Yarn(stretch, window, beta_fast=1.0, beta_slow=1.0, mscale=1.0, mscale_all_dim=1.0)
        return replace(self.shape, max_position_embeddings=int(window * stretch), rope_scaling=yarn)


def read_settings(path: Path | None = None) -> Settings:
    """Read a file of settings; None: those of K2-mini.

    Raises:
        FarsideError: it cannot be read, or is no such file.
    """
    source = path or files(__package__) / "mini.toml"
    try:
        values: dict[str, Any] = tomllib.loads(source.read_text(encoding="utf-8"))
        shape = config_from(values.pop("shape"))
        return TypeAdapter(Settings).validate_python({"shape": shape, **values})
    except (OSError, ValueError, KeyError, ValidationError) as error:
        raise FarsideError(f"{source} holds no settings: {error}.", "see src/farside/train/mini.toml") from None
