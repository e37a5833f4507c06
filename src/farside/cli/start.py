"""`farside run` and `farside resume`: work on a run in the foreground."""

from __future__ import annotations

from typing import Annotated

import typer

from farside.cli.options import BaseUrl, Json, RunName
from farside.cli.run_options import Dollars, Minutes, NoMcp, RunOptions, Thinking, Tokens, with_run_options

Goal = Annotated[str, typer.Argument(metavar="GOAL", help="What is to be done, in your own words.")]
NewModel = Annotated[
    str | None, typer.Option("--model", "-m", metavar="M", help="Go on with this model. Default: the run's own.")
]
MoreSteps = Annotated[
    int | None, typer.Option("--max-steps", min=1, metavar="N", help="New limit of steps, those done included.")
]


@with_run_options
def run(goal: Goal, options: RunOptions) -> None:
    """Give the agent a goal and watch it work. Ctrl-C pauses; `farside resume` goes on.

    The answer goes to stdout, all else to stderr. Exit codes: 0 finished, 2 refused (nothing was started or spent),
    3 out of budget (the best answer so far is printed), 4 paused, 5 failed.
    """
    from farside.cli.foreground import start

    raise typer.Exit(start(goal, options.settings(), options.json))


def resume(
    run: RunName,
    model: NewModel = None,
    base_url: BaseUrl = None,
    max_steps: MoreSteps = None,
    max_tokens: Tokens = None,
    max_thinking: Thinking = None,
    max_usd: Dollars = None,
    max_minutes: Minutes = None,
    no_mcp: NoMcp = False,
    json: Json = False,
) -> None:
    """Go on with a run where it stopped.

    It may have been paused, killed, failed or out of budget. Settings are the run's own; an option
    changes one from here on. Of a finished mission, what it delivers is written again. Exit codes are those of
    `farside run`.
    """
    from farside.agent.home import find_run
    from farside.cli.foreground import Change, carry

    change = Change(model, base_url, max_steps, max_tokens, max_thinking, max_usd, max_minutes, no_mcp)
    raise typer.Exit(carry(find_run(run), json, change))


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(run)
    app.command()(resume)
