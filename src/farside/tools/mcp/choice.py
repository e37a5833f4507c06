"""Which of the configured servers a run uses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import Any

from farside.config import config_path
from farside.errors import FarsideError
from farside.tools.mcp.server import LEAVE_OUT, Server, server_of

Tables = Mapping[str, Mapping[str, Any]]


def chosen(tables: Tables, named: Sequence[str], *, net: bool, none: bool = False) -> tuple[str, ...]:
    """Return the names of the servers to use, in the order of the prompt: `named`, or all that can be used.

    Those that are reached over the network are no part of all without `net`.

    Raises:
        FarsideError: there is none of that name, or servers are named and `none` are wanted.
    """
    if none:
        if named:
            raise FarsideError("--mcp and --no-mcp contradict each other.", "Give one of them.")
        return ()
    if named:
        for name in named:
            _table(tables, name)
        return tuple(sorted(set(named)))
    return tuple(sorted(name for name, table in tables.items() if net or not table.get("url")))


def servers(tables: Tables, names: Sequence[str], environ: Mapping[str, str], *, net: bool) -> tuple[Server, ...]:
    """Return the servers of these names, ready to be reached.

    Raises:
        FarsideError: one is not configured, or wrongly, needs a key that is missing or the network, or the package
            that speaks the protocol is not installed.
    """
    found = tuple(server_of(name, _table(tables, name), environ) for name in names)
    for server in found:
        if server.url and not net:
            raise FarsideError(
                f"The MCP server {server.name} is reached over the network, which this run does not have.",
                f"allow it with --net, or {LEAVE_OUT}",
            )
    if found and find_spec("mcp") is None:
        raise FarsideError(
            "MCP servers need a package that is not installed.",
            "pip install 'farside[mcp]', or leave them out: --no-mcp",
        )
    return found


def _table(tables: Tables, name: str) -> Mapping[str, Any]:
    if name not in tables:
        there = f"There are: {', '.join(sorted(tables))}" if tables else "There are none"
        raise FarsideError(
            f"There is no MCP server {name} in {config_path()}.",
            f"{there}. To go on without: --no-mcp",
        )
    return tables[name]
