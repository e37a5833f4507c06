"""farside's own change in the workspace, and the way back to it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from farside.agent.events import Settings
from farside.agent.home import new_run
from farside.agent.mission import Place
from farside.errors import FarsideError
from farside.missions.code.base import Base
from farside.missions.code.clean import Places
from farside.missions.code.copies import fill, kept
from farside.missions.code.into_workspace import TAKE_BACK, put
from farside.missions.code.order import order
from farside.tools.base import Host
from tests.missions.code.repositories import FIX, Users, timesheet
from tests.tools.boxes import BUBBLEWRAP

CLOCK = FIX["path"]


def test_the_work_is_taken_back_to_what_was_put_there_or_to_the_beginning(tmp_path: Path) -> None:
    users, folder = timesheet(tmp_path / "sheet"), new_run()
    users.put("begin", "named as a tag is\n")
    users.put("opened", "this one too\n")
    users.commit()
    settings = Settings(
        "m", workspace=str(folder.workspace), options=tuple(order(users.path, None, 9, False).options.items())
    )
    places = Places.of(folder, settings.workspace)
    kept(Base.of(dict(settings.options)), places.mirror)
    fill(folder.workspace, places.mirror)
    work = Users(folder.workspace)
    place = Place(settings, folder, Host(lambda handle: None, lambda question: ""), BUBBLEWRAP, lambda said: None)

    def spoilt_and_taken_back() -> str:
        work.put(CLOCK, "spoilt")
        work.put("more.py", "more")
        subprocess.run(TAKE_BACK, shell=True, cwd=work.path, check=True)
        assert work.git("status", "--porcelain") == ""
        return (work.path / CLOCK).read_text()

    before = spoilt_and_taken_back()
    assert before == (users.path / CLOCK).read_text()
    work.put(CLOCK, before.replace(FIX["old"], FIX["new"]))
    patch = f"{work.git('diff')}\n".encode()
    for _ in range(2):
        put(place, patch)
        assert spoilt_and_taken_back() == before.replace(FIX["old"], FIX["new"])
    with pytest.raises(FarsideError, match="cannot be put into the workspace"):
        put(place, b"no patch")
