"""The hard check of one sentence against the spans that it cites: what of it does not stand there. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from farside.missions.research import dates, names, quantities
from farside.missions.research.addresses import addresses, bare, without, without_bare, words
from farside.missions.research.quotations import quotations, stands
from farside.missions.research.scripts import plain
from farside.missions.research.spans import Span, together
from farside.missions.research.spans import stands as is_verbatim

SMALL = 10
MOST_CHARACTERS = 20_000
MOST = 60
"""Lines that one sentence may cite: a whole page supports nothing in particular."""


def faults(sentence: str, spans: Sequence[Span], known: Sequence[str] = ()) -> tuple[str, ...]:
    """Return what is wrong, each as the end of a sentence; nothing where each number, date and name stands.

    It has to stand in the words of a span: an address holds nothing but itself.

    `known` are words that are no names, in order: `names.ordinary` of further texts.
    """
    if any(not is_verbatim(span) for span in spans):
        return ("a cited span is not what the archive holds",)
    if (count := sum(span.last - span.first + 1 for span in spans)) > MOST:
        return (f"it cites {count} lines, at most {MOST} are read as a proof: cite the lines that say it",)
    text = "\n".join(span.text for span in spans)
    if len(text) > MOST_CHARACTERS:
        return (f"it cites {len(text):,} characters, at most {MOST_CHARACTERS:,} are read as a proof",)
    said, there = words(sentence), without(text)
    apart = without_bare(said)
    quoted, addressed = _quoted(said, together(spans)), _addressed(said, spans)
    return tuple(dict.fromkeys((*quoted, *addressed, *_counted(apart, there), *_named(apart, there, known))))


def unfounded(lead: str, text: str) -> tuple[str, ...]:
    """Return which quotations, dates and numbers of a heading, or of words that lead on, stand nowhere in a text.

    Small whole numbers are let through: they count what follows.
    """
    claimed, held, there = dates.dated(without_bare(lead)), *_held(without(text))
    missing = [f"\u201c{quoted.text}\u201d" for quoted in quotations(words(lead)) if not _is_said(quoted.text, text)]
    missing += [address for address in bare(lead) if address not in addresses(text)]
    missing += [date.written for date in claimed.dates if not dates.stands(date, held, there)]
    figures = quantities.digits(claimed.rest)
    missing += [written for written, value in figures if value not in there and not (0 <= value < SMALL)]
    return tuple(f"{each} stands in nothing that it leads to" for each in missing)


def _held(text: str) -> tuple[tuple[dates.Date, ...], set[float]]:
    """Return the dates of a text and its numbers, those of its dates among them."""
    held = dates.dated(text, order="both").dates
    parts = {float(part) for date in held if date.until is None for part in (date.year, date.month, date.day) if part}
    return held, quantities.present(text) | parts


def _quoted(sentence: str, text: str) -> Iterator[str]:
    for quotation in quotations(sentence):
        if not _is_said(quotation.text, text):
            yield f"the quotation \u201c{quotation.text.strip()}\u201d does not stand there word for word"


def _is_said(quotation: str, text: str) -> bool:
    return stands(quotation, text) or stands(quotation, words(text))


def _addressed(sentence: str, spans: Sequence[Span]) -> Iterator[str]:
    there = {address for span in spans for address in (*addresses(span.text), span.page.name, span.page.address)}
    for address in bare(sentence):
        if address not in there:
            yield f"the address {address} does not stand there"


def _counted(sentence: str, text: str) -> Iterator[str]:
    """Yield the dates and numbers that do not stand in the text."""
    claimed, held, there = dates.dated(sentence), *_held(text)
    for date in claimed.dates:
        if not dates.stands(date, held, there):
            yield f"the date {date.written} does not stand there"
    for written, value in quantities.claimed(claimed.rest):
        if value not in there:
            yield f"the number {written} does not stand there"


def _named(sentence: str, text: str, known: Sequence[str]) -> Iterator[str]:
    for name in names.claimed(sentence, names.ordinary([text]), known):
        if not (names.stands(name, plain(text)) or names.given_too(name, plain(sentence), plain(text))):
            yield f"the name {name} does not stand there"
