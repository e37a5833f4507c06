from __future__ import annotations

import subprocess
import sys

import pytest

from farside.errors import FarsideError
from farside.missions import mission


@pytest.mark.parametrize("name", ["general", "code", "research"])
def test_a_mission_is_had_by_the_name_that_the_journal_keeps(name: str) -> None:
    assert mission(name).name == name


def test_one_of_a_newer_farside_is_named() -> None:
    with pytest.raises(FarsideError, match="no mission painting"):
        mission("painting")


def test_a_run_imports_no_mission_but_its_own() -> None:
    script = "import sys\nfrom farside.missions import mission\nmission('general')\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert not [
        name
        for name in done.stdout.split()
        if name.startswith(("farside.missions.code", "farside.missions.research"))
    ]
