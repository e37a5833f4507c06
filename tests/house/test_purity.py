"""fold, decide and project, and what they rest on, do no I/O and know no clock and no chance."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.house.sources import Source, imports, package, within, write

PURE = tuple(f"farside.agent.{name}" for name in ("fold", "decide", "project", "guard", "context", "budget"))
LIBRARY = (
    *("__future__", "ast", "bisect", "collections", "copy", "dataclasses", "difflib", "enum", "functools", "hashlib"),
    *("itertools", "json", "math", "operator", "re", "string", "textwrap", "types", "typing"),
)
"""Modules whose functions depend on their arguments alone."""
BUILTINS = frozenset({"open", "input", "print", "exec", "eval", "__import__", "breakpoint", "hash"})
"""Builtins that reach outside; the hash of a text differs from one process to the next."""


def reached(sources: Iterable[Source], roots: tuple[str, ...]) -> list[Source]:
    """Return the roots that exist and every module of farside that they import, directly or not."""
    by_name = {source.module: source for source in sources}
    found: dict[str, Source] = {}
    waiting = [by_name[root] for root in roots if root in by_name]
    while waiting:
        source = waiting.pop()
        if source.module not in found:
            found[source.module] = source
            waiting += [by_name[name] for name, _ in imports(source) if name in by_name]
    return list(found.values())


def impure(sources: Iterable[Source]) -> list[str]:
    sources = list(sources)
    pure = reached(sources, PURE)
    assert pure, "none of the pure modules exists"
    return [line for source in pure for line in impurities(source)]


def impurities(source: Source) -> Iterator[str]:
    for name, line in imports(source):
        if not within(name, (*LIBRARY, "farside")):
            yield f"{source.path}:{line}: imports {name}"
    for node in source.nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in BUILTINS:
            yield f"{source.path}:{node.lineno}: calls {node.func.id}"


def test_the_core_is_pure() -> None:
    assert impure(package()) == []


@pytest.mark.parametrize(
    "text",
    [
        "import time",
        "from datetime import datetime",
        "def f():\n    from pathlib import Path",
        "import os.path",
        "f = open('x')",
        "def f(x):\n    return hash(x)",
        "from farside.agent.clock import now",
    ],
)
def test_an_impurity_is_found(tmp_path: Path, text: str) -> None:
    files = {"farside/agent/fold.py": text, "farside/agent/clock.py": "import time\nnow = time.time"}
    assert impure(write(tmp_path, files)) != []


def test_the_shell_may_be_impure(tmp_path: Path) -> None:
    files = {"farside/agent/fold.py": "import json", "farside/agent/loop.py": "import time, sqlite3"}
    assert impure(write(tmp_path, files)) == []


def test_a_house_without_a_core_does_not_pass(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="none of the pure modules exists"):
        impure(write(tmp_path, {"farside/agent/loop.py": ""}))
