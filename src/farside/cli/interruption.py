"""Ctrl-C before a run is in our hands."""

from __future__ import annotations

from farside.cli.ending import EXIT_CODES
from farside.errors import FarsideError


class Stopped(FarsideError):
    """The user stopped the command before a run took a step."""

    exit_code = EXIT_CODES["paused"]
