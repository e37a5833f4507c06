"""The commands in which a model works on a book."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from farside.cli.run_options import RunOptions
from farside.cli.write.book_option import BookFolder, ChapterNumber, with_book_options

About = Annotated[str, typer.Argument(metavar="[ABOUT]", help="What the ideas are wanted for.")]
Plot = Annotated[str, typer.Argument(metavar="[WISH]", help="Where the book is to go.")]
Words = Annotated[str, typer.Argument(metavar="WORDS", help="What is wrong, in your own words.")]
Next = Annotated[
    int, typer.Argument(metavar="[CHAPTER]", min=0, help="Number of the chapter. Default: the next one.")
]
Wish = Annotated[str, typer.Argument(metavar="[WISH]", help="What matters to you in it.")]
Request = Annotated[str, typer.Argument(metavar="REQUEST", help="What is to change.")]
Paragraphs = Annotated[
    str,
    typer.Option(
        "--paragraphs", metavar="N-M", help="The only paragraphs that may change. Default: a third at most."
    ),
]
AtMost = Annotated[
    float,
    typer.Option("--at-most", min=0.1, max=100.0, metavar="PERCENT", help="Share of the words that may change."),
]


@with_book_options
def brainstorm(options: RunOptions, about: About = "", book: BookFolder = Path()) -> None:
    """Have ideas about the book.

    There are several, and one of them is chosen. They are kept in notes/; the book stays as it is.
    """
    from farside.cli.write.working import work

    raise typer.Exit(work("brainstorm", book, options, request=about))


@with_book_options
def outline(options: RunOptions, wish: Plot = "", book: BookFolder = Path()) -> None:
    """Outline the next chapters of a long book.

    Twelve at most, behind those that outline.md has, with their seeds. `chapters` in book.md says how many there are.
    """
    from farside.cli.write.working import work

    raise typer.Exit(work("outline", book, options, request=wish))


@with_book_options
def criticise(options: RunOptions, words: Words, book: BookFolder = Path()) -> None:
    """Start over from the premise, and mend the logic.

    For example "this setting is silly, start over".
    The causal chain becomes another one; bible, outline and ledger follow. Chapters that are written are not touched:
    what in them no longer holds is told.
    """
    from farside.cli.write.working import work

    raise typer.Exit(work("criticise", book, options, request=words))


@with_book_options
def draft(options: RunOptions, chapter: Next = 0, wish: Wish = "", book: BookFolder = Path()) -> None:
    """Write a chapter, step by step.

    A plan of the scenes, several openings, a choice, the draft, a read-through, its facts.
    """
    from farside.cli.write.working import work

    raise typer.Exit(work("draft", book, options, chapter=chapter, request=wish))


@with_book_options
def revise(
    options: RunOptions,
    chapter: ChapterNumber,
    request: Request,
    book: BookFolder = Path(),
    paragraphs: Paragraphs = "",
    at_most: AtMost = 10.0,
) -> None:
    """Change a chapter, as little as is asked.

    What changed is shown; a revision that rewrites more is refused.
    """
    from farside.cli.write.working import work

    raise typer.Exit(
        work("revise", book, options, chapter=chapter, request=request, paragraphs=paragraphs, at_most=at_most)
    )


@with_book_options
def facts(options: RunOptions, chapter: ChapterNumber, book: BookFolder = Path()) -> None:
    """Draw the facts of a chapter from its text.

    Each has a quotation, to the letter; then they are checked against the bible.
    """
    from farside.cli.write.working import work

    raise typer.Exit(work("facts", book, options, chapter=chapter))


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    for command in (brainstorm, outline, criticise, draft, revise, facts):
        app.command()(command)
