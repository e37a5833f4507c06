"""The command line. Importing it is cheap: each command imports what it needs."""

from __future__ import annotations


def main() -> None:
    """Run the command that was typed, and exit with its code."""
    import gc
    import signal
    import sys

    # What is imported, and what a journal holds, stays: to look through it again and again frees nothing.
    gc.set_threshold(20_000)
    try:
        from farside.cli.app import run

        run()
    except KeyboardInterrupt:
        print("farside: stopped; nothing was started.", file=sys.stderr)
        sys.exit(4)
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # all is said: a late Ctrl-C must not change the exit code
