"""The quick form of a small model beside the plain one: the same but for rounding, cold, cached and in company."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the engine needs the extra k2")

import torch

from farside.engine.base import Job, Sampling
from farside.engine.memory import is_small
from farside.engine.plain import PlainEngine
from farside.engine.quick.model import quicken
from farside.engine.quick.weights import weight_of
from farside.k2.checkpoint import open_checkpoint
from farside.k2.config import Config, preset
from farside.k2.latent_cache import LatentCache
from farside.k2.load import load
from farside.k2.model import CausalLM
from tests.k2.checkpoints import EXPERT, int4
from tests.k2.checkpoints import SMALL as STORED
from tests.k2.peer import SMALL, random_config, random_ids

CLOSE = 2e-5


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def twice(config: Config) -> tuple[CausalLM, CausalLM]:
    """Return the same model, plain and quick."""
    torch.manual_seed(0)
    plain, quick = CausalLM(config).requires_grad_(False), CausalLM(config).requires_grad_(False)
    for name, tensor in plain.state_dict().items():
        tensor.normal_(1.0 if "norm" in name else 0.0, 0.1)
    quick.load_state_dict(plain.state_dict())
    return plain, quicken(quick)


def test_making_a_model_quick_leaves_threads_alone() -> None:
    torch.set_num_threads(2)
    try:
        twice(random_config(0))
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(1)


@pytest.mark.parametrize("seed", range(6))
@torch.inference_mode()
def test_every_switch_of_the_graph_gives_the_same_logits(seed: int) -> None:
    config = random_config(seed)
    plain, quick = twice(config)
    whole = [random_ids(config, length, length) for length in (24, 9)]
    caches = [[LatentCache(config, torch.float32, room=4) for _ in whole] for _ in range(2)]
    for cut in (slice(0, 8), slice(8, 9), slice(9, 24)):
        new = [ids[cut] for ids in whole if len(ids[cut])]
        theirs, ours = (model(new, kept[: len(new)]) for model, kept in zip((plain, quick), caches, strict=True))
        assert torch.allclose(ours, theirs, atol=CLOSE)
    assert torch.allclose(quick(whole), plain(whole), atol=CLOSE)


@torch.inference_mode()
def test_a_cache_in_bf16_gives_the_same_but_for_its_rounding() -> None:
    _, quick = twice(SMALL)
    ids, caches = random_ids(SMALL, 40, 3), [LatentCache(SMALL, dtype) for dtype in (torch.float32, torch.bfloat16)]
    for cut in (slice(0, 30), slice(30, 31), slice(31, 40)):
        theirs, ours = (quick([ids[cut]], [cache]) for cache in caches)
        error = (ours - theirs).abs().max() / theirs.abs().max()
        assert 0 < error < 0.02


def test_an_engine_says_the_same_with_both() -> None:
    plain, quick = twice(replace(SMALL, num_hidden_layers=2))
    for sampling in (Sampling(temperature=0.0), Sampling(seed=5, min_p=0.05)):
        job = Job([int(id) for id in random_ids(SMALL, 30, 2)], 24, sampling)
        assert list(PlainEngine(quick).start(job)) == list(PlainEngine(plain).start(job))


@torch.inference_mode()
def test_int4_experts_are_their_dequantized_weights_to_the_bit(tmp_path: Path) -> None:
    folder = int4(tmp_path / "int4", replace(STORED, num_hidden_layers=2))
    packed, ids = load(folder), [random_ids(STORED, 20, 1)]
    assert torch.equal(weight_of(packed.get_submodule(EXPERT)), open_checkpoint(folder).weight(EXPERT).float())
    wide = CausalLM(packed.config)
    checkpoint = open_checkpoint(folder)
    wide.load_state_dict(
        {
            name: checkpoint.weight(name.removesuffix(".weight")) if ".experts." in name else checkpoint.read(name)
            for name in wide.state_dict()
        }
    )
    assert torch.allclose(quicken(packed)(ids), wide(ids), atol=CLOSE)


def test_what_is_small_is_told_by_the_parameters() -> None:
    assert is_small(STORED)
    assert not is_small(preset("moonlight-16b-a3b"))
