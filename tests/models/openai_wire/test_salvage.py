import pytest

from farside.messages import ToolCall
from farside.models.openai_wire.salvage import Salvaged, salvage

NAMES = ("search", "read_file", "mcp.fetch-page")
CALL = '<|tool_call_begin|>functions.search:3<|tool_call_argument_begin|>{"q": "x"}<|tool_call_end|>'
FOUND = ToolCall("functions.search:3", "search", '{"q": "x"}')


@pytest.mark.parametrize(
    "leak",
    [
        f"<|tool_calls_section_begin|>{CALL}<|tool_calls_section_end|>",
        f"<|tool_call_section_begin|>{CALL}<|tool_call_section_end|>",
        f"<|tool_calls_section_begin|>\n{CALL}\n",
        CALL,
        f"</think><|tool_calls_section_begin|>{CALL}<|tool_calls_section_end|>",
    ],
)
def test_a_call_in_the_thinking_ends_it(leak: str) -> None:
    saved = salvage(f"I will look.{leak}", "", NAMES)
    assert saved == Salvaged("I will look.", "", (FOUND,), anomalies=("1 call(s) salvaged from the thinking",))


def test_what_follows_the_section_in_the_thinking_is_text() -> None:
    leak = f"Hm.<|tool_calls_section_begin|>{CALL}<|tool_calls_section_end|></think>Looking."
    saved = salvage(leak, "", NAMES)
    assert (saved.thinking, saved.text, saved.calls) == ("Hm.", "Looking.", (FOUND,))


def test_several_sections_and_calls_in_the_text_are_all_found() -> None:
    section = f"<|tool_calls_section_begin|>{CALL}{CALL}<|tool_calls_section_end|>"
    saved = salvage("Hm.", f"First.{section} Then.{section}", NAMES)
    assert (saved.text, saved.calls) == ("First. Then.", (FOUND,) * 4)
    assert saved.anomalies == ("4 call(s) salvaged from the text",)


@pytest.mark.parametrize(
    ("call_id", "name"),
    [
        ("functions.search:0", "search"),
        ("search:2", "search"),
        ("functions.mcp.fetch-page:11", "mcp.fetch-page"),
        ("call_read_file_1", "read_file"),
        ("functions_search_0", "search"),
        ("gone:1", "gone"),
        ("call_ab12", "call_ab12"),
    ],
)
def test_the_name_is_read_from_the_id(call_id: str, name: str) -> None:
    leak = f"<|tool_call_begin|>{call_id}<|tool_call_argument_begin|>{{}}<|tool_call_end|>"
    assert salvage("", leak, NAMES).calls == (ToolCall(call_id, name, "{}"),)


@pytest.mark.parametrize(
    "leak",
    [
        '<|tool_calls_section_begin|><|tool_call_begin|>functions.search:0<|tool_call_argument_begin|>{"q": "half',
        f"{CALL}<|tool_call_begin|>functions.sea",
    ],
)
def test_a_call_that_broke_off_is_known_as_cut(leak: str) -> None:
    saved = salvage("", f"Looking.{leak}", NAMES)
    assert saved.cut
    assert "<|" not in saved.text


def test_without_tools_on_offer_tokens_are_dropped_and_nothing_is_called() -> None:
    saved = salvage("", f"The answer is 4.<|tool_calls_section_begin|>{CALL}<|tool_calls_section_end|>", ())
    assert (saved.text, saved.calls) == ("The answer is 4.", ())


@pytest.mark.parametrize(
    ("text", "thinking", "rest"),
    [
        ("<think>Hm.</think>\n\nFour.", "Hm.", "Four."),
        ("Hm.\n</think>Four.", "Hm.", "Four."),
        ("<think>Hm, but", "Hm, but", ""),
        ("Four.", "", "Four."),
    ],
)
def test_thinking_that_a_server_left_in_the_text_is_taken_out(text: str, thinking: str, rest: str) -> None:
    saved = salvage("", text, ())
    assert (saved.thinking, saved.text) == (thinking, rest)


def test_a_clean_reply_is_left_alone() -> None:
    assert salvage("Hm.", "Four. <think> is a tag.", NAMES) == Salvaged("Hm.", "Four. <think> is a tag.")
