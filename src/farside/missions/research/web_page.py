"""A report as one HTML page of its own: no script, nothing from elsewhere, all text escaped. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from itertools import groupby

from farside.missions.research.document import LABELS, Document, Mark, Part, Piece, Source, Statement
from farside.missions.research.markdown import anchor, places
from farside.missions.research.scripts import has_unspaced
from farside.prompts import render

TAGS = ((re.compile(r"\*\*(.+?)\*\*"), "strong"), (re.compile(r"(?<![*\w])\*([^*\s][^*]*)\*(?!\w)"), "em"))
CODE = re.compile(r"`([^`]+)`")


def web_page(document: Document) -> str:
    """Return the page."""
    body = "\n".join(
        (
            f"<h1>{_inline(document.title)}</h1>",
            *(
                []
                if document.title == document.question
                else [f'<p class="question">{escape(document.question)}</p>']
            ),
            *(f'<p class="note">{escape(note)}</p>' for note in document.notes),
            *(line for part in document.parts for line in _part(part)),
            *_unsettled(document),
            *_sources(document),
        )
    )
    language = "zh" if has_unspaced(document.title) else "en"
    return render(__package__, "page.html", title=escape(document.title), body=body, language=language)


def _part(part: Part) -> Iterator[str]:
    if part.heading:
        level = min(6, max(2, part.depth))
        yield f"<h{level}>{_inline(part.heading)}</h{level}>"
    for (tag, row), pieces in groupby(part.pieces, _wrapping):
        inside = "\n".join(f"<{row}>{_piece(piece)}</{row}>" for piece in pieces)
        yield f"<{tag}>\n{inside}\n</{tag}>" if tag else inside


def _wrapping(piece: Piece) -> tuple[str, str]:
    """Return the element around pieces of one kind, and that of each."""
    if piece.kind == "item":
        return ("ol" if piece.mark[0].isdigit() else "ul", "li")
    return ("table", "tr") if piece.kind in ("head", "row") else ("", "p")


def _piece(piece: Piece) -> str:
    if piece.kind not in ("head", "row"):
        return " ".join(map(_statement, piece.statements))
    tag, (said,) = ("th" if piece.kind == "head" else "td"), piece.statements
    *cells, last = said.text.split(" | ")
    written = [*map(_inline, cells), _statement(Statement(last, said.marks, said.status))]
    return "".join(f"<{tag}>{cell}</{tag}>" for cell in written)


def _statement(said: Statement) -> str:
    label = LABELS.get(said.status, "")
    flag = f' <span class="flag">{label}</span>' if label else ""
    text = f"{_inline(said.text)}{flag}{''.join(map(_mark, said.marks))}"
    return f'<span class="{said.status.replace(" ", "-")}">{text}</span>' if said.status != "supported" else text


def _mark(mark: Mark) -> str:
    title = escape(" ".join(mark.span.text.split())[:300])
    return f'<sup><a href="#{anchor(mark.source, mark.span)}" title="{title}">{mark.source}</a></sup>'


def _unsettled(document: Document) -> Iterator[str]:
    if not document.unsettled:
        return
    yield "<h2>What could not be settled</h2>"
    yield '<table class="unsettled"><tr><th>Question</th><th>What the sources say</th></tr>'
    for row in document.unsettled:
        sides = "".join(f"<li>{_statement(said)}</li>" for said in row.sides)
        yield f"<tr><td>{_inline(row.question)}</td><td><ul>{sides}</ul></td></tr>"
    yield "</table>"


def _sources(document: Document) -> Iterator[str]:
    if document.sources:
        yield '<h2>Sources</h2>\n<ol class="sources">'
        yield from map(_source, document.sources)
        yield "</ol>"


def _source(source: Source) -> str:
    page = source.page
    name = escape(page.name)
    if re.match(r"https?://", page.name):
        name = f'<a href="{name}" rel="noreferrer nofollow">{name}</a>'
    title = f"<cite>{escape(page.title)}</cite>, " if page.title != page.name else ""
    spans = "".join(
        f'<blockquote id="{anchor(source.number, span)}"><span class="place">{places(span)}</span>{escape(span.text)}'
        "</blockquote>"
        for span in source.spans
    )
    return f"<li>{title}{name}<br><small>read {page.read_at}, SHA-256 {page.hash}</small>{spans}</li>"


def _inline(text: str) -> str:
    """Return a text of the report with its emphasis and code as elements, and nothing else of it as HTML."""
    parts = CODE.split(text)
    return "".join(
        f"<code>{escape(part)}</code>" if at % 2 else _emphasis(escape(part)) for at, part in enumerate(parts)
    )


def _emphasis(text: str) -> str:
    for pattern, tag in TAGS:
        text = pattern.sub(rf"<{tag}>\1</{tag}>", text)
    return text
