"""The clean checkout: the work as a patch, put on the commit it began with, and its tests run there in a sandbox.

The sandbox is one of its own. It sees the workspace but cannot write it, and nothing that the agent started runs in
it. git reads the agent's files inside, where what their settings name can do no harm.
"""

from __future__ import annotations

import hashlib
import shlex
import shutil
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from farside.agent.home import RunFolder
from farside.errors import FarsideError
from farside.missions.code.copies import BRANCH, SHA256, linked
from farside.missions.code.git import GitFailed, git
from farside.missions.code.results import Results, results_of
from farside.tools.below import read_below
from farside.tools.printable import printable
from farside.tools.reasons import Unreadable
from farside.tools.remains import prove_dead
from farside.tools.sandbox import Confinement, Layer, confined
from farside.tools.worker import SandboxDied, Worker

PATCH_SECONDS = 120.0
START_SECONDS = 10.0
"""What still runs then has started."""
MOST, MOST_TEXT = 64 * 2**20, 200_000
"""Bytes of a patch or a file of results; bytes of a text that is looked into."""
KEPT = 200_000
"""Characters of what tests printed."""
BEFORE = "HEAD~1"
"""The commit that the work began with, in a checkout."""
NOT_RUN = (126, 127)
"""Exit codes of a shell that finds no such command."""
NOTHING = ("no tests ran", "Ran 0 tests", "NO TESTS RAN", "No module named pytest")
How = Literal["pass", "fail", "hang", "not run"]


@dataclass(frozen=True, slots=True)
class Trial:
    """One run of the tests."""

    command: str
    how: How
    output: str
    results: Results
    seconds: float = field(default=0.0, compare=False)
    """How long it took."""


@dataclass(frozen=True, slots=True)
class Places:
    """The folders of one run."""

    mirror: Path
    """The repository with the commit that the work began with; no agent can write it."""
    workspace: Path
    """Where the agent works."""
    checkout: Path
    """For clean checkouts alone."""
    scratch: Path
    """For what the owner of the checkouts' sandbox notes."""

    @classmethod
    def of(cls, folder: RunFolder, workspace: str) -> Places:
        """Return the places of a run."""
        run = folder.path.resolve()
        return cls(run / "base.git", Path(workspace).resolve(), run / "checkout", run / "sandbox" / "tests")

    def confined(self, net: bool, private: Sequence[Path]) -> Confinement:
        """Return what the sandbox of the checkouts sees; its folders are made."""
        self.checkout.mkdir(exist_ok=True)
        self.scratch.mkdir(parents=True, exist_ok=True)
        return confined(self.checkout, self.scratch, net=net, private=private, readable=(self.mirror, self.workspace))


@dataclass(frozen=True, slots=True)
class Contents:
    """What a checkout holds, in paths below its top."""

    paths: tuple[str, ...]
    changed: tuple[str, ...]
    """Those that differ from the beginning, deleted ones too."""
    added: frozenset[str]
    """Those of the changed ones that were not there at the beginning."""


class NoPatch(FarsideError):
    """The work cannot be read as a patch."""


class Clean:
    """Makes clean checkouts of one run, one at a time."""

    def __init__(self, layer: Layer, places: Places, confinement: Confinement) -> None:
        """`confinement` is that of the places; what an earlier farside left running in it is ended.

        Raises:
            FarsideError: what is left cannot be killed.
        """
        prove_dead(confinement.scratch)
        self._mirror, self._workspace, self._folder = places.mirror, places.workspace, places.checkout
        self._worker = Worker(layer, confinement, lambda _question, _arguments: ("", False))

    @property
    def tree(self) -> Path:
        """The checkout."""
        return self._folder / "tree"

    def patch(self, whole: bool = True) -> bytes:
        """Return what the workspace holds beyond the commit, as a patch of git's, binary files too.

        Unless it is to be the `whole`, files that cannot be read or are large are as they were at the beginning.

        Raises:
            NoPatch: its files cannot be read, or are too much.
        """
        self._emptied()
        places = {"mirror": self._mirror, "work": self._workspace, "here": self._folder, "base": BRANCH}
        values = {name: shlex.quote(str(place)) for name, place in places.items()}
        script = PATCHING.format(**values, add=(WHOLE if whole else WHAT_CAN_BE).format(**values))
        done = self._shell(script, PATCH_SECONDS)
        if done.code:
            raise NoPatch(f"The work cannot be read ({done.text.strip()[-300:]}).", "See to the files' rights.")
        return self._read("patch")

    def trial(self, command: str, seconds: float) -> Trial:
        """Run the tests of the checkout for at most `seconds`; then everything that they started is dead."""
        source = self.tree / "src"
        values = {"tree": self.tree, "junit": self._folder / "junit.xml", "source": source if source.is_dir() else ""}
        quoted = {name: shlex.quote(str(value)) for name, value in values.items()}
        began = time.monotonic()
        done = self._shell(TESTING.format(**quoted, command=command), seconds)
        took = round(time.monotonic() - began, 3)
        results = results_of(done.text, self._read("junit.xml").decode(errors="replace"))
        return Trial(command, _how(done, results), _kept(done.text), results, took)

    def check_out(self, patch: bytes, original: Sequence[str] = ()) -> Contents:
        """Make the checkout anew, with the patch committed in it.

        `original` names paths that are as they were before the work; those that were not there are left out.

        Raises:
            GitFailed: the patch cannot be put on the commit.
        """
        self._emptied()
        linked(self._mirror, self.tree)
        git("read-tree", "HEAD", at=self.tree)
        if patch:
            git("apply", "--cached", "--binary", "--whitespace=nowarn", "-", at=self.tree, stdin=patch)
        if original:
            git("reset", "--quiet", "HEAD", "--", *original, at=self.tree)
        git("commit", "--quiet", "--allow-empty", "--no-verify", "-m", "work", at=self.tree)
        git("reset", "--quiet", "--hard", "HEAD", "--", at=self.tree)
        paths = _names(git("ls-files", "-z", at=self.tree))
        return Contents(paths, self._differing("ACDMT"), frozenset(self._differing("A")))

    def patch_of(self, texts: Mapping[str, str]) -> bytes:
        """Return the patch that gives files that were there at the beginning these texts.

        Raises:
            GitFailed: there is no such file.
        """
        index = {"GIT_INDEX_FILE": str(self._folder / "index")}
        git("read-tree", BRANCH, at=self._mirror, more=index)
        for path, text in texts.items():
            blob = git("hash-object", "-w", "--stdin", at=self._mirror, stdin=text.encode()).decode().strip()
            mode = git("ls-tree", "--format=%(objectmode)", BRANCH, "--", path, at=self._mirror).decode().strip()
            git("update-index", "--cacheinfo", f"{mode},{blob},{path}", at=self._mirror, more=index)
        options = ("--cached", "--binary", "--full-index", "--no-renames", "--no-color")
        return git("diff", *options, BRANCH, "--", at=self._mirror, more=index)

    def as_committed(self, paths: Iterable[str]) -> dict[str, str]:
        """Return the texts of files of the checkout, but for those that differ from the commit by a byte.

        These are no UTF-8, or a filter of git's stands between the two.
        """
        listed = git("ls-tree", "-r", "-z", "--format=%(objectname) %(path)", BRANCH, at=self._mirror)
        blobs = {path: blob for blob, _, path in (line.partition(" ") for line in _names(listed))}
        texts = {path: self.text(path) for path in paths if path in blobs}
        return {path: text for path, text in texts.items() if blobs[path] == _blob(text, len(blobs[path]))}

    def _differing(self, kinds: str) -> tuple[str, ...]:
        """Return the paths that were added, changed, deleted or made something else (A, C, D, M, T)."""
        options = ("--name-only", "--no-renames", "--ignore-submodules", "-z", f"--diff-filter={kinds}")
        return _names(git("diff", *options, BEFORE, "HEAD", "--", at=self.tree))

    def text(self, path: str) -> str:
        """Return the text of a file of the checkout; "" where it is none, or large."""
        try:
            return read_below(self.tree, path, MOST_TEXT).data.decode(errors="replace")
        except (FileNotFoundError, Unreadable):
            return ""

    def text_before(self, path: str) -> str:
        """Return the text that a file of the checkout had at the beginning; "" where there was none."""
        try:
            return git("cat-file", "blob", f"{BEFORE}:{path}", at=self.tree)[:MOST_TEXT].decode(errors="replace")
        except GitFailed:  # it is new, or a submodule
            return ""

    def starts(self, command: str) -> Trial:
        """Start the program of the checkout in a terminal; it passes when it runs on, or ends well."""
        quoted = {"tree": shlex.quote(str(self.tree)), "command": shlex.quote(command)}
        done = self._shell(STARTING.format(**quoted), START_SECONDS)
        return Trial(command, "pass" if done.timed_out or not done.code else "fail", done.text, Results())

    def _emptied(self) -> None:
        self._worker.end()
        subprocess.run(["chmod", "-R", "u+rwX", str(self._folder)], check=True)  # tests may have closed folders
        shutil.rmtree(self._folder)
        self._folder.mkdir()

    def _read(self, name: str) -> bytes:
        try:
            return read_below(self._folder, name, MOST).data
        except FileNotFoundError:
            return b""
        except Unreadable as error:
            raise NoPatch(f"What the sandbox wrote cannot be taken: {error}.", "Delete large files.") from error

    def _shell(self, command: str, seconds: float) -> _Done:
        try:
            report = self._worker.ask("shell", {"command": command}, seconds)
        except SandboxDied as error:
            return _Done(f"The sandbox broke down. {error}".strip(), 1, False)
        finally:
            hit = self._worker.limits_hit()
            self._worker.end()
        printed = printable(report.blobs[0]).rstrip("\n").replace(f"{self.tree}/", "")
        text = "\n".join(part for part in (printed, hit) if part)
        return _Done(text, report.body.get("code", NOT_RUN[0]), bool(report.body.get("timed_out")))

    def close(self) -> None:
        """End the sandbox. May be called twice."""
        self._worker.end()


@dataclass(frozen=True, slots=True)
class _Done:
    text: str
    code: int
    timed_out: bool


def _names(output: bytes) -> tuple[str, ...]:
    return tuple(name.decode(errors="surrogateescape") for name in output.split(b"\0") if name)


def _blob(text: str, digits: int) -> str:
    """Return the name that git gives a text, in a repository whose names have so many digits."""
    data = text.encode()
    return hashlib.new("sha1" if digits < SHA256 else "sha256", b"blob %d\0" % len(data) + data).hexdigest()


def _kept(text: str) -> str:
    """Return the beginning and the end of what was printed, where it is much."""
    cut = len(text) - KEPT
    if cut <= 0:
        return text
    return f"{text[: KEPT // 2]}\n[... {cut:,} characters left out here ...]\n{text[-KEPT // 2 :]}"


def _how(done: _Done, results: Results) -> How:
    if done.timed_out:
        return "hang"
    if done.code in NOT_RUN or (not results.known and any(sign in done.text for sign in NOTHING)):
        return "not run"
    return "fail" if done.code else "pass"


PATCHING = """
set -e
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 LC_ALL=C
tree={work}
if [ -n "$(find "$tree" -mindepth 2 -name .git -print -quit)" ]; then
  mkdir {here}/plain
  tar -C "$tree" --exclude=.git -cf - . | tar -C {here}/plain -xf -
  tree={here}/plain
fi
mkdir {here}/objects
export GIT_DIR={mirror} GIT_WORK_TREE="$tree" GIT_INDEX_FILE={here}/index
export GIT_OBJECT_DIRECTORY={here}/objects GIT_ALTERNATE_OBJECT_DIRECTORIES={mirror}/objects
cd "$tree"
git read-tree {base}
{add}
git diff --cached --binary --full-index --no-renames --no-color --no-ext-diff --no-textconv {base} -- >{here}/patch
"""
"""A repository in the repository (a model that says `git init` in a folder) counts as plain files."""
WHOLE = "git add --all . 2>{here}/said || {{ cat {here}/said; exit 1; }}"
WHAT_CAN_BE = """
git add --all --ignore-errors . 2>{here}/said || true
export GIT_LITERAL_PATHSPECS=1
find . -name .git -prune -o -type f -size +8M -print0 | xargs -0 -r git reset --quiet {base} --
"""
TESTING = """
cd {tree} || exit 97
export PYTEST_ADDOPTS="-p no:cacheprovider --junitxml={junit}" PYTHONPATH={source}
{command}
"""
STARTING = """
cd {tree} || exit 97
export TERM=xterm
python -c 'import os, pty, sys
sys.exit(os.waitstatus_to_exitcode(pty.spawn(["/bin/sh", "-c", sys.argv[1]])) % 256)' {command}
"""
