"""Files that hold several records each: one row a file would not do for them. Pure."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Mapping

from farside.tools.figures import NUMBER, Value
from farside.tools.inside.survey.rules import holds, lines, words

MOST = 0.5
"""Share of the files from which what is found in them holds for their shape."""
LABELLED = 0.8
"""Share of the files in which a word that labels a value stands beside it."""
DELIMITERS = ",;\t|"
RUN = re.compile(r"[^\W\d_]+(?:[ \t]+[^\W\d_]+)*")


class SeveralRecords(Exception):
    """The files hold several records each."""


def are_lists(texts: Mapping[str, str]) -> bool:
    """Tell whether most texts are CSV or JSON with several records of the same fields."""
    return sum(map(is_list, texts.values())) > MOST * len(texts)


def is_list(text: str) -> bool:
    """Tell whether a text is CSV or JSON with several records of the same fields."""
    return is_json_list(text) or any(is_csv_list(text, mark) for mark in DELIMITERS)


def is_json_list(text: str) -> bool:
    """Tell whether a text is a JSON list of alike objects, an object with nothing else, or one such object a line."""
    try:
        found = json.loads(text)
    except ValueError:
        try:
            found = [json.loads(line) for line in lines(text)]
        except ValueError:
            return False
    if isinstance(found, dict) and len(found) == 1:
        (found,) = found.values()
    if not isinstance(found, list) or len(found) < 2:
        return False
    return all(isinstance(one, dict) and one.keys() == found[0].keys() for one in found)


def is_csv_list(text: str, mark: str) -> bool:
    """Tell whether the lines below the first have three or more fields each, of the same kinds."""
    try:
        _, *records = csv.reader(lines(text), delimiter=mark, strict=True)
    except (csv.Error, ValueError):
        return False
    kinds = {tuple(kind(field) for field in record) for record in records}
    return len(records) > 1 and len(kinds) == 1 and len(records[0]) > 2


def kind(field: str) -> str:
    """Return whether a field is blank, a number or text."""
    if not field.strip():
        return ""
    return "a" if RUN.search(field) or not NUMBER.search(field) else "9"


def are_items(texts: Mapping[str, str], rows: Mapping[str, Mapping[str, Value | None]]) -> bool:
    """Tell whether in most texts a number of the row was cut from one of several lines of the same shape.

    A line that has a word of its own, which labels the value in nearly all texts, is none of several.
    """
    columns = dict.fromkeys(column for name in texts for column in rows[name])
    return any(_are_items(texts, {name: rows[name][column] for name in texts}) for column in columns)


def _are_items(texts: Mapping[str, str], values: Mapping[str, Value | None]) -> bool:
    sources = {
        name: [line for line in lines(texts[name]) if holds(line, value)]
        for name, value in values.items()
        if value is not None and not isinstance(value, str)
    }
    beside = Counter(word for source in sources.values() for word in {w for line in source for w in words(line)})
    labels = {word for word, count in beside.items() if count >= LABELLED * len(sources)}
    items = [
        name for name, source in sources.items() if source and all(is_item(x, texts[name], labels) for x in source)
    ]
    return len(items) > MOST * len(sources)


def is_item(line: str, text: str, labels: set[str]) -> bool:
    """Tell whether a line of a text has others of its shape beside it, and no label that they have not."""
    others = [other for other in lines(text) if other is not line and outline(other) == outline(line)]
    return bool(others) and not labels & set(words(line)) - {word for other in others for word in words(other)}


def labels(texts: Mapping[str, str]) -> set[str]:
    """Return the words that stand in nearly all texts."""
    found = Counter(word for text in texts.values() for word in {w for line in lines(text) for w in words(line)})
    return {word for word, count in found.items() if count >= LABELLED * len(texts)}


def items(text: str, labels: set[str]) -> list[str]:
    """Return the lines of a text that are some of several."""
    return [line for line in lines(text) if is_item(line, text, labels)]


def outline(line: str) -> str:
    """Return a line with every number and every run of words shortened to one mark, without white space."""
    short = RUN.sub("a", NUMBER.sub("9", line))
    return re.sub(r"(.)\1+", r"\1", re.sub(r"\s+", "", short))
