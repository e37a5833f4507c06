"""The optimizer, the fast forms against the plain ones, and a stage that is killed, goes on, or breaks."""

from __future__ import annotations

import json
import math
import signal
import subprocess
import sys
import time
from dataclasses import replace
from importlib import resources
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="training needs the extra k2")

import torch

from bench.train_step import QUICK
from farside.errors import FarsideError
from farside.k2.config import Config
from farside.k2.int4 import dequantize, quantize
from farside.k2.model import CausalLM
from farside.train.attention import attentions
from farside.train.balance import mixtures, rebalance
from farside.train.dataset import joined, read_dataset, write_dataset
from farside.train.examples import Example
from farside.train.fake_int4 import rounded
from farside.train.model import grouped, made, matrices, others
from farside.train.muon import Muon
from farside.train.order import endless, pack, parts
from farside.train.qk_clip import clip
from farside.train.room import check_memory
from farside.train.schedule import wsd
from farside.train.settings import Settings, Stage, read_settings
from farside.train.trainer import Trainer
from farside.train.weights import take_up

STAGE = Stage("tiny", ("tiny",), 6000, 300, 64, 1e-2, 0.1, 0.3, 0.1, 0.5, "int4")


def tiny() -> Settings:
    return Settings(replace(read_settings().shape, **QUICK), (), 0, (STAGE,), 0.1, 0.01, 1)  # type: ignore[arg-type]


def shape() -> Config:
    return tiny().shape


def stirred() -> CausalLM:
    """A model none of whose matrices is zero, as they are after some training."""
    model, chance = made(shape(), 3), torch.Generator().manual_seed(5)
    for parameter in model.parameters():
        if parameter.dim() == 2:
            torch.nn.init.normal_(parameter, std=parameter.shape[1] ** -0.5, generator=chance)
    return model


def written(folder: Path, count: int = 40) -> Path:
    """Sequences in which each id follows from the one before."""
    rows = [[(7 * start + 3 * at) % 512 for at in range(40 + start % 30)] for start in range(count)]
    write_dataset(folder / "examples.safetensors", [Example(row, [at > 5 for at in range(len(row))]) for row in rows])
    return folder / "examples.safetensors"


def test_examples_of_several_files_are_all_there(tmp_path: Path) -> None:
    counts = (3, 1, 2)
    for name, count in zip("abc", counts, strict=True):
        (tmp_path / name).mkdir()
        written(tmp_path / name, count)
    sets = [read_dataset(tmp_path / name / "examples.safetensors") for name in "abc"]
    every = joined(sets)
    wanted = [one.example(index, 1000) for one in sets for index in range(len(one))]
    assert len(every) == sum(counts)
    for index, (ids, learnt) in enumerate(wanted):
        assert torch.equal(every.example(index, 1000)[0], ids) and torch.equal(every.example(index, 1000)[1], learnt)


def test_the_fast_forms_give_what_the_plain_ones_give() -> None:
    fast = stirred()
    plain = CausalLM(shape())
    plain.load_state_dict(fast.state_dict())
    ids = [torch.arange(20) * 7 % 512, torch.arange(33) * 5 % 512]
    one, other = fast(ids), plain(ids)
    assert torch.allclose(one, other, atol=1e-5) and one.abs().max() > 0.1
    for logits in (one, other):
        logits.square().mean().backward()
    theirs = dict(plain.named_parameters())
    for name, parameter in fast.named_parameters():
        wanted = theirs[name].grad
        assert wanted is not None and parameter.grad is not None, name
        assert torch.allclose(parameter.grad, wanted, atol=1e-5), name


def test_every_parameter_has_one_optimizer() -> None:
    model = stirred()
    ours, theirs = matrices(model), others(model)
    assert len(ours) + len(theirs) == len(list(model.parameters()))
    assert {id(each) for each in ours} & {id(each) for each in theirs} == set()


def test_muon_steps_as_torchs_own_does() -> None:
    torch.manual_seed(0)
    weight = torch.randn(24, 40)
    ours, theirs = (torch.nn.Parameter(weight.clone()) for _ in range(2))
    one, other = Muon([ours], 0.01, 0.1), torch.optim.Muon([theirs], 0.01, 0.1, adjust_lr_fn="match_rms_adamw")
    for _ in range(3):
        gradient = torch.randn(24, 40)
        ours.grad, theirs.grad = gradient.clone(), gradient.clone()
        one.step()
        other.step()  # type: ignore[no-untyped-call]
    # torch lerps the momentum: its size differs, and the iteration takes the size away.
    assert (ours - theirs).abs().max() < 2e-3 < (ours - weight).abs().max()


def test_an_update_has_the_size_of_adams() -> None:
    for size in ((48, 192), (128, 64)):
        weight = torch.nn.Parameter(torch.zeros(size))
        weight.grad = torch.randn(size)
        Muon([weight], 1.0, 0.0).step()
        assert 0.12 < float(weight.detach().square().mean().sqrt()) < 0.28


def test_a_logit_above_the_bound_is_brought_to_it() -> None:
    model = stirred()
    attention = next(attentions(model))
    model.get_parameter("model.layers.0.self_attn.q_b_proj.weight").data *= 40
    ids = [torch.arange(24)]

    def largest() -> torch.Tensor:
        attention.watches = True
        model(ids)
        assert attention.largest is not None
        return attention.largest

    before = largest()
    bound = float(before.max()) / 2
    shared = model.get_parameter("model.layers.0.self_attn.kv_a_proj_with_mqa.weight")
    unclipped = shared.detach().clone()
    clip(attention, bound)
    assert torch.allclose(largest(), before.clamp(max=bound), rtol=1e-4)
    assert torch.equal(shared, unclipped)


def test_a_head_whose_logits_are_all_negative_is_left_alone() -> None:
    model = stirred()
    attention = next(attentions(model))
    weights = [model.get_parameter(f"model.layers.0.self_attn.{name}_b_proj.weight") for name in ("q", "kv")]
    before = [weight.detach().clone() for weight in weights]
    attention.largest = torch.tensor([-0.03, 0.0])
    clip(attention)
    assert all(map(torch.equal, weights, before))


def test_experts_that_are_asked_less_are_chosen_more() -> None:
    model = stirred()
    mixture = next(mixtures(model))
    assert rebalance(mixture, torch.tensor([9, 1, 1, 1]), 0.5) == 3.0
    assert mixture.gate.e_score_correction_bias.tolist() == [-0.5, 0.5, 0.5, 0.5]


def test_the_rate_warms_up_stays_and_falls() -> None:
    rates = [wsd(share, 0.1, 0.5, 0.2) for share in (0, 0.05, 0.1, 0.5, 0.75, 1)]
    assert rates == pytest.approx([0, 0.5, 1, 1, 0.6, 0.2])


def test_fake_quantization_is_what_the_checkpoint_holds() -> None:
    weight = torch.randn(3, 16, 64, requires_grad=True)
    seen = rounded(weight)
    for one, held in zip(seen, weight, strict=True):
        packed, scale = quantize(held.detach().bfloat16())
        assert torch.equal(one.detach().bfloat16(), dequantize(packed, scale, (16, 64)))
    seen.sum().backward()  # type: ignore[no-untyped-call]
    assert weight.grad is not None and bool((weight.grad == 1).all())


def test_experts_that_round_give_what_rounded_weights_give() -> None:
    model = stirred()
    experts = next(grouped(model))
    ids = [torch.arange(12)]
    experts.rounds = True
    seen = model(ids)
    experts.rounds = False
    for parameter in experts.parameters():
        parameter.data = rounded(parameter.data)
    assert torch.allclose(model(ids), seen, atol=1e-6)


def test_the_order_goes_on_after_any_example() -> None:
    whole = [next(it) for it in [endless(7, 5, 0)] for _ in range(30)]
    assert sorted(whole[:7]) == list(range(7)) and whole[:7] != whole[7:14]
    for taken in (1, 7, 13):
        rest = endless(7, 5, taken)
        assert [next(rest) for _ in range(10)] == whole[taken : taken + 10]


def test_a_pack_holds_enough_and_a_part_no_more() -> None:
    assert pack(iter(range(9)), [10, 500, 10, 10], 50, 65) == [0, 1, 2]
    assert list(parts([10, 20, 30, 99, 5], 45)) == [[0, 1], [2], [3], [4]]


def test_a_stage_learns_and_logs(tmp_path: Path) -> None:
    data = read_dataset(written(tmp_path))
    weights = Trainer(tiny(), STAGE, data, tmp_path / "run", None).train()
    log = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text().splitlines()]
    assert log[-1]["loss"] < 0.8 * log[0]["loss"] and log[-1]["tokens"] >= STAGE.tokens
    assert all(math.isfinite(entry["largest_logit"]) and entry["busiest_expert"] >= 1 for entry in log)
    assert weights.exists() and not (tmp_path / "run" / "state.pt").exists()


def seen(run: Path) -> dict[int, tuple[int, float]]:
    """What was trained on, step by step."""
    entries = map(json.loads, (run / "log.jsonl").read_text().splitlines())
    return {entry["step"]: (entry["tokens"], round(entry["loss"], 4)) for entry in entries}


def test_a_stage_that_is_killed_goes_on_with_the_same_data(tmp_path: Path) -> None:
    data = written(tmp_path)
    code = (
        "import sys; from pathlib import Path; import farside.train.keeper as keeper; keeper.SAVE_EVERY_S = 0\n"
        "from tests.train.test_training import tiny, STAGE; from farside.train.dataset import read_dataset\n"
        "from farside.train.trainer import Trainer\n"
        "Trainer(tiny(), STAGE, read_dataset(Path(sys.argv[1])), Path(sys.argv[2]), None).train()\n"
    )
    cut = subprocess.Popen([sys.executable, "-c", code, data, tmp_path / "cut"], stderr=subprocess.DEVNULL)
    Trainer(tiny(), STAGE, read_dataset(data), tmp_path / "whole", None).train()
    log = tmp_path / "cut" / "log.jsonl"
    while cut.poll() is None and not (log.exists() and log.read_text().count("\n") > 4):
        time.sleep(0.01)
    cut.kill()
    assert cut.wait() == -signal.SIGKILL
    Trainer(tiny(), STAGE, read_dataset(data), tmp_path / "cut", None).train()
    assert seen(tmp_path / "cut") == seen(tmp_path / "whole")
    one, other = (torch.load(tmp_path / run / "model.pt", weights_only=True) for run in ("cut", "whole"))
    assert all(torch.equal(one[name], weight) for name, weight in other.items()) and one.keys() == other.keys()


def test_a_folder_of_another_training_is_refused(tmp_path: Path) -> None:
    data = read_dataset(written(tmp_path))
    Trainer(tiny(), STAGE, data, tmp_path / "run", None)
    torch.save(stirred().state_dict(), tmp_path / "other.pt")
    for settings, first in ((replace(tiny(), seed=2), None), (tiny(), tmp_path / "other.pt")):
        with pytest.raises(FarsideError, match="holds another training"):
            Trainer(settings, STAGE, data, tmp_path / "run", first)


def weights_file(folder: Path, what: str) -> Path:
    path, model = folder / "before.pt", made(shape(), 1)
    match what:
        case "damaged":
            model.get_parameter("model.layers.1.self_attn.o_proj.weight").data[0, 0] = math.nan
            torch.save(model.state_dict(), path)
        case "foreign":
            torch.save(made(replace(shape(), hidden_size=64), 1).state_dict(), path)
        case "torn":
            torch.save(model.state_dict(), path)
            path.write_bytes(path.read_bytes()[:5000])
        case "text":
            path.write_text("weights")
    return path


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("damaged", r"is damaged: model\.layers\.1\.self_attn\.o_proj\.weight is not finite"),
        ("foreign", "holds no weights of this model"),
        ("torn", "cannot be read as weights"),
        ("text", "cannot be read as weights"),
        ("missing", "cannot be read as weights"),
    ],
)
def test_what_is_no_weights_of_this_model_is_refused(what: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(FarsideError, match=told):
        take_up(made(shape(), 1), weights_file(tmp_path, what))


def test_muon_trains_all_matrices_but_embeddings_head_and_router() -> None:
    model = made(shape(), 1)
    muons = {id(each) for each in matrices(model)}
    rest = [name for name, each in model.named_parameters() if each.dim() == 2 and id(each) not in muons]
    routers = [f"model.layers.{layer}.mlp.gate.weight" for layer in range(1, shape().num_hidden_layers)]
    assert sorted(rest) == sorted(["model.embed_tokens.weight", "lm_head.weight", *routers])


def test_a_stretched_stage_has_yarn_and_a_longer_window() -> None:
    settings = tiny()
    long = settings.shape_of(replace(STAGE, stretch=4.0))
    assert settings.shape_of(STAGE) == settings.shape and long.rope_scaling is not None
    assert long.max_position_embeddings == 4 * settings.shape.max_position_embeddings
    assert long.rope_scaling.original_max_position_embeddings == settings.shape.max_position_embeddings
    assert set(made(long, 1).state_dict()) == set(made(settings.shape, 1).state_dict())


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ('data = ["short"]', "data = []", "the stage supervised names no data"),
        ("skew = 0.7", "skew = 0", "a skew of 0: it must be above 0"),
        ("most_steps = 14", "most_steps = 2", "runs of 3 to 2 steps"),
        ("most_steps = 14", "most_steps = 14\nfirst = -1", "a first task of number -1"),
    ],
)
def test_settings_that_make_no_sense_are_refused(was: str, now: str, told: str, tmp_path: Path) -> None:
    text = (resources.files("farside.train") / "mini.toml").read_text()
    (tmp_path / "s.toml").write_text(text.replace(was, now, 1))
    with pytest.raises(FarsideError, match=told):
        read_settings(tmp_path / "s.toml")


def test_settings_that_are_none_are_refused(tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text("seed = 1\n")
    with pytest.raises(FarsideError, match="holds no settings"):
        read_settings(tmp_path / "s.toml")


def test_too_little_memory_is_said() -> None:
    with pytest.raises(FarsideError, match=r"Training takes up to 6 GB of memory; 2\.5 GB are free"):
        check_memory(2_500_000_000)
