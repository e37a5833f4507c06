"""Several sources of tools behave as one toolbox."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import pytest

from farside.messages import ToolSpec
from farside.tools.base import Effect, Outcome, Toolbox
from farside.tools.combined import Combined
from tests.tools.boxes import Box


@dataclass
class Echo:
    """A source whose tools say who was called."""

    names: tuple[str, ...]
    says: str
    effects: Effect = Effect.PURE
    breaks: bool = False
    untold: tuple[str, ...] = ()
    done: list[str] = field(default_factory=list)

    @property
    def specs(self) -> tuple[ToolSpec, ...]:
        return tuple(
            ToolSpec(name, self.says, '{"type":"object","properties":{},"required":[]}')
            for name in self.names
            if name not in self.untold
        )

    def warm(self) -> None:
        self.done.append("warm")

    def effect(self, name: str) -> Effect:
        return self.effects

    def call(self, name: str, arguments: str, handle: str) -> Outcome:
        return Outcome(f"{self.says}: {name} {arguments} {handle}")

    def restore(self, session: bytes, lost: tuple[str, ...]) -> tuple[str, ...]:
        return (self.says, *lost)

    def close(self) -> None:
        self.done.append("close")
        if self.breaks:
            raise OSError("it broke")


def test_the_specs_stand_in_the_order_of_the_sources_and_the_first_has_the_name() -> None:
    combined: Toolbox = Combined(Echo(("b", "a"), "one"), Echo(("c", "a"), "two", Effect.UNSAFE))
    assert [(spec.name, spec.description) for spec in combined.specs] == [("b", "one"), ("a", "one"), ("c", "two")]
    assert combined.call("a", "{}", "h1").text == "one: a {} h1"
    assert combined.call("c", "{}", "h2").text == "two: c {} h2"
    assert [combined.effect(name) for name in "abcd"] == [Effect.PURE, Effect.PURE, Effect.UNSAFE, Effect.PURE]


def test_a_tool_that_no_model_is_told_of_can_be_called() -> None:
    combined = Combined(Echo(("a",), "one"), Echo(("b", "weigh"), "two", untold=("weigh",)))
    assert [spec.name for spec in combined.specs] == ["a", "b"]
    assert sorted(combined.names) == ["a", "b", "weigh"]
    assert combined.call("weigh", "{}", "h").text == "two: weigh {} h"


def test_an_unknown_tool_is_answered_with_all_there_are() -> None:
    outcome = Combined(Echo(("a",), "one"), Echo(("b",), "two")).call("grep", "{}", "h")
    assert (outcome.ok, outcome.text) == (False, "There is no tool 'grep'. There are: a, b.")


def test_the_session_and_the_survey_are_the_sandboxed_source_s(shared: Box) -> None:
    combined = Combined(shared.toolbox, Echo(("search",), "two"))
    assert combined.specs[:-1] == shared.toolbox.specs
    assert combined.effect("survey") is Effect.IDEMPOTENT
    assert combined.call("shell", '{"command": "echo hi"}', "h").text == "hi"
    assert Combined(Echo(("a",), "one"), Echo(("b",), "two")).restore(b"", ("x",)) == ("one", "x")


def test_tools_of_other_sources_are_functions_of_the_session(box: Box) -> None:
    schema = '{"type":"object","properties":{"query":{"type":"string"},"most":{"type":"integer"}},"required":[]}'

    class Asked(Echo):
        @property
        def specs(self) -> tuple[ToolSpec, ...]:
            return (ToolSpec("search", "", schema), ToolSpec("no-name", "", schema))

    box.toolbox.lend(Asked((), "out"))
    assert box.python("print(search('moon', most=3))").text == 'out: search {"query": "moon", "most": 3} '
    wrong = box.python("search(1, 2, 3)")
    assert not wrong.ok and "search() takes at most 2 arguments: query, most" in wrong.text
    assert "hides the tool search()" in box.python("search = 1").text


def test_a_refusal_outside_is_an_error_in_the_session(box: Box) -> None:
    class Refusing(Echo):
        def call(self, name: str, arguments: str, handle: str) -> Outcome:
            return Outcome("Could not search: it is down.", ok=False)

    box.toolbox.lend(Refusing(("search",), "out"))
    outcome = box.python("search()")
    assert not outcome.ok and "ToolError: Could not search: it is down." in outcome.text


def test_a_cell_s_deadline_waits_while_a_tool_works_outside(box: Box) -> None:
    class Slow(Echo):
        def call(self, name: str, arguments: str, handle: str) -> Outcome:
            time.sleep(2.5)
            return Outcome("done")

    box.toolbox.lend(Slow(("search",), "out"))
    assert box.python("print(search()); print('on')", timeout=1).text == "done\non"
    late = box.python("search(); import time; time.sleep(9)", timeout=1)
    assert not late.ok and "[stopped after 1 s" in late.text


def test_all_are_warmed_and_all_are_closed_whatever_breaks() -> None:
    boxes = [Echo(("a",), "one"), Echo(("b",), "two", breaks=True), Echo(("c",), "three")]
    combined = Combined(*boxes)
    combined.warm()
    with pytest.raises(OSError, match="it broke"):
        combined.close()
    assert [box.done for box in boxes] == [["warm", "close"]] * 3
