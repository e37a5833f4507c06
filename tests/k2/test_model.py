"""The forward pass gives the logits of transformers' deepseek_v3, and its two forms of attention agree."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="the model needs the extra k2")
pytest.importorskip("transformers", reason="the peer whose logits are compared")

import torch
from torch import Tensor

from farside.k2.config import Config, preset
from farside.k2.latent_cache import LatentCache
from farside.k2.model import CausalLM, DecoderLayer, RoutedExperts, experts_in_memory
from farside.k2.seams import Experts
from farside.k2.tensors import tensors
from tests.k2.peer import SMALL, Pair, pair, random_config, random_ids

EXACT = 1e-4
PROMPT, STEPS = 40, 64


@pytest.fixture(autouse=True)
def quiet_and_small() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with torch.no_grad():
        yield
    torch.set_num_threads(threads)


def furthest(a: Tensor, b: Tensor) -> float:
    return (a.float() - b.float()).abs().max().item()


def compare(both: Pair, ids: Tensor, steps: int) -> None:
    """Prefill, then decode greedily; every logit is compared."""
    from transformers import DynamicCache

    cache, their_cache = LatentCache(both.ours.config, torch.float32), DynamicCache()
    theirs = both.peer(input_ids=ids[None], cache=their_cache).logits[0]
    ours = both.ours([ids], [cache])
    assert furthest(theirs, ours) <= EXACT
    for _ in range(steps):
        token = ours[-1].argmax().view(1)
        assert token == theirs[-1].argmax()
        theirs = both.peer(input_ids=token[None], cache=their_cache).logits[0]
        ours = both.ours([token], [cache])
        assert furthest(theirs, ours) <= EXACT
    assert cache.length == len(ids) + steps


@pytest.mark.parametrize("seed", range(6))
def test_logits_are_those_of_transformers(seed: int, tmp_path: Path) -> None:
    config = random_config(seed)
    compare(pair(config, tmp_path, seed), random_ids(config, PROMPT, seed), STEPS)


def test_the_eps_of_the_latents_is_not_that_of_the_rest(tmp_path: Path) -> None:
    """The trap: serving engines pass rms_norm_eps there too, and then the logits are others."""
    both, ids = pair(SMALL, tmp_path, 7), random_ids(SMALL, 8, 7)
    mistaken = CausalLM(replace(SMALL, latent_norm_eps=SMALL.rms_norm_eps))
    mistaken.load_state_dict(both.ours.state_dict())
    theirs = both.peer(input_ids=ids[None]).logits[0]
    assert furthest(theirs, both.ours([ids])) <= EXACT < furthest(theirs, mistaken([ids]))


def test_positions_to_the_end_of_the_window(tmp_path: Path) -> None:
    """K2-Thinking's YaRN behind a past of 262,138 tokens: the same latents are put into both caches."""
    from transformers import DynamicCache

    last, new = 262_144, 6
    rotary = preset("k2-thinking").qk_rope_head_dim
    config = replace(
        SMALL, num_hidden_layers=1, first_k_dense_replace=1, num_attention_heads=1, num_key_value_heads=1,
        kv_lora_rank=8, qk_nope_head_dim=4, qk_rope_head_dim=rotary, v_head_dim=4,
    )  # fmt: skip
    both, ids = pair(config, tmp_path, 3), random_ids(config, new, 3)
    past = torch.randn(last - new, config.latent_width, generator=torch.Generator().manual_seed(3))
    cache, their_cache = LatentCache(config, torch.float32, room=last), DynamicCache()
    cache.extend(0, past)
    cache.advance(len(past))
    latent, key = torch.split(past, [config.kv_lora_rank, rotary], dim=-1)
    # Turned pairs lie side by side here, half a head apart there.
    their_cache.update(latent[None, None], torch.cat((key[:, 0::2], key[:, 1::2]), dim=-1)[None, None], 0)
    for token in ids:
        theirs = both.peer(input_ids=token.view(1, 1), cache=their_cache).logits[0]
        assert furthest(theirs, both.ours([token.view(1)], [cache])) <= EXACT
    assert cache.length == last


def small_model(seed: int = 0, **changed: Any) -> CausalLM:
    torch.manual_seed(seed)
    model = CausalLM(replace(SMALL, **changed))
    for tensor in model.state_dict().values():
        tensor.copy_(0.2 * torch.randn(tensor.shape))
    return model


@pytest.mark.parametrize(("new", "seen"), [(1, 1), (1, 50), (7, 7), (7, 50)])
def test_the_two_forms_of_attention_agree(new: int, seen: int) -> None:
    attention: Any = small_model().get_submodule("model.layers.0.self_attn")
    config = attention.config
    rows = torch.randn(seen, config.latent_width)
    q_nope = torch.randn(new, config.num_attention_heads, config.qk_nope_head_dim)
    q_rope = torch.randn(new, config.num_attention_heads, config.qk_rope_head_dim)
    expanded = attention.expanded(q_nope, q_rope, rows)
    assert expanded.shape == (new, config.num_attention_heads, config.v_head_dim)
    torch.testing.assert_close(attention.absorbed(q_nope, q_rope, rows), expanded, rtol=1e-4, atol=1e-5)


def test_prefill_expands_and_decode_absorbs() -> None:
    with torch.device("meta"):
        attention = DecoderLayer(preset("k2-thinking"), 0).self_attn
    absorbs = attention.absorbing_is_cheaper
    assert [absorbs(1, 2), absorbs(1, 100_000), absorbs(150, 100_000)] == [True] * 3
    assert [absorbs(4096, 4096), absorbs(2, 2), absorbs(200, 100_000)] == [False] * 3


def test_sequences_in_one_row_do_not_see_each_other() -> None:
    model = small_model()
    ids = [random_ids(SMALL, length, length) for length in (5, 1, 9)]
    together = [LatentCache(SMALL, torch.float32) for _ in ids]
    model(ids[:1], together[:1])
    packed = model([ids[2], ids[0], ids[1]], [together[1], together[0], together[2]])
    torch.testing.assert_close(packed[:9], model(ids[2:]))
    torch.testing.assert_close(packed[9:14], model([torch.cat((ids[0], ids[0]))])[5:], rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(packed[14:], model(ids[1:2]))
    assert [cache.length for cache in together] == [10, 9, 1]


def test_a_prompt_in_pieces_is_the_same_prompt() -> None:
    model, ids = small_model(), random_ids(SMALL, 30, 1)
    cache = LatentCache(SMALL, torch.float32, room=4)  # it must grow on the way
    pieces = [model([piece], [cache]) for piece in torch.split(ids, [1, 3, 20, 6])]
    torch.testing.assert_close(torch.cat(pieces), model([ids]), rtol=1e-4, atol=1e-5)


def test_a_cut_cache_goes_on_from_there() -> None:
    model, ids = small_model(), random_ids(SMALL, 20, 2)
    cache = LatentCache(SMALL, torch.float32)
    model([random_ids(SMALL, 5, 9)], [cache])
    cache.cut(0)
    model([ids[:12]], [cache])
    model([random_ids(SMALL, 30, 3)], [cache])
    cache.cut(12)
    torch.testing.assert_close(model([ids[12:]], [cache]), model([ids])[12:], rtol=1e-4, atol=1e-5)


def test_a_forward_pass_that_broke_off_left_nothing() -> None:
    broken = True

    def experts_of(config: Config, layer: int) -> Experts:
        plain = experts_in_memory(config, layer)

        def experts(x: Tensor, chosen: Tensor, weights: Tensor) -> Tensor:
            if broken:
                raise OSError("the disk went away")
            return plain(x, chosen, weights)

        return experts

    torch.manual_seed(0)
    model, ids = CausalLM(SMALL, experts_of), random_ids(SMALL, 6, 4)
    cache = LatentCache(SMALL, torch.float32, room=1)
    with pytest.raises(OSError, match="went away"):
        model([ids], [cache])
    broken = False
    assert cache.length == 0
    torch.testing.assert_close(model([ids], [cache]), model([ids]))


def test_a_few_experts_may_stand_for_many() -> None:
    """Each named many times in the list: how a layer of the true width fits into a small memory."""
    one = small_model().get_submodule("model.layers.1.mlp.experts.0")

    def experts_of(config: Config, layer: int) -> Experts:
        return RoutedExperts([one] * config.n_routed_experts)

    x = torch.randn(3, SMALL.hidden_size)
    chosen, weights = torch.tensor([[0, 5], [2, 1], [7, 0]]), torch.rand(3, 2)
    expected = one(x) * weights.sum(-1, keepdim=True)
    torch.testing.assert_close(experts_of(SMALL, 1)(x, chosen, weights), expected)


def test_gradients_flow_without_a_cache() -> None:
    with torch.enable_grad():
        model = small_model(num_experts_per_tok=8)  # all: an expert that nobody chose has no gradient
        model([random_ids(SMALL, 40, 5)]).square().mean().backward()
    without = [name for name, each in model.named_parameters() if each.grad is None or not each.grad.any()]
    assert without == []


@pytest.mark.parametrize("name", ["k2-thinking", "moonlight-16b-a3b"])
def test_parameters_are_named_as_the_tensors_of_a_checkpoint(name: str) -> None:
    config = replace(preset(name), num_hidden_layers=2)
    with torch.device("meta"):
        model = CausalLM(config)
    shapes = {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}
    assert shapes == {tensor.name: tensor.shape for tensor in tensors(config)}
