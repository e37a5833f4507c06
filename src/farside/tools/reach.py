"""The tools that reach beyond the workspace: `search` and `open_page`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from farside.messages import ToolSpec
from farside.tools.arguments import BadArguments, read
from farside.tools.base import Effect, Outcome
from farside.tools.catalog import entries
from farside.tools.corpora.corpus import Corpus
from farside.tools.corpora.library import Library
from farside.tools.open_page import Archive, OpenPage
from farside.tools.reader import Reader
from farside.tools.sandbox import Layer
from farside.tools.search import NO_NETWORK, Search

if TYPE_CHECKING:  # a run without corpora or network imports nothing that indexes or fetches
    from farside.tools.corpora.indexer import Progress
    from farside.tools.web.engine import Engine
    from farside.tools.web.fetch import Fetcher

CATALOG = Path(__file__).with_suffix(".toml")


def open_reach(
    workspace: Path,
    scratch: Path,
    *,
    layer: Layer,
    corpora: Sequence[Corpus],
    fetcher: Fetcher | None,
    engine: Engine | None,
    private: Sequence[Path],
    archive: Archive,
    progress: Progress,
) -> Reach:
    """Return the tools of one run.

    `scratch` is a folder of the run's for the parsers' sandbox, which `layer` makes. `fetcher` is None where the run
    has no network. `private` is never read. `progress` is told of each pass over a corpus.

    Raises:
        FarsideError: an earlier sandbox of the parsers cannot be killed.
    """
    resolved = tuple(path.resolve() for path in private)
    reader = Reader(layer, scratch, resolved)
    library = Library(corpora, reader.text, resolved, progress)
    page = OpenPage(workspace.resolve(), library, reader, fetcher, archive, resolved)
    return Reach(Search(library, engine, fetcher is not None), page)


class Reach:
    """Implements `farside.tools.base.Toolbox`. Both tools change nothing, so after a crash they run again."""

    def __init__(self, search: Search, page: OpenPage) -> None:
        self.search = search
        self.page = page
        self._tools: dict[str, Callable[..., Outcome]] = {"search": search, "open_page": page}
        web = "an http(s) address" if page.fetcher else f"an http(s) address (not now: {NO_NETWORK})"
        values = {"places": search.told(), "web": web}
        self._specs = tuple(_filled(CATALOG, name, values) for name in entries(CATALOG))

    @property
    def specs(self) -> tuple[ToolSpec, ...]:
        """Return what a model is told, with what can be searched and opened in this run."""
        return self._specs

    @property
    def names(self) -> Collection[str]:
        """Return every tool there is to call."""
        return self._tools.keys()

    def warm(self) -> None:
        """Do nothing: the parsers start when a document needs them."""

    def effect(self, name: str) -> Effect:
        """Return pure, whatever the name."""
        return Effect.PURE

    def call(self, name: str, arguments: str, handle: str) -> Outcome:
        """Run one call to its end."""
        try:
            return self._tools[name](**read(name, entries(CATALOG)[name].schema, arguments))
        except BadArguments as error:
            return Outcome(str(error), ok=False)

    def restore(self, session: bytes, lost: tuple[str, ...]) -> tuple[str, ...]:
        """Return what is lost already: there is no session here."""
        return lost

    def close(self) -> None:
        """End the parsers' sandbox. May be called twice."""
        self.page.reader.close()


def _filled(file: Path, name: str, values: dict[str, str]) -> ToolSpec:
    spec = entries(file)[name].spec
    return replace(spec, description=Template(spec.description).substitute(values))
