"""What cannot work is refused before there is a run: exit code 2, one sentence, the next step."""

import pytest

from tests.cli.command import Farside


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["run", ""], "The goal is empty"),
        (["run", " \n"], "The goal is empty"),
        (["run"], "Missing argument"),
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
