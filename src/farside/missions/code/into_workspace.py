"""Putting farside's own change into the workspace: git does it in a sandbox, as what lies there is the agent's."""

from __future__ import annotations

import base64
from pathlib import Path

from farside.agent.home import private
from farside.agent.mission import Place
from farside.errors import FarsideError
from farside.missions.code.clean import PATCH_SECONDS
from farside.tools.printable import printable
from farside.tools.remains import prove_dead
from farside.tools.sandbox import confined
from farside.tools.worker import SandboxDied, Worker

OPENED = "opened"
"""The tag of the commit that the model begins with."""
TAKE_BACK = (
    f"git reset --quiet --hard $(git rev-parse --quiet --verify refs/tags/{OPENED} || echo refs/tags/begin) -- "
    "&& git clean --quiet -d --force"
)
"""Undoes what was done since, in a shell of the workspace."""
SCRIPT = """
set -e
git reset --quiet --hard refs/tags/begin --
git clean --quiet -d --force
echo {patch} | base64 --decode | git apply --index --whitespace=nowarn -
git commit --quiet --no-verify -m 'Functions written anew'
git tag --force {tag} >/dev/null
"""


def put(place: Place, patch: bytes) -> None:
    """Make the workspace what it was at the beginning, with the patch committed and tagged. Twice is once.

    Raises:
        FarsideError: git refuses, or the sandbox breaks down.
    """
    scratch = place.folder.scratch.resolve() / "put"
    scratch.mkdir(parents=True, exist_ok=True)
    prove_dead(scratch)
    confinement = confined(Path(place.settings.workspace), scratch, net=False, private=private())
    worker = Worker(place.layer, confinement, lambda _question, _arguments: ("", False))
    script = SCRIPT.format(patch=base64.b64encode(patch).decode(), tag=OPENED)
    try:
        report = worker.ask("shell", {"command": script}, PATCH_SECONDS)
    except SandboxDied as error:
        raise FarsideError(f"The change cannot be put into the workspace. {error}", "Resume the run.") from error
    finally:
        worker.end()
    if report.body.get("code"):
        said = printable(report.blobs[0]).strip()[-300:]
        raise FarsideError(f"The change cannot be put into the workspace ({said}).", "Resume the run.")
