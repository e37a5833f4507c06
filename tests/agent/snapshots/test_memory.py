"""When the times of a file show that it has not changed since."""

import os

import pytest

from farside.agent.snapshots.memory import signed

MINUTE = 1_764_000_000_000_000_000
"""Some whole second, in nanoseconds."""


@pytest.mark.parametrize(
    ("changed_ns", "age_s", "is_trusted"),
    [
        (MINUTE + 1, 0.05, False),
        (MINUTE + 1, 0.2, True),
        (MINUTE, 0.2, False),
        (MINUTE, 1.9, False),
        (MINUTE, 2.1, True),
    ],
)
def test_whole_seconds_are_trusted_later(changed_ns: int, age_s: float, is_trusted: bool) -> None:
    stat = os.stat_result(
        (0o100644, 7, 0, 1, 0, 0, 42, 0, 0, 0), {"st_mtime_ns": changed_ns - 1_000, "st_ctime_ns": changed_ns}
    )
    expected = (7, 42, changed_ns - 1_000, changed_ns) if is_trusted else None
    assert signed(stat, changed_ns + int(age_s * 1e9)) == expected
