"""Products are in the type that the processor multiplies fast."""

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="needs the extra k2")

import torch

from farside.k2.precision import autocast, fast_type


@pytest.mark.parametrize(("has", "expected"), [(True, torch.bfloat16), (False, torch.float32)])
def test_products_are_in_bf16_where_the_processor_has_it_alone(
    monkeypatch: pytest.MonkeyPatch, has: bool, expected: torch.dtype
) -> None:
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: has)
    x = torch.ones(2, 2)
    with autocast():
        assert (x @ x).dtype == fast_type() == expected
