from hypothesis import given
from hypothesis import strategies as st

from farside.messages import Message, ToolCall
from farside.models.ids import kimi_ids


def turn(*ids: str, name: str = "search") -> tuple[Message, ...]:
    """A message that calls, and its answers in order."""
    calls = tuple(ToolCall(each, name, "{}") for each in ids)
    return (Message("assistant", calls=calls), *(Message("tool", "out", call_id=each, name=name) for each in ids))


def ids_of(messages: tuple[Message, ...]) -> list[str]:
    return [call.id for message in messages for call in message.calls]


def answers_of(messages: tuple[Message, ...]) -> list[str]:
    return [message.call_id for message in messages if message.role == "tool"]


def test_the_index_counts_over_the_whole_conversation() -> None:
    messages = (Message("user", "go"), *turn("c1", "c2"), Message("user", "on"), *turn("c3", name="read_file"))
    expected = ["functions.search:0", "functions.search:1", "functions.read_file:2"]
    assert ids_of(kimi_ids(messages)) == expected
    assert answers_of(kimi_ids(messages)) == expected


def test_ids_that_repeat_from_turn_to_turn_are_told_apart() -> None:
    messages = (*turn("functions.search:0"), *turn("functions.search:0"), *turn("call_ab12", "call_ab12"))
    expected = [f"functions.search:{index}" for index in range(4)]
    assert ids_of(kimi_ids(messages)) == expected
    assert answers_of(kimi_ids(messages)) == expected


def test_right_ids_are_left_alone_object_for_object() -> None:
    messages = (Message("user", "go"), *turn("functions.search:0"), *turn("functions.search:1"))
    assert all(old is new for old, new in zip(messages, kimi_ids(messages), strict=True))


def test_counting_goes_on_where_a_remembered_part_ended() -> None:
    earlier, later = turn("c1", "c2"), turn("c3")
    assert kimi_ids(earlier) + kimi_ids(later, first=2) == kimi_ids((*earlier, *later))


def test_a_turn_whose_answer_comes_later_is_still_answered() -> None:
    call, answer = turn("c1")
    assert answers_of(kimi_ids((call,))) == []
    assert answers_of(kimi_ids((call, answer))) == ["functions.search:0"]


def test_an_answer_to_no_call_keeps_its_id() -> None:
    assert answers_of(kimi_ids((Message("tool", "out", call_id="c9", name="search"),))) == ["c9"]


@given(st.lists(st.lists(st.sampled_from(["a", "b", "c9", "functions.x:3"]), min_size=1, max_size=3), max_size=6))
def test_every_call_is_answered_under_its_new_id(turns: list[list[str]]) -> None:
    messages = tuple(message for ids in turns for message in turn(*ids))
    renamed = kimi_ids(messages)
    assert ids_of(renamed) == answers_of(renamed) == [f"functions.search:{n}" for n in range(sum(map(len, turns)))]
    assert kimi_ids(renamed) == renamed
