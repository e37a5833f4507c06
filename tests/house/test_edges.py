"""What belongs to an edge of the process stays there: one way out to a model, one way to disk."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.house.sources import Source, imports, package, within, write

EDGES = {
    "pydantic": (
        "farside.models",
        "farside.tools",
        "farside.serve",
        "farside.train.settings",
        "farside.train.reinforcement",
    ),
    "httpx": ("farside.models", "farside.serve"),
    "httpx_sse": ("farside.models", "farside.serve"),
    "httpcore": ("farside.tools.web",),
    "mcp": ("farside.tools.mcp",),
    "mcp_types": ("farside.tools.mcp",),
    "httpx2": ("farside.tools.mcp",),
    "anyio": ("farside.tools.mcp",),
    "justhtml": ("farside.tools.inside.documents",),
    "pypdf": ("farside.tools.inside.documents",),
    "sqlite3": ("farside.agent.journal", "farside.agent.read_only", "farside.tools.corpora"),
    "rich": ("farside.cli",),
    "typer": ("farside.cli",),
    "xllamacpp": ("farside.models",),
    "cloudpickle": ("farside.tools",),
    "pickle": ("farside.tools", "farside.train.weights"),
    "tiktoken": ("farside.k2",),
    "safetensors": ("farside.k2", "farside.train.dataset"),
    "regex": ("farside.train.vocabulary",),
    "matplotlib": ("farside.train.picture", "farside.train.curves", "farside.train.reinforcement_curves"),
    "torch": ("farside.k2", "farside.engine", "farside.train"),
}
"""Where each library may be imported."""


def misplaced(sources: Iterable[Source]) -> list[str]:
    return [
        f"{source.path}:{line}: {library} is imported outside {', '.join(rooms)}"
        for source in sources
        for name, line in imports(source)
        for library, rooms in EDGES.items()
        if within(name, (library,)) and not within(source.module, rooms)
    ]


def test_libraries_stay_at_their_edge() -> None:
    assert misplaced(package()) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("agent/state.py", "from pydantic import BaseModel"),
        ("messages.py", "import pydantic.dataclasses"),
        ("agent/loop.py", "def f():\n    import httpx"),
        ("missions/general.py", "import sqlite3"),
        ("agent/session.py", "import pickle"),
    ],
)
def test_a_misplaced_library_is_found(tmp_path: Path, name: str, text: str) -> None:
    assert misplaced(write(tmp_path, {f"farside/{name}": text})) != []


def test_the_edges_may_use_theirs(tmp_path: Path) -> None:
    files = {
        "farside/agent/journal.py": "import sqlite3",
        "farside/models/wire/a.py": "import httpx",
    }
    assert misplaced(write(tmp_path, files)) == []
