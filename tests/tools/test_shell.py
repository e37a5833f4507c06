"""The shell as a model meets it."""

import time

import pytest

from tests.tools.boxes import Box


def test_stdout_and_stderr_come_in_order(shared: Box) -> None:
    assert shared.shell("echo a; echo b >&2; echo c").text == "a\nb\nc"


def test_an_exit_code_is_named(shared: Box) -> None:
    outcome = shared.shell("echo no; exit 7")
    assert (outcome.ok, outcome.text) == (False, "no\n[exit code 7]")
    assert shared.shell("kill -9 $$").text == "[killed by SIGKILL]"


def test_silence_is_named(shared: Box) -> None:
    assert shared.shell("true").text == "(no output)"


def test_the_deadline_kills_all_of_it(shared: Box) -> None:
    begun = time.monotonic()
    outcome = shared.shell("echo begun; sleep 77 & setsid sleep 78 & sleep 79", timeout=1)
    assert time.monotonic() - begun < 5
    assert outcome.text == "begun\n[stopped: it ran longer than its 1 s]"
    assert shared.shell("ps -e -o args | grep '^sleep 7'").text == "[exit code 1]"


def test_what_is_left_in_the_background_is_killed(shared: Box) -> None:
    begun = time.monotonic()
    outcome = shared.shell("sleep 87 & setsid sleep 88 & echo done")
    assert time.monotonic() - begun < 5
    assert outcome.ok
    assert outcome.text == "done\n[2 left in the background: killed]"
    assert shared.shell("ps -e -o args | grep '^sleep 8'").text == "[exit code 1]"


def test_the_sessions_own_processes_live_on(shared: Box) -> None:
    shared.python("import subprocess\nserver = subprocess.Popen(['sleep', '97'])")
    assert "[" not in shared.shell("true; echo one").text
    assert shared.python("shell('echo two')").text == r"'two\n'"
    assert shared.python("server.poll()").text == "(no output)"
    shared.python("server.kill(); server.wait(); del server")


def test_sigpipe_works_as_in_a_terminal(shared: Box) -> None:
    assert shared.shell("yes | head -1").text == "y"


def test_colours_progress_bars_and_controls_become_plain_text(shared: Box) -> None:
    assert shared.shell(
        r"printf '\033[31mred\033[0m\n10%%\r50%%\r99%%\ndone\r\nnul\000bell\007\nbad\377\n'"
    ).text == ("red\n99%\ndone\nnul\\x00bell\\x07\nbad\N{REPLACEMENT CHARACTER}")


@pytest.mark.parametrize(
    ("command", "why"), [("echo a\0b", "null byte"), ("echo \ud800", "surrogates"), ("x" * 200_000, "too long")]
)
def test_a_command_that_no_shell_can_take_is_answered(shared: Box, command: str, why: str) -> None:
    shared.python("kept = 7")
    outcome = shared.shell(command)
    assert (outcome.ok, why in outcome.text) == (False, True), outcome.text
    assert shared.python("kept").text == "7"
