"""Numbers as answers round them and cells print them."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest

from farside.missions.solve.values import claimed, numbers, result, same, stands


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,234.5", "1234.5"),
        ("-7", "-7"),
        ("\u22123.5", "-3.5"),
        ("6.02e23", "6.02e23"),
        ("6.02 \u00d7 10^23", "6.02e23"),
        ("6.02 x 10^{-4}", "6.02e-4"),
        ("6.02\u00b710\u207b\u2074", "6.02e-4"),
        ("1_000", "1000"),
        ("x = .5", "0.5"),
    ],
)
def test_a_number_is_read_as_it_is_meant(text: str, value: str) -> None:
    (number,) = numbers(text)
    assert number.value == numbers(value)[0].value


def test_names_and_addresses_are_no_numbers() -> None:
    assert numbers("x1 = y2, <object at 0x7f3a10>, H2O") == ()


@pytest.mark.parametrize(
    ("written", "printed", "right"),
    [
        ("3.142", "3.14159265", True),
        ("3.14", "3.1499", False),
        ("13", "13.0", True),
        ("42", "41.87", False),
        ("1235", "1234.56", True),
        ("12.5 %", "0.125", True),
        ("6.67e-11", "6.6743e-11", True),
        ("0.1235", "0.12", False),
        ("123456789012345678901", "123456789012345678902", False),
    ],
)
def test_a_number_stands_where_it_is_or_rounds_what_was_printed(written: str, printed: str, right: bool) -> None:
    assert stands(numbers(written)[0], [f"value {printed}"]) is right


def test_the_result_is_on_the_last_line_with_a_number_that_the_problem_does_not_state() -> None:
    answer = "1. It has 3 roots.\n2. The largest is 4.75 for 12 cases.\nThat holds for 12."
    assert [number.written for number in result(answer, "There are 12 cases.")] == ["4.75"]
    assert [number.written for number in claimed(answer, "There are 12 cases.")] == ["4.75"]
    assert [number.written for number in result("So 12.", "Is it 12?")] == ["12"]
    assert [number.written for number in result("Rounded to 4 decimals, it is 2.6141.", "")] == ["2.6141"]
    assert [number.written for number in claimed("There are 3 roots and the sum is 10.5.\nThe answer is 7.", "")] == [
        "10.5",
        "7",
    ]


def test_outputs_are_the_same_but_for_noise_of_rounding_and_places_in_memory() -> None:
    assert same("a 0.30000000000000004", "a 0.3")
    assert same("<f at 0x7f00>", "<f at 0x8f11>")
    assert not same("a 0.31", "a 0.3")
    assert not same("a 1", "b 1")
    assert not same("1 2", "1")


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1920 x 1080", ["1920", "1080"]),
        ("x99 = 3.5\nx100 = 4", ["3.5", "4"]),
        ("2.5 x 10^3, 2.5*10**3, 2.5 \\times 10^{3}, 2.5\u00d710\u00b3", ["2500"] * 4),
    ],
)
def test_only_a_power_of_ten_is_one(text: str, values: list[str]) -> None:
    assert [number.value for number in numbers(text)] == [Decimal(value) for value in values]


def test_a_long_whole_number_is_compared_to_its_last_digit() -> None:
    power = str(2**100)
    assert all(stands(number, [power]) for number in numbers(power))
    assert not any(stands(number, [power]) for number in numbers(str(2**100 + 1)))
    assert all(stands(number, [power]) for number in numbers("1.2677e30"))


def test_small_values_are_no_noise_unless_beside_large_ones() -> None:
    assert not same("h = 6.6e-34", "h = 6.7e-34")
    assert same("x = 1, sin(pi) = 1.2e-16", "x = 1, sin(pi) = 1.3e-16")
    assert same("nan inf 1e-400", "nan inf 1e-400") and not same("nan", "inf")


def test_of_a_huge_output_the_ends_are_looked_into() -> None:
    text = "begun 12.5\n" + "\n".join(f"x{step} = {step / 7:.9f}" for step in range(100_000)) + "\nended 17.5\n"
    began = time.process_time()
    assert all(stands(number, [text]) for number in numbers("12.5 17.5") for _ in range(500))
    assert same(text, text.replace("begun 12.5", "begun 12.50000000001"))
    assert not same(text, text.replace("ended 17.5", "ended 17.6"))
    assert time.process_time() - began < 30
