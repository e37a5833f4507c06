"""Every prompt of the survey renders, and none holds a word of what the folders of one goal are about."""

from __future__ import annotations

import re
from importlib.resources import files
from string import Template

import pytest

from farside.prompts import render

SURVEY = "farside.tools.inside.survey"
PROMPTS = sorted(path.name for path in (files(SURVEY) / "prompts").iterdir())
SUBJECT = re.compile(
    r"invoice|\bbills?\b|\btotals?\b|customer|\bow(?:e|es|ed)\b|price|currency|dollar|euro|pound|USD|EUR|GBP|[€£]"
    r"|\$(?!\w)",
    re.IGNORECASE,
)


@pytest.mark.parametrize("name", PROMPTS)
def test_a_prompt_renders_and_speaks_of_no_subject(name: str) -> None:
    template = Template((files(SURVEY) / "prompts" / name).read_text())
    text = render(SURVEY, name, **dict.fromkeys(template.get_identifiers(), "(given)"))
    assert text.strip() and not re.search(r"\$\w", text)
    assert SUBJECT.findall(text) == []


def test_the_subject_is_found() -> None:
    assert SUBJECT.findall("Add the totals of all Invoices in $ or EUR.") == ["totals", "Invoice", "$", "EUR"]
