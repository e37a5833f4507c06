"""What is printed of the models that can be used here."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from farside.models.catalog import Availability, availability


def print_models() -> None:
    """Print a line for each way to reach a model, and below it what it takes."""
    console = Console(highlight=False)
    for row in availability():
        for line in lines(row):
            console.print(line, soft_wrap=True)


def lines(row: Availability) -> list[Text]:
    """Return a row of the list."""
    mark, colour = ("●", "green") if row.usable else ("○", "dim")
    first = Text(f"{mark} ", colour).append(f"{row.name:44} ", "bold" if row.usable else "").append(row.why, "dim")
    return [first, Text(f"  {row.next_step}", "cyan")] if row.next_step and not row.usable else [first]
