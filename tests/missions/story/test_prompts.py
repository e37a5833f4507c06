"""What the mission says: every step in both languages, every sentence with the same values in both."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from string import Template

import pytest

from farside.missions import mission
from farside.missions.story.tasks.steps import STEPS
from farside.missions.story.tasks.task import Task, task_of
from farside.models.base import Profile
from farside.prompts import render

PACKAGE = "farside.missions.story"
NAMES = (
    "system",
    "system_code",
    "again",
    "done",
    *(f"{name}-{step}" for name, steps in STEPS.items() for step in steps),
)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_step_has_its_prompt_and_there_is_no_other(language: str) -> None:
    written = {path.name for path in (files(PACKAGE) / "prompts" / language).iterdir()}
    assert written == {f"{name}.md" for name in NAMES}
    for name in NAMES:
        assert len(render(PACKAGE, f"{language}/{name}.md", words=2500, at_most=10, step="plan")) > 30


def test_both_languages_ask_for_the_same() -> None:
    for name in NAMES:
        english, chinese = (
            Template((files(PACKAGE) / "prompts" / language / f"{name}.md").read_text(encoding="utf-8"))
            for language in ("en", "zh")
        )
        assert sorted(set(english.get_identifiers())) == sorted(set(chinese.get_identifiers())), name
        made = [set(re.findall(r"^=== (\S+)", each.template, re.MULTILINE)) for each in (english, chinese)]
        assert made[0] == made[1], name


@pytest.mark.parametrize("name", ["book/findings.toml", "tasks/said.toml"])
def test_every_sentence_stands_in_both_languages(name: str) -> None:
    table = tomllib.loads((files(PACKAGE) / name).read_text(encoding="utf-8"))
    for kind, sentence in table.items():
        english, chinese = (set(Template(sentence[language]).get_identifiers()) for language in ("en", "zh"))
        assert english == chinese, kind


def test_a_small_model_is_told_to_answer_in_prose() -> None:
    for name, language in (("story", "en"), ("story-zh", "zh")):
        system = mission(name).system(Profile("x", window=16_000, max_tokens=1_024, tools="code"))
        assert system == render(PACKAGE, f"{language}/system_code.md")


def test_a_task_survives_the_journal() -> None:
    asked = Task(
        "revise", 3, "Kürzer; 短一点", "notes/revise-1", "5f2c", (3, 7, 8), 12.5, 2500, ("5f2c a b.md", "77aa c.md")
    )
    assert task_of(asked.options) == asked
    assert all(isinstance(value, str) for _, value in asked.options)
