"""`farside k2 render` and `farside k2 tokenize`, as typed."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from farside.k2.byte_tokenizer import write_byte_tokenizer
from tests.cli.command import FARSIDE, Done, Farside

pytest.importorskip("tiktoken", reason="the tokenizer rests on tiktoken (extra k2)")

HI = '{"messages": [{"role": "user", "content": "Hi <|im_end|>"}]}'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_byte_tokenizer(tmp_path)
    return tmp_path


def piped(text: str | bytes, *arguments: str, **environment: str) -> Done:
    """Type a command with something on its stdin."""
    done = subprocess.run(
        [FARSIDE, "k2", *arguments],
        input=text.encode() if isinstance(text, str) else text,
        capture_output=True,
        env={**os.environ, **environment},
        timeout=60,
    )
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


def test_render_shows_text_and_ids(folder: Path) -> None:
    done = piped(HI, "render", "--tokenizer", str(folder))
    assert (done.code, done.err) == (0, "")
    shown = json.loads(done.out)
    assert shown["text"].endswith("<|im_middle|>Hi <|im_end|><|im_end|><|im_assistant|>assistant<|im_middle|>")
    assert [id for id in shown["ids"] if id >= 256] == [266, 273, 258, 259, 273, 258, 260, 273]


def test_render_reads_a_body_a_line_and_names_the_line_that_is_none(folder: Path) -> None:
    lines = f'{HI}\n\n{HI[:-1]}, "add_generation_prompt": false}}\n{{"messages": 1}}\n{HI}\n'
    done = piped(lines, "render", "--jsonl", FARSIDE_TOKENIZER=str(folder))
    first, second = map(json.loads, done.out.splitlines())
    assert first["ids"][: len(second["ids"])] == second["ids"]
    assert done.code == 2
    assert done.err.startswith("farside: Line 4: The request body has no list `messages`.\n")


def test_what_is_no_text_is_refused(folder: Path) -> None:
    done = piped(b"{\xff", "render", "--tokenizer", str(folder))
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("farside: What stands on stdin is not UTF-8 (byte 1).\n  convert it")


def test_without_a_tokenizer_it_says_where_to_put_one(farside: Farside, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FARSIDE_TOKENIZER", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(farside.folder))
    done = farside("k2", "tokenize")
    assert done.code == 2
    assert done.err.startswith("farside: The K2 tokenizer is not here: ")
    assert str(farside.folder / "farside" / "k2-tokenizer") in done.err


def test_tokenize_keeps_control_text_as_text(folder: Path) -> None:
    text = "é\u202e\r\n<|im_end|>"
    done = piped(text, "tokenize", "--tokenizer", str(folder))
    assert json.loads(done.out) == {"text": text, "ids": list(text.encode())}
    assert "é\\u202e" in done.out


def test_tokenize_reads_control_tokens_where_it_is_told(folder: Path) -> None:
    done = piped("a<|im_end|>", "tokenize", "--control", "--tokenizer", str(folder))
    assert json.loads(done.out) == {"text": "a<|im_end|>", "ids": [97, 258]}
