"""A step of training by the parts of `farside.train`, with a choice of optimizers: what two benchmarks compare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional

from farside.k2.byte_tokenizer import write_byte_tokenizer
from farside.k2.config import Config
from farside.k2.precision import autocast
from farside.k2.tokenizer_files import read_tokenizer
from farside.train.attention import attentions
from farside.train.balance import mixtures, rebalance
from farside.train.dataset import Dataset, read_dataset, write_dataset
from farside.train.drill import drills
from farside.train.model import grouped, made, matrices, others
from farside.train.muon import Muon
from farside.train.qk_clip import clip
from farside.train.settings import read_settings
from farside.train.state import STEEPEST

Optimizers = Literal["MuonClip", "AdamW"]
BETAS = (0.9, 0.95)
QUICK = {
    "vocab_size": 512,
    "hidden_size": 32,
    "intermediate_size": 64,
    "moe_intermediate_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "num_key_value_heads": 2,
    "q_lora_rank": 16,
    "kv_lora_rank": 16,
    "qk_nope_head_dim": 8,
    "qk_rope_head_dim": 8,
    "v_head_dim": 12,
    "n_routed_experts": 4,
}
"""A shape that a test runs in seconds."""


def shape(sizes: dict[str, int]) -> Config:
    """Return K2-mini's shape with other sizes."""
    return replace(read_settings().shape, **sizes)  # type: ignore[arg-type]


def byte_drills(folder: Path, count: int, seed: int) -> Dataset:
    """Make drills whose tokens are bytes: no vocabulary has to be learnt."""
    write_byte_tokenizer(folder)
    write_dataset(folder / "drills.safetensors", drills(read_tokenizer(folder), count, seed))
    return read_dataset(folder / "drills.safetensors")


class Learner:
    """A model of farside's and its optimizers."""

    def __init__(self, config: Config, optimizers: Optimizers, rate: float, clips: bool, seed: int = 1) -> None:
        settings = read_settings()
        self._model, self._rate, self._clips, self._balance = made(config, seed), rate, clips, settings.balance
        # Without Muon AdamW trains all there is.
        self._muon = Muon(matrices(self._model), rate, settings.decay) if optimizers == "MuonClip" else None
        adams = list(self._model.parameters()) if self._muon is None else others(self._model)
        self._adams = adams
        self._adam = torch.optim.AdamW(adams, rate, betas=BETAS, weight_decay=settings.decay)

    def gradients(self, ids: Sequence[Tensor], weights: Sequence[Tensor]) -> float:
        """Run sequences [T] forward and back; `weights` [T - 1] of each token but the first. Returns the loss."""
        for attention in attentions(self._model):
            attention.watches = True
        with autocast():
            logits = self._model([each[:-1] for each in ids])
        losses = functional.cross_entropy(logits.float(), torch.cat([each[1:] for each in ids]), reduction="none")
        weight = torch.cat(tuple(weights))
        loss = (losses * weight).sum() / weight.sum()
        loss.backward()  # type: ignore[no-untyped-call]
        return float(loss.detach())

    def update(self, factor: float = 1.0) -> float:
        """Move the weights, at the learning rate times a factor, and the biases. Returns the largest logit seen."""
        torch.nn.utils.clip_grad_norm_(self._adams, STEEPEST)
        for optimizer in (self._muon, self._adam):
            if optimizer is not None:
                for group in optimizer.param_groups:
                    group["lr"] = self._rate * factor
                optimizer.step()
                optimizer.zero_grad()
        for mixture, experts in zip(mixtures(self._model), grouped(self._model), strict=True):
            assert experts.load is not None
            rebalance(mixture, experts.load, self._balance)
        logit = 0.0
        for attention in attentions(self._model):
            assert attention.largest is not None
            logit = max(logit, float(attention.largest.max()))
            if self._clips:
                clip(attention)
        return logit
