"""What a run works with, opened when it is taken up, and told to the view as it becomes known."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

from farside.agent.events import Settings
from farside.agent.home import RunFolder, private
from farside.agent.interrupts import Interrupts
from farside.agent.journal import Journal
from farside.agent.take_up import Crew
from farside.cli.scene import Scene, View
from farside.models.base import Model
from farside.tools.base import Host, Toolbox


@dataclass(slots=True)
class Stage:
    """A run's scene and view, and the crew that fills them in."""

    scene: Scene
    view: View
    opened: Model | None = None
    """A model that is open already."""
    servers: Toolbox | None = None
    """The tools of the run's MCP servers."""

    def crew(self) -> Crew:
        """Return how to get what the run works with."""
        from farside.missions import mission

        return Crew(self._model, self._toolbox, lambda settings: mission(settings.mission))

    def replay(self, folder: RunFolder) -> None:
        """Show what the journal holds already."""
        from farside.agent.fold import fold

        journal = Journal(folder.journal)
        entries = list(journal.entries())
        journal.close()
        for entry in entries:
            self.view.event(entry, fold([entry.event]))

    def _model(self, settings: Settings) -> Model:
        model = self.opened or opened(settings.model, settings.base_url)
        self._learn(replace(self.scene, profile=model.profile))
        return model

    def with_servers(
        self, folder: RunFolder, change: Callable[[Settings], Settings], interrupts: Interrupts
    ) -> Callable[[Settings], Settings]:
        """Return a change that also asks the MCP servers of a run for their tools, when it begins."""

        def settled(old: Settings) -> Settings:
            settings = change(old)
            if not settings.mcp:
                return settings
            from farside.cli.servers import open_servers

            with interrupts.open():
                self.servers, offers = open_servers(settings, folder, private())
            return replace(settings, offers=offers)

        return settled

    def close(self) -> None:
        """Take the view down, and end what was begun for a run that could not be taken up."""
        self.view.close()
        if self.servers is not None:
            self.servers.close()

    def _toolbox(self, settings: Settings, folder: RunFolder, host: Host) -> Toolbox:
        from farside.agent.mission import Place
        from farside.cli import reaching
        from farside.missions import mission
        from farside.tools.combined import Combined
        from farside.tools.remains import prove_dead
        from farside.tools.toolbox import LAYERS, open_toolbox
        from farside.tools.unconfined import Unconfined

        prove_dead(folder.scratch)
        toolbox = open_toolbox(
            Path(settings.workspace),
            folder.scratch,
            net=settings.net,
            host=host,
            private=private(),
            layers=LAYERS if settings.sandbox else (Unconfined(),),
        )
        self._learn(replace(self.scene, layer=toolbox.layer.name, strength=toolbox.layer.strength))
        reach = reaching.opened(settings, folder, toolbox.layer, self.view.notice)
        own = mission(settings.mission).tools(Place(settings, folder, host, toolbox.layer, self.view.notice))
        others = [box for box in (own, reach, self.servers) if box]
        toolbox.lend(*others)
        return Combined(toolbox, *others)

    def _learn(self, scene: Scene) -> None:
        self.scene = scene
        self.view.set(scene)


def opened(name: str, base_url: str | None) -> Model:
    """Open a model; the embedded one is downloaded first where it is missing.

    Raises:
        FarsideError: there is none of that name, or it cannot be had here.
    """
    from farside.models.catalog import open_model

    if name == "local" and find_spec("xllamacpp"):
        from farside.cli.fetching import ensure

        ensure()
        print("farside: loading the embedded model, which takes some seconds", file=sys.stderr)
    if name.startswith("k2/"):
        print("farside: loading the checkpoint, which takes as long as its disk", file=sys.stderr)
    return open_model(name, base_url)
