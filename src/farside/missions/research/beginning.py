"""What a research run must have before it begins: something to read, and a place for the report."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from farside.agent.home import private
from farside.config import config_path
from farside.errors import FarsideError
from farside.missions.research.options import places
from farside.tools.below import read_below
from farside.tools.corpora.corpus import Corpus
from farside.tools.corpora.indexer import MOST, Parse
from farside.tools.corpora.walk import walk
from farside.tools.kinds import HTML, SNIFFED, kind_of
from farside.tools.reasons import Unreadable


def check_sources(question: str, corpora: Sequence[Corpus], net: bool, engine: bool, parse: Parse) -> None:
    """Refuse a run that could read nothing. `engine`: the web can be searched; `parse` returns a document as text.

    Raises:
        FarsideError: there is neither corpus nor network, nothing that searches, or nothing to be read in a corpus.
    """
    if not corpora and not net:
        raise FarsideError(
            "There is nothing to read: no corpus is named, and the run has no network.",
            "Name a folder with --corpus DIR, or give the run the network with --net.",
        )
    if not corpora and not engine and "http" not in question:
        raise FarsideError(
            "There is nothing to search: no corpus is named, and no search engine for the web is set.",
            f'Name a folder with --corpus DIR, write [web] searxng = "http://..." into {config_path()}, or put the '
            "address of a page into the question.",
        )
    for corpus in corpora:
        if trouble := _trouble(corpus, parse):
            raise FarsideError(
                f"The corpus {corpus.name} has nothing to read: {trouble}.",
                "Name a folder with text, Markdown, HTML or PDF files: --corpus DIR.",
            )


def _trouble(corpus: Corpus, parse: Parse) -> str:
    """Return why nothing in a corpus can be read; "" where something can. What needs a parser comes last."""
    root, reasons = Path(corpus.folder).resolve(), dict[str, str]()
    for found in sorted(walk(root, private()), key=lambda found: found.path.lower().endswith((".pdf", *HTML))):
        reason = found.trouble or _unread(root, found.path, parse)
        if not reason:
            return ""
        reasons[found.path] = reason
    if not reasons:
        return f"there are no files in {corpus.folder}"
    told = "; ".join(f"{path}: {reason}" for path, reason in list(reasons.items())[:3])
    if len(reasons) == 1:
        return f"its only file cannot be read ({told})"
    return f"none of its {len(reasons):,} files can be read ({told}{'; …' if len(reasons) > 3 else ''})"


def _unread(root: Path, path: str, parse: Parse) -> str:
    """Return why a file cannot be read; "" where it can."""
    try:
        with (root / path).open("rb") as file:
            if kind_of(file.read(SNIFFED), path) == "binary":
                return "it is binary"
        data = read_below(root, path, MOST, private()).data
        return "" if re.search(r"\w", parse(data, kind_of(data, path))) else "it holds no text"
    except Unreadable as error:
        return str(error)
    except OSError as error:
        return error.strerror or str(error)


def check_place(out: Path) -> None:
    """Refuse a place for the report where something lies already, or nothing can be written.

    Raises:
        FarsideError: there is a file of that name or beside it, or no folder that can be written.
    """
    for path in places(out):
        if path.exists():
            raise FarsideError(f"{path} is there already.", "Name another file with --out, or move that one away.")
    if not out.parent.is_dir() or not os.access(out.parent, os.W_OK):
        raise FarsideError(
            f"The folder {out.parent} is not there, or cannot be written.", "Make it, or name another."
        )
