"""Corpora: the first pass over some thousands of files and a search in them, beside plain FTS5, grep and ripgrep.

    python -m bench.corpora [--files 3000] [--searches 20]

A search of farside looks first whether any file has changed. The peers do not know of files that change (FTS5), or
read all of them each time (grep, ripgrep). The peer FTS5 is the least that works: a row a file, no passages or lines.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

from farside.tools.corpora.corpus import Corpus
from farside.tools.corpora.library import Library
from farside.tools.corpora.words import query
from farside.tools.kinds import Kind, decoded

VOCABULARY = 8_000
A_PARAGRAPH, PARAGRAPHS = 60, 8
A_FOLDER = 100
RARE = "zanzibarite"
"""Stands in one file."""

Find = Callable[[str], int]
"""Returns how many places are found for words."""


@dataclass(frozen=True)
class Searcher:
    """One way to search a folder."""

    name: str
    prepare: Callable[[], object]
    find: Find


def filled(root: Path, files: int) -> Sequence[str]:
    """Write files of made-up words, an hour old; return the vocabulary, the most frequent first."""
    chance = random.Random(7)
    words = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(3, 9))) for _ in range(VOCABULARY)]
    weights = [1 / rank for rank in range(1, VOCABULARY + 1)]
    for number in range(files):
        folder = root / f"part{number // A_FOLDER}"
        folder.mkdir(parents=True, exist_ok=True)
        text = "\n\n".join(" ".join(chance.choices(words, weights, k=A_PARAGRAPH)) for _ in range(PARAGRAPHS))
        file = folder / f"{number}.md"
        file.write_text(f"{text}\n{RARE if number == files // 2 else ''}\n")
        os.utime(file, (time.time() - 3600,) * 2)
    return words


def parsed(data: bytes, kind: Kind) -> str:
    """Return the text of a file: all are plain here, so that no parser is measured."""
    assert kind == "text"
    return decoded(data)


def ours(root: Path) -> Searcher:
    library = Library((Corpus("bench", str(root)),), parsed, (), lambda *_: None)
    return Searcher(
        "farside",
        lambda: library.refresh("bench"),
        lambda words: library.search("bench", query(words), 10).hits.total,
    )


def plain(root: Path, file: Path) -> Searcher:
    def prepare() -> None:
        with closing(sqlite3.connect(file)) as connection, connection:
            connection.execute("CREATE VIRTUAL TABLE words USING fts5 (path, text)")
            rows = ((str(path), path.read_text()) for path in root.rglob("*.md"))
            connection.executemany("INSERT INTO words VALUES (?, ?)", rows)

    def find(words: str) -> int:
        with closing(sqlite3.connect(file)) as connection:
            shown = "path, snippet(words, 1, '', '', '', 30)"
            ask = f"SELECT {shown} FROM words WHERE words MATCH ? ORDER BY rank LIMIT 10"
            return len(connection.execute(ask, (words,)).fetchall())

    return Searcher("sqlite3 FTS5, a row a file", prepare, find)


def programs(root: Path) -> Iterator[Searcher]:
    """Yield what looks through all files each time, and finds one word."""
    for name, command in {"grep": ["grep", "-rlwF", "--"], "ripgrep": ["rg", "-lwF", "--"]}.items():
        if shutil.which(command[0]):
            yield Searcher(name, lambda: None, partial(_listed, command, root))


def _listed(command: Sequence[str], root: Path, words: str) -> int:
    done = subprocess.run([*command, words, str(root)], capture_output=True, text=True, check=False)
    return len(done.stdout.splitlines())


def row(searcher: Searcher, asked: Sequence[str], searches: int) -> str:
    first = milliseconds(searcher.prepare) / 1000
    times = []
    for words in asked:
        assert searcher.find(words) > 0, (searcher.name, words)
        times.append(median(milliseconds(partial(searcher.find, words)) for _ in range(searches)))
    return f"{searcher.name:<28} {first:10.2f} " + " ".join(f"{each:10.1f}" for each in times)


def milliseconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - began)


def main() -> None:
    """Print a line for each way to search."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=3_000)
    parser.add_argument("--searches", type=int, default=20)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        base, root = Path(name), Path(name) / "files"
        os.environ["XDG_CACHE_HOME"] = str(base / "cache")
        words = filled(root, options.files)
        size = sum(path.stat().st_size for path in root.rglob("*.md"))
        print(f"{options.files:,} files, {size / 1e6:.1f} MB; a search is the median of {options.searches}, wall")
        print(f"{'':<28} {'pass, s':>10} {'rare, ms':>10} {'usual, ms':>10} {'often, ms':>10}")
        for searcher in (ours(root), plain(root, base / "plain.db"), *programs(root)):
            print(row(searcher, (RARE, words[VOCABULARY // 2], words[20]), options.searches), flush=True)


if __name__ == "__main__":
    main()
