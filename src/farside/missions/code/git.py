"""git as farside itself runs it: on the user's repository, and on repositories that it made and no agent can write.

It is never run with farside's rights on files that an agent has had in its hands: their configuration names programs.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from farside.errors import FarsideError

IDENTITY = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "farside"), ("EMAIL", "farside@localhost"))
}
QUIET = {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "GIT_LITERAL_PATHSPECS": "1", "LC_ALL": "C"}
"""Reading never refreshes the user's index, and nobody is asked for a password."""
ALONE = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
"""No settings of the user's: no filters, hooks or templates."""


class GitFailed(FarsideError):
    """git refused; the message is its last line."""


def git(*arguments: str, at: Path, stdin: bytes = b"", more: Mapping[str, str] | None = None) -> bytes:
    """Run git in a repository that farside made; return what it prints.

    Raises:
        GitFailed: it did not succeed.
        FarsideError: git is not installed.
    """
    return _run(arguments, at, stdin, {**ALONE, **(more or {})})


def users_git(*arguments: str, at: Path, stdin: bytes = b"", more: Mapping[str, str] | None = None) -> bytes:
    """Run git with the user's settings, as in their own repository; return what it prints.

    Raises:
        GitFailed: it did not succeed.
        FarsideError: git is not installed.
    """
    return _run(arguments, at, stdin, more or {})


def _run(arguments: tuple[str, ...], at: Path, stdin: bytes, more: Mapping[str, str]) -> bytes:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        done = subprocess.run(
            ["git", "-c", f"core.hooksPath={os.devnull}", *arguments],
            cwd=at,
            env={**inherited, **QUIET, **IDENTITY, **more},
            input=stdin,
            capture_output=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise FarsideError("git is not installed.", "Install it: apt install git") from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise GitFailed(said[-1] if said else f"git {arguments[0]} failed with exit code {done.returncode}")
    return done.stdout
