"""A run that opens with a survey, stopped between any two of its questions and taken up again."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from farside.agent import events as ev
from farside.agent.home import RunFolder
from farside.agent.state import RunState
from farside.agent.take_up import Crew, create, taken_up
from farside.messages import Message, Reply, Request, Usage
from farside.models.base import OnNotice, OnPart, Profile, Unusable
from farside.tools.base import Question
from tests.agent.test_take_up import CREW, Silent, events_of
from tests.tools.inside.survey.folders import GOAL, LAYOUTS, Folder, Model, drawn

PROFILE = Profile("local", window=16_000, max_tokens=1_024, tools="code")


@dataclass
class Reader:
    """A small model that reads without a mistake; what it was asked is kept. At question `stop` comes an `error`."""

    folder: Folder
    stop: int = -1
    error: BaseException = field(default_factory=KeyboardInterrupt)
    mute: bool = False
    """In the conversation it says nothing usable."""
    asked: list[tuple[str, object]] = field(default_factory=list)
    profile: Profile = PROFILE

    def reply(self, request: Request, on_part: OnPart, on_notice: OnNotice) -> Reply:
        texts = [message.text for message in request.messages]
        if GOAL in texts:
            if self.mute:
                raise Unusable("It says nothing.", "Try again.")
            lines = [line for text in texts for line in text.splitlines()]
            said = next((line for line in lines if line.startswith("Answer: ")), "Answer: I do not know.")
            return Reply(Message("assistant", said.removeprefix("Answer: ")), Usage(500, 0, 20), "stop")
        if len(self.asked) == self.stop:
            raise self.error
        self.asked.append((texts[-1], request.seed))
        return Reply(Message("assistant", Model(self.folder)(Question(texts[-1]))), Usage(100, 0, 10), "stop")

    def close(self) -> None:
        """Nothing is open."""


def begun(folder: Folder, base: Path, **budget: int) -> RunFolder:
    base.mkdir()
    folder.write(base)
    limits = replace(ev.Budget(), **budget)
    return create(GOAL, ev.Settings("local", workspace=str(base), budget=limits))


def gone_on(run: RunFolder, model: Reader) -> RunState:
    with taken_up(run, Crew(lambda settings: model, CREW.toolbox, CREW.mission), Silent()) as taken:
        return taken.go()


@pytest.fixture(scope="module")
def folder() -> Folder:
    return drawn(7, LAYOUTS[:1], count=12)


def test_each_question_is_asked_once_however_often_the_run_is_stopped(folder: Folder, tmp_path: Path) -> None:
    run, asked = begun(folder, tmp_path / "work"), list[tuple[str, object]]()
    for _ in range(40):
        model = Reader(folder, stop=1)
        state = gone_on(run, model)
        asked += model.asked
        if state.status != "paused":
            break
    assert (state.status, state.answer) == ("finished", folder.answer)
    assert len(asked) == len(set(asked)) == sum(isinstance(event, ev.Consulted) for event in events_of(run))
    alone = Reader(folder)
    gone_on(begun(folder, tmp_path / "other"), alone)
    assert asked == alone.asked


def test_what_was_worked_out_is_the_best_answer_of_a_run_that_fails(folder: Folder, tmp_path: Path) -> None:
    state = gone_on(begun(folder, tmp_path / "work"), Reader(folder, mute=True))
    assert (state.status, state.answer) == ("failed", folder.answer)


def test_questions_end_before_they_eat_what_the_last_answer_needs(folder: Folder, tmp_path: Path) -> None:
    run = begun(folder, tmp_path / "work", max_tokens=12_000)
    model = Reader(folder)
    state = gone_on(run, model)
    assert state.status in ("finished", "budget") and state.answer
    assert state.usage.input + state.usage.output <= 12_000


def test_what_a_failed_question_cost_is_counted(folder: Folder, tmp_path: Path) -> None:
    run = begun(folder, tmp_path / "work")
    error = Unusable("It says nothing.", "Try again.", wasted=Usage(70, 0, 3))
    state = gone_on(run, Reader(folder, stop=0, error=error))
    assert state.usage.input == 70 + 500 * state.steps
