"""The pages that a run has opened, read from its archive."""

from __future__ import annotations

import json

from farside.agent.archive import Archive
from farside.missions.research.spans import Page


def pages(archive: Archive) -> tuple[Page, ...]:
    """Return the sources that were opened, in order; files of the workspace are none: the agent writes these itself.

    Raises:
        FarsideError: the archive is damaged.
    """
    found = (_page(record, archive) for record in archive.records())
    return tuple(page for page in found if page is not None)


def _page(record: str, archive: Archive) -> Page | None:
    told = json.loads(archive.get(record))
    address = told.get("address", "")
    if not address and "corpus" not in told:
        return None
    name = address or f"{told['corpus']}:{told['file']}"
    text = archive.get(told["text"]).decode()
    return Page(name, record, told["text"], told["read_at"], text, told.get("final_address", address))
