"""What a model of the family asks of a machine that keeps its experts on disk: bytes, and tokens a second to expect.

Arithmetic on the config; nothing is measured, no tensor is opened. The engine that is assumed keeps in RAM all
weights that are not routed experts (the trunk), the latents of the context, and as many routed experts as still fit.
A token runs through the trunk, and reads the experts that it chose and that are not there.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from farside.errors import FarsideError
from farside.k2.config import Config
from farside.k2.scheme import read_scheme
from farside.k2.tensors import Part, Tensor, expert_tensors, layer_tensors, outer_tensors

LATENT_BYTES = 2
"""A number of the cache: bfloat16."""
SYSTEM_BYTES = 6_000_000_000
"""Left to the operating system and to work buffers."""
RAM_RATE = 60_000_000_000
"""Bytes a second that the cores read from RAM: two channels of DDR5."""
USUAL_CONTEXT = 65_536
HIT_BY_SHARE = ((0.0, 0.0), (0.03, 0.13), (0.06, 0.40), (0.12, 0.62), (0.24, 0.85), (0.48, 0.94), (1.0, 1.0))
"""Share of the experts that RAM holds -> share of the chosen ones found there. Measured by others on Kimi-Linear (256
experts); no trace of K2 is public."""

Limit = Literal["RAM is too small", "RAM holds less than a token's experts", "disk", "RAM bandwidth"]


@dataclass(frozen=True, slots=True)
class Size:
    """A part of a checkpoint."""

    parameters: int
    octets: int
    stored: str
    """The format of its numbers."""


@dataclass(frozen=True, slots=True)
class Fit:
    """What one token costs with the trunk held in one format."""

    trunk: str
    """The format."""
    trunk_bytes: int
    """Without the input embedding, of which a token needs one row."""
    left: int
    """Bytes for routed experts; negative where the trunk and the latents alone are too large."""
    experts: int
    """Routed experts that fit."""
    hit_rate: float
    read_bytes: float
    """From disk."""
    seconds: float
    limit: Limit

    @property
    def tokens_a_second(self) -> float:
        """None can be expected where it does not fit."""
        return 0.0 if self.limit == "RAM is too small" else 1 / self.seconds


@dataclass(frozen=True, slots=True)
class Plan:
    """A model on a machine."""

    config: Config
    parts: Mapping[Part, Size]
    ram: int
    disk_rate: float
    """Bytes a second."""
    context: int
    fits: tuple[Fit, ...]

    @property
    def parameters(self) -> int:
        """All of them."""
        return sum(size.parameters for size in self.parts.values())

    @property
    def active(self) -> int:
        """Those that a token is multiplied with, and the input embedding."""
        chosen = self.experts_a_token * expert_size(self.config).parameters
        return self.parameters - self.parts["routed experts"].parameters + chosen

    @property
    def octets(self) -> int:
        """Bytes of the checkpoint."""
        return sum(size.octets for size in self.parts.values())

    @property
    def experts_a_token(self) -> int:
        """Routed experts that a token runs through, in all layers."""
        return self.config.num_experts_per_tok * len(self.config.moe_layers)

    @property
    def cold_bytes(self) -> int:
        """What a token reads when none of its experts is in RAM."""
        return self.experts_a_token * expert_size(self.config).octets


def plan(config: Config, ram: int, disk_rate: float, context: int | None = None) -> Plan:
    """Plan for `ram` bytes and `disk_rate` bytes a second; `context` is 65,536 tokens by default, or the window.

    Raises:
        FarsideError: a number makes no sense, or the weights are in a format that is not understood.
    """
    window = config.max_position_embeddings
    context = min(USUAL_CONTEXT, window) if context is None else context
    if not 1 <= context <= window:
        raise FarsideError(f"A context of {context} tokens is not in the model's window.", f"give 1 to {window}")
    if not (math.isfinite(disk_rate) and disk_rate > 0 and ram > 0):
        raise FarsideError("RAM and disk must be more than nothing.", "for example --ram 64G --disk-gbps 6.5")
    parts = sizes(config)
    trunk = [size for part, size in parts.items() if part not in ("routed experts", "embedding")]
    stored, narrow = sum(size.octets for size in trunk), sum(size.parameters for size in trunk)
    fits = [_fit(config, _names(trunk), stored, ram, disk_rate, context)]
    if narrow < stored and fits[0].experts < _experts(config):
        fits.append(_fit(config, "int8", narrow, ram, disk_rate, context))
    return Plan(config, parts, ram, disk_rate, context, tuple(fits))


def _names(trunk: list[Size]) -> str:
    formats = {size.stored for size in trunk if size.parameters > 10_000_000} or {trunk[0].stored}
    return " and ".join(sorted(formats))


def sizes(config: Config) -> dict[Part, Size]:
    """Return the parts of a checkpoint, largest first; layers past the last are not among them.

    Raises:
        FarsideError: the weights are in a format that is not understood.
    """
    parameters: Counter[Part] = Counter()
    octets: Counter[Part] = Counter()
    formats: dict[Part, str] = {}
    scheme = _scheme(config)
    for times, tensor in _kinds(config):
        stored, size = _stored(tensor, config.dtype, scheme)
        parameters[tensor.part] += times * tensor.size
        octets[tensor.part] += times * size
        formats.setdefault(tensor.part, stored)
    return {part: Size(parameters[part], most, formats[part]) for part, most in octets.most_common()}


def _kinds(config: Config) -> Iterator[tuple[int, Tensor]]:
    """Yield each tensor of one dense and one layer of experts, and how often it is there: the layers are alike."""
    yield from ((1, tensor) for tensor in outer_tensors(config))
    for layers in (range(config.first_k_dense_replace), config.moe_layers):
        if layers:
            yield from ((len(layers), tensor) for tensor in layer_tensors(config, layers[0]))


def expert_size(config: Config) -> Size:
    """Return the size of one routed expert."""
    scheme = _scheme(config)
    found = [(tensor.size, *_stored(tensor, config.dtype, scheme)) for tensor in expert_tensors(config, 0, 0)]
    return Size(sum(size for size, _, _ in found), sum(octets for _, _, octets in found), found[0][1])


def latent_bytes(config: Config) -> int:
    """Return what the cache keeps of a token: (c + r) numbers a layer."""
    return config.latent_width * config.num_hidden_layers * LATENT_BYTES


def hit_rate(share: float, share_of_a_token: float) -> float:
    """Return how many of the chosen experts are found in RAM when it holds this share of all.

    Least-recently-used finds nothing below one token's working set: layers come in a cycle, and what is thrown out is
    what comes next.
    """
    if share < share_of_a_token:
        return 0.0
    above = min(bisect_right(HIT_BY_SHARE, (share, math.inf)), len(HIT_BY_SHARE) - 1)
    (low, from_rate), (high, to_rate) = list(pairwise(HIT_BY_SHARE))[above - 1]
    return from_rate + (to_rate - from_rate) * (share - low) / (high - low)


def _experts(config: Config) -> int:
    return config.n_routed_experts * len(config.moe_layers)


def _fit(config: Config, trunk: str, trunk_bytes: int, ram: int, disk_rate: float, context: int) -> Fit:
    """Work out one token: misses come from disk while hits are computed; the trunk waits for neither and runs alone.

    A layer's misses are known only after its router, so the time of the trunk adds to that of the reads.
    """
    latents, one, there = context * latent_bytes(config), expert_size(config).octets, _experts(config)
    left = ram - SYSTEM_BYTES - latents - trunk_bytes
    experts = max(0, min(left // one, there))
    a_token = config.num_experts_per_tok * len(config.moe_layers)
    rate = hit_rate(experts / there, a_token / there) if there else 1.0
    missed, found = (1 - rate) * a_token * one, rate * a_token * one
    from_disk, from_ram = missed / disk_rate, (trunk_bytes + latents) / RAM_RATE
    seconds = max(from_disk, found / RAM_RATE) + from_ram
    limit: Limit = "disk" if from_disk > from_ram else "RAM bandwidth"
    if experts < a_token:
        limit = "RAM is too small" if left < 0 else "RAM holds less than a token's experts"
    return Fit(trunk, trunk_bytes, left, experts, rate, missed, seconds, limit)


Scheme = Literal["plain", "int4", "fp8"]


def _scheme(config: Config) -> Scheme:
    """Name the format of the weights."""
    declared = config.quantization_config
    if declared and declared.get("quant_method") == "fp8":
        if list(declared.get("weight_block_size") or []) != [128, 128]:
            raise FarsideError(
                "The weights are FP8, but quantization_config.weight_block_size is not [128, 128].",
                "farside knows plain weights, K2 Thinking's INT4, and DeepSeek's FP8 in blocks of 128 x 128",
            )
        return "fp8"
    return "int4" if read_scheme(declared) else "plain"


def _stored(tensor: Tensor, dtype: str, scheme: Scheme) -> tuple[str, int]:
    """Return the format of a tensor on disk and how many bytes it takes, scales included.

    INT4: 4 bits and a 16-bit scale for 32; FP8: 8 bits and a 32-bit scale for each block of 128 x 128.
    """
    if scheme == "int4" and tensor.part == "routed experts":
        return "int4", tensor.size // 2 + tensor.size // 32 * 2
    if scheme == "fp8" and tensor.is_matrix:
        return "fp8", tensor.size + 4 * math.prod(-(-side // 128) for side in tensor.shape)
    if tensor.name.endswith("e_score_correction_bias"):
        return dtype, 4 * tensor.size
    return dtype, (4 if dtype == "float32" else 2) * tensor.size
