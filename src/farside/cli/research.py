"""`farside research`: from a question to a report in which every sentence can be checked."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from farside.cli.run_options import RunOptions, with_run_options

Question = Annotated[str, typer.Argument(metavar="QUESTION", help="What you want to know, in your own words.")]
Depth = Annotated[
    int,
    typer.Option(
        "--depth",
        min=1,
        max=9,
        metavar="N",
        help="Rounds of search before the report; each sentence is held against passages of as many other pages.",
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        "-o",
        metavar="FILE",
        help="The report, with .html and .json (the ledger of its claims) beside it. Default: in the run's folder.",
    ),
]


@partial(with_run_options, left_out={"folder"})
def research(question: Question, options: RunOptions, depth: Depth = 2, out: Out = None) -> None:
    """Answer a question with a report of which every sentence cites lines of an archived page.

    It reads the folders of --corpus and, with --net, the web. Before it is delivered each sentence is checked:
    numbers, dates, names and quotations must stand in the lines it cites, and a judge (the same model) must find that
    these say it. What does not hold is cut or marked. The answer goes to stdout; exit codes are those of `farside
    run`.
    """
    from farside.cli.documents import Documents
    from farside.cli.foreground import start
    from farside.config import load_config
    from farside.missions.research.beginning import check_place, check_sources
    from farside.tools.toolbox import LAYERS
    from farside.tools.unconfined import Unconfined

    place = out.expanduser().absolute() if out else None
    settings = options.settings(
        "research", {"question": question, "depth": str(depth), **({"out": str(place)} if place else {})}
    )
    with Documents(LAYERS if settings.sandbox else (Unconfined(),)) as documents:
        engine = bool(load_config().web.get("searxng"))
        check_sources(question, settings.corpora, settings.net, engine, documents.text)
    if place:
        check_place(place)
    raise typer.Exit(start(question, settings, options.json))


def register(app: typer.Typer) -> None:
    """Add this group's command."""
    app.command()(research)
