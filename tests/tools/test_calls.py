"""What every call has in common: names, arguments, effects, recall, the plan."""

import json
import re

from farside.tools.base import Effect, Toolbox
from tests.tools.boxes import OUTPUTS, Box


def test_the_specs_come_in_order_with_a_type_for_every_property(shared: Box) -> None:
    toolbox: Toolbox = shared.toolbox
    names = [spec.name for spec in toolbox.specs]
    assert names == [
        "python", "shell", "read_file", "write_file", "edit_file", "list_files", "recall", "update_plan",
    ]  # fmt: skip
    for spec in toolbox.specs:
        assert re.fullmatch(r"[a-zA-Z_][a-zA-Z0-9-_]{2,63}", spec.name)
        assert typed(json.loads(spec.schema))
        assert spec.description and "\n" not in spec.description


def typed(schema: dict[str, object]) -> bool:
    """Whether a schema keeps to what the strictest peer takes: a type everywhere, known keywords only."""
    known = {"type", "properties", "required", "description", "items", "enum", "minimum", "maximum"}
    inner = schema.get("properties", {})
    assert isinstance(inner, dict)
    items = [schema["items"]] if "items" in schema else []
    return "type" in schema and schema.keys() <= known and all(typed(part) for part in (*inner.values(), *items))


def test_effects_are_declared(shared: Box) -> None:
    effects = {spec.name: shared.toolbox.effect(spec.name) for spec in shared.toolbox.specs}
    assert {name for name, effect in effects.items() if effect is Effect.UNSAFE} == {"python", "shell", "edit_file"}
    assert {name for name, effect in effects.items() if effect is Effect.IDEMPOTENT} == {"write_file", "update_plan"}
    assert shared.toolbox.effect("no_such_tool") is Effect.PURE


def test_an_unknown_tool_is_answered_with_those_there_are(shared: Box) -> None:
    outcome = shared.call("bash", command="ls")
    assert not outcome.ok
    assert "There is no tool 'bash'" in outcome.text and "shell" in outcome.text


def test_wrong_arguments_are_answered_with_the_signature(shared: Box) -> None:
    signature = "Signature: shell(command: string, timeout: integer (optional))."
    for text, complaint in {
        "{": "must be one valid JSON object",
        "[" * 100_000: "must be one valid JSON object",
        "[]": "must be one valid JSON object",
        "{}": "`command` is missing.",
        '{"command": null}': "`command` is missing.",
        '{"cmd": "ls"}': "There is no argument `cmd`.",
        '{"command": 3}': "`command` must be of type string, not integer.",
        '{"command": "ls", "timeout": true}': "`timeout` must be of type integer, not boolean.",
        '{"command": "ls", "timeout": 0}': "`timeout` must be at least 1 and at most 600, not 0.",
    }.items():
        outcome = shared.toolbox.call("shell", text, "h")
        assert not outcome.ok
        assert complaint in outcome.text and outcome.text.endswith(signature)


def test_a_number_with_a_lower_bound_alone_is_held_to_it(shared: Box) -> None:
    outcome = shared.call("read_file", path="a", start=0)
    assert not outcome.ok and "`start` must be at least 1, not 0." in outcome.text


def test_an_optional_null_is_left_out(shared: Box) -> None:
    assert shared.toolbox.call("shell", '{"command": "echo hi", "timeout": null}', "h").text == "hi"


def test_recall_pages_and_searches(shared: Box) -> None:
    first = shared.call("recall", handle="o7").text
    assert first.startswith("line 0\nline 1\n")
    assert first.endswith(f"[characters 0 to 12,000 of {len(OUTPUTS['o7']):,}; go on with start=12000]")
    assert shared.call("recall", handle="o7", start=48_880).text.endswith("of 48,890]")
    assert shared.call("recall", handle="o7", pattern="^line 4[12]$").text == (
        "42: line 41\n43: line 42\n[2 of 5,000 lines match]"
    )
    assert shared.call("recall", handle="o7", pattern="zebra").text == "(none of the 5,000 lines matches 'zebra')"
    assert "no regular expression" in shared.call("recall", handle="o7", pattern="(").text
    assert not shared.call("recall", handle="o99").ok


def test_the_plan_is_checked_and_returned(shared: Box) -> None:
    steps = [{"step": "look", "status": "done"}, {"step": "count", "status": "doing"}]
    items = [{"item": "the sum is right", "passes": False}]
    outcome = shared.call("update_plan", plan=steps, acceptance=items)
    assert outcome.text == "Plan: 1 of 2 steps done; now: count. Acceptance: 0 of the 1 named pass."
    assert json.loads(outcome.plan or "") == {"plan": steps, "acceptance": items}
    wrong = shared.call("update_plan", plan=[{"step": "look", "status": "finished"}])
    assert (wrong.ok, wrong.plan) == (False, None)
    assert "`plan[0].status` must be one of 'open', 'doing', 'done', not 'finished'." in wrong.text
