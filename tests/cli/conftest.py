"""A `farside` command with its own folder for each test."""

from pathlib import Path

import pytest

from tests.cli.command import Farside


@pytest.fixture
def farside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Farside:
    command = Farside(tmp_path, capsys)
    monkeypatch.setenv("FARSIDE_HOME", str(command.home))
    monkeypatch.chdir(tmp_path)
    return command
