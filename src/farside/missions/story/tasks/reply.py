"""Reading the replies of the steps: choices, alternatives, files. Pure."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from farside.missions.story.text.words import count, tokens

ALTERNATIVE = re.compile(
    r"^(?:#{1,4}\s*)?(?:\*\*)?(?:(?:opening|reading|idea|开头|方向|想法)\s*)?(\d{1,2})\s*(?:[.、:：)）]|\s*$|\s+\S)",
    re.M | re.I,
)
FILE = re.compile(r"^={3,}[ \t]*([\w./-]+\.md)[ \t]*=*[ \t]*$", re.MULTILINE)
FENCE = re.compile(r"\A\s*```\w*\n(.*?)\n```\s*\Z", re.DOTALL)
LEAST = 8
"""Words of the shortest alternative."""
ALIKE = 0.8
"""From this share of same words on two texts are one."""


def alternatives(text: str) -> list[str]:
    """Return what stands under headings numbered 1, 2, 3 …, in order."""
    starts, wanted = [], 1
    for found in ALTERNATIVE.finditer(text):
        if int(found[1]) == wanted:
            starts.append(found.start())
            wanted += 1
    ends = [*starts[1:], len(text)]
    return [text[start:end].strip() for start, end in zip(starts, ends, strict=False)]


def different(texts: list[str]) -> list[str]:
    """Return those that say something, and not what an earlier one says."""
    found: list[str] = []
    for text in texts:
        words = tokens(text)
        ratios = (SequenceMatcher(None, tokens(other), words, autojunk=False).ratio() for other in found)
        if count(text) >= LEAST and all(ratio < ALIKE for ratio in ratios):
            found.append(text)
    return found


def chosen(text: str, among: int) -> int | None:
    """Return the first number from 1 to `among` that a reply names."""
    return next((number for number in map(int, re.findall(r"\d+", text)) if 1 <= number <= among), None)


def files(text: str) -> dict[str, str]:
    """Return the files of a reply, each under a line `=== path.md`."""
    marks = list(FILE.finditer(text))
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    return {
        mark[1]: unfenced(text[mark.end() : end].strip("\n")).rstrip() + "\n"
        for mark, end in zip(marks, ends, strict=False)
    }


def unfenced(text: str) -> str:
    """Return a text without a Markdown fence around all of it."""
    found = FENCE.match(text)
    return found[1] if found else text


def numbers(text: str) -> list[int]:
    """Return the whole numbers of a text, ranges such as 3-5 spelled out."""
    found: list[int] = []
    for first, last in re.findall(r"(\d{1,4})(?:\s*[-–—~～至到]\s*(\d{1,4}))?", text):
        found += range(int(first), min(int(last or first), int(first) + 999) + 1)
    return found
