import time
from pathlib import Path

import pytest

from farside.errors import FarsideError
from farside.messages import Message, Part, Reply, Request, ToolCall, Usage
from farside.models.base import ContextTooLong, ModelError, Unreachable
from farside.models.scripted import Scripted, open_scripted

GO = Message("user", "go")


def script(tmp_path: Path, *lines: str) -> Scripted:
    path = tmp_path / "script.jsonl"
    path.write_text("\n".join(lines))
    return open_scripted(f"scripted/{path}")


def ask(model: Scripted, *messages: Message) -> Reply:
    return model.reply(Request(messages or (GO,)), lambda _: None, lambda _: None)


def said(text: str) -> Message:
    return Message("assistant", text)


def test_a_line_becomes_a_reply_part_by_part(tmp_path: Path) -> None:
    line = '{"thinking": "Hm.", "text": "Looking.", "calls": [{"name": "look", "arguments": {"x": 1}}]}'
    model = script(tmp_path, line)
    parts: list[Part] = []
    reply = model.reply(Request((GO,)), parts.append, lambda _: None)
    call = ToolCall("script_0_0", "look", '{"x": 1}')
    assert reply == Reply(Message("assistant", "Looking.", "Hm.", (call,)), Usage(0, 0, 4), "calls", "scripted")
    assert parts == [
        Part("thinking", "Hm."),
        Part("text", "Looking."),
        Part("call", "look"),
        Part("call", '{"x": 1}'),
    ]


def test_the_request_alone_says_which_line_is_next(tmp_path: Path) -> None:
    lines = ('{"text": "one"}', "", "# a remark", '{"text": "two"}', '{"text": "three"}')
    messages: tuple[Message, ...] = (GO,)
    for expected in ("one", "two", "three"):
        fresh = script(tmp_path, *lines)  # as after a kill
        assert ask(fresh, *messages).message.text == expected
        messages = (*messages, said(expected), Message("user", "on"))


def test_a_line_that_does_not_fit_yet_is_passed_over_and_used_later(tmp_path: Path) -> None:
    lines = ('{"text": "warm", "when": "temperature: \\\\d+"}', '{"text": "measure"}', '{"text": "else"}')
    hot = Message("tool", "temperature: 20")
    assert ask(script(tmp_path, *lines), GO).message.text == "measure"
    assert ask(script(tmp_path, *lines), GO, said("measure"), hot).message.text == "warm"
    assert ask(script(tmp_path, *lines), GO, said("measure"), hot, said("warm"), GO).message.text == "else"


def test_a_failure_happens_once_and_then_the_next_line_answers(tmp_path: Path) -> None:
    model = script(tmp_path, '{"text": "one"}', '{"fail": "ContextTooLong"}', '{"text": "two"}')
    assert ask(model).message.text == "one"
    with pytest.raises(ContextTooLong):
        ask(model, GO, said("one"), GO)
    assert ask(model, GO, said("one"), GO).message.text == "two"


def test_after_a_restart_a_failure_happens_again_unless_its_when_is_over(tmp_path: Path) -> None:
    lines = ('{"fail": "Unreachable", "when": "go"}', '{"text": "one"}')
    with pytest.raises(Unreachable) as caught:
        ask(script(tmp_path, *lines))
    assert caught.value.next_step
    assert ask(script(tmp_path, *lines), Message("user", "resumed")).message.text == "one"


def test_the_first_line_may_correct_the_profile(tmp_path: Path) -> None:
    model = script(tmp_path, '{"profile": {"tools": "code", "window": 9000}}', '{"text": "one"}')
    assert (model.profile.tools, model.profile.window) == ("code", 9000)
    assert ask(model).message.text == "one"


def test_usage_and_delay_are_as_written(tmp_path: Path) -> None:
    model = script(tmp_path, '{"text": "a", "delay_s": 0.05, "usage": {"input": 9, "cached": 4, "output": 2}}')
    start = time.monotonic()
    assert ask(model).usage == Usage(9, 4, 2)
    assert time.monotonic() - start >= 0.05


def test_arguments_may_be_broken_on_purpose(tmp_path: Path) -> None:
    model = script(tmp_path, '{"calls": [{"name": "look", "arguments": "{\\"x\\": "}]}')
    assert ask(model).message.calls[0].arguments == '{"x": '


def test_running_out_of_lines_is_said(tmp_path: Path) -> None:
    with pytest.raises(FarsideError, match="has no line left that fits, of 1") as caught:
        ask(script(tmp_path, '{"text": "one"}'), GO, said("one"), GO)
    assert not isinstance(caught.value, ModelError)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{half", "Invalid JSON"),
        ('{"text": "x", "tone": "warm"}', "Extra inputs"),
        ("{}", "needs text, calls or fail"),
        ('{"text": "x", "when": "("}', "when: "),
        ('{"fail": "Tired"}', "no ModelError: Tired"),
        ('{"fail": "FarsideError"}', "no ModelError"),
    ],
)
def test_a_wrong_line_is_named_with_file_and_number(line: str, reason: str, tmp_path: Path) -> None:
    with pytest.raises(FarsideError, match=rf"script\.jsonl, line 2: .*{reason}"):
        script(tmp_path, '{"text": "one"}', line)


def test_a_wrong_first_line_is_named(tmp_path: Path) -> None:
    with pytest.raises(FarsideError, match="line 1"):
        script(tmp_path, '{"profile": 3}')


def test_an_absent_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FarsideError, match=r"gone\.jsonl cannot be read"):
        open_scripted(f"scripted/{tmp_path}/gone.jsonl")
