"""What the command says of itself, and how little it loads to say it."""

import json
import subprocess
import sys

import pytest

from farside.agent import context
from farside.cli import run_options
from farside.cli.foreground import Broken, hinted
from farside.errors import FarsideError
from tests.cli.command import Farside

COMMANDS = ("run", "resume", "runs", "show", "say", "stop", "models", "check")


def test_the_front_page_lists_the_commands_and_the_exit_codes(farside: Farside) -> None:
    page = farside("--help")
    assert page.code == 0
    assert [name for name in COMMANDS if f"\n  {name} " not in page.out] == []
    assert "3 out of budget · 4 paused · 5 failed" in page.out


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_explained(farside: Farside, command: str) -> None:
    page = farside(command, "--help").out
    options = page.partition("Options:\n")[2]
    assert options
    for line in options.splitlines():
        if line.startswith("  -"):
            assert len(line.strip().split("  ", 1)) == 2 or len(line.strip()) > 20, line


def test_version(farside: Farside) -> None:
    done = farside("--version")
    assert (done.code, done.out.split()[0]) == (0, "farside")


def test_the_front_page_loads_nothing_heavy() -> None:
    script = (
        "import sys, json; from farside.cli.app import run\n"
        "try: run(['--help'])\nexcept SystemExit: print(json.dumps(sorted(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    loaded = set(json.loads(done.stderr.splitlines()[-1]))
    assert loaded & {"httpx", "rich", "pydantic", "asyncio", "sqlite3", "farside.agent.loop"} == set()


def test_the_models_are_listed_with_what_is_missing(farside: Farside) -> None:
    listed = farside("models")
    assert listed.code == 0
    assert "scripted/FILE.jsonl" in listed.out
    assert "export MOONSHOT_API_KEY" in listed.out


def test_a_check_names_what_an_endpoint_lacks(farside: Farside) -> None:
    prose = [{"text": "ready"}] * 6
    checked = farside("check", farside.script("prose", *prose))
    assert (checked.code, checked.err) == (5, "")
    assert "✗ tool call" in checked.out
    assert "used with tools = code" in checked.out


def test_an_error_nobody_foresaw_keeps_its_traceback_and_says_how_to_go_on(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(ZeroDivisionError), hinted("1204-abcde"):
        raise ZeroDivisionError
    assert "`farside resume 1204-abcde` goes on" in capsys.readouterr().err


def test_a_disk_that_fails_in_the_middle_is_no_usage_error() -> None:
    with pytest.raises(Broken, match="The disk is full") as broken, hinted("1204-abcde"):
        raise FarsideError("The disk is full.", "Make room.")
    assert (broken.value.exit_code, broken.value.next_step) == (5, "Make room.\n  farside resume 1204-abcde")


def test_the_policies_in_the_help_are_those_there_are() -> None:
    assert tuple(context.POLICIES) == run_options.POLICIES
