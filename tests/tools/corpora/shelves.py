"""A library over one folder, with documents read in this process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from farside.tools.corpora.corpus import Corpus
from farside.tools.corpora.hits import Hits
from farside.tools.corpora.library import Library
from farside.tools.corpora.words import query
from farside.tools.inside import documents
from farside.tools.inside.files import ToolError
from farside.tools.kinds import Kind, decoded
from farside.tools.reasons import Unreadable


@dataclass
class Shelf:
    """A folder called `notes`, and what happened while it was read."""

    folder: Path
    parsed: list[Kind] = field(default_factory=list)
    progress: list[tuple[str, int, int]] = field(default_factory=list)
    private: Sequence[Path] = ()

    @property
    def library(self) -> Library:
        corpus = Corpus("notes", str(self.folder))
        return Library((corpus,), self.parse, self.private, lambda *told: self.progress.append(told))

    def parse(self, data: bytes, kind: Kind) -> str:
        self.parsed.append(kind)
        if kind == "binary":
            raise Unreadable("it is binary")
        try:
            return decoded(data) if kind == "text" else documents.markdown(data, kind)
        except ToolError as error:
            raise Unreadable(str(error)) from error

    def write(self, path: str, content: str | bytes) -> Path:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    def hits(self, text: str, most: int = 10) -> Hits:
        return self.library.search("notes", query(text), most).hits

    def found(self, text: str) -> list[str]:
        return [f"{hit.path}:{hit.first}-{hit.last}" for hit in self.hits(text).hits]

    def troubles(self) -> dict[str, str]:
        return dict(self.library.refresh("notes"))
