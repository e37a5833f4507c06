"""What cannot work is refused before there is a run: exit code 2, one sentence, the next step."""

import pytest

from farside.agent.events import CallFinished
from farside.agent.home import RunFolder
from tests.cli.command import Farside


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["run", ""], "The goal is empty"),
        (["run", " \n"], "The goal is empty"),
        (["run"], "Missing argument"),
        (["run", "x", "--model", ""], "There is no model provider ''"),
        (["run", "x", "--model", "nobody/x"], "There is no model provider 'nobody'"),
        (["run", "x", "--model", "moonshot"], "names a provider but no model"),
        (["run", "x", "--model", "moonshot/kimi-k2.6"], "export MOONSHOT_API_KEY"),
        (["run", "x", "--model", "openai/x", "--base-url", "ftp://x"], "no http address"),
        (["run", "x", "--model", "scripted/nowhere.jsonl"], "cannot be read"),
        (["run", "x", "--model", "{model}", "--context", "all"], "keep-latest, hide-all, fold, restart"),
        (["run", "x", "--model", "{model}", "--dir", "{file}"], "is not a folder"),
        (["run", "x", "--model", "{model}", "--dir", "nowhere"], "is not a folder"),
        (["run", "x", "--model", "{model}", "--max-steps", "0"], "max-steps"),
        (["run", "x", "--model", "{model}", "--speed", "9"], "No such option"),
        (["resume", "nothing"], "There is no run nothing"),
        (["show", "last"], "There is no run last"),
        (["say", "last", "x"], "There is no run last"),
        (["stop", "last"], "There is no run last"),
        (["check", "nobody/x"], "There is no model provider"),
        (["fly"], "No such command"),
    ],
)
def test_what_cannot_work_is_refused_before_there_is_a_run(farside: Farside, arguments: list[str], told: str) -> None:
    model = farside.script("fine", {"text": "Never asked."})
    done = farside(*(word.format(model=model, file=model.removeprefix("scripted/")) for word in arguments))
    assert (done.code, done.out, farside.runs) == (2, "", [])
    assert told in done.err


def test_farsides_own_folders_are_no_workspace(farside: Farside) -> None:
    model = farside.script("fine", {"text": "Never asked."})
    run = farside.home / "runs" / "1204-abcde"
    run.mkdir(parents=True)
    for place in (farside.home, farside.home / "runs", run):
        done = farside("run", "x", "--model", model, "--dir", str(place))
        assert (done.code, farside.runs) == (2, [RunFolder(run)])
        assert "is farside's own" in done.err


def test_a_config_file_in_the_workspace_cannot_be_read(farside: Farside, monkeypatch: pytest.MonkeyPatch) -> None:
    work = farside.folder / "work"
    work.mkdir()
    (work / "farside.toml").write_text("[keys]\nmoonshot = 'sk-secret'\n")
    (work / "learned.json").write_text('{"vllm/x": {"window": 99999}}')
    monkeypatch.setenv("FARSIDE_CONFIG", str(work / "farside.toml"))
    call = {"name": "shell", "arguments": {"command": "cat *; ls"}}
    model = farside.script("reads", {"calls": [call]}, {"text": "Done."})
    assert farside("run", "x", "--model", model, "--dir", str(work)).code == 0
    (output,) = [event.text for event in farside.events() if isinstance(event, CallFinished)]
    assert output.endswith("farside.toml\nlearned.json")
    assert ("secret" in output, "99999" in output) == (False, False)
