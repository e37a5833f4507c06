"""Goals of no kind that K2-mini was taught: how often it declines them in words, without a call.

    python -m bench.train_declines [--model k2/PATH] [--goals FILE] [--tries 1]

The goals are bench/foreign_goals.txt, one a line, written by hand: no grammar of the training makes them. Each lies
beside two files that have nothing to do with it. What was not declined is shown with what came of it.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from bench.intervals import told
from bench.tries import FIRST, Lent, held_out
from farside.models.base import Model
from farside.models.catalog import open_model
from farside.train.runs import Done, home, run
from farside.train.tasks.task import Task

GOALS = Path(__file__).with_name("foreign_goals.txt")


def foreign(goals: Sequence[str]) -> Iterator[Task]:
    """Yield a task for each goal; it is judged as those that training has of the kind are."""
    for number, goal in enumerate(goals, FIRST):
        yield replace(held_out("declining", 3, number), goal=goal, files={"a.txt": "one\n", "b.txt": "two\n"})


def declined(done: Done) -> bool:
    """Tell whether a run said so, and called nothing."""
    return done.right and done.state.steps == 1


def results(model: Model, tasks: Sequence[Task], tries: int) -> Iterator[tuple[Task, Done]]:
    """Run each task so many times."""
    with home():
        for one in tasks:
            for seed in range(tries):
                yield one, run(one, lambda: Lent(model), model.profile.name, seed=seed)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="k2/mini")
    parser.add_argument("--goals", type=Path, default=GOALS)
    parser.add_argument("--tries", type=int, default=1, help="of each goal")
    options = parser.parse_args(arguments)
    tasks = [*foreign(options.goals.read_text(encoding="utf-8").splitlines())]
    found = list[bool]()
    for one, done in results(open_model(options.model), tasks, options.tries):
        found.append(declined(done))
        if not found[-1]:
            print(f"{one.goal}  ->  {done.state.status} after {done.state.steps} steps: {done.state.answer!r}")
    print(f"declined: {told(sum(found), len(found))}")


if __name__ == "__main__":
    main()
