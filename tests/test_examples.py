"""The invoice generator: what it writes adds up in every layout, and its judge is fair."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parent.parent / "examples"
spec = importlib.util.spec_from_file_location("make_invoices", EXAMPLES / "make_invoices.py")
assert spec and spec.loader
make_invoices = importlib.util.module_from_spec(spec)
sys.modules["make_invoices"] = make_invoices
spec.loader.exec_module(make_invoices)


def amounts(text: str) -> list[float]:
    return [float(found.replace(",", "")) for found in re.findall(r"\d[\d,]*\.\d\d(?!\.?\d)", text)]


def test_the_command_writes_the_folder_and_prints_the_answer_outside_it(tmp_path: Path) -> None:
    command = [
        sys.executable,
        str(EXAMPLES / "make_invoices.py"),
        str(tmp_path),
        "--seed",
        "5",
        "--layouts",
        "3",
    ]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    files = sorted(tmp_path.iterdir())
    assert [file.name for file in files] == [f"{n:04d}.txt" for n in range(1, 61)]
    assert not any(json.loads(printed)["total"] in file.read_text() for file in files)
    first = [file.read_text() for file in files]
    subprocess.run(command, check=True, capture_output=True)
    assert [file.read_text() for file in files] == first


@pytest.mark.parametrize("seed", range(40))
def test_the_totals_in_the_files_sum_to_the_answer(seed: int) -> None:
    """In each layout the total is the last amount of the file, and equals the sum of the line amounts."""
    files, expected = make_invoices.draw(seed, count=12, layouts=1 + seed % 8)
    assert round(sum(amounts(text)[-1] for text in files.values()), 2) == float(expected.total)
    for text in files.values():
        found = amounts(text)
        assert round(sum(found[1:-1:2]), 2) == found[-1]
        assert sum(name in text for name in (expected.customer, *expected.others)) == 1


def test_every_layout_is_drawn_where_eight_are_asked_for() -> None:
    files, _ = make_invoices.draw(1, count=60, layouts=8)
    marks = ("Bill to:", "seller: ", "| Total", "Dear ", "TO PAY", "HEAD|", "BALANCE DUE", "Client ....")
    assert all(any(mark in text for text in files.values()) for mark in marks)


def test_the_judge() -> None:
    expected = make_invoices.Expected("1234567.80", "Adler Foundry", ("Adler Bakery",))
    assert make_invoices.is_right("Grand total: $1,234,567.80. Adler  foundry owes most.", expected)
    assert make_invoices.is_right("('Adler Foundry', 1234567.7999999998)", expected)
    assert not make_invoices.is_right("1234567.80", expected)
    assert not make_invoices.is_right("1234567.90, Adler Foundry", expected)
    assert not make_invoices.is_right("1234567.80: Adler Foundry, or Adler Bakery", expected)


def test_the_shipped_folder_is_what_its_seed_draws() -> None:
    files, expected = make_invoices.draw(seed=1, count=60, layouts=1)
    assert {file.name: file.read_text() for file in (EXAMPLES / "invoices").iterdir()} == files
    assert make_invoices.is_right((EXAMPLES / "invoices.answer.json").read_text().split('"others"')[0], expected)
