"""The embedded model: what is missing is said with its remedy; with the file in place, replies stream and stop."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from farside.errors import FarsideError
from farside.messages import Message, Part, Reply, Request, Usage
from farside.models.base import ContextTooLong, Model
from farside.models.local import LocalModel, open_local


@pytest.fixture
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("FARSIDE_GGUF", raising=False)
    return tmp_path


def test_without_the_package_its_install_command_is_named() -> None:
    script = (
        "import sys; sys.modules['xllamacpp'] = None\n"
        "from farside.errors import FarsideError\n"
        "from farside.models.local import open_local\n"
        "try: open_local('local')\n"
        "except FarsideError as error: print(error.next_step)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "pip install 'farside[local]'\n"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("local", r"embedded model is not in .*models yet"),
        ("local/gone.gguf", r"no model file gone\.gguf"),
        ("local/kimi", "no embedded model 'kimi'"),
    ],
)
def test_a_missing_file_is_named_with_what_to_do(empty_cache: Path, name: str, message: str) -> None:
    pytest.importorskip("xllamacpp", reason="the extra `local` is not installed")
    with pytest.raises(FarsideError, match=message) as caught:
        open_local(name)
    assert caught.value.next_step


def test_a_file_that_is_no_model_is_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("xllamacpp", reason="the extra `local` is not installed")
    (tmp_path / "bad.gguf").write_bytes(b"GGUF and then nothing of the kind")
    with pytest.raises(FarsideError, match="could not be loaded"):
        open_local(f"local/{tmp_path}/bad.gguf")
    assert capfd.readouterr() == ("", "")


@pytest.fixture(scope="module")
def model() -> Iterator[LocalModel]:
    opened = open_local()
    yield opened
    opened.close()
    opened.close()


def ask(model: Model, text: str, max_tokens: int = 12) -> tuple[Reply, list[Part]]:
    parts: list[Part] = []
    messages = (Message("system", "You answer in one word."), Message("user", text))
    request = Request(messages, max_tokens=max_tokens, temperature=0.0, seed=1)
    return model.reply(request, parts.append, lambda notice: None), parts


@pytest.mark.local_model
def test_a_reply_streams_and_its_prefix_is_cached(model: LocalModel, capfd: pytest.CaptureFixture[str]) -> None:
    question = "Say the numbers from one to three in English words."
    reply, parts = ask(model, question)
    assert reply.message == Message("assistant", "".join(part.text for part in parts))
    assert "three" in reply.message.text.lower()
    assert len(parts) > 1
    assert reply.finish == "stop"
    again, _ = ask(model, question)
    assert again.message == reply.message
    assert again.usage == Usage(reply.usage.input, reply.usage.input - 1, reply.usage.output)
    assert capfd.readouterr() == ("", "")


@pytest.mark.local_model
def test_a_reply_at_its_limit_says_so(model: LocalModel) -> None:
    reply, _ = ask(model, "Write a long sentence about the planet Earth.", max_tokens=5)
    assert (reply.finish, reply.usage.output) == ("length", 5)


@pytest.mark.local_model
def test_a_prompt_beyond_the_window_names_the_window(model: LocalModel) -> None:
    with pytest.raises(ContextTooLong, match="window has 16384") as caught:
        ask(model, "word " * 20_000)
    assert caught.value.limit == model.profile.window


@pytest.mark.local_model
def test_ctrl_c_stops_a_long_prompt_within_seconds(model: LocalModel) -> None:
    timer = threading.Timer(1.0, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        ask(model, "word " * 12_000)
    assert time.monotonic() - started < 30
    assert ask(model, "Which planet do we live on?")[0].usage.input > 0
