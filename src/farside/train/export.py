"""A trained model as a checkpoint folder: `python -m farside.train.export --weights FILE --data DIR --out DIR`.

Routed experts are INT4 (with --experts bf16 they are not), all else bf16, in the format of Kimi K2 Thinking:
farside.k2, transformers and compressed-tensors read it. Beside it lie the tokenizer and farside.toml, which says how
farside drives the model.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from torch import Tensor

from farside.errors import FarsideError
from farside.k2.byte_tokenizer import CONTROL
from farside.k2.config import Config
from farside.k2.control import RESERVED, Mark
from farside.k2.int4 import quantize
from farside.k2.new_checkpoint import NewCheckpoint, Piece, octets_of, packed_octets, write_checkpoint
from farside.k2.quantize import is_routed
from farside.k2.scheme import OURS, packed_specs
from farside.k2.shard import Spec
from farside.k2.tensors import tensors
from farside.k2.tokenizer_files import NAMES, RANKS, read_tokenizer
from farside.k2.unfinished import check_place
from farside.train.settings import Experts, read_settings
from farside.train.weights import check_ids, model_of

SHARD = "model-00001-of-00001.safetensors"
BY_ID = ("model.embed_tokens.weight", "lm_head.weight")
"""Weights with a row for each id."""
GRAPH = "deepseek_v3"
"""The family's graph by the name under which transformers has it."""
DRIVEN = "brief = true\nmax_tokens = 1024\ntemperature = 1.0\nbody = { min_p = 0.1 }\n"
"""farside.toml."""


def export(
    weights: Mapping[str, Tensor], shape: Config, tokenizer: Path, target: Path, experts: Experts = "int4"
) -> None:
    """Write the checkpoint; the folder appears when all is written.

    A model may have been trained with more ids than its tokenizer has: what no text holds is left out.

    Raises:
        FarsideError: the place is taken, the tokenizer has more ids than the model, or the disk refuses.
    """
    check_place(target)
    size = read_tokenizer(tokenizer).size
    check_ids(size, shape.vocab_size, tokenizer)
    weights = {name: weight[:size] if name in BY_ID else weight for name, weight in weights.items()}
    shape = replace(shape, vocab_size=size)
    end = next(place for place, name in CONTROL.items() if name == Mark.END)
    first, last = _id(shape, 0), _id(shape, end)
    config = replace(shape, model_type=GRAPH, bos_token_id=first, eos_token_id=last)
    config = replace(config, quantization_config=OURS if experts == "int4" else None, dtype="bfloat16")
    pieces = [_piece(Spec(t.name, "BF16", t.shape), weights[t.name], experts) for t in tensors(config)]
    job = {"export": config.as_json()}
    beside = partial(_write_beside, tokenizer)
    write_checkpoint(NewCheckpoint(target, job, {SHARD: pieces}, config.as_json(), beside), lambda done, whole: None)


def _id(shape: Config, place: int) -> int:
    return shape.vocab_size - RESERVED + place


def _piece(spec: Spec, weight: Tensor, experts: Experts) -> Piece:
    """Return how a weight lies on disk; the bias of the routing is fp32 in every checkpoint."""
    if experts == "int4" and is_routed(spec.name):
        return Piece(packed_specs(spec), partial(_packed, weight, spec))
    if spec.name.endswith("e_score_correction_bias"):
        return Piece((replace(spec, dtype="F32"),), lambda: [octets_of(weight.float())])
    return Piece((spec,), lambda: [octets_of(weight.bfloat16())])


def _packed(weight: Tensor, spec: Spec) -> Sequence[memoryview]:
    return packed_octets(*quantize(weight.bfloat16()), spec.shape)


def _write_beside(tokenizer: Path, folder: Path) -> None:
    for name in (RANKS, NAMES):
        shutil.copyfile(tokenizer / name, folder / name)
    (folder / "farside.toml").write_text(DRIVEN)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True, help="a folder with the tokenizer's two files")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--config", type=Path)
    parser.add_argument("--experts", choices=["int4", "bf16"], default="int4")
    options = parser.parse_args()
    try:
        settings = read_settings(options.config)
        shape = settings.shape_of(settings.stages[-1])
        model = model_of(shape, options.weights)
        export(model.state_dict(), shape, options.data, options.out, options.experts)
    except FarsideError as error:
        sys.exit(f"{error} {error.next_step}")


if __name__ == "__main__":
    main()
