"""What the user orders: the commit to begin with, and how its tests are run; refused where that cannot work."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from farside.errors import FarsideError
from farside.missions.code.base import Base, base_of, told
from farside.missions.code.git import GitFailed, users_git
from farside.missions.code.runner import command_for, wants_pytest
from farside.missions.code.suite import is_python_test


@dataclass(frozen=True, slots=True)
class Order:
    """What a run is begun with."""

    options: dict[str, str]
    """To be journaled: what `Base.of` and the mission's terms are read from."""
    told: str
    """For the user: where the work begins, and what becomes of what is not committed."""


def order(repository: Path | None, test: str | None, seconds: int, tests_may_change: bool) -> Order:
    """Return the order for a repository, or for a new one.

    Raises:
        FarsideError: it is no git repository, or no way to run its tests is found.
    """
    if test is not None and not test.strip():
        raise FarsideError("The test command is empty.", "Leave --test out, or name the command: --test 'make test'")
    base = base_of(repository) if repository else Base()
    command = test or (found(base) if base.commit else "")
    how = f"; its tests are run by `{command}`" if command else ""
    options = {
        "repository": base.repository,
        "commit": base.commit,
        "test": command,
        "test timeout": str(seconds),
        "tests may change": "yes" if tests_may_change else "",
    }
    return Order(options, f"{told(base)}{how}")


def found(base: Base) -> str:
    """Return the command that runs the tests of a commit.

    Raises:
        FarsideError: none is found.
    """
    at = Path(base.repository)
    listed = users_git("ls-tree", "-r", "-z", "--name-only", base.commit, at=at)
    paths = [name.decode(errors="surrogateescape") for name in listed.split(b"\0") if name]

    def text(path: str) -> str:
        try:
            return users_git("cat-file", "blob", f"{base.commit}:{path}", at=at).decode(errors="replace")
        except GitFailed:  # a submodule
            return ""

    if command := command_for(paths, text, bool(find_spec("pytest"))):
        return command
    if any(map(is_python_test, paths)) and wants_pytest(paths, text):
        raise FarsideError(
            f"The tests of {base.repository} are written for pytest, which the Python of farside does not have.",
            "Install it there (pip install pytest), or say how the tests are run: --test 'CMD'",
        )
    raise FarsideError(
        f"No way to run the tests of {base.repository} is found.", "Say how they are run: --test 'CMD'"
    )
