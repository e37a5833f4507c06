import os
import subprocess
import sys
from pathlib import Path

import pytest

from farside.config import Config
from farside.errors import FarsideError
from farside.messages import Message
from farside.models.base import Refused
from farside.models.catalog import availability, default_model, find_key, open_model
from farside.testkit.brains import Counting
from farside.testkit.endpoint import Endpoint
from tests.models.driving import ask

NOTHING = Config()


def test_a_hosted_model_without_a_key_says_which_to_set() -> None:
    with pytest.raises(Refused, match="MOONSHOT_API_KEY is not set") as caught:
        open_model("moonshot/kimi-k2.6", config=NOTHING)
    assert "export MOONSHOT_API_KEY" in caught.value.next_step


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("mars/rover", "no model provider 'mars'"),
        ("", "no model provider"),
        ("kimi-k2.6", "no model provider 'kimi-k2.6'"),
        ("moonshot", "names a provider but no model"),
        ("vllm/", "names a provider but no model"),
        ("k2/gone", "no folder gone"),
    ],
)
def test_an_unknown_name_is_explained(name: str, message: str) -> None:
    with pytest.raises(FarsideError, match=message) as caught:
        open_model(name, config=NOTHING)
    assert caught.value.next_step


def test_a_base_url_that_is_none_is_explained() -> None:
    with pytest.raises(FarsideError, match="no http address"):
        open_model("vllm/x", base_url="localhost:8000", config=NOTHING)


@pytest.mark.parametrize(
    "url",
    [
        "http://[::1",
        "http://",
        "http:///v1",
        "http://h:port/v1",
        "http://h:99999/v1",
        "http://a b/v1",
        "http://h\n/v1",
        "http://h\x7f/v1",
        "http://\u2025/v1",
        "http://xn--/v1",
    ],
)
def test_a_base_url_with_a_wrong_host_is_explained(url: str) -> None:
    with pytest.raises(FarsideError, match="no valid host or port") as caught:
        open_model("vllm/x", base_url=url, config=NOTHING)
    assert caught.value.next_step


@pytest.mark.parametrize("url", ["http://user:pa55@h/v1", "user:pa55@h/v1", "https://pa55@h", "http://[pa55@h"])
def test_a_password_in_a_base_url_is_refused_and_not_shown(url: str) -> None:
    with pytest.raises(FarsideError, match="holds a user name or a password") as caught:
        open_model("vllm/x", base_url=url, config=NOTHING)
    assert "pa55" not in f"{caught.value} {caught.value.next_step}"
    assert "environment" in caught.value.next_step


@pytest.mark.parametrize("url", ["http://[::1]:8000/v1", "https://peer.test", "http://gpu:8000/v1"])
def test_a_base_url_is_accepted(url: str) -> None:
    open_model("vllm/x", base_url=url, config=NOTHING).close()


@pytest.mark.parametrize("ending", ["\n", "\r\n", " ", "\r"])
def test_a_line_end_behind_a_key_is_no_part_of_it(ending: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_key("moonshot", Config(keys={"moonshot": f"sk-file{ending}"})).reveal() == "sk-file"
    monkeypatch.setenv("MOONSHOT_API_KEY", f"sk-environment{ending}")
    assert find_key("moonshot", NOTHING).reveal() == "sk-environment"


@pytest.mark.parametrize("key", ["sk-secret\tx", "sk-secret x", "sk-secret\u00e9", "sk-secret\nx", "sk-secret\x7f"])
def test_what_cannot_be_a_key_is_refused_by_its_place(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Refused, match=r"moonshot under \[keys\] in") as caught:
        open_model("moonshot/kimi-k2.6", config=Config(keys={"moonshot": key}))
    assert "secret" not in f"{caught.value} {caught.value.next_step}"
    monkeypatch.setenv("MOONSHOT_API_KEY", key)
    with pytest.raises(Refused, match="MOONSHOT_API_KEY") as caught:
        open_model("moonshot/kimi-k2.6", config=NOTHING)
    assert "secret" not in f"{caught.value} {caught.value.next_step}"
    nowhere = Config(base_urls=dict.fromkeys(("ollama", "vllm", "sglang"), "http://127.0.0.1:9/v1"))
    row = next(row for row in availability(nowhere) if row.name.startswith("moonshot"))
    assert (row.usable, "MOONSHOT_API_KEY" in row.why, "secret" in repr(row)) == (False, True, False)


def test_the_environment_wins_over_the_config_file(monkeypatch: pytest.MonkeyPatch) -> None:
    given = Config(keys={"moonshot": "sk-file"})
    assert find_key("moonshot", given).reveal() == "sk-file"
    monkeypatch.setenv("MOONSHOT_API_KEY", "sk-environment")
    assert find_key("moonshot", given).reveal() == "sk-environment"
    assert "sk-" not in f"{given!r} {given} {find_key('moonshot', given)!r} {find_key('moonshot', given)}"


def test_a_key_is_not_sent_to_another_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-openai")
    assert not find_key("vllm", NOTHING)


def test_the_default_model(monkeypatch: pytest.MonkeyPatch) -> None:
    assert default_model(NOTHING) == "local"
    assert default_model(Config(model="vllm/x")) == "vllm/x"
    monkeypatch.setenv("FARSIDE_MODEL", "ollama/y")
    assert default_model(Config(model="vllm/x")) == "ollama/y"


def test_a_model_of_the_config_file_is_used_with_its_url_and_profile() -> None:
    with Endpoint(Counting(0)) as endpoint:
        given = Config(base_urls={"vllm": endpoint.base_url}, profiles={"vllm/x": {"window": 7000}})
        model = open_model("vllm/x", config=given)
        assert ask(model).message == Message("assistant", "the total is 0", "All steps are done.")
        assert model.profile.window == 7000
        model.close()
        model.close()


def test_what_can_be_used_here_and_what_it_takes() -> None:
    with Endpoint(Counting(0)) as endpoint:
        given = Config(
            base_urls={
                "vllm": endpoint.base_url,
                "sglang": "http://127.0.0.1:9/v1",
                "ollama": "http://127.0.0.1:9/v1",
            },
            keys={"openai": "sk-file"},
        )
        rows = {row.name.partition("/")[0]: row for row in availability(given)}
    assert set(rows) == {"local", "moonshot", "openrouter", "openai", "ollama", "vllm", "sglang", "scripted", "k2"}
    assert (rows["vllm"].usable, rows["vllm"].name) == (True, "vllm/loopback")
    assert rows["openai"].usable
    assert (rows["moonshot"].usable, rows["moonshot"].next_step) == (False, "export MOONSHOT_API_KEY=…")
    assert "no server answers" in rows["sglang"].why
    assert "sk-file" not in repr(rows)


def test_opening_a_script_loads_no_http_client(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    path.write_text('{"text": "hi"}')
    code = (
        "import sys; from farside.models.catalog import open_model;"
        f"open_model('scripted/{path}'); sys.exit('httpx' in sys.modules)"
    )
    environment = {**os.environ, "FARSIDE_CONFIG": str(tmp_path / "none.toml")}
    assert subprocess.run([sys.executable, "-c", code], env=environment, check=False).returncode == 0


def test_a_wrong_gguf_file_is_told_where_models_are_listed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FARSIDE_GGUF", str(tmp_path / "gone.gguf"))
    given = Config(base_urls=dict.fromkeys(("ollama", "vllm", "sglang"), "http://127.0.0.1:9/v1"))
    row = next(row for row in availability(given) if row.name == "local")
    assert not row.usable
    assert row.next_step
