"""The program of a server: where it is, and what of it must be readable for it to start in the sandbox."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from farside.errors import FarsideError
from farside.tools.mcp.server import Server


def program_of(server: Server) -> Path:
    """Return the program's path, links not followed.

    Raises:
        FarsideError: there is no such program.
    """
    wanted = os.path.expanduser(server.command)  # noqa: PTH111 - Path would make ./x to x, which is looked up
    found = shutil.which(wanted, path=server.env.get("PATH") or os.environ.get("PATH"))
    if found is None:
        raise FarsideError(
            f"The program {server.command} of the MCP server {server.name} is not there.",
            f"install it, or name it in full: mcp.{server.name}.command = '/...'",
        )
    return Path(found).absolute()


def readable_for(program: Path) -> tuple[Path, ...]:
    """Return what a program needs beside the system: itself, its links, and the environment it is installed in."""
    found = [program]
    while found[-1].is_symlink() and len(found) < 40:
        found.append(Path(os.path.normpath(found[-1].parent / found[-1].readlink())))
    return tuple(dict.fromkeys([*found, *(path for each in found for path in _environment(each))]))


def _environment(program: Path) -> list[Path]:
    """Return the parts of the Python or Node environment in whose bin folder a program lies."""
    prefix = program.parent.parent
    settings = prefix / "pyvenv.cfg"
    if settings.is_file():
        home = [line.partition("=")[2].strip() for line in settings.read_text().splitlines() if line[:4] == "home"]
        base = [Path(path).parent for path in home if path]
        return [prefix, *(path for each in base for path in (each / "bin", each / "lib"))]
    if (prefix / "lib" / "node_modules").is_dir():
        return [prefix / "bin", prefix / "lib" / "node_modules"]
    return []
