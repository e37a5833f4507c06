"""The steps of each task, in order, and who weighs their replies."""

from __future__ import annotations

from farside.missions.story.tasks import criticism, drafting, drawing, founding, ideas, revising
from farside.missions.story.tasks.task import Weigh

STEPS: dict[str, dict[str, Weigh]] = {
    "begin": {
        "directions": ideas.several,
        "choice": ideas.reading_chosen,
        "world": founding.world,
        "people": founding.people,
        "outline": founding.outline,
    },
    "outline": {"chapters": founding.chapters},
    "brainstorm": {"ideas": ideas.several, "choice": ideas.idea_chosen},
    "criticise": {
        "diagnosis": criticism.diagnosis,
        "rules": criticism.rules,
        "consequences": criticism.consequences,
    },
    "draft": {
        "plan": drafting.plan,
        "openings": drafting.openings,
        "choice": drafting.choice,
        "draft": drafting.draft,
        "reading": drafting.reading,
        "facts": drafting.finish,
    },
    "revise": {"scope": revising.scope, "edits": revising.edits},
    "facts": {"facts": drawing.facts},
}
