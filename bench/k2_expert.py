"""One expert of K2 at its true shape, 1 and 512 tokens: INT4 as farside has it, torch's own INT4 kernel, and bf16.

    python -m bench.k2_expert [--hidden 7168 --inner 2048 --tokens 1 512 --experts 4]

Several experts take turns, so that weights come from memory and not from the cache. Weights are normal with a
deviation of 0.02: K2's own are not here. Inputs are normal with a deviation of 1.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional

from bench.ceilings import Timed, measure, print_table, progress, seconds
from farside.k2.int4 import dequantize, quantize, unpack
from farside.k2.int4_linear import Int4Linear
from farside.k2.model import SwiGLU
from farside.k2.scheme import GROUP

Forward = Callable[[Tensor], Tensor]
MATRICES = ("gate_proj", "up_proj", "down_proj")
COMPARED = 16
"""Tokens whose outputs are compared: slow forms are slow enough without the rest."""


@dataclass(frozen=True, slots=True)
class Expert:
    """The same expert in each form."""

    bf16: SwiGLU
    int4: SwiGLU
    rounded: SwiGLU
    """In bf16, with the weights that INT4 has."""
    kernel: Forward
    """INT4 on torch's own kernel."""


def expert(hidden: int, inner: int, seed: int) -> Expert:
    progress(f"making expert {seed}")
    torch.manual_seed(seed)
    with torch.device("meta"):
        bf16, int4, rounded = SwiGLU(hidden, inner), SwiGLU(hidden, inner, Int4Linear), SwiGLU(hidden, inner)
    plain, packed, back, kernel = (dict[str, Tensor]() for _ in range(4))
    for name in MATRICES:
        shape = (hidden, inner) if name == "down_proj" else (inner, hidden)
        weight = torch.empty(shape, dtype=torch.bfloat16).normal_(0, 0.02)
        words, scale = quantize(weight)
        plain[f"{name}.weight"], back[f"{name}.weight"] = weight, dequantize(words, scale, shape)
        packed |= {f"{name}.weight_packed": words, f"{name}.weight_scale": scale}
        packed[f"{name}.weight_shape"] = torch.tensor(shape)
        kernel |= {name: for_kernel(unpack(words, shape)), f"{name} scale": scale_for_kernel(scale)}
    for module, held in ((bf16, plain), (int4, packed), (rounded, back)):
        module.load_state_dict(held, assign=True)
    return Expert(bf16, int4, rounded, partial(on_kernel, kernel))


def for_kernel(codes: Tensor) -> Tensor:
    words: Tensor = torch.ops.aten._convert_weight_to_int4pack_for_cpu(codes.int() + 8, 1)
    return words


def scale_for_kernel(scale: Tensor) -> Tensor:
    """The kernel reads w = (nibble - 8) * scale + zero; here zero = 0."""
    return torch.stack((scale.T, torch.zeros_like(scale.T)), dim=-1).contiguous()


def on_kernel(parts: Mapping[str, Tensor], x: Tensor) -> Tensor:
    def multiply(x: Tensor, name: str) -> Tensor:
        y: Tensor = torch.ops.aten._weight_int4pack_mm_for_cpu(x, parts[name], GROUP, parts[f"{name} scale"])
        return y

    return multiply(functional.silu(multiply(x, "gate_proj")) * multiply(x, "up_proj"), "down_proj")


def difference(found: Tensor, expected: Tensor) -> float:
    """|found - expected| / |expected|."""
    return float((found.float() - expected.float()).norm() / expected.float().norm())


def compare(hidden: int, inner: int, tokens: Sequence[int], experts: Sequence[Expert]) -> Iterator[Timed]:
    """Time each form on the same weights."""
    forms: dict[str, Sequence[Forward]] = {
        "bf16": [each.bf16 for each in experts],
        "INT4, farside, unpacked each time": [each.int4 for each in experts],
        "INT4, torch's kernel": [each.kernel for each in experts],
    }
    numbers = 3 * hidden * inner
    int4_bytes = numbers // 2 + 2 * numbers // GROUP
    for count in tokens:
        x = torch.randn(count, hidden).bfloat16()
        expected = experts[0].rounded(x[:COMPARED])
        for name, forward in forms.items():
            progress(f"{name}, {count} tokens")
            apart = difference(forward[0](x[:COMPARED]), expected)
            note = "" if name == "bf16" else f"differs by {apart:.4f} from bf16 of the same weights"
            took = seconds([partial(each, x) for each in forward])
            nbytes = 2 * numbers if name == "bf16" else int4_bytes
            yield Timed(name, count, took, nbytes, 2 * numbers * count, note)


def claim(rows: Sequence[Timed], hidden: int, one: Expert) -> str:
    """INT4 against bf16: the time of a decoded token, and the change of the output on the same weights."""
    x = torch.randn(COMPARED, hidden).bfloat16()
    change = difference(one.int4(x), one.bf16(x))
    first = min(row.tokens for row in rows)
    times = {row.name: row.seconds for row in rows if row.tokens == first}
    fastest, name = min((took, name) for name, took in times.items() if name != "bf16")
    return (
        f"INT4 against bf16, {first} token: {times['bf16'] / fastest:.2f}x as fast ({name}); "
        f"the output changes by {change:.1%} (|INT4 - bf16| / |bf16|)"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hidden", type=int, default=7168)
    parser.add_argument("--inner", type=int, default=2048)
    parser.add_argument("--tokens", type=int, nargs="+", default=[1, 512])
    parser.add_argument("--experts", type=int, default=4)
    options = parser.parse_args()
    with torch.inference_mode():
        ceilings = measure()
        experts = [expert(options.hidden, options.inner, seed) for seed in range(options.experts)]
        rows = print_table(compare(options.hidden, options.inner, options.tokens, experts), ceilings)
        print(claim(rows, options.hidden, experts[0]))


if __name__ == "__main__":
    main()
