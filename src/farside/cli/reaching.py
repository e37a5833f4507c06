"""What a run can reach: its corpora, brought up to date with progress before it begins, and the web with --net."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from farside.agent.archive import Archive
from farside.agent.events import Settings
from farside.agent.home import RunFolder, private
from farside.config import Config, config_path, load_config
from farside.errors import FarsideError
from farside.tools.corpora.corpus import Corpus
from farside.tools.reach import Reach, open_reach
from farside.tools.reasons import CouldNotSearch
from farside.tools.sandbox import Layer

if TYPE_CHECKING:
    from farside.tools.web.engine import Engine
    from farside.tools.web.fetch import Fetcher

SILENT = 1.0
"""Seconds that a pass over a corpus may take before anything is said about it."""
TOLD = 5

Notice = Callable[[str], None]


def corpora_of(named: Iterable[str], config: Config) -> tuple[Corpus, ...]:
    """Return the corpora of a new run: those of the config file, and those named on the command line.

    Raises:
        FarsideError: one cannot be read, or two have one name.
    """
    from farside.tools.corpora.naming import checked
    from farside.tools.corpora.naming import named as read

    chosen = checked(map(read, named))
    names = {corpus.name for corpus in chosen}
    written = [read(f"{name}={folder}") for name, folder in config.corpora.items() if name not in names]
    try:
        return (*checked(written), *chosen)
    except FarsideError as error:
        raise FarsideError(f"{config_path()}: {error}", "Correct its part [corpora].") from error


def opened(settings: Settings, folder: RunFolder, layer: Layer, notice: Notice) -> Reach:
    """Return the tools that reach beyond the workspace, each corpus indexed; `notice` is told what cannot be.

    Raises:
        FarsideError: the config file is wrong, or an earlier sandbox cannot be killed.
    """
    fetcher, engine = web() if settings.net else (None, None)
    reach = open_reach(
        Path(settings.workspace),
        folder.scratch / "reader",
        layer=layer,
        corpora=settings.corpora,
        fetcher=fetcher,
        engine=engine,
        private=private(),
        archive=Archive(folder),
        progress=Tenths(notice).progress,
    )
    try:
        for corpus in settings.corpora:
            _index(reach, corpus, notice)
    except BaseException:
        reach.close()
        raise
    return reach


def web() -> tuple[Fetcher, Engine | None]:
    """Return what fetches pages, and the engine that the config file names, if any.

    Raises:
        FarsideError: the config file is wrong.
    """
    from farside.tools.web.fetch import Fetcher
    from farside.tools.web.searxng import SearXNG

    address = load_config().web.get("searxng")
    return Fetcher(), SearXNG(address) if address else None


def _index(reach: Reach, corpus: Corpus, notice: Notice) -> None:
    """Bring one corpus up to date, and say what of it cannot be searched."""
    try:
        troubles = reach.search.library.refresh(corpus.name)
    except CouldNotSearch as reason:
        notice(f"the corpus {corpus.name} cannot be searched: {reason}")
        return
    if troubles:
        told = "; ".join(f"{path}: {why}" for path, why in troubles[:TOLD])
        more = f"; and {len(troubles) - TOLD:,} more" if len(troubles) > TOLD else ""
        notice(
            f"{len(troubles):,} file{'s' * (len(troubles) > 1)} of {corpus.name} cannot be searched ({told}{more})"
        )


@dataclass(slots=True)
class Tenths:
    """Tells each tenth of a pass that takes more than a moment."""

    notice: Notice
    corpus: str = ""
    began: float = 0.0
    printed: int = 0

    def progress(self, corpus: str, done: int, whole: int) -> None:
        """Learn that `done` of the `whole` new or changed files of a corpus are read."""
        if corpus != self.corpus or not done:
            self.corpus, self.began, self.printed = corpus, time.monotonic(), 0
        tenth = 10 * done // max(1, whole)
        if tenth > self.printed and time.monotonic() - self.began > SILENT:
            self.printed = tenth
            self.notice(f"indexing {corpus}: {done:,} of {whole:,} files; Ctrl-C stops, what is read is kept")
