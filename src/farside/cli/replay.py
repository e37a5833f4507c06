"""`farside replay`: a recorded run through another context policy."""

from __future__ import annotations

from typing import Annotated

import typer

from farside.cli.options import RunName
from farside.cli.run_options import POLICIES

Contexts = Annotated[
    list[str] | None,
    typer.Option("--context", metavar="POLICY", help=f"One of {', '.join(POLICIES)}; may be repeated. Default: all."),
]
Prices = Annotated[
    str | None,
    typer.Option(
        "--model", "-m", metavar="M", help="Count with this model's window and prices. Default: the run's own."
    ),
]


def replay(run: RunName, context: Contexts = None, model: Prices = None) -> None:
    """Work out what a recorded run would have cost under another context policy.

    Nothing is asked and nothing is spent. For each policy: the tokens of all prompts, the share that a prefix cache
    would have held, the cost, and which facts that a later call or the answer used would have been hidden by then.
    """
    from farside.agent.home import find_run
    from farside.cli.replaying import print_replay

    print_replay(find_run(run), context or list(POLICIES), model)


def register(app: typer.Typer) -> None:
    """Add this group's command."""
    app.command()(replay)
