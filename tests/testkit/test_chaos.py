from dataclasses import replace

import pytest

from farside.messages import Message, ToolCall
from farside.models.openai_wire.salvage import salvage
from farside.testkit.chaos import Chaos, Fault

CALLING = Message("assistant", "", "Hm.", (ToolCall("functions.python:0", "python", '{"code": "1\\n2"}'),))
TALKING = Message("assistant", "Yes.", "Hm.")


def test_the_same_seed_draws_the_same_faults_at_the_given_rate() -> None:
    first, second = Chaos(7), Chaos(7)
    drawn = [first.draw(CALLING) for _ in range(5000)]
    assert drawn == [second.draw(CALLING) for _ in range(5000)]
    assert 400 < sum(fault is not None for fault in drawn) < 600
    assert {fault for fault in drawn if fault} == set(Fault)


def test_what_has_no_calls_suffers_no_fault_of_calls() -> None:
    chaos = Chaos(7, rate=1.0, kinds=[Fault.BAD_JSON, Fault.THOUGHT_CALL])
    assert {chaos.draw(TALKING) for _ in range(20)} == {None}


def test_spoiled_arguments_are_no_json() -> None:
    chaos = Chaos(1)
    spoiled = {chaos.spoil(Fault.BAD_JSON, CALLING).calls[0].arguments for _ in range(60)}
    assert spoiled == {'{"code":', '{"code": "1\\n2",}', "{'code': '1\\n2'}", '{"code": "1\n2"}}'}


def test_a_call_in_the_thinking_can_be_salvaged() -> None:
    chaos = Chaos(1)
    for _ in range(20):
        spoiled = chaos.spoil(Fault.THOUGHT_CALL, CALLING)
        assert (spoiled.calls, spoiled.text) == ((), "")
        saved = salvage(spoiled.thinking, "", ["python"])
        assert (saved.thinking, saved.calls) == ("Hm.", CALLING.calls)


@pytest.mark.parametrize(
    ("fault", "left"), [(Fault.EMPTY, Message("assistant")), (Fault.ONLY_THINKING, replace(CALLING, calls=()))]
)
def test_empty_and_think_only_replies(fault: Fault, left: Message) -> None:
    assert Chaos(1).spoil(fault, CALLING) == left


def test_other_faults_leave_the_reply_alone() -> None:
    assert Chaos(1).spoil(Fault.STALL, CALLING) is CALLING
    assert Chaos(1).spoil(None, CALLING) is CALLING


def test_wrong_usage_differs_from_the_right_one() -> None:
    right: dict[str, object] = {"prompt_tokens": 10, "completion_tokens": 5}
    chaos = Chaos(1)
    assert all(chaos.wrong_usage(right) != right for _ in range(30))
