"""Files of several records are told from files of one record with several items."""

from __future__ import annotations

import json

import pytest

from farside.tools.inside.survey.records import are_items, are_lists, is_list
from tests.tools.inside.survey.folders import LAYOUTS, drawn

PAIRS = [{"day": 1, "n": 2.5}, {"day": 2, "n": 3.5}]


@pytest.mark.parametrize(
    "text",
    [
        "day,who,n\n1,Ann,2.5\n2,Bob,3.5\n",
        "1;Ann;2.5\n2;Bob;3.5\n3;Eve;3\n",
        json.dumps(PAIRS),
        json.dumps({"days": PAIRS}, indent=1),
        "\n".join(map(json.dumps, PAIRS)),
    ],
)
def test_lists_are_known(text: str) -> None:
    assert is_list(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "one line",
        "a,b,c\n1,2,3\n",
        "item,number,amount\nOak shelf,2,3.50\nLamp,1,2.50\nAll,,6.00\n",
        json.dumps({"who": "Ann", "items": PAIRS}),
        json.dumps([1, 2, 3]),
        "name;Ann\nmax;3\nmin;-2\n",
    ],
)
def test_one_record_is_no_list(text: str) -> None:
    assert not is_list(text)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_record_with_items_is_one(layout: str) -> None:
    folder = drawn(5, [layout], count=24)
    assert not are_lists(folder.texts)
    assert not are_items(folder.texts, folder.truth)


def test_values_with_a_label_of_their_own_are_no_items() -> None:
    texts = {str(n): f"min: {n}\nmax: {n + 20}\nmean: {n + 7}\n" for n in range(9)}
    assert not are_items(texts, {name: {"max": int(name) + 20} for name in texts})


def test_a_value_among_its_like_is_an_item() -> None:
    texts = {str(n): f"Sales\nAnn paid {n + 100}\nBob paid {n + 200}\n" for n in range(9)}
    texts = {n: text if int(n) % 2 else text.replace("Ann", "Eve") for n, text in texts.items()}
    assert are_items(texts, {name: {"paid": int(name) + 100} for name in texts})
