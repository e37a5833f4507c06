"""The context benchmark: its plain agents and farside against the billing endpoint, in small."""

from functools import partial
from pathlib import Path

import pytest

from bench.context import MODEL, Result, Task, farside, measure, musts, plain, row
from bench.parts import code, part
from farside.messages import Usage

SMALL = Task(steps=36, output=300, thinking=20)


def test_a_part_is_as_long_as_asked_and_names_its_code() -> None:
    text = part(7, 1_000, asks_for=3)
    assert len(text) == 1_000
    assert f"The code of part 7 is {code(7)}." in text
    assert "the code of part 3 is needed" in text


def test_without_a_policy_each_prompt_extends_the_one_before() -> None:
    result = measure("none", SMALL, partial(plain, None, SMALL))
    assert result.found == "shown"
    assert result.billed.input - result.billed.cached < result.longest + 2 * SMALL.steps


def test_compaction_loses_the_fact_and_reads_all_anew() -> None:
    result = measure("compaction", SMALL, partial(plain, 60_000, SMALL))
    assert result.found == "by looking again"
    assert result.longest < 12_000


@pytest.mark.parametrize("policy", ["keep-latest", "fold"])
def test_farside_recalls_what_it_no_longer_shows(
    policy: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f'[profiles."{MODEL}"]\nwindow = 11_000\nmax_tokens = 1_000\n')
    monkeypatch.setenv("FARSIDE_CONFIG", str(config))
    monkeypatch.setenv("FARSIDE_HOME", str(tmp_path))
    monkeypatch.setenv("MOONSHOT_API_KEY", "loopback")
    result = measure(policy, SMALL, partial(farside, policy, SMALL), strict=True)
    assert result.found == "by recall"
    assert result.longest < 11_000


def test_each_must_is_held_against_its_limit() -> None:
    dear = Result("compaction", Usage(1_000_000, 500_000, 0), 1, "shown")
    cheap = Result("ours", Usage(200_000, 190_000, 0), 1, "by recall")
    assert all(line.endswith(": kept") for line in musts(cheap, dear, dear))
    assert all("NOT KEPT" in line for line in musts(Result("", dear.billed, 1, "not found"), dear, dear))
    assert row(cheap, dear, dear).split()[-5:] == ["$0.03", "0.09x", "0.09x", "by", "recall"]
