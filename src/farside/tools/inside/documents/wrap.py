"""Long lines broken at spaces: a line is what a citation points at."""

from __future__ import annotations

from collections.abc import Iterator

WIDTH = 300
"""Characters that a line may have before it is broken."""
FENCE = "```"


def wrapped(text: str) -> str:
    """Break lines that are longer than WIDTH at a space, blocks of code excepted; ends with one newline."""
    lines: list[str] = []
    code = False
    for line in text.strip("\n").split("\n"):
        code ^= line.lstrip().startswith(FENCE)
        lines.extend([line.rstrip()] if code or line.startswith("|") else _broken(line.rstrip()))
    return "\n".join(lines) + "\n"


def _broken(line: str) -> Iterator[str]:
    while len(line) > WIDTH:
        at = line.rfind(" ", WIDTH // 2, WIDTH)
        if at < 0:
            break
        yield line[:at]
        line = line[at + 1 :]
    yield line
