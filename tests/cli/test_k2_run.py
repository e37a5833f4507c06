"""A run on a checkpoint as a user types it. Random weights talk nonsense: the run must be whole all the same."""

from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the engine needs the extra k2")

from farside.agent.events import AskFailed, Ended, Replied
from tests.cli.command import Farside
from tests.engine.told import checkpoint


def test_a_run_on_random_weights_ends_by_its_budget(
    farside: Farside, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = checkpoint(tmp_path / "tiny")
    config = tmp_path / "config.toml"
    config.write_text(f'[profiles."k2/{folder}"]\nmax_tokens = 24\n')
    monkeypatch.setenv("FARSIDE_CONFIG", str(config))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    options = ("--model", "k2/tiny", "--max-steps", "2", "--seed", "1", "--json")
    with farside.typed("run", "Say hello.", *options) as process:
        out, err = process.communicate(timeout=110)
    events = farside.events()
    assert process.returncode in (0, 3), err
    assert isinstance(events[-1], Ended)
    assert not [event for event in events if isinstance(event, AskFailed)]
    replies = [event for event in events if isinstance(event, Replied)]
    assert 1 <= len(replies) <= 2
    assert all(reply.model == f"k2/{folder}" and 1 <= reply.usage.output <= 24 for reply in replies)
    assert all(later.usage.cached > 2_000 for later in replies[1:])
    assert len(out.splitlines()) == len(events)
