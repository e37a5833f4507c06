"""Running one cell: its statements, the echo of its last expression, and a traceback of the user's own frames."""

from __future__ import annotations

import ast
import linecache
import sys
import traceback
from types import CodeType
from typing import Any

OURS = __file__.rpartition("/")[0]


def run(code: str, name: str, namespace: dict[str, Any]) -> bool:
    """Run `code` in `namespace`, printing what it prints; False when it raised. `name` is its name in tracebacks."""
    linecache.cache[name] = (len(code), None, code.splitlines(keepends=True), name)
    try:
        body, last = _compiled(code, name)
        exec(body, namespace)
        if last is not None:
            _echo(eval(last, namespace))
        return True
    except SystemExit as error:
        print(f"SystemExit({error.code!r}): the cell ends here, the session goes on.", file=sys.stderr)
        return error.code in (None, 0)
    except BaseException as error:  # noqa: BLE001 - whatever user code raises is shown to the model
        _show(error)
        return False


def _compiled(code: str, name: str) -> tuple[CodeType, CodeType | None]:
    """Return the code of the statements, and of the last expression if the cell ends with one."""
    tree = ast.parse(code, name)
    last = None
    if tree.body and isinstance(tree.body[-1], ast.Expr) and not code.rstrip().endswith(";"):
        final = tree.body.pop()
        assert isinstance(final, ast.Expr)
        last = compile(ast.Expression(final.value), name, "eval")
    return compile(tree, name, "exec"), last


def _echo(value: Any) -> None:
    if value is not None:
        print(repr(value))


def _show(error: BaseException) -> None:
    shown = traceback.TracebackException.from_exception(error, compact=True)
    _trim(shown)
    sys.stdout.flush()
    print("".join(shown.format()), end="", file=sys.stderr)


def _trim(shown: traceback.TracebackException) -> None:
    """Keep the user's frames and, where the fault lies in a library, its last frame."""
    frames = [frame for frame in shown.stack if not frame.filename.startswith(OURS)]
    kept = [frame for frame in frames if not _in_library(frame.filename)]
    if frames and frames[-1] not in kept:
        kept.append(frames[-1])
    shown.stack = traceback.StackSummary.from_list(kept)
    for linked in (shown.__cause__, shown.__context__, *(getattr(shown, "exceptions", None) or ())):
        if linked is not None:
            _trim(linked)


def _in_library(file: str) -> bool:
    return file.startswith((sys.prefix, sys.base_prefix, "/usr/", "<frozen"))
