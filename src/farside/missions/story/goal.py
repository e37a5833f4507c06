"""What a run on a book is told: the task, what of the book it needs, and one step after the other. Pure."""

from __future__ import annotations

from farside.missions.story.book.book import Book, Language
from farside.missions.story.brief import brief
from farside.missions.story.tasks.steps import STEPS
from farside.missions.story.tasks.task import Task, said
from farside.prompts import render


def goal(book: Book, task: Task) -> str:
    """Return the goal of a run: its first line says what is done, the last ones are the first step.

    What the task needs of the book stands in it whole: an output of a tool would be capped, and hidden later.
    """
    what = said(book, f"goal_{task.name}", title=book.title, chapter=task.chapter)
    request = f"=== {said(book, 'request')}\n{task.request}\n\n" if task.request else ""
    return f"{what}\n\n{brief(book, task)}\n\n{request}{asked(book.language, task, next(iter(STEPS[task.name])))}"


def asked(language: Language, task: Task, step: str) -> str:
    """Return what a step asks for."""
    return prompt(language, f"{task.name}-{step}", words=task.words, at_most=f"{task.at_most:g}")


def prompt(language: Language, name: str, **values: object) -> str:
    """Return a prompt of the mission in a language."""
    return render(__package__, f"{language}/{name}.md", **values)
