"""The figures of the training at tiny sizes: they run, and what they compare is the same work."""

from __future__ import annotations

import gzip
import json
import math
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="needs the extra k2")
pytest.importorskip("matplotlib", reason="drawing needs the extra train")

import torch
from torch.nn import functional

from bench import (
    train_context,
    train_int4,
    train_loss,
    train_optimizers,
    train_reinforce,
    train_success,
    train_throughput,
)
from bench.intervals import half_width, paired, students_t
from bench.rates import plot_steps
from bench.train_int4 import BF16, QAT, ROUNDED
from bench.train_step import QUICK, shape
from bench.tries import Try, Way
from farside.engine.quick.model import quicken
from farside.errors import FarsideError
from farside.k2.byte_tokenizer import write_byte_tokenizer
from farside.k2.load import load
from farside.k2.prompt import Prompt
from farside.k2.tokenizer_files import read_tokenizer
from farside.train.export import export
from farside.train.fake_int4 import rounded
from farside.train.generate import place as file_of
from farside.train.model import made
from farside.train.runs import home
from farside.train.tasks import task
from farside.train.traces import traced
from tests.train.test_training import stirred, tiny


def test_optimizers_are_compared(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    train_optimizers.main(["--quick", "--out", str(tmp_path / "p.svg")])
    told = capsys.readouterr().out
    assert [name for name in ("MuonClip", "Muon without clip", "AdamW") if f"| {name} |" not in told] == []
    assert "MuonClip, rate 0.004" in (tmp_path / "p.svg").read_text()


def test_a_loss_is_reached_when_the_mean_of_some_steps_is_as_low() -> None:
    way = train_optimizers.Way("AdamW", False, 1e-3)
    course = train_optimizers.Course(way, [100, 200, 300, 400], [4.0, 1.0, 1.0, 0.0], [1.0, 9.0, 3.0, 2.0])
    assert course.smooth == [4.0, 2.5, 2.0, 1.5]
    assert (course.reached(2.2), course.reached(1.0)) == (300, None)
    assert "| AdamW | 0.001 | 1.500 | 400 | 9.0 |" in train_optimizers.table([course])


def test_throughput_is_measured_beside_transformers(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    pytest.importorskip("transformers", reason="the peer")
    train_throughput.main(["--quick", "--out", str(tmp_path / "p.svg")])
    told = capsys.readouterr().out
    assert "| farside: Muon and AdamW |" in told and "| transformers: AdamW |" in told and "2 steps of each" in told
    assert "transformers" in (tmp_path / "p.svg").read_text()


def test_the_work_of_a_step_is_counted() -> None:
    """By hand, for the tiny shape: a dense layer, then one with a shared expert and two of four."""
    attention = 32 * 16 + 16 * 2 * 16 + 32 * 24 + 16 * 2 * 20 + 24 * 32
    dense, expert, router, head = 3 * 32 * 64, 3 * 32 * 32, 4 * 32, 512 * 32
    weights = 2 * attention + dense + 3 * expert + router + head
    scores = 2 * 2 * (16 + 12) * 10 / 2
    assert train_throughput.multiplications(shape(QUICK), 3, 10) == 6 * 30 * (weights + scores)


def test_both_sides_train_a_model_of_the_same_size() -> None:
    transformers = pytest.importorskip("transformers", reason="the peer")
    config = shape(QUICK)
    peer = transformers.DeepseekV3ForCausalLM(train_throughput.peer_config(config))
    assert sum(p.numel() for p in peer.parameters()) == sum(p.numel() for p in made(config, 1).parameters())


def test_a_fact_stands_at_its_depth_and_the_prompt_is_as_long_as_asked(tmp_path: Path) -> None:
    write_byte_tokenizer(tmp_path)
    tokenizer = read_tokenizer(tmp_path)
    with home():
        asked = train_context.question(20_000)
    filler = train_context.filling(asked, tokenizer, 4096, 0)
    for depth, place in ((0.0, 0), (0.5, len(filler) // 2), (1.0, len(filler))):
        lines = asked.among(filler, depth)[-1]["content"].splitlines()
        (found,) = (at for at, line in enumerate(lines) if asked.name in line)
        assert abs(found - asked.place - place) <= 1
        prompt = Prompt(tokenizer, asked.tools)
        for message in asked.among(filler, depth):
            prompt.append(message)
        assert 4096 - train_context.ANSWER - train_context.SPARE - 80 < prompt.count() <= 4096 - train_context.ANSWER


def test_context_is_measured(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    write_byte_tokenizer(tmp_path)
    export(stirred().state_dict(), tiny().shape, tmp_path, tmp_path / "model")
    train_context.main([f"k2/{tmp_path / 'model'}", "--quick", "--out", str(tmp_path / "p.svg")])
    assert "| 4,096 | 0 of 1 = 0% (0% to 79%) | 0 of 1" in capsys.readouterr().out
    with pytest.raises(FarsideError, match=r"The window of .* has 8,192 tokens"):
        train_context.found(tmp_path / "model", [9000], [0], 1)


def test_three_checkpoints_hold_what_they_are_called(tmp_path: Path) -> None:
    write_byte_tokenizer(tmp_path)
    for name, seed in (("plain", 3), ("tiny", 4)):
        (tmp_path / name / "tiny").mkdir(parents=True)
        torch.save(made(tiny().shape, seed).state_dict(), tmp_path / name / "tiny" / "model.pt")
    plain, aware = (tmp_path / name / "tiny" / "model.pt" for name in ("plain", "tiny"))
    folders = train_int4.checkpoints(plain, aware, tmp_path, tiny(), tmp_path)
    name = "model.layers.1.mlp.experts.2.gate_proj"
    weight = torch.load(plain, weights_only=True)[f"{name}.weight"]
    bf16, after = (load(folders[each]).get_submodule(name) for each in (BF16, ROUNDED))
    assert torch.equal(bf16.weight, weight.bfloat16())  # type: ignore[arg-type]
    eye = torch.eye(32, dtype=torch.bfloat16)
    assert torch.equal(after(eye).T, rounded(weight).bfloat16())
    with pytest.raises(FarsideError, match="No stage is called plain"):
        train_int4.shape_of(tmp_path / "plain" / "model.pt", tiny())


def test_checkpoints_are_compared_on_the_same_tasks(tmp_path: Path) -> None:
    right = {BF16: (1, 2, 3, 4), ROUNDED: (1,), QAT: (1, 2, 3, 5)}
    named = {name: {("bills", 5, n): n in right[name] for n in range(1, 6)} for name in right}
    row = train_int4.table(named).splitlines()[-1]
    assert row.startswith("| 5 | 4 of 5 = 80%")
    assert [cell.split()[0] for cell in row.split(" | ")[4:]] == ["-60", "+0", "+60"]
    train_int4.plot(tmp_path / "p.svg", named)
    assert all(name in (tmp_path / "p.svg").read_text() for name in right)


def test_what_reinforcement_lifts_is_told_by_family(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    write_byte_tokenizer(tmp_path)
    models = [tmp_path / name for name in ("first", "second")]
    for model in models:
        export(stirred().state_dict(), tiny().shape, tmp_path, model)
    kept, drawn = tmp_path / "tries.jsonl", tmp_path / "p.svg"
    few = ["--families", "declining", "--steps", "3", "--tries", "2", "--kept", str(kept), "--out", str(drawn)]
    train_reinforce.main(["--before", f"k2/{models[0]}", "--after", f"ptx=k2/{models[1]}", "--plain", *few])
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "| family | before | ptx | over before |" and told[2].startswith("| declining | 0 of 2 = 0%")
    assert kept.read_text().count('"plain": true') == 4 and "by family, plain" in drawn.read_text()
    assert all(f">{name}<" in drawn.read_text() for name in ("before", "ptx"))
    for wrong, why in (("before=k2/x", "a name of its own"), ("k2/x", "k2/x is not NAME=k2/PATH")):
        with pytest.raises(SystemExit):
            train_reinforce.main(["--before", "k2/x", "--after", wrong])
        assert why in capsys.readouterr().err
    rights = {"before": {("bills", 5, n): n == 1 for n in range(4)} | {("notes", 5, 1): True}}
    rights["ptx"] = dict.fromkeys(rights["before"], True)
    bills, notes, both = train_reinforce.table(rights).splitlines()[2:]
    assert bills.startswith("| bills | 1 of 4 = 25%") and "+75 points" in bills
    assert "+0 points" in notes and both.startswith("| all | 2 of 5") and "+60 points" in both


def test_losses_are_those_of_training_by_family_and_by_what_stands_before(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    write_byte_tokenizer(tmp_path)
    models = [tmp_path / name for name in ("first", "second")]
    for model, trained in zip(models, (stirred(), made(tiny().shape, 4)), strict=True):
        export(trained.state_dict(), tiny().shape, tmp_path, model, "bf16")
    with home():
        traces = [traced(task("declining", number, "held-out", 3)) for number in (1, 2)]
    (tmp_path / "traces").mkdir()
    with gzip.open(file_of(tmp_path / "traces", 0), "wt") as file:
        file.writelines(json.dumps(one) + "\n" for one in traces)
    held = train_loss.runs(tmp_path / "traces", read_tokenizer(tmp_path))
    (group, *_), losses = zip(*train_loss.losses_of(quicken(load(models[0])), held).items(), strict=True)
    assert group == (0, "declining") and losses[0] == losses[-1] and len(losses[0]) == 2
    plain = load(models[0]).float()
    for (_, example), loss in zip(held, losses[0].values(), strict=True):
        ids, learnt = torch.tensor(example.ids), torch.tensor(example.learnt)
        assert len(ids) > train_loss.CHUNK
        each = functional.cross_entropy(plain([ids[:-1]]), ids[1:], reduction="none")
        assert loss == pytest.approx(each[learnt[1:] > 0].mean().item(), rel=1e-4)
    asked, drawn = ["--traces", str(tmp_path / "traces")], tmp_path / "p.svg"
    train_loss.main([f"one=k2/{models[0]}", f"k2/{models[1]}", *asked, "--out", str(drawn)])
    head, _, *rows = capsys.readouterr().out.splitlines()
    assert f">k2/{models[1]}<" in drawn.read_text()
    assert head == f"| | runs | one | k2/{models[1]} | over one |"
    assert rows[0].startswith(f"| declining | 2 | {sum(losses[0].values()) / 2:.4f} |") and rows[-1].startswith(
        "| all |"
    )
    with pytest.raises(SystemExit, match="holds no traces"):
        train_loss.main([f"k2/{models[0]}", "--traces", str(tmp_path)])
    with pytest.raises(SystemExit, match="have other tokens"):
        train_loss.main([f"k2/{models[0]}", "k2/mini", *asked])
    with pytest.raises(FarsideError, match=r"has 8,192 tokens, a run 9,000"):
        train_loss.check(models[0], models[0], 9000)
    with pytest.raises(SystemExit):
        train_loss.main([f"one=k2/{models[0]}", f"one=k2/{models[1]}", *asked])
    assert "two checkpoints have one name" in capsys.readouterr().err


def test_a_difference_of_losses_has_its_interval_and_stretches_double() -> None:
    near = train_loss.stretch(3)
    named = {
        "one": {train_loss.ALL: {0: 1.0, 1: 2.0}, (0, "bills"): {1: 2.0}, near: {0: 1.0}},
        "two": {train_loss.ALL: {0: 1.5, 1: 2.5}, (0, "bills"): {1: 2.5}, near: {0: 1.5}},
    }
    bills, first, both = train_loss.table(named).splitlines()[2:]
    assert bills == "| bills | 1 | 2.0000 | 2.5000 | +0.5000 (±inf) |"
    assert first.startswith("| up to token 1,024 | 1 |")
    assert both == "| all | 2 | 1.5000 | 2.0000 | +0.5000 (±0.0000) |"
    assert [train_loss.stretch(at)[0] for at in (1023, 1024, 5000)] == [1024, 2048, 8192]


def test_rates_of_all_and_of_none_are_drawn(tmp_path: Path) -> None:
    plot_steps(tmp_path / "p.svg", {"all": {5: [True] * 20}, "none": {5: [False] * 11}})
    assert all(f">{name}<" in (tmp_path / "p.svg").read_text() for name in ("all", "none"))


def test_a_difference_on_the_same_tasks_has_its_interval() -> None:
    assert paired(9, 1, 50) == "+16 points (+4 to +27), p = 0.021"
    assert paired(0, 0, 20).endswith("p = 1")


def test_a_mean_has_students_interval() -> None:
    assert half_width([1.0, 3.0]) == pytest.approx(12.706)
    assert half_width([1.0, 2.0, 3.0, 4.0, 5.0]) == pytest.approx(2.776 * 2.5**0.5 / 5**0.5, rel=0.01)
    assert students_t(3) == pytest.approx(3.182, rel=0.01) and students_t(20) == pytest.approx(2.086, rel=1e-3)
    assert half_width([1.0]) == math.inf


def test_tries_are_kept_and_not_made_again(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    write_byte_tokenizer(tmp_path)
    export(stirred().state_dict(), tiny().shape, tmp_path, tmp_path / "model")
    kept, plot = tmp_path / "tries.jsonl", tmp_path / "p.svg"
    few = ["--families", "declining", "--steps", "3", "--tries", "1", "--kept", str(kept), "--out", str(plot)]
    train_success.main(["--model", f"k2/{tmp_path / 'model'}", *few])
    first, one = capsys.readouterr().out, kept.read_text()
    assert "| min-p | 3 | all | 0 of 1 = 0%" in first and one.count("\n") == 1
    train_success.main(["--model", f"k2/{tmp_path / 'model'}", *few, "--ways", "min-p", "plain"])
    assert capsys.readouterr().out.startswith(first) and kept.read_text().startswith(one)
    train_success.main(["--model", f"k2/{tmp_path / 'model'}", *few, "--ways", "plain"])
    assert capsys.readouterr().out.startswith(first)  # all that is kept of the model is told
    assert kept.read_text().count("\n") == 2 and all(f">{name}<" in plot.read_text() for name in ("min-p", "plain"))


def test_a_rate_is_told_by_way_length_and_family() -> None:
    ways = Way("k2/m", False, "keep-latest"), Way("k2/m", False, "hide-all")
    done = [
        Try(way, ("bills", 5, n), n != 1, 2.0, 100, "") for way in ways for n in range(1, 5 if way is ways[0] else 3)
    ]
    assert train_success.table([*done, Try(ways[0], ("notes", 20, 1), True, 1.0, 100, "")]).splitlines()[2:] == [
        "| min-p | 5 | bills | 3 of 4 = 75% (30% to 95%) | 50 |",
        "| min-p | 5 | all | 3 of 4 = 75% (30% to 95%) | 50 |",
        "| min-p | 20 | notes | 1 of 1 = 100% (21% to 100%) | 100 |",
        "| min-p | 20 | all | 1 of 1 = 100% (21% to 100%) | 100 |",
        "| hide-all | 5 | bills | 1 of 2 = 50% (9% to 91%) | 50 |",
        "| hide-all | 5 | all | 1 of 2 = 50% (9% to 91%) | 50 |",
    ]
