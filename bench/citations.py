"""Citations: how many faulty sentences each check finds, and how many right ones it refuses, on 40 labelled pairs.

    python -m bench.citations [--model M]

The hard check is counted by itself. The soft check asks a model (default: the embedded one) about each pair in which
the hard check finds no fault, as in a run. The peer is what is often done: a pair passes when half of the words of
the sentence stand in the span. The pairs are in tests/missions/research/pairs.toml. The hard check was written beside
them, so its rate says that it does what it should, not how often the world is like them; test_faults.py, there, also
holds it against every sentence of real documents.
"""

from __future__ import annotations

import argparse
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from farside.agent.loop import asked
from farside.missions.research.faults import faults
from farside.missions.research.judge import Consulted, Judgement
from farside.missions.research.rivals import rivals, spoken
from farside.models.base import Model
from farside.models.catalog import open_model
from farside.tools.base import Question
from tests.missions.research.pairs import Pair, pairs, span

Passes = Callable[[Pair], bool]


@dataclass(frozen=True)
class Row:
    """What one check made of the pairs."""

    check: str
    found: int
    faulty: int
    refused: int
    right: int
    seconds: float

    def text(self) -> str:
        return (
            f"{self.check:<34}{self.found:>4} of {self.faulty:<6}{self.refused:>4} of {self.right:<6}"
            f"{self.seconds:>9.2f} s"
        )


def row(check: str, passes: Passes, chosen: Sequence[Pair]) -> Row:
    """Return how often a check is right and wrong about pairs."""
    began = time.monotonic()
    counted = Counter((pair.supported, passes(pair)) for pair in chosen)
    seconds = time.monotonic() - began
    found, missed = counted[False, False], counted[False, True]
    refused, passed = counted[True, False], counted[True, True]
    return Row(check, found, found + missed, refused, refused + passed, seconds)


def hard(pair: Pair) -> bool:
    return not faults(pair.sentence, [span(pair.span)])


def alike(pair: Pair) -> bool:
    """Pass a pair of which the span holds half of the sentence's words, as a reader who skims would."""
    return bool(rivals(pair.sentence, [], spoken([span(pair.span).page]), 1))


@dataclass
class Soft:
    """The soft check with a model; an answer that cannot be read is counted."""

    model: Model
    said: dict[Pair, bool] = field(default_factory=dict)
    unread: int = 0

    def __call__(self, pair: Pair) -> bool:
        if pair not in self.said:
            self.said[pair] = self._asked(pair)
        return self.said[pair]

    def _asked(self, pair: Pair) -> bool:
        judged: Judgement = Consulted(self.answer)(pair.sentence, [span(pair.span)], [])
        self.unread += judged.says == "no answer"
        print(f"  {judged.says:<14} {pair.kind}: {pair.sentence}", flush=True)
        return judged.says == "supported"

    def answer(self, question: Question) -> str:
        return self.model.reply(asked(question, self.model.profile), lambda part: None, print).message.text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="local", help="the judge: provider/name")
    model = open_model(parser.parse_args().model)
    every = pairs()
    chinese = [pair for pair in every if re.search("[\u4e00-\u9fff]", pair.sentence)]
    soft = Soft(model)
    asked_about = [pair for pair in every if hard(pair)]
    rows = [
        row("hard check", hard, every),
        row("hard check, of these Chinese", hard, chinese),
        row(f"soft check ({model.profile.name})", soft, asked_about),
        row("both", lambda pair: hard(pair) and soft(pair), every),
        row("word overlap (peer)", alike, every),
    ]
    print(f"{'check':<34}{'faults found':>14}{'right ones refused':>20}")
    print("\n".join(each.text() for each in rows))
    print(f"answers of the judge that could not be read: {soft.unread}")
    model.close()


if __name__ == "__main__":
    main()
