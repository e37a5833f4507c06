"""The benchmarks of K2 at tiny shapes: they run, and what they compare is the same work."""

import time
from dataclasses import replace

import pytest

pytest.importorskip("torch", reason="needs the extra k2")

import torch

from bench import ceilings, k2_expert, k2_layer
from farside.k2.config import preset

CEILINGS = ceilings.Ceilings(bytes_s=10e9, bf16_flops_s=100e9, fp32_flops_s=50e9)


def test_the_bound_is_the_slower_of_reading_and_multiplying() -> None:
    assert CEILINGS.bound_s(nbytes=10 * 10**9, flops=10**9) == 1.0
    assert CEILINGS.bound_s(nbytes=10**9, flops=200 * 10**9) == 2.0


def test_work_is_held_against_the_faster_type() -> None:
    assert ceilings.Ceilings(bytes_s=10e9, bf16_flops_s=1e9, fp32_flops_s=50e9).flops_s == 50e9


def test_the_ceilings_are_measured() -> None:
    found = ceilings.measure(read_bytes=1 << 20, width=64, least_s=0)
    assert min(found.bytes_s, found.bf16_flops_s, found.fp32_flops_s) > 0


def test_slow_calls_are_run_no_longer_than_it_takes_to_know() -> None:
    began: list[float] = []

    def slow() -> None:
        began.append(time.perf_counter())
        time.sleep(0.02)

    assert ceilings.seconds([slow], least_s=9, most_s=0.01) >= 0.02
    assert len(began) == 1
    ceilings.seconds([slow], least_s=0)
    assert len(began) == 1 + 1 + ceilings.LEAST_RUNS


@torch.inference_mode()
def test_every_form_of_an_expert_multiplies_with_the_same_weights(capsys: pytest.CaptureFixture[str]) -> None:
    made = k2_expert.expert(128, 64, seed=0)
    x = torch.randn(3, 128).bfloat16()
    assert torch.equal(made.int4(x), made.rounded(x))
    assert k2_expert.difference(made.kernel(x), made.rounded(x)) < 0.01
    assert 0.1 < k2_expert.difference(made.int4(x), made.bf16(x)) < 0.25
    rows = ceilings.print_table(k2_expert.compare(128, 64, [1], [made]), CEILINGS)
    assert [row.nbytes for row in rows] == [49_152, 13_824, 13_824]
    assert "as fast" in k2_expert.claim(rows, 128, made)
    assert capsys.readouterr().out.count("\n") == 2 + 3


@torch.inference_mode()
def test_a_layer_does_the_same_as_that_of_transformers() -> None:
    pytest.importorskip("transformers", reason="needs the extra k2")
    config = replace(preset("tiny"), n_routed_experts=4)
    made, x = k2_layer.layer(config, int4=False), k2_layer.inputs(config, 5)
    for how in ("eager", "grouped_mm"):
        peer = k2_layer.transformers_layer(config, made, how)
        assert k2_expert.difference(peer(x[None])[0], made(x)) < 0.01
    nbytes, flops = k2_layer.work(config, made, x[:1], int4=False)
    expert, router = 3 * 64 * 32, 4 * 64
    assert (nbytes, flops) == (2 * (3 * expert + router), 2 * (3 * expert + router))
    int4 = k2_layer.layer(config, int4=True)
    assert k2_layer.work(config, int4, x[:1], int4=True)[0] == 2 * expert * 9 // 16 + 2 * (expert + router)
    assert int4(x).isfinite().all()
