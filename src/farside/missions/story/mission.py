"""The story mission: a task on a book, step by step, each reply weighed before it is kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from farside.agent.claim import checks
from farside.agent.home import RunFolder
from farside.agent.mission import Accept, Check, Delivered, Onward, Place, Recall, Reject, Verdict
from farside.agent.state import RunState
from farside.errors import FarsideError
from farside.messages import ToolCall
from farside.missions.story.book.book import Language
from farside.missions.story.book.consistency import inconsistencies
from farside.missions.story.book.continuity import continuity
from farside.missions.story.book.folder import read_book
from farside.missions.story.goal import asked, prompt
from farside.missions.story.partial import delivered
from farside.missions.story.tasks.steps import STEPS
from farside.missions.story.tasks.task import Task, listing, said, task_of
from farside.missions.story.tasks.weighing import weigh
from farside.models.base import Profile
from farside.tools.base import Outcome, Toolbox
from farside.tools.described import Described

KEPT, NOT_KEPT = "kept", "not kept"
TOOLS = Path(__file__).with_name("tools.toml")


class Story:
    """A task is finished when its last step is kept. One of these for each language, in which it speaks."""

    def __init__(self, name: str, language: Language) -> None:
        self.name = name
        self._language = language

    def system(self, profile: Profile) -> str:
        """Return the system prompt in the language of the book."""
        return prompt(self._language, "system_code" if profile.tools == "code" else "system")

    def opening(self, state: RunState, profile: Profile) -> tuple[ToolCall, ...]:
        """Return nothing: the goal holds what the task needs."""
        return ()

    def tools(self, place: Place) -> Toolbox | None:
        """Return the tools that read the book and keep what is written for it."""
        folder, task = Path(place.settings.workspace), task_of(place.settings.options)
        does: dict[str, Callable[..., Outcome]] = {
            "check_book": lambda: told(lambda: _checked(folder)),
            "weigh_step": lambda step, reply: weighed(folder, task, step, reply),
        }
        return Described(TOOLS, does)

    def verify(self, state: RunState, profile: Profile) -> Verdict:
        """Have the reply weighed as the step that is next; then go on to the one behind it, or send it back."""
        task = task_of(state.settings.options)
        answers, done = checks(state), kept_steps(state)
        left = [step for step in STEPS[task.name] if step not in done]
        if answers:
            outcome = answers[-1].text
            if not outcome.startswith(_mark(done[-1] if done else "", KEPT)):
                return Reject(prompt(self._language, "again", step=left[0]))
            return Onward(asked(self._language, task, left[0])) if left else Accept(outcome.partition("\n")[2])
        if not left:
            return Accept(f"{state.transcript[-1].text}\n\n{prompt(self._language, 'done')}")
        reply = state.transcript[-1].text
        return Check((ToolCall("", "weigh_step", json.dumps({"step": left[0], "reply": reply}, ensure_ascii=False)),))

    def deliver(self, state: RunState, folder: RunFolder, recall: Recall) -> Delivered | None:
        """Name what the task made; of a run that did not finish, write what there is, marked as a part."""
        return delivered(state, task_of(state.settings.options), kept_steps(state))


def weighed(folder: Path, task: Task, step: str, reply: str) -> Outcome:
    """Return the outcome of weighing: its first line says for which step, and whether it is kept."""
    try:
        ok, text = weigh(folder, task, step, reply)
    except FarsideError as error:
        ok, text = False, f"{error} {error.next_step}"
    return Outcome(f"{_mark(step, KEPT if ok else NOT_KEPT)}\n{text}", ok)


def kept_steps(state: RunState) -> list[str]:
    """Return the steps that are kept, in order."""
    outcomes = [
        message.text for message in state.transcript if message.role == "tool" and message.name == "weigh_step"
    ]
    steps = STEPS[task_of(state.settings.options).name]
    return [step for step in steps if any(text.startswith(_mark(step, KEPT)) for text in outcomes)]


def told(what: Callable[[], str]) -> Outcome:
    """Return an outcome; an error of the book's is a sentence for the model."""
    try:
        return Outcome(what())
    except FarsideError as error:
        return Outcome(f"{error} {error.next_step}", ok=False)


def _mark(step: str, how: str) -> str:
    return f"[{step}: {how}]"


def _checked(folder: Path) -> str:
    book = read_book(folder)
    found = [*inconsistencies(book), *continuity(book)]
    return listing(book, found) or said(book, "sound")
