"""One call of a server's tool, and every way in which it may go wrong, as an outcome."""

from __future__ import annotations

import math
from contextlib import suppress
from typing import Any

from mcp import MCPError

from farside.errors import FarsideError
from farside.prompts import render
from farside.tools.base import Outcome
from farside.tools.mcp.connection import Connection, Lost, Rests
from farside.tools.mcp.content import text_of
from farside.tools.mcp.offer import Offer


async def called(connection: Connection, offer: Offer, arguments: dict[str, Any], *, again: bool) -> Outcome:
    """Call a tool; whatever comes of it is an outcome. `again`: the call may be made twice."""
    try:
        await connection.open()
        if all(tool.name != offer.tool for tool in connection.listing):
            return _outcome("gone.md", offer, tool=offer.tool)
        result = await connection.call(offer.tool, arguments, again=again)
    except Lost as lost:
        return _outcome("lost.md" if lost.begun else "failed.md", offer, why=lost)
    except Rests as rest:
        failures, seconds = connection.breaker.failures, math.ceil(rest.seconds)
        return _outcome("resting.md", offer, failures=failures, seconds=seconds)
    except MCPError as error:
        return _outcome("said.md", offer, text=f"Error: {error.message}")
    except FarsideError as error:
        return Outcome(f"{error} {error.next_step}".strip(), ok=False)
    except (RuntimeError, ValueError) as error:
        return _outcome("odd.md", offer, why=" ".join(str(error).split())[:300])
    with suppress(Lost, Rests, FarsideError):  # the call is done: what is wrong with the list the next one meets
        await connection.open()
    said = render(__package__, "said.md", server=offer.server, text=text_of(result))
    return Outcome(said, not result.is_error)


def _outcome(prompt: str, offer: Offer, **values: object) -> Outcome:
    return Outcome(render(__package__, prompt, server=offer.server, **values), ok=False)
