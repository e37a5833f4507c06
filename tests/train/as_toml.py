"""Settings of a training as the file that they are read from."""

import json
from dataclasses import asdict

from farside.train.settings import Settings


def as_toml(settings: Settings) -> str:
    """Write settings."""
    values: dict[str, object] = {name: getattr(settings, name) for name in ("decay", "balance", "seed", "drills")}
    # A key that stands behind a table would be that table's.
    for name in ("data", "stages"):
        if not getattr(settings, name):
            values[name] = []
    data = [_lines("[[data]]", asdict(one)) for one in settings.data]
    stages = [_lines("[[stages]]", asdict(stage)) for stage in settings.stages]
    return "\n".join([_lines("", values), *data, *stages, _lines("[shape]", settings.shape.as_json())])


def _lines(head: str, values: dict[str, object]) -> str:
    return "\n".join([head, *(f"{key} = {json.dumps(value)}" for key, value in values.items() if value is not None)])
