from pathlib import Path

import pytest

from farside.config import Config, config_path, load_config, remember_profile
from farside.errors import FarsideError


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "farside" / "config.toml"
    path.parent.mkdir()
    monkeypatch.setenv("FARSIDE_CONFIG", str(path))
    return path


def test_no_file_is_an_empty_configuration(path: Path) -> None:
    assert load_config() == Config()
    assert config_path() == path


def test_every_part_is_read(path: Path) -> None:
    path.write_text(
        """
        model = "vllm/x"
        keys.moonshot = "sk-secret"
        base_urls.vllm = "http://gpu:8000/v1"
        corpora.papers = "~/papers"
        web.searxng = "http://127.0.0.1:8888"
        [profiles."vllm/x"]
        window = 9000
        """
    )
    config = load_config()
    assert (config.model, config.base_urls["vllm"]) == ("vllm/x", "http://gpu:8000/v1")
    assert config.profiles == {"vllm/x": {"window": 9000}}
    assert config.keys == {"moonshot": "sk-secret"}
    assert (config.corpora, config.web) == ({"papers": "~/papers"}, {"searxng": "http://127.0.0.1:8888"})
    assert "sk-secret" not in repr(config)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("model = ", "is not valid"),
        ("modle = 'x'", "modle"),
        ("model = 3", "model"),
        ("keys.moonshot = ['sk-secret']", "keys.moonshot"),
        ("profiles = 3", "profiles"),
        ("base_urls.vllm = 'http://user:sk-secret@gpu/v1'", "user name or a password"),
        ("base_urls.vllm = 'gpu:8000'", "no http address"),
        ("corpora.papers = 3", "corpora.papers"),
        ("web.searxng = 'http://user:sk-secret@engine'", "user name or a password"),
        ("web.other = 'http://engine'", "there is no such engine"),
    ],
)
def test_a_wrong_file_is_named_and_shows_no_key(path: Path, text: str, message: str) -> None:
    path.write_text(text)
    with pytest.raises(FarsideError, match=message) as caught:
        load_config()
    assert str(path) in str(caught.value)
    assert "sk-secret" not in str(caught.value)
    assert caught.value.next_step


def test_what_an_endpoint_taught_is_remembered_and_the_file_wins(path: Path) -> None:
    path.write_text('[profiles."vllm/x"]\nwindow = 9000\n')
    remember_profile("vllm/x", {"window": 4000, "tools": "code"})
    remember_profile("vllm/x", {"reasoning": "reasoning_content"})
    remember_profile("ollama/y", {"window": 8192})
    assert load_config().profiles == {
        "vllm/x": {"window": 9000, "tools": "code", "reasoning": "reasoning_content"},
        "ollama/y": {"window": 8192},
    }


def test_a_file_that_cannot_be_read_is_named(path: Path) -> None:
    path.mkdir()
    with pytest.raises(FarsideError, match="cannot be read"):
        load_config()
