from collections.abc import Iterator
from pathlib import Path

import pytest

from farside.tools.sandbox import Layer
from tests.tools.boxes import BUBBLEWRAP, LANDLOCK, Box, open_box


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    """A toolbox of its own for tests that kill, fill or count."""
    box = open_box(tmp_path)
    yield box
    box.toolbox.close()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    """One toolbox for all tests of a module that leave no trace."""
    box = open_box(tmp_path_factory.mktemp("shared"))
    yield box
    box.toolbox.close()


@pytest.fixture(params=[BUBBLEWRAP, LANDLOCK], ids=lambda layer: layer.name)
def layer(request: pytest.FixtureRequest) -> Layer:
    chosen: Layer = request.param
    return chosen
