"""HTML into Markdown: what the page says, without menus and what a reader is not shown."""

from __future__ import annotations

import re
import sys

from justhtml import JustHTML
from justhtml.dom import Element, Node, Text

from farside.tools.inside.documents.inline import SKIPPED, flowing, is_hidden, name_of, pieces
from farside.tools.inside.documents.table import rows

DEPTH = 20_000
"""Python frames: markup of the web nests deep, and the parser allows it."""
AROUND = {"nav", "aside", "footer"}
"""What stands around the text of a page."""
CONTAINERS = {
    *("address", "article", "aside", "body", "center", "dd", "details", "div", "dl", "dt", "fieldset", "figcaption"),
    *("figure", "footer", "form", "header", "hgroup", "html", "main", "nav", "p", "search", "section", "summary"),
}
HEADINGS = {f"h{level}": level for level in range(1, 7)}
BLOCKS = {*CONTAINERS, *HEADINGS, "ul", "ol", "li", "table", "pre", "blockquote", "hr"}
SHARE = 0.4
"""Of the page's text that <main> or <article> must hold to be taken for the page."""


def markdown(data: bytes, address: str, charset: str) -> str:
    """Return what the page says, with its title first."""
    sys.setrecursionlimit(DEPTH)
    page = JustHTML(data, sanitize=False, encoding=charset or None)
    body = page.query_one("body")
    if not isinstance(body, Element):
        return ""
    text = "\n\n".join(_Writer(address).blocks(_main(body)))
    title = page.query_one("title")
    heading = flowing(title.to_text()) if title is not None else ""
    return text if not heading or re.search(r"^# ", text, re.MULTILINE) else f"# {heading}\n\n{text}"


def _main(body: Element) -> Element:
    """Return the part that holds the page's own text, or the body."""
    whole = len(body.to_text())
    for selector in ("main", "[role=main]", "article"):
        found = body.query(selector)
        if len(found) == 1 and isinstance(found[0], Element) and len(found[0].to_text()) >= SHARE * whole:
            return found[0]
    return body


class _Writer:
    """Turns elements into blocks of Markdown, each without a newline at its end."""

    def __init__(self, address: str) -> None:
        self._address = address

    def blocks(self, element: Node) -> list[str]:
        """Return the blocks of an element: text between block elements is a paragraph of its own."""
        found: list[str] = []
        run: list[Node | Text] = []
        for child in element.children or ():
            if not isinstance(child, Node | Text) or is_hidden(child):
                continue
            if self._is_block(child):
                found += [*self._paragraph(run), *self._block(child)]
                run = []
            else:
                run.append(child)
        return found + self._paragraph(run)

    def _is_block(self, node: Node | Text) -> bool:
        """Tell whether a node is a block, or an inline element that holds one (a link around a heading)."""
        if not isinstance(node, Element):
            return False
        return name_of(node) in BLOCKS or any(self._is_block(child) for child in node.children or ())

    def _paragraph(self, run: list[Node | Text]) -> list[str]:
        text = pieces(run, self._address)
        return [text] if text else []

    def _block(self, node: Node | Text) -> list[str]:
        name = name_of(node)
        if name in AROUND or name in SKIPPED or not isinstance(node, Element):
            return []
        if name in HEADINGS:
            text = " ".join(pieces(node.children or (), self._address).split())
            return [f"{'#' * HEADINGS[name]} {text}"] if text else []
        if name in ("ul", "ol"):
            return self._list(node, numbered=name == "ol")
        if name == "pre":
            code = node.to_text(separator="", strip=False).strip("\n")
            return [f"```\n{code}\n```"] if code.strip() else []
        if name == "blockquote":
            return ["\n".join(f"> {line}".rstrip() for line in "\n\n".join(self.blocks(node)).split("\n"))]
        if name == "table":
            return rows(node, self._address)
        return ["---"] if name == "hr" else self.blocks(node)

    def _list(self, node: Element, numbered: bool) -> list[str]:
        items: list[str] = []
        for child in node.children or ():
            blocks = self.blocks(child) if isinstance(child, Element) and not is_hidden(child) else []
            if blocks:
                mark = f"{len(items) + 1}." if numbered else "-"
                items.append(f"{mark} " + "\n".join(blocks).replace("\n", "\n" + " " * (len(mark) + 1)))
        return ["\n".join(items)] if items else []
