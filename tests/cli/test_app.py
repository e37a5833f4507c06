from __future__ import annotations

import pytest
import typer

from farside.cli.app import app, narrowed


@pytest.mark.parametrize("words", [["resume", "last", "--json"], ["run", "show"], ["show"]])
def test_a_command_that_is_typed_is_built_alone(words: list[str]) -> None:
    assert list(getattr(typer.main.get_command(narrowed(words)), "commands", {})) == words[:1]


@pytest.mark.parametrize("words", [[], ["--help"], ["resum"], ["k2", "plan"]])
def test_all_are_built_where_none_of_them_is_typed_first(words: list[str]) -> None:
    assert narrowed(words) is app
