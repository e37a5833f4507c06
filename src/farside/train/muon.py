"""Muon (Kimi K2, arXiv 2507.20534, algorithm 1, lines 2 to 7), for many small matrices at once.

torch.optim.Muon steps matrix by matrix; a model with hundreds of small experts spends its time in the overhead of
each product. Matrices of one shape are stacked here, and the five iterations run as batched products.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor
from torch.optim import Optimizer

from farside.k2.precision import fast_type
from farside.train.processes import shared_out, whole

COEFFICIENTS = (3.4445, -4.7750, 2.0315)
ITERATIONS = 5
RMS = 0.2
"""Root mean square of an update, as AdamW's are: what makes one learning rate fit both (arXiv 2502.16982, 2.2)."""
BATCH = 64
"""Matrices that are orthogonalised together: more do not fit the cache."""


def orthogonal(momenta: Tensor) -> Tensor:
    """Bring the singular values of matrices [B, n, m] near 1 (Newton-Schulz, five iterations in the fast type)."""
    wide = momenta.shape[-2] <= momenta.shape[-1]
    x = (momenta if wide else momenta.mT).to(fast_type())
    x = x / x.float().norm(dim=(-2, -1), keepdim=True).clamp(min=1e-7).to(x.dtype)
    a, b, c = COEFFICIENTS
    for _ in range(ITERATIONS):
        gram = x @ x.mT
        x = torch.baddbmm(x, torch.baddbmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return (x if wide else x.mT).float()


class Muon(Optimizer):
    """W -= lr (O + decay W), O = orthogonal(G + mu M) sqrt(max(n, m)) 0.2, M = mu M + G (Nesterov)."""

    def __init__(self, matrices: Iterable[Tensor], lr: float, decay: float, mu: float = 0.95) -> None:
        super().__init__(matrices, {"lr": lr, "decay": decay, "mu": mu})
        self.update = 0.0
        """Root mean square, over all matrices, of lr O: what the last step added, decay aside."""

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        """Update every matrix that has a gradient."""
        squares, numbers = 0.0, 0
        for group in self.param_groups:
            shapes: dict[torch.Size, list[Tensor]] = {}
            for matrix in group["params"]:
                if matrix.grad is not None:
                    shapes.setdefault(matrix.shape, []).append(matrix)
            for same in shapes.values():
                for start in range(0, len(same), BATCH):
                    size = self._update(same[start : start + BATCH], group["lr"], group["decay"], group["mu"])
                    squares += (group["lr"] * size) ** 2
                numbers += len(same) * same[0].numel()
        self.update = (squares / max(numbers, 1)) ** 0.5

    def _update(self, matrices: list[Tensor], lr: float, decay: float, mu: float) -> float:
        """Return the norm of O, all matrices taken together."""
        gradients = [matrix.grad for matrix in matrices if matrix.grad is not None]
        momenta = [self._momentum(matrix) for matrix in matrices]
        for momentum, gradient in zip(momenta, gradients, strict=True):
            momentum.mul_(mu).add_(gradient)
        ahead = whole(torch.stack(gradients).add_(torch.stack(momenta), alpha=mu))
        updates = orthogonal(ahead) * (RMS * max(matrices[0].shape) ** 0.5)
        for matrix, update in zip(matrices, updates, strict=True):
            matrix.mul_(1 - lr * decay).add_(shared_out(update, matrix), alpha=-lr)
        return float(torch.linalg.vector_norm(updates))

    def _momentum(self, matrix: Tensor) -> Tensor:
        state = self.state[matrix]
        if "momentum" not in state:
            state["momentum"] = torch.zeros_like(matrix)
        momentum: Tensor = state["momentum"]
        return momentum
