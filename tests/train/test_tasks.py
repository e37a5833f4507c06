"""Tasks: each teacher comes to the right answer through real tools, and nothing that is held out is trained on."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from farside.train.runs import home
from farside.train.tasks import FAMILIES, task
from farside.train.tasks.bills import LABELS, LABELS_ZH, bill
from farside.train.tasks.drawing import Drawing
from farside.train.tasks.split import Split, parted, split_of
from farside.train.tasks.task import Task, says_number, says_word
from farside.train.traces import TAUGHT, Trace, traced

SPLITS: tuple[Split, Split] = ("train", "held-out")


MADE_UP = r"\b(?!include\b|import\b|load\b)[a-z]{4,}\b"


def words(one: Task) -> set[str]:
    return {word for text in (one.goal, *one.files.values()) for word in text.split()}


@pytest.fixture(scope="module")
def traces() -> dict[str, Trace]:
    with home():
        return {family: traced(task(family, 3, "train", 5)) for family in FAMILIES}


@pytest.mark.parametrize("family", FAMILIES)
def test_a_teacher_reaches_the_goal_with_real_tools(family: str, traces: dict[str, Trace]) -> None:
    trace = traces[family]
    (segment,) = trace["segments"]
    calls = [message for message in segment["messages"] if message.get("tool_calls")]
    learnt = [segment["messages"][index] for index in segment["learn"]]
    assert len([call for call in calls if call in learnt]) == trace["steps"] == task(family, 3, "train", 5).steps
    assert all(message["role"] == "assistant" for message in learnt) and learnt[-1]["content"]


def test_a_model_that_is_told_little_sees_a_short_prompt(traces: dict[str, Trace]) -> None:
    trace = traces["notes"]
    tools = [tool["function"] for tool in trace["tools"]]
    assert [tool["name"] for tool in tools] == ["python", "shell", "read_file", "edit_file", "list_files"]
    assert tools[2]["parameters"] == {
        "type": "object",
        "properties": {"path": {"type": "string"}},
        "required": ["path"],
    }
    system, goal = trace["segments"][0]["messages"][:2]
    assert (system["role"], len(system["content"]) < 100) == ("system", True)
    assert goal == {"role": "user", "content": task("notes", 3, "train", 5).goal}


@pytest.mark.parametrize("family", FAMILIES)
def test_the_same_seed_gives_the_same_task(family: str) -> None:
    one, other = (task(family, 8, "train", 12) for _ in range(2))
    assert (one.goal, one.files, one.steps) == (other.goal, other.files, other.steps)
    assert task(family, 9, "train", 12).goal != one.goal


@pytest.mark.parametrize("family", FAMILIES)
def test_no_goal_is_in_both_splits(family: str) -> None:
    trained, held = ({task(family, seed, split, 4).goal for seed in range(40)} for split in SPLITS)
    assert trained and held and not trained & held


def test_both_splits_share_a_grammar_and_no_sentence() -> None:
    grammar = (("a", "b", "c"), (" 1", " 2", " 3"))
    trained, held = (set(parted(grammar, split)) for split in SPLITS)
    assert len(trained) == 8 and len(held) == 1 and not trained & held


@pytest.mark.parametrize("family", ["bills", "tables"])
def test_amounts_belong_to_one_split(family: str) -> None:
    for split in SPLITS:
        texts = [text for seed in range(20) for text in task(family, seed, split, 9).files.values()]
        amounts = re.findall(r"[0-9]+[.][0-9]+", "\n".join(texts))
        assert len(amounts) > 100 and {split_of(float(amount)) for amount in amounts} == {split}


@pytest.mark.parametrize("family", ["configs", "logs", "tables"])
def test_forms_of_lines_belong_to_one_split(family: str) -> None:
    trained, held = ({form(task(family, seed, split, 9)) for seed in range(60)} for split in SPLITS)
    assert len(trained) > len(held) >= 1 and not trained & held


def form(one: Task) -> tuple[str, ...]:
    """Return what the lines of a task's files look like, whatever their names and numbers are."""
    lines = {line for text in one.files.values() for line in text.splitlines()}
    for thing, mark in ((r"\b[A-Z]+\b", "L"), (MADE_UP, "w"), (r"[0-9]+", "9")):
        lines = {re.sub(thing, mark, line) for line in lines}
    return tuple(sorted(lines))


def test_made_up_names_belong_to_one_split() -> None:
    for split in SPLITS:
        chain = task("notes", 1, split, 9)
        stems = {name.removesuffix(".txt") for name in chain.files}
        assert {split_of(stem) for stem in stems} == {split}


def test_a_wrong_turn_is_not_learnt_and_recovered_from() -> None:
    with home():
        trace = next(t for t in (traced(task("recurrence", seed, "train", 6)) for seed in range(40)) if slips(t))
    (segment,) = trace["segments"]
    wrong = [
        m for index, m in enumerate(segment["messages"]) if m.get("tool_calls") and index not in segment["learn"]
    ]
    (call,) = wrong[0]["tool_calls"]
    assert json.loads(call["function"]["arguments"]) == {"code": "next()"}


@pytest.mark.parametrize(
    ("family", "told"), [("bills", "not in this bill"), ("notes", "There is no"), ("configs", "no such file")]
)
def test_what_was_thought_wrongly_is_told_and_thought_anew(family: str, told: str) -> None:
    with home():
        (segment,) = traced(task(family, 3, "train", 60))["segments"]
    messages, learnt = segment["messages"], segment["learn"]
    asks = [index for index, message in enumerate(messages) if message["role"] == "assistant"]
    anew = [
        here
        for here, after in pairwise(asks)
        if here not in learnt
        and after in learnt
        and messages[here]["reasoning_content"] != messages[after]["reasoning_content"]
    ]
    assert anew
    assert all(told in messages[here + 1]["content"] for here in anew)


def slips(trace: Trace) -> bool:
    calls = sum(bool(message.get("tool_calls")) for message in trace["segments"][0]["messages"])
    return bool(calls > trace["steps"])


def test_a_long_run_is_cut_where_its_context_was() -> None:
    with home():
        trace = traced(task("bills", 2, "train", 60), replace(TAUGHT, window=2600, max_tokens=200))
    assert len(trace["segments"]) > 1
    learnt = sum(len(segment["learn"]) for segment in trace["segments"])
    assert learnt in (61, 60)
    for segment in trace["segments"]:
        assert all(segment["messages"][index]["role"] == "assistant" for index in segment["learn"])


@pytest.mark.parametrize(
    ("answer", "right"),
    [("The sum is 12.50", True), ("12.5", True), ("12.50, or rather 13", False), ("none", False), ("", False)],
)
def test_the_last_number_of_an_answer_counts(answer: str, right: bool) -> None:
    assert says_number(12.5)(answer, Path()) is right


@pytest.mark.parametrize(
    ("answer", "right"),
    [("The word is vel.", True), ("答案是 vel", True), ("vel or tok", False), ("tok", False), ("velt", False)],
)
def test_an_answer_must_name_the_word_and_no_other(answer: str, right: bool) -> None:
    assert says_word("vel", frozenset({"vel", "tok"}))(answer, Path()) is right


@pytest.mark.parametrize("seed", range(12))
def test_a_bill_says_of_each_figure_what_it_is(seed: int) -> None:
    entries, text = bill(Drawing(Random(seed), "train"))
    value_of = {figure: value for figure, (_, value) in entries.items()}
    assert value_of["due"] == pytest.approx(value_of["net"] + value_of["tax"])
    for figure, (name, value) in entries.items():
        named = re.compile("|".join(rf"{label}\W" for label in (*LABELS[figure], *LABELS_ZH[figure])))
        (line,) = [line for line in text.splitlines() if named.match(line)]
        assert line.startswith(name) and (line.endswith(f"{value:.2f}") or f"{value:.2f} " in line)


def test_an_empty_bill_adds_nothing_and_is_no_end() -> None:
    with home():
        found = (task("bills", seed, "train", 9) for seed in range(40))
        trace = traced(next(one for one in found if "" in one.files.values()))
    outputs = [m["content"] for m in trace["segments"][0]["messages"] if m["role"] == "tool"]
    assert any("(empty)" in output for output in outputs)


def test_a_bug_is_mended_only_where_the_test_as_it_was_passes(tmp_path: Path) -> None:
    one = task("bugs", 3, "train", 4)
    one.write(tmp_path)
    (test,) = (name for name in one.files if name.startswith("test_"))
    (tmp_path / test).write_text("print('all right')\n")
    assert not one.is_right("mended", tmp_path)
    module = tmp_path / test.removeprefix("test_")
    module.write_text("print('all right')\nraise SystemExit\n")
    assert not one.is_right("mended", tmp_path)


@pytest.mark.parametrize(("least", "most"), [("0", "10"), ("12", "10")])
def test_lengths_that_no_task_has_are_refused(least: str, most: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "farside.train.generate", "--out", str(tmp_path / "traces")]
    lengths = ["--least-steps", least, "--most-steps", most]
    done = subprocess.run([*command, *lengths], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].endswith(
        f"runs of {least} to {most} steps: the least must be 3 or more, and the most no less"
    )
    assert not (tmp_path / "traces").exists()


def test_make_run_has_a_task_of_the_held_out_set() -> None:
    root = Path(__file__).parents[2]
    one = task("configs", 4, "held-out", 60)
    assert {file.name: file.read_text() for file in (root / "examples" / "settings").iterdir()} == one.files
    assert f"GOAL = {one.goal}\nMODEL = k2/mini\nDIR = examples/settings\n" in (root / "Makefile").read_text()


@pytest.mark.parametrize(
    ("named", "extra"),
    [([], "k2"), (["GOAL=x"], "local"), (["DIR="], "local"), (["MODEL=k2/x"], "k2"), (["MODEL=moonshot/x"], "")],
)
def test_make_run_sets_up_what_the_model_needs(named: list[str], extra: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FARSIDE_MODEL", "MAKEFLAGS", "MFLAGS", "MAKELEVEL"):  # `make test` sets them
        monkeypatch.delenv(name, raising=False)
    done = subprocess.run(
        ["make", "-n", "run", *named], cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[0].strip() == f"scripts/setup.sh {extra}".strip()
