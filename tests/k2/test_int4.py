"""INT4: the check vector, and byte for byte what the compressed-tensors package does."""

from typing import Any

import pytest

pytest.importorskip("torch", reason="needs the extra k2")

import torch

from farside.k2.int4 import RuleName, dequantize, encode, pack, quantize, scales, unpack

VECTOR = [-8, -7, -1, 0, 1, 2, 6, 7]
WORD = -22444272
"""0xFEA98710."""


def weights() -> torch.Tensor:
    """bf16 [64, 256]: ordinary rows, and rows where a rule is at its limits."""
    weight = torch.randn(64, 256, generator=torch.Generator().manual_seed(5)) * 0.02
    weight[0] = 0
    weight[1, :32] = -1e-30
    weight[2] = torch.linspace(-1.5e38, 1.5e38, 256)
    weight[3] *= 1e-38
    weight[4, 3] = 9.0
    weight[5] = torch.arange(256) % 16 - 7.5
    return weight.bfloat16()


def peer(module: str) -> Any:
    return pytest.importorskip(f"compressed_tensors.{module}", reason="needs the extra k2")


def test_the_check_vector() -> None:
    codes = torch.tensor([VECTOR * 4], dtype=torch.int8)
    assert pack(codes).tolist() == [[WORD] * 4]
    assert unpack(torch.tensor([[WORD] * 4], dtype=torch.int32), (1, 32)).tolist() == codes.tolist()


def test_every_pair_of_codes_survives() -> None:
    codes = torch.cartesian_prod(torch.arange(-8, 8), torch.arange(-8, 8)).to(torch.int8).view(16, 32)
    assert torch.equal(unpack(pack(codes), (16, 32)), codes)


def test_a_product_is_rounded_once() -> None:
    packed, scale = pack(torch.tensor([VECTOR * 4], dtype=torch.int8)), torch.tensor([[0.0123]]).bfloat16()
    exact = torch.tensor([VECTOR * 4]).double() * scale.double()
    assert torch.equal(dequantize(packed, scale, (1, 32)), exact.bfloat16())


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float32])
def test_bytes_equal_those_of_compressed_tensors(dtype: torch.dtype) -> None:
    package, parameters = peer("quantization"), peer("quantization.utils").calculate_qparams
    compressor = peer("compressors.pack_quantized.base").PackedQuantizationCompressor
    args = package.QuantizationArgs(num_bits=4, type="int", strategy="group", group_size=32, symmetric=True)
    scheme = package.QuantizationScheme(targets=["Linear"], weights=args)
    weight = weights().to(dtype)
    groups = weight.view(64, 8, 32)
    expected_scale, _ = parameters(groups.amin(-1), groups.amax(-1), args)
    state = {"weight": weight, "weight_scale": expected_scale}
    expected = compressor.compress(state, scheme)
    packed, scale = quantize(weight)
    assert torch.equal(scale, expected_scale) and scale.dtype == expected_scale.dtype
    assert torch.equal(packed, expected["weight_packed"])
    decoded = compressor.decompress(expected, scheme)["weight"]
    assert torch.equal(dequantize(packed, scale, (64, 256)), decoded.bfloat16())


def test_the_scale_of_every_bf16_value_equals_that_of_compressed_tensors() -> None:
    package, parameters = peer("quantization"), peer("quantization.utils").calculate_qparams
    args = package.QuantizationArgs(num_bits=4, type="int", strategy="group", group_size=32, symmetric=True)
    values = torch.arange(-(2**15), 2**15, dtype=torch.int32).to(torch.int16).view(torch.bfloat16)
    values = values[values.isfinite()].unsqueeze(-1)
    expected, _ = parameters(values, values, args)
    assert torch.equal(scales(values.expand(-1, 32).contiguous()), expected)


def test_the_rule_of_training_is_symmetric_and_has_a_smallest_scale() -> None:
    weight = weights().float()
    scale = scales(weight, "absmax_7")
    absmax = weight.view(64, 8, 32).abs().amax(-1)
    assert torch.equal(scale, (absmax / 7).clamp(min=1e-5))
    codes = encode(weight, scale, "absmax_7")
    assert (codes.min().item(), codes.max().item()) == (-7, 7)
    expected = torch.round(weight / scale.repeat_interleave(32, -1)).clamp(-7, 7)
    assert torch.equal(codes.float(), expected)


@pytest.mark.parametrize("rule", ["absmax_7_5", "absmax_7"])
def test_scales_that_were_trained_are_kept(rule: RuleName) -> None:
    packed, scale = quantize(weights(), rule)
    again = encode(dequantize(packed, scale, (64, 256)), scale, rule)
    assert torch.equal(pack(again), packed)


@pytest.mark.parametrize("rule", ["absmax_7_5", "absmax_7"])
def test_no_ordinary_weight_is_moved_by_more_than_half_a_step(rule: RuleName) -> None:
    weight = weights()[6:]
    packed, scale = quantize(weight, rule)
    moved = (dequantize(packed, scale, (58, 256)).float() - weight.float()).abs().view(58, 8, 32)
    assert (moved / scale.float().unsqueeze(-1)).max() <= 0.55  # the rounding of bf16 comes on top


def test_a_weight_that_is_not_finite_shows_in_its_scales() -> None:
    weight = weights()
    weight[7, 40] = float("nan")
    assert scales(weight).isfinite().logical_not().nonzero().tolist() == [[7, 1]]
