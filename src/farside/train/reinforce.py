"""Reinforcement: `python -m farside.train.reinforce --model WEIGHTS.pt --data DIR --run DIR`.

The model runs tasks through the real agent, with real tools; what is right by execution is made likelier. DIR of
--data holds the examples that the model was taught with, and their tokenizer, as `farside.train.prepare` makes them.
A training that was stopped goes on where it was: each run is on disk as soon as it has ended.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import time
from collections import defaultdict
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

from farside.errors import FarsideError
from farside.k2.tokenizer_files import read_tokenizer
from farside.train.alone import alone
from farside.train.balance import busiest
from farside.train.claim import claim
from farside.train.dataset import Dataset, read_dataset
from farside.train.generate import tasks
from farside.train.logged import LOG
from farside.train.model import grouped, made
from farside.train.next_token import add_gradients
from farside.train.objective import reward
from farside.train.order import endless, pack
from farside.train.picture import check_drawing
from farside.train.policy import Batch, add_policy_gradients, batch_of
from farside.train.prepare import EXAMPLES
from farside.train.processes import check_alone
from farside.train.progress import Progress
from farside.train.reinforcement import Reinforcement, read_reinforcement
from farside.train.reinforcement_curves import draw_ended
from farside.train.rollouts import Rollout, Wanted, engine_of, place, play, read_rollout
from farside.train.room import check_machine
from farside.train.schedule import cooled, wsd
from farside.train.settings import Settings, read_settings
from farside.train.state import Diverged, State
from farside.train.tasks.kinds import Kinds
from farside.train.weights import check_ids, digest, take_up

DISK = 500_000_000
"""Bytes of the states, old and new beside each other, and of a step's rollouts."""
FIRST = 1_000_000
"""Number of the first task: those with smaller ones were taught."""


class Reinforcer:
    """Trains one stage in a folder of its own."""

    def __init__(self, settings: Settings, stage: Reinforcement, weights: Path, data: Path, folder: Path) -> None:
        """`weights`: those to begin with; `data`: the folder of the kept examples and their tokenizer.

        Raises:
            FarsideError: a file cannot be read or belongs to another model, or the folder holds another training.
        """
        self._settings, self._stage, self._folder, self._weights = settings, stage, folder, weights
        self._tokenizer, self._taught = read_tokenizer(data), read_dataset(data / EXAMPLES)
        shape = settings.stretched(stage.stretch)
        check_ids(self._tokenizer.size, shape.vocab_size, data)
        model = made(shape, settings.seed)
        take_up(model, weights)
        claim(folder, _owner(settings, stage, digest(model), self._taught), "another training")
        for experts in grouped(model):
            experts.rounds = stage.experts == "int4"
        self._state = State.of(model, settings.decay)
        if self._kept.exists():
            self._state.load(self._kept)
        self._lengths = self._taught.lengths().tolist()
        self._indices = endless(len(self._taught), stage.seed, self._state.taken)
        self._rollouts = folder / "rollouts"
        each = stage.tasks * stage.rollouts
        self._progress = Progress("rollouts", stage.steps * each, self._state.step * each)

    @property
    def _kept(self) -> Path:
        return self._folder / "state.pt"

    def train(self) -> Path:
        """Train to the end of the stage; return where the weights lie.

        Raises:
            FarsideError: it diverged, another process trains it, or there is no sandbox. The state on disk is the
                last good one.
        """
        done = self._folder / "model.pt"
        if done.exists():
            return done
        try:
            with alone(self._folder):
                self._go()
        except Diverged as error:
            good = self._kept if self._kept.exists() else self._weights
            raise FarsideError(
                str(error), f"name another --run, --settings with a lower learning_rate, and --model {good}"
            ) from None
        self._progress.end()
        return self._state.end(self._folder, self._kept)

    def _go(self) -> None:
        """Take all steps that are left."""
        with (self._folder / LOG).open("a") as log:
            while self._state.step < self._stage.steps:
                log.write(json.dumps(self._step()) + "\n")
                log.flush()
                self._state.save(self._kept)
                shutil.rmtree(self._rollouts)

    def _step(self) -> dict[str, Any]:
        began, state, stage = time.monotonic(), self._state, self._stage
        temperature = cooled(state.step / max(stage.steps - 1, 1), stage.hottest, stage.coolest)
        wanted = self._wanted()
        rollouts = self._played(wanted, temperature)
        played = time.monotonic() - began
        rewards = [reward(rollout.right, rollout.cut, stage.penalty) for rollout in rollouts]
        learning_rate = stage.learning_rate * wsd(
            (state.step + 1) / stage.steps, stage.warm, stage.decay, stage.least
        )
        batch = batch_of(rollouts, rewards, stage.rollouts, temperature, stage.tau)
        told = self._learn(batch, learning_rate)
        state.step, state.tokens = state.step + 1, state.tokens + sum(rollout.said for rollout in rollouts)
        return {"step": state.step, "tokens": state.tokens, "taken": state.taken,
                "tasks": list(dict.fromkeys(rollout.task for rollout in rollouts)), "temperature": temperature,
                **summary(rollouts, rewards), **told, "lr": learning_rate, "played_seconds": round(played, 3),
                "seconds": round(time.monotonic() - began, 3)}  # fmt: skip

    def _wanted(self) -> list[Wanted]:
        stage, first = self._stage, FIRST + self._state.step * self._stage.tasks
        kinds = Kinds(most_steps=stage.most_steps, families=stage.families)
        drawn = tasks(range(first, first + stage.tasks), "train", kinds)
        return [Wanted(task, index, stage.budget(task)) for task in drawn for index in range(stage.rollouts)]

    def _played(self, wanted: list[Wanted], temperature: float) -> list[Rollout]:
        """Make the rollouts of a step; those that are on disk already are taken from there."""
        folder = self._rollouts / f"{self._state.step:05}"
        folder.mkdir(parents=True, exist_ok=True)
        missing = [one for one in wanted if not place(folder, one.task.name, one.index).exists()]
        self._progress.add(len(wanted) - len(missing))
        if missing:
            self._play(missing, folder, temperature)
        return [read_rollout(place(folder, one.task.name, one.index)) for one in wanted]

    def _play(self, missing: list[Wanted], folder: Path, temperature: float) -> None:
        """Make rollouts, and write each as it ends."""
        stage, right = self._stage, 0
        engine = engine_of(self._state.model, stage.experts == "int4", stage.window, stage.beside)
        with closing(play(engine, self._tokenizer, missing, str(stage.seed), temperature, stage.beside)) as made:
            for count, rollout in enumerate(made, 1):
                _check_said(rollout, stage.window)
                rollout.write(folder)
                right += rollout.right
                self._progress.add(1, f", {right} of {count} right")

    def _learn(self, batch: Batch, learning_rate: float) -> dict[str, Any]:
        """Update on the rollouts; return what was seen, that of the last update."""
        state, sampled, told = self._state, None, dict[str, Any]()
        for _ in range(self._stage.updates):
            state.begin(learning_rate)
            seen = add_policy_gradients(state.model, batch, sampled)
            sampled = seen.log_pi if sampled is None else sampled
            ptx = self._add_taught()
            state.check(seen.loss + ptx)
            state.follow(ptx)
            logit = state.update()
            told = {"loss": seen.loss, "ptx": ptx, "log_ratio": float((seen.log_pi - sampled).mean()),
                    "busiest_expert": max(map(busiest, seen.loads)), "largest_logit": logit}  # fmt: skip
        state.check(0.0)
        return {**told, "update": state.muon.update}

    def _add_taught(self) -> float:
        """Add the gradients of the PTX loss; return the loss."""
        stage = self._stage
        if not stage.ptx:
            return 0.0
        chosen = pack(self._indices, self._lengths, stage.window, stage.ptx_tokens)
        self._state.taken += len(chosen)
        examples = [self._taught.example(index, stage.window) for index in chosen]
        return add_gradients(self._state.model, examples, 0.0, stage.ptx).loss


def reinforce(settings: Settings, stage: Reinforcement, weights: Path, data: Path, folder: Path) -> Path:
    """Train to the end of a stage and draw it; return where the weights lie.

    Raises:
        FarsideError: see `Reinforcer`, or nothing can be drawn.
    """
    check_drawing()
    done = Reinforcer(settings, stage, weights, data, folder).train()
    draw_ended(folder)
    return done


def summary(rollouts: list[Rollout], rewards: list[float]) -> dict[str, Any]:
    """Return what a log tells of rollouts: mean rewards, in all and by family; what share was right, and cut off."""
    families = defaultdict[str, list[float]](list)
    for rollout, worth in zip(rollouts, rewards, strict=True):
        families[rollout.family].append(worth)
    return {
        "reward": sum(rewards) / len(rewards),
        "rewards": {family: sum(own) / len(own) for family, own in families.items()},
        "runs": len(rollouts),
        "share_right": sum(rollout.right for rollout in rollouts) / len(rollouts),
        "share_cut": sum(rollout.cut for rollout in rollouts) / len(rollouts),
    }


def _owner(settings: Settings, stage: Reinforcement, weights: str, taught: Dataset) -> dict[str, Any]:
    return {"settings": asdict(settings), "stage": "reinforce", "reinforcement": asdict(stage),
            "weights": weights, "examples": taught.digest()}  # fmt: skip


def _check_said(rollout: Rollout, window: int) -> None:
    if not rollout.said:
        raise FarsideError(
            f"The goal of {rollout.task} leaves no room for a reply in {window} tokens.", "raise window in --settings"
        )


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True, help="model.pt of a stage, or a checkpoint folder")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--config", type=Path, help="the settings that the model was trained with")
    parser.add_argument("--settings", type=Path, help="those of the reinforcement")
    options = parser.parse_args()
    try:
        check_alone("Reinforcement", "python -m farside.train.reinforce")
        settings, stage = read_settings(options.config), read_reinforcement(options.settings)
        check_machine(options.run / "state.pt", DISK)
        print(reinforce(settings, stage, options.model, options.data, options.run))
    except FarsideError as error:
        sys.exit(f"{error} {error.next_step}")
    except KeyboardInterrupt:
        sys.exit("\nstopped; the same command goes on")


if __name__ == "__main__":
    main()
