"""Make traces of many tasks: `python -m farside.train.generate --out DIR --tasks 1000 [--split held-out]`.

Tasks are numbered; each file of the folder holds BATCH of them. What is there already stays, so that a run that was
stopped goes on, and a larger number adds to a folder; one with traces of other tasks is refused. The same arguments
give the same traces.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import sys
import zlib
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import fields
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from farside.errors import FarsideError
from farside.train.claim import claim
from farside.train.progress import Progress
from farside.train.runs import home
from farside.train.tasks import FAMILIES, LEAST, task
from farside.train.tasks.kinds import SKEW, Kinds
from farside.train.tasks.split import Split
from farside.train.tasks.task import Task
from farside.train.traces import Trace, traced
from farside.train.whole import new_file

BATCH = 20


def tasks(numbers: Iterable[int], split: Split, kinds: Kinds) -> Iterator[Task]:
    """Yield tasks by number: families in turn, lengths from least to most, as the skew says."""
    for number in numbers:
        share = random.Random(f"{split} {number}").random() ** kinds.skew
        family = kinds.families[number % len(kinds.families)]
        yield task(family, number, split, round(kinds.least_steps * (kinds.most_steps / kinds.least_steps) ** share))


def generate(folder: Path, count: int, split: Split, kinds: Kinds, workers: int) -> None:
    """Write the traces of so many tasks, on several processes; tells how far it is.

    Raises:
        FarsideError: one of them was killed, there is no sandbox, the disk refuses, or the folder holds traces of
            other tasks.
    """
    made_with = {"split": split, **{field.name: getattr(kinds, field.name) for field in fields(Kinds)}}
    claim(folder, made_with, "other traces")
    batches = [batch for batch in range(-(-count // BATCH)) if not place(folder, batch).exists()]
    progress = Progress("traces", len(batches) * BATCH)
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        try:
            for done in pool.map(partial(write, folder, split, kinds), batches):
                progress.add(done)
        except BrokenProcessPool:
            raise FarsideError(
                "A process that makes traces was killed from outside.", "run it again: what is there already stays"
            ) from None
    progress.end()


def write(folder: Path, split: Split, kinds: Kinds, batch: int) -> int:
    """Write one file of traces, whole or not at all, the same octets each time; return how many it holds."""
    path, first = place(folder, batch), kinds.first + batch * BATCH
    with home(), new_file(path) as unfinished:
        made = (traced(one) for one in tasks(range(first, first + BATCH), split, kinds))
        lines = "".join(json.dumps(trace, ensure_ascii=False) + "\n" for trace in made)
        unfinished.write_bytes(gzip.compress(lines.encode(), mtime=0))
    return BATCH


def place(folder: Path, batch: int) -> Path:
    """Return where a batch of traces lies."""
    return folder / f"{batch:05}.jsonl.gz"


def batches_of(folder: Path) -> list[Path]:
    """Return the files of a folder in order.

    Raises:
        FarsideError: there are none.
    """
    found = sorted(folder.glob("*.jsonl.gz"))
    if not found:
        raise FarsideError(f"{folder} holds no traces.", "make some with farside.train.generate")
    return found


def read(folder: Path) -> Iterator[Trace]:
    """Yield the traces of a folder in order.

    Raises:
        FarsideError: see `batches_of` and `read_batch`.
    """
    for path in batches_of(folder):
        yield from read_batch(path)


def read_batch(path: Path) -> list[Trace]:
    """Return the traces of a file in order.

    Raises:
        FarsideError: it cannot be read to its end, or is empty.
    """
    again = "remove it, and make it again with farside.train.generate"
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            found = [json.loads(line) for line in file]
    except (OSError, EOFError, zlib.error, ValueError) as error:
        raise FarsideError(f"{path} cannot be read as traces: {error}.", again) from None
    if not found:
        raise FarsideError(f"{path} holds no traces.", again)
    return found


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--tasks", type=int, default=1000)
    parser.add_argument("--split", choices=["train", "held-out"], default="train")
    parser.add_argument("--most-steps", type=int, default=250)
    parser.add_argument("--least-steps", type=int, default=LEAST)
    parser.add_argument("--families", nargs="+", choices=list(FAMILIES), default=list(FAMILIES))
    parser.add_argument("--skew", type=float, default=SKEW, help="above 1: more short runs; below: more long ones")
    parser.add_argument("--first", type=int, default=0, help="number of the first task; others give other tasks")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    try:
        kinds = Kinds(
            most_steps=options.most_steps,
            least_steps=options.least_steps,
            families=tuple(options.families),
            skew=options.skew,
            first=options.first,
        )
    except ValueError as error:
        parser.error(str(error))
    try:
        generate(options.out, options.tasks, options.split, kinds, options.workers)
    except FarsideError as error:
        sys.exit(f"{error} {error.next_step}")


if __name__ == "__main__":
    main()
