"""The tokenizer's two files in a checkpoint folder, and where they are looked for."""

from __future__ import annotations

import base64
import binascii
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs

from farside.errors import FarsideError
from farside.k2.control import RESERVED
from farside.k2.extra import need

if TYPE_CHECKING:
    from farside.k2.tokenizer import Tokenizer

RANKS = "tiktoken.model"
NAMES = "tokenizer_config.json"
VARIABLE = "FARSIDE_TOKENIZER"
AGAIN = f"copy {RANKS} and {NAMES} from the checkpoint again"


def default_folder() -> Path:
    """Return where the tokenizer is looked for when nobody names a folder."""
    return Path(platformdirs.user_cache_dir("farside")) / "k2-tokenizer"


def load_tokenizer(folder: Path | None = None) -> Tokenizer:
    """Read the tokenizer of a checkpoint folder; None: of FARSIDE_TOKENIZER, else of `default_folder()`.

    Raises:
        FarsideError: no folder is named and none is where it is looked for, tiktoken is not installed, or a file is
            missing or damaged.
    """
    named = folder or (Path(value) if (value := os.environ.get(VARIABLE)) else None)
    found = named or default_folder()
    if not named and not (found / RANKS).is_file():
        raise FarsideError(
            "The K2 tokenizer is not here: it is not part of farside, it comes with a Kimi K2 checkpoint.",
            f"name the folder that holds {RANKS} and {NAMES}: --tokenizer DIR, or {VARIABLE}=DIR, "
            f"or copy both files into {found}",
        )
    return read_tokenizer(found)


def read_tokenizer(folder: Path) -> Tokenizer:
    """Read the tokenizer of a checkpoint folder.

    Raises:
        FarsideError: tiktoken is not installed, or a file is missing or damaged.
    """
    need("The K2 tokenizer", "tiktoken")
    from farside.k2.tokenizer import Tokenizer

    tokens = _tokens(folder / RANKS)
    return Tokenizer(tokens, _control(folder / NAMES, len(tokens)))


def _tokens(path: Path) -> list[bytes]:
    ranks: dict[bytes, int] = {}
    lines = _read(path).splitlines()
    for number, line in enumerate(lines, 1):
        try:
            token, rank = line.split()
            ranks[base64.b64decode(token, validate=True)] = int(rank)
        except (ValueError, binascii.Error):
            raise FarsideError(f"{path}: line {number} is no token with its rank.", AGAIN) from None
    missing = [byte for byte in range(256) if bytes([byte]) not in ranks]
    if missing or sorted(ranks.values()) != list(range(len(lines))):
        what = f"the byte {missing[0]:#04x} has no rank" if missing else "ranks are missing or stand there twice"
        raise FarsideError(f"{path} is not whole: {what}.", AGAIN)
    return sorted(ranks, key=ranks.__getitem__)


def _control(path: Path, first: int) -> dict[str, int]:
    try:
        entries: dict[str, Any] = json.loads(_read(path))["added_tokens_decoder"]
        names = {int(id): str(entry["content"]) for id, entry in entries.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        message = f"{path} does not name control tokens in added_tokens_decoder, each with its content."
        raise FarsideError(message, AGAIN) from None
    last = first + RESERVED - 1
    for id, name in names.items():
        if not first <= id <= last:
            message = f"{path}: {name} has the id {id}, but control tokens have {first} to {last} with this {RANKS}."
            raise FarsideError(message, "take both files from one checkpoint")
    if len(set(names.values())) < len(names):
        raise FarsideError(f"{path} gives two control tokens one name.", AGAIN)
    return {name: id for id, name in names.items()}


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        message = f"{path} is missing."
        raise FarsideError(message, f"name a folder that holds {RANKS} and {NAMES}") from None
    except OSError as error:
        raise FarsideError(f"{path} cannot be read: {error.strerror}.", f"ls -l {path}") from None
