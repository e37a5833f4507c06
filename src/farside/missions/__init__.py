"""Missions: what a good result is. Each is prompts and a verifier on the one loop of farside.agent."""

from __future__ import annotations

from farside.agent.mission import Mission
from farside.missions.code.mission import Code
from farside.missions.general import General
from farside.missions.research.mission import Research

MISSIONS: dict[str, Mission] = {mission.name: mission for mission in (General(), Code(), Research())}
"""By the name that the journal keeps."""
