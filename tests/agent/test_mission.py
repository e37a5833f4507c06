"""A mission that brings tools of its own and checks a claim with them before it judges it."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from pathlib import Path

import pytest

from farside.agent import events as ev
from farside.agent.claim import checks, claim
from farside.agent.home import RunFolder
from farside.agent.journal import Journal
from farside.agent.mission import Accept, Check, Delivered, Onward, Place, Recall, Reject, Verdict
from farside.agent.state import RunState
from farside.agent.take_up import Crew, create, told_by
from farside.messages import ToolCall
from farside.models.base import Profile
from farside.models.catalog import open_model
from farside.tools.base import Host, Outcome, Toolbox
from farside.tools.combined import Combined
from farside.tools.described import Described
from farside.tools.toolbox import open_toolbox
from tests.agent.stories import answer, begun, state_after
from tests.agent.test_take_up import appended, events_of, gone_through, written

CATALOG = """
[double]
effect = "pure"
description = "Return twice a number."
required = ["number"]
[double.properties]
number = { type = "integer", description = "The number." }

[weigh]
told = false
effect = "pure"
description = "Weigh a claim."
required = ["claim"]
[weigh.properties]
claim = { type = "string", description = "The claim." }
"""


@dataclass(frozen=True)
class Weighing:
    """Accepts what its scale says is heavy; every weighing is a line in a file beside the run."""

    folder: Path
    name: str = "weighing"

    def system(self, profile: Profile) -> str:
        return "Find something heavy."

    def opening(self, state: RunState, profile: Profile) -> tuple[ToolCall, ...]:
        return ()

    def tools(self, place: Place) -> Toolbox | None:
        scale = place.settings.option("scale")

        def weigh(claim: str) -> Outcome:
            with (self.folder / "weighed").open("a") as log:
                log.write(f"{claim}\n")
            return Outcome(f"{claim} weighs {len(claim)} {scale}")

        catalog = self.folder / "catalog.toml"
        catalog.write_text(CATALOG)
        return Described(catalog, {"weigh": weigh, "double": lambda number: Outcome(str(2 * number))})

    def verify(self, state: RunState, profile: Profile) -> Verdict:
        claimed = claim(state)
        assert claimed is not None
        if not (done := checks(state)):
            return Check((ToolCall("", "weigh", json.dumps({"claim": claimed.text})),))
        return Accept(claimed.text) if "weighs 4" in done[0].text else Reject(f"Too light: {done[0].text}.")

    def deliver(self, state: RunState, folder: RunFolder, recall: Recall) -> Delivered | None:
        return None

    def crew(self) -> Crew:
        return Crew(
            lambda settings: open_model(settings.model, settings.base_url), self.opened, lambda settings: self
        )

    def opened(self, settings: ev.Settings, folder: RunFolder, host: Host) -> Toolbox:
        base = open_toolbox(Path(settings.workspace), folder.scratch, net=False, host=host, private=())
        own = self.tools(Place(settings, folder, host, base.layer, lambda sentence: None))
        assert own is not None
        base.lend(own)
        return Combined(base, own)

    @property
    def weighed(self) -> list[str]:
        return (self.folder / "weighed").read_text().splitlines()


def begun_with(tmp_path: Path, *lines: dict[str, object]) -> RunFolder:
    settings = ev.Settings(written(tmp_path / "s", *lines), mission="weighing", options=(("scale", "kg"),))
    return create("Go.", settings)


def test_a_claim_is_checked_by_calls_before_it_is_judged(tmp_path: Path) -> None:
    folder = begun_with(tmp_path, {"text": "cat"}, {"text": "lion"})
    mission = Weighing(tmp_path)
    state = gone_through(folder, mission.crew())
    assert (state.status, state.answer, state.steps, state.checking) == ("finished", "lion", 2, None)
    assert mission.weighed == ["cat", "lion"]
    kinds = [event.kind for event in events_of(folder)][-7:]
    assert kinds == ["replied", "noted", "checked", "call_started", "call_finished", "judged", "ended"]
    assert [message.text for message in state.transcript if message.role == "tool"] == [
        "cat weighs 3 kg",
        "lion weighs 4 kg",
    ]


@pytest.mark.parametrize("kept", ["replied", "noted", "checked", "call_started", "call_finished"])
def test_a_kill_at_any_point_of_a_check_changes_nothing(tmp_path: Path, kept: str) -> None:
    """The journal ends right behind an event of the first check, as after a kill."""
    folder = begun_with(tmp_path, {"text": "lion"})
    mission = Weighing(tmp_path)
    gone_through(folder, mission.crew())
    with sqlite3.connect(folder.journal) as db:
        (seq,) = db.execute("SELECT max(seq) FROM events WHERE kind = ?", (kept,)).fetchone()
        db.execute("DELETE FROM events WHERE seq > ?", (seq,))
    db.close()
    state = gone_through(folder, mission.crew())
    assert (state.status, state.answer) == ("finished", "lion")
    assert len(mission.weighed) == (1 if kept == "call_finished" else 2)
    outputs = [message.text for message in state.transcript if message.role == "tool"]
    assert outputs == ["lion weighs 4 kg"]


def test_its_tools_are_functions_of_the_session_and_told_of_in_the_code_dialect(tmp_path: Path) -> None:
    header: dict[str, object] = {"profile": {"tools": "code"}}
    block: dict[str, object] = {"text": "```python\nprint(double(number=21))\n```"}
    folder = begun_with(tmp_path, header, block, {"text": "lion"})
    state = gone_through(folder, Weighing(tmp_path).crew())
    assert "- double(number): Return twice a number." in state.system
    assert "weigh" not in state.system.removeprefix("Find something heavy.")
    assert "search(" not in state.system
    assert [message.text for message in state.transcript if message.role == "tool"] == ["42", "lion weighs 4 kg"]


def test_its_tools_are_native_where_the_model_calls_tools(tmp_path: Path) -> None:
    calls = [{"name": "double", "arguments": {"number": 4}}, {"name": "double", "arguments": {}}]
    call: dict[str, object] = {"calls": calls}
    state = gone_through(begun_with(tmp_path, call, {"text": "lion"}), Weighing(tmp_path).crew())
    first, second, _ = [message.text for message in state.transcript if message.role == "tool"]
    assert first == "8"
    assert "number" in second and second != "8"


def test_words_of_the_user_end_a_check(tmp_path: Path) -> None:
    note, check = ev.Noted("checked:", "check"), ev.Checked((ToolCall("c1", "weigh", "{}"),))
    told = state_after(begun(), answer("cat"), note, check, ev.CallFinished("c1", "ok", "3 kg"))
    assert [message.text for message in checks(told)] == ["3 kg"]
    assert claim(told) is not None
    after = state_after(
        begun(), answer("cat"), note, check, ev.CallFinished("c1", "ok", "3 kg"), ev.Said("a dog?", 1)
    )
    assert (claim(after), checks(after)) == (None, ())


@dataclass(frozen=True)
class Stepping(Weighing):
    """Wants three heavy claims, one after the other; each is a step."""

    def verify(self, state: RunState, profile: Profile) -> Verdict:
        claimed = claim(state)
        assert claimed is not None
        if not checks(state):
            return Check((ToolCall("", "weigh", json.dumps({"claim": claimed.text})),))
        if len(claimed.text) < 4:
            return Reject("Too light.")
        done = sum(answer.text != "cat" for answer in state.answers) + 1
        return Accept(claimed.text) if done == 3 else Onward(f"Step {done + 1}.")


def test_a_mission_of_several_steps_goes_on_and_its_rejections_count_anew(tmp_path: Path) -> None:
    words = ("cat", "cat", "cat", "lion", "cat", "cat", "cat", "bear", "wolf")
    lines: list[dict[str, object]] = [{"text": word} for word in words]
    folder = begun_with(tmp_path, *lines)
    state = gone_through(folder, Stepping(tmp_path).crew())
    assert (state.status, state.answer, state.rejections) == ("finished", "wolf", 0)
    judged = [event.accepted for event in events_of(folder) if isinstance(event, ev.Judged)]
    assert judged == [word != "cat" for word in words]
    noted = [event.text for event in events_of(folder) if isinstance(event, ev.Noted) and event.why == "step"]
    assert noted == ["Step 2.", "Step 3."]


def test_checks_are_no_progress_so_claims_that_do_not_hold_come_to_an_end(tmp_path: Path) -> None:
    lines: list[dict[str, object]] = [{"text": "cat" + "t" * n} for n in range(2, 8)]
    folder = begun_with(tmp_path, *lines)
    state = gone_through(folder, Weighing(tmp_path).crew())
    assert (state.status, state.rejections) == ("failed", 4)
    assert "keeps claiming" in state.reason
    assert all(record.ours and not record.progress for record in state.records)


def test_options_are_journaled_and_journals_without_them_are_read(tmp_path: Path) -> None:
    folder = begun_with(tmp_path, {"text": "lion"})
    journal = Journal(folder.journal)
    assert told_by(journal).settings.option("scale") == "kg"
    assert told_by(journal).settings.option("depth") == ""
    journal.close()
    with sqlite3.connect(folder.journal) as db:
        db.execute("UPDATE events SET body = json_remove(body, '$.settings.options')")
    db.close()
    old = Journal(folder.journal)
    assert told_by(old).settings.options == ()
    old.close()


def test_a_resumed_run_keeps_its_options(tmp_path: Path) -> None:
    folder = begun_with(tmp_path, {"fail": "QuotaSpent"}, {"text": "lion"})
    mission = Weighing(tmp_path)
    assert gone_through(folder, mission.crew()).status == "paused"
    written(tmp_path / "s", {"text": "lion"})
    assert gone_through(folder, mission.crew()).transcript[-1].text == "lion weighs 4 kg"


def test_an_unsafe_check_that_was_cut_off_is_unknown_to_the_verifier(tmp_path: Path) -> None:
    folder = begun_with(tmp_path, {"text": "cat"}, {"text": "lion"})
    call = ToolCall("c1", "python", '{"code": "1"}')
    events: list[ev.Event] = [*begun()[2:], answer("cat"), ev.Noted("checked:", "check"), ev.Checked((call,))]
    appended(folder, *events, ev.CallStarted("c1"))
    state = gone_through(folder, Weighing(tmp_path).crew())
    assert state.answer == "lion"
    assert any("UNKNOWN" in message.text for message in state.transcript if message.name == "note:verdict")
