"""`k2/PATH`: what cannot be opened says why; what can replies like any model."""

import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="the engine needs the extra k2")

import torch

from farside.config import Config
from farside.errors import FarsideError
from farside.k2.byte_tokenizer import write_byte_tokenizer
from farside.k2.config import preset
from farside.k2.control import Mark
from farside.messages import Message, Part, Reply, Request, ToolCall, ToolSpec, Usage
from farside.models.base import ContextTooLong, Model, Profile, Rejected, Unusable
from farside.models.catalog import absolute, availability, known_profile, open_model
from farside.models.k2 import K2Model, usual_sampling
from farside.models.mini import FOLDER
from tests.engine.told import Told, by_byte, checkpoint, ids_of
from tests.k2.checkpoints import change
from tests.k2.speaking import SMALL, small

SPEC = ToolSpec("f", "Does it.", '{"type": "object", "properties": {"in": {"type": "integer"}}}')
CALLING = (
    "<think>hello</think>in<|tool_calls_section_begin|><|tool_call_begin|>functions.f:0"
    '<|tool_call_argument_begin|>{"in": 1}<|tool_call_end|><|tool_calls_section_end|><|im_end|>'
)
NOWHERE = dict.fromkeys(("ollama", "vllm", "sglang"), "http://127.0.0.1:9/v1")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield checkpoint(tmp_path_factory.mktemp("k2") / "tiny")
    torch.set_num_threads(before)


@pytest.fixture
def copied(folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(folder, tmp_path / "tiny"))


def opened(folder: Path, **profile: object) -> Model:
    return open_model(f"k2/{folder}", config=Config(profiles={f"k2/{folder}": profile}))


def told(*turns: list[int], window: int = 4096) -> tuple[K2Model, Told]:
    """Return a model whose engine says what it is told."""
    engine, profile = Told(*turns, window=window), Profile("k2/told", window=window, temperature=0.8)
    return K2Model(profile, engine, SMALL, usual_sampling(profile)), engine


def ask(model: Model, *messages: Message, **options: Any) -> tuple[Reply, list[Part]]:
    parts: list[Part] = []
    request = replace(Request(messages or (Message("user", "hello"),), max_tokens=24, seed=3), **options)
    return model.reply(request, parts.append, lambda notice: None), parts


# The model on its engine


def test_thinking_text_and_calls_come_as_parts_and_as_the_reply() -> None:
    model, engine = told(by_byte(CALLING))
    reply, parts = ask(model, tools=(SPEC,), max_tokens=200)
    assert reply == Reply(
        Message("assistant", "in", "hello", (ToolCall("functions.f:0", "f", '{"in": 1}'),)),
        Usage(len(engine.jobs[0].prompt), 0, len(by_byte(CALLING))),
        "calls",
        "k2/told",
    )
    for kind, text in (("thinking", "hello"), ("text", "in"), ("call", 'f{"in": 1}')):
        assert "".join(part.text for part in parts if part.kind == kind) == text
    assert SMALL.decode(engine.jobs[0].prompt).startswith(
        '<|im_system|>tool_declare<|im_middle|>[{"type":"function","function":{"name":"f","description":"Does it.",'
    )


def test_a_small_model_runs_on_one_thread_and_one_that_does_not_open_changes_nothing(copied: Path) -> None:
    shard, *_ = sorted(copied.glob("*.safetensors"))
    whole = shard.read_bytes()
    shard.write_bytes(whole[:-500])
    torch.set_num_threads(2)
    try:
        with pytest.raises(FarsideError):
            opened(copied)
        assert torch.get_num_threads() == 2
        shard.write_bytes(whole)
        opened(copied).close()
        assert torch.get_num_threads() == 1
    finally:
        torch.set_num_threads(1)


def test_a_chain_is_sent_back_without_a_changed_token() -> None:
    model, engine = told(by_byte(CALLING), ids_of("hello<|im_end|>"))
    first, _ = ask(model, tools=(SPEC,), max_tokens=200)
    back = (first.message, Message("tool", "out", call_id="functions.f:0", name="f"))
    second, _ = ask(model, Message("user", "hello"), *back, tools=(SPEC,))
    assert second.usage.cached == first.usage.input + first.usage.output
    assert SMALL.decode(engine.jobs[1].prompt).endswith(
        "<|im_system|>f<|im_middle|>## Return of functions.f:0\nout<|im_end|><|im_assistant|>assistant<|im_middle|>"
    )


def test_broken_arguments_are_repaired_and_half_a_call_is_not() -> None:
    model, _ = told(by_byte(CALLING.replace("1}", "1,}")), by_byte(CALLING.replace("1}", "1")))
    reply, _ = ask(model, max_tokens=200)
    assert reply.message.calls[0].arguments == '{"in": 1}'
    assert reply.anomalies == ("the arguments of f were repaired",)
    cut, _ = ask(model, Message("user", "in"), max_tokens=len(by_byte(CALLING)) - 4)
    assert (cut.finish, cut.message.calls[0].arguments, cut.anomalies) == ("length", '{"in": 1', ())


def test_a_reply_that_ends_within_its_thinking_says_so() -> None:
    model, _ = told(ids_of("hello<think>in<|im_end|>"), ids_of("<|tool_call_begin|>functions.f:0<|im_end|>"))
    assert ask(model)[0].message.text == "hello<think>in"
    assert ask(model, Message("user", "x"))[0].anomalies == ("the reply ended within its call",)


def test_settings_reach_the_engine() -> None:
    model, engine = told(*[ids_of("hello<|im_end|>")] * 2)
    ask(model, temperature=0.0, seed=9, max_tokens=5)
    ask(model, seed=None)
    first, second = (job.sampling for job in engine.jobs)
    assert (first.temperature, first.seed, engine.jobs[0].max_tokens) == (0.0, 9, 5)
    assert (second.temperature, second.seed) == (0.8, None)


def test_each_turn_of_a_run_has_noise_of_its_own() -> None:
    model, engine = told(*[ids_of("hello<|im_end|>")] * 2)
    begun = Message("user", "hello")
    ask(model, begun, seed=9)
    ask(model, begun, Message("assistant", "hello"), Message("user", "in"), seed=9)
    assert len({job.sampling.seed for job in engine.jobs}) == 2


def test_a_schema_is_told_to_the_model() -> None:
    model, engine = told(ids_of("{}<|im_end|>"))
    ask(model, schema='{"type": "object"}')
    assert '{"type": "object"}<|im_end|><|im_assistant|>' in SMALL.decode(engine.jobs[0].prompt)


def test_a_stop_text_ends_the_reply() -> None:
    model, _ = told(by_byte("one END two<|im_end|>"))
    reply, parts = ask(model, stop="END")
    assert (reply.message.text, reply.finish) == ("one ", "stop")
    assert "".join(part.text for part in parts) == "one "


def test_only_thinking_is_sampled_again_with_another_seed() -> None:
    only, said = ids_of("<think>hello</think><|im_end|>"), ids_of("in<|im_end|>")
    model, engine = told(only, said)
    notices: list[str] = []
    request = Request((Message("user", "hello"),), max_tokens=24, seed=3)
    reply = model.reply(request, lambda part: None, notices.append)
    assert (reply.message.text, [job.sampling.seed for job in engine.jobs]) == ("in", [3, 4])
    assert reply.wasted.output == len(only)
    assert len(notices) == 1


@pytest.mark.parametrize(
    ("turn", "message", "tries"),
    [("<|im_end|>", "answered with nothing", 3), ("<think>x<|im_end|>", "only thought", 3)],
)
def test_nothing_usable_is_an_error_in_the_end(turn: str, message: str, tries: int) -> None:
    model, engine = told(*[ids_of(turn)] * tries)
    with pytest.raises(Unusable, match=message) as caught:
        ask(model)
    assert caught.value.wasted.output == tries * len(ids_of(turn))
    assert len(engine.jobs) == tries


def test_thinking_up_to_the_limit_is_not_tried_again() -> None:
    model, engine = told(ids_of("<think>" + "hello" * 30))
    with pytest.raises(Unusable, match="all its tokens for thinking") as caught:
        ask(model)
    assert ("--max-thinking" in caught.value.next_step, len(engine.jobs)) == (True, 1)


def test_a_prompt_beyond_the_window_names_the_window() -> None:
    model, _ = told([], window=64)
    with pytest.raises(ContextTooLong, match="window has 64") as caught:
        ask(model, Message("user", "hell" * 100))
    assert caught.value.limit == 64


def test_what_the_checkpoint_cannot_say_is_rejected() -> None:
    profile = Profile("k2/told", window=4096)
    model = K2Model(profile, Told(), small(without=(Mark.SECTION,)), usual_sampling(profile))
    calling = Message("assistant", calls=(ToolCall("functions.f:0", "f", "{}"),))
    with pytest.raises(Rejected, match=r"no control token .*tool_calls_section_begin"):
        ask(model, Message("user", "hello"), calling)


def test_closing_twice_is_closing() -> None:
    model, engine = told([])
    model.close()
    model.close()
    assert engine.closed == 2


# A checkpoint


def test_a_checkpoint_replies_and_a_shared_prefix_is_cached(folder: Path) -> None:
    model = opened(folder)
    system, user = Message("system", "You are tiny."), Message("user", "hello")
    first, parts = ask(model, system, user, max_tokens=12)
    assert first.usage.cached == 0
    assert first.message.text == "".join(part.text for part in parts if part.kind == "text")
    again, _ = ask(model, system, user, max_tokens=12)
    assert again.message == first.message
    assert again.usage == replace(first.usage, cached=first.usage.input - 1)
    other, _ = ask(model, system, Message("user", "help"), max_tokens=2)
    control = 5  # a token each, as each byte of the text is
    assert other.usage.cached == len("systemYou are tiny.userhel") + control
    model.close()
    fresh = opened(folder)
    assert ask(fresh, system, user, max_tokens=12)[0].message == first.message
    fresh.close()


def test_ctrl_c_ends_a_reply_within_a_token(folder: Path) -> None:
    model, parts = opened(folder), 0

    def interrupt(part: Part) -> None:
        nonlocal parts
        parts += 1
        if parts == 3:
            signal.raise_signal(signal.SIGINT)

    request = Request((Message("user", "hello"),), max_tokens=400, seed=1)
    with pytest.raises(KeyboardInterrupt):
        model.reply(request, interrupt, lambda notice: None)
    assert parts == 3
    reply = model.reply(replace(request, max_tokens=4), lambda part: None, lambda notice: None)
    assert reply.usage.cached == reply.usage.input - 1
    model.close()


def test_its_profile_has_the_window_of_its_config(folder: Path) -> None:
    model = opened(folder)
    assert model.profile == Profile(
        f"k2/{folder}", window=262_144, reasoning="reasoning_content", ids="kimi", temperature=1.0
    )
    model.close()
    given = Config(profiles={f"k2/{folder}": {"window": 300, "temperature": 0.5}})
    assert known_profile(f"k2/{folder}", given).window == 300
    larger = Config(profiles={f"k2/{folder}": {"window": 10**7}})
    assert known_profile(f"k2/{folder}", larger).window == 262_144
    small = opened(folder, window=40)
    with pytest.raises(ContextTooLong):
        ask(small, Message("user", "hello" * 20))
    small.close()


def test_top_p_and_min_p_come_from_the_profile(folder: Path) -> None:
    greedy, narrow = opened(folder, temperature=0.0), opened(folder, body={"top_p": 1e-9})
    assert ask(narrow, seed=None)[0].message == ask(greedy, seed=None)[0].message
    greedy.close()
    narrow.close()


@pytest.mark.parametrize("body", [{"top_k": 5}, {"top_p": "high"}, {"min_p": 2}])
def test_a_profile_that_makes_no_sense_is_refused(folder: Path, body: dict[str, object]) -> None:
    with pytest.raises(FarsideError, match=next(iter(body))):
        opened(folder, body=body)


# What cannot be opened


@pytest.mark.parametrize(("name", "message"), [("k2/gone", "no folder gone"), ("k2", "names no checkpoint")])
def test_no_folder_is_explained(name: str, message: str) -> None:
    with pytest.raises(FarsideError, match=message) as caught:
        open_model(name, config=Config())
    assert "k2/PATH" in caught.value.next_step


def test_mini_is_the_one_that_ships(copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copied.rename(copied.with_name("mini"))
    monkeypatch.chdir(copied.parent)
    assert absolute("k2/mini") == "k2/mini"
    assert absolute("k2/./mini") == f"k2/{copied.with_name('mini')}"
    row = next(row for row in availability(Config(base_urls=NOWHERE)) if row.name == "k2/mini")
    if FOLDER.is_dir():
        assert row.usable and known_profile("k2/mini", Config()).brief
        return
    with pytest.raises(FarsideError, match="ships no K2-mini") as caught:
        open_model("k2/mini", config=Config())
    assert "make mini" in caught.value.next_step
    assert (row.usable, row.why) == (False, str(caught.value))


@pytest.mark.parametrize("file", ["tiktoken.model", "tokenizer_config.json", "config.json"])
def test_a_missing_file_is_named(copied: Path, file: str) -> None:
    (copied / file).unlink()
    with pytest.raises(FarsideError, match=re.escape(file)) as caught:
        opened(copied)
    assert caught.value.next_step


def test_a_missing_shard_is_named(copied: Path) -> None:
    next(copied.glob("*.safetensors")).unlink()
    with pytest.raises(FarsideError, match="is missing"):
        opened(copied)


def test_a_tokenizer_of_another_model_is_refused(copied: Path) -> None:
    write_byte_tokenizer(copied, 600)
    with pytest.raises(FarsideError, match="the tokenizer has 600 ids, the model 512"):
        opened(copied)


def test_a_model_larger_than_memory_says_what_plan_says(tmp_path: Path) -> None:
    write_byte_tokenizer(tmp_path)
    change_to = preset("k2-thinking").as_json()
    (tmp_path / "config.json").write_text("{}")
    change(tmp_path / "config.json", **change_to)
    with pytest.raises(FarsideError, match=r"take \d+\.\d GB, and .* are free") as caught:
        opened(tmp_path)
    assert caught.value.next_step.startswith(f"farside k2 plan {tmp_path} --ram ")
    given = Config(base_urls=NOWHERE, model=f"k2/{tmp_path}")
    row = next(row for row in availability(given) if row.name.startswith("k2"))
    assert (row.usable, "take 594.2 GB" in row.why) == (False, True)


def test_models_lists_the_default_checkpoint_or_any(folder: Path, tmp_path: Path) -> None:
    def row(model: str | None) -> tuple[str, bool]:
        given = Config(base_urls=NOWHERE, model=model)
        return next((row.name, row.usable) for row in availability(given) if row.name.startswith("k2"))

    assert row(None) == ("k2/PATH", True)
    assert row(f"k2/{folder}") == (f"k2/{folder}", True)
    assert row(f"k2/{tmp_path}") == (f"k2/{tmp_path}", False)


def test_without_torch_its_install_command_is_named(folder: Path) -> None:
    script = (
        "import sys; sys.modules['torch'] = None\n"
        "from farside.errors import FarsideError\n"
        "from farside.models.catalog import availability, open_model\n"
        f"try: open_model('k2/{folder}')\n"
        "except FarsideError as error: print(error.next_step)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "pip install 'farside[k2]'\n"


def test_a_checkpoint_is_named_from_the_root(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.parent)
    assert absolute("k2/tiny") == f"k2/{folder}"
    assert absolute("k2/gone") == "k2/gone"


def test_a_checkpoint_says_how_it_is_driven(copied: Path) -> None:
    (copied / "farside.toml").write_text("brief = true\nwindow = 512\nbody = { min_p = 0.1 }\n")
    own = known_profile(f"k2/{copied}", Config())
    assert (own.brief, own.window, own.body) == (True, 512, {"min_p": 0.1})
    assert known_profile(f"k2/{copied}", Config(profiles={f"k2/{copied}": {"brief": False}})).brief is False


@pytest.mark.parametrize(("text", "said"), [("brief = ", "cannot be read"), ("short = true", "no field 'short'")])
def test_a_broken_file_of_a_checkpoint_is_named(text: str, said: str, copied: Path) -> None:
    (copied / "farside.toml").write_text(text)
    with pytest.raises(FarsideError, match=said):
        known_profile(f"k2/{copied}", Config())
