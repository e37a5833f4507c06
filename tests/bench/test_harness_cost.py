"""The harness-cost benchmark: its clock arithmetic, and farside's own adapter against the instant endpoint."""

import json
import os
import subprocess
import sys
from itertools import accumulate
from pathlib import Path

from bench.fsync import commit_ms
from bench.harness_cost import ROOT, Cost, measure, row
from bench.instant_endpoint import InstantEndpoint


def test_costs_are_medians_of_the_steps_they_name(tmp_path: Path) -> None:
    cpu = list(accumulate(0.001 * step for step in range(300)))
    report = tmp_path / "report.json"
    report.write_text(json.dumps({"version": "1", "cpu": cpu, "wall": [2 * at for at in cpu], "peak_mb": 50}))
    cost = Cost.of(report)
    rounded = [round(number, 3) for number in (cost.cpu_early, cost.cpu_late, cost.wall_early, cost.wall_late)]
    assert rounded == [19.5, 289.5, 39.0, 579.0]
    assert row("x", cost).split() == ["x", "1", "19.50", "289.50", "14.85x", "39.00", "579.00", "50"]


def test_farside_runs_against_the_instant_endpoint(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    with InstantEndpoint(steps=12) as endpoint:
        subprocess.run(
            [sys.executable, "-m", "bench.peers.farside", endpoint.base_url, report, "12"],
            cwd=ROOT,
            env={**os.environ, "FARSIDE_HOME": str(tmp_path)},
            check=True,
            timeout=60,
        )
        assert endpoint.requests == 13
    found = json.loads(report.read_text())
    assert (len(found["cpu"]), len(found["wall"])) == (12, 12)
    assert found["cpu"] == sorted(found["cpu"])


def test_a_peer_that_is_not_installed_is_named_as_such() -> None:
    reason = measure(Path(sys.executable), "smolagents")
    assert isinstance(reason, str)
    assert "No module named 'smolagents'" in reason


def test_a_commit_takes_time(tmp_path: Path) -> None:
    assert 0 < commit_ms(tmp_path) < 1000
