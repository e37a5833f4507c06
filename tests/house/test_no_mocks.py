"""Tests drive behaviour from outside: our own code is never replaced by a stand-in."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.house.sources import Source, imports, suite, within, write


def stand_ins(sources: Iterable[Source]) -> list[str]:
    return [f"{source.path}:{line}: {what}" for source in sources for line, what in replaced(source)]


def replaced(source: Source) -> Iterator[tuple[int, str]]:
    for name, line in imports(source):
        if within(name, ("unittest.mock", "mock", "pytest_mock")):
            yield line, name
    for node in source.nodes:
        if isinstance(node, ast.Attribute) and node.attr in ("setattr", "delattr", "setitem", "delitem"):
            yield node.lineno, f".{node.attr}"
        if isinstance(node, ast.arg) and node.arg == "mocker":
            yield node.lineno, "mocker"


def test_no_test_uses_a_stand_in() -> None:
    assert stand_ins(suite()) == []


@pytest.mark.parametrize(
    "text",
    [
        "from unittest.mock import patch",
        "from unittest import mock",
        "import unittest.mock as m",
        "def test(monkeypatch):\n    monkeypatch.setattr('farside.agent.loop.run', print)",
        "def test(mocker): pass",
    ],
)
def test_a_stand_in_is_found(tmp_path: Path, text: str) -> None:
    assert stand_ins(write(tmp_path, {"test_a.py": text})) != []


def test_the_environment_may_be_set(tmp_path: Path) -> None:
    text = "def test(monkeypatch):\n    monkeypatch.setenv('FARSIDE_HOME', '/tmp/x')\n    monkeypatch.chdir('/')"
    assert stand_ins(write(tmp_path, {"test_a.py": text})) == []
