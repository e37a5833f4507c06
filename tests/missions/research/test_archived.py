"""What counts as a source: pages of corpora and of the web as they were archived; no files of the workspace."""

from __future__ import annotations

from pathlib import Path

import pytest

from farside.agent.archive import Archive
from farside.agent.home import RunFolder
from farside.missions.research.archived import pages
from farside.missions.research.citation import Citation
from farside.missions.research.spans import cut, stands
from farside.tools.corpora.corpus import Corpus
from farside.tools.reach import open_reach
from tests.tools.boxes import BUBBLEWRAP
from tests.tools.web.site import fetcher, served


def test_pages_of_corpora_and_of_the_web_can_be_cited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    work, notes = tmp_path / "work", tmp_path / "notes"
    work.mkdir()
    notes.mkdir()
    (work / "own.md").write_text("I made this up.\n")
    (notes / "moon.md").write_text("# Moon\n\nIt is rough.\n")
    archive = Archive(RunFolder(tmp_path))
    with served() as site:
        address = site.page("/moon", "<title>Moon</title><h1>Moon</h1><p>It is far.</p>")
        reach = open_reach(
            work,
            tmp_path / "reader",
            layer=BUBBLEWRAP,
            corpora=(Corpus("notes", str(notes)),),
            fetcher=fetcher(),
            engine=None,
            private=(),
            archive=archive,
            progress=lambda *_: None,
        )
        for page in ("own.md", "notes:moon.md", address):
            assert reach.call("open_page", f'{{"page": "{page}"}}', "c1").ok
        reach.close()
    found = pages(archive)
    assert [page.name for page in found] == ["notes:moon.md", address]
    span = cut(Citation(address, 3, 3), found)
    assert (span.text, stands(span)) == ("It is far.", True)
