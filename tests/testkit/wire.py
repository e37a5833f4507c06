"""A plain client of the loopback peer, apart from farside's own."""

import json
from typing import Any

import httpx

from farside.testkit.endpoint import Endpoint

Said = dict[str, Any]


def post(endpoint: Endpoint, body: Said) -> httpx.Response:
    return httpx.post(f"{endpoint.base_url}/chat/completions", json=body, timeout=5)


def chunks(response: httpx.Response) -> list[Said]:
    """Return the parsed chunks of a stream, without [DONE]."""
    data = [line.removeprefix("data: ") for line in response.text.split("\n") if line.startswith("data: ")]
    assert data.pop() == "[DONE]"
    return [json.loads(each) for each in data]


def body(*messages: Said, **fields: Any) -> Said:
    return {
        "model": "kimi-k2.6",
        "messages": list(messages) or [user("go")],
        "max_tokens": 100,
        "stream": True,
        **fields,
    }


def user(text: str) -> Said:
    return {"role": "user", "content": text}


def calling(*ids: str, **fields: Any) -> Said:
    """An assistant message that calls `name` of each `functions.name:idx`."""
    calls = [
        {"id": each, "type": "function", "function": {"name": each.split(".")[1].split(":")[0], "arguments": "{}"}}
        for each in ids
    ]
    return {"role": "assistant", "reasoning_content": "", "tool_calls": calls, **fields}


def result(call_id: str, text: str = "out") -> Said:
    return {"role": "tool", "tool_call_id": call_id, "name": "python", "content": text}
