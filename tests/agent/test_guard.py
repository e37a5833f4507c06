from __future__ import annotations

from farside.agent import actions
from farside.agent import events as ev
from farside.agent.decide import decide
from farside.agent.fold import fold
from farside.agent.guard import judge
from farside.agent.shown import live
from tests.agent.stories import PROFILE, begun, state_after, step


def repeated(count: int, **how: object) -> list[ev.Event]:
    return [event for number in range(1, count + 1) for event in step(number, "same", arguments=["a"], **how)]  # type: ignore[arg-type]


def test_the_same_call_with_the_same_output_is_nudged_reflected_rolled_back() -> None:
    spoken = ev.Noted("you repeat yourself", "guard")
    assert judge(state_after(begun(), repeated(3))) is None
    assert judge(state_after(begun(), repeated(4))) == "nudge"
    assert judge(state_after(begun(), repeated(4), spoken)) is None
    assert judge(state_after(begun(), repeated(6), spoken)) == "reflect"
    assert judge(state_after(begun(), repeated(9), spoken, spoken)) == "roll back"


def test_drifting_arguments_with_the_same_output_are_near_repeats() -> None:
    steps = [event for n in range(1, 5) for event in step(n, "end of file", arguments={"start": n * 100})]
    assert judge(state_after(begun(), steps)) == "nudge"


def test_two_calls_in_turn_are_seen() -> None:
    steps = [event for n in range(1, 9) for event in step(n, "AB"[n % 2], arguments=["ab"[n % 2]])]
    assert judge(state_after(begun(), steps)) == "nudge"


def test_failing_commands_that_all_differ_are_seen() -> None:
    words = [f"cmd {'abcdefghijklmnop'[n]}" for n in range(9)]
    steps = [event for n, word in enumerate(words, 1) for event in step(n, f"no {word}", arguments=[word], ok=False)]
    assert judge(state_after(begun(), steps)) == "nudge"


def test_bulk_work_passes() -> None:
    steps = [event for n in range(1, 200) for event in step(n, f"file {n} done", arguments={"file": n})]
    assert judge(state_after(begun(), steps)) is None


def test_polling_passes() -> None:
    assert judge(state_after(begun(), repeated(25, seconds=5.0))) is None


def test_repeats_that_change_files_pass() -> None:
    changed = [
        event if not isinstance(event, ev.CallFinished) else ev.CallFinished(event.call_id, "ok", "ok", changed=True)
        for event in repeated(30)
    ]
    assert judge(state_after(begun(), changed)) is None


def test_rolling_back_takes_out_exactly_the_steps_without_progress() -> None:
    spoken = ev.Noted("you repeat yourself", "guard")
    good = step(100, "something new")
    loop = repeated(8)
    state = state_after(begun(), good, step(101, "same", arguments=["a"]), loop, spoken, spoken)
    action = decide(state, PROFILE)
    assert isinstance(action, actions.Drop)
    after = state_after(
        begun(),
        good,
        step(101, "same", arguments=["a"]),
        loop,
        spoken,
        spoken,
        ev.Dropped(action.start, action.end, "it looped", "guard"),
    )
    outputs = [after.transcript[index].call_id for index in live(after) if after.transcript[index].role == "tool"]
    assert outputs == ["c100", "c101"]
    assert isinstance(decide(after, PROFILE), actions.Ask)


def test_after_three_roll_backs_it_stops_with_a_report() -> None:
    events = [*begun()]
    for _ in range(3):
        events += repeated(9)
        state = fold(events)
        events.append(ev.Dropped(len(state.transcript) - 18, len(state.transcript), "looped", "guard"))
    spoken = ev.Noted("you repeat yourself", "guard")
    action = decide(fold([*events, *repeated(9), spoken, spoken]), PROFILE)
    assert isinstance(action, actions.End)
    assert (action.status, "circles" in action.reason) == ("failed", True)


def test_what_the_user_says_starts_the_count_anew() -> None:
    assert judge(state_after(begun(), repeated(4), ev.Said("try the other file", 1))) is None


def test_silent_work_that_changes_variables_passes() -> None:
    def silent(number: int) -> list[ev.Event]:
        reply, started, _ = step(number, "(no output)", arguments=[f"results[{number}] = fetch({number})"])
        return [reply, started, ev.CallFinished(f"c{number}", "ok", "(no output)", session=f"hash {number}")]

    assert judge(state_after(begun(), *map(silent, range(1, 40)))) is None


def test_roll_backs_far_apart_do_not_add_up() -> None:
    events = [*begun()]
    for turn in range(5):
        events += [e for n in range(25) for e in step(n + 100 * turn, f"found {turn} {n}", arguments=[turn, n])]
        events += repeated(9)
        size = len(fold(events).transcript)
        events.append(ev.Dropped(size - 18, size, "looped", "guard"))
    assert fold(events).rollbacks == 1
