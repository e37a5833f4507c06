"""What happened, as lines: any possible run can be told, and nothing that it holds steers the terminal."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.text import Text

from farside.agent import events as ev
from farside.agent.fold import apply, created, fold
from farside.agent.state import RunState
from farside.cli.block import Moment, block
from farside.cli.ending import EXIT_CODES, ending
from farside.cli.gist import gist, program
from farside.cli.scene import Scene
from farside.cli.story import FULL, GLANCE, Detail, Page, masthead, told
from farside.messages import Message, ToolCall, Usage
from farside.models.base import Profile
from tests.agent.journals import journals

SCENE = Scene("1204-abcde", Profile("scripted/x", window=32_000), "bubblewrap")
CREATED = ev.RunCreated("Count the invoices.", ev.Settings("scripted/x", workspace="/nowhere"))


def steers(line: Text) -> bool:
    return any(unicodedata.category(character) in ("Cc", "Cs") for character in line.plain)


@settings(max_examples=20)
@given(journals(), st.integers(10, 200), st.sampled_from((GLANCE, FULL)))
def test_any_run_can_be_told(events: list[ev.Event], width: int, detail: Detail) -> None:
    assert isinstance(events[0], ev.RunCreated)
    state = created(events[0])
    page = Page(width, detail)
    for event in events[1:]:
        state = apply(state, event)
        lines = [*masthead("1204-abcde", state, page), *told(event, state, page)]
        bottom = block(Moment(SCENE, state, "thinking \x1b[2J", "thinking", seconds=3.2), width)
        assert not any(steers(line) for line in (*lines, *bottom))
        assert max(line.cell_len for line in bottom) < max(width, 2)
    said = ending(state, "1204-abcde", now=0.0)
    assert "1204-abcde" in said.next_step
    assert state.status in EXIT_CODES


def replied(*calls: ToolCall, thinking: str = "", text: str = "") -> ev.Replied:
    message = Message("assistant", text, thinking, calls)
    return ev.Replied(message, Usage(1_200, 1_000, 90), 0.002, "calls" if calls else "stop")


def lines_of(*events: ev.Event, detail: Detail = GLANCE, width: int = 80) -> list[str]:
    """The lines that the last event tells."""
    return [line.plain.rstrip() for line in told(events[-1], fold([CREATED, *events]), Page(width, detail))]


def test_a_step_has_its_number_the_end_of_its_thought_and_its_words() -> None:
    thought = "I wonder about the layouts. " * 20 + "So I print one of each."
    lines = lines_of(replied(ToolCall("c1", "shell", "{}"), thinking=thought, text="I look first."))
    assert lines[0].startswith("   1  …")
    assert " ".join(lines[:2]).endswith("print one of each.")
    assert lines[2:] == ["      I look first."]


def test_the_style_of_the_number_is_the_number_s_alone() -> None:
    first, second = told(event := replied(PYTHON, thinking="Hm.", text="I look."), after(event), Page(80, GLANCE))
    assert [(line.style, len(line.spans)) for line in (first, second)] == [("", 2), ("", 0)]


PYTHON = ToolCall("c1", "python", '{"code": "import re\\n\\ntotal = 0\\nprint(total)"}')


@pytest.mark.parametrize(
    ("call", "event", "expected"),
    [
        (PYTHON, ev.CallFinished("c1", "ok", "45\n", seconds=1.5), ["python  total = 0 … 3 lines  1.5 s", "↳ 45"]),
        (PYTHON, ev.CallFinished("c1", "ok", ""), ["python  total = 0 … 3 lines", "↳ (no output)"]),
        (
            ToolCall("c1", "shell", '{"command": "ls -la"}'),
            ev.CallFinished("c1", "ok", "a\n\nb\nc\nd"),
            ["shell  ls -la", "↳ a", "  b (+2 lines)"],
        ),
        (
            PYTHON,
            ev.CallFinished("c1", "error", 'Traceback (most recent call last):\n  File "x"\nValueError: no total'),
            ["python  total = 0 … 3 lines", "✗ ValueError: no total"],
        ),
        (
            ToolCall("c1", "write_file", '{"path": "a.txt", "content": "' + "x" * 200 + '"}'),
            ev.CallFinished("c1", "unknown", "UNKNOWN"),
            ["write_file  a.txt content of 200 characters", "? UNKNOWN"],
        ),
        (
            ToolCall("c1", "odd", "{broken"),
            ev.CallFinished("c1", "error", "bad"),
            ["odd  arguments={broken", "✗ bad"],
        ),
    ],
)
def test_a_call_is_told_with_its_outcome(call: ToolCall, event: ev.CallFinished, expected: list[str]) -> None:
    assert lines_of(replied(call), event) == [f"      {line}" for line in expected]


def test_at_length_the_program_is_shown() -> None:
    lines = lines_of(replied(PYTHON), ev.CallFinished("c1", "ok", "45"), detail=FULL)
    assert [line.strip() for line in lines] == ["python  import re", "total = 0", "print(total)", "↳ 45"]


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (ev.Said("In euros, please.", 1), "you  In euros, please."),
        (ev.Noted("Two items are open.", "verdict"), "not accepted: Two items are open."),
        (ev.Learned(32_000), "the endpoint's window is 32.0k tokens"),
        (ev.Attempted(2), "attempt 2"),
        (ev.Hidden(("c1",)), "1 earlier output hidden"),
    ],
)
def test_what_else_the_user_should_know(event: ev.Event, words: str) -> None:
    assert words in "\n".join(lines_of(event))


def after(*events: ev.Event) -> RunState:
    return fold([CREATED, *events])


def block_of(moment: Moment) -> str:
    return "\n".join(line.plain.rstrip() for line in block(moment, 110))


def test_the_block_says_where_the_run_is() -> None:
    state = after(replied(PYTHON), ev.CallFinished("c1", "ok", "45", seconds=70.0), ev.Asked(400, 900))
    text = block_of(Moment(SCENE, state, "I see. " * 60 + "The end.", "thinking", seconds=12.9))
    assert "step 2 of 300  thinking  12 s" in text
    assert "The end." in text
    assert "of 32.0k" in text
    assert "in 1.2k (83% cached) · out 90 · $0.0020 · 1 min 22 s" in text
    assert "scripted/x · sandbox bubblewrap · run 1204-abcde · Ctrl-C pauses" in text


def test_the_block_names_the_call_that_runs() -> None:
    text = block_of(Moment(SCENE, after(replied(PYTHON), ev.CallStarted("c1")), seconds=2.0))
    assert "step 1 of 300  running python  2 s" in text
    assert "python  total = 0 … 3 lines" in text


@pytest.mark.parametrize(
    ("scene", "words"),
    [
        (Scene("r", layer="landlock", strength="weak"), "weaker sandbox: landlock"),
        (Scene("r", layer="no sandbox", strength="none"), "NO SANDBOX"),
    ],
)
def test_a_weak_sandbox_is_loud(scene: Scene, words: str) -> None:
    last = block(Moment(scene, after()), 110)[-1]
    assert words in last.plain
    assert any("bold" in str(span.style) for span in last.spans if words in last.plain[span.start : span.end])


@pytest.mark.parametrize(
    ("event", "headline", "next_step"),
    [
        (ev.Ended("finished", "45"), "finished in 0 steps", 'farside say r "…"'),
        (ev.Ended("failed", "", "no server"), "failed at step 0: no server", "farside resume r "),
        (ev.Paused("quota", wake_at=3_700.0), "paused at step 0: quota", "(in 1 h 1 min)"),
        (ev.Paused("stopped by the user"), "paused at step 0: stopped by the user", "farside resume r "),
    ],
)
def test_each_end_names_the_next_command(event: ev.Event, headline: str, next_step: str) -> None:
    said = ending(after(event), "r", now=0.0)
    assert said.headline == headline
    assert next_step in said.next_step


@pytest.mark.parametrize(
    ("budget", "next_step"),
    [
        (ev.Budget(300, max_tokens=1_000), "farside resume r --max-tokens 2000"),
        (ev.Budget(300, max_usd=0.5), "farside resume r --max-usd 1"),
        (ev.Budget(300, max_minutes=7.5), "farside resume r --max-minutes 15"),
        (ev.Budget(300, max_usd=1.0, max_minutes=5), "farside resume r --max-usd X --max-minutes X"),
        (ev.Budget(0), "farside resume r --max-steps 0"),
    ],
)
def test_a_used_up_budget_names_the_limit_to_raise(budget: ev.Budget, next_step: str) -> None:
    first = ev.RunCreated("x", ev.Settings("m", budget=budget))
    assert ending(fold([first, ev.Ended("budget", "")]), "r", 0.0).next_step == next_step


def test_brackets_in_brackets_are_told_too() -> None:
    for depth in (200, 900, 990, 5_000):
        for text in ("[" * depth, f'{{"x": {"[" * depth}{"]" * depth}}}'):
            call = ToolCall("c1", "shell", text)
            assert gist(call) and program(call)


@pytest.mark.parametrize("wake_at", [1e11, 1e18, 1e300, float("inf")])
def test_a_time_that_no_clock_shows_is_told_all_the_same(wake_at: float) -> None:
    first = ev.RunCreated("g", ev.Settings("m"))
    assert "farside resume r   goes on" in ending(fold([first, ev.Paused("quota", wake_at)]), "r", 0.0).next_step
