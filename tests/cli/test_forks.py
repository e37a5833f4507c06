"""`fork`, `restore` and `diff` as a user types them, also where they cannot be had."""

import json
from pathlib import Path

import pytest

from farside.agent.home import find_run
from tests.cli.command import Farside, step


def write(content: str, name: str = "report.md") -> dict[str, object]:
    call = {"name": "write_file", "arguments": {"path": name, "content": content}}
    return {"text": f"I write {name}.", "calls": [call]}


@pytest.fixture
def told(farside: Farside) -> str:
    """A run that wrote a report twice; return its id."""
    work = farside.folder / "work"
    (work / "inner").mkdir(parents=True)
    (work / "inner" / "given.txt").write_text("given")
    lines: list[dict[str, object]] = [write("one\n"), step("I plan."), write("one\ntwo\n"), {"text": "Two lines."}]
    done = farside("run", "Write.", "--model", farside.script("report", *lines), "--dir", str(work))
    assert (done.code, done.out) == (0, "Two lines.\n"), done.err
    return farside.last.id


def test_a_fork_rests_in_a_folder_of_its_own_until_it_is_resumed(farside: Farside, told: str) -> None:
    made = farside("fork", told, "--at", "1")
    folder = find_run(made.out.strip())
    assert (made.code, folder.id != told) == (0, True)
    assert f"is a fork of {told} at step 1" in made.err
    assert f"2 files: {folder.workspace}" in made.err
    assert (folder.workspace / "report.md").read_text() == "one\n"
    assert (folder.workspace / "inner/given.txt").read_text() == "given"
    (row,) = [line for line in farside("runs").out.splitlines() if folder.id in line]
    assert ("paused" in row, "1 step " in row) == (True, True)
    assert f"a fork of {told} at step 1" in farside("show", folder.id).out
    (farside.folder / "work/report.md").write_text("mine, and edited since")
    assert farside("resume", folder.id).out == "Two lines.\n"
    assert (folder.workspace / "report.md").read_text() == "one\ntwo\n"
    assert (farside.folder / "work/report.md").read_text() == "mine, and edited since"


def test_two_runs_are_compared(farside: Farside, told: str) -> None:
    fork = farside("fork", told, "--at", "1").out.strip()
    fresh = farside.script(
        "fresh", write("one\n"), write("one\n2\n"), write("more", "inner/more.txt"), {"text": "Otherwise."}
    )
    farside("resume", fork, "--model", fresh)
    shown = farside("diff", told, fork)
    assert (shown.code, shown.err) == (0, "")
    for words in (
        f"{fork} is a fork of {told}: they share 1 step",
        f"only in {fork}  inner/more.txt  +1 -0",
        "changed  report.md  +1 -1",
        "    -two",
        "    +2",
        f"{told} answered",
        "    Otherwise.",
        "2 write_file",
    ):
        assert words in shown.out, shown.out
    assert "given.txt" not in shown.out
    assert "the files are the same" in farside("diff", told, told).out


def test_a_step_is_restored_into_a_new_folder(farside: Farside, told: str) -> None:
    done = farside("restore", told, "--at", "0", "then")
    assert (done.code, done.out, sorted(path.name for path in Path("then").rglob("*"))) == (
        0,
        "",
        ["given.txt", "inner"],
    )
    assert farside("restore", told, "now").code == 0
    assert Path("now/report.md").read_text() == "one\ntwo\n"


def test_what_cannot_be_had_is_explained_and_changes_nothing(farside: Farside, told: str) -> None:
    Path("mine").mkdir()
    Path("mine/file").write_text("mine")
    for command, sentence, next_step in (
        (("restore", told, "mine"), "The folder mine is not empty", "Name a new folder"),
        (("restore", told, "mine/file"), "mine/file is not a folder", "Name a new folder"),
        (("restore", told, "mine/file/in"), "cannot be written (Not a directory)", "name another one"),
        (("fork", told, "--at", "40"), f"Run {told} has no step 40: it has 4", f"farside show {told}"),
        (("fork", "nobody"), "There is no run nobody", "farside runs"),
        (("diff", told, "nobody"), "There is no run nobody", "farside runs"),
    ):
        done = farside(*command)
        assert (done.code, done.out, sentence in done.err, next_step in done.err) == (2, "", True, True), done.err
    assert (Path("mine/file").read_text(), len(farside.runs)) == ("mine", 1)


def test_a_folder_that_is_too_large_has_no_snapshots_and_says_so(farside: Farside) -> None:
    work = farside.folder / "work"
    work.mkdir()
    with (work / "sparse").open("wb") as file:
        file.truncate(1_100_000_000)
    model = farside.script("large", write("one\n"), {"text": "Done."})
    done = farside("run", "Write.", "--model", model, "--dir", str(work))
    assert (done.code, "no snapshots, so no fork from here on: the folder holds more than 1 GB" in done.err) == (
        0,
        True,
    )
    refused = farside("fork", "last")
    assert (refused.code, "are not kept: the folder holds more than 1 GB" in refused.err) == (2, True)
    assert str(work) in refused.err
    assert "files: not compared" in farside("diff", "last", "last").out
    assert len(farside.runs) == 1


def test_a_run_that_is_being_worked_on_can_be_forked(farside: Farside) -> None:
    slow = {"text": "Late.", "delay_s": 30.0}
    model = farside.script("slow", write("one\n"), slow, {"text": "Unseen."})
    with farside.working(model, "call_finished"):
        farside.wait_for(lambda kinds: kinds.count("asked") == 2)
        run = farside.last.id
        made = farside("fork", run)
        assert f"is a fork of {run} at step 1" in made.err
        assert (find_run(made.out.strip()).workspace / "report.md").read_text() == "one\n"


def test_without_git_on_the_machine_all_goes_on(farside: Farside, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    model = farside.script("plain", write("one\n"), {"text": "Done."})
    assert farside("run", "Write.", "--model", model).code == 0
    assert farside("restore", "last", "out").code == 0
    assert Path("out/report.md").read_text() == "one\n"


def test_programs_are_told_of_snapshots(farside: Farside) -> None:
    done = farside("run", "Write.", "--json", "--model", farside.script("json", write("x"), {"text": "Done."}))
    kept = [event for event in map(json.loads, done.out.splitlines()) if event["kind"] == "snapshotted"]
    assert [event["files"] for event in kept] == [0, 1]
    assert all(len(event["tree"]) == 40 for event in kept)
