"""A derivation as a notebook: Markdown with fenced cells and outputs, and the same for Jupyter. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from farside.missions.solve.cells import Cell

MOST = 20_000
"""Characters of one output that a notebook shows."""
TITLE = 80
FILES = ("edit_file", "list_files", "read_file", "replace_lines", "write_file")
CALLED = re.compile(rf"(?<![\w.])({'|'.join((*FILES, 'shell'))})\(")
SHELL = """from farside.tools.inside.job import run_shell, shell_text


def shell(command, timeout=120):
    return shell_text(run_shell(command, timeout, 2**23, set()), timeout)"""
GIVEN = "Functions that cells below use, and that farside's session has:"


@dataclass(frozen=True, slots=True)
class Notebook:
    """What it holds."""

    problem: str
    answer: str
    unfinished: str
    """Why the run did not come to its end; "" when it did."""
    cells: tuple[Cell, ...]
    origins: tuple[tuple[str, str, str, str], ...]
    """A row for each number of the answer: the number, what made it, whether it came again, what else gives it."""


def as_markdown(notebook: Notebook) -> str:
    """Return it as Markdown. Each `python` fence is a cell, the `text` fence behind it what it printed."""
    parts = [*_head(notebook), "## Calculation"]
    if given := session_functions(notebook):
        parts += [GIVEN, _fenced(given, "python")]
    for cell in notebook.cells:
        parts += _told(cell)
        parts += [_fenced(cell.code, "python"), _fenced(_shown(cell.output), "text")]
    return "\n\n".join(parts) + "\n"


def as_jupyter(notebook: Notebook) -> str:
    """Return it as JSON in Jupyter's format 4.5. The problem, the answer and the table are one cell of text."""
    told = [_text("head", "\n\n".join(_head(notebook)))]
    if given := session_functions(notebook):
        given_cell = _code(Cell(0, "", "", given, "", True)) | {"execution_count": None, "outputs": []}
        told += [_text("told-0", GIVEN), given_cell]
    for cell in notebook.cells:
        told.append(_text(f"told-{cell.number}", "\n\n".join(_told(cell))))
        told.append(_code(cell))
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    whole = {"cells": told, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def session_functions(notebook: Notebook) -> str:
    """Return the code that makes the functions of farside's session that the cells use; "" where they use none."""
    used = {name for cell in notebook.cells for name in CALLED.findall(cell.code)}
    files = ", ".join(sorted(used & set(FILES)))
    imports = [f"from farside.tools.inside.files import {files}"] if files else []
    return "\n".join([*imports, *([SHELL] if "shell" in used else [])])


def _head(notebook: Notebook) -> Iterator[str]:
    first = " ".join(notebook.problem.split())
    yield f"# {first if len(first) <= TITLE else first[:TITLE].rpartition(' ')[0] + ' …'}"
    if first != notebook.problem or len(first) > TITLE:
        yield notebook.problem
    if notebook.unfinished:
        yield f"**Partial, and not confirmed:** {notebook.unfinished}."
    yield f"## Answer\n\n{notebook.answer or 'There is none yet.'}"
    if notebook.origins:
        rows = "\n".join(f"| {' | '.join(row)} |" for row in notebook.origins)
        head = "| number | made by | same in a fresh session | also given by |\n|---|---|---|---|"
        yield f"## Where the numbers come from\n\n{head}\n{rows}"
    yield "The cells run in this order in one Python session, in the folder that the problem names, or an empty one."


def _told(cell: Cell) -> list[str]:
    fails = [] if cell.ok else ["This cell ends with an error, and what it made before that is used below."]
    return [f"### Cell {cell.number}", *([cell.thought] if cell.thought else []), *fails]


def _shown(output: str) -> str:
    return output if len(output) <= MOST else f"{output[:MOST]}\n[{len(output) - MOST:,} more characters]"


def _fenced(text: str, label: str) -> str:
    """Return a fence that nothing in the text closes."""
    ticks = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{ticks}{label}\n{text}\n{ticks}"


def _text(name: str, text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": text}


def _code(cell: Cell) -> dict[str, Any]:
    printed = {"output_type": "stream", "name": "stdout", "text": f"{_shown(cell.output)}\n"}
    return {
        "cell_type": "code",
        "id": f"cell-{cell.number}",
        "execution_count": cell.number,
        "metadata": {} if cell.ok else {"tags": ["raises-exception"]},
        "source": cell.code,
        "outputs": [printed],
    }
