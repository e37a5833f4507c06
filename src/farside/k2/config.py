"""The shape of a model of the family, read from a `config.json`; what is not understood is refused by field name.

`read_config` reads the one of a checkpoint, `preset` knows the family's by name (configs/*.json).

The family is one graph (DeepSeek-V3, arXiv 2412.19437) under three names: `deepseek_v3`, `kimi_k2`, and the
`text_config` of `kimi_k25`. A wrong guess of a field makes a model that runs and talks nonsense, so nothing is
guessed: a field that steers the forward pass must be there, and one that is neither known nor known to be harmless
stops the reading.
"""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, fields
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from farside.errors import FarsideError

FAMILY = ("deepseek_v3", "kimi_k2")
"""Values of `model_type` whose fields are this module's; `kimi_k25` holds such a config in `text_config`."""
DTYPES = ("bfloat16", "float16", "float32")
MAY_BE_ZERO = frozenset({"first_k_dense_replace", "num_nextn_predict_layers"})


@dataclass(frozen=True, slots=True)
class Yarn:
    """How the rotary embedding was stretched (YaRN, arXiv 2309.00071); `rope_scaling` in config.json."""

    factor: float
    original_max_position_embeddings: int
    beta_fast: float
    beta_slow: float
    mscale: float
    mscale_all_dim: float


@dataclass(frozen=True, slots=True)
class Config:
    """One model of the family; the fields are named as in config.json."""

    model_type: str
    vocab_size: int
    hidden_size: int
    intermediate_size: int
    """Width of the dense layers; an expert has `moe_intermediate_size`."""
    moe_intermediate_size: int
    num_hidden_layers: int
    first_k_dense_replace: int
    """So many first layers have one dense MLP in place of experts."""
    num_attention_heads: int
    num_key_value_heads: int
    q_lora_rank: int | None
    """Width of the query latent; None: queries come straight from the hidden state (Moonlight)."""
    kv_lora_rank: int
    qk_nope_head_dim: int
    qk_rope_head_dim: int
    v_head_dim: int
    n_routed_experts: int
    num_experts_per_tok: int
    n_shared_experts: int
    """The shared expert is one MLP, so many times as wide as a routed one."""
    n_group: int
    topk_group: int
    norm_topk_prob: bool
    routed_scaling_factor: float
    rms_norm_eps: float
    max_position_embeddings: int
    rope_theta: float
    rope_scaling: Yarn | None = None
    latent_norm_eps: float = 1e-6
    """The eps of `q_a_layernorm` and `kv_a_layernorm`. No published config.json has this field: the published
    modelling code and transformers leave it at 1e-6, serving engines pass rms_norm_eps."""
    num_nextn_predict_layers: int = 0
    """Layers past the last that predict one token more; the forward pass leaves them out."""
    dtype: str = "bfloat16"
    bos_token_id: int | None = None
    eos_token_id: int | tuple[int, ...] | None = None
    pad_token_id: int | None = None
    quantization_config: Mapping[str, Any] | None = None
    """As it stands; whoever opens the tensors judges it."""

    def __post_init__(self) -> None:
        for field, wrong in _contradictions(self):
            raise _refused(field, getattr(self, field), wrong)

    @property
    def qk_head_dim(self) -> int:
        """Width of a query or key head: the part without a position, then the rotary part."""
        return self.qk_nope_head_dim + self.qk_rope_head_dim

    @property
    def latent_width(self) -> int:
        """What the cache keeps of a token and a layer: the latent, then the rotary key that all heads share."""
        return self.kv_lora_rank + self.qk_rope_head_dim

    @property
    def moe_layers(self) -> range:
        """The layers that have experts."""
        return range(self.first_k_dense_replace, self.num_hidden_layers)

    def as_json(self) -> dict[str, Any]:
        """Return a config.json that reads back as this config, with what other readers of the family ask for."""
        values = {name: value for name, value in asdict(self).items() if name not in ("rope_scaling", "dtype")}
        yarn = {"type": "yarn", **asdict(self.rope_scaling)} if self.rope_scaling else None
        architecture = {"architectures": ["DeepseekV3ForCausalLM"], **_fields_elsewhere()["only"]}
        return {**architecture, **values, "rope_scaling": yarn, "torch_dtype": self.dtype}


def read_config(path: Path) -> Config:
    """Read the config.json of a checkpoint folder, or such a file.

    Raises:
        FarsideError: there is none, it is no JSON, or a field is missing, of a wrong type or not understood.
    """
    path = path / "config.json" if path.is_dir() else path
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise FarsideError(
            f"{path} cannot be read: {error.strerror}.", "name a checkpoint folder, or its config.json"
        ) from None
    except (ValueError, RecursionError) as error:
        raise FarsideError(f"{path} is no JSON: {error}.", "fetch it again from where the checkpoint came") from None
    if not isinstance(values, dict):
        raise FarsideError(f"{path} holds no object.", "fetch it again from where the checkpoint came")
    return config_from(values)


@dataclass(frozen=True, slots=True)
class Preset:
    """A model of the family that is known by name."""

    about: str
    config: Config
    unconfirmed: Mapping[str, str]
    """Field -> why it may be wrong. The config.json of a checkpoint wins over all of it."""


def preset_names() -> tuple[str, ...]:
    """Name the presets, sorted."""
    found = (path.name for path in (files("farside.k2") / "configs").iterdir())
    return tuple(sorted(name.removesuffix(".json") for name in found if name.endswith(".json")))


def known(name: str) -> Preset:
    """Return a preset by its name, in any case, with or without `Kimi-` before it.

    Raises:
        FarsideError: there is none of that name.
    """
    plain = name.lower().removeprefix("kimi-")
    if plain not in preset_names():
        there_are = ", ".join(preset_names())
        raise FarsideError(
            f"No preset is called {name!r}, and no folder or file either.",
            f"name a checkpoint's folder, its config.json, or one of these: {there_are}",
        )
    data = json.loads((files("farside.k2") / "configs" / f"{plain}.json").read_text(encoding="utf-8"))
    return Preset(data["about"], config_from(data["config"]), data["unconfirmed"])


def preset(name: str) -> Config:
    """Return the config of a preset.

    Raises:
        FarsideError: there is none of that name.
    """
    return known(name).config


def config_from(values: Mapping[str, Any]) -> Config:
    """Make a config of the fields of a config.json.

    Raises:
        FarsideError: a field is missing, of a wrong type or not understood.
    """
    if values.get("model_type") == "kimi_k25":
        return _config_inside(values)
    if values.get("model_type") not in FAMILY:
        known = ", ".join((*FAMILY, "kimi_k25"))
        raise _refused("model_type", values.get("model_type"), f"the family is {known}")
    given = _rope(_old_names(values))
    _check_the_rest(given)
    known_here = {field.name: field.type for field in fields(Config)}
    chosen = {name: _typed(name, given[name], str(known_here[name])) for name in known_here if name in given}
    missing = [f.name for f in fields(Config) if f.name not in chosen and f.default is MISSING]
    if missing:
        raise FarsideError(
            f"config.json has no field {missing[0]!r}.", "fetch it again from where the checkpoint came"
        )
    return Config(**chosen)


def _config_inside(values: Mapping[str, Any]) -> Config:
    """Return the language model of a `kimi_k25`; the scheme of its weights may stand outside of it."""
    inside = values.get("text_config")
    if not isinstance(inside, dict):
        raise _refused("text_config", inside, "kimi_k25 holds its language model there")
    scheme = values.get("quantization_config")
    return config_from({**inside, "quantization_config": scheme} if scheme else inside)


def _old_names(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields under their present names: `torch_dtype` is `dtype`; lists become tuples."""
    given = dict(values)
    old = given.pop("torch_dtype", None)
    if "dtype" not in given and old is not None:
        given["dtype"] = old
    ends = given.get("eos_token_id")
    return {**given, "eos_token_id": tuple(ends)} if isinstance(ends, list) else given


def _rope(given: dict[str, Any]) -> dict[str, Any]:
    """Return the fields with rope_theta and rope_scaling; newer libraries write both as one `rope_parameters`."""
    newer = given.pop("rope_parameters", None)
    scaling = newer if newer is not None else given.get("rope_scaling")
    if scaling is None:
        return {**given, "rope_scaling": None}
    if not isinstance(scaling, dict):
        raise _refused("rope_scaling", scaling, "it is an object or null")
    scaling = dict(scaling)
    if "rope_theta" in scaling:
        given = {**given, "rope_theta": scaling.pop("rope_theta")}
    kinds = {str(scaling.pop(name)) for name in ("type", "rope_type") if name in scaling}
    if not kinds <= {"default"}:
        if kinds != {"yarn"}:
            raise _refused("rope_scaling.type", ", ".join(kinds), "only yarn is known")
        return {**given, "rope_scaling": _yarn(scaling)}
    if scaling:
        raise _refused(f"rope_scaling.{min(scaling)}", scaling[min(scaling)], "without a type it means nothing")
    return {**given, "rope_scaling": None}


def _yarn(scaling: Mapping[str, Any]) -> Yarn:
    """Read all six fields of YaRN: libraries disagree on what an absent one means."""
    known = {field.name: str(field.type) for field in fields(Yarn)}
    for name in scaling.keys() - known.keys():
        raise _refused(f"rope_scaling.{name}", scaling[name], "no such field of YaRN is known")
    for name in known.keys() - scaling.keys():
        raise FarsideError(f"config.json has no field 'rope_scaling.{name}'.", "write it there: none is guessed")
    return Yarn(**{name: _typed(f"rope_scaling.{name}", scaling[name], kind) for name, kind in known.items()})


def _check_the_rest(given: Mapping[str, Any]) -> None:
    """Refuse the fields that are no field of Config, but for those of configs/fields.toml."""
    elsewhere = _fields_elsewhere()
    derived = {"head_dim": "qk_rope_head_dim", "num_local_experts": "n_routed_experts"}
    mine = {field.name for field in fields(Config)} | set(elsewhere["ignored"]) | {"qk_head_dim"}
    for name, value in given.items():
        if name in elsewhere["only"]:
            if value != elsewhere["only"][name]:
                raise _refused(name, value, f"only {json.dumps(elsewhere['only'][name])} is known")
        elif name in derived:
            if value != given.get(derived[name]):
                raise _refused(name, value, f"it differs from {derived[name]}")
        elif name not in mine:
            raise _refused(name, value, "no such field of the family is known")


def _typed(name: str, value: Any, kind: str) -> Any:
    """Return a value of the kind that the annotation names, or refuse it."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    number = whole or (isinstance(value, float) and math.isfinite(value))
    right = {
        "int": whole and value >= 0,
        "float": number and value > 0,
        "bool": isinstance(value, bool),
        "str": isinstance(value, str),
        "Yarn": isinstance(value, Yarn),
        "tuple[int, ...]": isinstance(value, tuple) and all(isinstance(each, int) for each in value),
        "Mapping[str, Any]": isinstance(value, dict),
        "None": value is None,
    }
    if not any(right[each] for each in kind.split(" | ")):
        raise _refused(name, value, f"it must be {kind.replace('Mapping[str, Any]', 'an object')}")
    return float(value) if kind == "float" else value


def _contradictions(config: Config) -> list[tuple[str, str]]:
    """Return (field, what is wrong) for values that no model of the family can have together."""
    per_group = config.n_routed_experts // max(config.n_group, 1)
    checks = {
        name: (getattr(config, name) > 0, "it must be at least 1")
        for name in (field.name for field in fields(config) if field.type == "int" and field.name not in MAY_BE_ZERO)
    }
    checks |= {
        "first_k_dense_replace": (config.first_k_dense_replace <= config.num_hidden_layers, "there are fewer layers"),
        "num_key_value_heads": (
            config.num_key_value_heads == config.num_attention_heads,
            "it differs from num_attention_heads: all heads share one latent",
        ),
        "qk_rope_head_dim": (config.qk_rope_head_dim % 2 == 0, "it must be even: pairs are rotated"),
        "n_group": (
            config.n_group > 0 and per_group * config.n_group == config.n_routed_experts and per_group > 1,
            "it must divide n_routed_experts into groups of two or more",
        ),
        "topk_group": (1 <= config.topk_group <= config.n_group, "it must be 1 to n_group"),
        "num_experts_per_tok": (
            1 <= config.num_experts_per_tok <= per_group * config.topk_group,
            "so many experts are not left in the chosen groups",
        ),
        "dtype": (config.dtype in DTYPES, f"known are {', '.join(DTYPES)}"),
    }
    return [(field, wrong) for field, (right, wrong) in checks.items() if not right]


def _refused(field: str, value: object, why: str) -> FarsideError:
    shown = json.dumps(value, default=str)
    shown = shown if len(shown) <= 60 else shown[:60] + "..."
    return FarsideError(
        f"config.json has {field} = {shown}: {why}.",
        "farside runs the Kimi K2 family (kimi_k2, deepseek_v3, kimi_k25's text); nothing was loaded",
    )


@cache
def _fields_elsewhere() -> dict[str, Any]:
    return tomllib.loads((files("farside.k2") / "configs" / "fields.toml").read_text(encoding="utf-8"))
