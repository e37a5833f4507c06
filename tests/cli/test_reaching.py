"""`farside run --corpus`: folders that the agent may search, from the command line and from the config file."""

from __future__ import annotations

from pathlib import Path

import pytest

from farside.agent.codec import decode
from farside.agent.events import Briefed, CallFinished, RunCreated, Settings
from tests.cli.command import Farside

SEARCH = {"calls": [{"name": "search", "arguments": {"query": "rough"}}]}
OPEN = {"calls": [{"name": "open_page", "arguments": {"page": "notes:moon.md"}}]}
WEB = {"calls": [{"name": "open_page", "arguments": {"page": "http://127.0.0.1:1/"}}]}


@pytest.fixture
def notes(farside: Farside, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(farside.folder / "cache"))
    notes = farside.folder / "notes"
    notes.mkdir()
    (notes / "moon.md").write_text("# Moon\nThe far side is rough.\n")
    (notes / "broken.bin").write_bytes(b"\0\0")
    return notes


def outputs(farside: Farside) -> list[str]:
    return [event.text for event in farside.events() if isinstance(event, CallFinished)]


def test_a_run_searches_its_corpora_also_after_it_was_stopped(farside: Farside, notes: Path) -> None:
    model = farside.script("look", SEARCH, OPEN, WEB, {"text": "It is rough."})
    done = farside("run", "Is it rough?", "--model", model, "--corpus", str(notes), "--max-steps", "2")
    assert "1 file of notes cannot be searched (broken.bin: it is binary: no text, HTML or PDF)" in done.err
    again = farside("resume", "last", "--max-steps", "9")
    assert (again.code, again.out) == (0, "It is rough.\n")
    found, opened, web = outputs(farside)
    assert "notes:moon.md:1-2" in found and "2\tThe far side is rough." in opened
    assert "no network" in web
    archived = opened.partition("archived as ")[2].partition("]")[0]
    assert (farside.last.blobs / archived).exists()


def test_the_config_file_names_corpora_for_every_run(
    farside: Farside, notes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (notes.parent / "other").mkdir()
    config = farside.folder / "config.toml"
    config.write_text(f'[corpora]\nlunar = "{notes}"\npapers = "{notes}"\n')
    monkeypatch.setenv("FARSIDE_CONFIG", str(config))
    model = farside.script("look", SEARCH, {"text": "Rough."})
    assert farside("run", "Is it?", "--model", model, "--corpus", f"papers={notes.parent / 'other'}").code == 0
    assert "Searched lunar (1 file): 1 passage matches" in outputs(farside)[0]
    assert "Searched papers (0 files): 0 hits." in outputs(farside)[0]


CODE = {"profile": {"tools": "code"}}
BLOCK = {"text": "I look.\n```python\nprint(search('rough', place='notes'))\n```"}


def test_a_model_that_writes_code_is_told_of_the_functions_and_calls_them(farside: Farside, notes: Path) -> None:
    model = farside.script("code", CODE, BLOCK, {"text": "It is rough."})
    assert farside("run", "Is it rough?", "--model", model, "--corpus", str(notes)).code == 0
    (briefed,) = [event for event in farside.events() if isinstance(event, Briefed)]
    assert "- search(query, place, most): Search for passages" in briefed.system
    assert "Places to search: notes (not the web" in briefed.system
    assert "Searched notes (1 file): 1 passage matches:" in outputs(farside)[-1]


def test_nothing_is_said_to_it_where_nothing_is_to_be_reached(farside: Farside) -> None:
    model = farside.script("code", CODE, {"text": "Done."})
    assert farside("run", "Say done.", "--model", model).code == 0
    (briefed,) = [event for event in farside.events() if isinstance(event, Briefed)]
    assert "search(" not in briefed.system


@pytest.mark.parametrize(
    ("corpora", "message"),
    [
        (("nowhere",), "is not there"),
        (("web=.",), "cannot be called 'web'"),
        (("a=.", "a=.."), "Two corpora are called a"),
    ],
)
def test_what_cannot_be_a_corpus_is_refused(farside: Farside, corpora: tuple[str, ...], message: str) -> None:
    options = [part for corpus in corpora for part in ("--corpus", corpus)]
    done = farside("run", "Look.", "--model", farside.script("x", {"text": "Done."}), *options)
    assert done.code == 2 and message in done.err and "--corpus" in done.err


def test_a_journal_of_before_there_were_corpora_is_read() -> None:
    old = (
        '{"goal":"g","settings":{"model":"m","base_url":null,"workspace":"/w","budget":{"max_steps":300,'
        '"max_tokens":null,"max_thinking":null,"max_usd":null},"context":"keep-latest","seed":null,"net":false,'
        '"sandbox":true,"mission":"general"},"kind":"run_created"}'
    )
    assert decode(old) == RunCreated("g", Settings("m", workspace="/w"))
