"""The corpora of one run: searched and opened, each index brought up to date first."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from farside.errors import FarsideError
from farside.tools.below import read_below
from farside.tools.corpora.corpus import Corpus
from farside.tools.corpora.database import discard, opened, place
from farside.tools.corpora.naming import obstacle_of
from farside.tools.corpora.walk import SKIPPED
from farside.tools.kinds import kind_of
from farside.tools.reasons import CouldNotSearch, Unreadable

if TYPE_CHECKING:  # a run without corpora imports nothing that makes or asks an index
    from farside.tools.corpora.hits import Hits
    from farside.tools.corpora.indexer import Parse, Progress
    from farside.tools.corpora.words import Query

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Searched:
    """The answer of one corpus."""

    hits: Hits
    files: int
    troubles: tuple[tuple[str, str], ...]
    """Files that cannot be searched, each with its reason."""


@dataclass(frozen=True, slots=True)
class Library:
    """Corpora by name, in the order in which the user named them."""

    corpora: Sequence[Corpus]
    parse: Parse
    private: Sequence[Path]
    progress: Progress

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the corpora."""
        return tuple(corpus.name for corpus in self.corpora)

    def refresh(self, name: str) -> tuple[tuple[str, str], ...]:
        """Bring one index up to date; return the files that cannot be searched, each with its reason.

        Raises:
            CouldNotSearch: the folder is not there, or the index cannot be written.
        """
        return self._with_index(name, _troubles)

    def search(self, name: str, query: Query, most: int) -> Searched:
        """Return the best passages of one corpus, as it is now.

        Raises:
            CouldNotSearch: the folder is not there, or the index cannot be written.
        """
        from farside.tools.corpora import hits

        def asked(connection: sqlite3.Connection) -> Searched:
            (files,) = connection.execute("SELECT count(*) FROM files WHERE trouble = ''").fetchone()
            return Searched(hits.search(connection, query, most), files, _troubles(connection))

        return self._with_index(name, asked)

    def text(self, name: str, path: str) -> str:
        """Return the text of a file as it is now, with the lines that its hits name.

        Raises:
            FileNotFoundError: there is no such file in that corpus.
            Unreadable: it is not for reading, or cannot be.
        """
        from farside.tools.corpora.indexer import MOST

        if any(part.startswith(".") or part in SKIPPED for part in Path(path).parts):
            raise Unreadable("hidden files are no part of a corpus")
        corpus = self._corpus(name)
        content = read_below(Path(corpus.folder), path, MOST, self.private)
        known = _known(corpus, path, hashlib.sha256(content.data).hexdigest())
        return known or self.parse(content.data, kind_of(content.data, path))

    def _corpus(self, name: str) -> Corpus:
        return next(corpus for corpus in self.corpora if corpus.name == name)

    def _with_index(self, name: str, use: Callable[[sqlite3.Connection], T]) -> T:
        corpus = self._corpus(name)
        if obstacle := obstacle_of(corpus):
            raise CouldNotSearch(obstacle)
        try:
            return self._fresh_or_anew(corpus, use)
        except sqlite3.Error as error:
            raise CouldNotSearch(f"its index cannot be used ({error})") from error
        except FarsideError as error:
            raise CouldNotSearch(str(error).rstrip(".")) from error
        except OSError as error:
            raise CouldNotSearch(f"{corpus.folder} cannot be read ({error.strerror})") from error

    def _fresh_or_anew(self, corpus: Corpus, use: Callable[[sqlite3.Connection], T]) -> T:
        try:
            return self._fresh(corpus, use)
        except sqlite3.OperationalError:  # busy, or the disk is full: the index itself is as it should be
            raise
        except sqlite3.DatabaseError:  # damaged: it holds nothing that cannot be had again
            discard(place(corpus))
            return self._fresh(corpus, use)

    def _fresh(self, corpus: Corpus, use: Callable[[sqlite3.Connection], T]) -> T:
        from farside.tools.corpora.indexer import Indexer

        with opened(place(corpus)) as connection:
            Indexer(corpus, connection, self.parse, self.private, self.progress).refresh()
            return use(connection)


def _known(corpus: Corpus, path: str, digest: str) -> str:
    """Return the text that the index has of a file, or "": of one that cannot be asked nothing is needed here."""
    try:
        with opened(place(corpus)) as connection:
            rows = connection.execute(
                "SELECT passages.text FROM files JOIN passages ON passages.file = files.id"
                " WHERE files.path = ? AND files.hash = ? ORDER BY passages.id",
                (path, digest),
            ).fetchall()
    except (sqlite3.Error, FarsideError):
        return ""
    return "".join(text for (text,) in rows)


def _troubles(connection: sqlite3.Connection) -> tuple[tuple[str, str], ...]:
    rows = connection.execute("SELECT path, trouble FROM files WHERE trouble != '' ORDER BY path")
    return tuple((path, trouble) for path, trouble in rows)
