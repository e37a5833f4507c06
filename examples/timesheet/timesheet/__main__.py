"""`python -m timesheet SHEET`: print the hours of each day and of all."""

import sys
from pathlib import Path

from timesheet.sheet import read, report

if len(sys.argv) != 2:
    sys.exit("usage: python -m timesheet SHEET")
print(report(read(Path(sys.argv[1]).read_text())))
