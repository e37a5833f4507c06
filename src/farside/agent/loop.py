"""The loop: decide, perform, journal, until there is nothing left to do. The thin shell around the pure core."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from farside.agent import actions
from farside.agent import events as ev
from farside.agent.blobs import Blobs
from farside.agent.budget import affords, chars_per_token, output_chars
from farside.agent.cap import capped
from farside.agent.claim import claim
from farside.agent.decide import best_answer, decide
from farside.agent.fingerprint import fingerprint
from farside.agent.fold import apply, digest
from farside.agent.folded import folded
from farside.agent.guard import idle_streak
from farside.agent.intake import price, take_in
from farside.agent.interrupts import Interrupts
from farside.agent.journal import Journal
from farside.agent.mission import Accept, Check, Mission, Onward, Reject, TryAgain
from farside.agent.projector import Projector
from farside.agent.snapshots.taking import CannotKeep, Snapshots
from farside.agent.state import RunState
from farside.agent.watcher import Watcher
from farside.agent.well_formed import well_formed
from farside.errors import FarsideError
from farside.messages import Message, Request, ToolCall, Usage
from farside.models.base import ContextTooLong, Model, ModelError, Profile, QuotaSpent, Unusable
from farside.prompts import render
from farside.tools.base import Effect, Outcome, Question, Toolbox
from farside.tools.catalog import briefly

REMINDERS: dict[str, Literal["plan", "budget", "guard", "cut"]] = {
    "plan": "plan",
    "budget": "budget",
    "nudge": "guard",
    "reflect": "guard",
    "cut": "cut",
}
"""Why a reminder is noted."""
LEAST_WINDOW = 1_024
"""Tokens below which a learned window is no use."""
MANY_FILES = 1_000
"""Files above which a snapshot takes longer than a commit."""


class BudgetSpent(FarsideError):
    """A question that the budget does not allow any more."""

    def __init__(self) -> None:
        super().__init__("The budget is used up.", "Work with what there is.")


@dataclass(slots=True)
class Run:
    """One run in the hands of this process. `state` is always the fold of what `note` was given."""

    id: str
    journal: Journal
    blobs: Blobs
    state: RunState
    model: Model
    toolbox: Toolbox
    mission: Mission
    watcher: Watcher
    interrupts: Interrupts
    snapshots: Snapshots
    _noted: list[tuple[ev.Event, RunState]] = field(default_factory=list)
    _projector: Projector = field(default_factory=Projector)
    _fingerprint: int | None = None

    def note(self, *events: ev.Event) -> None:
        """Fold events. They are on disk before the next request or call: `commit` is the barrier."""
        for event in events:
            self.state = apply(self.state, event)
            self._noted.append((event, self.state))

    def commit(self) -> None:
        """Put what was noted on disk, in one transaction, and tell the watcher."""
        noted, self._noted = self._noted, []
        entries = self.journal.append(*(event for event, _ in noted)) if noted else []
        for entry, (_, state) in zip(entries, noted, strict=True):
            self.watcher.event(entry, state)

    def go(self) -> RunState:
        """Keep the folder as it is, then work until the run ends or pauses; return the state then.

        Raises:
            FarsideError: the disk or the sandbox failed. What is on disk is whole; the run can be resumed.
        """
        try:
            if not self.state.snapshot:
                self.snapshot()
            while not isinstance(action := self._next(), actions.Rest):
                self._perform(action)
        except KeyboardInterrupt:
            self.note(ev.Paused("stopped by the user"))
        except ModelError as error:
            self._give_up(error)
        self.commit()
        return self.state

    def _give_up(self, error: ModelError) -> None:
        """Settle the request in flight, and pause where waiting helps, else end."""
        self._note_failure(error)
        if isinstance(error, QuotaSpent):
            self.note(ev.Paused(_told(error), error.wake_at))
        else:
            self.note(ev.Ended("failed", best_answer(self.state), _told(error)))

    def _note_failure(self, error: ModelError) -> None:
        """Count what an answer cost that was of no use."""
        wasted = error.wasted if isinstance(error, Unusable) else Usage()
        self.note(ev.AskFailed(_told(error), wasted, price(wasted, self.model.profile)))

    def _next(self) -> actions.Action:
        """Take up what the user said, at a boundary, and decide."""
        if not self.state.pending:
            self.note(*(ev.Said(text, number) for number, text in self.journal.inbox(self.state.inbox)))
        action = decide(self.state, self.model.profile)
        if isinstance(action, actions.Rest):
            self.commit()
        elif self.interrupts.wanted:
            raise KeyboardInterrupt
        return action

    def _perform(self, action: actions.Action) -> None:
        match action:
            case actions.Ask():
                self._ask(action)
            case actions.Act():
                self._act(action)
            case actions.Verify():
                self._verify()
            case actions.Remind(why):
                self._remind(why)
            case actions.Hide(call_ids):
                self.note(ev.Hidden(call_ids))
            case actions.Drop():
                self._drop(action)
            case actions.Snapshot():
                self.snapshot()
            case actions.End(status, answer, reason):
                self.note(ev.Ended(status, answer, reason))

    def _ask(self, ask: actions.Ask) -> None:
        profile = self.model.profile
        self.note(ev.Asked(ask.input_tokens, ask.max_tokens, ask.final))
        self.commit()
        tools = briefly(self.toolbox.specs) if profile.brief else self.toolbox.specs
        request = self._projector.project(self.state, profile, tools, ask.max_tokens, self.id)
        began = time.monotonic()
        try:
            with self.interrupts.open():
                reply = self.model.reply(request, self.watcher.part, self.watcher.notice)
        except ContextTooLong as error:
            self._learn(error, ask)
        else:
            self.note(take_in(self.state, reply, profile, time.monotonic() - began))

    def _learn(self, error: ContextTooLong, ask: actions.Ask) -> None:
        """Believe the endpoint, and shrink in any case, so that the same request is never sent twice."""
        tried = int(0.9 * (ask.input_tokens + ask.max_tokens))
        window = min(error.limit or tried, tried)
        if window < LEAST_WINDOW:
            raise error
        self.note(ev.Learned(window))

    def _act(self, act: actions.Act) -> None:
        call = act.call
        if self.state.started != call.id:
            self.note(ev.CallStarted(call.id))
        self.commit()
        began = time.monotonic()
        with self.interrupts.open():
            outcome = self.toolbox.call(call.name, call.arguments, call.id)
        self.note(self._finished(call, outcome, time.monotonic() - began))
        if outcome.plan is not None:
            self.note(ev.PlanChanged(outcome.plan))

    def snapshot(self) -> None:
        """Keep the files as they are; where that cannot be done, say why, and go on without.

        Where it may take long, what was noted is on disk first: a kill meanwhile makes no call's outcome unknown.
        """
        if self.state.snapshot_files > MANY_FILES:
            self.commit()
        began = time.monotonic()
        try:
            with self.interrupts.open():
                kept = self.snapshots.take(self.watcher.notice)
        except CannotKeep as error:
            self.note(ev.SnapshotsOff(well_formed(str(error))))
        else:
            seconds = round(time.monotonic() - began, 3)
            self.note(ev.Snapshotted(kept.tree, kept.files, kept.size, kept.left_out, seconds))

    def consult(self, question: Question) -> str:
        """Ask the model one question outside the conversation, once a run; the answer is on disk before return.

        Raises:
            BudgetSpent: the budget does not allow it.
            ModelError: the model does not answer.
        """
        question = replace(question, text=well_formed(question.text))
        key = digest(repr(question))
        known = self.journal.answer(key)
        if known is not None:
            return known
        profile, prompt = self.model.profile, len(question.system) + len(question.text)
        if not affords(
            self.state, profile, Usage(int(prompt / chars_per_token(self.state)) + 1, question.max_tokens)
        ):
            raise BudgetSpent
        began = time.monotonic()
        try:
            reply = self.model.reply(asked(question, profile), self.watcher.part, self.watcher.notice)
        except Unusable as error:
            with self.interrupts.shut():
                self._note_failure(error)
                self.commit()
            raise
        spent, text = reply.usage + reply.wasted, well_formed(reply.message.text)
        seconds = round(time.monotonic() - began, 3)
        with self.interrupts.shut():
            self.note(ev.Consulted(key, text, spent, price(spent, profile), seconds))
            self.commit()
        return text

    def _finished(self, call: ToolCall, outcome: Outcome, seconds: float) -> ev.CallFinished:
        whole = well_formed(outcome.text)
        text = capped(whole, output_chars(self.state, self.model.profile), call.id)
        return ev.CallFinished(
            call.id,
            "ok" if outcome.ok else "error",
            text,
            blob="" if text == whole else self.blobs.put(whole.encode()),
            size=len(whole),
            session=self.blobs.put(outcome.session) if outcome.session is not None else "",
            lost=outcome.lost,
            changed=self._has_changed(text),
            may_write=may_write(self.toolbox.effect(call.name), outcome),
            seconds=round(seconds, 3),
        )

    def _has_changed(self, text: str) -> bool:
        """Look at the files only where the output alone does not show progress."""
        if digest(text) not in self.state.seen:
            return False
        before, self._fingerprint = self._fingerprint, fingerprint(Path(self.state.settings.workspace))
        return before is not None and before != self._fingerprint

    def _verify(self) -> None:
        claimed = claim(self.state)
        assert claimed is not None, "decide verifies nothing else"
        match self.mission.verify(self.state, self.model.profile):
            case Accept(answer):
                self.note(ev.Judged(True, claimed.text), ev.Ended("finished", answer))
            case Reject(reason):
                self.note(ev.Judged(False, claimed.text, reason), ev.Noted(reason, "verdict"))
            case Onward(text):
                self.note(ev.Judged(True, claimed.text), ev.Noted(text, "step"))
            case TryAgain(reason):
                self.note(ev.Judged(False, claimed.text, reason), ev.Attempted(self.state.attempt + 1))
            case Check(calls):
                if self.state.checking is None:
                    self.note(ev.Noted(render(__package__, "check.md"), "check"))
                self.note(ev.Checked(numbered(calls, self.state.calls)))

    def _remind(self, why: str) -> None:
        text = render(
            __package__,
            f"{why}.md",
            goal=self.state.goal,
            steps=self.state.steps,
            plan=self.state.plan.text(),
            digest=self._idle_digest(),
        )
        self.note(ev.Noted(text, REMINDERS[why]))

    def _drop(self, drop: actions.Drop) -> None:
        lesson = (
            folded(self.state, drop.digest)
            if drop.why == "context"
            else render(__package__, "rolled_back.md", digest=self._idle_digest())
        )
        self.note(ev.Dropped(drop.start, drop.end, lesson, drop.why))

    def _idle_digest(self) -> str:
        """Return the distinct calls of the idle streak, a line each."""
        left = len(idle_streak(self.state))
        lines: dict[str, None] = {}
        for message in reversed(self.state.transcript):
            for call in reversed(message.calls):
                if left > 0:
                    left -= 1
                    lines[f"- {call.name} {' '.join(call.arguments.split())[:200]}"] = None
        return "\n".join(lines)


def numbered(calls: Iterable[ToolCall], known: int) -> tuple[ToolCall, ...]:
    """Return a mission's calls with farside's ids, behind the `known` ones there are."""
    return tuple(replace(call, id=f"c{number}") for number, call in enumerate(calls, start=known + 1))


def may_write(effect: Effect, outcome: Outcome) -> bool:
    """Tell whether a call may have changed files; an idempotent one that brought a plan did nothing else."""
    return effect is Effect.UNSAFE or (effect is Effect.IDEMPOTENT and outcome.plan is None)


def asked(question: Question, profile: Profile) -> Request:
    """Return a question as a request of its own; a model that thinks has its own warmth: at 0 it goes in circles."""
    system = (Message("system", question.system),) if question.system else ()
    return Request(
        (*system, Message("user", question.text)),
        max_tokens=question.max_tokens,
        temperature=question.temperature if profile.reasoning == "none" else profile.temperature,
        seed=question.seed,
        schema=question.schema,
        stop=question.stop,
    )


def _told(error: FarsideError) -> str:
    return f"{error} {error.next_step}".strip()
