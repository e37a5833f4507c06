"""From traces to a vocabulary and examples: `python -m farside.train.prepare --traces DIR --out DIR`.

With --tokenizer DIR the vocabulary is that of another folder, as it must be for traces that are held out.
"""

from __future__ import annotations

import argparse
from itertools import islice
from pathlib import Path

from farside.k2.byte_tokenizer import write_tokenizer
from farside.k2.tokenizer_files import read_tokenizer
from farside.train.dataset import read_dataset, write_dataset
from farside.train.examples import examples, texts
from farside.train.generate import read
from farside.train.vocabulary import vocabulary

SIZE = 1024
"""Ids of text."""
SEEN = 2000
"""Traces from which the vocabulary is learnt."""
EXAMPLES = "examples.safetensors"


def prepare(traces: Path, out: Path, tokenizer: Path | None) -> None:
    """Write the tokenizer's files, where none is given, and the examples."""
    out.mkdir(parents=True, exist_ok=True)
    if tokenizer is None:
        write_tokenizer(out, vocabulary(map(texts, islice(read(traces), SEEN)), SIZE))
    speaks = read_tokenizer(tokenizer or out)
    write_dataset(out / EXAMPLES, (example for trace in read(traces) for example in examples(trace, speaks)))


def main() -> None:
    """Read the command line, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--traces", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--tokenizer", type=Path)
    options = parser.parse_args()
    prepare(options.traces, options.out, options.tokenizer)
    data = read_dataset(options.out / EXAMPLES)
    print(f"{len(data):,} examples, {len(data.ids):,} tokens, {int(data.learnt.sum()):,} of them learnt")


if __name__ == "__main__":
    main()
