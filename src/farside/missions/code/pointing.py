"""From a failing test to the source it points to, shown with line numbers. Pure.

Places that the output names come first, then what the failing test calls, by name, in Python.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache

from farside.missions.code.suite import is_test

PLACES = (
    re.compile(r'File "(?P<path>[^"\n]+)", line (?P<line>\d{1,9})'),
    re.compile(r"(?<![\w./-])(?P<path>[\w./-]++):(?P<line>\d{1,9})"),
)
Function = ast.FunctionDef | ast.AsyncFunctionDef
Definition = Function | ast.ClassDef
AROUND = 8
"""Lines shown before and behind a place that stands in no function."""
MOST_LINES = 60
"""Of one piece."""
MOST_PIECES = 5
MOST_PLACES = 100
MOST_TESTS = 2
"""Places in tests that are shown, and looked into for what they call."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Lines of a file, counted from 1, the last one included."""

    path: str
    first: int
    last: int


def pieces(output: str, files: Mapping[str, str]) -> list[Piece]:
    """Return the pieces of source that a failing run of the tests points to; `files` maps paths to texts."""
    named = [around(path, line, files[path]) for path, line in places(output, files)]
    tests = list(dict.fromkeys(piece for piece in named if is_test(piece.path)))[:MOST_TESTS]
    called = [found for piece in tests for found in _called(piece, files)]
    found = (*tests, *(piece for piece in named if not is_test(piece.path)), *called)
    return list(dict.fromkeys(found))[:MOST_PIECES]


def numbered(piece: Piece, text: str) -> str:
    """Return a piece under its path, with line numbers."""
    lines = text.splitlines()[piece.first - 1 : piece.last]
    return "\n".join([piece.path, *(f"{number:>5}  {line}" for number, line in enumerate(lines, piece.first))])


def places(output: str, files: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Yield path and line of each place that the output names, each once, where it is a file of the repository.

    Of many the first MOST_PLACES are.
    """
    known = set(files)
    depth = max((path.count("/") for path in known), default=0)
    named = ((found["path"], int(found["line"])) for pattern in PLACES for found in pattern.finditer(output))
    there = ((_path(name, known, depth), line) for name, line in named)
    seen = set[tuple[str, int]]()
    for path, line in there:
        if path and (path, line) not in seen and len(seen) < MOST_PLACES:
            seen.add((path, line))
            yield path, line


def _path(name: str, known: AbstractSet[str], depth: int) -> str:
    """Return the file that a name ends with, the one that lies deepest; "" where it is none of the known."""
    parts = name.rsplit("/", depth + 1)
    ends = ("/".join(parts[first:]) for first in range(len(parts)))
    return next((end for end in ends if end in known), "")


def around(path: str, line: int, text: str) -> Piece:
    """Return the function that a line stands in, else some lines around it."""
    inside = [node for node in functions(text) if node.lineno <= line <= (node.end_lineno or 0)]
    return piece_of(path, inside[-1]) if inside else Piece(path, max(1, line - AROUND), line + AROUND)


def piece_of(path: str, node: Definition) -> Piece:
    """Return the lines of a definition, its decorators too, at most MOST_LINES of them."""
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    return Piece(path, first, min(node.end_lineno or first, first + MOST_LINES - 1))


def functions(text: str) -> list[Function]:
    """Return all functions of a file, at whatever depth; none of what is not Python."""
    return [node for node in ast.walk(parsed(text)) if isinstance(node, Function)]


@lru_cache(maxsize=4)
def parsed(text: str) -> ast.Module:
    """Return the tree of a file; an empty one of what is not Python."""
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return ast.Module([], [])


def _called(piece: Piece, files: Mapping[str, str]) -> Iterator[Piece]:
    """Yield the functions and classes outside the tests whose names a piece of a test uses."""
    lines = files[piece.path].splitlines()[piece.first - 1 : piece.last]
    used = set(re.findall(r"[A-Za-z_]\w*", "\n".join(lines)))
    for path, text in sorted(files.items()):
        if path.endswith(".py") and not is_test(path):
            yield from (piece_of(path, node) for node in defined(text) if node.name in used)


def defined(text: str) -> list[Definition]:
    """Return the functions and classes of a file, and the methods of its classes."""
    top = [node for node in parsed(text).body if isinstance(node, Definition)]
    methods = [inner for node in top if isinstance(node, ast.ClassDef) for inner in node.body]
    return [*top, *(inner for inner in methods if isinstance(inner, Function))]


def layout(paths: Iterable[str], most: int = 60) -> str:
    """Return the files of a repository, a line each; of a large one its folders with the number of files in them."""
    known = sorted(paths)
    if len(known) <= most:
        return "\n".join(known) or "(no files yet)"
    top = [path for path in known if "/" not in path]
    counts: dict[str, int] = {}
    for path in known:
        parts = path.split("/")[:-1]
        for folder in {"/".join(parts[:depth]) for depth in (1, 2) if len(parts) >= depth}:
            counts[folder] = counts.get(folder, 0) + 1
    folders = [f"{folder}/  {count} files" for folder, count in sorted(counts.items())]
    lines = [*top, *folders]
    rest = [f"[... and {len(lines) - most} more]"] if len(lines) > most else []
    return "\n".join([*lines[:most], *rest])
