from __future__ import annotations

import json
from pathlib import Path

import pytest

from farside.agent import events as ev
from farside.agent.home import RunFolder
from farside.agent.journal import Entry, Journal
from farside.agent.state import RunState
from farside.agent.take_up import Crew, create, taken_up
from farside.errors import FarsideError
from farside.messages import Part
from farside.missions import mission
from farside.models.catalog import open_model
from farside.tools.toolbox import open_toolbox

CREW = Crew(
    model=lambda settings: open_model(settings.model, settings.base_url),
    toolbox=lambda settings, folder, host: open_toolbox(
        Path(settings.workspace), folder.scratch, net=False, host=host, private=()
    ),
    mission=lambda settings: mission(settings.mission),
)


class Silent:
    def event(self, entry: Entry, state: RunState) -> None:
        """Say nothing."""

    def part(self, part: Part) -> None:
        """Say nothing."""

    def notice(self, sentence: str) -> None:
        """Say nothing."""


def python(code: str) -> dict[str, object]:
    return {"calls": [{"name": "python", "arguments": {"code": code}}]}


def written(path: Path, *lines: dict[str, object]) -> str:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return f"scripted/{path}"


def gone_through(folder: RunFolder, crew: Crew = CREW) -> RunState:
    with taken_up(folder, crew, Silent()) as run:
        return run.go()


def events_of(folder: RunFolder) -> list[ev.Event]:
    journal = Journal(folder.journal)
    events = [entry.event for entry in journal.entries()]
    journal.close()
    return events


def appended(folder: RunFolder, *events: ev.Event) -> None:
    """Write the journal on as a process did that was killed right behind these events."""
    journal = Journal(folder.journal)
    journal.append(*events)
    journal.close()


def test_a_goal_is_worked_on_to_its_answer(tmp_path: Path) -> None:
    model = written(tmp_path / "s", python("x = 41"), python("print(x + 1)"), {"text": "It is 42."})
    state = gone_through(create("What is it?", ev.Settings(model)))
    assert (state.status, state.answer, state.steps) == ("finished", "It is 42.", 3)
    assert state.transcript[4].text == "42"


def test_an_empty_goal_is_refused() -> None:
    with pytest.raises(FarsideError, match="goal is empty"):
        create("  ", ev.Settings("local"))


def test_open_acceptance_items_send_the_claim_back(tmp_path: Path) -> None:
    def plan(passes: bool) -> dict[str, object]:
        arguments = {"plan": [], "acceptance": [{"item": "tests pass", "passes": passes}]}
        return {"calls": [{"name": "update_plan", "arguments": arguments}]}

    model = written(tmp_path / "s", plan(False), {"text": "Done."}, plan(True), {"text": "Really done."})
    folder = create("Do it.", ev.Settings(model))
    assert gone_through(folder).answer == "Really done."
    judged = [event for event in events_of(folder) if isinstance(event, ev.Judged)]
    assert [event.accepted for event in judged] == [False, True]
    assert "- tests pass" in judged[0].reason


@pytest.mark.parametrize(("name", "status"), [("python", "unknown"), ("list_files", "ok")])
def test_a_call_that_was_cut_off_is_unknown_only_if_it_may_have_done_something(
    tmp_path: Path, name: str, status: str
) -> None:
    arguments = {"code": "open('mark', 'a').write('x')"} if name == "python" else {}
    call: dict[str, object] = {"calls": [{"name": name, "arguments": arguments}]}
    folder = create("Go.", ev.Settings(written(tmp_path / "s", call, {"text": "Done."})))
    with taken_up(folder, CREW, Silent()) as run:
        while not run.state.pending:
            run._perform(run._next())
        run.note(ev.CallStarted("c1"))
        run.commit()
    state = gone_through(folder)
    finished = [event for event in events_of(folder) if isinstance(event, ev.CallFinished)]
    assert [event.status for event in finished] == [status]
    assert state.answer == "Done."
    assert not (folder.workspace / "mark").exists()


def test_variables_come_back_and_lost_names_are_told(tmp_path: Path) -> None:
    first = python("x = 41\nimport threading\nlock = threading.Lock()")
    model = written(tmp_path / "s", first, python("print(x + 1, 'lock' in globals())"), {"text": "Done."})
    folder = create("Go.", ev.Settings(model))
    with taken_up(folder, CREW, Silent()) as run:
        while not run.state.session:
            run._perform(run._next())
        run.commit()
    state = gone_through(folder)
    texts = [message.text for message in state.transcript]
    assert any("have to be made again: lock" in text for text in texts)
    assert "42 False" in texts


def test_words_of_the_user_come_at_the_next_boundary_and_wake_a_finished_run(tmp_path: Path) -> None:
    model = written(tmp_path / "s", python("1"), {"text": "Done."}, {"text": "Done again."})
    folder = create("Go.", ev.Settings(model))
    journal = Journal(folder.journal)
    journal.post("use the other file")
    assert gone_through(folder).transcript[1].text == "use the other file"
    with pytest.raises(FarsideError, match="is finished"):
        gone_through(folder)
    journal.post("once more")
    journal.close()
    assert gone_through(folder).answer == "Done again."


def test_a_long_output_is_cut_for_the_model_and_whole_for_recall(tmp_path: Path) -> None:
    recall = python("print(len(recall('c1', pattern='line 4999')) > 5)")
    lines = python("for n in range(5000): print('line', n)")
    state = gone_through(create("Go.", ev.Settings(written(tmp_path / "s", lines, recall, {"text": "Done."}))))
    outputs = [message.text for message in state.transcript if message.role == "tool"]
    assert 'recall("c1") has all' in outputs[0]
    assert len(outputs[0]) < 17_000
    assert outputs[1] == "True"


def test_half_a_character_breaks_nothing(tmp_path: Path) -> None:
    folder = create("What is \ud83d?", ev.Settings(written(tmp_path / "s", python("chr(0xD83D)"), {"text": "Done."})))
    journal = Journal(folder.journal)
    journal.post("and \ude00?")
    journal.close()
    state = gone_through(folder)
    assert (state.status, state.goal, state.transcript[1].text) == ("finished", "What is ??", "and ??")
