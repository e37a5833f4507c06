"""Which changed files belong to the tests."""

from __future__ import annotations

import pytest

from farside.missions.code.belonging import DIFFERENTLY, NEW, RUN_BY, TAKES_PLACE, belongs
from farside.missions.code.recipes import run_by

MAKE = "FLAGS = -q\n\ntest: unit\n\t$(MAKE) style\n\nunit:\n\tpytest $(FLAGS)\n\nstyle:\n\truff\n\nrun:\n\t./run\n"
PYPROJECT = '[project]\nname = "a"\n[tool.pytest.ini_options]\naddopts = [\n  "-q",\n]\n[tool.ruff]\nx = 1\n'
SETUP = "[metadata]\nname = a\n[tool:pytest]\naddopts = -q\n"
NPM = '{"version": "1", "scripts": {"test": "npm run unit", "unit": "jest"}, "dependencies": {"a": "1"}}'


@pytest.mark.parametrize(
    ("path", "before", "old", "new", "is_seen"),
    [
        ("Makefile", MAKE, "pytest $", "true $", True),
        ("Makefile", MAKE, "\truff", "\ttrue", True),
        ("Makefile", MAKE, "-q", "-k some", True),
        ("Makefile", MAKE, "./run", "./more", False),
        ("Makefile", MAKE, "run:", "more:\n\ttrue\n\nrun:", False),
        ("pyproject.toml", PYPROJECT, '"-q"', '"-k some"', True),
        ("pyproject.toml", PYPROJECT, "x = 1", "x = 2", False),
        ("pyproject.toml", PYPROJECT, "x = 1", "x = 1\n[ tool . pytest . more ]\ny = 1", True),
        ("setup.cfg", SETUP, "-q", "-k some", True),
        ("setup.cfg", SETUP, "= a", "= b", False),
        ("package.json", NPM, '"jest"', '"true"', True),
        ("package.json", NPM, '"jest"', '"jest", "pretest": "true"', True),
        ("package.json", NPM, '"1"', '"2"', False),
    ],
)
def test_how_tests_are_run_belongs_to_them(path: str, before: str, old: str, new: str, is_seen: bool) -> None:
    told = belongs(path, before, before.replace(old, new), "", set())
    assert told == (DIFFERENTLY if is_seen else None)


@pytest.mark.parametrize(
    ("path", "before", "after", "told"),
    [
        ("tests/test_a.py", "x", "y", ""),
        ("tests/test_new.py", None, "y", ""),
        ("tests/conftest.py", None, "y", NEW),
        ("pytest.ini", None, "[pytest]\n", NEW),
        ("pyproject.toml", None, PYPROJECT, DIFFERENTLY),
        ("pyproject.toml", None, "[project]\n", None),
        ("Makefile", None, "test:\n\ttrue\n", DIFFERENTLY),
        ("unittest.py", None, "", TAKES_PLACE),
        ("src/pytest/__init__.py", None, "", TAKES_PLACE),
        ("sitecustomize.py", None, "", TAKES_PLACE),
        ("app/queue.py", None, "", None),
        ("queue.py", "", "x = 1", None),
        ("code/main.py", None, "", None),
        ("app.py", "", "import sys\nsys.exit(0)\n", None),
        ("app.py", "", "import os\nos._exit(0)\n", "it reaches into what runs the tests (os._exit)"),
        ("app.py", "import unittest\n", "import unittest\nx = 1\n", None),
        (
            "app.py",
            None,
            "from unittest import case\n",
            "it reaches into what runs the tests (unittest)",
        ),
        ("app.py", "", "import sys\nsys.modules['pytest'] = 1\n", "it reaches into what runs the tests (pytest)"),
        ("scripts/all.sh", "pytest", "true", RUN_BY),
        ("app.py", "x = 1", "x = 2", None),
    ],
)
def test_what_can_change_what_the_tests_do_belongs_to_them(
    path: str, before: str | None, after: str, told: str | None
) -> None:
    assert belongs(path, before, after, "make test", {"scripts/all.sh"}) == told


FILES = {
    "Makefile": "test:\n\t./scripts/all.sh\n\tcc src/calc.c tests/calc.c\n\ndocs:\n\tscripts/docs.sh\n",
    "package.json": '{"scripts": {"test": "node scripts/run-tests.js && node src/main.js"}}',
    "scripts/all.sh": "sh scripts/inner.sh\n./app.py <given.txt | diff - wanted.txt\n",
    "scripts/inner.sh": "sh scripts/all.sh\n",
    "scripts/run-tests.js": "",
    **dict.fromkeys(("scripts/docs.sh", "app.py", "src/calc.c", "src/main.js", "given.txt", "wanted.txt"), ""),
}


def test_scripts_that_run_the_tests_are_followed_and_what_is_tested_is_left_out() -> None:
    named = {"Makefile", "scripts/all.sh", "scripts/inner.sh", "scripts/run-tests.js", "given.txt", "wanted.txt"}
    assert run_by("make -f Makefile test", FILES, lambda path: FILES.get(path, "")) == named
    assert run_by("python app.py --check", {"app.py"}, lambda path: "") == {"app.py"}
