"""How much a text repeats itself. Pure.

- `repeated`: the share of n-grams that stood before, 1 - distinct / all. seq-rep-n of Welleck et al., Neural Text
  Generation with Unlikelihood Training, ICLR 2020.
- `distinct`: distinct n-grams / all n-grams. distinct-n of Li et al., A Diversity-Promoting Objective Function for
  Neural Conversation Models, NAACL 2016.
- `variety`: the moving-average type-token ratio, MATTR, of Covington and McFall, Cutting the Gordian Knot, Journal of
  Quantitative Linguistics 17 (2010): the mean share of distinct words in every window of a fixed length.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from farside.missions.story.book.book import Language
from farside.missions.story.text.words import function_words, sentences, tokens

WINDOW = 100
"""Words of one window of `variety`."""
LENGTHS: dict[Language, tuple[int, int]] = {"en": (3, 7), "zh": (4, 10)}
"""The shortest and the longest phrase that is looked for, in words or characters."""
OFTEN = 3
"""How often a phrase stands in one chapter before it is named; an opening of sentences twice that."""


@dataclass(frozen=True, slots=True)
class Repeated:
    """A phrase and how often it stands."""

    phrase: str
    times: int


def ngrams(words: Sequence[str], n: int) -> list[tuple[str, ...]]:
    """Return all runs of n words."""
    return [tuple(words[at : at + n]) for at in range(len(words) - n + 1)]


def repeated(words: Sequence[str], n: int) -> float:
    """Return the share of n-grams that stood before, 0 to 1; 0 for a text that is too short to have two."""
    return 1 - distinct(words, n)


def distinct(words: Sequence[str], n: int) -> float:
    """Return distinct n-grams / all n-grams; 1 for a text that has none."""
    grams = ngrams(words, n)
    return len(set(grams)) / len(grams) if grams else 1.0


def variety(words: Sequence[str], window: int = WINDOW) -> float:
    """Return MATTR, 0 to 1; a shorter text is one window."""
    if len(words) <= window:
        return len(set(words)) / len(words) if words else 1.0
    held = Counter(words[:window])
    total = len(held)
    for left, right in zip(words, words[window:], strict=False):
        held[right] += 1
        held[left] -= 1
        if not held[left]:
            del held[left]
        total += len(held)
    return total / ((len(words) - window + 1) * window)


def overused(paragraphs: Iterable[str], language: Language) -> list[Repeated]:
    """Return the phrases that stand at least `OFTEN` times, the longest of each, most frequent first.

    A phrase lies within one sentence and has two words that are no function words.
    """
    shortest, longest = LENGTHS[language]
    empty = function_words(language)
    counts: Counter[tuple[str, ...]] = Counter()
    for sentence in (sentence for paragraph in paragraphs for sentence in sentences(paragraph)):
        words = tokens(sentence)
        for n in range(shortest, longest + 1):
            counts.update(gram for gram in ngrams(words, n) if sum(word not in empty for word in gram) > 1)
    often = {gram: times for gram, times in counts.items() if times >= OFTEN}
    inner = {part for gram in often for n in range(shortest, len(gram)) for part in ngrams(gram, n)}
    found = [Repeated(_joined(gram, language), often[gram]) for gram in often.keys() - inner]
    return sorted(found, key=lambda each: (-each.times, each.phrase))


def openings(paragraphs: Iterable[str], language: Language) -> list[Repeated]:
    """Return the two words (three characters) with which sentences begin again and again."""
    length = 2 if language == "en" else 3
    starts = [tuple(tokens(each)[:length]) for paragraph in paragraphs for each in sentences(paragraph)]
    counts = Counter(start for start in starts if len(start) == length)
    often = [Repeated(_joined(start, language), times) for start, times in counts.items() if times >= 2 * OFTEN]
    return sorted(often, key=lambda each: (-each.times, each.phrase))


def runs(paragraphs: Iterable[str]) -> int:
    """Return the length of the longest run of sentences that begin with the same word."""
    starts = [words[0] for paragraph in paragraphs for each in sentences(paragraph) if (words := tokens(each))]
    longest = run = min(len(starts), 1)
    for before, now in pairwise(starts):
        run = run + 1 if before == now else 1
        longest = max(longest, run)
    return longest


def _joined(words: Sequence[str], language: Language) -> str:
    return ("" if language == "zh" else " ").join(words)
