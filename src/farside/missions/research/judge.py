"""The soft check: a model says whether spans support a sentence, and whether other passages contradict it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol

from farside.arguments import object_of
from farside.errors import FarsideError
from farside.missions.research.spans import Span
from farside.models.base import Rejected
from farside.prompts import render
from farside.tools.base import Question

SCHEMA = """{"type": "object", "additionalProperties": false, "required": ["why", "answer"], "properties": \
{"why": {"type": "string", "maxLength": 300}, "answer": {"type": "string", "enum": ["yes", "no"]}}}"""
QUESTIONS = {
    "supports": "Do the passages say what the sentence says?",
    "contradicts": "Does the passage contradict the sentence?",
}
"""Stands last; what it means stands in the system prompt, which is the same for every sentence and so is cached."""
ROOM = 8_192
"""Tokens of an answer; a thinking model's thoughts are among them."""

PATIENCE = 2
"""Errors in a row after which it is not asked again: each may have taken minutes of retries."""

Says = Literal["supported", "not supported", "no answer", "not asked"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was said of one sentence."""

    says: Says = "not asked"
    why: str = ""
    against: tuple[tuple[Span, str], ...] = ()
    """Passages of other sources that contradict it, each with the reason."""


class Judge(Protocol):
    """Whoever judges."""

    def __call__(self, sentence: str, spans: Sequence[Span], rivals: Sequence[Span]) -> Judgement:
        """Judge one sentence against the spans that it cites, and hold it against passages of other sources."""
        ...


def nobody(sentence: str, spans: Sequence[Span], rivals: Sequence[Span]) -> Judgement:
    """Judge nothing: for a check that costs nothing."""
    return Judgement()


@dataclass(slots=True)
class Consulted:
    """Implements `Judge` by asking a model. An error, or an answer that cannot be read, is no support."""

    consult: Callable[[Question], str]
    _errors: list[str] = field(default_factory=list)
    """Of the last questions, without an answer in between."""
    _schema: str = SCHEMA

    def __call__(self, sentence: str, spans: Sequence[Span], rivals: Sequence[Span]) -> Judgement:
        """Ask about support, and only of what is supported whether others contradict it."""
        said, why = self._asked("supports", sentence, spans)
        found = {"yes": Judgement("supported", why), "no": Judgement("not supported", why)}.get(
            said, Judgement("no answer", why)
        )
        if found.says != "supported":
            return found
        answers = ((rival, self._asked("contradicts", sentence, [rival])) for rival in rivals)
        return replace(found, against=tuple((rival, why) for rival, (said, why) in answers if said == "yes"))

    def _asked(self, about: str, sentence: str, spans: Sequence[Span]) -> tuple[str, str]:
        """Return `yes`, `no`, or "" where there is no answer, and the reason."""
        passages = "\n\n".join(map(_shown, spans))
        text = render(__package__, "judged.md", sentence=sentence, passages=passages, question=QUESTIONS[about])
        question = Question(text, render(__package__, f"{about}.md"), self._schema, ROOM)
        if len(self._errors) < PATIENCE:
            try:
                answer = self._answer(question)
            except FarsideError as error:
                self._errors.append(str(error))
            else:
                self._errors.clear()
                return read(answer)
        return "", f"the judge could not be asked: {self._errors[-1]}"

    def _answer(self, question: Question) -> str:
        """Return the answer; a peer that takes no schema is asked without one, from here on."""
        try:
            return self.consult(question)
        except Rejected:
            if not question.schema:
                raise
        self._schema = ""
        return self.consult(replace(question, schema=""))


def read(answer: str) -> tuple[str, str]:
    """Return `yes` or `no`, and why; "" and what was said where it is neither."""
    found = object_of(answer[answer.find("{") : answer.rfind("}") + 1]) or {}
    said = str(found.get("answer", "")).strip().lower()
    if said not in ("yes", "no"):
        return "", f"the judge's answer cannot be read: {' '.join(answer.split())[:120]!r}"
    return said, " ".join(str(found.get("why", "")).split())


def _shown(span: Span) -> str:
    """Return a passage with a mark before each line, so that nothing in it looks like the end of it."""
    lines = "\n".join(f"> {line}" for line in span.text.split("\n"))
    return f"{span.page.name}, lines {span.first} to {span.last} of {span.page.title!r}:\n{lines}"
