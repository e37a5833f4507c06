"""What a run works with, opened when it is taken up, and told to the view as it becomes known."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

from farside.agent.events import Settings
from farside.agent.home import RunFolder, private
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

    def crew(self) -> Crew:
        """Return how to get what the run works with."""
        from farside.missions import MISSIONS

        return Crew(self._model, self._toolbox, lambda settings: MISSIONS[settings.mission])

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

    def _toolbox(self, settings: Settings, folder: RunFolder, host: Host) -> Toolbox:
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
        return toolbox

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
