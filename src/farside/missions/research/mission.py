"""The research mission: from a question to a report of which each sentence is checked against the pages it cites."""

from __future__ import annotations

import json

from farside.agent.claim import checks
from farside.agent.home import RunFolder
from farside.agent.mission import Accept, Check, Delivered, Place, Recall, Reject, Verdict
from farside.agent.shown import is_users
from farside.agent.state import RunState
from farside.messages import ToolCall
from farside.missions.research.checking import toolbox
from farside.missions.research.delivery import deliver
from farside.missions.research.findings import found, summary_in
from farside.models.base import Profile
from farside.prompts import render
from farside.tools.base import Toolbox

PATIENCE = 2
"""Claims to be finished that are rejected for sentences that do not hold; later these are cut or marked."""


class Research:
    """Accepts a report when its sentences hold, or when mending them was asked for often enough."""

    name = "research"

    def system(self, profile: Profile) -> str:
        """Return the system prompt for the profile's dialect."""
        return render(__package__, "research_code.md" if profile.tools == "code" else "research.md")

    def opening(self, state: RunState, profile: Profile) -> tuple[ToolCall, ...]:
        """Say how thorough it has to be, and search the corpora: it shows what there is, and how places are named."""
        question = json.dumps({"query": state.goal}, ensure_ascii=False)
        search = (ToolCall("", "search", question),) if state.settings.corpora else ()
        return (ToolCall("", "scope", "{}"), *search)

    def tools(self, place: Place) -> Toolbox | None:
        """Return what checks a report."""
        return toolbox(place)

    def verify(self, state: RunState, profile: Profile) -> Verdict:
        """Have the report judged, then send it back with what does not hold, or accept it."""
        outcomes = checks(state)
        if not outcomes:
            return Check((ToolCall("", "judge_report", "{}"),))
        judged = found(outcomes[-1].text)
        if judged is None:
            return Reject(render(__package__, "no_report.md"))
        if not judged.hold:
            return Reject(render(__package__, "nothing_holds.md"))
        wrong = judged.claims - judged.hold
        if wrong and _rounds(state) <= PATIENCE:
            return Reject(render(__package__, "mend.md", wrong=wrong, claims=judged.claims))
        return Accept(summary_in(outcomes[-1].text))

    def deliver(self, state: RunState, folder: RunFolder, recall: Recall) -> Delivered | None:
        """Write the report as Markdown and as a web page, and its ledger."""
        return deliver(state, folder)


def _rounds(state: RunState) -> int:
    """Return how often the report was judged since the user spoke last."""
    last = max((at for at, message in enumerate(state.transcript) if is_users(message)), default=0)
    return sum(message.name == "judge_report" for message in state.transcript[last:])
