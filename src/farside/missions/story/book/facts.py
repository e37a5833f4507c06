"""Facts of a chapter, drawn from its final text: each with the words of the text that say so. Pure.

    # Facts of chapter 1
    - drawn from: 5f2c…            hash of the text
    - day | 1 | "the first day of term"
    - person | Ines Marrow | age = 16 | "…"
    - place | The pump house | "…"
    - object | Valve key | held by Ines Marrow | "…"
    - knows | Teo Aldous | K2 | "…"
    - seed | S1 | planted | "…"

Forms in Chinese have the same fields: 日, 人物, 地点, 物件, 知情, 伏笔.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from farside.missions.story.book.finding import Finding
from farside.missions.story.book.ledger import unquoted
from farside.missions.story.book.page import lines_of

KINDS = {
    **dict.fromkeys(("day", "日", "日期"), "day"),
    **dict.fromkeys(("person", "人物"), "person"),
    **dict.fromkeys(("place", "地点"), "place"),
    **dict.fromkeys(("object", "物件", "物品"), "object"),
    **dict.fromkeys(("knows", "知情"), "knows"),
    **dict.fromkeys(("seed", "伏笔"), "seed"),
}
DRAWN = re.compile(r"[-*]\s*(?:drawn from|取自)\s*[:：]\s*(\w+)")
LINE = re.compile(r"[-*]?\s*([^|｜]+?)\s*[|｜]\s*(.*)$")
HELD = re.compile(r"(?:held by|passes to|由|交给)\s*[:：]?\s*(.+?)(?:持有)?$")


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact."""

    kind: str
    subject: str
    detail: str
    """`age = 16`, `held by Ines Marrow`, `K2`, `planted`; "" = it is only there."""
    words: str
    """The quotation."""
    line: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What was drawn from one chapter."""

    file: str
    drawn_from: str
    """`hashed` of the text that they were drawn from."""
    facts: tuple[Fact, ...]
    wrong: tuple[Finding, ...] = ()
    """Lines that are no fact."""


def hashed(text: str) -> str:
    """Return a short hash of a chapter's text; spaces at the ends of lines do not count."""
    lines = "\n".join(line.rstrip() for line in text.strip().splitlines())
    return hashlib.sha256(lines.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def read_facts(file: str, text: str) -> Facts:
    """Return the facts that a file, or a reply of a model, lists."""
    drawn, facts, wrong = "", list[Fact](), list[Finding]()
    for number, line in enumerate(lines_of(text), 1):
        if found := DRAWN.match(line.strip()):
            drawn = found[1]
        elif re.match(r"\s*[-*]\s", line) or "|" in line or "｜" in line:
            fact = _fact(line.strip(), number)
            if fact:
                facts.append(fact)
            else:
                wrong.append(Finding("no_fact", file, number, line.strip()[:80]))
    return Facts(file, drawn, tuple(facts), tuple(wrong))


def written(number: int, drawn_from: str, facts: tuple[Fact, ...], language: str) -> str:
    """Return facts as a file."""
    head, key = ("# 第{}章的事实", "取自") if language == "zh" else ("# Facts of chapter {}", "drawn from")
    lines = [" | ".join(part for part in (fact.kind, fact.subject, fact.detail) if part) for fact in facts]
    rows = [f'- {line} | "{fact.words}"' for line, fact in zip(lines, facts, strict=True)]
    return "\n".join([head.format(number), f"- {key}: {drawn_from}", "", *rows]) + "\n"


def holder(fact: Fact) -> str:
    """Return who holds an object by this fact, or ""."""
    found = HELD.search(fact.detail)
    return found[1].strip() if found else ""


def passes(fact: Fact) -> bool:
    """Tell whether the object changes hands in this fact."""
    return bool(re.match(r"passes to|交给", fact.detail))


def _fact(line: str, number: int) -> Fact | None:
    found = LINE.match(line)
    kind = KINDS.get(found[1].strip().lower()) if found else None
    if found is None or kind is None:
        return None
    parts = [part.strip() for part in re.split(r"[|｜]", found[2])]
    if len(parts) not in (2, 3) or not all(parts):
        return None
    return Fact(kind, parts[0], parts[1] if len(parts) == 3 else "", unquoted(parts[-1]), number)
