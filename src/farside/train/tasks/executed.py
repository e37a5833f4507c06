"""What a program prints over the folder that a run has left; confined, as it imports code that a model wrote."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from farside.agent.home import private
from farside.tools.base import Host, Question
from farside.tools.toolbox import open_toolbox


def printed(folder: Path, code: str) -> str:
    """Run a cell of Python in the folder, in a fresh sandbox without network; return its output.

    Raises:
        FarsideError: there is no sandbox.
    """
    with tempfile.TemporaryDirectory(prefix="farside-judge-") as scratch:
        host = Host(recall=lambda handle: None, consult=_nobody)
        toolbox = open_toolbox(folder, Path(scratch), net=False, host=host, private=private())
        try:
            return toolbox.call("python", json.dumps({"code": code}), "").text
        finally:
            toolbox.close()


def _nobody(question: Question) -> str:
    return ""
