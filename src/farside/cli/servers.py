"""The MCP servers of a run: asked for their tools once, and opened with these from then on."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from farside.agent.events import Settings
from farside.agent.home import RunFolder
from farside.config import load_config
from farside.tools.base import Toolbox
from farside.tools.mcp.offer import Offer

if TYPE_CHECKING:
    from farside.tools.mcp.server import Server

OPTIONAL = ("search", "open_page")
"""Names of tools that a run may have beside those of the catalog: no server's tool ever takes them."""


def servers_of(settings: Settings) -> tuple[Server, ...]:
    """Return the servers that a run uses.

    Raises:
        FarsideError: one of them cannot be used as the configuration stands.
    """
    if not settings.mcp:
        return ()
    from farside.tools.mcp.choice import servers

    return servers(load_config().mcp, settings.mcp, os.environ, net=settings.net)


def open_servers(settings: Settings, folder: RunFolder, private: Sequence[Path]) -> tuple[Toolbox, tuple[Offer, ...]]:
    """Return the tools of the run's servers, and what is to be remembered of them.

    A run that has begun keeps its tools, and its servers start when they are called; before, they are asked.

    Raises:
        FarsideError: one of them cannot be used.
    """
    from farside.tools.catalog import catalog
    from farside.tools.mcp.confined import prove_dead
    from farside.tools.mcp.toolbox import McpToolbox
    from farside.tools.sandbox import check_workspace, confined
    from farside.tools.toolbox import LAYERS
    from farside.tools.unconfined import Unconfined

    found = servers_of(settings)
    prove_dead(folder.scratch)
    workspace = check_workspace(Path(settings.workspace), private)
    confinement = confined(workspace, folder.scratch, net=settings.net, private=private)
    layers = LAYERS if settings.sandbox else (Unconfined(),)
    toolbox = McpToolbox(found, settings.offers, confinement, layers)
    if settings.offers:
        return toolbox, settings.offers
    print(f"farside: starting the MCP servers {', '.join(settings.mcp)}", file=sys.stderr)
    try:
        return toolbox, toolbox.discover((*catalog(), *OPTIONAL))
    except BaseException:
        toolbox.close()
        raise
