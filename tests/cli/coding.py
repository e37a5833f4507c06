"""Typing `farside code` with a scripted model, and looking at what comes of it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from farside.agent import events as ev
from tests.cli.command import Done, Farside
from tests.missions.code.repositories import FIX, Users

GOAL = "A shift that ends after midnight has the wrong length. Mend that."
Step = Mapping[str, object]


def calls(*named: tuple[str, Mapping[str, object]]) -> Step:
    return {"calls": [{"name": name, "arguments": arguments} for name, arguments in named]}


def written(path: str, content: str) -> tuple[str, Mapping[str, object]]:
    return "write_file", {"path": path, "content": content}


MEND = calls(("edit_file", FIX), ("run_tests", {}))
SAID: Step = {"text": "The length is taken modulo one day now."}


def code(
    farside: Farside, *script: Step, repo: Path | None = None, options: tuple[str, ...] = (), goal: str = GOAL
) -> Done:
    named = ("--repo", str(repo)) if repo else ()
    return farside("code", goal, "--model", farside.script("model", *script), *named, *options)


def outputs(farside: Farside, name: str) -> list[str]:
    """Return what the calls of a tool brought, those of the check too."""
    told, wanted = [], set()
    for event in farside.events():
        if isinstance(event, ev.Opened | ev.Checked):
            wanted |= {call.id for call in event.calls if call.name == name}
        if isinstance(event, ev.Replied):
            wanted |= {call.id for call in event.message.calls if call.name == name}
        if isinstance(event, ev.CallFinished) and event.call_id in wanted:
            told.append(event.text)
    return told


def delivered(farside: Farside) -> tuple[str, bytes]:
    """Return the report and the patch."""
    folder = farside.last.path / "delivered"
    return (folder / "report.md").read_text(), (folder / f"{farside.last.id}.patch").read_bytes()


def branches(users: Users) -> list[str]:
    return users.git("branch", "--list", "farside/*", "--format=%(refname:short)").splitlines()


def suite_on(users: Users, branch: str, folder: Path) -> int:
    """Run the tests of a branch as a user would, in a clone; return the exit code."""
    users.git("clone", "--quiet", "--branch", branch, str(users.path), str(folder))
    command = [sys.executable, "-m", "unittest", "discover", "-s", "tests"]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode
