import os
import signal
import threading
import time

import pytest

from farside.errors import FarsideError
from farside.models.base import Unreachable
from farside.models.openai_wire.patience import Passing, Patience


def passing(retry_after: float | None = None) -> Passing:
    return Passing(Unreachable("It broke.", "try"), retry_after)


def test_waits_double_up_to_the_longest_and_differ_by_chance() -> None:
    patience = Patience(first=1.0, longest=5.0)
    for number, most in enumerate([1.0, 2.0, 4.0, 5.0, 5.0], start=1):
        waits = {patience.wait(number, None) for _ in range(50)}
        assert most / 2 <= min(waits) < max(waits) <= most


def test_the_peers_wish_is_kept_and_capped() -> None:
    patience = Patience(longest=5.0)
    assert [patience.wait(1, wish) for wish in (0.0, 3.0, 3600.0)] == [0.0, 3.0, 5.0]


def test_ctrl_c_ends_a_wait_at_once() -> None:
    def attempt() -> None:
        threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()
        raise passing(retry_after=60)

    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        Patience().persist(attempt, lambda _: None)
    assert time.monotonic() - start < 5


def test_the_environment_sets_stall_and_first_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FARSIDE_STALL_S", "7.5")
    monkeypatch.setenv("FARSIDE_RETRY_S", "0.01")
    assert Patience.from_environment() == Patience(stall=7.5, first=0.01)


@pytest.mark.parametrize("value", ["soon", "0", "-1", "nan"])
def test_a_wrong_value_is_named(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FARSIDE_STALL_S", value)
    with pytest.raises(FarsideError, match="FARSIDE_STALL_S must be a positive number"):
        Patience.from_environment()
