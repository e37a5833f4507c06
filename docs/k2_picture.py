"""Draw one token's way through Kimi K2 Thinking: python docs/k2_picture.py > docs/k2.svg

The sizes are read from the preset, so that the picture cannot disagree with the code.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from farside.k2.config import Config, preset
from farside.k2.yarn import softmax_scale

STYLE = """
text { font: 13px ui-sans-serif, Helvetica, Arial, sans-serif; fill: #1f2328; text-anchor: middle }
.small { font-size: 11.5px; fill: #57606a } .title { font-size: 15px; font-weight: 600; text-anchor: start }
.left { text-anchor: start } .box { fill: #f6f8fa; stroke: #8c959f } .kept { fill: #fff1c2; stroke: #bf8700 }
.int4 { fill: #ddf4ff; stroke: #218bff } .pale { fill: none; stroke: #d0d7de }
path { stroke: #57606a; fill: none; marker-end: url(#tip) }
"""


def box(x: int, y: int, w: int, words: str, note: str = "", kind: str = "box", h: int = 40) -> Iterator[str]:
    """A box of width w whose top left corner is at x, y, with a word and a note below it."""
    yield f'<rect class="{kind}" x="{x}" y="{y}" width="{w}" height="{h}" rx="5"/>'
    yield f'<text x="{x + w // 2}" y="{y + (h // 2 + 5 if not note else h // 2 - 2)}">{words}</text>'
    if note:
        yield f'<text class="small" x="{x + w // 2}" y="{y + h // 2 + 14}">{note}</text>'


def arrow(*points: int) -> str:
    """A line through points x, y, x, y, ..., with a tip at its end."""
    pairs = [f"{points[at]} {points[at + 1]}" for at in range(0, len(points), 2)]
    return f'<path d="M {" L ".join(pairs)}"/>'


def note(x: int, y: int, words: str, kind: str = "small left") -> str:
    """Words without a box."""
    return f'<text class="{kind}" x="{x}" y="{y}">{words}</text>'


def whole(c: Config) -> Iterator[str]:
    """The left column: from ids to logits."""
    d, last = f"{c.hidden_size:,}", c.num_hidden_layers - 1
    yield note(20, 34, "The whole pass", "title")
    yield from box(20, 50, 200, "embed_tokens", f"{c.vocab_size:,} rows of {d}")
    yield arrow(120, 90, 120, 118)
    yield '<rect class="pale" x="20" y="120" width="200" height="132" rx="5"/>'
    yield note(30, 138, f"layer {c.first_k_dense_replace - 1}: dense")
    yield from box(36, 148, 168, "x + attention(norm x)", h=36)
    yield from box(36, 200, 168, "x + MLP(norm x)", f"{c.intermediate_size:,} wide", h=42)
    yield arrow(120, 184, 120, 198)
    yield arrow(120, 252, 120, 280)
    yield '<rect class="pale" x="20" y="282" width="200" height="132" rx="5"/>'
    yield note(30, 300, f"layers {c.first_k_dense_replace} to {last}: experts")
    yield from box(36, 310, 168, "x + attention(norm x)", h=36)
    yield from box(36, 362, 168, "x + experts(norm x)", f"{c.num_experts_per_tok} of {c.n_routed_experts}", h=42)
    yield arrow(120, 346, 120, 360)
    yield arrow(120, 414, 120, 442)
    yield from box(20, 444, 200, "norm", h=30)
    yield arrow(120, 474, 120, 496)
    yield from box(20, 498, 200, "lm_head", f"{c.vocab_size:,} logits")


def attention(c: Config) -> Iterator[str]:
    """The middle column: from x to the output of attention."""
    heads, nope, rope, value = c.num_attention_heads, c.qk_nope_head_dim, c.qk_rope_head_dim, c.v_head_dim
    m = math.sqrt(softmax_scale(c) * math.sqrt(c.qk_head_dim))
    yield note(270, 34, "Multi-head latent attention", "title")
    yield from box(400, 50, 120, "x", f"{c.hidden_size:,}")
    yield arrow(400, 70, 345, 70, 345, 108)
    yield arrow(520, 70, 575, 70, 575, 108)
    yield from box(270, 110, 150, "q_a_proj, norm", f"c^Q: {c.q_lora_rank:,}")
    yield from box(500, 110, 150, "kv_a_proj_with_mqa", f"{c.kv_lora_rank} + {rope}")
    yield arrow(345, 150, 345, 178)
    yield from box(270, 180, 150, "q_b_proj", f"{heads} heads x ({nope} + {rope})")
    yield arrow(540, 150, 530, 178)
    yield arrow(610, 150, 625, 178)
    yield from box(480, 180, 100, "norm", f"c^KV: {c.kv_lora_rank}")
    yield from box(590, 180, 80, "RoPE", f"k^R: {rope}")
    yield arrow(530, 220, 545, 258)
    yield arrow(630, 220, 610, 258)
    yield from box(480, 260, 190, f"cache row: {c.latent_width}", "one a token and layer", "kept")
    yield arrow(345, 220, 345, 258)
    yield from box(270, 260, 150, "RoPE on the last", f"{rope} of each head")
    yield arrow(345, 300, 345, 328)
    yield arrow(575, 300, 575, 328)
    yield '<rect class="pale" x="270" y="330" width="400" height="78" rx="5"/>'
    yield note(280, 347, "equal within rounding; the cheaper one is taken")
    yield from box(280, 356, 185, "expanded (prefill)", f"{heads} keys and values a token", h=44)
    yield from box(475, 356, 185, "absorbed (decode)", "one key and value for all", h=44)
    yield arrow(470, 408, 470, 428)
    scale = f"softmax(m² q·k / √{c.qk_head_dim}) over the past, times the values"
    yield from box(270, 430, 400, scale, f"m = {m:.3f} of YaRN; {heads} x {value}")
    yield arrow(470, 470, 470, 496)
    yield from box(370, 498, 200, "o_proj", f"{heads * value:,} to {c.hidden_size:,}")


def experts(c: Config) -> Iterator[str]:
    """The right column: from x to the sum of experts."""
    yield note(720, 34, "Mixture of experts", "title")
    yield from box(800, 50, 120, "x", f"{c.hidden_size:,}")
    yield arrow(860, 90, 860, 108)
    yield from box(720, 110, 280, "gate: s = sigmoid(x W)", f"{c.n_routed_experts} affinities, all in fp32")
    yield arrow(790, 150, 790, 178)
    yield arrow(930, 150, 930, 178)
    yield from box(720, 180, 135, "top 8 of s + bias", "who", h=44)
    yield from box(865, 180, 135, f"s / sum x {c.routed_scaling_factor}", "how much, unbiased", h=44)
    yield arrow(790, 224, 790, 258)
    yield arrow(930, 224, 930, 380, 892, 380)
    for at in range(4):
        yield from box(720 + 8 * at, 260 + 6 * at, 130, "", "", "int4", 48)
    yield note(752, 298, f"{c.num_experts_per_tok} routed experts", "left")
    yield note(752, 316, f"SwiGLU {c.moe_intermediate_size:,}, INT4")
    yield arrow(815, 326, 815, 362)
    yield from box(740, 364, 150, "weighted sum", h=32)
    yield arrow(920, 70, 1045, 70, 1045, 258)
    yield from box(975, 260, 140, "shared expert", f"SwiGLU {c.moe_intermediate_size:,}, bf16", h=48)
    yield arrow(815, 396, 815, 440, 863, 440)
    yield arrow(1045, 308, 1045, 440, 897, 440)
    yield from box(865, 424, 30, "+", h=32)
    yield arrow(880, 456, 880, 496)
    yield from box(820, 498, 120, "y", f"{c.hidden_size:,}")


def main() -> None:
    """Write the picture to stdout."""
    config = preset("k2-thinking")
    print('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1140 560" width="1140" height="560">')
    print(f"<style>{STYLE}</style>")
    print('<defs><marker id="tip" markerWidth="8" markerHeight="8" refX="6" refY="3" orient="auto">')
    print('<polygon points="0 0, 7 3, 0 6" fill="#57606a"/></marker></defs>')
    print('<rect width="1140" height="560" fill="#ffffff"/>')
    for column in (whole, attention, experts):
        print("\n".join(column(config)))
    print("</svg>")


if __name__ == "__main__":
    main()
