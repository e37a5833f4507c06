"""A small tokenizer, the real one where it is at hand, and request bodies of every kind."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

pytest.importorskip("tiktoken", reason="the tokenizer rests on tiktoken (extra k2)")

from farside.k2.byte_tokenizer import CONTROL
from farside.k2.control import Mark
from farside.k2.tokenizer import Tokenizer
from farside.k2.tokenizer_files import read_tokenizer

SHARED = Path(__file__).parents[3] / "shared"
MERGED = (
    b"he",
    b"ll",
    b"hell",
    b"hello",
    b" w",
    b"\n\n",
    b"in",
    b"im",
    b"end",
    b"<|",
    b"|>",
    b'{"',
    b'":',
    b"\xe6\x9c",
)
"""Enough for a text to have more than one spelling, and for a token to end within a character."""


class Counting(Tokenizer):
    """Counts the characters that it encoded."""

    encoded = 0

    def encode(self, text: str) -> list[int]:
        self.encoded += len(text)
        return super().encode(text)


def small(kind: type[Tokenizer] = Tokenizer, without: tuple[str, ...] = ()) -> Tokenizer:
    tokens = [*(bytes([byte]) for byte in range(256)), *MERGED]
    control = {name: len(tokens) + offset for offset, name in CONTROL.items() if name not in without}
    return kind(tokens, control)


SMALL = small()


@cache
def real() -> Tokenizer:
    """Return the tokenizer of K2, or skip the test."""
    if not (SHARED / "k2" / "tiktoken.model").is_file():
        pytest.skip("the tokenizer data of K2 is not beside this checkout")
    return read_tokenizer(SHARED / "k2")


def goldens(name: str) -> Path:
    """Return a file of golden vectors, or skip the test."""
    path = SHARED / "golden" / name
    if not path.is_file():
        pytest.skip("the golden vectors are not beside this checkout")
    return path


ODD = [
    *Mark,
    "[EOS]",
    "<|im_",
    "## Return of ",
    "\n",
    " ",
    "system",
    "tool",
    "\ud83c",
    "\udf15",
    "月",
    "functions.a:0",
]
TEXTS = st.lists(st.one_of(st.text(max_size=4), st.sampled_from(ODD)), max_size=6).map("".join)
"""Texts that look like the protocol, hold halves of characters, or nothing."""
CONTENTS = st.one_of(TEXTS, st.none(), st.lists(TEXTS.map(lambda text: {"type": "text", "text": text}), max_size=3))
NAMES = st.one_of(st.sampled_from(["", "user", "assistant", "system", "tool", None]), TEXTS)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), TEXTS),
    lambda below: st.lists(below, max_size=2) | st.dictionaries(st.text(max_size=4), below, max_size=2),
    max_leaves=5,
)
OBJECTS = st.dictionaries(st.text(max_size=4), JSON, max_size=3)
CALLS = st.fixed_dictionaries(
    {"id": TEXTS, "function": st.fixed_dictionaries({}, optional={"arguments": st.none() | TEXTS | OBJECTS})}
)


def _message(role: str, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    sure = {"role": st.just(role), **{name: fields.pop(name) for name in ("tool_call_id",) if name in fields}}
    return st.fixed_dictionaries(sure, optional={"content": CONTENTS, "name": NAMES, **fields})


ASSISTANT = _message(
    "assistant", reasoning_content=st.none() | TEXTS, tool_calls=st.none() | st.lists(CALLS, max_size=3)
)
MESSAGES = st.lists(
    st.one_of(
        *(_message(role) for role in ("user", "system", "developer")), ASSISTANT, _message("tool", tool_call_id=TEXTS)
    ),
    max_size=6,
)
TOOLS = st.none() | st.lists(OBJECTS, max_size=2)
BODIES = st.fixed_dictionaries(
    {"messages": MESSAGES}, optional={"tools": TOOLS, "add_generation_prompt": st.none() | st.booleans()}
)
"""Request bodies."""
