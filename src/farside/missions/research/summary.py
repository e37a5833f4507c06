"""What a report says first, as the answer that is printed. Pure."""

from __future__ import annotations

from farside.missions.research.document import LABELS, Document, Statement
from farside.missions.research.markdown import places


def summary(document: Document) -> str:
    """Return the sentences of the first section that hold, with numbers, and below them the lines that these name."""
    said = document.summary
    spans = {mark.span: mark.source for each in said for mark in each.marks}
    lines = [
        f"[{source.number}] {source.page.name}: {'; '.join(places(span) for span in source.spans if span in spans)}"
        for source in document.sources
        if source.number in spans.values()
    ]
    text = "\n".join(map(_numbered, said))
    return f"{text}\n\n" + "\n".join(lines) if lines else text


def _numbered(said: Statement) -> str:
    label = f" ({LABELS[said.status]})" if said.status in LABELS else ""
    numbers = sorted({mark.source for mark in said.marks})
    return said.text + label + "".join(f"[{number}]" for number in numbers)
