"""Every command says what it does, and every option and argument has help."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.house.sources import Function, Source, functions, package, write

PLAIN = frozenset({"str", "int", "float", "bool", "Path", "list"})


def unexplained(sources: Iterable[Source]) -> list[str]:
    return [
        f"{source.path}:{line}: {what}"
        for source in sources
        if source.room == "cli"
        for line, what in [*silent_parameters(source), *silent_commands(source)]
    ]


def silent_parameters(source: Source) -> Iterator[tuple[int, str]]:
    """Yield each typer.Option and typer.Argument without help."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("typer.Option", "typer.Argument"):
            given = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
            if given.get("help", "''") in ("''", "None") and given.get("hidden") != "True":
                yield node.lineno, f"{ast.unparse(node)} has no help"


def silent_commands(source: Source) -> Iterator[tuple[int, str]]:
    """Yield each command without a docstring, and each of its parameters that is declared by its type alone."""
    for function in filter(is_command, functions(source)):
        if not ast.get_docstring(function):
            yield function.lineno, f"{function.name} has no docstring"
        for parameter in (*function.args.args, *function.args.kwonlyargs):
            names = {
                node.id for node in ast.walk(parameter.annotation or ast.Name("str")) if isinstance(node, ast.Name)
            }
            if names & PLAIN and "Annotated" not in names:
                yield parameter.lineno, f"{function.name}: {parameter.arg} has no help"


def is_command(function: Function) -> bool:
    return any(".command" in ast.unparse(decorator) for decorator in function.decorator_list)


def test_the_command_line_explains_itself() -> None:
    assert unexplained(package()) == []


@pytest.mark.parametrize(
    "text",
    [
        "Steps = Annotated[int, typer.Option('--max-steps')]",
        "Steps = Annotated[int, typer.Option(help='')]",
        "@app.command()\ndef run(goal: Goal) -> None:\n    pass",
        '@app.command()\ndef run(goal: str) -> None:\n    """Run."""',
        '@app.command()\ndef run(net: bool | None = None) -> None:\n    """Run."""',
    ],
)
def test_what_is_not_explained_is_found(tmp_path: Path, text: str) -> None:
    assert len(unexplained(write(tmp_path, {"farside/cli/run.py": text}))) == 1


def test_what_is_explained_is_let_through(tmp_path: Path) -> None:
    text = (
        "Goal = Annotated[str, typer.Argument(help='What to do.')]\n"
        "@app.command()\n"
        "def run(context: typer.Context, goal: Goal, steps: Annotated[int, typer.Option(help='Most.')]) -> None:\n"
        '    """Run."""\n'
    )
    assert unexplained(write(tmp_path, {"farside/cli/run.py": text})) == []
