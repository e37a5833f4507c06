"""One layer of K2's experts at its true shape, 1 and 512 tokens: INT4; and a smaller one beside transformers' own.

    python -m bench.k2_layer [--config k2-thinking --experts N --tokens 1 512 --fitting 24]

The whole layer takes 9.6 GB of memory, and 512 tokens run through all of it; --experts N holds fewer. `--fitting` is
how many experts the layer has that both farside and transformers hold in bf16; it is given 64 tokens at most.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain, count

import torch
from torch import Tensor, nn

from bench.ceilings import Timed, measure, print_table, progress, seconds
from farside.k2.config import Config, preset
from farside.k2.int4_linear import Int4Linear, int4_experts
from farside.k2.model import MixtureOfExperts, SwiGLU, experts_in_memory
from farside.k2.scheme import GROUP


def layer(config: Config, int4: bool) -> MixtureOfExperts:
    """A layer with random weights; INT4 words are random bits, which is quick."""
    progress(f"making {config.n_routed_experts} experts in {'INT4' if int4 else 'bf16'}")
    with torch.device("meta"):
        made = MixtureOfExperts(config, (int4_experts if int4 else experts_in_memory)(config, 0)).bfloat16()
    made = made.to_empty(device="cpu").requires_grad_(False)
    torch.manual_seed(0)
    for module in made.modules():
        if isinstance(module, Int4Linear):
            module.weight_packed.random_(-(2**31), 2**31)
            module.weight_scale.fill_(0.02 / 4.6)
    for parameter in made.parameters():
        parameter.normal_(0, 0.02)
    made.gate.e_score_correction_bias.zero_()
    return made


def transformers_layer(config: Config, ours: MixtureOfExperts, experts: str) -> nn.Module:
    """transformers' layer with the same weights; `experts` is how it goes through them (eager, grouped_mm)."""
    from transformers import DeepseekV3Config
    from transformers.models.deepseek_v3.modeling_deepseek_v3 import DeepseekV3MoE

    shape = config.as_json()
    read = DeepseekV3Config(**{name: shape[name] for name in SHAPE} | {"experts_implementation": experts})
    with torch.device("meta"):
        peer: nn.Module = DeepseekV3MoE(read)
    held = ours.state_dict()
    each = [[held.pop(f"experts.{e}.{name}_proj.weight") for name in PARTS] for e in range(config.n_routed_experts)]
    held["experts.gate_up_proj"] = torch.stack([torch.cat((gate, up)) for gate, up, _ in each])
    held["experts.down_proj"] = torch.stack([down for _, _, down in each])
    peer.load_state_dict(held, assign=True)
    return peer.requires_grad_(False)


FITTING_TOKENS = 64
"""At most: without bf16 instructions each of the three forms takes minutes for 512."""
COMPARED = 8
"""Tokens whose outputs are compared."""
PARTS = ("gate", "up", "down")
SHAPE = (
    *("hidden_size", "moe_intermediate_size", "n_routed_experts", "num_experts_per_tok", "n_shared_experts"),
    *("n_group", "topk_group", "norm_topk_prob", "routed_scaling_factor"),
)


def work(config: Config, made: MixtureOfExperts, x: Tensor, int4: bool) -> tuple[int, int]:
    """Return the bytes of weights that these tokens need, each once, and the multiplications and additions."""
    expert = 3 * config.hidden_size * config.moe_intermediate_size
    router = config.n_routed_experts * config.hidden_size
    used = len(made.gate(x)[0].unique())
    shared = config.n_shared_experts * expert
    routed = used * (expert // 2 + 2 * expert // GROUP if int4 else 2 * expert)
    active = config.num_experts_per_tok * expert + shared + router
    return routed + 2 * (shared + router), 2 * active * len(x)


def tell_experts(made: MixtureOfExperts) -> None:
    """Say how far a pass is: 512 tokens run through all experts, which takes minutes."""
    passed = count(1)

    def tell(*_: object) -> None:
        if (number := next(passed)) % 64 == 0:
            progress(f"{number} experts run")

    for module in made.modules():
        if isinstance(module, SwiGLU):
            module.register_forward_hook(tell)


def timed(name: str, forward: nn.Module, x: Tensor, needs: tuple[int, int]) -> Timed:
    progress(f"{name}, {x.shape[-2]} tokens")
    return Timed(name, x.shape[-2], seconds([partial(forward, x)]), *needs)


def inputs(config: Config, tokens: int) -> Tensor:
    return torch.randn(tokens, config.hidden_size, generator=torch.Generator().manual_seed(1)).bfloat16()


def whole(config: Config, tokens: Sequence[int]) -> Iterator[Timed]:
    """The INT4 layer."""
    made = layer(config, int4=True)
    tell_experts(made)
    for several in tokens:
        x = inputs(config, several)
        name = f"INT4, farside, {config.n_routed_experts} experts"
        yield timed(name, made, x, work(config, made, x, int4=True))


def beside_transformers(config: Config, tokens: Sequence[int]) -> Iterator[Timed]:
    """A bf16 layer that fits: farside's and transformers', with the same weights."""
    made = layer(config, int4=False)
    peers = {how: transformers_layer(config, made, how) for how in ("eager", "grouped_mm")}
    for several in tokens:
        x = inputs(config, min(several, FITTING_TOKENS))
        needs, few = work(config, made, x, int4=False), x[:COMPARED]
        expected = made(few).float()
        yield timed(f"bf16, farside, {config.n_routed_experts} experts", made, x, needs)
        for how, peer in peers.items():
            apart = float((peer(few[None])[0].float() - expected).norm() / expected.norm())
            row = timed(f"bf16, transformers, {how}", peer, x[None], needs)
            yield replace(row, note=f"differs by {apart:.4f} from farside")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", default="k2-thinking")
    parser.add_argument("--experts", type=int)
    parser.add_argument("--tokens", type=int, nargs="+", default=[1, 512])
    parser.add_argument("--fitting", type=int, default=24)
    options = parser.parse_args()
    config = preset(options.config)
    with torch.inference_mode():
        ceilings = measure()
        fitting = replace(config, n_routed_experts=options.fitting, n_group=1, topk_group=1)
        rows = whole(replace(config, n_routed_experts=options.experts or config.n_routed_experts), options.tokens)
        print_table(chain(rows, beside_transformers(fitting, options.tokens)), ceilings)


if __name__ == "__main__":
    main()
