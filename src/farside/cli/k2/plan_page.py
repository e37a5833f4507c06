"""A plan as a page of text. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from farside.errors import FarsideError
from farside.k2.plan import HIT_BY_SHARE, RAM_RATE, SYSTEM_BYTES, Fit, Plan, expert_size, latent_bytes

COLUMNS = ("trunk in", "trunk", "latents", "for experts", "experts", "hits", "read/token", "tokens/s", "limit")
_SIZE = re.compile(r"(\d{1,15}(?:\.\d+)?)\s*([KMGT]?)(i?)B?", re.IGNORECASE)


def octets(text: str) -> int:
    """Read a size: 64G and 64GB are 64 x 10^9 bytes, 64GiB is 64 x 2^30.

    Raises:
        FarsideError: it is none.
    """
    match = _SIZE.fullmatch(text.strip())
    if not match:
        raise FarsideError(f"{text!r} is no size.", "write it as 64G, 64GB or 62GiB")
    number, unit, binary = match.groups()
    return int(float(number) * (1024 if binary else 1000) ** " KMGT".index(unit.upper() or " "))


def page(plan: Plan, title: str, unconfirmed: Sequence[str]) -> Iterator[str]:
    """Yield the lines."""
    yield title
    yield ""
    yield from _model(plan)
    yield ""
    yield from _machine(plan)
    yield ""
    yield from _assumptions(plan)
    if unconfirmed:
        yield ""
        yield "Unconfirmed in this preset (a checkpoint's own config.json wins): " + ", ".join(unconfirmed)


def _model(plan: Plan) -> Iterator[str]:
    """What the model is, wherever it runs."""
    config, embedding = plan.config, plan.parts["embedding"].parameters
    one, token, window = expert_size(config), latent_bytes(config), config.max_position_embeddings
    rows = [("part", "parameters", "bytes", "stored as")]
    rows += [(part, _billions(size.parameters), _gb(size.octets), size.stored) for part, size in plan.parts.items()]
    rows.append(("total", _billions(plan.parameters), _gb(plan.octets), ""))
    yield from _table(rows, "<>><")
    if config.num_nextn_predict_layers:
        yield f"  (without {config.num_nextn_predict_layers} layer past the last, which predicts one token more)"
    yield ""
    without = _billions(plan.active - embedding)
    yield (
        f"Parameters   {_billions(plan.parameters)} total, {_billions(plan.active)} active a token"
        f" ({without} without the input embedding)"
    )
    yield f"One expert   {one.octets:,} B; a token runs through {plan.experts_a_token:,} of {_all_experts(plan):,}"
    yield f"Cold token   {_gb(plan.cold_bytes)} read from disk when none of them is in RAM"
    yield f"KV cache     {token:,} B a token, {_gb(token * window)} at {window:,}"


def _machine(plan: Plan) -> Iterator[str]:
    """What becomes of it here."""
    latents = plan.context * latent_bytes(plan.config)
    disk = f"{plan.disk_rate / 1e9:g} GB/s from disk"
    yield f"With {_gb(plan.ram)} of RAM, {disk} and a context of {plan.context:,} tokens"
    rows = (_row(fit, plan, latents) for fit in plan.fits)
    yield from _table([COLUMNS, *rows], "<>>>>>>><")
    if len(plan.fits) > 1:
        yield "  int8 is not the checkpoint's arithmetic."


def _row(fit: Fit, plan: Plan, latents: int) -> tuple[str, ...]:
    share = fit.experts / _all_experts(plan) if _all_experts(plan) else 1.0
    held = f"{fit.experts:,} ({share:.1%})"
    room = (fit.trunk, _gb(fit.trunk_bytes), _gb(latents), _gb(fit.left), held)
    if fit.limit == "RAM is too small":
        return (*room, "-", "-", "-", fit.limit)
    return (*room, f"{fit.hit_rate:.0%}", _gb(fit.read_bytes), f"{fit.tokens_a_second:.2f}", fit.limit)


def _assumptions(plan: Plan) -> Iterator[str]:
    """The formula, and every number in it that was not measured here."""
    known = ", ".join(f"{share:.0%}: {rate:.0%}" for share, rate in HIT_BY_SHARE[1:-1])
    one_token = plan.experts_a_token / _all_experts(plan) if _all_experts(plan) else 0.0
    yield "Assumptions"
    yield "  seconds a token = max(misses / disk, hits / RAM) + (trunk + latents) / RAM, in bytes and bytes a second:"
    yield "    a layer's misses are known after its router only, so the trunk's time adds to the reads'"
    yield f"  RAM gives {RAM_RATE / 1e9:g} GB/s; {_gb(SYSTEM_BYTES)} of it stay with the operating system"
    yield "  the trunk is all but the routed experts and the input embedding, of which one row a token is read"
    yield "  hits by the share of experts in RAM, as others measured on Kimi-Linear (K2's own are unknown):"
    yield f"    {known}; none below one token's experts ({one_token:.1%}), as layers come in a cycle"
    yield "  decoding one token at a time; a prompt is a sweep over nearly all experts, not a token"


def _all_experts(plan: Plan) -> int:
    return plan.config.n_routed_experts * len(plan.config.moe_layers)


def _table(rows: Sequence[tuple[str, ...]], sides: str) -> Iterator[str]:
    """Yield rows in columns, each to its side."""
    wide = [max(len(row[column]) for row in rows) for column in range(len(sides))]
    for row in rows:
        cells = (f"{cell:{side}{width}}" for cell, side, width in zip(row, sides, wide, strict=True))
        yield ("  " + "  ".join(cells)).rstrip()


def _billions(count: int) -> str:
    return f"{count / 1e9:.1f}B" if count >= 50_000_000 else f"{count / 1e6:.2f}M"


def _gb(count: float) -> str:
    return f"{count / 1e9:.1f} GB" if abs(count) >= 50_000_000 else f"{count / 1e6:.2f} MB"
