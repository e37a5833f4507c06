"""Control groups, on folders laid out like the kernel's: what is written there, and when farside does without."""

import os
import time
from pathlib import Path

from farside.tools import cgroup
from farside.tools.sandbox import Limits

LIMITS = Limits(memory=1000, processes=50)


def unified(mount: Path, active: str) -> Path:
    (mount / "cgroup.controllers").write_text("cpu memory pids")
    (mount / "cgroup.subtree_control").write_text(active)
    return mount


def test_version_2_is_one_folder_with_both_limits(tmp_path: Path) -> None:
    group = cgroup.make("farside-a", LIMITS, unified(tmp_path, "cpu memory pids"))
    assert group is not None and group.folders == (tmp_path / "farside-a",)
    assert (tmp_path / "farside-a" / "pids.max").read_text() == "50"
    assert (tmp_path / "farside-a" / "memory.max").read_text() == "1000"


def test_version_2_switches_controllers_on(tmp_path: Path) -> None:
    assert cgroup.make("farside-a", LIMITS, unified(tmp_path, "cpu")) is not None
    assert (tmp_path / "cgroup.subtree_control").read_text() == "+pids +memory"


def test_groups_that_killed_runs_left_are_removed(tmp_path: Path) -> None:
    mount = unified(tmp_path, "memory pids")
    for name, age in (("farside-old", 120), ("farside-new", 0), ("other-old", 120)):
        (mount / name).mkdir()
        os.utime(mount / name, (time.time() - age, time.time() - age))
    cgroup.make("farside-a", LIMITS, mount)
    assert {entry.name for entry in mount.iterdir() if entry.is_dir()} == {"farside-a", "farside-new", "other-old"}


def test_refusals_are_counted_in_either_version(tmp_path: Path) -> None:
    (tmp_path / "pids.events").write_text("max 4\n")
    (tmp_path / "memory.events").write_text("low 0\noom 3\noom_kill 2\n")
    assert cgroup.Cgroup((tmp_path,)).refusals() == (4, 2)


def test_without_any_the_other_limits_have_to_do(tmp_path: Path) -> None:
    assert cgroup.make("farside-a", LIMITS, tmp_path / "nowhere") is None


def test_a_group_that_is_gone_holds_nothing(tmp_path: Path) -> None:
    group = cgroup.Cgroup((tmp_path / "gone",))
    assert group.pids() == set()
    assert group.refusals() == (0, 0)
    assert group.remove(0.0)
