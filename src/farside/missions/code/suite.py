"""What was done to the tests of a repository: changed, deleted, skipped or loosened. Pure."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

FOLDERS = {"test", "tests", "testing", "testdata", "spec", "specs", "e2e", "__tests__", "__snapshots__"}
SETTINGS = re.compile(
    r"conftest\.py|\.?pytest\.(?:ini|toml)|tox\.(?:ini|toml)|toxfile\.py|noxfile\.py|\.coveragerc|\.mocharc\..+|\.rspec"
    r"|(?:jest|vitest|karma|playwright|cypress|ava|jasmine)\.(?:config|conf|workspace)\..+|phpunit\.xml(?:\.dist)?"
)
"""Files that say which tests run, and how."""
NAMES = re.compile(
    r"test_.+\.(?:py|rb|c|cc|cpp|sh)|.+_test\.(?:py|go|rb|rs|c|cc|cpp|dart|exs|sh)|tests?\.(?:py|rs|sh|[cm]?[jt]sx?)"
    r"|(?:.+[._-](?:test|spec)|test-.+)\.[cm]?[jt]sx?|.+_spec\.(?:rb|lua)|.+Tests?\.(?:java|kt|cs|php|swift)|.+\.bats"
)
CHECK = re.compile(r"self\.(assert|fail)|(pytest\.)?raises")
LEAVES = re.compile(r"(?:pytest|self|unittest)\.(?:skip|xfail)|raise .*Skip|return$")
SKIPS = re.compile(
    r"\bskip\w*\b|\bxfail\b|\bxit\b|\bxdescribe\b|\bexpectedFailure\b|#\[ignore|@Disabled|@Ignore|\.only\b|\bt\.Skip"
)


def is_test(path: str) -> bool:
    """Tell whether a file belongs to the tests: by its folder or name; settings and data of tests too."""
    pure = PurePosixPath(path)
    return bool(FOLDERS & {part.lower() for part in pure.parts[:-1]}) or is_setting(path) or _is_named(pure.name)


def is_setting(path: str) -> bool:
    """Tell whether a file can keep tests from being run."""
    return bool(SETTINGS.fullmatch(PurePosixPath(path).name))


def is_python_test(path: str) -> bool:
    """Tell whether pytest and unittest look for tests in a file."""
    name = PurePosixPath(path).name
    return name.endswith(".py") and (_is_named(name) or name == "tests.py")


def _is_named(name: str) -> bool:
    return bool(NAMES.fullmatch(name))


@dataclass(frozen=True, slots=True)
class Tested:
    """What one test function does."""

    checks: tuple[str, ...]
    """Its assertions, as source."""
    skipped: bool


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """Return a line for each thing that was done to tests that were there; tests that were added are none of these.

    Both map paths of test files to texts.
    """
    return [line for path, text in sorted(before.items()) for line in _done_to(path, text, after.get(path))]


def _done_to(path: str, before: str, after: str | None) -> Iterator[str]:
    if after is None:
        yield f"{path}: deleted"
        return
    if after == before:
        return
    old, new = _tests(before), _tests(after)
    found = [line for name, test in old.items() for line in _done_to_test(name, test, new.get(name))]
    skips = len(SKIPS.findall(after)) - len(SKIPS.findall(before))
    if skips > 0 and not any("skipped" in line for line in found):
        found.append("more of it is skipped")
    if not found and new.keys() <= old.keys():
        found = ["changed"]
    yield from (f"{path}: {line}" for line in found)


def _done_to_test(name: str, before: Tested, after: Tested | None) -> Iterator[str]:
    if after is None:
        yield f"{name} is gone"
        return
    if after.skipped and not before.skipped:
        yield f"{name} is skipped"
    if len(after.checks) < len(before.checks):
        yield f"{name} checks less ({len(after.checks)} of {len(before.checks)} checks left)"
    elif missing := [check for check in before.checks if check not in after.checks]:
        yield f"{name} checks something else ({missing[0][:80]} is gone)"


def _tests(source: str) -> dict[str, Tested]:
    """Return the test functions of a Python file by name; none of what is not Python."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return {}
    return dict(_found(tree, "", False))


def _found(node: ast.AST, prefix: str, skipped: bool) -> Iterator[tuple[str, Tested]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            yield from _found(child, f"{prefix}{child.name}.", skipped or _is_skipped(child))
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) and child.name.startswith("test"):
            yield f"{prefix}{child.name}", Tested(tuple(_checks(child)), skipped or _is_skipped(child))


def _is_skipped(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    inside = [ast.unparse(part) for part in node.body if not isinstance(part, ast.ClassDef)]
    decorators = [ast.unparse(part) for part in node.decorator_list]
    return any(map(SKIPS.search, decorators)) or any(map(LEAVES.match, inside))


def _checks(function: ast.AST) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Assert):
            yield ast.unparse(node.test)
        elif isinstance(node, ast.Call) and CHECK.match(ast.unparse(node.func)):
            yield ast.unparse(node)
