"""A second look at a text that stands in files of one shape alone, where those of another shape stand in both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from farside.tools.figures import stands
from farside.tools.inside.survey.asking import Asker, fenced
from farside.tools.inside.survey.readings import Columns
from farside.tools.inside.survey.tabulate import Study


def look_again(ask: Asker, studies: Sequence[Study], wanted: Columns) -> None:
    """Let the model choose between what it read and what was read in files of other shapes, where both stand.

    What a column names is the same in all shapes: if no file of another shape holds what was read in one, but the
    files of this one hold what was read there, one of the two was misread.

    Raises:
        Refused: the model does not answer.
    """
    for column in (column for column, kind in wanted.items() if kind == "text"):
        for study in studies:
            rest = [other for other in studies if other is not study]
            if study.opinions.get(column) and not _occur(_named([study], column), rest):
                _choose(ask, study, column, _named(rest, column))


def _named(studies: Iterable[Study], column: str) -> set[str]:
    """Return the texts that the best opinions of these shapes find."""
    best = [study.opinions[column][0] for study in studies if study.opinions.get(column)]
    return {value for opinion in best for value in opinion.values if isinstance(value, str)}


def _occur(values: Iterable[str], studies: Sequence[Study]) -> bool:
    return any(stands(value, text) for value in values for study in studies for text in study.texts.values())


def _choose(ask: Asker, study: Study, column: str, named: set[str]) -> None:
    """Put in what the model would rather have, and learn the column anew."""
    changed = False
    for name, reading in study.readings.items():
        here = [value for value in named if stands(value, study.texts[name])]
        if len(here) == 1 and _is_rather(ask, here[0], str(reading[column]), column, (name, study.texts[name])):
            study.readings[name] = {**reading, column: here[0]}
            changed = True
    if changed:
        study.learn(column)


def _is_rather(ask: Asker, one: str, other: str, column: str, file: tuple[str, str]) -> bool:
    """Tell whether the model takes the one, whichever of both it is shown first."""
    name, text = file
    values = {"name": name, "text": fenced(text), "column": column}
    return all(
        _answer(ask, {**values, "first": first, "second": second}, column) == one
        for first, second in ((one, other), (other, one))
    )


def _answer(ask: Asker, values: Mapping[str, object], column: str) -> object:
    choice = {"enum": [values["first"], values["second"]]}
    schema = {"type": "object", "properties": {column: choice}, "required": [column], "additionalProperties": False}
    answer = ask.json("choose.md", values, schema, max_tokens=60)
    return answer.get(column) if isinstance(answer, dict) else None
