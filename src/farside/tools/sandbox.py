"""What a sandbox has to promise, in terms that every layer understands, and the choice of a layer."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, Protocol

from farside.errors import FarsideError

PACKAGE = Path(__file__).resolve().parent.parent
"""The folder of farside's own code: what runs inside is part of it."""


def _half_of_memory() -> int:
    return min(8 * 2**30, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one sandbox may use. Sizes in bytes."""

    memory: int = field(default_factory=_half_of_memory)
    """Of all processes together where a cgroup can be had, else of each."""
    processes: int = 512
    """Threads count too."""
    file_size: int = 4 * 2**30
    temporary: int = 2**30
    """Room in /tmp, which is memory."""
    files: int = 4096
    """Open at a time, in one process."""
    output: int = 8 * 2**20
    """Kept of one call's output, head and tail."""
    snapshot: int = 16 * 2**20
    """Of the Python session's globals."""


@dataclass(frozen=True, slots=True)
class Confinement:
    """What the sandboxed processes may see and change."""

    workspace: Path
    """Writable, at its own path. Resolved."""
    scratch: Path
    """A folder of the run's that farside keeps for itself. A layer without a /tmp of its own makes one in there."""
    net: bool
    readable: tuple[Path, ...]
    """Readable next to the system: the interpreter and farside's code."""
    private: tuple[Path, ...]
    """Never visible, even where they lie inside something that is."""
    limits: Limits


def confined(
    workspace: Path,
    scratch: Path,
    *,
    net: bool,
    private: Iterable[Path],
    readable: Iterable[Path] = (),
    limits: Limits | None = None,
) -> Confinement:
    """Return what processes in a workspace may see and change; `readable` next to what this Python needs to start.

    A link would open or hide what it leads to under another name: folders are named by their own paths.
    """
    return Confinement(
        workspace=workspace.resolve(),
        scratch=scratch.resolve(),
        net=net,
        readable=(*interpreter(), *readable),
        private=tuple(path.resolve() for path in private),
        limits=limits or Limits(),
    )


class Layer(Protocol):
    """One way to confine processes."""

    @property
    def name(self) -> str:
        """As the user is shown it."""
        ...

    @property
    def strength(self) -> Literal["strong", "weak", "none"]:
        """How far it can be trusted."""
        ...

    def obstacle(self, confinement: Confinement) -> str | None:
        """Return why this layer cannot serve here, or None when it can."""
        ...

    def temporary(self, confinement: Confinement) -> Path:
        """Return the path of the folder for temporary files, as seen from inside."""
        ...

    def command(self, confinement: Confinement, command: Sequence[str]) -> list[str]:
        """Return the command that runs `command` confined."""
        ...


def failed_trial(layer: Layer, confinement: Confinement) -> str | None:
    """Run a small command in a layer; return what it said when that failed, None when it worked.

    Raises:
        FarsideError: the workspace is open to root's special rights only, and a sandbox has none.
    """
    _check_without_special_rights(confinement.workspace)
    try:
        trial = subprocess.run(
            layer.command(confinement, ["/bin/sh", "-c", ":"]),
            cwd=confinement.workspace,
            env=environment(layer, confinement, "trial"),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return "it does not answer"
    said = trial.stderr.strip().splitlines()
    return None if trial.returncode == 0 else (said[-1] if said else f"exit code {trial.returncode}")


def _check_without_special_rights(workspace: Path) -> None:
    found = workspace.stat()
    whose = 6 if found.st_uid == os.geteuid() else 3 if found.st_gid == os.getegid() else 0
    if os.geteuid() == 0 and (found.st_mode >> whose) & 0o7 != 0o7:
        raise FarsideError(
            f"The folder {workspace} is another user's or its mode forbids writing: the sandbox has no rights there.",
            "Run farside as the user it belongs to, or give root the folder (chown, chmod u+rwx).",
        )


def choose(layers: Sequence[Layer], confinement: Confinement) -> Layer:
    """Return the first layer that works here.

    Raises:
        FarsideError: none does; it says why, and which flag accepts the risk.
    """
    obstacles = []
    for layer in layers:
        obstacle = layer.obstacle(confinement)
        if obstacle is None:
            return layer
        obstacles.append(f"{layer.name}: {obstacle}")
    raise FarsideError(
        f"No sandbox can be had here ({'; '.join(obstacles)}).",
        "Allow unprivileged user namespaces on this machine, or accept that the agent's commands run with all your "
        "rights: --no-sandbox.",
    )


def interpreter() -> tuple[Path, ...]:
    """Return what has to be readable for this Python to start inside: prefixes, links on the way, packages."""
    prefixes = {Path(prefix) for prefix in (sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix)}
    wanted = {
        packages(),
        *prefixes,
        *(prefix.resolve() for prefix in prefixes),
        *_links(Path(sys.executable)),
        PACKAGE,
    }
    existing = [path for path in wanted if path.exists() and path != Path("/")]
    return tuple(sorted(path for path in existing if not any(folder in existing for folder in path.parents)))


def packages() -> Path:
    """Return the folder from which farside's own dependencies come; they may lie outside the prefix."""
    spec = find_spec("cloudpickle")
    if spec is None or spec.origin is None:
        raise FarsideError("The package cloudpickle is not installed.", "Install farside anew: pip install farside")
    return Path(spec.origin).parent.parent


def _links(file: Path) -> list[Path]:
    """Return each place that a chain of symbolic links passes."""
    passed: list[Path] = []
    while file.is_symlink() and len(passed) < 40:
        file = Path(os.path.normpath(file.parent / file.readlink()))
        passed.append(file)
    return passed


def environment(layer: Layer, confinement: Confinement, token: str) -> dict[str, str]:
    """Return all that the sandboxed processes have in their environment: of the user's only language and time."""
    temporary = str(layer.temporary(confinement))
    kept = {name: os.environ[name] for name in ("LANG", "LC_ALL", "LC_CTYPE", "TZ") if name in os.environ}
    return {
        "LANG": "C.UTF-8",
        **kept,
        "PATH": f"{sys.prefix}/bin:/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin",
        "HOME": temporary,
        "TMPDIR": temporary,
        "USER": "farside",
        "TERM": "dumb",
        "MPLBACKEND": "Agg",
        "PYTHONDONTWRITEBYTECODE": "1",
        "FARSIDE_SANDBOX": token,
    }


def check_workspace(workspace: Path, private: Iterable[Path]) -> Path:
    """Return the folder resolved.

    Raises:
        FarsideError: it is not there, not accessible, lies in what is private, or holds what no sandbox may hand out.
    """
    try:
        is_folder = workspace.is_dir()
    except PermissionError:  # a folder above it is closed: access says so below
        is_folder = True
    if not is_folder:
        raise FarsideError(f"{workspace} is not a folder.", "Make it first, or name another with --dir.")
    if not os.access(workspace, os.R_OK | os.W_OK | os.X_OK):
        raise FarsideError(f"The folder {workspace} cannot be read and written.", "Name another one with --dir.")
    resolved = workspace.resolve()
    for path in private:
        if resolved.is_relative_to(path.resolve()) and not _is_a_runs(resolved.relative_to(path.resolve())):
            raise FarsideError(
                f"The folder {workspace} is farside's own: an agent must not have that in its hands.",
                "Name a folder for this work alone with --dir.",
            )
    for place in (Path.home(), Path("/usr"), Path("/etc"), Path("/proc"), Path("/dev")):
        if place.resolve().is_relative_to(resolved):
            raise FarsideError(
                f"The folder {workspace} holds {place}: an agent must not have that in its hands.",
                "Name a folder for this work alone with --dir.",
            )
    return resolved


def _is_a_runs(path: Path) -> bool:
    """Tell whether a path below FARSIDE_HOME is the workspace of a run, or in one: runs/ID/workspace."""
    return path.parts[:1] == ("runs",) and path.parts[2:3] == ("workspace",)
