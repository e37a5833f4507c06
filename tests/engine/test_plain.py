"""The plain engine beside transformers, and beside itself: alone or in company, cold or with what it kept."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="the engine needs the extra k2")

import torch

from farside.engine.base import Job, Sampling
from farside.engine.plain import CHUNK, PlainEngine
from farside.errors import FarsideError
from farside.k2.model import CausalLM
from tests.k2.peer import SMALL, pair, random_ids

GREEDY = Sampling(temperature=0.0)


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def model() -> CausalLM:
    torch.manual_seed(0)
    model = CausalLM(replace(SMALL, num_hidden_layers=2)).requires_grad_(False)
    for parameter in model.parameters():
        parameter.normal_(1.0 if parameter.dim() == 1 else 0.0, 0.1 if parameter.dim() == 1 else 0.15)
    return model


def prompt(length: int, seed: int = 1) -> list[int]:
    return [int(id) for id in random_ids(SMALL, length, seed)]


def run(engine: PlainEngine, job: Job) -> list[int]:
    return list(engine.start(job))


@contextmanager
def counted(model: CausalLM) -> Iterator[list[int]]:
    """Collect the number of tokens of every sequence in every forward pass."""
    passes: list[int] = []

    def count(module: Any, inputs: Any) -> None:
        passes.extend(len(new) for new in inputs[0])

    hook = model.model.register_forward_pre_hook(count)
    yield passes
    hook.remove()


def test_greedy_is_greedy_in_transformers(tmp_path: Path) -> None:
    pytest.importorskip("transformers", reason="the peer of parity")
    both = pair(SMALL, tmp_path, 3)
    engine = PlainEngine(both.ours)
    prompts = [prompt(length, seed=length) for length in (5, 23)]
    streams = [engine.start(Job(each, 16, GREEDY)) for each in prompts]
    for each, stream in zip(prompts, streams, strict=True):
        peer = both.peer.generate(
            torch.tensor([each]), attention_mask=torch.ones(1, len(each)).long(), max_new_tokens=16,
            do_sample=False, pad_token_id=0,
        )  # fmt: skip
        assert list(stream) == peer[0, len(each) :].tolist()


def test_the_same_seed_says_the_same(model: CausalLM) -> None:
    job = Job(prompt(20), 24, Sampling(seed=11))
    first = run(PlainEngine(model), job)
    assert run(PlainEngine(model), job) == first
    assert len(first) == 24
    assert run(PlainEngine(model), replace(job, sampling=Sampling(seed=12))) != first
    free = [run(PlainEngine(model), replace(job, sampling=Sampling())) for _ in range(2)]
    assert free[0] != free[1]


def test_company_changes_nothing(model: CausalLM) -> None:
    jobs = [Job(prompt(length, length), 10 + length, Sampling(seed=length)) for length in (3, 9, 30)]
    alone = [run(PlainEngine(model), job) for job in jobs]
    engine = PlainEngine(model)
    streams = [engine.start(job) for job in jobs]
    begun = [next(streams[2]) for _ in range(5)]
    late = engine.start(jobs[0])
    assert [*map(list, streams[:2])] == alone[:2]
    assert [*begun, *streams[2]] == alone[2]
    assert list(late) == alone[0]


def test_sequences_run_in_one_row(model: CausalLM) -> None:
    engine = PlainEngine(model)
    with counted(model) as passes:
        streams = [engine.start(Job(prompt(4, seed), 6, GREEDY)) for seed in (1, 2)]
        assert [len(list(stream)) for stream in streams] == [6, 6]
    assert passes == [4, 4, *[1, 1] * 5]


@pytest.mark.parametrize("shared", [0, 1, 17, 40])
def test_a_shared_beginning_is_not_run_again(model: CausalLM, shared: int) -> None:
    engine, first = PlainEngine(model), prompt(40)
    run(engine, Job(first, 8, GREEDY))
    other = [*first[:shared], *((id + 1) % 96 for id in first[shared:]), 7, 8]
    cold = run(PlainEngine(model), Job(other, 12, GREEDY))
    with counted(model) as passes:
        stream = engine.start(Job(other, 12, GREEDY))
        assert stream.cached == shared
        assert list(stream) == cold
    assert sum(passes) == len(other) - shared + 11


def test_what_was_sampled_is_kept_too_and_the_last_token_runs_again(model: CausalLM) -> None:
    engine, first = PlainEngine(model), prompt(10)
    said = run(engine, Job(first, 6, GREEDY))
    assert engine.start(Job([*first, *said, 3], 1)).cached == 15
    again = PlainEngine(model)
    assert run(again, Job(first, 6, GREEDY)) == run(again, Job(first, 6, GREEDY)) == said
    stream = again.start(Job(first, 6, GREEDY))
    assert stream.cached == 9


def test_a_question_beside_a_conversation_costs_it_nothing(model: CausalLM) -> None:
    engine, talk = PlainEngine(model), prompt(60)
    said = run(engine, Job(talk, 4, GREEDY))
    run(engine, Job([*talk[:5], *prompt(9, 2)], 4, GREEDY))
    run(engine, Job(prompt(12, 4), 4, GREEDY))
    stream = engine.start(Job([*talk, *said, 1, 2], 4, GREEDY))
    assert stream.cached == 63
    assert list(stream) == run(PlainEngine(model), Job([*talk, *said, 1, 2], 4, GREEDY))


def test_a_long_prompt_runs_in_chunks(model: CausalLM) -> None:
    long = prompt(2 * CHUNK + 3)
    with counted(model) as passes:
        (first,) = run(PlainEngine(model), Job(long, 1, GREEDY))
    assert passes == [CHUNK, CHUNK, 3]
    assert first == int(model([torch.tensor(long)])[-1].argmax())


def test_an_end_is_the_last_token(model: CausalLM) -> None:
    said = run(PlainEngine(model), Job(prompt(6), 20, Sampling(seed=4)))
    end = said[7]
    ended = run(PlainEngine(model), Job(prompt(6), 20, Sampling(seed=4), frozenset({end})))
    assert ended == said[: said.index(end) + 1]
    assert run(PlainEngine(model), Job(prompt(6), 0)) == []


def test_guesses_change_nothing_but_the_number_of_passes(model: CausalLM) -> None:
    for job in (
        Job(prompt(12) * 3, 60, GREEDY),
        Job(prompt(12) * 3, 60, Sampling(temperature=0.3, seed=2)),
        Job(prompt(40), 25, Sampling(seed=3)),
        Job(prompt(CHUNK - 1), 8, GREEDY),
    ):
        said = run(PlainEngine(model), job)
        with counted(model) as passes:
            assert run(PlainEngine(model, ahead=8), job) == said
        assert len(passes) <= len(said)
        if job.sampling == GREEDY and job.max_tokens == 60:
            assert len(passes) < len(said) - 4
        ending = replace(job, ends=frozenset({said[5]}))
        assert run(PlainEngine(model, ahead=8), ending) == said[: said.index(said[5]) + 1]


def test_wrong_guesses_are_not_kept(model: CausalLM) -> None:
    engine, job = PlainEngine(model, ahead=8), Job(prompt(12) * 3, 9, Sampling(seed=5))
    said = run(engine, job)
    talk = [*job.prompt, *said]
    after = engine.start(Job([*talk, 1, 2], 12, GREEDY))
    assert after.cached == len(talk) - 1
    assert list(after) == run(PlainEngine(model), Job([*talk, 1, 2], 12, GREEDY))


def test_guesses_never_leave_the_window(model: CausalLM) -> None:
    job = Job([7, 8, 9] * 10, 6, GREEDY)
    with counted(model) as passes:
        assert len(run(PlainEngine(model, window=36, ahead=20), job)) == 6
    assert sum(passes) <= 36 + 5 * 5


def test_ctrl_c_ends_it_within_a_token_and_loses_nothing(model: CausalLM) -> None:
    engine, job = PlainEngine(model), Job(prompt(30), 20, GREEDY)
    whole, other = run(PlainEngine(model), job), engine.start(Job(prompt(8, 3), 20, GREEDY))
    stream, passes = engine.start(job), 0

    def interrupt(*_: Any) -> None:
        nonlocal passes
        passes += 1
        if passes == 4:
            signal.raise_signal(signal.SIGINT)

    hook = model.model.layers[1].register_forward_hook(interrupt)
    said: list[int] = []
    with pytest.raises(KeyboardInterrupt):
        for id in stream:
            said.append(id)
    hook.remove()
    stream.close()
    stream.close()
    assert (said, passes) == (whole[:3], 4)
    again = engine.start(job)
    assert again.cached == 29
    assert list(again) == whole
    assert list(other) == run(PlainEngine(model), Job(prompt(8, 3), 20, GREEDY))


def test_a_closed_stream_is_not_run_on(model: CausalLM) -> None:
    engine = PlainEngine(model)
    stream, other = engine.start(Job(prompt(5), 9, GREEDY)), engine.start(Job(prompt(7), 3, GREEDY))
    next(stream)
    stream.close()
    with counted(model) as passes:
        assert len(list(other)) == 3
    assert passes == [1, 1]
    with pytest.raises(StopIteration):
        next(stream)


def test_damaged_weights_are_named() -> None:
    broken = CausalLM(replace(SMALL, num_hidden_layers=1)).requires_grad_(False)
    broken.lm_head.weight.fill_(float("nan"))  # type: ignore[operator]  # a Linear's
    with pytest.raises(FarsideError, match="no number"):
        run(PlainEngine(broken), Job([1, 2], 3))


def test_a_closed_engine_may_be_closed_again(model: CausalLM) -> None:
    engine = PlainEngine(model)
    run(engine, Job(prompt(5), 2))
    engine.close()
    engine.close()
