"""`farside k2 plan` prints what a person asks before a download of 600 GB."""

import json
from pathlib import Path

import pytest

from farside.k2.config import preset
from tests.cli.command import Farside

NAMED = ("1026.4B total", "594.2 GB", "70,272 B a token", "18.4 GB at 262,144", "11.9 GB read from disk")


@pytest.mark.parametrize("name", ["k2-thinking", "Kimi-K2-Thinking"])
def test_the_figures_of_k2_thinking(farside: Farside, name: str) -> None:
    done = farside("k2", "plan", name)
    assert (done.code, done.err) == (0, "")
    assert [figure for figure in NAMED if figure not in done.out] == []
    assert "seconds a token = " in done.out
    assert "hits by the share of experts in RAM" in done.out
    assert "Unconfirmed in this preset" in done.out


def test_a_folder_is_planned_by_its_own_config(farside: Farside, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps(preset("k2-thinking").as_json()))
    done = farside("k2", "plan", str(tmp_path))
    assert [figure for figure in NAMED if figure not in done.out] == []
    assert "Unconfirmed" not in done.out


def rows(farside: Farside, *options: str) -> list[list[str]]:
    """The rows of the machine's table, the words of the limit joined."""
    out = farside("k2", "plan", "k2-thinking", *options).out
    table = out.partition("limit\n")[2].split("\n\n")[0].splitlines()
    return [line.split(maxsplit=15) for line in table if "GB" in line]


def test_the_machine_is_what_the_options_say(farside: Farside) -> None:
    assert [row[0] for row in rows(farside)] == ["bfloat16", "int8"]
    assert {row[-1] for row in rows(farside)} == {"disk"}
    slow, fast = rows(farside, "--disk-gbps", "3.5"), rows(farside, "--disk-gbps", "12")
    assert float(slow[1][-2]) < float(rows(farside)[1][-2]) < float(fast[1][-2])
    assert rows(farside, "--ram", "16GiB", "--context", "262144")[0][-4:] == ["RAM", "is", "too", "small"]
    assert rows(farside, "--ram", "700G")[0][-2:] == ["RAM", "bandwidth"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("k9",), "No preset is called 'k9'"),
        (("tiny", "--ram", "lots"), "'lots' is no size"),
        (("nowhere/k2",), "no folder or file either"),
        (("tiny", "--ram", "9" * 400 + "G"), "is no size"),
        (("tiny", "--ram", "0"), "more than nothing"),
        (("tiny", "--disk-gbps", "nan"), "more than nothing"),
        (("tiny", "--context", "262145"), "not in the model's window"),
    ],
)
def test_what_cannot_be_planned_is_refused(farside: Farside, arguments: tuple[str, ...], said: str) -> None:
    done = farside("k2", "plan", *arguments)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_a_folder_without_a_config_is_named(farside: Farside, tmp_path: Path) -> None:
    done = farside("k2", "plan", str(tmp_path))
    assert done.code == 2
    assert "config.json cannot be read" in done.err
