"""The functions that a failing test comes down to, those first that are nearest to the failure. Pure; Python alone.

Near are functions that a traceback names, the innermost first; then what the failing line calls, then what its test
calls, and then what these call, by name.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from farside.missions.code.pointing import MOST_TESTS, Function, around, defined, parsed, places
from farside.missions.code.suite import is_test

MOST = 4
MOST_LINES = 50
"""Of a function: a longer one is more than a small model writes anew."""
DEPTH = 2
"""How far calls are followed from what a test calls."""
MAKER = "__init__"
NAME = re.compile(r"[A-Za-z_]\w*")
Known = Mapping[str, Sequence["Suspect"]]
"""Functions by their file, or by the names that call them."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """A function outside the tests."""

    path: str
    owner: str
    """The class that it is a method of; "" = none."""
    name: str
    first: int
    """Its line `def`, counted from 1."""
    last: int
    source: str
    """Its lines without their common indentation, decorators left out."""

    @property
    def title(self) -> str:
        """Its name with its class."""
        return f"{self.owner}.{self.name}" if self.owner else self.name


@dataclass(frozen=True, slots=True)
class Case:
    """What a failing run of the tests shows."""

    test: str
    """The source of the first failing test; "" where its place is not told."""
    suspects: tuple[Suspect, ...]


def case(output: str, files: Mapping[str, str]) -> Case:
    """Return what the output of a failing run comes down to; `files` maps paths to texts."""
    named = [(path, line) for path, line in places(output, files) if path.endswith(".py")]
    tests = [(path, line) for path, line in named if is_test(path)]
    known = {path: list(_all(path, files)) for path in sorted(files) if path.endswith(".py") and not is_test(path)}
    called = _by_call(found for inside in known.values() for found in inside)
    near = chain(_inside(named, known), *(_reached(place, files, called) for place in tests[:MOST_TESTS]))
    return Case(_shown(*tests[0], files) if tests else "", tuple(dict.fromkeys(near))[:MOST])


def _all(path: str, files: Mapping[str, str]) -> Iterator[Suspect]:
    lines, definitions = files[path].splitlines(), defined(files[path])
    owners = {id(node): each.name for each in definitions if isinstance(each, ast.ClassDef) for node in each.body}
    for node in definitions:
        last = node.end_lineno or node.lineno
        if isinstance(node, Function) and last - node.lineno < MOST_LINES:
            source = textwrap.dedent("\n".join(lines[node.lineno - 1 : last]))
            yield Suspect(path, owners.get(id(node), ""), node.name, node.lineno, last, source)


def _by_call(known: Iterable[Suspect]) -> Known:
    """Return the functions by the names that call them: that of the class calls the one that makes its objects."""
    found: dict[str, list[Suspect]] = {}
    for each in known:
        for name in {each.name, each.owner if each.name == MAKER else each.name}:
            found.setdefault(name, []).append(each)
    return found


def _inside(named: Iterable[tuple[str, int]], known: Known) -> Iterator[Suspect]:
    """Yield the functions in which places lie, the last place first: tracebacks end where it went wrong."""
    for path, line in reversed(list(named)):
        yield from (each for each in known.get(path, ()) if each.first <= line <= each.last)


def _reached(place: tuple[str, int], files: Mapping[str, str], known: Known) -> Iterator[Suspect]:
    """Yield what a line of a test calls, then what its test calls, and what these call in their turn."""
    path, line = place
    lines = files[path].splitlines()
    found = list(_called(lines[line - 1] if line <= len(lines) else "", known))
    found += _called(_shown(path, line, files), known)
    for _ in range(DEPTH):
        found = list(dict.fromkeys([*found, *(inner for each in found for inner in _called(each.source, known))]))
    yield from found


def _called(source: str, known: Known) -> Iterator[Suspect]:
    """Yield the functions whose names a source uses, in that order."""
    for name in dict.fromkeys(_names(source)):
        yield from known.get(name, ())


def _names(source: str) -> list[str]:
    """Return the names and attributes of a source; where it is a part of a statement, all that may be one."""
    nodes = list(ast.walk(parsed(source.strip())))
    found = [(node.lineno, node.col_offset, node.id) for node in nodes if isinstance(node, ast.Name)]
    found += [(node.lineno, node.col_offset, node.attr) for node in nodes if isinstance(node, ast.Attribute)]
    return [name for _, _, name in sorted(found)] if nodes[1:] else NAME.findall(source)


def _shown(path: str, line: int, files: Mapping[str, str]) -> str:
    """Return the function around a line, else some lines around it, without their indentation."""
    piece = around(path, line, files[path])
    return textwrap.dedent("\n".join(files[path].splitlines()[piece.first - 1 : piece.last]))
