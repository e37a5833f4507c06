"""Names name a concept, and nothing is left half done."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.house.sources import Function, Source, benchmarks, functions, package, suite, write

DUMPING_GROUNDS = frozenset(
    {"util", "utils", "helper", "helpers", "common", "manager", "managers", "misc", "shared", "stuff"}
)
MARKS = re.compile("|".join(rf"\b{word}\b" for word in ("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK")))
UNWRITTEN = "NotImplemented" + "Error"


def dumping_grounds(sources: Iterable[Source]) -> list[str]:
    """Return modules with a name such as `utils` or `http_utils`, folders included."""
    return [s.module for s in sources if DUMPING_GROUNDS & set(re.split(r"[._]", s.module))]


def left_undone(sources: Iterable[Source]) -> list[str]:
    return [f"{source.path}:{line}: {what}" for source in sources for line, what in undone(source)]


def undone(source: Source) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(source.text.splitlines(), 1):
        if found := MARKS.search(line):
            yield number, found.group()
    for node in source.nodes:
        if isinstance(node, ast.Name) and node.id == UNWRITTEN:
            yield node.lineno, UNWRITTEN
    methods = set(seam_methods(source))
    for function in functions(source):
        if is_empty(function) and function not in methods and not is_overload(function):
            yield function.lineno, f"{function.name} has no body"


def is_empty(function: Function) -> bool:
    """Say whether there is nothing but `...` below the docstring; `pass` is a decision to do nothing."""
    last = function.body[-1]
    return isinstance(last, ast.Expr) and isinstance(last.value, ast.Constant) and last.value.value is ...


def is_overload(function: Function) -> bool:
    return any("overload" in ast.unparse(decorator) for decorator in function.decorator_list)


def seam_methods(source: Source) -> Iterator[ast.stmt]:
    """Yield what stands in a Protocol: a body is not expected there."""
    for node in source.nodes:
        if isinstance(node, ast.ClassDef) and any("Protocol" in ast.unparse(base) for base in node.bases):
            yield from node.body


def test_no_file_is_a_dumping_ground() -> None:
    assert dumping_grounds((*package(), *suite(), *benchmarks())) == []


def test_nothing_is_left_undone() -> None:
    assert left_undone((*package(), *suite(), *benchmarks())) == []


@pytest.mark.parametrize("name", ["utils.py", "http_helpers.py", "common/a.py", "run_manager.py"])
def test_a_dumping_ground_is_found(tmp_path: Path, name: str) -> None:
    assert len(dumping_grounds(write(tmp_path, {name: "", "fold.py": "", "communes.py": ""}))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "x = 1  # TO" + "DO: more",
        f"def f():\n    raise {UNWRITTEN}",
        "def f() -> int:\n    ...",
        'class A:\n    def f(self) -> int:\n        """Say."""\n        ...',
    ],
)
def test_what_is_left_undone_is_found(tmp_path: Path, text: str) -> None:
    assert len(left_undone(write(tmp_path, {"a.py": text}))) == 1


def test_a_seam_needs_no_body(tmp_path: Path) -> None:
    text = "class A(Protocol):\n    def f(self) -> int: ...\n\n@overload\ndef g(x: int) -> int: ...\n"
    assert left_undone(write(tmp_path, {"a.py": text})) == []
