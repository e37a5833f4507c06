"""The Python session as a model meets it."""

import json
import time
from pathlib import Path

import pytest

from farside.tools.base import Host
from farside.tools.toolbox import open_toolbox
from tests.tools.boxes import OUTPUTS, Box


def test_the_last_expression_is_echoed_and_names_stay(shared: Box) -> None:
    assert shared.python("total = 20\nprint('set')\ntotal + 1").text == "set\n21"
    assert shared.python("total").text == "20"


def test_a_cell_that_says_nothing_says_so(shared: Box) -> None:
    assert shared.python("quiet = 1").text == "(no output)"
    assert shared.python("1 + 1;").text == "(no output)"


def test_a_traceback_shows_the_failing_line_and_only_the_users_frames(shared: Box) -> None:
    outcome = shared.python("def half(x):\n    return x / 0\n\nhalf(4)")
    assert not outcome.ok
    assert "return x / 0" in outcome.text and "half(4)" in outcome.text
    assert outcome.text.endswith("ZeroDivisionError: division by zero")
    assert "inside" not in outcome.text


def test_a_fault_in_a_library_shows_its_last_frame_only(shared: Box) -> None:
    text = shared.python("import json\njson.loads('{')").text
    assert text.count('File "') == 2
    assert "json.loads('{')" in text and "JSONDecodeError" in text


def test_chained_exceptions_are_trimmed_too(shared: Box) -> None:
    code = "try:\n    {}['a']\nexcept KeyError as error:\n    raise ValueError('no a') from error"
    text = shared.python(code).text
    assert "KeyError: 'a'" in text and text.endswith("ValueError: no a")
    assert "inside" not in text


def test_a_syntax_error_names_its_line(shared: Box) -> None:
    outcome = shared.python("a = 1\nb = = 2")
    assert not outcome.ok
    assert "line 2" in outcome.text and "SyntaxError" in outcome.text


def test_input_fails_at_once_with_advice(shared: Box) -> None:
    outcome = shared.python("name = input('who? ')")
    assert not outcome.ok
    assert "nobody can answer" in outcome.text


def test_output_of_child_processes_is_part_of_the_cell(shared: Box) -> None:
    code = "import os, sys\nprint('a')\nos.system('echo b')\nprint('c', file=sys.stderr)\nos.write(1, b'd\\n');"
    assert shared.python(code).text == "a\nb\nc\nd"


def test_exit_ends_the_cell_not_the_session(shared: Box) -> None:
    shared.python("kept = 5")
    assert "SystemExit(3)" in shared.python("import sys\nsys.exit(3)").text
    assert shared.python("kept").text == "5"


def test_a_forked_child_that_falls_through_does_not_answer_for_the_session(shared: Box) -> None:
    outcome = shared.python("import os\nchild = os.fork()\nif child:\n    os.waitpid(child, 0)\nprint('here')")
    assert outcome.text.count("here") == 2
    assert shared.python("'still one session'").text == "'still one session'"


def test_modules_of_the_workspace_can_be_imported(shared: Box) -> None:
    (shared.workspace / "mine.py").write_text("answer = 42\n")
    assert shared.python("import mine\nmine.answer").text == "42"
    assert not (shared.workspace / "__pycache__").exists()


def test_the_installed_packages_can_be_imported(shared: Box) -> None:
    assert shared.python("import httpx\nhttpx.__name__").text == "'httpx'"


def test_the_tools_are_functions_of_the_session(shared: Box) -> None:
    assert shared.python("write_file('t/a.txt', 'one\\ntwo\\n'); read_file('t/a.txt')").text == r"'one\ntwo\n'"
    assert shared.python("edit_file('t/a.txt', 'two', 'three'); read_file('t/a.txt', 2)").text == r"'three\n'"
    assert shared.python("list_files('t')").text == "['t/a.txt']"
    assert shared.python("shell('echo hi; exit 3')").text == r"'hi\n[exit code 3]'"
    assert shared.python("read_file('absent')").text.endswith("ToolError: There is no absent.")


def test_recall_and_the_plan_reach_the_host_from_the_session(shared: Box) -> None:
    assert "17: line 16" in shared.python("print(recall('o7', pattern='^line 16$'))").text
    assert shared.python("recall('o7')").text.startswith(repr(OUTPUTS["o7"])[:50])
    assert "There is no output of that handle" in shared.python("recall('o8')").text
    outcome = shared.python("update_plan([{'step': 'count', 'status': 'doing'}])")
    assert json.loads(outcome.plan or "") == {"plan": [{"step": "count", "status": "doing"}], "acceptance": []}
    wrong = shared.python("update_plan([{'step': 'count'}])")
    assert "`plan[0].status` is missing" in wrong.text and wrong.plan is None
    assert shared.python("1").plan is None


def test_a_variable_hides_a_tool_until_it_is_deleted(shared: Box) -> None:
    assert "del recall" in shared.python("recall = 0.93").text
    assert shared.python("recall").text == "0.93"
    shared.python("del recall")
    assert "line 3" in shared.python("recall('o7', pattern='line 3$')").text


def test_the_deadline_interrupts_and_keeps_the_variables(shared: Box) -> None:
    outcome = shared.python("import time\nbegun = True\ntime.sleep(60)", timeout=1)
    assert not outcome.ok
    assert "stopped after 1 s" in outcome.text and "time.sleep(60)" in outcome.text
    assert shared.python("begun").text == "True"


def test_a_session_that_will_not_stop_is_killed_and_restored(box: Box) -> None:
    box.python("kept = [1, 2]\nstream = (n for n in [1])")
    stubborn = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nnew = 1\nwhile True: pass"
    outcome = box.python(stubborn, timeout=1)
    assert not outcome.ok
    assert "did not end after 1 s and was killed" in outcome.text
    assert outcome.lost == ("stream",)
    assert box.python("kept, 'new' in globals(), 'stream' in globals()").text == "([1, 2], False, False)"


@pytest.mark.parametrize("end", ["os._exit(9)", "os.kill(os.getpid(), 9)", "os.kill(os.getppid(), 9)"])
def test_whatever_dies_inside_the_next_cell_goes_on_from_the_snapshot(box: Box, end: str) -> None:
    box.python("kept = 'here'")
    outcome = box.python(f"import os\n{end}\nimport time; time.sleep(9)")
    assert not outcome.ok
    assert "as after the last finished cell" in outcome.text
    assert box.python("kept").text == "'here'"


def test_a_child_that_outlives_the_session_does_not_hide_its_death(box: Box) -> None:
    outcome = box.python("import os, time\nif os.fork() == 0:\n    time.sleep(60)\nos._exit(4)", timeout=30)
    assert "ended (exit code 4)" in outcome.text
    assert box.shell("ps -e | grep -c python").text == "1"


def test_what_the_host_takes_to_answer_is_not_the_cells_time(tmp_path: Path) -> None:
    def slow(handle: str) -> str:
        time.sleep(1.5)
        return handle.upper()

    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "work").mkdir()
    toolbox = open_toolbox(tmp_path / "work", home, net=False, host=Host(slow, repr), private=[home])
    try:
        code = json.dumps({"code": "print(recall('o7'), recall('o8'))", "timeout": 1})
        outcome = toolbox.call("python", code, "o9")
        assert outcome.ok and "O7" in outcome.text and "O8" in outcome.text, outcome.text
    finally:
        toolbox.close()
