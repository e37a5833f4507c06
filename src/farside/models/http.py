"""httpx without the command line it brings along, which doubles its import where click is installed too."""

from __future__ import annotations

import sys

_COMMAND_LINE = "httpx._main"
_hidden = _COMMAND_LINE not in sys.modules
if _hidden:
    sys.modules[_COMMAND_LINE] = None  # type: ignore[assignment]  # python's way to say: not there; httpx has a stand-in

import httpx as httpx  # noqa: E402

if _hidden:
    del sys.modules[_COMMAND_LINE]
