"""Checkpoints on the same tasks: how each did, and by how much one is better than another."""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Mapping, Sequence

from bench.intervals import paired
from bench.tries import Try, Way, What

Rights = Mapping[What, bool]
"""How a checkpoint did, by task."""


def rights_of(done: Sequence[Try], ways: Mapping[str, Way]) -> dict[str, Rights]:
    """Return how each checkpoint did, by its name; the tasks of all are in the same order."""
    ordered = sorted(done, key=lambda one: one.what)
    return {name: {one.what: one.right for one in ordered if one.way == way} for name, way in ways.items()}


def difference(before: Rights, after: Rights) -> str:
    """Return by how much the later one is better on the same tasks."""
    gained = sum(after[what] and not before[what] for what in before)
    lost = sum(before[what] and not after[what] for what in before)
    return paired(gained, lost, len(before))


def named_model(text: str) -> tuple[str, str]:
    """Return the two parts of NAME=k2/PATH, as an argument has it."""
    name, equals, model = text.partition("=")
    if not (name and equals and model):
        raise ArgumentTypeError(f"{text} is not NAME=k2/PATH")
    return name, model
