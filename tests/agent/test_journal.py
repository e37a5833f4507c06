from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from farside.agent import events as ev
from farside.agent.journal import MIGRATIONS, Journal
from farside.errors import FarsideError
from tests.agent.stories import answer, begun


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


def test_events_come_back_in_order_with_number_and_time(path: Path) -> None:
    journal = Journal(path, create=True)
    written = journal.append(*begun()) + journal.append(answer("42"))
    journal.close()
    reader = Journal(path)
    assert list(reader.entries()) == written
    assert [entry.seq for entry in reader.entries(after=2)] == [3, 4]
    reader.close()


def test_words_wait_in_the_inbox_and_can_be_posted_beside_a_writer(path: Path) -> None:
    journal, other = Journal(path, create=True), Journal(path)
    journal.append(*begun())
    assert other.post("look there") == 1
    assert other.post("and there") == 2
    assert journal.inbox(after=1) == [(2, "and there")]
    journal.close()
    other.close()


def test_the_outcome_of_a_call_is_found_by_its_id(path: Path) -> None:
    journal = Journal(path, create=True)
    finished = ev.CallFinished("c2", "ok", "two")
    journal.append(ev.CallFinished("c1", "ok", "one"), finished)
    assert journal.outcome("c2") == finished
    assert journal.outcome("c9") is None
    journal.close()


def test_a_journal_of_a_newer_farside_is_left_alone(path: Path) -> None:
    Journal(path, create=True).close()
    with sqlite3.connect(path) as db:
        db.execute(f"PRAGMA user_version={len(MIGRATIONS) + 1}")
    db.close()
    with pytest.raises(FarsideError, match="newer farside") as caught:
        Journal(path)
    assert "Update farside" in caught.value.next_step


def test_an_event_that_this_version_does_not_know_is_named(path: Path) -> None:
    journal = Journal(path, create=True)
    journal.append(*begun())
    with sqlite3.connect(path) as db:
        db.execute("INSERT INTO events (at, kind, body) VALUES (0, 'x', '{\"kind\": \"flown_to_mars\"}')")
    db.close()
    with pytest.raises(FarsideError, match="Event 4 of"):
        list(journal.entries())
    journal.close()


def test_a_file_that_is_no_database_is_said_to_be_so_and_kept(path: Path) -> None:
    path.write_bytes(b"not a database, but long enough to be mistaken for one" * 100)
    before = path.read_bytes()
    with pytest.raises(FarsideError, match="cannot be used"):
        Journal(path)
    assert path.read_bytes() == before


def test_a_damaged_page_is_said_to_be_so(path: Path) -> None:
    journal = Journal(path, create=True)
    journal.append(*begun("x" * 50_000))
    journal.close()
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(bytes(content))
    with pytest.raises(FarsideError, match="cannot be used"):
        damaged = Journal(path)
        list(damaged.entries())


def test_a_missing_journal_is_not_made(path: Path) -> None:
    with pytest.raises(FarsideError, match="no journal"):
        Journal(path)
    assert not path.exists()


FILL = """
import resource, signal, sys
from pathlib import Path
from farside.agent.events import Noted
from farside.agent.journal import Journal
from farside.errors import FarsideError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
journal = Journal(Path(sys.argv[1]), create=True)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
count = 0
try:
    while True:
        journal.append(Noted("x" * 10_000, "plan"))
        count += 1
except FarsideError as error:
    print(count, error, error.next_step, sep="|")
"""


def test_a_full_disk_is_one_clear_sentence_and_loses_nothing(path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", FILL, str(path)], capture_output=True, text=True, check=True)
    count, sentence, step = done.stdout.strip().split("|")
    assert "disk refuses to write" in sentence
    assert "resume" in step
    journal = Journal(path)
    assert len(list(journal.entries())) == int(count) > 5
    journal.close()
