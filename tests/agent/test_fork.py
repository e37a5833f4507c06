"""A fork has the messages, plan, variables, budget and files of a step, and works in its own folder alone."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from farside.agent import events as ev
from farside.agent.fork import fork
from farside.agent.home import RunFolder, all_runs
from farside.agent.journal import Journal
from farside.agent.past import past
from farside.agent.snapshots.store import Store
from farside.agent.take_up import create, taken_up, told_by
from farside.errors import FarsideError
from tests.agent.snapshots.folders import found, silent
from tests.agent.test_take_up import CREW, Silent, appended, events_of, gone_through, python, written

PLAN = {"name": "update_plan", "arguments": {"plan": [{"step": "count", "status": "doing"}]}}
COUNT = "n = globals().get('n', 0) + 1\nopen('log', 'a').write(f'{n}\\n')\nprint('n is', n)"


def counted(base: Path) -> RunFolder:
    """Return a run that has counted to three, in a file and in a variable, and said so."""
    steps: list[dict[str, object]] = [
        python(COUNT),
        {"calls": [PLAN]},
        python(COUNT),
        python(COUNT + "\nprint('x' * 40_000)"),
    ]
    model = written(base / "s", *steps, {"text": "Three."}, {"text": "The fork is done."})
    (base / "work").mkdir()
    (base / "work" / ".gitignore").write_text("log\n")
    settings = ev.Settings(model, workspace=str(base / "work"), budget=ev.Budget(9, 50_000))
    folder = create("Count.", settings)
    assert gone_through(folder).answer == "Three."
    return folder


def state_of(folder: RunFolder) -> ev.Settings:
    journal = Journal(folder.journal)
    state = told_by(journal)
    journal.close()
    return state.settings


def test_a_fork_goes_on_from_its_step_and_leaves_the_other_run_alone(tmp_path: Path) -> None:
    origin = counted(tmp_path)
    before = (origin.journal.read_bytes(), found(tmp_path / "work"), found(origin.snapshots))
    made = fork(origin, past(origin, 2), silent)
    assert found(made.workspace) == {".gitignore": b"log\n", "log": b"1\n"}
    shutil.rmtree(tmp_path / "work")
    state = gone_through(made)
    outputs = [message.text for message in state.transcript if message.role == "tool" and message.name == "python"]
    assert [text.split("\n")[0] for text in outputs] == ["n is 1", "n is 2", "n is 3"]
    assert (state.status, state.answer, (made.workspace / "log").read_text()) == ("finished", "Three.", "1\n2\n3\n")
    assert state.plan.steps[0].step == "count"
    assert not (tmp_path / "work").exists()
    assert (origin.journal.read_bytes(), found(origin.snapshots)) == (before[0], before[2])


def test_the_model_is_told_where_it_is_and_the_budget_goes_on(tmp_path: Path) -> None:
    origin = counted(tmp_path)
    made = fork(origin, past(origin, 2), silent)
    events = events_of(made)
    note = events[-1]
    assert isinstance(note, ev.Noted)
    assert f"{made.workspace}." in note.text
    assert f"Paths into {tmp_path / 'work'}," in note.text
    shared = past(origin, 2)
    assert events[:-2] == [entry.event for entry in shared.entries]
    mine = past(made, 2).state
    assert (mine.steps, mine.usage, mine.cost_usd) == (2, shared.state.usage, shared.state.cost_usd)
    assert state_of(made) == ev.Settings(
        shared.state.settings.model, workspace=str(made.workspace), budget=ev.Budget(9, 50_000)
    )


def test_a_fork_of_a_fork_needs_nothing_of_the_first_run(tmp_path: Path) -> None:
    origin = counted(tmp_path)
    first = fork(origin, past(origin, 4), silent)
    shutil.rmtree(origin.path)
    second = fork(first, past(first, 3), silent)
    assert (second.workspace / "log").read_text() == "1\n2\n"
    state = gone_through(second)
    assert (state.answer, (second.workspace / "log").read_text()) == ("Three.", "1\n2\n3\n")


def test_whole_outputs_stay_in_reach(tmp_path: Path) -> None:
    made = fork(origin := counted(tmp_path), past(origin, 4), silent)
    shutil.rmtree(origin.path)
    blobs = [event.blob for event in events_of(made) if isinstance(event, ev.CallFinished) and event.blob]
    assert len(blobs) == 1
    assert b"x" * 40_000 in (made.blobs / blobs[0]).read_bytes()


def test_a_finished_run_can_go_on_as_a_fork_of_its_last_step(tmp_path: Path) -> None:
    made = fork(origin := counted(tmp_path), past(origin, None), silent)
    assert gone_through(made).answer == "The fork is done."


def test_words_of_the_user_are_the_forks_own(tmp_path: Path) -> None:
    model = written(tmp_path / "s", python("1"), {"text": "One."}, {"text": "Two."}, {"text": "Three."})
    folder = create("Go.", ev.Settings(model))
    for words in ("first", "second"):
        journal = Journal(folder.journal)
        journal.post(words)
        journal.close()
        gone_through(folder)
    made = fork(folder, past(folder, 3), silent)
    journal = Journal(made.journal)
    journal.post("to the fork")
    journal.close()
    assert "to the fork" in [message.text for message in gone_through(made).transcript]


def test_a_fork_that_cannot_be_made_leaves_nothing(tmp_path: Path) -> None:
    origin = counted(tmp_path)
    before = {folder.path for folder in all_runs()}
    for pack in origin.snapshots.rglob("*.pack"):
        pack.unlink()
    with pytest.raises(FarsideError, match="are damaged"):
        fork(origin, past(origin, 2), silent)
    assert {folder.path for folder in all_runs()} == before
    assert set(origin.path.parent.iterdir()) >= before


def test_a_run_of_an_earlier_farside_is_read_and_gets_snapshots(tmp_path: Path) -> None:
    model = written(tmp_path / "s", python("1"), python("open('f', 'w').write('2')"), {"text": "Done."})
    folder = create("Go.", ev.Settings(model))
    with taken_up(folder, CREW, Silent()) as run:
        while run.state.steps < 1 or run.state.pending:
            run._perform(run._next())
        run.commit()
    with sqlite3.connect(folder.journal) as db:
        db.execute("DELETE FROM events WHERE kind = 'snapshotted'")
        db.execute("UPDATE events SET body = json_remove(body, '$.may_write') WHERE kind = 'call_finished'")
    db.close()
    assert gone_through(folder).answer == "Done."
    with pytest.raises(FarsideError, match="it had no snapshots then"):
        past(folder, 1)
    with Store(folder.snapshots) as store:
        assert past(folder, 2).state.snapshot in store


def test_a_snapshot_that_was_broken_off_is_taken_on_resume(tmp_path: Path) -> None:
    model = written(tmp_path / "s", python("open('f', 'w').write('1')"), {"text": "Done."})
    folder = create("Go.", ev.Settings(model))
    with taken_up(folder, CREW, Silent()) as run:
        while not run.state.touched:
            run._perform(run._next())
        run.commit()
    (folder.snapshots / "objects/pack").mkdir(parents=True)
    (folder.snapshots / "objects/pack/tmp_pack_1").write_bytes(b"half a pack")
    with pytest.raises(FarsideError, match="is not done yet"):
        past(folder, 1)
    appended(folder, ev.Paused("killed"))
    gone_through(folder)
    assert found(fork(folder, past(folder, 1), silent).workspace) == {"f": b"1"}
