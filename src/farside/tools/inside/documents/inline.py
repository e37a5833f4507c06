"""What flows in a line: text, links, code and pictures with a description."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urljoin

from justhtml.dom import Element

SKIPPED = {
    *("script", "style", "noscript", "template", "svg", "iframe", "object", "canvas", "head", "button", "select"),
    *("textarea", "input", "datalist", "dialog", "audio", "video", "map"),
}
BREAK = "\x1e"
"""Stands for <br> until white space has been brought together."""


def name_of(node: Any) -> str:
    """Return the tag of an element, "#text" of a text."""
    return str(node.name).lower()


def is_hidden(node: Any) -> bool:
    """Tell whether a reader in front of a browser is not shown it: what hides may be meant for the model alone."""
    if not isinstance(node, Element):
        return name_of(node) in ("#comment", "!doctype")
    attributes = node.attrs or {}
    style = (attributes.get("style") or "").replace(" ", "").lower()
    unseen = "display:none" in style or "visibility:hidden" in style or attributes.get("aria-hidden") == "true"
    return name_of(node) in SKIPPED or "hidden" in attributes or unseen


def flowing(text: str) -> str:
    """Return a text with each stretch of white space as one space, and breaks as new lines."""
    lines = (" ".join(line.split()) for line in text.split(BREAK))
    return "\n".join(lines).strip("\n")


def pieces(nodes: Iterable[Any], address: str) -> str:
    """Return inline nodes as one piece of Markdown."""
    return flowing("".join(_inline(node, address) for node in nodes))


def _inline(node: Any, address: str) -> str:
    name = name_of(node)
    if name == "#text":
        return str(node.data or "").replace(BREAK, " ")
    if is_hidden(node):
        return ""
    if name == "br":
        return BREAK
    if name == "img":
        alternative = flowing((node.attrs or {}).get("alt") or "")
        return f"![{alternative}]" if alternative else ""
    if name == "code":
        code = node.to_text(separator="", strip=False)
        return f"`{code}`" if code.strip() else ""
    text = "".join(_inline(child, address) for child in node.children or ())
    return _link(text, (node.attrs or {}).get("href") or "", address) if name == "a" else text


def _link(text: str, target: str, address: str) -> str:
    """Return a link whose address is whole, so that it can be opened; one within the page is only its text."""
    if not text.strip() or not target or target.startswith(("#", "javascript:", "data:")):
        return text
    try:
        return f"[{flowing(text)}]({urljoin(address, target.strip())})"
    except ValueError:  # not an address at all
        return text
