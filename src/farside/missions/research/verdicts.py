"""What a judge said, kept in the archive by claim and spans, so that it need not be asked again. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from farside.missions.research.citation import Citation
from farside.missions.research.claims import Ledger
from farside.missions.research.judge import Judgement
from farside.missions.research.spans import NoSpan, Page, Span, cut


def written(ledger: Ledger) -> bytes:
    """Return all judgements of a ledger as JSON."""
    rows = {
        _key(claim.sentence.text, claim.spans): {
            "says": claim.judgement.says,
            "why": claim.judgement.why,
            "against": [
                [span.page.name, span.page.hash, span.first, span.last, why] for span, why in claim.judgement.against
            ],
        }
        for claim in ledger.claims
        if claim.judgement.says != "not asked"
    }
    return json.dumps(rows, ensure_ascii=False, indent=1).encode(errors="replace")


@dataclass(frozen=True, slots=True)
class Kept:
    """Implements `Judge` by what was said before; of what is new it says nothing."""

    rows: dict[str, Any]
    pages: Sequence[Page]

    def __call__(self, sentence: str, spans: Sequence[Span], rivals: Sequence[Span]) -> Judgement:
        """Return the judgement of this very sentence with these very spans."""
        row = self.rows.get(_key(sentence, spans))
        if row is None:
            return Judgement()
        found = ((self._span(*place), why) for *place, why in row["against"])
        return Judgement(row["says"], row["why"], tuple((span, why) for span, why in found if span))

    def _span(self, name: str, hash_: str, first: int, last: int) -> Span | None:
        try:
            return cut(Citation(name, first, last), [page for page in self.pages if page.hash == hash_])
        except NoSpan:
            return None


def _key(sentence: str, spans: Sequence[Span]) -> str:
    cited = [f"{span.page.name}\0{span.page.hash}\0{span.first}\0{span.last}" for span in spans]
    return hashlib.sha256("\0\0".join([sentence, *cited]).encode(errors="replace")).hexdigest()
