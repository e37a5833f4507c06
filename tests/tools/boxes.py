"""A toolbox over fresh folders, and calls with keyword arguments."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from farside.tools.base import Host, Outcome, Question
from farside.tools.bubblewrap import Bubblewrap
from farside.tools.landlock import Landlock
from farside.tools.sandbox import Layer, Limits
from farside.tools.toolbox import SandboxedToolbox, open_toolbox

BUBBLEWRAP, LANDLOCK = Bubblewrap(), Landlock()
OUTPUTS = {"o7": "".join(f"line {number}\n" for number in range(5000))}


class Box:
    """One open toolbox and its folders."""

    def __init__(self, base: Path, toolbox: SandboxedToolbox) -> None:
        self.workspace = base / "work"
        self.scratch = base / "scratch"
        self.toolbox = toolbox

    def call(self, name: str, /, **arguments: Any) -> Outcome:
        return self.toolbox.call(name, json.dumps(arguments), "h1")

    def python(self, code: str, **arguments: Any) -> Outcome:
        return self.call("python", code=code, **arguments)

    def shell(self, command: str, **arguments: Any) -> Outcome:
        return self.call("shell", command=command, **arguments)


def open_box(
    base: Path,
    *,
    layers: Sequence[Layer] = (BUBBLEWRAP,),
    net: bool = False,
    private: Sequence[Path] = (),
    limits: Limits | None = None,
    recall: Callable[[str], str | None] = OUTPUTS.get,
    consult: Callable[[Question], str] = lambda question: f"heard: {question.text}",
) -> Box:
    workspace, scratch = base / "work", base / "scratch"
    workspace.mkdir(exist_ok=True)
    scratch.mkdir(exist_ok=True)
    host = Host(recall, consult)
    toolbox = open_toolbox(workspace, scratch, net=net, host=host, private=private, layers=layers, limits=limits)
    return Box(base, toolbox)
