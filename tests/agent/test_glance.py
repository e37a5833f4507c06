from __future__ import annotations

import sqlite3
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farside.agent import events as ev
from farside.agent.fold import fold
from farside.agent.glance import Glance, glance
from farside.agent.journal import Journal
from farside.errors import FarsideError
from tests.agent.journals import SETTINGS, journals

OTHER = ev.Settings("scripted/y", workspace="/elsewhere")
ENDINGS: tuple[tuple[ev.Event, ...], ...] = (
    (),
    (ev.Ended("finished", "42"),),
    (ev.Ended("failed", "42"),),
    (ev.Ended("finished", "42"), ev.Said("go on", 7)),
    (ev.Ended("finished", "42"), ev.Resumed(OTHER)),
    (ev.Ended("finished", "42"), ev.Forked("0101-abcde", 3, OTHER)),
)


@settings(max_examples=50)
@given(journals(), st.sampled_from(ENDINGS))
def test_it_tells_what_the_whole_journal_folds_to(events: list[ev.Event], ending: tuple[ev.Event, ...]) -> None:
    state = fold([*events, *ending])
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(Path(folder, "journal.db"), create=True)
        journal.append(*events, *ending)
        seen = glance(journal)
        journal.close()
    assert seen == Glance(state.settings, state.status == "finished", state.inbox, bool(state.session))


def test_a_journal_in_which_no_run_was_created_is_no_whole_story(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db", create=True)
    journal.append(ev.Noted("x", "plan"))
    with pytest.raises(FarsideError, match="no whole story"):
        glance(journal)
    journal.close()


def test_an_event_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db", create=True)
    journal.append(ev.RunCreated("goal", SETTINGS))
    with sqlite3.connect(tmp_path / "journal.db") as db:
        db.execute('INSERT INTO events (at, kind, body) VALUES (0, \'resumed\', \'{"kind": "resumed", "x": 1}\')')
    db.close()
    with pytest.raises(FarsideError, match="Event 2 of"):
        glance(journal)
    journal.close()
