"""The names by which a model calls the tools of servers: `<server>_<tool>`, valid everywhere, each one once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

LONGEST = 64
VALID = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]{2,63}")


def names(tools: Iterable[tuple[str, str]], taken: Iterable[str]) -> dict[tuple[str, str], str]:
    """Return the name of each (server, tool). `taken` are farside's own: none of them is ever hidden.

    What no name of a Python function holds becomes `_`; where that makes two alike, or one is too long, a hash of the
    server's own name tells them apart, so that a name depends on no order but that of `tools`.
    """
    used, found = set(taken), {}
    for server, tool in tools:
        plain = re.sub(r"[^a-zA-Z0-9_]", "_", f"{server}_{tool}")
        mark = "_" + hashlib.sha256(f"{server}\0{tool}".encode("utf-8", "surrogatepass")).hexdigest()[:8]
        name = plain if VALID.fullmatch(plain) and plain not in used else plain[: LONGEST - len(mark)] + mark
        used.add(name)
        found[server, tool] = name
    return found
