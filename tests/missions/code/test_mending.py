"""Functions written anew, judged by real tests in real checkouts; the model is a list of replies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from farside.agent.home import new_run, private
from farside.errors import FarsideError
from farside.missions.beforehand import Tries
from farside.missions.code.asking_to_mend import asks_to_mend
from farside.missions.code.base import Base
from farside.missions.code.clean import Clean, Places, Trial
from farside.missions.code.copies import kept
from farside.missions.code.mending import BEHIND, TRIES, Mending, Stand, gist, improves, turns
from farside.missions.code.order import order
from farside.missions.code.results import Results
from farside.missions.code.suspects import Suspect
from farside.tools.base import Question
from farside.tools.sandbox import choose
from farside.tools.toolbox import LAYERS
from tests.missions.code.repositories import Users, timesheet

RIGHT = "def length(start, end):\n    return (minutes(end) - minutes(start)) % 1440"
WRONG = "def length(start, end):\n    return abs(minutes(end) - minutes(start))"
WORSE = "def length(start, end):\n    return 510 + minutes('0:00')"
WRITTEN = 'def written(total):\n    return f"{total // 60}:{total % 60:02}"'


class Model:
    """Says what it is given in turn, and then that the budget is used up."""

    def __init__(self, *said: str) -> None:
        self.said = list(said)
        self.asked: list[Question] = []

    def __call__(self, question: Question) -> str:
        self.asked.append(question)
        if not self.said:
            raise FarsideError("The budget is used up.")
        return f"```python\n{self.said.pop(0)}\n```"


@contextmanager
def mending(users: Users, model: Model, seconds: float = 60, seed: int = 0) -> Iterator[tuple[Mending, Stand]]:
    """Yield the mending of a repository, and where it begins."""
    folder = new_run()
    options = order(users.path, None, 300, False).options
    places = Places.of(folder, str(folder.workspace))
    kept(Base.of(options), places.mirror)
    confinement = places.confined(False, private())
    clean = Clean(choose(LAYERS, confinement), places, confinement)
    try:
        files = clean.as_committed(clean.check_out(b"").paths)
        before = clean.trial(options["test"], 60)
        yield Mending(clean, model, "Mend it.", seed, 60, Tries(seconds)), Stand(files, before)
    finally:
        clean.close()


@pytest.fixture
def users(tmp_path: Path) -> Users:
    return timesheet(tmp_path / "sheet")


def test_what_makes_no_more_tests_pass_is_tried_and_told_until_something_does(users: Users) -> None:
    model = Model("no function", WRONG, WRONG, "", RIGHT)
    with mending(users, model) as (it, begun):
        best = it.best(begun.files, begun.trial)
    assert (best.trial.how, it.tried, len(model.asked)) == ("pass", 2, 5)
    changed = [line for line in best.patch.decode().splitlines() if line[:1] in "+-" and line[1:2] == " "]
    assert changed == [
        "-    return minutes(end) - minutes(start)",
        "+    return (minutes(end) - minutes(start)) % 1440",
    ]
    first, last = model.asked[0].text, model.asked[-1].text
    assert first.startswith("Mend it.") and "AssertionError: -930 != 510" in first
    assert "def length(start, end):" in first and "tried" not in first
    assert "This was tried" in last and WRONG in last and "AssertionError: 930 != 510" in last
    assert (model.asked[0].temperature, model.asked[1].temperature > 0) == (0, True)


def test_what_is_better_is_built_upon_and_what_breaks_another_test_is_not_kept(users: Users) -> None:
    users.put("timesheet/clock.py", (users.path / "timesheet/clock.py").read_text().replace("60:02}", "60}"))
    users.commit()
    model = Model(WORSE, WRITTEN, RIGHT)
    with mending(users, model) as (it, begun):
        best = it.best(begun.files, begun.trial)
        assert [each.name for each in best.anew] == ["written", "length"]
        assert best.trial.how == "pass"
        it.clean.check_out(best.patch)
        assert it.clean.trial(begun.trial.command, 60).how == "pass"


@pytest.mark.parametrize(("said", "seconds", "asked"), [((), 60, 1), ((RIGHT,), -1, 0)])
def test_without_budget_or_time_the_beginning_is_the_best(
    users: Users, said: tuple[str, ...], seconds: float, asked: int
) -> None:
    model = Model(*said)
    with mending(users, model, seconds) as (it, begun):
        assert it.best(begun.files, begun.trial) == begun
    assert len(model.asked) == asked


def test_each_function_has_its_turns_and_the_nearest_has_the_first_ones() -> None:
    one, two = (Suspect("a.py", "", name, 1, 2, name) for name in ("one", "two"))
    order = list(turns([one, two]))
    assert order[: BEHIND + 2] == [(one, 0), (one, 1), (one, 2), (two, 0)]
    assert sorted(turn for suspect, turn in order if suspect == two) == list(range(TRIES))


def trial(how: str, passed: str = "", failed: str = "") -> Trial:
    return Trial("t", how, "", Results(frozenset(passed), frozenset(failed)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("now", "better"),
    [
        (trial("pass", "abc"), True),
        (trial("pass", "ac"), False),
        (trial("fail", "ab", "c"), False),
        (trial("fail", "abc", "d"), True),
        (trial("fail", "acd", "b"), False),
        (trial("hang"), False),
        (trial("not run"), False),
    ],
)
def test_better_is_what_makes_more_tests_pass_and_none_fail(now: Trial, better: bool) -> None:
    assert improves(now, trial("fail", "ab", "cd")) is better


def test_the_gist_of_a_failure_is_what_an_assertion_saw() -> None:
    assert gist("x\nE   assert 3 == 4\nE    +  where 3 = f()\ntest.py:3: AssertionError") == (
        "E   assert 3 == 4\nE    +  where 3 = f()"
    )
    assert (
        gist("Traceback:\n  File\njson.decoder.JSONDecodeError: no\n\nFAILED") == "json.decoder.JSONDecodeError: no"
    )
    assert gist("one\ntwo\nthree\nfour").splitlines() == ["two", "three", "four"]


@pytest.mark.parametrize(
    ("goal", "mends"),
    [
        ("The length of a shift is wrong.", True),
        ("Fix the tests.", True),
        ("join() should keep the order", True),
        ("Der Test schlägt fehl, behebe das.", True),
        ("修复失败的测试", True),
        ("Add an option --verbose to the command line.", False),
        ("Write a small word processor.", False),
        ("Rename the module prefix to affix.", False),
    ],
)
def test_a_goal_asks_to_mend_when_it_speaks_of_a_fault(goal: str, mends: bool) -> None:
    assert asks_to_mend(goal) is mends
