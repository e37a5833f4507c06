"""The code mission: from a goal or an issue to a branch whose tests pass in a clean checkout."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

from farside.agent.claim import checks, claim
from farside.agent.events import Settings
from farside.agent.home import RunFolder, private
from farside.agent.mission import Accept, Check, Delivered, Place, Recall, Reject, TryAgain, Verdict
from farside.agent.shown import NOTE
from farside.agent.state import RunState
from farside.messages import ToolCall
from farside.missions.beforehand import seconds_beforehand
from farside.missions.code import report
from farside.missions.code.asking_to_mend import asks_to_mend
from farside.missions.code.base import Base
from farside.missions.code.beginning import Beginning
from farside.missions.code.checked import found
from farside.missions.code.clean import Clean, Places
from farside.missions.code.copies import fill, kept
from farside.missions.code.into_workspace import TAKE_BACK, put
from farside.missions.code.workbench import Terms, Workbench
from farside.models.base import Profile
from farside.prompts import render
from farside.tools.base import Outcome, Toolbox
from farside.tools.described import Described

CHECK = "run_tests"
ORIENT = "orient"
MEND = "mend"
SHOWN_HOW = ("unchanged", "fail")
"""Findings after which a small model is told how to act: it likes to say what ought to be done."""
TOLD = 2
"""Verdicts after which a small model begins anew: it seldom mends what it has broken itself."""
UNDO = ToolCall("", "shell", json.dumps({"command": TAKE_BACK}))
"""Puts the workspace back to where the model began, which the opening shows."""


class Code:
    """Accepts a claim when the tests pass in a clean checkout, and those that were there pass as they were."""

    name = "code"

    def system(self, profile: Profile) -> str:
        """Return the system prompt for the profile's dialect."""
        return render(__package__, "system_code.md" if profile.tools == "code" else "system.md")

    def opening(self, state: RunState, profile: Profile) -> tuple[ToolCall, ...]:
        """Show the repository, its tests, and the source that a failing test points to.

        For a small model that source is written anew beforehand, where the goal is to mend something.
        """
        if profile.tools != "code" or not state.settings.option("commit") or not asks_to_mend(state.goal):
            return (ToolCall("", ORIENT, "{}"),)
        arguments = {"goal": state.goal, "timeout": seconds_beforehand(state)}
        return (ToolCall("", MEND, json.dumps(arguments, ensure_ascii=False)),)

    def tools(self, place: Place) -> Toolbox:
        """Put the copy of the repository into the workspace where that is not done yet; return the checks on it.

        Raises:
            FarsideError: the repository is gone, or an earlier sandbox cannot be killed.
        """
        settings, places = place.settings, Places.of(place.folder, place.settings.workspace)
        kept(Base.of(dict(settings.options)), places.mirror)
        fill(Path(settings.workspace), places.mirror)
        clean = Clean(place.layer, places, places.confined(settings.net, private()))
        bench = Workbench(clean, terms(settings), place.folder.path / "tests_before.json")
        beginning = Beginning(bench, place.host, settings.seed or 0, partial(put, place))
        does: dict[str, Callable[..., Outcome]] = {CHECK: bench.run_tests, ORIENT: bench.orient, MEND: beginning.mend}
        return Described(Path(__file__).with_name("tools.toml"), does, clean.close)

    def verify(self, state: RunState, profile: Profile) -> Verdict:
        """Reject while acceptance items are open; have the tests run in a clean checkout, and judge by that."""
        if open_items := state.plan.open_items:
            return Reject(
                render("farside.missions", "open_items.md", items="\n".join(f"- {item}" for item in open_items))
            )
        if not (done := checks(state)):
            return Check((ToolCall("", CHECK, "{}"),))
        claimed, finding = claim(state), found(done[0].text)
        assert claimed is not None
        if finding == "pass":
            return Accept(claimed.text)
        if _begins_anew(state, profile):
            return TryAgain("its work does not pass") if len(done) > 1 else Check((UNDO,))
        small = "_code" if profile.tools == "code" and finding in SHOWN_HOW else ""
        reason = render(__package__, f"{(finding or 'unread').replace(' ', '_')}{small}.md")
        if finding == "still" and _was_told(reason, state):
            return Accept(f"{claimed.text}\n\n{render(__package__, 'still_accepted.md')}")
        return Reject(reason)

    def deliver(self, state: RunState, folder: RunFolder, recall: Recall) -> Delivered | None:
        """Write the branch, the patch and the report."""
        return report.delivered(state, folder)


def terms(settings: Settings) -> Terms:
    """Return what the options of a run say of the tests."""
    return Terms(
        command=settings.option("test"),
        seconds=float(settings.option("test timeout")),
        may_change=bool(settings.option("tests may change")),
        from_nothing=not settings.option("commit"),
    )


def _begins_anew(state: RunState, profile: Profile) -> bool:
    """Tell whether a model that may make several attempts has been told often enough in this one."""
    told = sum(message.name == f"{NOTE}verdict" for message in state.transcript[state.attempt_start :])
    return told >= TOLD and state.attempt < profile.attempts


def _was_told(reason: str, state: RunState) -> bool:
    return any(
        message.name == f"{NOTE}verdict" and message.text == reason
        for message in state.transcript[state.attempt_start :]
    )
