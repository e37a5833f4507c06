"""Arrows between rooms point one way (DESIGN, "The house")."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.house.sources import Source, imports, package, write

BASE = frozenset({"messages", "arguments", "errors", "config", "prompts"})
MIDDLE = BASE | {"models", "tools", "agent", "missions"}
MAY_IMPORT = {
    "": frozenset[str](),
    "errors": frozenset[str](),
    "messages": frozenset[str](),
    "arguments": frozenset[str](),
    "prompts": frozenset[str](),
    "config": frozenset({"errors"}),
    "k2": frozenset({"errors"}),
    "engine": frozenset({"errors", "k2"}),
    "models": BASE | {"engine", "k2"},
    "tools": BASE,
    "testkit": BASE | {"models"},
    "agent": BASE | {"models", "tools"},
    "missions": BASE | {"models", "tools", "agent"},
    "evals": MIDDLE,
    "train": MIDDLE | {"k2", "engine"},
    "serve": MIDDLE | {"evals", "train", "k2", "engine"},
    "cli": MIDDLE | {"evals", "train", "serve", "k2", "engine"},
}


def wrong_arrows(sources: Iterable[Source]) -> list[str]:
    wrong = []
    for source in sources:
        may = MAY_IMPORT.get(source.room)
        if may is None:
            wrong.append(f"{source.module}: no room of DESIGN is called {source.room}")
            continue
        for name, line in imports(source):
            target = [*name.split("."), ""][1]
            if name.startswith("farside.") and target != source.room and target not in may:
                wrong.append(f"{source.path}:{line}: {source.room or 'farside'} imports {name}")
    return wrong


def test_rooms_import_only_what_lies_below_them() -> None:
    assert wrong_arrows(package()) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("models/a.py", "from farside.agent.fold import fold"),
        ("models/a.py", "def f():\n    import farside.tools.base"),
        ("models/deep/a.py", "from ...tools import base"),
        ("tools/a.py", "from farside import models"),
        ("k2/a.py", "from farside.messages import Message"),
        ("agent/a.py", "import farside.cli.run"),
        ("testkit/a.py", "from farside.agent import loop"),
        ("odds/a.py", ""),
    ],
)
def test_a_wrong_arrow_is_found(tmp_path: Path, name: str, text: str) -> None:
    assert len(set(wrong_arrows(write(tmp_path, {f"farside/{name}": text})))) >= 1


def test_right_arrows_are_let_through(tmp_path: Path) -> None:
    right = {
        "farside/agent/a.py": "from farside.models.base import Model\nfrom . import b\nimport json",
        "farside/agent/b.py": "from ..errors import FarsideError",
        "farside/cli/run.py": "from farside.missions import general",
    }
    assert wrong_arrows(write(tmp_path, right)) == []
