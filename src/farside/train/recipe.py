"""Train all stages, one behind the other: `python -m farside.train.recipe --run DIR --data DIR [--config FILE]`.

DIR of --data holds a folder for each kind of examples, as `farside.train.prepare` makes them. A training that was
stopped goes on where it was, at most a minute back. With --first PATH the first stage begins with the weights of a
model.pt or of a checkpoint folder. On several processes:

    torchrun --nproc-per-node 2 -m -- farside.train.recipe --run DIR --data DIR
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from farside.errors import FarsideError
from farside.train.curves import draw_stage
from farside.train.dataset import joined, read_dataset
from farside.train.picture import check_drawing
from farside.train.prepare import EXAMPLES
from farside.train.processes import is_first, join, leave
from farside.train.room import check_machine
from farside.train.settings import Settings, read_settings
from farside.train.trainer import Trainer

DISK = 500_000_000
"""Bytes of the states of the stages."""


def train(settings: Settings, data: Path, run: Path, first: Path | None = None) -> Path:
    """Return where the weights of the last stage lie; `first` are those to begin with.

    Raises:
        FarsideError: the data cannot be read, the folder is another training's, it diverged, or nothing can be
            drawn.
    """
    check_drawing()
    weights = first
    for stage in settings.stages:
        examples = joined([read_dataset(data / name / EXAMPLES) for name in stage.data])
        weights = Trainer(settings, stage, examples, run / stage.name, weights).train()
        if is_first():
            draw_stage(run / stage.name)
    assert weights is not None
    return weights


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--config", type=Path)
    parser.add_argument("--first", type=Path, metavar="PATH", help="weights to begin with")
    options = parser.parse_args()
    join()
    try:
        settings = read_settings(options.config)
        if is_first():
            check_machine(options.run / "model.pt", DISK)
        weights = train(settings, options.data, options.run, options.first)
        if is_first():
            print(weights)
    except FarsideError as error:
        sys.exit(f"{error} {error.next_step}" if is_first() else 1)
    except KeyboardInterrupt:
        sys.exit("\nstopped; the same command goes on" if is_first() else 1)
    finally:
        leave()


if __name__ == "__main__":
    main()
