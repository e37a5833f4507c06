"""A recorded run through another context policy, offline: what it would have sent, and what it would have hidden.

The replies and outputs stay as they were recorded; only what stands in each prompt differs. What the endpoint counted
is the truth, and the difference is counted in characters. The cached part is the messages that the request before
begins with as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from farside.agent import events as ev
from farside.agent.actions import Drop, Hide
from farside.agent.budget import CHARS_PER_TOKEN, PLAUSIBLE
from farside.agent.context import Policy, relieve
from farside.agent.facts import facts_of, spoken_facts, used_texts
from farside.agent.fold import apply, created
from farside.agent.folded import folded
from farside.agent.projector import Projector
from farside.agent.shown import weight
from farside.agent.state import RunState
from farside.messages import Message, Usage
from farside.models.base import Profile

_HANDLE = re.compile(r"\bc(\d+)\b(?: to c(\d+)\b)?")


@dataclass(frozen=True, slots=True)
class Missed:
    """A reply used facts of an output, and nothing that would have been shown to the model held them."""

    step: int
    """The reply's."""
    facts: tuple[str, ...]
    call_id: str
    """The call whose output held them last."""
    within_recall: bool
    """The output's handle would have been shown."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What the run would have taken."""

    usage: Usage
    longest: int
    """Tokens of the longest prompt."""
    acts: int
    """How often the policy acted."""
    used: int
    """Facts of outputs that a later call or answer used, counted once a reply."""
    missed: tuple[Missed, ...]

    @property
    def hidden(self) -> int:
        """How many of the facts used would have been hidden then."""
        return sum(len(each.facts) for each in self.missed)

    @property
    def recallable(self) -> int:
        """How many of those recall would have brought back."""
        return sum(len(each.facts) for each in self.missed if each.within_recall)


def replay(events: Sequence[ev.Event], profile: Profile, context: str) -> Replayed:
    """Return what a run would have taken under a policy; `events` begin with RunCreated."""
    return _replayed(events, profile, relieve, context)


def kept(events: Sequence[ev.Event], profile: Profile) -> Replayed:
    """Return what a run would have taken if nothing were ever left out, however long the prompts."""
    return _replayed(events, profile, lambda state, profile: None, "keep-latest")


def _replayed(events: Sequence[ev.Event], profile: Profile, policy: Policy, context: str) -> Replayed:
    first = events[0]
    assert isinstance(first, ev.RunCreated)
    other = replace(first, settings=_under(first.settings, context))
    replaying = _Replaying(
        created(first), created(other), profile, policy, context, characters=_characters_a_token(events)
    )
    for event in events[1:]:
        replaying.take(event)
    return Replayed(replaying.state.usage, replaying.longest, replaying.acts, replaying.used, tuple(replaying.missed))


@dataclass(slots=True)
class _Replaying:
    """The run as it was recorded, and beside it as the policy would have had it."""

    recorded: RunState
    state: RunState
    profile: Profile
    policy: Policy
    context: str
    characters: float
    """A token's."""
    longest: int = 0
    acts: int = 0
    used: int = 0
    missed: list[Missed] = field(default_factory=list)
    _prompt: tuple[Message, ...] = ()
    _fresh: int | None = None
    """Characters of the prompt that the one before does not begin with; None for the first."""
    _source: dict[str, str] = field(default_factory=dict)
    """The call whose output held a fact last."""
    _known: dict[str, frozenset[str]] = field(default_factory=dict)
    _projector: Projector = field(default_factory=Projector)

    def take(self, event: ev.Event) -> None:
        """Take in one more recorded event; what the recorded policy did is left out."""
        match event:
            case ev.Hidden() | ev.Dropped(why="context"):
                pass
            case ev.Asked():
                self._ask(event)
            case ev.Replied():
                self._reply(event)
            case ev.Resumed():
                self.state = apply(self.state, replace(event, settings=_under(event.settings, self.context)))
            case _:
                self.state = apply(self.state, event)
        self.recorded = apply(self.recorded, event)
        if isinstance(event, ev.CallFinished):
            self._source |= dict.fromkeys(self._facts(event.text), event.call_id)

    def _ask(self, asked: ev.Asked) -> None:
        while act := self.policy(self.state, self.profile):
            self.acts += 1
            self.state = apply(self.state, _acted(self.state, act))
        self.state = apply(self.state, asked)
        spoken = replace(self.profile, tools="code" if self.state.dialect == "code" else "native")
        prompt = self._projector.project(self.state, spoken, (), asked.max_tokens).messages
        same = next((n for n, (old, new) in enumerate(zip(self._prompt, prompt, strict=False)) if old != new), None)
        grown = len(self._prompt) if same is None else same
        self._fresh = sum(map(weight, prompt[grown:])) if self._prompt else None
        self._prompt = prompt

    def _reply(self, replied: ev.Replied) -> None:
        left_out = self.recorded.chars - self.state.chars
        counted = replied.usage.input or self.recorded.chars / self.characters
        tokens = max(round(counted - left_out / self.characters), 1)
        cached = 0 if self._fresh is None else max(tokens - round(self._fresh / self.characters), 0)
        self.longest = max(self.longest, tokens)
        usage = Usage(tokens, cached, replied.usage.output)
        self.state = apply(self.state, replace(replied, usage=usage))
        self._look_for_missed(replied.message)

    def _look_for_missed(self, reply: Message) -> None:
        facts = {fact for text in used_texts(reply) for fact in self._facts(text)} & self._source.keys()
        self.used += len(facts)
        for message in reversed(self._prompt):
            if not facts:
                return
            for text in spoken_facts(message):
                facts -= self._facts(text)
        for call_id in sorted({self._source[fact] for fact in facts}, key=lambda name: (len(name), name)):
            held = tuple(sorted(fact for fact in facts if self._source[fact] == call_id))
            self.missed.append(Missed(self.state.steps, held, call_id, _is_named(call_id, self._prompt)))

    def _facts(self, text: str) -> frozenset[str]:
        if text not in self._known:
            self._known[text] = facts_of(text)
        return self._known[text]


def _under(settings: ev.Settings, context: str) -> ev.Settings:
    return replace(settings, context=context)


def _acted(state: RunState, act: Hide | Drop) -> ev.Event:
    if isinstance(act, Hide):
        return ev.Hidden(act.call_ids)
    return ev.Dropped(act.start, act.end, folded(state, act.digest), act.why)


def _characters_a_token(events: Iterable[ev.Event]) -> float:
    """Return what one more token of prompt took in characters, as the endpoint counted; all hold the tools."""
    prompts = _counted(events)
    least, most = min(prompts, default=(0, 0)), max(prompts, default=(0, 0))
    grown = (most[0] - least[0]) / (most[1] - least[1]) if most[1] > least[1] else 0.0
    return grown if PLAUSIBLE[0] <= grown <= PLAUSIBLE[1] else CHARS_PER_TOKEN


def _counted(events: Iterable[ev.Event]) -> list[tuple[int, int]]:
    """Return characters and tokens of each prompt that the endpoint counted."""
    found: list[tuple[int, int]] = []
    state: RunState | None = None
    for event in events:
        if state is None:
            assert isinstance(event, ev.RunCreated)
            state = created(event)
            continue
        if isinstance(event, ev.Replied) and event.usage.input:
            found.append((state.chars, event.usage.input))
        state = apply(state, event)
    return found


def _is_named(call_id: str, prompt: Iterable[Message]) -> bool:
    """Tell whether a handle is shown, alone or inside a range."""
    number = int(call_id[1:])
    return any(
        int(first) <= number <= int(last or first)
        for message in prompt
        for first, last in _HANDLE.findall(message.text)
    )
