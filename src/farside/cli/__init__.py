"""The command line. Importing it is cheap: each command imports what it needs."""

from __future__ import annotations


def main() -> None:
    """Run the command that was typed, and exit with its code."""
    import signal
    import sys

    try:
        from farside.cli.app import run

        run()
    except KeyboardInterrupt:
        print("farside: stopped; nothing was started.", file=sys.stderr)
        sys.exit(4)
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # all is said: a late Ctrl-C must not change the exit code
