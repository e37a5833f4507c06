"""A plan is arithmetic on the config: bytes, what fits, what a token reads, and what binds."""

from dataclasses import replace

import pytest

from farside.errors import FarsideError
from farside.k2.config import preset
from farside.k2.plan import Fit, expert_size, hit_rate, latent_bytes, plan, sizes

THINKING = preset("k2-thinking")
G = 10**9


def test_the_bytes_of_k2_thinking() -> None:
    made = plan(THINKING, 64 * G, 6.5e9)
    assert made.parameters == 1_026_408_232_448
    assert round(made.active / 1e9, 2) == 32.86
    assert round(made.octets / 1e9, 1) == 594.2
    assert expert_size(THINKING).octets == 24_772_608
    assert round(made.cold_bytes / 1e9, 2) == 11.89
    assert (latent_bytes(THINKING), round(latent_bytes(THINKING) * 262_144 / 1e9, 1)) == (70_272, 18.4)
    assert made.parts["routed experts"].octets == 570_760_888_320


def test_bytes_follow_the_format() -> None:
    plain = sizes(replace(THINKING, quantization_config=None))
    assert sum(size.octets for size in plain.values()) == 2 * 1_026_408_232_448 + 2 * 60 * 384
    instruct = sizes(preset("k2-instruct"))
    assert {part: size.stored for part, size in instruct.items()} == {
        "routed experts": "fp8", "attention": "fp8", "shared experts": "fp8", "dense layers": "fp8",
        "embedding": "bfloat16", "head": "bfloat16", "routers": "bfloat16", "norms": "bfloat16",
    }  # fmt: skip
    assert expert_size(preset("k2-instruct")).octets == 44_040_192 + 4 * 3 * 16 * 56


def fits(ram: int, disk: float = 6.5e9, context: int | None = None) -> list[tuple[str, str]]:
    return [(fit.trunk, fit.limit) for fit in plan(THINKING, ram * G, disk, context).fits]


def test_what_binds() -> None:
    assert fits(64) == [("bfloat16", "disk"), ("int8", "disk")]
    assert {limit for _, limit in fits(32)} == {"RAM holds less than a token's experts"}
    assert {limit for _, limit in fits(16)} == {"RAM is too small"}
    assert fits(64, 20e9) == [("bfloat16", "RAM bandwidth"), ("int8", "disk")]
    assert fits(640) == [("bfloat16", "RAM bandwidth")]


def eight_bit(ram: int, context: int) -> Fit:
    return plan(THINKING, ram * G, 6.5e9, context).fits[1]


def test_what_fits_and_what_it_gives() -> None:
    fit = eight_bit(64, 65_536)
    assert (fit.trunk_bytes, round(fit.left / 1e9)) == (10_547_803_648, 43)
    assert (fit.experts, round(fit.hit_rate, 2)) == (fit.left // 24_772_608, 0.46)
    assert fit.read_bytes == pytest.approx((1 - fit.hit_rate) * 480 * 24_772_608)
    assert fit.seconds == pytest.approx(fit.read_bytes / 6.5e9 + (fit.trunk_bytes + 65_536 * 70_272) / 60e9)
    assert 0.7 < fit.tokens_a_second < 0.9
    assert eight_bit(64, 1024).experts > fit.experts > eight_bit(64, 262_144).experts


def test_a_model_that_fits_reads_nothing() -> None:
    (fit,) = plan(preset("moonlight-16b-a3b"), 64 * G, 6.5e9).fits
    assert (fit.hit_rate, fit.read_bytes, fit.experts) == (1.0, 0.0, 64 * 26)


def test_a_model_without_experts_is_planned() -> None:
    dense = replace(preset("tiny"), first_k_dense_replace=3)
    (fit,) = plan(dense, 64 * G, 6.5e9).fits
    assert (fit.experts, fit.read_bytes, fit.limit) == (0, 0.0, "RAM bandwidth")


@pytest.mark.parametrize(
    ("share", "rate"),
    [(0.0, 0.0), (0.019, 0.0), (0.03, 0.13), (0.045, 0.265), (0.06, 0.40), (0.48, 0.94), (0.74, 0.97), (1.0, 1.0)],
)
def test_hits_by_share(share: float, rate: float) -> None:
    assert hit_rate(share, 0.02) == pytest.approx(rate)


@pytest.mark.parametrize(
    ("ram", "disk", "context", "said"),
    [
        (0, 6.5e9, None, "more than nothing"),
        (64 * G, float("nan"), None, "more than nothing"),
        (64 * G, -1.0, None, "more than nothing"),
        (64 * G, 6.5e9, 0, "context of 0"),
        (64 * G, 6.5e9, 262_145, "context of 262145"),
    ],
)
def test_numbers_without_sense_are_refused(ram: int, disk: float, context: int | None, said: str) -> None:
    with pytest.raises(FarsideError, match=said):
        plan(THINKING, ram, disk, context)


@pytest.mark.parametrize(
    ("scheme", "named"),
    [({"quant_method": "gptq"}, "quant_method"), ({"quant_method": "fp8"}, "weight_block_size")],
)
def test_a_format_that_is_not_understood_is_named(scheme: dict[str, str], named: str) -> None:
    with pytest.raises(FarsideError, match=named):
        plan(replace(THINKING, quantization_config=scheme), 64 * G, 6.5e9)
