"""What the user may call a corpus, and what is refused before a run begins."""

from __future__ import annotations

from pathlib import Path

import pytest

from farside.errors import FarsideError
from farside.tools.corpora.corpus import Corpus
from farside.tools.corpora.naming import checked, named


def test_a_corpus_has_a_name_or_that_of_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert named("papers=lib") == Corpus("papers", str(tmp_path / "lib"))
    assert named("My papers/") == Corpus("My-papers", str(tmp_path / "My papers"))
    assert named("./a=b") == Corpus("a-b", str(tmp_path / "a=b"))
    assert named("/") == Corpus("corpus", "/")


def test_what_cannot_be_searched_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file.txt").write_text("x")
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one, other = Corpus("n", str(tmp_path / "a")), Corpus("n", str(tmp_path / "b"))
    assert checked([one, one]) == (one,)
    for corpora, message in {
        (one, other): "Two corpora are called n",
        (Corpus("web", str(tmp_path)),): "cannot be called 'web'",
        (Corpus("x", str(tmp_path / "none")),): "is not there",
        (Corpus("x", str(tmp_path / "file.txt")),): "is not a folder",
    }.items():
        with pytest.raises(FarsideError, match=message):
            checked(corpora)
