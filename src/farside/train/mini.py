"""Make K2-mini from nothing: `python -m farside.train.mini --out DIR [--config FILE]`.

Traces, examples, the stages, the checkpoint: DIR/model is what farside runs as k2/DIR/model. What is there already
stays, so that a training that was stopped goes on, at most a minute back.
"""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import asdict
from pathlib import Path

from farside.errors import FarsideError
from farside.train.claim import claim
from farside.train.export import export
from farside.train.generate import generate
from farside.train.picture import check_drawing
from farside.train.prepare import prepare, prepare_drills
from farside.train.recipe import train
from farside.train.room import check_machine
from farside.train.settings import Settings, read_settings
from farside.train.weights import model_of

DISK = 10**9
"""Bytes of the traces, the examples, the states of the stages and the checkpoint."""


def make(out: Path, settings: Settings) -> Path:
    """Return the folder of the checkpoint.

    Raises:
        FarsideError: there is too little memory or disk, the folder is another training's, or it diverged.
    """
    claim(out, {"settings": asdict(settings)}, "another training")
    model = out / "model"
    if model.exists():
        return model
    check_machine(model, DISK)
    check_drawing()
    first = out / "data" / settings.data[0].name
    for data in settings.data:
        traces, examples = out / "traces" / data.name, out / "data" / data.name
        generate(traces, data.tasks, "train", data, os.cpu_count() or 1)
        prepare(traces, examples, None if examples == first else first)
    if settings.drills:
        prepare_drills(out / "data" / "drill", first, settings.drills, settings.seed)
    weights = train(settings, out / "data", out / "run")
    shape = settings.shape_of(settings.stages[-1])
    export(model_of(shape, weights).state_dict(), shape, first, model)
    return model


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--config", type=Path)
    options = parser.parse_args()
    try:
        print(make(options.out, read_settings(options.config)))
    except FarsideError as error:
        sys.exit(f"{error} {error.next_step}")
    except KeyboardInterrupt:
        sys.exit("\nstopped; the same command goes on")


if __name__ == "__main__":
    main()
