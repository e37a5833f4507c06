"""A server in plain Python that misbehaves as its arguments say: `rude.py HOW [FOLDER]`. Quick to start."""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

how = sys.argv[1] if len(sys.argv) > 1 else ""
folder = Path(sys.argv[2] if len(sys.argv) > 2 else ".")
ODD_SCHEMA = {
    "type": "object",
    "anyOf": [{"properties": {"x": True, "y": {"$ref": "#/$defs/y"}}}],
    "$defs": {"y": {"enum": ["a", None]}},
}


def tell(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
    sys.stdout.flush()


def tool(name: str, schema: Any = None, **more: Any) -> dict[str, Any]:
    return {"name": name, "description": f"Does {name}.", "inputSchema": schema or {"type": "object"}, **more}


def tools() -> list[dict[str, Any]]:
    if how == "odd":
        return [tool("file"), tool("a/b c"), tool("a?b c"), tool("x" * 100), tool("schema", ODD_SCHEMA)]
    if how == "endless":
        return [tool("work", title="x" * 3 * 2**20)]
    if how == "many":
        return [tool(f"t{number}") for number in range(200)]
    return [tool("work", annotations={"readOnlyHint": True}), tool("act")]


def starts() -> int:
    """Count the starts of this server in a file, as it has no other memory."""
    file = folder / "starts"
    count = int(file.read_text()) + 1 if file.exists() else 1
    file.write_text(str(count))
    return count


def call(number: int, name: str) -> None:
    """Answer one call, or not."""
    (folder / "calls").open("a").write(f"{name}\n")
    if how == "hangs":
        time.sleep(600)
    if how == "slow":
        time.sleep(0.8)
    if how == "dies" or (how == "dies-once" and number_of_start == 1):
        print("out of cheese", file=sys.stderr, flush=True)
        os._exit(3)
    if how == "floods":
        while True:
            sys.stdout.write("x" * 65536)
    if how == "chatters":
        while True:
            tell({"method": "notifications/message", "params": {"level": "info", "data": "y" * 60000}})
    if how == "asks":
        while True:
            tell({"id": "q", "method": "ping"})
    if how == "shouts":
        for _ in range(200):
            sys.stderr.write("z" * 65536 + "\n")
    if how == "garbage":
        print("\n".join(["this is no message"] * 5), flush=True)
        time.sleep(600)
    if how == "wrong":
        tell({"id": number, "result": {"content": "not a list"}})
    text = f"done in start {number_of_start}"
    tell({"id": number, "result": {"content": [{"type": "text", "text": text}]}})


if how == "silent":
    time.sleep(600)
if how == "broken":
    sys.exit("Traceback: no module named cheese")
number_of_start = starts()
print("Welcome to the rude server!")
for line in sys.stdin:
    message = json.loads(line)
    match message["method"]:
        case "initialize":
            info = {"name": "rude", "version": "1"}
            result = {"protocolVersion": "2025-06-18", "capabilities": {"tools": {}}, "serverInfo": info}
            tell({"id": message["id"], "result": result})
        case "tools/list":
            more = {"nextCursor": "on"} if how == "endless" else {}
            tell({"id": message["id"], "result": {"tools": tools(), **more}})
        case "tools/call":
            call(message["id"], message["params"]["name"])
