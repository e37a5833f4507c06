"""MCP servers of the configuration in a run: used, narrowed, refused, and the same tools after a resume."""

import json
import sys
from pathlib import Path

import pytest

from farside.agent.codec import decode, encode
from farside.agent.events import CallFinished, Resumed, RunCreated, Settings
from farside.tools.mcp.offer import Offer
from tests.cli.command import Farside
from tests.tools.mcp.boxes import SERVERS


@pytest.fixture
def config(farside: Farside, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = farside.folder / "config.toml"
    monkeypatch.setenv("FARSIDE_CONFIG", str(path))
    return path


def table(name: str, how: str, folder: Path, more: str = "") -> str:
    args = ["-S", str(SERVERS / "rude.py"), how, str(folder)]
    command = f"command = {json.dumps(sys.executable)}\nargs = {json.dumps(args)}\n"
    return f"[mcp.{name}]\n{command}readable = [{json.dumps(str(SERVERS))}]\n{more}\n"


def calling(farside: Farside, *names: str) -> str:
    calls = [{"calls": [{"name": name, "arguments": {}}]} for name in names]
    return farside.script("calls", *calls, {"text": "Done."})


def outcomes(farside: Farside) -> list[str]:
    return [event.text for event in farside.events() if isinstance(event, CallFinished)]


def test_a_run_uses_the_servers_of_the_file_and_keeps_their_tools(farside: Farside, config: Path) -> None:
    work = farside.folder / "work"
    work.mkdir()
    config.write_text(
        table("rude", "fine", work, 'env.TOKEN = "key-of-tests"') + '[mcp.far]\nurl = "http://127.0.0.1:9/"\n'
    )
    done = farside("run", "x", "--model", calling(farside, "rude_act"), "--dir", str(work))
    assert (done.code, done.out) == (0, "Done.\n")
    assert "starting the MCP servers rude" in done.err
    assert "done in start 1" in outcomes(farside)[0]
    created, resumed = (event for event in farside.events() if isinstance(event, RunCreated | Resumed))
    assert (created.settings.mcp, created.settings.offers) == (("rude",), ())
    assert [offer.name for offer in resumed.settings.offers] == ["rude_act", "rude_work"]
    assert b"key-of-tests" not in farside.runs[0].journal.read_bytes()


def test_another_process_goes_on_with_the_same_tools(farside: Farside, config: Path) -> None:
    work = farside.folder / "work"
    work.mkdir()
    config.write_text(table("rude", "fine", work))
    call = {"calls": [{"name": "rude_act", "arguments": {}}]}
    model = farside.script("calls", call, {"text": "So far."}, call, {"text": "Done."})
    assert farside("run", "x", "--model", model, "--dir", str(work)).code == 0
    config.write_text(table("rude", "dies", work))
    assert farside("say", "last", "Go on.").out == "Done.\n"
    first, second = outcomes(farside)
    assert ("done in start 1" in first, "The MCP server rude ended (exit code 3)" in second) == (True, True)
    offers = [event.settings.offers for event in farside.events() if isinstance(event, Resumed)]
    assert offers[0] == offers[1] != ()


@pytest.mark.parametrize(
    ("text", "arguments", "told"),
    [
        ("", ["--mcp", "nobody"], "There is no MCP server nobody"),
        ("[mcp.a]\ncommand = 'true'\n", ["--mcp", "nobody"], "There are: a"),
        ("[mcp.a]\ncommand = 'true'\n", ["--mcp", "a", "--no-mcp"], "contradict each other"),
        ("[mcp.a]\nurl = 'http://127.0.0.1:9/'\n", ["--mcp", "a"], "is reached over the network"),
        ("[mcp.a]\ncommand = 'true'\nenv.KEY = '${NO_SUCH}'\n", [], "needs NO_SUCH, which is not set"),
        ("[mcp.a]\n", [], "needs a command or a url"),
        ("[mcp.a]\ncommand = 3\n", [], "mcp.a.command: it must be text"),
        ("[mcp.a]\ncommand = 'true'\nspeed = 3\n", [], "mcp.a.speed: there is no such part"),
    ],
)
def test_what_cannot_work_is_refused_before_there_is_a_run(
    farside: Farside, config: Path, text: str, arguments: list[str], told: str
) -> None:
    config.write_text(text)
    model = farside.script("fine", {"text": "Never asked."})
    done = farside("run", "x", "--model", model, *arguments)
    assert (done.code, done.out, farside.runs) == (2, "", [])
    assert told in done.err


def test_servers_can_be_left_out(farside: Farside, config: Path) -> None:
    config.write_text("[mcp.a]\ncommand = 'no-such-program'\n[mcp.b]\nurl = 'http://127.0.0.1:9/'\n")
    model = farside.script("fine", {"text": "Done."})
    refused = farside("run", "x", "--model", model)
    assert (refused.code, "program no-such-program of the MCP server a" in refused.err) == (2, True)
    assert farside("resume", "last", "--no-mcp").code == 0
    assert farside("run", "x", "--model", model, "--no-mcp").code == 0


def test_a_journal_written_before_there_were_servers_is_read() -> None:
    event = decode('{"kind": "run_created", "goal": "x", "settings": {"model": "local", "net": false}}')
    assert event == RunCreated("x", Settings("local"))


def test_servers_and_offers_are_written_and_read() -> None:
    offer = Offer("git", "log", "git_log", "Show the log.", "{}", read_only=True)
    event = RunCreated("x", Settings("local", mcp=("git",), offers=(offer,)))
    assert decode(encode(event)) == event
