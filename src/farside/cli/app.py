"""The commands together, and the one place where an error becomes a sentence, a next step and an exit code."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from copy import copy
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command_name
from typer.models import CommandInfo

from farside.cli import code, forks, k2, models, replay, research, runs, solve, start, talk, write
from farside.cli.ending import BROKEN, REFUSED
from farside.cli.interruption import Stopped
from farside.cli.plain_text import safe
from farside.cli.readers import guarded
from farside.errors import FarsideError

EXIT_CODES = """\b
Exit codes: 0 finished · 2 refused: nothing was started or spent · 3 out of budget · 4 paused · 5 failed
RUN is a run's id, the beginning or end of one, or `last`.
"""


class Commands(TyperGroup):
    """Gives Ctrl-C an exit code and a sentence of ours, before the library gives its own."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was typed."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as error:
            raise Stopped("Stopped; nothing was started.") from error


app = typer.Typer(
    name="farside",
    cls=Commands,
    help="An agent that stays on one goal through 300 tool calls, and goes on after any interruption.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
for group in (start, code, research, solve, write, runs, replay, forks, talk, models, k2):
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
    with guarded() as out:
        code = _code_of(arguments)
        out.flush()
        if out.trouble and not isinstance(out.trouble, BrokenPipeError):
            print(f"farside: not all could be printed ({out.trouble.strerror}).", file=sys.stderr)
            code = code or BROKEN
    sys.exit(code)


def narrowed(words: Sequence[str]) -> typer.Typer:
    """Return the app with the command that was typed alone: to build the others takes longer than to import them."""
    typed = [info for info in app.registered_commands if [_name(info)] == list(words[:1])]
    if not typed:
        return app
    narrow = copy(app)
    narrow.registered_commands, narrow.registered_groups = typed, []
    return narrow


def _name(info: CommandInfo) -> str:
    return info.name or get_command_name(getattr(info.callback, "__name__", ""))


def _code_of(arguments: Sequence[str] | None) -> int:
    """Run the command and return its exit code; what went wrong is told."""
    try:
        narrowed(sys.argv[1:] if arguments is None else arguments)(args=arguments)
    except FarsideError as error:
        print(f"farside: {safe(str(error))}", file=sys.stderr)
        if error.next_step:
            print(f"  {safe(error.next_step)}", file=sys.stderr)
        return int(getattr(error, "exit_code", REFUSED))
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 0
    except Exception:  # noqa: BLE001 - whatever it is, it is told at length, with an exit code of its own
        print(f"farside: unexpected.\n{safe(traceback.format_exc())}", file=sys.stderr, end="")
        return BROKEN
    return 0
