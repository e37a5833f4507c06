"""Snapshots of the session's globals: taken after a cell, brought back in another process."""

import time
from pathlib import Path

import pytest

from farside.tools.base import Outcome, Question
from farside.tools.sandbox import Limits
from tests.tools.boxes import Box, open_box


def resumed(tmp_path: Path, outcome: Outcome) -> tuple[Box, tuple[str, ...]]:
    """Return a new toolbox over the same workspace with the session of `outcome`, and the names it has lost."""
    assert outcome.session is not None
    box = open_box(tmp_path)
    return box, box.toolbox.restore(outcome.session, outcome.lost)


def test_an_unchanged_session_brings_no_snapshot(box: Box) -> None:
    assert box.python("a = {'x': [1, 2]}").session is not None
    assert box.python("print(a)").session is None
    assert box.python("a['x'].append(3)").session is not None


def test_values_functions_classes_and_modules_come_back(box: Box, tmp_path: Path) -> None:
    code = """
import json, os.path as paths
from collections import Counter
rate = 2
def scaled(x): return x * rate
class Account:
    def __init__(self, owner): self.owner = owner
    def text(self): return f"{self.owner}: {scaled(4)}"
first = Account("Ada")
words = Counter("banana")
def counter():
    n = 0
    def up():
        nonlocal n
        n += 1
        return n
    return up
up = counter(); up()
"""
    other, lost = resumed(tmp_path, box.python(code))
    assert lost == ()
    check = "first.text(), isinstance(first, Account), words['a'], up(), json.dumps([paths.basename('a/b')])"
    assert other.python(check).text == "('Ada: 8', True, 3, 2, '[\"b\"]')"
    other.toolbox.close()


def test_restored_functions_see_later_assignments(box: Box, tmp_path: Path) -> None:
    other, _ = resumed(tmp_path, box.python("rate = 2\ndef scaled(x): return x * rate"))
    assert other.python("rate = 10\nscaled(3)").text == "30"
    assert other.python("def scaled_twice(x): return scaled(scaled(x))\nscaled_twice(1)").text == "100"
    other.toolbox.close()


def test_what_two_variables_share_stays_shared(box: Box, tmp_path: Path) -> None:
    other, _ = resumed(tmp_path, box.python("a = [1]\nb = {'list': a}"))
    assert other.python("a.append(2)\nb").text == "{'list': [1, 2]}"
    other.toolbox.close()


def test_what_cannot_be_held_is_named_and_the_rest_is_kept(box: Box, tmp_path: Path) -> None:
    outcome = box.python("good = 1\nlock = __import__('threading').Lock()\nsteps = (n for n in [1])\nalso = 2")
    assert outcome.lost == ("lock", "steps")
    other, lost = resumed(tmp_path, outcome)
    assert lost == ("lock", "steps")
    assert other.python("good + also").text == "3"
    other.toolbox.close()


def test_too_large_a_variable_is_lost_and_does_not_push_out_others(tmp_path: Path) -> None:
    box = open_box(tmp_path, limits=Limits(snapshot=100_000))
    outcome = box.python("huge = 'x' * 200_000\nsmall = 'y' * 1000\nmedium = list(range(20_000))")
    assert outcome.lost == ("huge",)
    assert outcome.session is not None and len(outcome.session) < 100_000
    assert box.python("del huge").lost == ()
    box.toolbox.close()


def test_a_module_that_is_gone_costs_only_its_name(box: Box, tmp_path: Path) -> None:
    module = box.workspace / "gone.py"
    module.write_text("class Thing: pass\n")
    outcome = box.python("import gone\nthing = gone.Thing()\nkept = 7")
    module.unlink()
    other, lost = resumed(tmp_path, outcome)
    assert lost == ("gone", "thing")
    assert other.python("kept").text == "7"
    other.toolbox.close()


def test_the_folder_of_the_session_comes_back(box: Box, tmp_path: Path) -> None:
    (box.workspace / "sub").mkdir()
    other, _ = resumed(tmp_path, box.python("import os\nos.chdir('sub')"))
    assert other.python("os.getcwd()").text.endswith("/work/sub'")
    other.toolbox.close()


@pytest.mark.parametrize("session", [b"", b"\0\0\0\1", b"\0\0\0\2{}", b"nonsense" * 10])
def test_a_broken_snapshot_is_reported_not_raised(box: Box, session: bytes) -> None:
    assert box.toolbox.restore(session, ()) == ("all variables",)
    assert box.python("1 + 1").text == "2"


def test_a_snapshot_that_kills_is_tried_once(box: Box) -> None:
    code = "class Bomb:\n    def __reduce__(self):\n        import os\n        return os._exit, (1,)\nbomb = Bomb()"
    outcome = box.python(code)
    assert outcome.session is not None
    assert set(box.toolbox.restore(outcome.session, ())) == {"Bomb", "bomb"}
    assert box.python("'alive'").text == "'alive'"


def test_the_host_never_unpickles(box: Box, tmp_path: Path) -> None:
    mark = str(tmp_path / "touched")
    outcome = box.python(f"class Spy:\n    def __reduce__(self):\n        return open, ({mark!r}, 'w')\nspy = Spy()")
    assert outcome.session is not None
    box.toolbox.restore(outcome.session, ())
    assert not (tmp_path / "touched").exists()


def test_an_answer_that_takes_longer_than_the_call_may_is_waited_for_and_is_no_cell(tmp_path: Path) -> None:
    def slow(question: Question) -> str:
        time.sleep(1.2)
        return "late"

    box = open_box(tmp_path, consult=slow)
    folder = [(box.workspace / f"{number}.txt").write_text(f"total {number}") for number in range(12)]
    late = box.call("survey", goal="What is the sum of all totals?", timeout=1)
    assert (len(folder), late.ok) == (12, True)
    assert [box.python(code).text for code in ("40 + 2", "'second'", "'third'")] == ["42", "'second'", "'third'"]
    box.toolbox.close()
