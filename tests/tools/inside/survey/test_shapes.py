"""Files of one layout are one shape, and files of two are two."""

import pytest

from farside.tools.inside.survey.shapes import shapes
from tests.tools.inside.survey.folders import LAYOUTS, drawn


@pytest.mark.parametrize("seed", range(3))
def test_the_layouts_of_a_folder_are_told_apart(seed: int) -> None:
    texts = drawn(seed, LAYOUTS, count=80).texts
    expected = [[f"{number:04d}.txt" for number in range(layout, 80, 8)] for layout in range(8)]
    assert sorted(shapes(texts)) == expected


def test_the_largest_shape_comes_first() -> None:
    texts = {"a": "key: value\nother: 7\n", **{f"n{k}": "\n".join(["1, 2; (3)"] * k) for k in (3, 4)}}
    assert shapes(texts) == [["n3", "n4"], ["a"]]


def test_short_and_empty_texts_have_a_shape() -> None:
    assert shapes({"a": "", "b": "", "c": "one"}) == [["a", "b"], ["c"]]
