"""Products are in the type that the processor multiplies fast."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch", reason="needs the extra k2")

import torch

from farside.k2.precision import autocast, fast_type

CPUINFO = Path("/proc/cpuinfo")


@pytest.mark.skipif(not CPUINFO.exists(), reason="the kernel does not tell what the processor has")
def test_products_are_in_bf16_where_the_processor_has_it_alone() -> None:
    has = "avx512_bf16" in CPUINFO.read_text().split()
    x = torch.ones(2, 2)
    with autocast():
        assert (x @ x).dtype == fast_type() == (torch.bfloat16 if has else torch.float32)
