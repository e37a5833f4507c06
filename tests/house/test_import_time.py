"""The command line starts fast: what is heavy is imported by the function that needs it."""

import subprocess
import sys

HEAVY = (
    *("asyncio", "cloudpickle", "httpcore", "httpx", "httpx_sse", "json_repair", "justhtml", "matplotlib"),
    *("pydantic", "pypdf", "rich", "tiktoken", "torch", "xllamacpp"),
)


def loaded(statement: str) -> list[str]:
    """Return the heavy modules that a fresh interpreter holds after a statement."""
    script = f"{statement}\nimport sys\nprint(*sorted(set(sys.modules) & set({HEAVY!r})))"
    # -S would hide the editable install; -I keeps PYTHON* variables and the working folder out.
    done = subprocess.run(
        [sys.executable, "-I", "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.split()


def test_the_command_line_imports_nothing_heavy() -> None:
    assert loaded("import farside.cli.app") == []


def test_the_values_and_seams_import_nothing_heavy() -> None:
    assert loaded("import farside.messages, farside.models.base, farside.tools.base") == []


def test_a_heavy_import_is_found() -> None:
    assert "httpx" in loaded("import httpx")
