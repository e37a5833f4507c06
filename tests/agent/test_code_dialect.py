from __future__ import annotations

import json
from dataclasses import replace

from farside.agent.code_dialect import heard, spoken
from farside.messages import Message, Reply, ToolCall, Usage


def reply(text: str) -> Reply:
    return Reply(Message("assistant", text), Usage(), "stop")


def test_a_fenced_block_is_a_call_of_python_and_what_follows_is_cut() -> None:
    message = heard(reply("Look first.\n```python\nprint(1)\nprint(2)\n```\nOutput:\n3")).message
    assert message.text == "Look first."
    assert [(call.name, json.loads(call.arguments)) for call in message.calls] == [
        ("python", {"code": "print(1)\nprint(2)"})
    ]


def test_an_open_block_is_a_call_unless_the_limit_cut_it_off() -> None:
    assert json.loads(heard(reply("```py\nprint(1)")).message.calls[0].arguments) == {"code": "print(1)"}
    cut = replace(reply("```py\nprint(1)"), finish="length")
    assert heard(cut) == cut


def test_only_python_is_run() -> None:
    answer = reply('The result:\n```json\n{"a": 1}\n```\nThat is all.\n```\nnot python at all\n```')
    assert heard(answer) == answer
    for label in ("", "Python", "python3"):
        assert heard(reply(f"```{label}\nprint(1)\n```")).message.calls


def test_prose_is_an_answer() -> None:
    assert heard(reply("The result is 42.")) == reply("The result is 42.")
    assert heard(reply("```python\n\n```")).message.calls == ()


def test_calls_of_a_native_model_are_spoken_as_python() -> None:
    calls = (ToolCall("c1", "read_file", '{"path": "a.txt", "start": 3}'), ToolCall("c2", "shell", "{broken"))
    said = spoken([Message("assistant", "both", "hm", calls), Message("tool", "text", call_id="c1")])
    assert said == (
        Message("assistant", "both\n```python\nread_file(path='a.txt', start=3)\n```\n```python\nshell()\n```"),
        Message("user", "Output:\ntext"),
    )
