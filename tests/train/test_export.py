"""A trained model becomes a checkpoint: to the bit what quantization-aware training computed, and read by others."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="training needs the extra k2")

import torch

from farside.errors import FarsideError
from farside.k2.byte_tokenizer import write_byte_tokenizer
from farside.k2.checkpoint import Checkpoint, open_checkpoint
from farside.k2.config import Config, read_config
from farside.k2.int4 import unpack
from farside.k2.load import load
from farside.k2.model import CausalLM
from farside.models.k2 import k2_profile
from farside.models.mini import shipped
from farside.train.export import export
from farside.train.grouped import grouped_experts
from farside.train.model import grouped, made
from farside.train.weights import take_up
from tests.k2.checkpoints import rewrite
from tests.train.test_training import shape, stirred, tiny

IDS = torch.arange(60) * 7 % 512


@pytest.fixture(scope="module")
def trained() -> CausalLM:
    return stirred()


@pytest.fixture(scope="module")
def folder(trained: CausalLM, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("export")
    write_byte_tokenizer(place)
    export(trained.state_dict(), shape(), place, place / "model")
    return place / "model"


def test_a_checkpoint_that_lacks_a_tensor_is_not_taken_up(folder: Path, tmp_path: Path) -> None:
    torn = Path(shutil.copytree(folder, tmp_path / "torn"))
    rewrite(torn, "model.norm.weight", None)
    with pytest.raises(FarsideError, match=r"model\.norm\.weight"):
        take_up(made(shape(), 1), torn)


@torch.no_grad()
def test_it_gives_to_the_bit_what_training_saw(trained: CausalLM, folder: Path) -> None:
    seen = CausalLM(shape(), grouped_experts)
    seen.load_state_dict(trained.state_dict())
    for name, parameter in seen.named_parameters():
        if ".experts." not in name:
            parameter.data = parameter.bfloat16()  # the trunk; experts stay fp32, as they are while they are trained
    for experts in grouped(seen):
        experts.rounds = True
    logits = seen([IDS])
    assert logits.abs().max() > 1 and torch.equal(logits, load(folder)([IDS]))


def codes(checkpoint: Checkpoint, module: str) -> torch.Tensor:
    packed, _, weight = checkpoint.packed(module)
    return unpack(packed, weight)


def test_a_checkpoint_is_taken_up_as_first_weights_and_written_again_it_is_nearly_the_same(
    trained: CausalLM, folder: Path, tmp_path: Path
) -> None:
    taken = made(shape(), 4)
    take_up(taken, folder)
    for name, parameter in taken.named_parameters():
        if ".experts." not in name:
            assert torch.equal(parameter, trained.get_parameter(name).bfloat16().float()), name
    export(taken.state_dict(), shape(), folder, tmp_path / "again")
    before, after = open_checkpoint(folder), open_checkpoint(tmp_path / "again")
    for name in (each for each in before.where if each.endswith("weight_packed")):
        module = name.removesuffix(".weight_packed")
        one, other = before.weight(module).float(), after.weight(module).float()
        assert (one - other).norm() <= 0.03 * one.norm(), module  # taken as it is dequantized: 0.07
        assert (codes(before, module) != codes(after, module)).float().mean() < 0.01, module


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        (replace(shape(), hidden_size=64), r"has hidden_size = 32, and what is trained 64"),
        (tiny().stretched(4.0), r"has max_position_embeddings = 8192, and what is trained 32768"),
        (replace(shape(), vocab_size=600), "holds no weights of this model"),
    ],
)
def test_a_checkpoint_of_another_model_is_not_taken_up(wanted: Config, told: str, folder: Path) -> None:
    with pytest.raises(FarsideError, match=told):
        take_up(made(wanted, 1), folder)


@pytest.mark.parametrize("which", ["tiny", "k2/mini"])
@torch.no_grad()
def test_transformers_and_compressed_tensors_say_the_same(which: str, folder: Path) -> None:
    transformers = pytest.importorskip("transformers", reason="the peer that reads the checkpoint")
    pytest.importorskip("compressed_tensors", reason="it unpacks the experts")
    path = folder if which == "tiny" else shipped()
    peer: Any = transformers.AutoModelForCausalLM.from_pretrained(path, dtype=torch.bfloat16)
    theirs, ours = torch.nn.Module.float(peer)(IDS[None]).logits[0], load(path).float()([IDS])
    assert ours.abs().max() > 1 and (theirs - ours).abs().max() <= 1e-5 * ours.abs().max()


def test_it_says_how_it_is_driven(folder: Path) -> None:
    profile = k2_profile(f"k2/{folder}")
    assert (profile.brief, profile.temperature, profile.body) == (True, 1.0, {"min_p": 0.1})
    assert profile.window == shape().max_position_embeddings


@torch.no_grad()
def test_ids_that_no_text_holds_are_left_out(trained: CausalLM, folder: Path, tmp_path: Path) -> None:
    larger, weights = replace(shape(), vocab_size=600), dict(trained.state_dict())
    for name in ("model.embed_tokens.weight", "lm_head.weight"):
        weights[name] = torch.cat((weights[name], torch.full((88, weights[name].shape[1]), 9.0)))
    export(weights, larger, folder.parent, tmp_path / "model")
    logits = load(tmp_path / "model")([IDS])
    assert logits.abs().max() > 1 and torch.equal(logits, load(folder)([IDS]))
    assert read_config(tmp_path / "model") == read_config(folder)


def test_a_tokenizer_with_more_ids_than_the_model_is_refused(trained: CausalLM, folder: Path, tmp_path: Path) -> None:
    with pytest.raises(FarsideError, match="has 512 ids, the model 400"):
        export(trained.state_dict(), replace(shape(), vocab_size=400), folder.parent, tmp_path / "model")


def test_a_place_that_is_taken_is_refused(trained: CausalLM, folder: Path) -> None:
    with pytest.raises(FarsideError, match="exists already"):
        export(trained.state_dict(), shape(), folder.parent, folder)
