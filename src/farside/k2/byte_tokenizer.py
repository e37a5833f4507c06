"""The smallest tokenizer of the family, for checkpoints that are made up: a token a byte, and the control tokens.

It stands in for the real one where that is not at hand, in the same two files; control tokens have the ids that they
have in K2 where the vocabulary is as large.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from itertools import count, islice
from pathlib import Path

from farside.k2.control import RESERVED
from farside.k2.tokenizer_files import NAMES, RANKS

CONTROL = {
    **{0: "[BOS]", 1: "[EOS]", 2: "<|im_end|>", 3: "<|im_user|>", 4: "<|im_assistant|>"},
    **{6: "<|start_header_id|>", 7: "<|end_header_id|>", 9: "[EOT]", 10: "<|im_system|>"},
    **{11: "<|tool_calls_section_begin|>", 12: "<|tool_calls_section_end|>", 13: "<|tool_call_begin|>"},
    **{14: "<|tool_call_argument_begin|>", 15: "<|tool_call_end|>", 17: "<|im_middle|>"},
    **{18: "<|media_begin|>", 19: "<|media_content|>", 20: "<|media_end|>", 21: "<|media_pad|>"},
    **{22: "<think>", 23: "</think>", 254: "[UNK]", 255: "[PAD]"},
}
"""Each behind the first of the reserved ids, as in K2."""
SPOKEN = frozenset({"<think>", "</think>", *(name for name in CONTROL.values() if "tool_call" in name)})
"""Not special: shown where special tokens are skipped."""


def write_byte_tokenizer(folder: Path, vocabulary: int = 256 + RESERVED) -> None:
    """Write the two files. Ids of text behind the first 256 are bytes that no text holds.

    vocabulary: how many ids there are, 512 or more.
    """
    filling = (b"\xff" + str(number).encode() for number in count())
    write_tokenizer(folder, [*(bytes([byte]) for byte in range(256)), *islice(filling, vocabulary - RESERVED - 256)])


def write_tokenizer(folder: Path, tokens: Sequence[bytes]) -> None:
    """Write the two files of a tokenizer with these ids of text, then the control tokens.

    tokens: every single byte, then whole words, or what is merged from two tokens before it.
    """
    ranks = (f"{base64.b64encode(token).decode()} {id}\n" for id, token in enumerate(tokens))
    (folder / RANKS).write_text("".join(ranks))
    entries = {str(len(tokens) + offset): _entry(name) for offset, name in CONTROL.items()}
    named = {"bos_token": "[BOS]", "eos_token": "[EOS]", "pad_token": "[PAD]", "unk_token": "[UNK]"}
    config = {"added_tokens_decoder": entries, **named, "tokenizer_class": "TikTokenTokenizer"}
    (folder / NAMES).write_text(json.dumps(config, indent=2) + "\n")


def _entry(name: str) -> dict[str, object]:
    plain = dict.fromkeys(("lstrip", "normalized", "rstrip", "single_word"), False)
    return {"content": name, **plain, "special": name not in SPOKEN}
