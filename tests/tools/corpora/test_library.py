"""A folder is searched as it is now, whatever lies in it and whatever happens to it."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

import pytest

from farside.tools.corpora import indexer
from farside.tools.corpora.corpus import Corpus
from farside.tools.corpora.database import place
from farside.tools.corpora.hits import Hit
from farside.tools.corpora.words import query
from farside.tools.kinds import Kind
from farside.tools.reasons import CouldNotSearch, Unreadable
from tests.tools.corpora.shelves import Shelf
from tests.tools.papers import pdf


def index_of(shelf: Shelf) -> Path:
    return place(Corpus("notes", str(shelf.folder)))


def age(file: Path, seconds: float = 60) -> None:
    """Make a file look as if it had been left alone for a while."""
    then = time.time() - seconds
    os.utime(file, (then, then))


def test_a_hit_names_the_file_the_lines_and_what_stands_there(shelf: Shelf) -> None:
    shelf.write("sub/moon.md", "# Moon\n\nThe far side\nis rough and old.\n\nNothing here.\n")
    shelf.write("other.txt", "unrelated\n")
    assert shelf.hits("rough").hits == (Hit("sub/moon.md", 3, 4, "The far side\nis rough and old."),)
    assert shelf.found('"far side"') == ["sub/moon.md:3-4"]
    assert shelf.found("moon.md") == ["sub/moon.md:1-1"], "a file is found by its name too"


def test_text_markdown_html_pdf_and_code_are_searched(shelf: Shelf) -> None:
    shelf.write("page.html", "<title>Craters</title><p>Tycho is bright.")
    shelf.write("paper.pdf", pdf("Copernicus is large"))
    shelf.write("code.py", "def read_file(path):\n    return path\n")
    shelf.write("latin.txt", "Größe des Mondes".encode("cp1252"))
    shelf.write("wide.txt", "Aristarchus".encode("utf-16"))
    shelf.write("chinese.txt", "月球的背面很粗糙。\n")
    assert shelf.found("Tycho") == ["page.html:3-3"]
    assert shelf.found("Copernicus") == ["paper.pdf:3-3"]
    assert shelf.found("read_file") == ["code.py:1-2"]
    assert shelf.found("grosse OR größe") == ["latin.txt:1-1"]
    assert shelf.found("Aristarchus") == ["wide.txt:1-1"]
    assert shelf.found("背面") == ["chinese.txt:1-1"]
    assert shelf.library.text("notes", "page.html") == "# Craters\n\nTycho is bright.\n"


def test_passages_with_all_words_come_alone_and_else_it_is_said(shelf: Shelf) -> None:
    shelf.write("a.txt", "silver moon")
    shelf.write("b.txt", "silver spoon")
    both, some, none = shelf.hits("silver moons"), shelf.hits("golden moon"), shelf.hits("copper")
    assert [(hits.total, hits.partial) for hits in (both, some, none)] == [(1, False), (1, True), (0, False)]
    assert shelf.hits('AND "NEAR(" * silver:').total == 2, "operators have no meaning"


def test_what_changes_is_seen_and_what_only_looks_new_is_not_read_again(shelf: Shelf) -> None:
    kept, edited, gone = (shelf.write(name, "lunar") for name in ("kept.txt", "edited.txt", "gone.txt"))
    for file in (kept, edited, gone):
        age(file)
    assert len(shelf.found("lunar")) == 3
    shelf.parsed.clear()
    kept.touch()
    edited.write_text("solar")
    gone.unlink()
    shelf.write("fresh.txt", "lunar too")
    assert shelf.found("lunar") == ["kept.txt:1-1", "fresh.txt:1-1"]
    assert shelf.found("solar") == ["edited.txt:1-1"]
    assert len(shelf.parsed) == 2, "a file with the same content is not parsed again"
    assert shelf.library.text("notes", "edited.txt") == "solar"


def test_a_second_edit_within_the_clock_s_tick_is_seen(shelf: Shelf) -> None:
    file = shelf.write("a.txt", "first")
    stamp = file.stat().st_mtime_ns
    assert shelf.found("first")
    file.write_text("again")
    os.utime(file, ns=(stamp, stamp))
    assert shelf.found("again") == ["a.txt:1-1"]


def test_what_cannot_be_searched_is_named_with_its_reason(shelf: Shelf) -> None:
    shelf.write("image.png", b"\x89PNG\0\0")
    shelf.write("broken.pdf", b"%PDF-1.7 nothing")
    with shelf.write("huge.txt", "moon").open("r+b") as huge:
        huge.truncate(500 * 10**6)
    shelf.write("good.txt", "moon")
    os.mkfifo(shelf.folder / "pipe")
    troubles = shelf.troubles()
    assert list(troubles) == ["broken.pdf", "huge.txt", "image.png"]
    assert "the PDF is broken" in troubles["broken.pdf"]
    assert troubles["huge.txt"] == "it is too large (500 MB; at most 32 MB are read)"
    assert troubles["image.png"] == "it is binary"
    assert shelf.found("moon") == ["good.txt:1-1"]


def test_hidden_private_and_linked_files_are_never_read(shelf: Shelf, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("moonstone")
    shelf.write(".env", "moonstone")
    shelf.write(".git/config", "moonstone")
    shelf.write("node_modules/a.js", "moonstone")
    shelf.write("home/runs/journal.txt", "moonstone")
    (shelf.folder / "link.txt").symlink_to(secret)
    (shelf.folder / "loop").symlink_to(shelf.folder)
    shelf.private = (shelf.folder / "home",)
    assert shelf.hits("moonstone").total == 0
    for path in (".env", "link.txt", "../secret.txt", str(secret), "home/runs/journal.txt"):
        with pytest.raises(Unreadable):
            shelf.library.text("notes", path)


def test_a_folder_that_is_gone_is_not_an_answer_of_no_hits(shelf: Shelf) -> None:
    shelf.write("a.txt", "moon")
    assert shelf.found("moon")
    shelf.folder.rename(shelf.folder.with_name("moved"))
    with pytest.raises(CouldNotSearch, match=r"the folder .*notes is not there"):
        shelf.hits("moon")


@pytest.fixture
def nobody() -> Iterator[Path]:
    """Give up root's rights, if there are any, and yield a folder that is open to all."""
    with TemporaryDirectory() as name:
        Path(name).chmod(0o777)
        before = os.geteuid()
        if before == 0:
            os.seteuid(65534)
        try:
            yield Path(name)
        finally:
            os.seteuid(before)


def test_what_is_closed_is_named_and_read_once_it_is_open(nobody: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(nobody / "cache"))
    shelf = Shelf(nobody / "notes")
    closed = shelf.write("closed.txt", "moon"), shelf.write("closed/inner.txt", "moon").parent
    for path in closed:
        path.chmod(0)
    assert shelf.troubles() == {"closed.txt": "Permission denied", "closed/": "Permission denied"}
    for path in closed:
        path.chmod(0o755)
    assert shelf.troubles() == {}
    assert shelf.found("moon") == ["closed.txt:1-1", "closed/inner.txt:1-1"]


def test_a_name_that_cannot_be_told_is_no_silence(shelf: Shelf) -> None:
    for name in (b"m\xfcller.txt", b"line\nbreak.txt"):
        Path(os.fsdecode(os.fsencode(shelf.folder) + b"/" + name)).write_text("moon")
    why = "its name holds what is no character"
    assert shelf.troubles() == {"line\\nbreak.txt": why, "m\\udcfcller.txt": why}


def test_folders_within_folders_are_walked_however_deep(shelf: Shelf) -> None:
    deep, here = shelf.folder, Path.cwd()
    for _ in range(1_200):
        deep /= "d"
        deep.mkdir()
    (deep / "a.txt").write_text("moon")
    os.chdir(deep)
    try:
        for _ in range(20):
            os.mkdir("n" * 200)  # noqa: PTH102 - longer in the end than any path may be
            os.chdir("n" * 200)
    finally:
        os.chdir(here)
    troubles = shelf.troubles()
    found = shelf.found("moon")
    subprocess.run(["rm", "-rf", str(shelf.folder / "d")], check=True)
    assert list(troubles.values()) == ["File name too long"]
    assert found == [f"{'d/' * 1_200}a.txt:1-1"]


def test_a_pipe_is_not_opened(shelf: Shelf) -> None:
    pipe = shelf.folder / "pipe"
    os.mkfifo(pipe)
    writer = Thread(target=lambda: os.close(os.open(pipe, os.O_WRONLY)), daemon=True)
    writer.start()
    time.sleep(0.3)  # until it waits
    with pytest.raises(Unreadable, match="no plain file"):
        shelf.library.text("notes", "pipe")
    writer.join(0.3)
    assert writer.is_alive(), "it waits for a reader, and was given none"
    os.close(os.open(pipe, os.O_RDONLY))
    writer.join()


def test_source_code_that_speaks_of_pdf_is_text(shelf: Shelf) -> None:
    shelf.write("reader.py", 'MARK = b"%PDF-"  # moon')
    shelf.write("late.pdf", b"junk\n" + pdf("moon"))
    assert sorted(shelf.found("moon")) == ["late.pdf:3-3", "reader.py:1-1"]
    assert shelf.parsed == ["pdf", "text"]


def test_a_file_is_opened_whatever_became_of_the_index(shelf: Shelf) -> None:
    shelf.write("a.txt", "moon " * 3000)
    assert shelf.found("moon")
    data = bytearray(index_of(shelf).read_bytes())
    with sqlite3.connect(index_of(shelf)) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'files'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    connection.close()
    data[(page - 1) * size : page * size] = b"x" * size
    index_of(shelf).write_bytes(data)
    assert shelf.library.text("notes", "a.txt") == "moon " * 3000
    assert shelf.found("moon")


@pytest.mark.parametrize(
    ("words", "terms"),
    [
        ('far-side NEAR("x") a_b', ("far-side", "NEAR", "x", "a_b")),
        ('"a\0b" \ud800', ("a b",)),
        ("re\u0301sume\u0301", ("r\u00e9sum\u00e9",)),
        ("_ - ' \" * ^", ()),
    ],
)
def test_a_query_is_words_whatever_a_model_writes(shelf: Shelf, words: str, terms: tuple[str, ...]) -> None:
    assert query(words).terms == terms
    shelf.write("a.txt", "far side, near x: a b, r\u00e9sum\u00e9\n")
    assert shelf.hits(words).total == bool(terms)


def test_a_damaged_or_foreign_index_is_made_anew(shelf: Shelf) -> None:
    shelf.write("a.txt", "moon " * 3000)
    assert shelf.found("moon")
    file = index_of(shelf)
    assert file.stat().st_mode & 0o077 == 0
    file.write_bytes(b"no database at all" * 1000)
    assert shelf.found("moon")
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    assert shelf.found("moon")


def test_progress_is_told_and_a_stopped_pass_keeps_what_it_read(shelf: Shelf) -> None:
    for number in range(150):
        age(shelf.write(f"{number:03}.txt", f"moon number{number}"))

    def stop(_corpus: str, done: int, _whole: int) -> None:
        if done == 100:
            raise KeyboardInterrupt

    library = shelf.library
    stopped = type(library)(library.corpora, library.parse, library.private, stop)
    with pytest.raises(KeyboardInterrupt):
        stopped.refresh("notes")
    shelf.parsed.clear()
    assert shelf.hits("moon").total == 150
    assert 0 < len(shelf.parsed) <= 150 - indexer.BATCH_FILES
    assert shelf.progress[0] == ("notes", 0, len(shelf.parsed))
    assert shelf.progress[-1] == ("notes", len(shelf.parsed), len(shelf.parsed))


SEARCH = """
import sys
from pathlib import Path
from tests.tools.corpora.shelves import Shelf
print(Shelf(Path(sys.argv[1])).hits("moon").total)
"""


def test_two_runs_index_the_same_corpus_at_once(shelf: Shelf) -> None:
    for number in range(200):
        shelf.write(f"{number}.txt", f"moon {number}")
    command = [sys.executable, "-c", SEARCH, str(shelf.folder)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert [process.communicate(timeout=120)[0].strip() for process in both] == ["200", "200"]
    assert shelf.hits("moon").total == 200


def test_files_that_come_and_go_while_they_are_read_do_no_harm(shelf: Shelf) -> None:
    for number in range(40):
        shelf.write(f"{number}.txt", "moon")

    def parse(data: bytes, kind: Kind) -> str:
        (shelf.folder / f"{len(shelf.parsed) + 20}.txt").unlink(missing_ok=True)
        return shelf.parse(data, kind)

    library = shelf.library
    type(library)(library.corpora, parse, (), library.progress).refresh("notes")
    assert shelf.hits("moon").total == len(list(shelf.folder.iterdir())) < 40
