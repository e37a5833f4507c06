"""Which tasks a folder of traces or examples is made of."""

from __future__ import annotations

from dataclasses import dataclass

from farside.train.tasks import FAMILIES, LEAST, check_families, check_steps

SKEW = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Kinds:
    """Families and lengths."""

    most_steps: int
    least_steps: int = LEAST
    families: tuple[str, ...] = tuple(FAMILIES)
    """In turn; one that is named twice has twice as many tasks."""
    skew: float = SKEW
    """1: the same number for each doubling of the length; above: more short runs; below: more long ones."""
    first: int = 0
    """Number of the first task: what has the same numbers, families and lengths has the same tasks."""

    def __post_init__(self) -> None:
        """Refuse what no task can be.

        Raises:
            ValueError: it says what is wrong.
        """
        check_families(self.families)
        check_steps(self.least_steps, self.most_steps)
        if not self.skew > 0:
            raise ValueError(f"a skew of {self.skew:g}: it must be above 0")
        if self.first < 0:
            raise ValueError(f"a first task of number {self.first}: it must be 0 or more")
