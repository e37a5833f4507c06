"""Reinforcement: its gradients, rollouts through the real agent, a stage that is killed, what is refused."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from itertools import repeat
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="training needs the extra k2")

import torch

from farside.engine.base import Job
from farside.errors import FarsideError
from farside.k2.byte_tokenizer import write_byte_tokenizer
from farside.k2.model import CausalLM
from farside.k2.tokenizer import Tokenizer
from farside.k2.tokenizer_files import read_tokenizer
from farside.train.dataset import read_dataset, write_dataset
from farside.train.examples import Example, examples
from farside.train.export import export
from farside.train.heard import Said, sequences
from farside.train.model import grouped, made
from farside.train.next_token import CHUNK, add_gradients
from farside.train.policy import add_policy_gradients, batch_of, log_pi_of
from farside.train.prepare import EXAMPLES
from farside.train.reinforce import FIRST, Reinforcer
from farside.train.reinforcement import Reinforcement
from farside.train.rollouts import Rollout, Wanted, engine_of, play
from farside.train.runs import home
from farside.train.schedule import cooled
from farside.train.state import State
from farside.train.tasks import task
from farside.train.traces import traced
from farside.train.weights import take_up
from tests.train.as_toml import as_toml
from tests.train.test_reinforcement import SMALL, stage_file
from tests.train.test_training import shape, stirred, tiny


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tokenizer, and kept examples: ids that follow from the one before."""
    folder = tmp_path_factory.mktemp("data")
    write_byte_tokenizer(folder)
    rows = [[(7 * start + 3 * at) % 256 for at in range(30 + start)] for start in range(20)]
    write_dataset(folder / EXAMPLES, [Example(row, [at > 5 for at in range(len(row))]) for row in rows])
    return folder


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("weights") / "model.pt"
    torch.save(stirred().state_dict(), path)
    return path


def test_the_temperature_falls() -> None:
    assert [cooled(share, 1.2, 0.8) for share in (0, 0.5, 1)] == pytest.approx([1.2, 1.0, 0.8])


def test_what_goes_on_is_one_sequence_and_what_does_not_is_another() -> None:
    said = [Said([1, 2], [3, 4]), Said([1, 2, 3, 4, 5], [6]), Said([1, 2, 3, 4, 5], []), Said([1, 2, 9], [7])]
    first = Example([1, 2, 3, 4, 5, 6], [False, False, True, True, False, True])
    assert sequences(said) == [first, Example([1, 2, 9, 7], [False, False, False, True])]


def rollout(index: int, right: bool, name: str = "t", cut: bool = False) -> Rollout:
    """One whose ids tell it from others."""
    ids = [1, 2, *(10 * (index + 1) + at for at in range(8))]
    apart = Example([4, 5 + index, 6], [False, False, True])
    return Rollout(name, "notes", index, right, cut, (Example(ids, [at > 1 for at in range(10)]), apart))


@torch.no_grad()
def test_log_pi_is_the_sum_over_all_that_was_said() -> None:
    model, runs = stirred(), [rollout(0, True), rollout(1, False)]
    together = log_pi_of(model, runs, 0.7)
    plain = CausalLM(shape())
    plain.load_state_dict(model.state_dict())
    for run, seen in zip(runs, together, strict=True):
        alone = 0.0
        for one in run.sequences:
            chances = (plain([torch.tensor(one.ids)]) / 0.7).log_softmax(-1)
            alone += sum(float(chances[at - 1, one.ids[at]]) for at in range(1, len(one.ids)) if one.learnt[at])
        assert float(seen) == pytest.approx(alone, rel=0.02)  # bf16


def test_the_load_is_that_of_all_rollouts() -> None:
    long = Example([at % 512 for at in range(CHUNK // 2 + 2)], [at > 5 for at in range(CHUNK // 2 + 2)])
    runs = [replace(rollout(index, True), sequences=(long,)) for index in range(2)]
    seen = add_policy_gradients(stirred(), batch_of(runs, [1.0, 1.0], 2, 1.0, 0.05), None)
    assert [float(load.sum()) for load in seen.loads] == [2 * (CHUNK // 2 + 1) * shape().num_experts_per_tok]


def test_what_was_right_gets_likelier_and_what_was_wrong_less() -> None:
    state = State.of(stirred(), 0.0)
    batch = batch_of([rollout(0, True), rollout(1, False)], [1.0, 0.0], 2, 1.0, 0.05)
    before = None
    for _ in range(4):
        state.begin(3e-3)
        seen = add_policy_gradients(state.model, batch, before)
        before = seen.log_pi if before is None else before
        state.update()
    assert before is not None
    right, wrong = (log_pi_of(state.model, batch.rollouts, 1.0) - before).tolist()
    assert right > 0.5 and wrong < -0.5


def test_the_gradient_is_that_of_a_baseline_at_first_and_holds_to_the_old_policy_later() -> None:
    model = stirred()
    runs = [rollout(0, True), rollout(1, False)]

    def gradient(rewards: list[float], sampled: torch.Tensor | None, tau: float) -> torch.Tensor:
        model.zero_grad()
        add_policy_gradients(model, batch_of(runs, rewards, 2, 1.0, tau), sampled)
        head = model.lm_head.weight
        assert isinstance(head, torch.Tensor) and head.grad is not None
        return head.grad.clone()

    model.zero_grad()
    log_pi = log_pi_of(model, runs, 1.0)
    (-(log_pi * torch.tensor([0.5, -0.5])).mean()).backward()  # type: ignore[no-untyped-call]
    head = model.get_parameter("lm_head.weight").grad
    assert head is not None
    wanted = head.clone()
    for tau in (0.01, 1.0):
        assert torch.allclose(gradient([1.0, 0.0], None, tau), wanted, atol=1e-6)
    assert not gradient([1.0, 1.0], None, 1.0).any()
    # The first has become likelier by 2, the second less likely by 2: a tau of 0.25 wants just that.
    sampled = log_pi.detach() - torch.tensor([2.0, -2.0])
    assert torch.allclose(gradient([1.0, 0.0], sampled, 0.25), torch.zeros_like(wanted), atol=1e-6)
    assert torch.allclose(gradient([1.0, 0.0], sampled, 0.5), -wanted, atol=1e-6)


def stage_with(folder: Path, stage: Reinforcement, data: Path, weights: Path) -> Reinforcer:
    """A stage whose first step finds its rollouts on disk: of each task the first is right, and none else."""
    stage = replace(stage, steps=1)
    made_ = Reinforcer(tiny(), stage, weights, data, folder)
    (folder / "rollouts" / "00000").mkdir(parents=True)
    for number in range(FIRST, FIRST + stage.tasks):
        family = stage.families[number % len(stage.families)]
        for index in range(stage.rollouts):
            rollout(index, index == 0, task(family, number, "train", 3).name).write(folder / "rollouts" / "00000")
    return made_


def learnt(path: Path) -> CausalLM:
    model = made(shape(), 1)
    take_up(model, path)
    return model


def test_with_ptx_what_was_taught_is_kept(data: Path, weights: Path, tmp_path: Path) -> None:
    runs, entries, losses = [rollout(0, True), rollout(1, False)], {}, {}
    for ptx in (0.0, 10.0):
        stage, folder = replace(SMALL, ptx=ptx, ptx_tokens=300, updates=6), tmp_path / str(ptx)
        end = stage_with(folder, stage, data, weights).train()
        (entries[ptx],) = log_of(folder)
        right, wrong = (log_pi_of(learnt(end), runs, 1.0) - log_pi_of(learnt(weights), runs, 1.0)).tolist()
        assert right > wrong
        losses[ptx] = taught_loss(end, data)
    assert losses[10.0] < 0.95 * losses[0.0]
    assert all(told["reward"] == told["share_right"] == told["rewards"]["notes"] == 0.5 for told in entries.values())
    assert (entries[0.0]["ptx"], entries[0.0]["taken"]) == (0.0, 0)
    assert losses[10.0] < entries[10.0]["ptx"] < taught_loss(weights, data) and entries[10.0]["taken"] > 30


def taught_loss(weights: Path, data: Path) -> float:
    taught = read_dataset(data / EXAMPLES)
    return add_gradients(learnt(weights), [taught.example(index, 100) for index in range(len(taught))], 0.0).loss


def log_of(run: Path) -> list[dict]:  # type: ignore[type-arg]
    return [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]


class Recited:
    """An engine that says by heart what stands in an example; a prompt that goes on otherwise is no prompt of it."""

    window = 20_000

    def __init__(self, *by_heart: Example) -> None:
        self._by_heart = by_heart

    def start(self, job: Job) -> RecitedStream:
        if not job.max_tokens:
            return RecitedStream(iter(()))
        at = len(job.prompt)
        (one,) = (each for each in self._by_heart if each.ids[:at] == list(job.prompt))
        end = next(place for place in range(at, len(one.ids)) if one.ids[place] in job.ends)
        return RecitedStream(iter(one.ids[at : end + 1][: job.max_tokens]))

    def close(self) -> None:
        raise AssertionError("a run closes what others still use")


class RecitedStream:
    cached = 0

    def __init__(self, ids: Iterator[int]) -> None:
        self._ids = ids

    def __iter__(self) -> RecitedStream:
        return self

    def __next__(self) -> int:
        return next(self._ids)

    def close(self) -> None:
        self._ids = iter(())


@pytest.fixture(scope="module")
def speaking(data: Path) -> Tokenizer:
    return read_tokenizer(data)


def test_a_rollout_is_what_a_trace_of_the_same_turns_is(speaking: Tokenizer) -> None:
    both = [task("notes", FIRST, "train", 3), task("recurrence", FIRST, "train", 4)]
    with home():
        taught = [next(examples(traced(one), speaking)) for one in both]
    wanted = [Wanted(one, index, 10_000) for one in both for index in range(2)]
    wanted.append(Wanted(both[0], 2, 30))
    with closing(play(Recited(*taught), speaking, wanted, "1", 1.0, beside=2)) as runs:
        found = {(run.family, run.index): run for run in runs}
    for one, example in zip(both, taught, strict=True):
        for index in range(2):
            run = found[one.family, index]
            (own,) = run.sequences
            assert (run.right, run.cut, own.ids, own.learnt) == (True, False, example.ids, example.learnt)
    short = found["notes", 2]
    assert (short.right, short.cut, short.said) == (False, True, 30)
    assert short.sequences[0].ids == taught[0].ids[: len(short.sequences[0].ids)]


class Droning:
    """An engine that says the same for ever."""

    window = 1_000_000

    def __init__(self) -> None:
        self.threads = set[int]()
        """That torch had where it was asked."""

    def start(self, job: Job) -> RecitedStream:
        self.threads.add(torch.get_num_threads())
        return RecitedStream(repeat(0, job.max_tokens))

    def close(self) -> None:
        """Nothing is open."""


def test_closing_ends_runs_that_would_go_on(speaking: Tokenizer) -> None:
    one = task("notes", FIRST, "train", 3)
    wanted = [Wanted(one, index, 10**9) for index in range(3)]
    wanted[0] = replace(wanted[0], budget=5)
    droning = Droning()
    runs = play(droning, speaking, wanted, "1", 1.0, beside=2)
    with home():
        assert next(runs).cut and droning.threads == {1}
        began = time.monotonic()
        runs.close()
    assert time.monotonic() - began < 10


@torch.no_grad()
def test_runs_have_the_weights_that_are_trained(weights: Path) -> None:
    model, ids = learnt(weights), [3, 1, 4, 1, 5]
    for rounds in (False, True):
        for experts in grouped(model):
            experts.rounds = rounds
        likeliest = model([torch.tensor(ids)])[-1].argmax()
        stream = engine_of(model, rounds, 64, 2).start(Job(ids, 1, replace(Job([], 0).sampling, temperature=0)))
        assert next(stream) == likeliest


KILLED = (
    "import sys; from pathlib import Path; from farside.train.reinforce import Reinforcer\n"
    "from tests.train.test_reinforce import LONG; from tests.train.test_training import tiny\n"
    "Reinforcer(tiny(), LONG, *map(Path, sys.argv[1:])).train()\n"
)
LONG = replace(SMALL, steps=3, rollouts=3, beside=1)


def test_a_stage_that_is_killed_goes_on_with_the_same_order(data: Path, weights: Path, tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    Reinforcer(tiny(), LONG, weights, data, whole).train()
    process = subprocess.Popen([sys.executable, "-c", KILLED, weights, data, cut], stderr=subprocess.DEVNULL)
    second = cut / "rollouts" / "00001"
    while process.poll() is None and not list(second.glob("*.json")):
        time.sleep(0.02)
    process.kill()
    assert process.wait() == -signal.SIGKILL
    there = {path: path.read_bytes() for path in second.glob("*.json")}
    assert 1 <= len(there) <= LONG.rollouts and (cut / "state.pt").exists()
    reinforcer = Reinforcer(tiny(), LONG, weights, data, cut)
    assert reinforcer.train().exists() and not (cut / "state.pt").exists()
    seen = [[(entry["step"], entry["tasks"], entry["taken"], entry["temperature"]) for entry in log_of(run)]
            for run in (whole, cut)]  # fmt: skip
    assert seen[0] == seen[1] and [step for step, *_ in seen[0]] == [1, 2, 3]
    assert len({name for _, names, *_ in seen[0] for name in names}) == 3
    assert all(entry["runs"] == 3 and entry["rewards"].keys() == {"notes"} for entry in log_of(cut))
    assert all(1 <= entry["busiest_expert"] <= shape().n_routed_experts for entry in log_of(cut))
    assert log_of(cut)[0]["share_cut"] and log_of(cut)[0]["reward"] < 0


def test_the_command_tells_where_the_weights_lie_and_draws(data: Path, weights: Path, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="drawing needs the extra train")
    (tmp_path / "shape.toml").write_text(as_toml(tiny()))
    (tmp_path / "r.toml").write_text(stage_file(replace(SMALL, steps=1)))
    command: list[str | Path] = [sys.executable, "-m", "farside.train.reinforce", "--model", weights, "--data", data]
    command += ["--run", tmp_path / "run", "--config", tmp_path / "shape.toml", "--settings", tmp_path / "r.toml"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, str(tmp_path / "run" / "model.pt")), done.stderr
    assert "rollouts: 2 of 2" in done.stderr
    assert "mean reward" in (tmp_path / "run" / "curves.svg").read_text()
    refused = subprocess.run(
        [*command[:4], tmp_path / "none.pt", *command[5:]], capture_output=True, text=True, check=False
    )
    assert refused.returncode == 1 and refused.stderr.startswith(f"{tmp_path / 'none.pt'} cannot be read as weights")


def test_an_update_has_the_threads_that_runs_do_without(data: Path, weights: Path, tmp_path: Path) -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        Reinforcer(tiny(), replace(SMALL, steps=1), weights, data, tmp_path).train()
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def test_divergence_names_the_tensor_and_keeps_no_weights(data: Path, weights: Path, tmp_path: Path) -> None:
    with pytest.raises(FarsideError, match=r"diverged at step 1: (model|lm_head)\..* is not finite"):
        stage_with(tmp_path, replace(SMALL, learning_rate=1e38), data, weights).train()
    assert not (tmp_path / "state.pt").exists() and not (tmp_path / "model.pt").exists()


def test_a_folder_of_another_training_is_refused(data: Path, weights: Path, tmp_path: Path) -> None:
    Reinforcer(tiny(), SMALL, weights, data, tmp_path / "run")
    other = tmp_path / "other.pt"
    torch.save(made(shape(), 8).state_dict(), other)
    for stage, begun in ((replace(SMALL, tau=0.1), weights), (SMALL, other)):
        with pytest.raises(FarsideError, match="holds another training"):
            Reinforcer(tiny(), stage, begun, data, tmp_path / "run")


def test_it_begins_with_a_checkpoint_as_well(data: Path, tmp_path: Path) -> None:
    export(stirred().state_dict(), shape(), data, tmp_path / "model")
    one = Reinforcer(tiny(), replace(SMALL, steps=1), tmp_path / "model", data, tmp_path / "run")
    assert one.train() == tmp_path / "run" / "model.pt"


def test_a_tokenizer_of_another_model_is_refused(data: Path, weights: Path, tmp_path: Path) -> None:
    write_byte_tokenizer(tmp_path, 600)
    (tmp_path / EXAMPLES).write_bytes((data / EXAMPLES).read_bytes())
    with pytest.raises(FarsideError, match="has 600 ids, the model 512"):
        Reinforcer(tiny(), SMALL, weights, tmp_path, tmp_path / "run")


def test_a_goal_that_fills_the_window_is_told(data: Path, weights: Path, tmp_path: Path) -> None:
    with pytest.raises(FarsideError, match="leaves no room for a reply in 64 tokens"):
        Reinforcer(tiny(), replace(SMALL, window=64), weights, data, tmp_path).train()
