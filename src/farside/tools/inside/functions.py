"""The other tools as functions of the Python session.

They are builtins there: a variable of the user's that has such a name hides the function, and `del` brings it back.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterable
from typing import Any

from farside.tools.frames import LENT, Frame
from farside.tools.inside import pages
from farside.tools.inside.files import (
    ToolError,
    edit_file,
    list_files,
    read_file,
    replace_lines,
    write_file,
)
from farside.tools.inside.job import alive, run_shell, shell_text

Ask = Callable[[str, dict[str, Any]], Frame]
NAMES = ("shell", "read_file", "write_file", "edit_file", "replace_lines", "list_files", "recall", "update_plan")


def install(ask: Ask, output_limit: int, namespace: dict[str, Any], lent: dict[str, list[str]]) -> None:
    """Make the tools builtins; `ask` brings a question to the host and returns its answer.

    `namespace` holds the variables of the session. `lent` names tools that work outside, with their parameters.
    """

    def shell(command: str, timeout: float = 120) -> str:
        """Run a shell command and return its output, stderr with it; a last line names an exit code that is not 0."""
        return shell_text(run_shell(command, timeout, output_limit, alive()), timeout)

    def recall(handle: str, start: int = 0, pattern: str = "") -> str:
        """Return a page of the whole text of an earlier output, or its lines that match a regular expression."""
        return pages.recall(_answer(ask("recall", {"handle": handle})), start, pattern)

    def update_plan(plan: list[dict[str, Any]], acceptance: list[dict[str, Any]] | None = None) -> str:
        """Replace the plan; add acceptance items or flip their `passes`."""
        return _answer(ask("update_plan", {"plan": plan, "acceptance": acceptance}))

    def survey(goal: str, seconds: float) -> None:
        """Print what the folder holds; values that many alike files hold are read into the variable `rows`."""
        from farside.tools.inside.survey import survey  # only a mission calls it: each start would pay for it

        survey(goal, seconds, ask, namespace)

    builtins.survey = survey  # type: ignore[attr-defined]
    for function in (shell, recall, update_plan, read_file, write_file, edit_file, replace_lines, list_files):
        setattr(builtins, function.__name__, function)
    for name, parameters in lent.items():
        setattr(builtins, name, _outside(ask, name, parameters))
    builtins.input = _no_input


def _outside(ask: Ask, name: str, parameters: list[str]) -> Callable[..., str]:
    """Return the function that calls a tool which works outside of the sandbox."""

    def call(*values: Any, **named: Any) -> str:
        if len(values) > len(parameters):
            raise TypeError(f"{name}() takes at most {len(parameters)} arguments: {', '.join(parameters)}")
        arguments = {**dict(zip(parameters, values, strict=False)), **named}
        return _answer(ask(LENT, {"name": name, "arguments": arguments}))

    call.__name__ = call.__qualname__ = name
    call.__doc__ = f"{name}({', '.join(parameters)}): a tool that works outside of the sandbox."
    return call


def _answer(frame: Frame) -> str:
    text = frame.blobs[0].decode(errors="replace")
    if not frame.body["ok"]:
        raise ToolError(text)
    return text


def _no_input(prompt: object = "") -> str:
    raise EOFError("input() does not work here: nobody can answer. Put the value into the code.")


def hidden(namespace: dict[str, Any], lent: Iterable[str]) -> list[str]:
    """Return the tools that variables of the user's hide."""
    return [name for name in (*NAMES, *lent) if name in namespace]
