"""What the one tool of every peer does: note CPU and wall time, and answer with the same text.

Each peer module runs as `python -m bench.peers.NAME BASE_URL REPORT STEPS` in an environment that has the peer.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from importlib.metadata import version
from pathlib import Path

GOAL = "Call the tool until it says that everything is done."
OUTPUT = ("Nothing unusual was found in this part of the data; the next part is still to be looked at. " * 6).strip()


class Samples:
    """One run's clock readings: CPU and wall seconds of this process at each tool call."""

    def __init__(self, distribution: str) -> None:
        self.distribution = distribution
        base_url, report, steps = sys.argv[1:]
        self.base_url = base_url
        self.steps = int(steps)
        self._report = Path(report)
        self._cpu: list[float] = []
        self._wall: list[float] = []

    def take(self) -> str:
        """Note one step and return what the tool says."""
        self._cpu.append(time.process_time())
        self._wall.append(time.perf_counter())
        return f"Part {len(self._cpu)} of {self.steps}. {OUTPUT}"

    def save(self) -> None:
        """Write the readings for the benchmark; refuse a run that stopped early."""
        if len(self._cpu) != self.steps:
            sys.exit(f"{self.distribution} made {len(self._cpu)} tool calls of {self.steps}")
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        found = {"version": version(self.distribution), "cpu": self._cpu, "wall": self._wall, "peak_mb": peak_mb}
        self._report.write_text(json.dumps(found))
