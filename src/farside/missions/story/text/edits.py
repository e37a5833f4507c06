"""Edits of a text as a model writes them, and what they change. Pure.

<<<<
words of the text, to the letter
====
what is to stand in their place
>>>>
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from farside.missions.story.book.chapter import Chapter, Paragraph
from farside.missions.story.text.words import TOKEN, tokens

BLOCK = re.compile(r"^<{4,}[^\n]*\n(.*?)\n?^={4,}[^\n]*\n(.*?)\n?^>{4,}[^\n]*$", re.MULTILINE | re.DOTALL)
PIECE = re.compile(rf"{TOKEN.pattern}|\s+|.", re.DOTALL)
CONTEXT = 24
"""Characters shown on either side of a change."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Words and what stands in their place."""

    old: str
    new: str


class CannotEdit(Exception):
    """An edit does not fit the text; `kind` names why, `words` which one."""

    def __init__(self, kind: str, words: str) -> None:
        super().__init__(f"{kind}: {words}")
        self.kind = kind
        self.words = words


def read_edits(text: str) -> list[Edit]:
    """Return the edits that a reply holds."""
    return [Edit(found[1].strip("\n"), found[2].strip("\n")) for found in BLOCK.finditer(text)]


def applied(text: str, edits: list[Edit]) -> str:
    """Return the text after all edits, each against the text as it was.

    Raises:
        CannotEdit: `nowhere` or `twice`: its words do not stand exactly once; `overlap`: two edits meet.
    """
    spans = sorted((*_span(text, edit.old), edit.new) for edit in edits)
    done, at = [], 0
    for start, end, new in spans:
        if start < at:
            raise CannotEdit("overlap", text[start:end])
        done += [text[at:start], new]
        at = end
    return "".join([*done, text[at:]])


def _span(text: str, old: str) -> tuple[int, int]:
    """Return where words stand in a text; white space may differ."""
    pattern = r"\s+".join(map(re.escape, old.split()))
    found = list(re.finditer(pattern, text)) if pattern else []
    if len(found) != 1:
        raise CannotEdit("twice" if found else "nowhere", old)
    return found[0].span()


def touched(before: Chapter, after: Chapter) -> list[int]:
    """Return the numbers of the paragraphs of the text before that are not the same after."""
    matcher = SequenceMatcher(None, *_texts(before, after), autojunk=False)
    numbers: set[int] = set()
    for tag, start, end, _, _ in matcher.get_opcodes():
        if tag == "insert":
            numbers.add(max(start, 1))  # what is put behind a paragraph belongs to it
        elif tag != "equal":
            numbers.update(range(start + 1, end + 1))
    return sorted(numbers)


def changed(before: str, after: str) -> int:
    """Return how many words were taken out or put in, whichever is more at each place; in Chinese, characters.

    Paragraphs that are the same are left out first: to compare all words of a long chapter takes minutes.
    """
    left, right = (re.split(r"\n\s*\n", text) for text in (before, after))
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    pairs = (
        ("\n".join(left[a:b]), "\n".join(right[c:d])) for tag, a, b, c, d in matcher.get_opcodes() if tag != "equal"
    )
    return sum(_changed_words(tokens(old), tokens(new)) for old, new in pairs)


def _changed_words(before: list[str], after: list[str]) -> int:
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    return sum(max(b - a, d - c) for tag, a, b, c, d in matcher.get_opcodes() if tag != "equal")


def shown(before: Chapter, after: Chapter) -> str:
    """Return what changed, a paragraph a piece: `[-words that went-]{+words that came+}` with a little around."""
    matcher = SequenceMatcher(None, *_texts(before, after), autojunk=False)
    pieces = [
        _piece(before.paragraphs[a:b], after.paragraphs[c:d])
        for tag, a, b, c, d in matcher.get_opcodes()
        if tag != "equal"
    ]
    return "\n\n".join(pieces)


def _texts(before: Chapter, after: Chapter) -> tuple[list[str], list[str]]:
    return [each.text for each in before.paragraphs], [each.text for each in after.paragraphs]


def _piece(old: tuple[Paragraph, ...], new: tuple[Paragraph, ...]) -> str:
    numbers = [each.number for each in old]
    head = (
        f"¶{numbers[0]}–{numbers[-1]}" if len(numbers) > 1 else f"¶{numbers[0]}" if numbers else f"+¶{new[0].number}"
    )
    return f"{head}  " + "".join(_marked("\n\n".join(e.text for e in old), "\n\n".join(e.text for e in new)))


def _marked(old: str, new: str) -> Iterator[str]:
    """Yield the pieces of a text with what went and what came marked, and long same stretches shortened."""
    stretches = list(_stretches(old, new))
    for place, (gone, came) in enumerate(stretches):
        if gone == came:
            yield _shortened(gone, first=place == 0, last=place == len(stretches) - 1)
        else:
            yield (f"[-{gone}-]" if gone else "") + (f"{{+{came}+}}" if came else "")


def _stretches(old: str, new: str) -> Iterator[tuple[str, str]]:
    """Yield (old, new) stretch by stretch; changes with nothing but a space between them are one."""
    left, right = PIECE.findall(old), PIECE.findall(new)
    gone, came = "", ""
    for tag, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        before, after = "".join(left[a:b]), "".join(right[c:d])
        if tag == "equal" and (before.strip() or gone == came):
            if gone != came:
                yield gone, came
            yield before, after
            gone, came = "", ""
        else:
            gone, came = gone + before, came + after
    if gone != came:
        yield gone, came


def _shortened(text: str, *, first: bool, last: bool) -> str:
    if len(text) <= 2 * CONTEXT + 2:
        return text
    head, tail = ("" if first else text[:CONTEXT]), ("" if last else text[-CONTEXT:])
    return f"{head} … {tail}".lstrip() if first else f"{head} … {tail}".rstrip() if last else f"{head} … {tail}"
