"""PDF into Markdown: the text of each page under a heading with its number."""

from __future__ import annotations

import io
import logging

from pypdf import PdfReader

from farside.tools.inside.files import ToolError

logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what it has to say would stand among the text


def markdown(data: bytes, address: str, charset: str) -> str:
    """Return the text of all pages; the other arguments are for HTML.

    Raises:
        ToolError: it is locked with a password.
    """
    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise ToolError("the PDF is locked with a password")
    pages = [page.extract_text().strip() for page in reader.pages]
    if not any(pages):
        return ""
    return "\n\n".join(f"## Page {number}\n\n{text}" for number, text in enumerate(pages, 1))
