"""A well-behaved server, with the package's own server side. `KIND_*` in its environment changes what it does."""

import os
import sys
from pathlib import Path
from typing import Any

from mcp.server import MCPServer
from mcp.server.mcpserver import Context, Image
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations

server = MCPServer("kind")
count = 0


@server.tool(annotations=ToolAnnotations(read_only_hint=True))
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@server.tool(annotations=ToolAnnotations(idempotent_hint=True))
def write(path: str, text: str) -> str:
    """Write a file."""
    Path(path).write_text(text)
    return "written"


@server.tool()
def environment() -> str:
    """Show the environment and the key."""
    return "\n".join(f"{name}={value}" for name, value in sorted(os.environ.items()))


@server.tool()
def look(path: str) -> str:
    """Read a file."""
    try:
        return Path(path).read_text()
    except OSError as error:
        raise ToolError(str(error)) from error


@server.tool()
def picture() -> Image:
    """Show a picture."""
    return Image(data=b"\x89PNG" + bytes(96), format="png")


@server.tool()
def table() -> dict[str, Any]:
    """Return structured content."""
    return {"rows": [{"a": 1}, {"a": 2}]}


@server.tool()
def fail() -> str:
    """Raise an error."""
    raise ToolError(f"refused: {os.environ.get('SERVICE_TOKEN', '')}")


@server.tool()
async def grow(context: Context) -> str:
    """Get another tool in the middle of a run."""

    def fresh() -> str:
        """A new one."""
        return "fresh"

    server.add_tool(fresh)
    server.remove_tool("look")
    await context.session.send_tool_list_changed()
    return "grown"


if __name__ == "__main__":
    if len(sys.argv) > 1:
        server.run("streamable-http", host="127.0.0.1", port=int(sys.argv[1]))
    else:
        server.run("stdio")
