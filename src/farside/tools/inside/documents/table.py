"""Tables: one line a row, so that a row can be found and cited."""

from __future__ import annotations

from typing import Any

from justhtml.dom import Element

from farside.tools.inside.documents.inline import is_hidden, name_of, pieces


def rows(table: Element, address: str) -> list[str]:
    """Return a table as one block of Markdown; a table within a cell is part of the cell's text."""
    lines = [cells for row in _rows(table) if any(cells := [_cell(cell, address) for cell in _cells(row)])]
    if not lines:
        return []
    width = max(map(len, lines))
    rule = ["---"] * width
    padded = [cells + [""] * (width - len(cells)) for cells in lines]
    return ["\n".join(f"| {' | '.join(cells)} |" for cells in (padded[0], rule, *padded[1:]))]


def _rows(element: Any) -> list[Any]:
    found = []
    for child in element.children or ():
        if name_of(child) == "tr":
            found.append(child)
        elif name_of(child) in ("thead", "tbody", "tfoot"):
            found += _rows(child)
    return found


def _cells(row: Any) -> list[Any]:
    return [cell for cell in row.children or () if name_of(cell) in ("td", "th") and not is_hidden(cell)]


def _cell(cell: Any, address: str) -> str:
    text = pieces(cell.children or (), address)
    return " ".join(text.split()).replace("|", "\\|")
