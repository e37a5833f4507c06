"""What counts as a second way, and what only looks like one."""

from __future__ import annotations

import pytest

from farside.missions.solve.another_way import other_ways
from farside.missions.solve.cells import Cell
from farside.missions.solve.values import numbers

FIRST = "a = 12\nb = 5\narea = a * b / 2.4\nprint('area', area)"


def cell(number: int, code: str, output: str = "area 25.0", ok: bool = True) -> Cell:
    return Cell(number, f"c{number}", "", code, output, ok)


@pytest.mark.parametrize(
    ("code", "is_one"),
    [
        ("w, h = 12, 5\nprint('area', h * (w / 2.4))", True),
        ("from fractions import Fraction\nprint(float(Fraction(60) / Fraction(12, 5)))", True),
        ("def f(x, y):\n    return x * y * 10 / 24\nprint(f(12, 5))", True),
        ("total = 0\nfor _ in range(250):\n    total += 0.1\nprint(total)", True),
        ("print('area', area)", False),
        ("print(a * 5 / 2.4)", False),
        ("p = 12\nq = 5\nr = p * q / 2.4\nprint('again', r)  # renamed", False),
        ("print(25.0)", False),
        ("x = 25.01 - 0.01\nprint(x)", False),
        ("print('25.0' + '')", False),
        ("this is no Python", False),
    ],
)
def test_a_second_way_needs_nothing_of_the_first_and_is_not_the_same(code: str, is_one: bool) -> None:
    wanted = numbers("25.0")
    assert [other.number for other in other_ways([cell(1, FIRST), cell(2, code)], wanted)] == [2] * is_one


def test_a_cell_that_failed_or_printed_something_else_is_none() -> None:
    code = "w, h = 12, 5\nprint('area', h * (w / 2.4))"
    assert other_ways([cell(1, FIRST), cell(2, code, ok=False), cell(3, code, "area 24.0")], numbers("25.0")) == []
    assert other_ways([cell(1, FIRST)], []) == []
