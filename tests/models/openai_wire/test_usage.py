import pytest

from farside.messages import Usage
from farside.models.openai_wire.usage import read_usage

SENT, RECEIVED = 40_000, 400
ESTIMATE = Usage(10_000, 0, 100)


@pytest.mark.parametrize(
    ("raw", "usage"),
    [
        ({"prompt_tokens": 9000, "completion_tokens": 90, "cached_tokens": 8000}, Usage(9000, 8000, 90)),
        (
            {"prompt_tokens": 9000, "completion_tokens": 90, "prompt_tokens_details": {"cached_tokens": 7}},
            Usage(9000, 7, 90),
        ),
        ({"prompt_tokens": 9000, "completion_tokens": 90, "prompt_tokens_details": None}, Usage(9000, 0, 90)),
    ],
)
def test_usage_is_read_from_where_the_peer_puts_it(raw: object, usage: Usage) -> None:
    assert read_usage(raw, SENT, RECEIVED) == (usage, "")


@pytest.mark.parametrize(
    "raw",
    [
        None,
        {},
        "many",
        {"prompt_tokens": 0, "completion_tokens": 0},
        {"prompt_tokens": -1, "completion_tokens": 90},
        {"prompt_tokens": 10**9, "completion_tokens": 90},
        {"prompt_tokens": 9000, "completion_tokens": "many"},
        {"prompt_tokens": 9000, "completion_tokens": 0},
        {"prompt_tokens": 9000, "completion_tokens": 90, "cached_tokens": 9001},
        {"prompt_tokens": True, "completion_tokens": 90},
    ],
)
def test_absent_and_impossible_usage_is_estimated_and_told(raw: object) -> None:
    usage, anomaly = read_usage(raw, SENT, RECEIVED)
    assert usage == ESTIMATE
    assert "estimated" in anomaly
