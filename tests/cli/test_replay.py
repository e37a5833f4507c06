"""`replay`: a recorded run through other context policies."""

from tests.cli.command import Farside, step


def long_run(farside: Farside) -> None:
    """Record a run of one step, whose answer uses what it read."""
    model = farside.script("read", step("I plan.", usage={"input": 2_000, "output": 50}), {"text": "Plan noted."})
    assert farside("run", "Note the plan.", "--model", model).code == 0


def test_each_policy_has_a_row_at_the_prices_that_are_named(farside: Farside) -> None:
    long_run(farside)
    done = farside("replay", "last", "--model", "moonshot/kimi-k2-thinking")
    assert done.code == 0
    lines = done.out.splitlines()
    assert "2 steps under keep-latest" in lines[0]
    assert "$0.60 in, $0.15 cached, $2.50 out" in lines[1]
    assert [line.split("  ")[0] for line in lines[4:]] == [
        "as it was",
        "all kept",
        "keep-latest",
        "hide-all",
        "fold",
        "restart",
    ]
    assert all("$0.00" in line for line in lines[4:])


def test_one_policy_and_no_price(farside: Farside) -> None:
    long_run(farside)
    done = farside("replay", "last", "--context", "fold")
    assert done.code == 0
    assert "no price known" in done.out
    assert "hide-all" not in done.out


def test_what_cannot_be_replayed_is_named(farside: Farside) -> None:
    farside("run", "Go.", "--model", farside.script("quota", {"fail": "QuotaSpent"}))
    nothing = farside("replay", "last")
    assert (nothing.code, "nothing to replay" in nothing.err) == (2, True)
    long_run(farside)
    wrong = farside("replay", "last", "--context", "keep")
    assert (wrong.code, "keep-latest, hide-all, fold, restart" in wrong.err) == (2, True)
    unknown = farside("replay", "last", "--model", "nobody/x")
    assert (unknown.code, "no model provider" in unknown.err) == (2, True)


def test_a_replay_changes_nothing(farside: Farside) -> None:
    long_run(farside)
    before = farside("show", "last").out
    farside("replay", "last")
    assert farside("show", "last").out == before
