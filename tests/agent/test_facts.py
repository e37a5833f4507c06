from __future__ import annotations

import pytest

from farside.agent.facts import facts_of, used_texts
from farside.messages import Message, ToolCall


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("the total is 1,204.50 in all", {"1204.50"}),
        ("room 12, page 345, code 84713921", {"84713921"}),
        ("B-17 flew", {"B-17"}),
        ("see src/fold.py and ask_again", {"src/fold.py", "ask_again"}),
        ("by Ada Lovelace, or so", {"Lovelace"}),
        ("nothing that one has to have read", {"nothing that one has to have read"}),
        ("", set()),
    ],
)
def test_facts_are_what_one_must_have_read(text: str, facts: set[str]) -> None:
    assert facts_of(text) - {text} == facts - {text}
    assert facts <= facts_of(text)


def test_a_line_is_a_fact_whatever_stands_around_it() -> None:
    assert facts_of("    the moon was bright that night\nand") & facts_of("the moon was bright that night") != set()


def test_a_reply_uses_facts_in_its_arguments_else_in_its_answer() -> None:
    call = ToolCall("c1", "edit_file", '{"path": "a.md", "lines": [17, "x\\ny"], "all": true}')
    assert used_texts(Message("assistant", "I edit.", calls=(call,))) == ("a.md", "17", "x\ny")
    assert used_texts(Message("assistant", "It is 17.", "Hm.")) == ("It is 17.",)
    assert used_texts(Message("assistant", calls=(ToolCall("c2", "recall", '{"handle": "c1"}'),))) == ()
    assert used_texts(Message("assistant", calls=(ToolCall("c3", "shell", "{broken"),))) == ("{broken",)
