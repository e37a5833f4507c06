"""What a call brought, as text: images, sounds and other data are named, not sent."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from farside.tools.printable import escaped

if TYPE_CHECKING:
    from mcp_types import CallToolResult, ContentBlock


def text_of(result: CallToolResult) -> str:
    """Return everything that a result holds; structured content only where its text does not say the same."""
    parts = [_block(block) for block in result.content]
    structured = result.structured_content
    if structured is not None and not any(_says(block, structured) for block in result.content):
        parts.append(json.dumps(structured, ensure_ascii=False, indent=1))
    return escaped("\n".join(parts).encode(errors="replace")) or "(no output)"


def _block(block: ContentBlock) -> str:
    if block.type == "text":
        return block.text
    if block.type == "image" or block.type == "audio":
        return f"[{block.type}, {block.mime_type}, {_bytes(block.data)}: it cannot be shown here]"
    if block.type == "resource_link":
        about = ", ".join(part for part in (block.mime_type, block.description) if part)
        return f"[resource {block.name}: {block.uri}{f' ({about})' if about else ''}]"
    resource = block.resource
    text = getattr(resource, "text", None)
    if text is not None:
        return f"[resource {resource.uri}]\n{text}"
    kind = resource.mime_type or "data"
    return f"[resource {resource.uri}, {kind}, {_bytes(getattr(resource, 'blob', ''))}: it cannot be shown here]"


def _bytes(encoded: str) -> str:
    return f"{len(encoded) * 3 // 4 - encoded[-2:].count('='):,} bytes"


def _says(block: ContentBlock, structured: dict[str, Any]) -> bool:
    """Tell whether a block is the structured content as text; a plain value is wrapped there as its `result`."""
    if block.type != "text":
        return False
    values = [structured, structured["result"]] if structured.keys() == {"result"} else [structured]
    try:
        return block.text in values or json.loads(block.text) in values
    except (ValueError, RecursionError):
        return False
