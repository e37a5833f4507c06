"""Small checkpoints in a folder, written by the safetensors package, in bf16 and in INT4."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from farside.k2.config import Config, preset
from farside.k2.new_checkpoint import write_checkpoint
from farside.k2.synth import prepare
from farside.k2.tensors import tensors

SMALL = replace(preset("tiny"), vocab_size=512, bos_token_id=256, eos_token_id=258, pad_token_id=511)
EXPERT = "model.layers.1.mlp.experts.5.up_proj"
INDEX = "model.safetensors.index.json"


def plain(folder: Path, config: Config = SMALL) -> Path:
    """Write a bf16 checkpoint, a shard a layer and one for the rest."""
    folder.mkdir()
    shards: dict[str, dict[str, Tensor]] = {}
    chance = torch.Generator().manual_seed(3)
    for tensor in tensors(config):
        file = (
            f"model-{tensor.name.split('.')[2]}.safetensors"
            if ".layers." in tensor.name
            else "model.rest.safetensors"
        )
        dtype = torch.float32 if tensor.name.endswith("bias") else torch.bfloat16
        values = (tensor.part == "norms") + 0.02 * torch.randn(tensor.shape, generator=chance)
        shards.setdefault(file, {})[tensor.name] = values.to(dtype)
    for file, held in shards.items():
        save_file(held, folder / file, metadata={"format": "pt"})
    where = {name: file for file, held in shards.items() for name in held}
    write(folder / INDEX, {"metadata": {}, "weight_map": where})
    write(folder / "config.json", replace(config, quantization_config=None).as_json())
    (folder / "generation_config.json").write_text("{}")
    return folder


def int4(folder: Path, config: Config = SMALL) -> Path:
    write_checkpoint(prepare(folder, config), lambda done, whole: None)
    return folder


def write(path: Path, value: object) -> None:
    path.write_text(json.dumps(value))


def change(path: Path, **fields: Any) -> None:
    write(path, {**json.loads(path.read_text()), **fields})


def all_tensors(folder: Path) -> dict[str, Tensor]:
    """Read everything with the safetensors package."""
    held: dict[str, Tensor] = {}
    for path in sorted(folder.glob("*.safetensors")):
        held |= load_file(path)
    return held


def rewrite(folder: Path, name: str, tensor: Tensor | None) -> None:
    """Put another tensor in the place of one, or take it away."""
    path = folder / json.loads((folder / INDEX).read_text())["weight_map"][name]
    held = load_file(path)
    del held[name]
    save_file(held if tensor is None else {**held, name: tensor}, path, metadata={"format": "pt"})
