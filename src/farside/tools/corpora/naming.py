"""Which folders the user means: read from the command line, refused where they cannot be searched."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

from farside.errors import FarsideError
from farside.tools.corpora.corpus import WEB, Corpus

RESERVED = (WEB, "http", "https", "file")
NAME = re.compile(r"\w[\w.-]*")


def named(text: str) -> Corpus:
    """Return the corpus that `[NAME=]DIR` names; without a name it has that of its folder."""
    name, equals, folder = text.partition("=")
    if equals and NAME.fullmatch(name):
        return Corpus(name, os.path.abspath(os.path.expanduser(folder)))  # noqa: PTH100, PTH111 - no link resolved
    path = os.path.abspath(os.path.expanduser(text))  # noqa: PTH100, PTH111
    return Corpus(re.sub(r"[^\w.-]+", "-", Path(path).name).strip("-.") or "corpus", path)


def checked(corpora: Iterable[Corpus]) -> tuple[Corpus, ...]:
    """Return the corpora, if each is a folder that can be read and each has a name of its own.

    Raises:
        FarsideError: one is not, or two have one name.
    """
    found: dict[str, Corpus] = {}
    for corpus in corpora:
        if corpus.name.lower() in RESERVED or not NAME.fullmatch(corpus.name):
            raise FarsideError(f"A corpus cannot be called {corpus.name!r}.", "Name it: --corpus NAME=DIR.")
        if corpus.name in found and found[corpus.name] != corpus:
            raise FarsideError(
                f"Two corpora are called {corpus.name}: {found[corpus.name].folder} and {corpus.folder}.",
                "Name one of them otherwise: --corpus NAME=DIR.",
            )
        if obstacle := obstacle_of(corpus):
            raise FarsideError(
                f"The corpus {corpus.name} cannot be read: {obstacle}.", "Name a folder: --corpus DIR."
            )
        found[corpus.name] = corpus
    return tuple(found.values())


def obstacle_of(corpus: Corpus) -> str | None:
    """Return why the folder cannot be read now, or None when it can."""
    try:
        with os.scandir(corpus.folder):
            return None
    except FileNotFoundError:
        return f"the folder {corpus.folder} is not there"
    except NotADirectoryError:
        return f"{corpus.folder} is not a folder"
    except (OSError, ValueError) as error:
        return f"{corpus.folder}: {getattr(error, 'strerror', None) or error}"
