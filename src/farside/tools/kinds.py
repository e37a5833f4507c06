"""What a file or a page is: text, HTML, PDF, or nothing that can be read."""

from __future__ import annotations

import codecs
from typing import Literal

Kind = Literal["text", "html", "pdf", "binary"]

PDF = b"%PDF-"
HTML = (".html", ".htm", ".xhtml")
SNIFFED = 8192
"""Bytes at the beginning that are looked at."""
CONTROLS = bytes({*range(32), 127} - set(b"\b\t\n\f\r\x1b"))
"""Bytes that no text has, in whatever encoding, but those of UTF-16; of compressed data they are a tenth."""
MOST_CONTROLS = 0.02
PYTHON_S_OWN = frozenset({"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7"})
"""Codecs that no page is written in: they take hours, or end in half a character."""
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def kind_of(data: bytes, name: str = "", content_type: str = "") -> Kind:
    """Return what `data` is, by its first bytes, then by its name's end or what a server says."""
    head = data[:SNIFFED]
    if head.lstrip().startswith(PDF) or (PDF in head[:1024] and _claims_pdf(name, content_type)):
        return "pdf"
    if any(head.startswith(mark) for mark, _ in MARKS):
        return "html" if _claims_html(name, content_type) else "text"
    if b"\0" in head or len(head) - len(head.translate(None, CONTROLS)) > MOST_CONTROLS * len(head):
        return "binary"
    start = head.lstrip()[:15].lower()
    is_html = _claims_html(name, content_type) or start.startswith((b"<!doctype html", b"<html"))
    return "html" if is_html else "text"


def _claims_html(name: str, content_type: str) -> bool:
    return name.lower().endswith(HTML) or "html" in content_type.lower()


def _claims_pdf(name: str, content_type: str) -> bool:
    return name.lower().endswith(".pdf") or "pdf" in content_type.lower()


def decoded(data: bytes, charset: str = "") -> str:
    """Return text: by its byte-order mark, by what a server says, as UTF-8, else as Windows-1252."""
    marked = next((name for mark, name in MARKS if data.startswith(mark)), "")
    for encoding in filter(None, (marked, _named(charset), "utf-8")):
        try:
            return _lines(data.decode(encoding))
        except (UnicodeDecodeError, LookupError):  # not that one
            continue
    return _lines(data.decode("cp1252", errors="replace"))


def _named(charset: str) -> str:
    """Return the codec of a name, or "" where it is none of a page."""
    try:
        name = codecs.lookup(charset).name
    except (LookupError, ValueError):
        return ""
    return "" if name in PYTHON_S_OWN else name


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
