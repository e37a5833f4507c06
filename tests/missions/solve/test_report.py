"""What a rerun found is read back as it was written; a fence in an output closes nothing."""

from __future__ import annotations

from farside.missions.solve.cells import Cell
from farside.missions.solve.notebook import Notebook, as_markdown
from farside.missions.solve.report import Report, differs, read


def test_a_report_is_read_back() -> None:
    report = Report((1, 3), (1, 2, 3), (3,), (differs(2, "a\nx 1", "a\nx 2"),))
    assert read(report.text()) == report
    assert "cell 2 printed 'x 1', and in a fresh session 'x 2'" in report.text()
    assert read(Report().text()) == Report()
    assert read("nothing of the kind") == Report()


def test_nothing_in_a_cell_closes_its_fence() -> None:
    cell = Cell(1, "c1", "Look:", "print('```')", "```\n````", True)
    text = as_markdown(Notebook("What?", "", "it was stopped, after 1 step", (cell,), ()))
    assert "````python\nprint('```')\n````" in text
    assert "`````text\n```\n````\n`````" in text
    assert "There is none yet." in text and "**Partial, and not confirmed:** it was stopped" in text
