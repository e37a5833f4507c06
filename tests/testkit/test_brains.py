import json

import pytest

from farside.messages import Message
from farside.testkit.brains import Brain, Counting, Repeating, brain_named, squares
from farside.testkit.http import Body
from tests.testkit.wire import Said, body, calling, result, user

A = "functions.python:0"


def ask(brain: Brain, *messages: Said) -> Message:
    return brain(Body(json.dumps(body(*messages)).encode()))


def code(reply: Message) -> str:
    return str(json.loads(reply.calls[0].arguments)["code"])


def test_counting_asks_for_each_step_and_answers_from_the_last() -> None:
    brain = Counting(2)
    assert code(ask(brain, user("go"))) == "print('step', 1, 'total', 1)"
    assert code(ask(brain, user("go"), calling(A), result(A, "step 1 total 1\n"))) == "print('step', 2, 'total', 5)"
    answer = ask(brain, user("go"), calling(A), result(A, "step 2 total 5"))
    assert (answer.text, answer.calls) == ("the total is 5", ())


@pytest.mark.parametrize("output", ["error: no JSON", "No outcome of this call is known.", "[output hidden]"])
def test_counting_asks_again_for_a_step_without_its_result(output: str) -> None:
    reply = ask(Counting(3), user("go"), result(A, "step 1 total 1"), result(A, output))
    assert code(reply) == "print('step', 2, 'total', 5)"


def test_counting_notices_a_result_that_does_not_add_up() -> None:
    assert ask(Counting(3), user("go"), result(A, "step 2 total 6")).text == "wrong: step 2 total 6"


def test_repeating_counts_tool_messages() -> None:
    brain = Repeating(2, "read_file", '{"path": "{step}.txt"}')
    reply = ask(brain, user('a "role": "tool" in a text'), calling(A), result(A))
    assert (reply.calls[0].id, reply.calls[0].arguments) == ("functions.read_file:1", '{"path": "2.txt"}')
    assert ask(brain, user("go"), result(A), result(A)).text == "done"


def test_brains_have_names() -> None:
    assert brain_named("counting:3", "", "") == Counting(3)
    assert brain_named("repeating:3", "look", '{"x": {step}}') == Repeating(3, "look", '{"x": {step}}')
    for wrong in ("counting", "counting:x", "dreaming:3"):
        with pytest.raises(SystemExit, match="no such brain"):
            brain_named(wrong, "", "")


def test_squares() -> None:
    assert [squares(n) for n in range(5)] == [0, 1, 5, 14, 30]
