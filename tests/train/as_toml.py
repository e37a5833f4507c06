"""Settings of a training as the file that they are read from."""

import json
from dataclasses import asdict

from farside.train.settings import Settings


def as_toml(settings: Settings) -> str:
    """Write settings without data of their own."""
    values = {name: getattr(settings, name) for name in ("decay", "balance", "seed", "drills")}
    stages = [_lines("[[stages]]", asdict(stage)) for stage in settings.stages]
    shape = _lines("[shape]", settings.shape.as_json())
    return "\n".join([_lines("data = []" if stages else "data = []\nstages = []", values), *stages, shape])


def _lines(head: str, values: dict[str, object]) -> str:
    return "\n".join([head, *(f"{key} = {json.dumps(value)}" for key, value in values.items() if value is not None)])
