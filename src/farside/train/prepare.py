"""From traces to a vocabulary and examples: `python -m farside.train.prepare --traces DIR --out DIR`.

With --tokenizer DIR the vocabulary is that of another folder, as it must be for traces that are held out. The folder
of --out appears when all is written. One that was made of the same stays as it is, one of other traces is refused.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from farside.errors import FarsideError
from farside.k2.byte_tokenizer import write_tokenizer
from farside.k2.tokenizer_files import NAMES, RANKS, read_tokenizer
from farside.train.claim import claim, digest_of
from farside.train.dataset import read_dataset, write_dataset
from farside.train.drill import drills
from farside.train.examples import examples, texts
from farside.train.generate import BATCH, batches_of, read_batch
from farside.train.progress import Progress
from farside.train.traces import Trace
from farside.train.vocabulary import vocabulary
from farside.train.whole import new_folder

SIZE = 1024
"""Ids of text."""
SEEN = 2000
"""Traces from which the vocabulary is learnt."""
EXAMPLES = "examples.safetensors"
OTHER = "other examples"


def prepare(traces: Path, out: Path, tokenizer: Path | None) -> None:
    """Write the examples, and the tokenizer's files where none is given.

    Raises:
        FarsideError: there are no traces, one of their files or the tokenizer cannot be read, or the folder holds
            other examples.
    """
    batches = batches_of(traces)
    made_with = {"traces": digest_of(batches), "tokenizer": tokenizer and _speaking(tokenizer)}
    if _is_there(out, made_with):
        return
    with new_folder(out) as folder:
        claim(folder, made_with, OTHER)
        if tokenizer is None:
            write_tokenizer(folder, vocabulary(map(texts, _read(batches[: SEEN // BATCH], "words")), SIZE))
        speaks = read_tokenizer(tokenizer or folder)
        found = (example for trace in _read(batches, "examples") for example in examples(trace, speaks))
        write_dataset(folder / EXAMPLES, found)


def prepare_drills(out: Path, tokenizer: Path, count: int, seed: int) -> None:
    """Write the examples that no traces are needed for.

    Raises:
        FarsideError: the tokenizer cannot be read, or the folder holds other examples.
    """
    made_with = {"drills": count, "seed": seed, "tokenizer": _speaking(tokenizer)}
    if _is_there(out, made_with):
        return
    with new_folder(out) as folder:
        claim(folder, made_with, OTHER)
        write_dataset(folder / EXAMPLES, drills(read_tokenizer(tokenizer), count, seed))


def _is_there(out: Path, made_with: dict[str, Any]) -> bool:
    """Tell whether a folder has what is made with this; one that has something else is refused."""
    if not out.is_dir() or not any(out.iterdir()):
        return False
    claim(out, made_with, OTHER)
    return True


def _speaking(tokenizer: Path) -> str:
    """Return what a tokenizer is known by, if it can be read."""
    read_tokenizer(tokenizer)
    return digest_of([tokenizer / RANKS, tokenizer / NAMES])


def _read(batches: Sequence[Path], what: str) -> Iterator[Trace]:
    """Yield traces, and tell how many of their files are done."""
    progress = Progress(f"{what}, by file of traces", len(batches))
    for path in batches:
        yield from read_batch(path)
        progress.add(1)
    progress.end()


def main() -> None:
    """Read the command line, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--traces", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--tokenizer", type=Path)
    options = parser.parse_args()
    try:
        prepare(options.traces, options.out, options.tokenizer)
        data = read_dataset(options.out / EXAMPLES)
    except FarsideError as error:
        sys.exit(f"{error} {error.next_step}")
    except KeyboardInterrupt:
        sys.exit("\nstopped; nothing was written")
    print(f"{len(data):,} examples, {len(data.ids):,} tokens, {int(data.learnt.sum()):,} of them learnt")


if __name__ == "__main__":
    main()
