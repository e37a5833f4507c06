"""The options of a run, for every command that begins one: declared once, taken by `with_run_options`."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from farside.cli.options import BaseUrl, Json

if TYPE_CHECKING:
    from farside.agent.events import Settings

POLICIES = ("keep-latest", "hide-all", "fold", "restart")

Model = Annotated[
    str | None,
    typer.Option(
        "--model",
        "-m",
        metavar="M",
        help="provider/name; see `farside models`. Default: FARSIDE_MODEL, config, local.",
    ),
]
Dir = Annotated[
    Path | None,
    typer.Option("--dir", "-d", metavar="D", help="Folder to work on, in place. Default: a new one in the run."),
]
Steps = Annotated[int, typer.Option("--max-steps", min=1, metavar="N", help="Steps at most.")]
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
Minutes = Annotated[
    float | None,
    typer.Option(
        "--max-minutes",
        min=0.0,
        metavar="X",
        help="Minutes that requests and calls may take in all. Pauses do not count; a call under way is not cut off.",
    ),
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


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What was typed; the fields are the options, with their help and defaults."""

    model: Model = None
    base_url: BaseUrl = None
    folder: Dir = None
    max_steps: Steps = 300
    max_tokens: Tokens = None
    max_thinking: Thinking = None
    max_usd: Dollars = None
    max_minutes: Minutes = None
    context: Context = "keep-latest"
    seed: Seed = None
    net: Net = False
    corpus: Corpora = None
    mcp: Mcp = None
    no_mcp: NoMcp = False
    json: Json = False
    no_sandbox: NoSandbox = False

    def settings(self, mission: str = "general", options: Mapping[str, str] | None = None) -> Settings:
        """Return the settings of a run of a mission, whose own `options` are journaled with them.

        Raises:
            FarsideError: the config file is wrong, or a corpus or MCP server that was named cannot be used.
        """
        from farside.agent.events import Budget, Settings
        from farside.cli.reaching import corpora_of
        from farside.config import load_config
        from farside.models.catalog import absolute, default_model
        from farside.tools.mcp.choice import chosen

        config = load_config()
        return Settings(
            model=absolute(default_model(config) if self.model is None else self.model),
            base_url=self.base_url,
            workspace=str(self.folder.absolute()) if self.folder else "",
            budget=Budget(self.max_steps, self.max_tokens, self.max_thinking, self.max_usd, self.max_minutes),
            context=self.context,
            seed=self.seed,
            net=self.net,
            sandbox=not self.no_sandbox,
            mission=mission,
            corpora=corpora_of(self.corpus or (), config),
            mcp=chosen(config.mcp, self.mcp or (), net=self.net, none=self.no_mcp),
            options=tuple((options or {}).items()),
        )


def with_run_options(command: Callable[..., None], left_out: Collection[str] = ()) -> Callable[..., None]:
    """Return a command for typer that has the options of a run behind its own, and is given them as `options`.

    `command` has a parameter `options: RunOptions`, after its own. `left_out` names fields of RunOptions that mean
    nothing to it.
    """
    hints = get_type_hints(command, include_extras=True) | get_type_hints(RunOptions, include_extras=True)
    own = [
        each.replace(annotation=hints[each.name])
        for each in inspect.signature(command).parameters.values()
        if each.name != "options"
    ]
    shared = [
        inspect.Parameter(
            each.name, inspect.Parameter.KEYWORD_ONLY, default=each.default, annotation=hints[each.name]
        )
        for each in fields(RunOptions)
        if each.name not in left_out
    ]

    @wraps(command)
    def taking(**given: Any) -> None:
        options = RunOptions(**{each.name: given.pop(each.name) for each in shared})
        command(**given, options=options)

    taking.__signature__ = inspect.Signature([*own, *shared])  # type: ignore[attr-defined]
    taking.__annotations__ = {each.name: each.annotation for each in (*own, *shared)}
    return taking
