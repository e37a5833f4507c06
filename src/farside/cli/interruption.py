"""Ctrl-C where no run is in our hands."""

from __future__ import annotations

from farside.cli.ending import EXIT_CODES
from farside.errors import FarsideError


class Stopped(FarsideError):
    """The user stopped the command; its message says what is kept, and how to go on."""

    exit_code = EXIT_CODES["paused"]
