"""Runs the warden: `__main__.py PACKAGE CONFIG`, with farside's code found by its folder alone.

The folder that holds the package may be invisible here, and must not become a place that user code imports from.
"""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

folder = sys.argv[1]
spec = spec_from_file_location("farside", Path(folder, "__init__.py"), submodule_search_locations=[folder])
assert spec is not None and spec.loader is not None
package = module_from_spec(spec)
sys.modules["farside"] = package
spec.loader.exec_module(package)

from farside.tools.inside.warden import main  # noqa: E402 - only now can it be found

del sys.path[0]  # the folder of this file
main()
