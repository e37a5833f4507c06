"""What a reinforcement is made of, as data."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from farside.errors import FarsideError
from farside.train.tasks import FAMILIES, check_families
from farside.train.tasks.task import Task


@dataclass(frozen=True, slots=True)
class Reinforcement:
    """A stage that learns from its own runs. A step draws tasks, runs each several times, and updates on all runs."""

    seed: int
    steps: int
    tasks: int
    """Of a step."""
    rollouts: int
    """K: runs of each task, two or more."""
    updates: int
    """Of a step, all on the same rollouts: from the second on, the policy differs from the one that sampled."""
    most_steps: int
    """Tasks take so many calls at most."""
    beside: int
    """Runs that go on beside each other."""
    tau: float
    """Above 0: how much it costs to leave the policy that sampled."""
    penalty: float
    """Taken from the reward of a run that used up its tokens."""
    tokens_first: int
    tokens_step: int
    """What a run may say: `tokens_first`, and so many more for each call that the task takes."""
    hottest: float
    coolest: float
    """Temperature of sampling in the first and in the last step."""
    ptx: float
    """Weight of the next token's loss on kept examples; 0: none."""
    ptx_tokens: int
    """Tokens of these examples of an update, at least."""
    learning_rate: float
    warm: float
    decay: float
    least: float
    """See `farside.train.schedule.wsd`."""
    window: int
    """Tokens of a run's conversation, and of an example, at most."""
    experts: Literal["bf16", "int4"]
    """As `farside.train.settings.Stage` has it; runs have the rounded weights, too."""
    stretch: float = 1.0
    """As it was where the weights come from."""
    families: tuple[str, ...] = tuple(FAMILIES)

    def __post_init__(self) -> None:
        """Refuse numbers that make no sense."""
        check_families(self.families)
        counts = ("steps", "tasks", "updates", "beside", "tokens_step", "window", "ptx_tokens")
        wrong = {
            **{f"{name} is below 1": getattr(self, name) < 1 for name in counts},
            "rollouts is below 2, which leaves no mean to be above of": self.rollouts < 2,
            "most_steps is below 3": self.most_steps < 3,
            "tau is not above 0": not self.tau > 0,
            "ptx is below 0": not self.ptx >= 0,
            "penalty is below 0": not self.penalty >= 0,
            "a temperature is not above 0": not (self.hottest > 0 and self.coolest > 0),
        }
        for what, is_wrong in wrong.items():
            if is_wrong:
                raise ValueError(what)

    def budget(self, task: Task) -> int:
        """Return how many tokens a run of a task may say."""
        return self.tokens_first + self.tokens_step * task.steps


def read_reinforcement(path: Path | None = None) -> Reinforcement:
    """Read a file of it; None: that of K2-mini.

    Raises:
        FarsideError: it cannot be read, or is no such file.
    """
    source = path or files(__package__) / "reinforce.toml"
    try:
        values = tomllib.loads(source.read_text(encoding="utf-8"))
        return TypeAdapter(Reinforcement).validate_python(values)
    except ValidationError as error:
        found = error.errors()[0]
        place = ".".join(map(str, found["loc"]))
        what = f"{place + ': ' if place else ''}{found['msg'].removeprefix('Value error, ')}"
    except (OSError, ValueError) as error:
        what = str(error)
    raise FarsideError(f"{source} describes no reinforcement: {what}.", "see src/farside/train/reinforce.toml")
