"""What a server lists, as offers: named, with schemas that every API takes, and none too many."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from farside.errors import FarsideError
from farside.tools.mcp.naming import names
from farside.tools.mcp.offer import Offer
from farside.tools.mcp.schema import arguments_schema
from farside.tools.mcp.server import LEAVE_OUT, Server

if TYPE_CHECKING:
    from mcp_types import Tool

MOST = 128
"""Tools that a request may tell of, farside's own among them."""
LONGEST_DESCRIPTION = 2_000


def offers(listings: Sequence[tuple[Server, Iterable[Tool]]], taken: Sequence[str]) -> tuple[Offer, ...]:
    """Return all tools of all servers, in the order of the names. `taken` are the names of farside's own tools.

    Raises:
        FarsideError: they are more than a model can be told of, or a server lacks a tool that the file names.
    """
    plain = [offer for server, tools in listings for offer in _of(server, tools)]
    ordered = sorted(plain, key=lambda offer: (offer.server, offer.tool))
    if len(ordered) + len(taken) > MOST:
        counts = ", ".join(f"{server.name} {sum(o.server == server.name for o in plain)}" for server, _ in listings)
        raise FarsideError(
            f"The MCP servers offer {len(ordered)} tools ({counts}); a model can be told of {MOST - len(taken)}.",
            f"name those wanted, as in mcp.NAME.tools = [...], or {LEAVE_OUT}",
        )
    named = names([(offer.server, offer.tool) for offer in ordered], taken)
    return tuple(_named(offer, named[offer.server, offer.tool]) for offer in ordered)


def _of(server: Server, tools: Iterable[Tool]) -> list[Offer]:
    listed = {tool.name: tool for tool in tools}
    if missing := [name for name in server.tools if name not in listed]:
        raise FarsideError(
            f"The MCP server {server.name} has no tool {missing[0]}.",
            f"It has: {', '.join(sorted(listed)) or 'none'}"[:300],
        )
    return [_offer(server, tool) for tool in listed.values() if not server.tools or tool.name in server.tools]


def _offer(server: Server, tool: Tool) -> Offer:
    hints = tool.annotations
    words = server.without_keys(tool.description or tool.title or tool.name)
    return Offer(
        server=server.name,
        tool=tool.name,
        name=tool.name,
        description=words[:LONGEST_DESCRIPTION],
        schema=server.without_keys(arguments_schema(tool.input_schema)),
        read_only=bool(hints and hints.read_only_hint),
        idempotent=bool(hints and hints.idempotent_hint),
    )


def _named(offer: Offer, name: str) -> Offer:
    described = f"{offer.description}\n(Tool of the MCP server {offer.server}.)"
    return Offer(offer.server, offer.tool, name, described, offer.schema, offer.read_only, offer.idempotent)


def changes(known: Iterable[Offer], server: Server, tools: Iterable[Tool]) -> str:
    """Return in words how what a server lists now differs from the offers of the run, or ""."""
    before = {offer.tool: offer for offer in known if offer.server == server.name}
    now = {tool.name: tool for tool in tools if not server.tools or tool.name in server.tools}
    other = [name for name in before if name in now and not _same(before[name], _offer(server, now[name]))]
    parts = {
        "gone": [name for name in before if name not in now],
        "new, and not to be had in this run": [name for name in now if name not in before],
        "described or called otherwise now": other,
    }
    return server.without_keys("; ".join(f"{what}: {_some(names)}" for what, names in parts.items() if names))


def _same(before: Offer, now: Offer) -> bool:
    described = before.description.removesuffix(f"\n(Tool of the MCP server {before.server}.)")
    return (described, before.schema) == (now.description, now.schema)


def _some(names: Sequence[str]) -> str:
    shown = sorted(name[:80] for name in names)
    return ", ".join(shown[:10]) + (f" and {len(shown) - 10} more" if len(shown) > 10 else "")
