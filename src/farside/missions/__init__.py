"""Missions: what a good result is. Each is prompts and a verifier on the one loop of farside.agent."""

from __future__ import annotations

from functools import cache

from farside.agent.mission import Mission
from farside.errors import FarsideError


@cache
def mission(name: str) -> Mission:
    """Return the mission of a name that the journal keeps. Only that one is imported: each start would pay for all.

    Raises:
        FarsideError: there is none of that name.
    """
    match name:
        case "general":
            from farside.missions.general import General

            return General()
        case "code":
            from farside.missions.code.mission import Code

            return Code()
        case "research":
            from farside.missions.research.mission import Research

            return Research()
        case "solve":
            from farside.missions.solve.mission import Solve

            return Solve()
        case "story" | "story-zh":
            from farside.missions.story.mission import Story

            return Story(name, "zh" if name == "story-zh" else "en")
    raise FarsideError(f"There is no mission {name}.", "A newer farside may have it: update farside.")
