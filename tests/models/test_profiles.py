from importlib.resources import files

import pytest

from farside.errors import FarsideError
from farside.models.base import Profile
from farside.models.profiles import known_models, profile_for

PROVIDERS = [path.name.removesuffix(".toml") for path in (files("farside.models") / "profile_data").iterdir()]


def test_kimi_k2_thinking_at_moonshot() -> None:
    assert profile_for("moonshot/kimi-k2-thinking") == Profile(
        name="moonshot/kimi-k2-thinking",
        window=262_144,
        max_tokens=32_768,
        price_input=0.60,
        price_cached=0.15,
        price_output=2.50,
        reasoning="reasoning_content",
        ids="kimi",
        temperature=1.0,
        cache_key=True,
    )


@pytest.mark.parametrize(
    ("name", "body", "window"),
    [
        ("moonshot/kimi-k2.5", {"thinking": {"type": "enabled"}}, 262_144),
        ("moonshot/kimi-k2.6", {"thinking": {"type": "enabled", "keep": "all"}}, 262_144),
        ("moonshot/kimi-k3", {"reasoning_effort": "max"}, 1_048_576),
        ("openrouter/moonshotai/kimi-k2-thinking", {"usage": {"include": True}}, 262_144),
        ("vllm/moonshotai/Kimi-K2-Thinking", {}, 262_144),
    ],
)
def test_successors_and_other_peers(name: str, body: dict[str, object], window: int) -> None:
    profile = profile_for(name)
    assert (profile.body, profile.window, profile.ids) == (body, window, "kimi")
    assert profile.temperature == 1.0


@pytest.mark.parametrize(
    "name", ["vllm/Qwen/Qwen3-8B", "ollama/llama3", "openai/gpt", "openrouter/z/glm", "sglang/x"]
)
def test_a_model_that_is_not_kimi_has_no_kimi_rules(name: str) -> None:
    profile = profile_for(name)
    assert (profile.ids, profile.temperature) == ("own", None)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_model_with_a_profile_of_its_own_has_a_price(provider: str) -> None:
    for name in known_models(provider):
        assert profile_for(name).price_input > 0


def test_overrides_win() -> None:
    assert profile_for("vllm/x", {"window": 9000, "tools": "code"}).window == 9000


@pytest.mark.parametrize(
    ("overrides", "message"),
    [({"windw": 9000}, "no field 'windw'"), ({"window": "big"}, "wrong window"), ({"ids": "mine"}, "wrong ids")],
)
def test_a_wrong_override_is_named(overrides: dict[str, object], message: str) -> None:
    with pytest.raises(FarsideError, match=message) as caught:
        profile_for("vllm/x", overrides)
    assert caught.value.next_step
