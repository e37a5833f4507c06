"""A function that was written anew takes the place of the one that stands in a file."""

from __future__ import annotations

import pytest

from farside.missions.code.replacement import replaced, written
from farside.missions.code.suspects import Suspect, case

FILE = '''"""Sums."""

from os import path


class Sums:
    @staticmethod
    def half(number):
        """Return the half.

        Of any number.
        """
        return number / 3

    other = 1
'''


def suspect(text: str, name: str) -> Suspect:
    files = {"sums.py": text, "test_sums.py": f"def test_it():\n    {name}(2)\n"}
    return next(each for each in case("test_sums.py:2: AssertionError", files).suspects if each.name == name)


def put(block: str, text: str = FILE, name: str = "half") -> str | None:
    return replaced(text, suspect(text, name), f"So:\n```python\n{block}\n```\nThat is all.")


def test_decorators_docstring_and_indentation_are_kept() -> None:
    assert put("def half(number):\n    return number / 2") == FILE.replace("/ 3", "/ 2")


def test_a_docstring_and_comments_of_its_own_are_taken() -> None:
    block = 'def half(number):\n    """Halve."""\n    # by two\n    return number / 2'
    expected = FILE.replace("/ 3", "/ 2").replace("Return the half.\n\n        Of any number.\n        ", "Halve.")
    assert put(block) == expected.replace("        return", "        # by two\n        return")


def test_a_kept_docstring_stands_before_the_comments_of_the_first_statement() -> None:
    found = put("def half(\n    number,\n):\n    # by two\n\n    return number / 2")
    assert found is not None
    lines = found.splitlines()
    assert lines[7:11] == ["    def half(", "        number,", "    ):", '        """Return the half.']
    assert lines[14:17] == ["        # by two", "", "        return number / 2"]


def test_of_a_class_and_examples_around_it_only_the_function_is_taken() -> None:
    block = "class Sums:\n    @staticmethod\n    def half(number):\n        return number / 2\n\nprint(Sums.half(2))"
    assert put(block) == FILE.replace("/ 3", "/ 2")


def test_imports_of_the_standard_library_are_taken_along_and_no_others() -> None:
    imports = "import math\nfrom os import path\nfrom sums import Sums\n\n"
    block = f"{imports}def half(number):\n    return math.ldexp(number, -1)"
    found = put(block)
    assert found == FILE.replace("number / 3", "math.ldexp(number, -1)").replace(
        "from os import path\n", "from os import path\nimport math\n"
    )


def test_the_ends_of_lines_stay_as_they_are() -> None:
    text = "def one():\r\n    return 2\r\n"
    assert put("def one():\n    return 1", text, "one") == text.replace("2", "1")


@pytest.mark.parametrize(
    "block",
    [
        "def half(number):\n    return number / 3",
        'def half(number):\n    """Other words."""\n    return number / 3',
        "def double(number):\n    return number * 2",
        "def half(number):\n    return number / 2\n\ndef half(number):\n    return number / 2",
        "def half(number):\n    return number /",
        "",
    ],
)
def test_nothing_comes_of_the_same_function_of_another_or_of_what_is_no_python(block: str) -> None:
    assert put(block) is None


def test_a_block_in_another_language_is_not_looked_at() -> None:
    reply = "```js\ndef half(number):\n    return 1\n```\n```\ndef half(number):\n    return 2\n```"
    found = written(reply, "half")
    assert found is not None and found.code == "def half(number):\n    return 2"
