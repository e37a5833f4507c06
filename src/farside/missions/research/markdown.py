"""A report in Markdown, with numbered sources and the lines that are cited below it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from farside.missions.research.document import LABELS, Document, Mark, Part, Piece, Source, Statement
from farside.missions.research.spans import Span

SHOWN = 300
"""Characters of a span that the list of sources shows; the ledger has all of it."""


def markdown(document: Document) -> str:
    """Return the whole text. What comes from pages is escaped, and of the report all that is HTML."""
    blocks = [
        f"# {_inline(document.title)}",
        *([] if document.title == document.question else [f"Question: {_inline(document.question)}"]),
        *(f"> {note}" for note in document.notes),
        *(block for part in document.parts for block in _part(part)),
        *_unsettled(document),
        *_sources(document),
    ]
    return "\n\n".join(blocks) + "\n"


def _part(part: Part) -> Iterator[str]:
    if part.heading:
        yield f"{'#' * max(2, part.depth)} {_inline(part.heading)}"
    held: list[str] = []
    before = None
    for piece in part.pieces:
        together = before is not None and before == _family(piece) != "paragraph"
        if held and not together:
            yield "\n".join(held)
            held = []
        held += _lines(piece)
        before = _family(piece)
    yield "\n".join(held)


def _family(piece: Piece) -> str:
    return "table" if piece.kind in ("head", "row") else piece.kind


def _lines(piece: Piece) -> list[str]:
    text = " ".join(map(_statement, piece.statements))
    if piece.kind == "head":
        return [f"| {text} |", "|" + " --- |" * len(text.split(" | "))]
    if piece.kind == "row":
        return [f"| {text} |"]
    return [f"{piece.mark} {text}" if piece.kind == "item" else text]


def _statement(said: Statement) -> str:
    marks = "".join(map(_mark, said.marks))
    label = f" *[{LABELS[said.status]}]*" if said.status in LABELS else ""
    return f"{_inline(said.text)}{label}{f' {marks}' if marks else ''}"


def _mark(mark: Mark) -> str:
    return f"[\\[{mark.source}\\]](#{anchor(mark.source, mark.span)})"


def _unsettled(document: Document) -> Iterator[str]:
    if document.unsettled:
        yield "## What could not be settled"
        rows = (
            f"| {_cell(_inline(row.question))} | {'<br>'.join(_cell(_statement(said)) for said in row.sides)} |"
            for row in document.unsettled
        )
        yield "\n".join(["| Question | What the sources say |", "| --- | --- |", *rows])


def _sources(document: Document) -> Iterator[str]:
    if document.sources:
        yield "## Sources"
        yield "\n".join(line for source in document.sources for line in _source(source))


def _source(source: Source) -> Iterator[str]:
    page = source.page
    name = "" if page.title == page.name else f"**{escaped(page.title)}**, "
    yield f"{source.number}. {name}{escaped(page.name)}, read {page.read_at}, SHA-256 `{page.hash}`"
    for span in source.spans:
        text = " ".join(span.text.split())
        shown = f"{text[:SHOWN]}\u2026" if len(text) > SHOWN else text
        yield f'   - <a id="{anchor(source.number, span)}"></a>{places(span)}: {escaped(shown)}'


def anchor(source: int, span: Span) -> str:
    """Return the name of the place in the list of sources where a span stands."""
    return f"s{source}-{span.first}-{span.last}"


def places(span: Span) -> str:
    """Return the lines of a span, in words."""
    return f"lines {span.first} to {span.last}" if span.last > span.first else f"line {span.first}"


def escaped(text: str) -> str:
    """Return a text of which nothing is Markdown or HTML."""
    plain = re.sub(r"([\\`*_{}\[\]()#+!|~-])", r"\\\1", text)
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _inline(text: str) -> str:
    """Return a text of the report: emphasis and code stay, HTML and pictures do not."""
    return re.sub(r"&(?=#?\w+;)", "&amp;", text).replace("<", "&lt;").replace("![", "!\\[")


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
