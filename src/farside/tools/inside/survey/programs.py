"""Programs over the rows that the model writes: they run apart from the session and from the user's files."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from tempfile import TemporaryDirectory, TemporaryFile

from farside.tools.figures import Value
from farside.tools.inside.survey.asking import Asker
from farside.tools.inside.survey.profile import profile

SECONDS = 20.0
ROOM = 65_536
"""Bytes that a program may write to one file, its output among them."""
BLOCK = re.compile(r"```(?:python|py)?[ \t]*\n(.*?)(?:```|\Z)", re.DOTALL)
PREAMBLE = f"""\
import collections, datetime, json, math, re, resource, statistics, sys
from collections import *
resource.setrlimit(resource.RLIMIT_FSIZE, ({ROOM}, {ROOM}))
rows = json.load(sys.stdin)
"""

Rows = Sequence[Mapping[str, Value]]


def program(ask: Asker, rows: Rows, attempt: int) -> str:
    """Return code that the model writes over `rows`.

    Raises:
        Refused: the model does not answer.
    """
    values: dict[str, object] = {"count": len(rows), "profile": profile(rows)}
    temperature = 0.7 if attempt else 0.0
    reply = ask("compute.md", values, max_tokens=260, stop="\n```\n", temperature=temperature, seed=attempt)
    block = BLOCK.search(reply)
    return block[1] if block else reply


def leaves_rows(code: str) -> bool:
    """Tell whether it is Python that does not bind `rows` anew: what it printed then would be of no file."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError):
        return False
    names = (node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "rows")
    return all(isinstance(name.ctx, ast.Load) for name in names)


def ran(code: str, rows: Rows) -> str:
    """Return what a program prints, "" when it fails.

    It runs in a process and an empty folder of its own: it may hang, exit, flood or write files.
    """
    if not leaves_rows(code):
        return ""
    given = json.dumps(list(map(dict, rows))).encode()
    with TemporaryDirectory() as folder, TemporaryFile() as output:
        try:
            done = subprocess.run(
                [sys.executable, "-I", "-X", "utf8", "-c", PREAMBLE + code],
                input=given,
                stdout=output,
                stderr=subprocess.DEVNULL,
                cwd=folder,
                timeout=SECONDS,
            )
        except subprocess.TimeoutExpired:
            return ""
        output.seek(0)
        return "" if done.returncode else output.read(ROOM).decode(errors="replace")
