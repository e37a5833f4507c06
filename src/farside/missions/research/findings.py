"""What a check found, as the model is told it, and as the verifier reads it again. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from farside.missions.research.claims import Claim, Ledger
from farside.missions.research.spans import Page

HEAD = re.compile(
    r"\[judged: (?P<claims>\d+) claims, (?P<hold>\d+) hold, (?P<disputed>\d+) of these disputed; "
    r"report (?P<report>[0-9a-f]{64}), verdicts (?P<verdicts>[0-9a-f]{64})\]"
)
MARK = "What holds of the first section:"
"""Stands above the summary with which the output of judge_report ends."""
TOLD = 40
"""Faults that are told; the others are counted."""


@dataclass(frozen=True, slots=True)
class Found:
    """The first line of what judge_report prints."""

    claims: int
    hold: int
    disputed: int
    report: str
    """SHA-256 of the text that was judged, in the archive."""
    verdicts: str
    """SHA-256 of what the judge said, in the archive."""


def head(ledger: Ledger, report: str, verdicts: str) -> str:
    """Return the line that `found` reads again."""
    hold, disputed = ledger.counted("supported", "disputed"), ledger.counted("disputed")
    return (
        f"[judged: {len(ledger.claims)} claims, {hold} hold, {disputed} of these disputed; "
        f"report {report}, verdicts {verdicts}]"
    )


def found(text: str) -> Found | None:
    """Return what the first line of a check says, or None where it could not check anything."""
    line = HEAD.match(text)
    if line is None:
        return None
    return Found(int(line["claims"]), int(line["hold"]), int(line["disputed"]), line["report"], line["verdicts"])


def summary_in(text: str) -> str:
    """Return the summary that the output of judge_report ends with."""
    return text.rpartition(f"\n{MARK}\n")[2].strip()


def findings(ledger: Ledger, pages: Sequence[Page]) -> str:
    """Return what holds and what does not, a line each."""
    wrong = [claim for claim in ledger.claims if claim.troubles]
    lines = [_counted(ledger, len(wrong)), *map(_line, wrong[:TOLD])]
    if len(wrong) > TOLD:
        lines.append(f"- and {len(wrong) - TOLD} more")
    lines += [_disputed(claim) for claim in ledger.claims if claim.status == "disputed"]
    if any("was not opened" in trouble for claim in wrong for trouble in claim.troubles):
        names = dict.fromkeys(page.name for page in pages)
        lines.append(f"Opened in this run: {', '.join(names) or 'no page of a corpus or of the web'}.")
    return "\n".join(lines)


def _counted(ledger: Ledger, wrong: int) -> str:
    if not ledger.claims:
        return "The report claims nothing yet: it has no sentence to check."
    whole = f"Sentences that claim something: {len(ledger.claims)}."
    return f"{whole} Not holding: {wrong}." if wrong else f"{whole} All hold."


def _line(claim: Claim) -> str:
    cited = ", ".join(map(str, claim.sentence.citations))
    where = f" [[{cited}]]" if cited else ""
    return f"- line {claim.sentence.line}, {_short(claim.sentence.text)}{where}: {'; '.join(claim.troubles)}."


def _disputed(claim: Claim) -> str:
    told = "; ".join(f"{span.page.name}:{span.first}-{span.last} ({why})" for span, why in claim.judgement.against)
    return f"- line {claim.sentence.line}, {_short(claim.sentence.text)}: another source contradicts it: {told}"


def _short(text: str) -> str:
    return f'"{text[:80]}{"…" * (len(text) > 80)}"'
