"""A toolbox over MCP servers that are real processes, in the sandbox unless a test says otherwise."""

import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from farside.tools.base import Outcome
from farside.tools.mcp.choice import servers
from farside.tools.mcp.offer import Offer
from farside.tools.mcp.toolbox import McpToolbox
from farside.tools.sandbox import Layer, confined
from farside.tools.unconfined import Unconfined
from tests.tools.boxes import BUBBLEWRAP

SERVERS = Path(__file__).with_name("servers")
OURS = ("python", "shell", "read_file")
FREE = (Unconfined(),)


@dataclass
class Box:
    toolbox: McpToolbox
    workspace: Path

    def call(self, name: str, /, **arguments: Any) -> Outcome:
        return self.toolbox.call(name, json.dumps(arguments), "h1")

    def starts(self) -> int:
        return int((self.workspace / "starts").read_text())

    def calls(self) -> list[str]:
        return (self.workspace / "calls").read_text().split()


def kind(**more: Any) -> dict[str, Any]:
    return {"command": sys.executable, "args": [str(SERVERS / "kind.py")], "readable": [str(SERVERS)], **more}


def rude(how: str, workspace: Path, **more: Any) -> dict[str, Any]:
    args = ["-S", str(SERVERS / "rude.py"), how, str(workspace)]
    return {"command": sys.executable, "args": args, "readable": [str(SERVERS)], **more}


@contextmanager
def opened(
    base: Path,
    tables: Mapping[str, Mapping[str, Any]],
    *,
    known: Sequence[Offer] = (),
    net: bool = False,
    layers: Sequence[Layer] = (BUBBLEWRAP,),
    environ: Mapping[str, str] = os.environ,
) -> Iterator[Box]:
    """Open the toolbox as a run does: with the offers that it began with, or after asking for them."""
    workspace, scratch = base / "work", base / "scratch"
    workspace.mkdir(exist_ok=True)
    scratch.mkdir(exist_ok=True)
    found = servers(tables, sorted(tables), environ, net=net)
    confinement = confined(workspace, scratch, net=net, private=())
    toolbox = McpToolbox(found, known, confinement, layers)
    try:
        if not known:
            toolbox.discover(OURS)
        yield Box(toolbox, workspace)
    finally:
        toolbox.close()
