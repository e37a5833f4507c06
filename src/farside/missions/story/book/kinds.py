"""What the files of a book may hold, as data: form.toml, and an entry read by it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from farside.missions.story.book.finding import Finding
from farside.missions.story.book.page import Entry, Field


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of entry."""

    required: tuple[str, ...]
    names: dict[str, tuple[str, ...]]
    """Under which names each field may be written."""

    def field(self, written: str) -> str | None:
        """Return the field that a written key names."""
        return next((field for field, names in self.names.items() if written in names), None)

    def written(self, field: str, language: str) -> tuple[str, ...]:
        """Return the names of a field, the one that is written in a language first."""
        names = self.names[field]
        return names[::-1] if language == "zh" else names

    def closest(self, written: str) -> str:
        """Return the name that was probably meant, or ""."""
        names = [name for group in self.names.values() for name in group]
        return next(iter(get_close_matches(written, names, 1, 0.6)), "")


@cache
def kind(name: str) -> Kind:
    """Return a kind of entry by its name in form.toml."""
    table = tomllib.loads(Path(__file__).with_name("form.toml").read_text(encoding="utf-8"))[name]
    fields = {field: tuple(names) for field, names in table.get("fields", {}).items()}
    return Kind(tuple(table["required"]), fields)


def canonical(name: str, path: str, entry: Entry) -> tuple[Entry, list[Finding]]:
    """Return an entry with its fields under their own names, and what is wrong with its form."""
    form, fields, wrong = kind(name), list[Field](), list[Finding]()
    for field in entry.fields:
        known = form.field(field.key)
        if known is None:
            wrong.append(Finding("unknown_field", path, field.line, field.key, form.closest(field.key) or _all(form)))
        elif any(other.key == known for other in fields):
            wrong.append(Finding("field_twice", path, field.line, field.key, entry.name))
        else:
            fields.append(replace(field, key=known))
    read = replace(entry, fields=tuple(fields))
    wrong += [
        Finding("missing_field", path, entry.line, form.names[field][0], entry.name or path)
        for field in form.required
        if not read.value(field)
    ]
    return read, wrong


def _all(form: Kind) -> str:
    return ", ".join(names[0] for names in form.names.values())
