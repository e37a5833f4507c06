"""The command line. Importing it is cheap: each command imports what it needs."""

from __future__ import annotations


def main() -> None:
    """Run the command that was typed, and exit with its code."""
    from farside.cli.app import run

    run()
