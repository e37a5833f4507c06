import json
from typing import Any

from farside.testkit.brains import Counting
from farside.testkit.endpoint import Endpoint
from farside.testkit.http import Body
from farside.testkit.prefix_cache import PrefixCache
from tests.testkit.wire import body, post, user


def prompt(*texts: str, **fields: Any) -> Body:
    return Body(json.dumps(body(*map(user, texts), **fields)).encode())


def test_what_an_earlier_prompt_begins_with_is_cached_to_the_byte() -> None:
    cache = PrefixCache()
    size, cached = cache.meet(prompt("one", "two and three"))
    assert (cached, size > 60) == (0, True)
    assert cache.meet(prompt("one", "two and three", "four"))[1] == size
    longer, cached = cache.meet(prompt("one", "two and more"))
    assert size - cached == len('three"}')
    assert longer - cached == len('more"}')


def test_a_question_on_the_side_does_not_clear_it() -> None:
    cache = PrefixCache()
    size, _ = cache.meet(prompt("one"))
    cache.meet(prompt("aside"))
    assert cache.meet(prompt("one", "two"))[1] == size


def test_other_tools_are_another_prompt() -> None:
    cache = PrefixCache()
    size, _ = cache.meet(prompt("one", tools=[{"type": "function"}]))
    assert cache.meet(prompt("one", tools=[]))[1] < size / 10


def test_the_endpoint_bills_by_it_and_adds_up() -> None:
    with Endpoint(Counting(9), cache=PrefixCache()) as endpoint:
        whole = post(endpoint, body(stream=False)).json()
        post(endpoint, body(user("go"), user("on"), stream=False))
    assert whole["choices"][0]["message"]["tool_calls"][0]["function"]["name"] == "python"
    assert whole["choices"][0]["finish_reason"] == "tool_calls"
    assert whole["usage"]["cached_tokens"] == 0
    assert endpoint.seen.billed.cached > 0
    assert endpoint.seen.billed.input > endpoint.seen.longest > whole["usage"]["prompt_tokens"]
