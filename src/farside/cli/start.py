"""`farside run` and `farside resume`: work on a run in the foreground."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from farside.cli.options import BaseUrl, Json, RunName

POLICIES = ("keep-latest", "hide-all", "fold", "restart")

Goal = Annotated[str, typer.Argument(metavar="GOAL", help="What is to be done, in your own words.")]
Model = Annotated[
    str | None,
    typer.Option(
        "--model",
        "-m",
        metavar="M",
        help="provider/name; see `farside models`. Default: FARSIDE_MODEL, config, local.",
    ),
]
NewModel = Annotated[
    str | None, typer.Option("--model", "-m", metavar="M", help="Go on with this model. Default: the run's own.")
]
Dir = Annotated[
    Path | None,
    typer.Option("--dir", "-d", metavar="D", help="Folder to work on, in place. Default: a new one in the run."),
]
Steps = Annotated[int, typer.Option("--max-steps", min=1, metavar="N", help="Steps at most.")]
MoreSteps = Annotated[
    int | None, typer.Option("--max-steps", min=1, metavar="N", help="New limit of steps, those done included.")
]
Tokens = Annotated[
    int | None,
    typer.Option("--max-tokens", min=1, metavar="N", help="Billed tokens of the run at most, prompts and replies."),
]
Thinking = Annotated[
    int | None,
    typer.Option(
        "--max-thinking",
        min=0,
        metavar="N",
        help="Room to think in one reply, in tokens: a request asks for at most that plus 8,192 for the answer.",
    ),
]
Dollars = Annotated[
    float | None, typer.Option("--max-usd", min=0.0, metavar="X", help="US dollars that the run may cost at most.")
]
Context = Annotated[
    str,
    typer.Option(
        "--context", metavar="POLICY", help=f"What is left out when the context fills: {', '.join(POLICIES)}."
    ),
]
Seed = Annotated[int | None, typer.Option("--seed", metavar="N", help="Sampling seed, where the model takes one.")]
Net = Annotated[bool, typer.Option("--net", help="Give the sandbox the network.")]
Corpora = Annotated[
    list[str] | None,
    typer.Option(
        "--corpus",
        metavar="[NAME=]DIR",
        help="Let the agent search this folder and open its files; may be repeated. The config file may name others.",
    ),
]
Mcp = Annotated[
    list[str] | None,
    typer.Option(
        "--mcp",
        metavar="NAME",
        help="Use this MCP server of the config file, and no other; may be repeated. Default: all; "
        "those with a url only with --net.",
    ),
]
NoMcp = Annotated[bool, typer.Option("--no-mcp", help="Use no MCP server.")]
NoSandbox = Annotated[
    bool, typer.Option("--no-sandbox", help="Accept the risk: the agent's commands run with all your rights.")
]


def run(
    goal: Goal,
    model: Model = None,
    base_url: BaseUrl = None,
    folder: Dir = None,
    max_steps: Steps = 300,
    max_tokens: Tokens = None,
    max_thinking: Thinking = None,
    max_usd: Dollars = None,
    context: Context = "keep-latest",
    seed: Seed = None,
    net: Net = False,
    corpus: Corpora = None,
    mcp: Mcp = None,
    no_mcp: NoMcp = False,
    json: Json = False,
    no_sandbox: NoSandbox = False,
) -> None:
    """Give the agent a goal and watch it work. Ctrl-C pauses; `farside resume` goes on.

    The answer goes to stdout, all else to stderr. Exit codes: 0 finished, 2 refused (nothing was started or spent),
    3 out of budget (the best answer so far is printed), 4 paused, 5 failed.
    """
    from farside.agent.events import Budget, Settings
    from farside.cli.foreground import start
    from farside.cli.reaching import corpora_of
    from farside.config import load_config
    from farside.models.catalog import absolute, default_model
    from farside.tools.mcp.choice import chosen

    config = load_config()
    settings = Settings(
        model=absolute(default_model(config) if model is None else model),
        base_url=base_url,
        workspace=str(folder.absolute()) if folder else "",
        budget=Budget(max_steps, max_tokens, max_thinking, max_usd),
        context=context,
        seed=seed,
        net=net,
        sandbox=not no_sandbox,
        corpora=corpora_of(corpus or (), config),
        mcp=chosen(config.mcp, mcp or (), net=net, none=no_mcp),
    )
    raise typer.Exit(start(goal, settings, json))


def resume(
    run: RunName,
    model: NewModel = None,
    base_url: BaseUrl = None,
    max_steps: MoreSteps = None,
    max_tokens: Tokens = None,
    max_thinking: Thinking = None,
    max_usd: Dollars = None,
    no_mcp: NoMcp = False,
    json: Json = False,
) -> None:
    """Go on with a run where it stopped.

    It may have been paused, killed, failed or out of budget. Settings are the run's own; an option
    changes one from here on. Exit codes are those of `farside run`.
    """
    from farside.agent.home import find_run
    from farside.cli.foreground import Change, carry

    change = Change(model, base_url, max_steps, max_tokens, max_thinking, max_usd, no_mcp)
    raise typer.Exit(carry(find_run(run), json, change))


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(run)
    app.command()(resume)
