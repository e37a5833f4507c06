"""The tokenizer's files: where they are looked for, and what is said of broken ones."""

import base64
import json
from pathlib import Path

import pytest

from farside.errors import FarsideError
from farside.k2.byte_tokenizer import CONTROL, write_byte_tokenizer
from farside.k2.control import RESERVED, Mark
from farside.k2.tokenizer_files import load_tokenizer, read_tokenizer
from tests.k2.speaking import real


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "checkpoint"
    path.mkdir()
    write_byte_tokenizer(path)
    return path


def test_the_files_of_a_checkpoint_are_read(folder: Path) -> None:
    tokenizer = read_tokenizer(folder)
    assert (tokenizer.size, tokenizer.control[Mark.END]) == (512, 258)
    assert tokenizer.decode(tokenizer.encode("月<|im_end|>")) == "月<|im_end|>"
    assert tokenizer.decode([258, 261]) == "<|im_end|><|reserved_token_261|>"


def test_a_byte_tokenizer_may_be_larger(tmp_path: Path) -> None:
    write_byte_tokenizer(tmp_path, 1_000)
    tokenizer = read_tokenizer(tmp_path)
    assert (tokenizer.size, tokenizer.control["[PAD]"]) == (1_000, 999)
    assert tokenizer.encode("aÿ") == list("aÿ".encode())


def test_a_byte_tokenizer_has_the_control_tokens_of_k2() -> None:
    first = real().control["[BOS]"]
    assert {name: first + offset for offset, name in CONTROL.items()}.items() <= real().control.items()
    assert sum(name.startswith("<|reserved_token_") for name in real().control) == RESERVED - len(CONTROL)


def test_without_a_folder_the_variable_counts_then_the_cache(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("FARSIDE_TOKENIZER", raising=False)
    with pytest.raises(FarsideError, match=r"^The K2 tokenizer is not here") as missing:
        load_tokenizer()
    cached = tmp_path / "cache" / "farside" / "k2-tokenizer"
    assert "--tokenizer DIR" in missing.value.next_step
    assert "FARSIDE_TOKENIZER=DIR" in missing.value.next_step
    assert str(cached) in missing.value.next_step
    cached.parent.mkdir(parents=True)
    folder.rename(cached)
    assert load_tokenizer().size == 512
    monkeypatch.setenv("FARSIDE_TOKENIZER", str(folder))
    with pytest.raises(FarsideError, match=r"checkpoint/tiktoken\.model is missing\.$"):
        load_tokenizer()


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "tokenizer_config.json").unlink()
    with pytest.raises(FarsideError, match=r"tokenizer_config\.json is missing\.$"):
        read_tokenizer(folder)


def test_a_folder_that_is_a_file_is_named(folder: Path) -> None:
    with pytest.raises(FarsideError, match=r"cannot be read: Not a directory"):
        read_tokenizer(folder / "tiktoken.model")


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("YQ", r"line 257 is no token with its rank"),
        ("Y!Q== 256", r"line 257 is no token with its rank"),
        ("YWI= x", r"line 257 is no token with its rank"),
        ("YWI= 300", r"is not whole: ranks are missing or stand there twice"),
        ("YQ== 256", r"is not whole: ranks are missing or stand there twice"),
    ],
)
def test_damaged_ranks_are_told(folder: Path, line: str, sentence: str) -> None:
    with (folder / "tiktoken.model").open("a") as file:
        file.write(line + "\n")
    with pytest.raises(FarsideError, match=sentence):
        read_tokenizer(folder)


def test_truncated_ranks_are_told(folder: Path) -> None:
    path = folder / "tiktoken.model"
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:200]))
    with pytest.raises(FarsideError, match=r"is not whole: the byte 0xc8 has no rank"):
        read_tokenizer(folder)


NAMELESS = [
    "{",
    "[]",
    "{}",
    *(f'{{"added_tokens_decoder": {bad}}}' for bad in ('{"a": {"content": "x"}}', '{"256": 1}')),
]


@pytest.mark.parametrize("text", NAMELESS)
def test_a_config_without_control_tokens_is_told(folder: Path, text: str) -> None:
    (folder / "tokenizer_config.json").write_text(text)
    with pytest.raises(FarsideError, match=r"does not name control tokens in added_tokens_decoder"):
        read_tokenizer(folder)


def test_files_of_two_checkpoints_are_told_apart(folder: Path) -> None:
    with (folder / "tiktoken.model").open("a") as file:
        file.write(f"{base64.b64encode(b'he').decode()} 256\n")
    with pytest.raises(FarsideError, match=r"\[BOS\] has the id 256, but control tokens have 257 to 512"):
        read_tokenizer(folder)


def test_one_name_for_two_tokens_is_told(folder: Path) -> None:
    names = {"added_tokens_decoder": {"256": {"content": "x"}, "257": {"content": "x"}}}
    (folder / "tokenizer_config.json").write_text(json.dumps(names))
    with pytest.raises(FarsideError, match=r"gives two control tokens one name"):
        read_tokenizer(folder)
