"""Which columns a table is made of, once rules have filled what they can."""

from __future__ import annotations

from farside.tools.figures import Value
from farside.tools.inside.survey.table import READING_TIME, within_reach

FILES = 50
WANTED = {"who": "text", "amount": "number", "reference": "text"}


def found(**filled: int) -> dict[str, dict[str, Value | None]]:
    """Rows of which each column is filled for so many files, or for all."""
    return {
        f"{number}.txt": {c: "x" if number < filled.get(c, FILES) else None for c in WANTED}
        for number in range(FILES)
    }


def test_a_column_that_stays_empty_is_left_out_where_another_of_its_kind_is_there() -> None:
    assert list(within_reach(found(reference=4), WANTED, 60)) == ["who", "amount"]


def test_without_the_only_column_of_its_kind_there_is_no_table() -> None:
    assert within_reach(found(amount=4), WANTED, 60) == {}


def test_a_column_stays_that_lacks_few_values_or_can_be_read_in_time() -> None:
    assert within_reach(found(who=41), WANTED, 0) == WANTED
    assert within_reach(found(who=20), WANTED, 31 * READING_TIME) == WANTED
    assert list(within_reach(found(who=20), WANTED, 29 * READING_TIME)) == ["amount", "reference"]
