"""Two runs side by side: where they part, what differs, and the files of their last snapshots."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from rich.console import Console
from rich.text import Text

from farside.agent import events as ev
from farside.agent.home import RunFolder
from farside.agent.journal import Entry, Journal
from farside.agent.snapshots.comparison import Change, Kept, changes, patch
from farside.agent.snapshots.store import Store
from farside.agent.state import RunState
from farside.agent.take_up import told_by
from farside.cli.figures import count, dollars, duration, tokens
from farside.cli.listing import status
from farside.cli.plain_text import cut, cut_left, head, one_line, safe
from farside.cli.telling import facts

FILES = 40
"""Files that differ and are shown with what differs in them; of more only the names."""
PATCH_LINES = 30
"""Lines of difference shown of one file."""
NAMES = 400
"""Files that are named."""
ANSWER_LINES = 8
COLUMN = 44
"""Columns that one run's value has."""
PATHS = ("model", "folder")
"""Values that are best known by their end."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two runs."""

    folder: RunFolder
    entries: Sequence[Entry]
    state: RunState

    @property
    def replies(self) -> list[ev.Replied]:
        """The replies, a step each."""
        return [entry.event for entry in self.entries if isinstance(entry.event, ev.Replied)]


def print_difference(left: RunFolder, right: RunFolder) -> None:
    """Print it on stdout.

    Raises:
        FarsideError: a journal or the snapshots cannot be read.
    """
    console = Console(highlight=False)
    for line in difference(_side(left), _side(right)):
        console.print(line, soft_wrap=True)


def _side(folder: RunFolder) -> Side:
    journal = Journal(folder.journal, read_only=True)
    try:
        return Side(folder, list(journal.entries()), told_by(journal))
    finally:
        journal.close()


def difference(left: Side, right: Side) -> Iterator[Text]:
    """Yield the lines that compare two runs."""
    shared = sum(1 for _ in takewhile(_same, zip(left.replies, right.replies, strict=False)))
    yield Text(parting(left, right, shared), "bold")
    yield Text()
    for name, one, other in rows(left, right, shared):
        shorten = cut_left if name in PATHS else cut
        line = Text().append(f"{name:9} ", "dim").append(f"{shorten(safe(one), COLUMN):{COLUMN}}  ")
        yield line.append(shorten(safe(other), COLUMN), "" if one != other else "dim")
    yield Text()
    yield from files(left, right)
    if left.state.answer != right.state.answer:
        yield from answer(left)
        yield from answer(right)


def _same(replies: tuple[ev.Replied, ev.Replied]) -> bool:
    return replies[0] == replies[1]


def parting(left: Side, right: Side, shared: int) -> str:
    """Return the sentence that says how the two are related."""
    one, other = left.folder.id, right.folder.id
    if one == other:
        return f"{one} is compared with itself"
    for side, origin in ((left, right), (right, left)):
        if any(isinstance(e.event, ev.Forked) and e.event.origin == origin.folder.id for e in side.entries):
            return f"{side.folder.id} is a fork of {origin.folder.id}: they share {count(shared, 'step')}"
    return f"{one} and {other} share {count(shared, 'step')}" if shared else f"{one} and {other} share no step"


def rows(left: Side, right: Side, shared: int) -> Iterator[tuple[str, str, str]]:
    """Yield what is told of both: a name and two values. Settings are told where they differ."""
    yield "", left.folder.id, right.folder.id
    if left.state.goal != right.state.goal:
        yield "goal", one_line(left.state.goal), one_line(right.state.goal)
    ours, theirs = dict(facts(left.state.settings)), dict(facts(right.state.settings))
    for name in {**ours, **theirs}:
        if ours.get(name) != theirs.get(name):
            yield name, ours.get(name, ""), theirs.get(name, "")
    for name, told in (("status", _status), ("steps", _steps), ("tokens", _tokens), ("cost", _cost), ("time", _time)):
        yield name, told(left), told(right)
    yield "plan", _plan(left), _plan(right)
    yield "apart", _called(left, shared), _called(right, shared)


def _status(side: Side) -> str:
    return status(side.folder, side.state)


def _steps(side: Side) -> str:
    return str(side.state.steps)


def _tokens(side: Side) -> str:
    usage = side.state.usage
    return f"in {tokens(usage.input)}, out {tokens(usage.output)}"


def _cost(side: Side) -> str:
    return dollars(side.state.cost_usd)


def _time(side: Side) -> str:
    return duration(side.state.seconds)


def _plan(side: Side) -> str:
    plan = side.state.plan
    done = f"{sum(step.status == 'done' for step in plan.steps)} of {count(len(plan.steps), 'step')} done"
    items = f", {len(plan.open_items)} of {count(len(plan.acceptance), 'item')} open" if plan.acceptance else ""
    return done + items if plan.steps or plan.acceptance else "none"


def _called(side: Side, shared: int) -> str:
    """Return which tools were called after the steps that both share."""
    calls = Counter(one_line(call.name) for reply in side.replies[shared:] for call in reply.message.calls)
    return ", ".join(f"{number} {name}" for name, number in calls.most_common()) or "no calls"


def files(left: Side, right: Side) -> Iterator[Text]:
    """Yield which files differ between the last snapshots, and how."""
    for side in (left, right):
        if not side.state.snapshot or side.state.snapshots_off:
            why = side.state.snapshots_off or "it has none"
            yield Text(f"files: not compared, as {side.folder.id} has no snapshot of its last step ({why})", "yellow")
            return
    with Store(left.folder.snapshots) as one, Store(right.folder.snapshots) as other:
        yield from compared(Kept(one, left.state.snapshot), Kept(other, right.state.snapshot), left, right)


def compared(one: Kept, other: Kept, left: Side, right: Side) -> Iterator[Text]:
    """Yield the files that differ between two snapshots."""
    found = list(changes(one, other))
    yield Text(f"{count(len(found), 'file')} differ" if found else "the files are the same", "bold")
    for number, change in enumerate(found[:NAMES]):
        alone = left if change.right is None else right
        where = "changed" if change.left and change.right else f"only in {alone.folder.id}"
        line = Text().append(f"{where}  ", "cyan").append(safe(change.path), "bold")
        yield from changed(one, other, change, line) if number < FILES else [line]
    if len(found) > NAMES:
        yield Text(f"and {count(len(found) - NAMES, 'more file')}", "dim")


def changed(one: Kept, other: Kept, change: Change, line: Text) -> Iterator[Text]:
    """Yield one file's line with what differs in it, and the first of these lines where both sides are text."""
    lines = patch(one.store, other.store, change)
    added, gone = (sum(line.startswith(sign) for line in lines or ()) for sign in "+-")
    yield line.append("  not compared by lines" if lines is None else f"  +{added} -{gone}", "dim")
    both = (change.left and change.right and lines) or ()
    for each in both[:PATCH_LINES]:
        colour = {"+": "green", "-": "red", "@": "cyan"}.get(each[:1], "")
        yield Text(f"    {safe(each)}", colour)
    if len(both) > PATCH_LINES:
        yield Text(f"    ({count(len(both) - PATCH_LINES, 'more line')})", "dim")


def answer(side: Side) -> Iterator[Text]:
    """Yield the head of an answer."""
    yield Text()
    yield Text(f"{side.folder.id} answered", "bold")
    for line in head(side.state.answer, 110, ANSWER_LINES) or ["nothing yet"]:
        yield Text(f"    {line}")
