import json

import pytest

from farside.models.openai_wire.arguments import mend


@pytest.mark.parametrize(
    ("raw", "mended", "repaired"),
    [
        ('{"a": 1}', '{"a": 1}', False),
        (' {"a": "\\u00e9 \\n"}\n', '{"a": "\\u00e9 \\n"}', False),
        ("", "{}", False),
        ("null", "{}", False),
        ('{"code": "a\nb\tc"}', '{"code": "a\\nb\\tc"}', True),
        ('{"a": 1,}', '{"a": 1}', True),
        ("{'a': 'b'}", '{"a": "b"}', True),
        ('{"code": "print("a", 1)"}', '{"code": "print(\\"a\\", 1)"}', True),
    ],
)
def test_the_ladder(raw: str, mended: str, repaired: bool) -> None:
    assert mend(raw) == (mended, repaired)
    assert isinstance(json.loads(mend(raw)[0]), dict)


@pytest.mark.parametrize(
    "raw", ['{"path": "a", "text": "half of i', "rm -rf /", "[1, 2]", '"text"', "{}}{", '{"a"', '{"a": "x" "y"}']
)
def test_what_is_hopeless_or_cut_comes_back_as_it_is(raw: str) -> None:
    assert mend(raw) == (raw, False)


def test_an_escape_that_was_cut_in_two_is_not_guessed_at() -> None:
    raw = '{"code": "log.write(\'17\\\n\')"}'
    assert "\\\n" in raw
    assert mend(raw) == (raw, False)
    assert mend('{"code": "a\\\\\nb"}') == ('{"code": "a\\\\\\nb"}', True)


@pytest.mark.parametrize("raw", ["[" * 100_000, '{"a": ' * 100_000, '{"a": ' + "[" * 5000 + "]" * 5000 + "}"])
def test_what_is_nested_too_deep_comes_back_as_it_is(raw: str) -> None:
    assert mend(raw) == (raw, False)
    assert mend(raw + "}") == (raw + "}", False)
