"""HTML and PDF into Markdown. Runs inside a sandbox alone: what is parsed here may be made to break its parser."""

from __future__ import annotations

from importlib import import_module

from farside.tools.inside.documents.wrap import wrapped
from farside.tools.inside.files import ToolError

PARSERS = {"html": "farside.tools.inside.documents.html_page", "pdf": "farside.tools.inside.documents.pdf_pages"}


def preload(kind: str) -> None:
    """Import the parser once, so that the processes forked for each document have it."""
    import_module(PARSERS[kind])


def markdown(data: bytes, kind: str, address: str = "", charset: str = "") -> str:
    """Return a document as Markdown, no line much longer than a paragraph's.

    `address` is where relative links start from; `charset` is what the server said.

    Raises:
        ToolError: it is broken, locked, or holds no text.
    """
    try:
        text = str(import_module(PARSERS[kind]).markdown(data, address, charset))
    except ToolError:
        raise
    except Exception as error:
        raise ToolError(f"the {kind.upper()} is broken ({type(error).__name__}: {str(error)[:200]})") from error
    if not text.strip():
        raise ToolError(f"the {kind.upper()} holds no text" + (" (scanned pages?)" if kind == "pdf" else ""))
    return wrapped(text)
