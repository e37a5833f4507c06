"""Lowers this process's limits and becomes a program: `limited.py LIMITS PROGRAM ARGUMENTS...`.

For programs that the warden does not start. It finds its neighbour by path, as the package may be invisible here.
"""

import json
import os
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

spec = spec_from_file_location("limits", Path(__file__).with_name("limits.py"))
assert spec is not None and spec.loader is not None
limits = module_from_spec(spec)
spec.loader.exec_module(limits)

limits.apply(json.loads(sys.argv[1]))
try:
    os.execv(sys.argv[2], sys.argv[2:])
except OSError as error:
    sys.exit(f"{sys.argv[2]} cannot be started: {error.strerror}")
