"""The commands together, and the one place where an error becomes a sentence, a next step and an exit code."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated, TextIO

import typer

from farside.cli import models, runs, start, talk
from farside.errors import FarsideError

EXIT_CODES = """\b
Exit codes: 0 finished · 2 refused: nothing was started or spent · 3 out of budget · 4 paused · 5 failed
RUN is a run's id, the beginning or end of one, or `last`.
"""

app = typer.Typer(
    name="farside",
    help="An agent that stays on one goal through 300 tool calls, and goes on after any interruption.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
for group in (start, runs, talk, models):
    group.register(app)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"farside {version('farside')}")
        raise typer.Exit


@app.callback()
def farside(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Give an agent a goal, watch it work, and check what it did."""


def run(arguments: Sequence[str] | None = None) -> None:
    """Run the command that `arguments` (default: those of the process) name, and exit."""
    for stream in (sys.stdout, sys.stderr):
        _print_anything(stream)
    try:
        app(args=arguments)
    except FarsideError as error:
        print(f"farside: {error}", file=sys.stderr)
        if error.next_step:
            print(f"  {error.next_step}", file=sys.stderr)
        sys.exit(getattr(error, "exit_code", 2))


def _print_anything(stream: TextIO) -> None:
    """A character that the terminal's encoding lacks must not end a run."""
    if reconfigure := getattr(stream, "reconfigure", None):
        reconfigure(errors="backslashreplace")
