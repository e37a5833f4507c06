"""Text in on stdin, one JSON value a line out on stdout."""

from __future__ import annotations

import json
import sys

from farside.errors import FarsideError


def read_stdin(what: str) -> str:
    """Read all of stdin, line ends as they are; at a keyboard, say what is waited for.

    Raises:
        FarsideError: it is not UTF-8.
    """
    if sys.stdin.isatty():
        print(f"Waiting for {what} on stdin; Ctrl-D ends it.", file=sys.stderr)
    try:
        return sys.stdin.buffer.read().decode("utf-8")
    except UnicodeDecodeError as error:
        message = f"What stands on stdin is not UTF-8 (byte {error.start})."
        raise FarsideError(message, "convert it, for example with: iconv -f latin1 -t utf-8") from None


def print_json(value: object) -> None:
    """Print a value on one line: readable in any language, and nothing in it can steer a terminal."""
    line = json.dumps(value, ensure_ascii=False)
    print(line if line.isprintable() else "".join(map(_shown, line)))


def _shown(character: str) -> str:
    return character if character.isprintable() else json.dumps(character)[1:-1]
