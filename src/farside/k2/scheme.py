"""How a checkpoint says that its weights are INT4 (`quantization_config`), and which modules that means.

farside knows one scheme, that of K2 Thinking: compressed-tensors `pack-quantized`, 4 bits, symmetric, groups of 32,
routed experts alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from farside.errors import FarsideError
from farside.k2.shard import Spec

GROUP = 32
"""Neighbouring inputs that share a scale."""
CODES_A_WORD = 8
FORMAT = "pack-quantized"
ROUTED_EXPERT = re.compile(r"(?:.+\.)?mlp\.experts\.\d+\.(?:gate|up|down)_proj")
"""The modules that are INT4 in K2: 69,120 in K2 Thinking."""
LINEAR = re.compile(r"(?:.+\.)?(?:lm_head|\w+_proj|kv_a_proj_with_mqa)")
"""The modules of the family that are torch's Linear; the router is a bare parameter."""

_WEIGHTS: dict[str, Any] = {
    "num_bits": 4,
    "type": "int",
    "symmetric": True,
    "strategy": "group",
    "group_size": GROUP,
    "dynamic": False,
    "actorder": None,
    "block_structure": None,
}
OURS: dict[str, Any] = {
    "quant_method": "compressed-tensors",
    "format": FORMAT,
    "quantization_status": "compressed",
    "kv_cache_scheme": None,
    "config_groups": {
        "group_0": {
            "targets": ["Linear"],
            "input_activations": None,
            "output_activations": None,
            "weights": {**_WEIGHTS, "observer": "minmax", "observer_kwargs": {}},
        }
    },
    "ignore": ["lm_head", "re:.*self_attn.*", "re:.*shared_experts.*", r"re:.*mlp\.(gate|up|gate_up|down)_proj.*"],
}
"""The `quantization_config` that `quantize` and `synth` write: K2 Thinking's own."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """Which modules of a checkpoint are INT4."""

    targets: tuple[str, ...]
    ignore: tuple[str, ...]

    def quantizes(self, module: str) -> bool:
        """Say whether a module (`model.layers.1.mlp.experts.0.up_proj`) has packed weights.

        As compressed-tensors reads it: a pattern is a module's name, `re:` and an expression that matches
        from the name's beginning, or `Linear`.
        """
        return _matches(module, self.targets) and not _matches(module, self.ignore)


def _matches(module: str, patterns: Iterable[str]) -> bool:
    for pattern in patterns:
        if pattern == module or (pattern == "Linear" and LINEAR.fullmatch(module)):
            return True
        if pattern.startswith("re:") and re.match(pattern[3:], module):
            return True
    return False


def read_scheme(declared: object) -> Scheme | None:
    """Return the scheme of a `quantization_config`; None where there is none.

    Raises:
        FarsideError: it is another scheme than ours; the field is named.
    """
    if not declared:
        return None
    place = "quantization_config"
    whole = _object(declared, place)
    _same(whole, {"quant_method": "compressed-tensors", "format": FORMAT, "quantization_status": "compressed"}, place)
    _absent(whole, ("kv_cache_scheme", "sparsity_config", "transform_config"), place)
    groups = whole.get("config_groups")
    if not isinstance(groups, Mapping) or len(groups) != 1:
        raise _foreign(f"{place}.config_groups", groups, "one group of weights is understood")
    ((name, only),) = groups.items()
    inside = f"{place}.config_groups.{name}"
    group = _object(only, inside)
    _absent(group, ("input_activations", "output_activations"), inside)
    if group.get("format"):
        _same(group, {"format": FORMAT}, inside)
    _same(_object(group.get("weights"), f"{inside}.weights"), _WEIGHTS, f"{inside}.weights")
    return Scheme(_patterns(group, "targets", inside), _patterns(whole, "ignore", place))


def _object(value: object, place: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise _foreign(place, value, "it must be an object")
    return value


def _patterns(given: Mapping[str, Any], field: str, place: str) -> tuple[str, ...]:
    patterns = given.get(field) or []
    if not isinstance(patterns, list) or not all(map(_is_pattern, patterns)):
        raise _foreign(f"{place}.{field}", patterns, "it must be a list of names and of `re:` with an expression")
    return tuple(patterns)


def _is_pattern(pattern: object) -> bool:
    if not isinstance(pattern, str):
        return False
    try:
        re.compile(pattern.removeprefix("re:") if pattern.startswith("re:") else "")
    except re.error:
        return False
    return True


def _same(given: Mapping[str, Any], wanted: Mapping[str, Any], place: str) -> None:
    for field, value in wanted.items():
        if given.get(field) != value:
            raise _foreign(f"{place}.{field}", given.get(field), f"only {value!r} is understood")


def _absent(given: Mapping[str, Any], fields: Iterable[str], place: str) -> None:
    for field in fields:
        if given.get(field):
            raise _foreign(f"{place}.{field}", given[field], "it must be absent")


def _foreign(place: str, value: object, why: str) -> FarsideError:
    shown = repr(value)
    return FarsideError(
        f"The weights are in another scheme than K2 Thinking's INT4: {place} is "
        f"{shown if len(shown) <= 60 else shown[:60] + '...'}; {why}.",
        "Take the checkpoint in bf16 and convert it: farside k2 quantize SRC DST.",
    )


def packed_specs(weight: Spec) -> tuple[Spec, Spec, Spec]:
    """Return what a weight bf16 [out, in] becomes on disk: weight_packed, weight_scale, weight_shape."""
    rows, columns = weight.shape
    return (
        Spec(f"{weight.name}_packed", "I32", (rows, columns // CODES_A_WORD)),
        Spec(f"{weight.name}_scale", "BF16", (rows, columns // GROUP)),
        Spec(f"{weight.name}_shape", "I64", (2,)),
    )


def module_of(tensor: str) -> str:
    """Return the module that a tensor belongs to: its name without the last part."""
    return tensor.rpartition(".")[0]
