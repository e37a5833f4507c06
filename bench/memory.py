"""Memory: farside's own process at step 300 with 256K tokens of context, without a local model.

    python -m bench.memory [--steps 300]

The whole command line reads a file of 3,400 characters a step against a loopback peer; hide-all keeps everything in
the request until the window, less the room for a reply, is full.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import tempfile
from pathlib import Path

from bench.durability import FARSIDE, configured
from farside.agent.events import Replied
from farside.agent.home import find_run
from farside.agent.journal import Journal
from farside.testkit.brains import Repeating
from farside.testkit.endpoint import Endpoint

CHARACTERS = 3_400
"""Of one output: 300 of them fill a window of 262,144 tokens at four characters a token."""


def measure(steps: int) -> tuple[int, float]:
    """Return the tokens of the longest prompt and the peak of resident memory in MB."""
    with configured(), tempfile.TemporaryDirectory() as folder:
        for number in range(1, steps + 1):
            (Path(folder) / f"{number}.txt").write_text(f"{number} " + "word " * (CHARACTERS // 5))
        with Endpoint(Repeating(steps, "read_file", '{"path": "{step}.txt"}')) as endpoint:
            command = [*FARSIDE, "run", "Read all.", "--model", "moonshot/kimi-k2-thinking", "--context", "hide-all"]
            options = ["--base-url", endpoint.base_url, "--dir", folder, "--max-steps", str(steps + 5), "--json"]
            with subprocess.Popen([*command, *options], stdout=subprocess.DEVNULL) as child:
                _, status, used = os.wait4(child.pid, 0)
                child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            raise SystemExit(f"the run ended with {child.returncode}")
        journal = Journal(find_run("last").journal)
        replies = [entry.event for entry in journal.entries() if isinstance(entry.event, Replied)]
        journal.close()
    return max(reply.usage.input for reply in replies), used.ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=300)
    tokens, peak = measure(parser.parse_args().steps)
    print(f"peak resident memory {peak:.0f} MB with {tokens:,} tokens of context (aim: under 150 MB)")


if __name__ == "__main__":
    main()
