"""Work sheets: lines such as `2026-03-02 09:00-17:30 pause 45`."""

import re

from timesheet.clock import length, written

LINE = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d?:\d\d)-(\d\d?:\d\d)(?: pause (\d+))?$")


def read(text):
    """Return (day, minutes of work) for each line; empty lines and those that begin with # are left out."""
    return [worked(line.strip()) for line in text.splitlines() if line.strip() and not line.startswith("#")]


def worked(line):
    """Return the day of a line, and the minutes of work on it."""
    found = LINE.match(line)
    if not found:
        raise ValueError(f"cannot be read: {line!r}")
    day, start, end, pause = found.groups()
    return day, length(start, end) - int(pause or 0)


def total(shifts):
    """Return the minutes of work of all shifts."""
    return sum(worked for _, worked in shifts)


def report(shifts):
    """Return a line for each day, in order, and one for all."""
    days = {}
    for day, worked in shifts:
        days[day] = days.get(day, 0) + worked
    lines = [f"{day}  {written(days[day]):>6}" for day in sorted(days)]
    return "\n".join([*lines, f"{'all':10}  {written(total(shifts)):>6}"])
