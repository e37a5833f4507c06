"""Which modules are INT4, and what is refused of another scheme."""

import json
from typing import Any

import pytest

from farside.errors import FarsideError
from farside.k2.config import preset
from farside.k2.scheme import OURS, module_of, read_scheme
from farside.k2.tensors import tensors


def test_our_scheme_is_that_of_k2_thinking() -> None:
    assert preset("k2-thinking").quantization_config == OURS


def test_the_routed_experts_are_int4_and_nothing_else() -> None:
    scheme = read_scheme(OURS)
    assert scheme
    for tensor in tensors(preset("tiny")):
        packed = scheme.quantizes(module_of(tensor.name))
        assert packed == (tensor.part == "routed experts"), tensor.name


def test_the_package_quantizes_the_same_modules() -> None:
    match = pytest.importorskip("compressed_tensors.utils.match", reason="needs the extra k2")
    torch = pytest.importorskip("torch", reason="needs the extra k2")
    scheme, linear = read_scheme(OURS), torch.nn.Linear(1, 1)
    assert scheme
    for tensor in tensors(preset("tiny")):
        if tensor.is_matrix or tensor.part == "head":
            name = module_of(tensor.name)
            expected = match.is_match(name, linear, ["Linear"], OURS["ignore"])
            assert scheme.quantizes(name) == expected, name


def test_no_scheme_is_none() -> None:
    assert (read_scheme(None), read_scheme({})) == (None, None)


def changed(path: str, value: object) -> dict[str, Any]:
    """Return our scheme with one field changed, named as in the message."""
    scheme: dict[str, Any] = json.loads(json.dumps(OURS))
    *parents, last = path.split(".")
    inner = scheme
    for parent in parents:
        inner = inner[parent]
    inner[last] = value
    return scheme


WEIGHTS = "config_groups.group_0.weights"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("quant_method", "fp8"),
        ("format", "nvfp4-pack-quantized"),
        ("quantization_status", "frozen"),
        ("kv_cache_scheme", {"num_bits": 8}),
        ("config_groups", {}),
        ("config_groups", {"a": {}, "b": {}}),
        ("config_groups.group_0.input_activations", {"num_bits": 8}),
        (f"{WEIGHTS}.num_bits", 8),
        (f"{WEIGHTS}.type", "float"),
        (f"{WEIGHTS}.symmetric", False),
        (f"{WEIGHTS}.strategy", "channel"),
        (f"{WEIGHTS}.group_size", 128),
        (f"{WEIGHTS}.actorder", "group"),
        ("config_groups.group_0.format", "float-quantized"),
        ("config_groups.group_0", 3),
        (WEIGHTS, None),
        ("config_groups.group_0.targets", "Linear"),
        ("ignore", [["lm_head"]]),
        ("ignore", ["re:("]),
    ],
)
def test_another_scheme_is_refused_by_field(path: str, value: object) -> None:
    with pytest.raises(FarsideError, match=rf"quantization_config\.{path} is") as refused:
        read_scheme(changed(path, value))
    assert "farside k2 quantize" in refused.value.next_step


def test_what_is_no_scheme_is_refused() -> None:
    with pytest.raises(FarsideError, match="quantization_config is 'int4'; it must be an object"):
        read_scheme("int4")


def test_fields_that_newer_libraries_add_do_no_harm() -> None:
    more = {
        **OURS,
        "version": "0.20.0",
        "sparsity_config": {},
        "transform_config": {},
        "global_compression_ratio": None,
    }
    assert read_scheme(more) == read_scheme(OURS)
