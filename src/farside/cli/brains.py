"""What is printed of the models that can be used here."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from farside.cli.crew import opened
from farside.cli.ending import BROKEN
from farside.cli.plain_text import one_line, safe
from farside.config import remember_profile
from farside.models.catalog import Availability, availability
from farside.models.preflight import Finding, check, corrections


def print_models() -> None:
    """Print a line for each way to reach a model, and below it what it takes."""
    console = Console(highlight=False)
    for row in availability():
        for line in lines(row):
            console.print(line, soft_wrap=True)


def lines(row: Availability) -> list[Text]:
    """Return a row of the list."""
    mark, colour = ("●", "green") if row.usable else ("○", "dim")
    first = (
        Text()
        .append(f"{mark} ", colour)
        .append(f"{one_line(row.name):44} ", "bold" if row.usable else "")
        .append(one_line(row.why), "dim")
    )
    return [first, Text(f"  {safe(row.next_step)}", "cyan")] if row.next_step and not row.usable else [first]


def check_model(name: str, base_url: str | None) -> int:
    """Ask an endpoint, print each finding as it comes, keep what it taught; return the exit code.

    Raises:
        FarsideError: there is no such model, or its key is missing.
    """
    console = Console(highlight=False)
    model = opened(name, base_url)
    findings = []
    try:
        for finding in check(model):
            findings.append(finding)
            console.print(found(finding), soft_wrap=True)
    finally:
        model.close()
    if taught := corrections(findings, base_url):
        path = remember_profile(name, taught)
        what = ", ".join(f"{field} = {value}" for field, value in taught.items())
        console.print(Text(safe(f"From now on {name} is used with {what} ({path})."), "cyan"), soft_wrap=True)
    return BROKEN if any(finding.grade == "fail" for finding in findings) else 0


def found(finding: Finding) -> Text:
    """Return a finding on one line."""
    mark, colour = {"ok": ("●", "green"), "warn": ("◐", "yellow"), "fail": ("✗", "red")}[finding.grade]
    return Text().append(f"{mark} ", colour).append(f"{finding.name:15} ", "bold").append(safe(finding.sentence))
