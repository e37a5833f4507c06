"""farside: a whole run with its journal on disk, over the streaming wire, its one tool in-process and unsandboxed."""

from __future__ import annotations

from bench.peers.samples import GOAL, Samples
from farside.agent.events import Budget, Settings
from farside.agent.take_up import Crew, create, taken_up
from farside.agent.watcher import Nobody
from farside.messages import ToolSpec
from farside.missions.general import General
from farside.models.catalog import open_model
from farside.tools.base import Effect, Outcome

SCHEMA = '{"type": "object", "properties": {"part": {"type": "integer"}}, "required": ["part"]}'


class OneTool:
    """A toolbox with the one tool that notes the time."""

    specs = (ToolSpec("look", "Look at one part of the data.", SCHEMA),)
    names = ("look",)

    def __init__(self, samples: Samples) -> None:
        self._samples = samples

    def warm(self) -> None:
        """Nothing has to start."""

    def effect(self, name: str) -> Effect:
        return Effect.UNSAFE

    def call(self, name: str, arguments: str, handle: str) -> Outcome:
        return Outcome(self._samples.take())

    def restore(self, session: bytes, lost: tuple[str, ...]) -> tuple[str, ...]:
        return ()

    def close(self) -> None:
        """Nothing was opened."""


def main() -> None:
    samples = Samples("farside")
    model = "vllm/moonshotai/Kimi-K2-Thinking"
    settings = Settings(model, samples.base_url, budget=Budget(max_steps=samples.steps + 10))
    crew = Crew(
        lambda chosen: open_model(chosen.model, chosen.base_url),
        lambda chosen, folder, host: OneTool(samples),
        lambda chosen: General(),
    )
    with taken_up(create(GOAL, settings), crew, Nobody()) as run:
        state = run.go()
    if state.status != "finished":
        raise SystemExit(f"the run ended as {state.status}: {state.reason}")
    samples.save()


main()
