"""`--json`: one event a line and nothing else on stdout."""

import json
import signal
import subprocess

from tests.cli.command import DEADLINE_S, FARSIDE, Farside, interrupted, step


def lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def test_each_line_is_an_event_and_the_last_has_the_answer(farside: Farside) -> None:
    model = farside.script("two", step("Ünïcode \x1b[31m"), {"text": "It is 45."})
    done = farside("run", "Count.", "--model", model, "--json")
    events = lines(done.out)
    assert done.code == 0
    assert done.out.isascii()
    assert [event["kind"] for event in events] == farside.kinds()
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert events[0]["kind"] == "run_created"
    assert {event["run"] for event in events} == {farside.last.id}
    assert (events[-1]["kind"], events[-1]["status"], events[-1]["answer"]) == ("ended", "finished", "It is 45.")


def test_a_resumed_run_prints_what_is_new_and_ends_with_its_pause(farside: Farside) -> None:
    model = farside.script("slow", step(), {"text": "Late.", "delay_s": 30.0})
    with farside.working(model, "plan_changed") as process:
        interrupted(process, signal.SIGKILL)
    before = len(farside.kinds())
    with farside.typed("resume", "last", "--json") as process:
        farside.wait_for(lambda kinds: kinds[before:].count("asked") == 1)
        done = interrupted(process)
    events = lines(done.out)
    assert (done.code, events[0]["kind"], events[-1]["kind"]) == (4, "resumed", "paused")
    assert [event["seq"] for event in events] == list(range(before + 1, before + 1 + len(events)))


def test_a_run_that_nobody_reads_any_more_is_paused(farside: Farside) -> None:
    model = farside.script("long", *[step(delay_s=0.05)] * 100, {"text": "Unseen."})
    command = f"'{FARSIDE}' run Count. --model {model} --json | head -n 1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=farside.folder,
        env=farside.environment,
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
    )
    assert done.returncode == 4
    assert len(lines(done.stdout)) == 1
    assert farside.kinds()[-1] == "paused"
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr
