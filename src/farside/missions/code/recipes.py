"""What says how the tests of a repository are run: parts of well-known files, and the files that these name. Pure."""

from __future__ import annotations

import json
import posixpath
import re
import tomllib
from collections.abc import Callable, Iterable
from pathlib import PurePosixPath
from typing import Any

MAKEFILES = ("GNUmakefile", "makefile", "Makefile")
RECIPES = (*MAKEFILES, "package.json", "pyproject.toml", "setup.cfg")
"""At the top of a repository: a part of each says how its tests are run."""
GOALS = {"test", "tests", "check"}
"""Targets of a Makefile that run tests, beside those that the command names."""
TABLES = ("pytest", "tox", "nox", "coverage", "hatch", "pdm", "poe", "taskipy")
"""Below `tool` in pyproject.toml."""
KEYS = ("scripts", "jest", "mocha", "ava", "nyc", "c8", "tap", "vitest")
"""In package.json."""
SECTIONS = re.compile(r"tool:pytest|pytest|aliases|tox(?::.*)?|testenv.*|coverage:.*")
"""In setup.cfg."""
RULE = re.compile(r"(?P<targets>[^\s#:=][^:=#]*?)\s*::?(?!=)")
WORD = re.compile(r"[\w./@+-]+")
PROGRAMS = re.compile(r"\.(?:py|[cm]?[jt]sx?|go|rs|c|h|cc|cpp|hpp|java|kt|rb|php|lua|swift|cs)$")
"""Files that a recipe may name because they are tested; those whose name speaks of tests run them."""
RUNS = re.compile(r"tests?(?![a-z])|check|spec(?![a-z])", re.IGNORECASE)
SHELL = re.compile(r"(?:^|/)[^./]+$|\.(?:sh|bash|mk|mak)$")
"""Scripts, whose words may name other files."""

Text = Callable[[str], str]
"""Returns the text of a file by its path; "" where there is none."""


def recipe(path: str, text: str, command: str = "") -> str:
    """Return what of a file of RECIPES says how the tests are run that `command` runs; "" where nothing does."""
    if path == "package.json":
        return _chosen(_json(text), KEYS)
    if path == "pyproject.toml":
        return _of_toml(text)
    return _of_sections(text) if path == "setup.cfg" else _of_makefile(text, command)


def run_by(command: str, paths: Iterable[str], text: Text) -> set[str]:
    """Return the files that the command names, and those that what it runs names: scripts, and their data.

    What is tested may be named too, as to a compiler: of programs only those count whose name speaks of tests.
    """
    known = set(paths)
    found = _named(command, known)
    texts = [recipe(path, text(path), command) for path in RECIPES if path in known]
    texts += [text("tox.ini"), *map(text, filter(_is_script, found))]
    while texts:
        more = {path for path in _named(texts.pop(), known) if _runs(path)} - found
        texts += map(text, filter(_is_script, more))
        found |= more
    return found


def _named(text: str, known: set[str]) -> set[str]:
    return {posixpath.normpath(word) for word in WORD.findall(text)} & known


def _runs(path: str) -> bool:
    return not PROGRAMS.search(path) or bool(RUNS.search(PurePosixPath(path).name))


def _is_script(path: str) -> bool:
    return path not in RECIPES and bool(SHELL.search(path))


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return {}


def _chosen(table: Any, names: Iterable[str]) -> str:
    chosen = {name: table[name] for name in names if name in table} if isinstance(table, dict) else {}
    return json.dumps(chosen, sort_keys=True, default=str) if chosen else ""


def _of_toml(text: str) -> str:
    try:
        return _chosen(tomllib.loads(text).get("tool"), TABLES)
    except (tomllib.TOMLDecodeError, RecursionError):  # pytest reads none of it either: all of it is suspect
        return text


def _of_sections(text: str) -> str:
    _, *rest = re.split(r"^\[([^\]\n]*)\]", text, flags=re.MULTILINE)
    pairs = zip(rest[::2], rest[1::2], strict=True)
    return "\n".join(f"[{name.strip()}]{body.rstrip()}" for name, body in pairs if SECTIONS.fullmatch(name.strip()))


def _of_makefile(text: str, command: str) -> str:
    """Return the rules that the goals need, by name, and all that belongs to no rule: variables, includes."""
    outside: list[str] = []
    rules: list[tuple[set[str], list[str]]] = []
    within: list[str] | None = None
    for line in text.replace("\\\n", " ").splitlines():
        if line.startswith("\t") and within is not None:
            within.append(line)
        elif found := RULE.match(line):
            within = [line]
            targets = set(found["targets"].split())
            rules.append((GOALS if re.search("[$%]", line[: found.end()]) else targets, within))  # may be any
        elif line.strip() and not line.startswith("#"):
            within = None
            outside.append(line)
    return "\n".join(outside + _needed(rules, GOALS | set(WORD.findall(command))))


def _needed(rules: list[tuple[set[str], list[str]]], wanted: set[str]) -> list[str]:
    """Return the lines of the rules for wanted targets, and for those that these name in their turn."""
    lines: list[str] = []
    left = rules
    while reached := [rule for rule in left if rule[0] & wanted]:
        left = [rule for rule in left if not rule[0] & wanted]
        lines += [line for _, body in reached for line in body]
        wanted = wanted | {word for line in lines for word in WORD.findall(line)}
    return lines
