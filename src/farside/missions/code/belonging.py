"""Whether a changed file belongs to the tests: theirs, how they are run, and what can reach into the runner. Pure.

Whether work passes is decided with all of these as they were at the beginning, and without those that are new.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from pathlib import PurePosixPath

from farside.missions.code.pointing import parsed
from farside.missions.code.recipes import RECIPES, recipe
from farside.missions.code.suite import FOLDERS, is_setting, is_test

RUNNERS = {"unittest", "pytest", "_pytest", "pluggy", "sitecustomize", "usercustomize"}
"""Modules of runners, and those that Python imports by itself."""
MODULES = RUNNERS | sys.stdlib_module_names
EXITS = {"_exit", "abort"}
"""Functions that end the runner before it can tell of a failure."""
TAKES_PLACE = "new, and it takes the place of a module that the runner may use"
RUN_BY = "changed, and the tests are run by it"
DIFFERENTLY = "how the tests are run was changed"
NEW = "new, and it says what is tested"


def belongs(path: str, before: str | None, after: str | None, command: str, run_by: AbstractSet[str]) -> str | None:
    """Return None for a changed file that does not belong to the tests, else what is to be told of it, or "".

    `before` and `after` are its texts, None where there is no such file; `run_by` names what the tests are run by.
    """
    if is_test(path):
        return NEW if before is None and is_setting(path) else ""
    if path in RECIPES and recipe(path, before or "", command) != recipe(path, after or "", command):
        return DIFFERENTLY
    if path in run_by and path not in RECIPES:
        return RUN_BY
    if before is None and takes_place(path):
        return TAKES_PLACE
    if path.endswith(".py") and (signs := set(_signs(after or "")) - set(_signs(before or ""))):
        return f"it reaches into what runs the tests ({', '.join(sorted(signs))})"
    return None


def takes_place(path: str) -> bool:
    """Tell whether Python finds a file where a module of its own, or of a runner's, is meant."""
    pure = PurePosixPath(path)
    module = pure.parent if pure.name == "__init__.py" else pure.with_suffix("")
    folders = set(module.parts[:-1])
    return pure.suffix == ".py" and module.name in MODULES and folders <= FOLDERS | {"src"}


def _signs(text: str) -> Iterator[str]:
    """Yield the modules of runners that a source names, and the ways in which it ends a process at once."""
    for node in ast.walk(parsed(text)):
        match node:
            case ast.Import(names=names):
                yield from (each.name for each in names if _is_runner(each.name))
            case ast.ImportFrom(module=str(module)) if _is_runner(module):
                yield module
            case ast.Constant(value=str(value)) if _is_runner(value):
                yield value
            case ast.Attribute(value=ast.Name(id="os"), attr=attr) if attr in EXITS:
                yield f"os.{attr}"


def _is_runner(module: str) -> bool:
    return module.partition(".")[0] in RUNNERS
