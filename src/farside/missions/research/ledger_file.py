"""The claim ledger as JSON, for programs: each claim, its spans to the letter, what the checks found. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from farside.missions.research.claims import Claim, Ledger
from farside.missions.research.document import Document
from farside.missions.research.spans import Span

FORMAT = "farside research ledger 1"


def ledger_file(ledger: Ledger, document: Document, run: str, unfinished: str) -> str:
    """Return the text of the file. Hashes are SHA-256; lines count from 1; `record` names the archive's record."""
    return json.dumps(
        {
            "format": FORMAT,
            "run": run,
            "question": document.question,
            "title": document.title,
            "unfinished": unfinished,
            "sources": [
                {"number": source.number, **_page(source.spans[0]), "title": source.page.title}
                for source in document.sources
            ],
            "claims": [_claim(claim) for claim in ledger.claims],
            "unsettled": [
                {
                    "question": row.question,
                    "sides": [
                        {"text": side.text, "spans": _spans([mark.span for mark in side.marks])} for side in row.sides
                    ],
                }
                for row in document.unsettled
            ],
        },
        ensure_ascii=False,
        indent=1,
    )


def _claim(claim: Claim) -> dict[str, Any]:
    judged = claim.judgement
    return {
        "number": claim.number,
        "section": claim.section,
        "line": claim.sentence.line,
        "sentence": claim.sentence.text,
        "status": claim.status,
        "faults": claim.faults,
        "judge": {"says": judged.says, "why": judged.why},
        "spans": _spans(claim.spans),
        "against": [
            {**span, "why": why}
            for span, (_, why) in zip(_spans([span for span, _ in judged.against]), judged.against, strict=True)
        ],
    }


def _spans(spans: Sequence[Span]) -> list[dict[str, Any]]:
    return [
        {**_page(each), "first": each.first, "last": each.last, "text": each.text, "text_hash": each.hash}
        for each in spans
    ]


def _page(span: Span) -> dict[str, Any]:
    page = span.page
    return {"page": page.name, "record": page.record, "page_hash": page.hash, "read_at": page.read_at}
