"""What the code mission's tools do: show where the work begins, and check it in a clean checkout."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path

from farside.errors import FarsideError
from farside.missions.code.belonging import belongs
from farside.missions.code.checked import Checked, tail, told
from farside.missions.code.clean import Clean, Contents, Trial
from farside.missions.code.pointing import layout, numbered, pieces
from farside.missions.code.recipes import run_by
from farside.missions.code.results import Results
from farside.missions.code.runner import command_for, start_command
from farside.missions.code.suite import differences, is_test
from farside.prompts import render
from farside.tools.base import Outcome

SOURCES = (
    ".py",
    ".js",
    ".ts",
    ".jsx",
    ".tsx",
    ".mjs",
    ".go",
    ".rs",
    ".c",
    ".h",
    ".cc",
    ".cpp",
    ".java",
    ".rb",
    ".sh",
)
MOST_SHOWN = 1_500
"""Characters of source shown with a check that fails."""
MOST_SOURCES = 1_000
"""Files that are looked into for what a failing test points to."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What the user said of the tests."""

    command: str
    """Runs them; "" = found in what there is."""
    seconds: float
    """After which they count as hanging."""
    may_change: bool
    """Tests that were there may be changed."""
    from_nothing: bool
    """There was nothing at the beginning: a program that can be started is asked for too."""


@dataclass(slots=True)
class Workbench:
    """The checks of one run."""

    clean: Clean
    terms: Terms
    kept: Path
    """A file of the run's: the tests as they ended before the work began."""
    _passed: Checked | None = None
    """The last work that passed."""

    def orient(self) -> Outcome:
        """Show the files, the tests as they are, and the source that a failing one points to."""
        try:
            contents = self.clean.check_out(b"")
            files = layout(contents.paths)
            if self.terms.from_nothing:
                return Outcome(render(__package__, "orient_nothing.md", files=files))
            trial = self._tried(contents)
            source = self._source(contents, trial)
        except FarsideError as error:
            return Outcome(f"{error} {error.next_step}".strip(), ok=False)
        self._keep(trial)
        values = {"command": trial.command, "how": trial.how, "output": tail(trial.output), "source": source}
        return Outcome(render(__package__, "orient.md", files=files, **values).strip())

    def run_tests(self) -> Outcome:
        """Check the work; what is wrong with it is told in the output. Work that has passed is not run again."""
        try:
            patch = self.clean.patch()
            known = self._passed if self._passed and self._passed.patch == patch else None
            checked = known or self._check(patch)
        except FarsideError as error:
            return Outcome(f"{error} {error.next_step}".strip(), ok=False)
        self._passed = checked if checked.finding == "pass" else None
        return Outcome(told(checked))

    def _check(self, patch: bytes) -> Checked:
        before = None if self.terms.from_nothing else self.before()
        contents = self.clean.check_out(patch)
        now = self._tried(contents) if patch or not before else before
        source = self._source(contents, now)[:MOST_SHOWN] if patch and now.how == "fail" else ""
        start = self._started(contents) if self.terms.from_nothing and now.how == "pass" else None
        side = self._side(contents) if before else {}
        done = self._done(contents, side)
        is_loose = bool(done) or not side.keys() <= contents.added
        original = self._original(patch, side) if side and (now.how == "pass" or is_loose) else None
        return Checked(patch, contents.changed, now, before, original, done, self.terms.may_change, start, source)

    def _side(self, contents: Contents) -> dict[str, str]:
        """Return the changed files that belong to the tests, each with what is to be told of it, or ""."""
        command = self.terms.command
        run = run_by(command, {*contents.paths, *contents.changed} - contents.added, self.clean.text_before)
        pairs = ((path, belongs(path, *self._texts(contents, path), command, run)) for path in contents.changed)
        return {path: told for path, told in pairs if told is not None}

    def _texts(self, contents: Contents, path: str) -> tuple[str | None, str | None]:
        """Return the texts of a file before and after, None where there is no such file."""
        before = None if path in contents.added else self.clean.text_before(path)
        return before, self.clean.text(path) if path in contents.paths else None

    def _done(self, contents: Contents, side: Mapping[str, str]) -> tuple[str, ...]:
        """Return a line for each thing that was done to what belongs to the tests, but for tests that are new."""
        texts = {path: self._texts(contents, path) for path in side if is_test(path)}
        before = {path: old for path, (old, _) in texts.items() if old is not None}
        after = {path: new for path, (_, new) in texts.items() if new is not None}
        return (*differences(before, after), *(f"{path}: {told}" for path, told in side.items() if told))

    def _original(self, patch: bytes, side: Iterable[str]) -> Trial | None:
        """Run the tests as they were, and without those that are new: a new one can do the work of the program."""
        return None if self.terms.may_change else self._tried(self.clean.check_out(patch, sorted(side)))

    def _tried(self, contents: Contents) -> Trial:
        command = self.terms.command or command_for(contents.paths, self.clean.text, bool(find_spec("pytest")))
        if not command:
            return Trial("", "not run", render(__package__, "no_tests.md"), Results())
        return self.clean.trial(command, self.terms.seconds)

    def _started(self, contents: Contents) -> Trial:
        command = start_command(contents.paths, self.clean.text)
        if not command:
            return Trial("", "not run", render(__package__, "no_start_line.md"), Results())
        return self.clean.starts(command)

    def _source(self, contents: Contents, trial: Trial) -> str:
        if trial.how == "pass":
            return ""
        files = {path: self.clean.text(path) for path in _sources(contents)}
        return "\n\n".join(numbered(piece, files[piece.path]) for piece in pieces(trial.output, files))

    def sources(self) -> dict[str, str]:
        """Return the sources as they are at the beginning; those that are not to the byte what git keeps stay out."""
        return self.clean.as_committed(_sources(self.clean.check_out(b"")))

    def before(self) -> Trial:
        """Return how the tests ended before the work began; they are run for that once a run."""
        if not self.kept.exists():
            self._keep(self._tried(self.clean.check_out(b"")))
        data = json.loads(self.kept.read_text())
        told = data.pop("results")
        passed, failed, skipped = (frozenset(told[fate]) for fate in ("passed", "failed", "skipped"))
        results = Results(passed, failed, skipped, (told["summed"][0], told["summed"][1]))
        return Trial(**data, results=results)

    def _keep(self, trial: Trial) -> None:
        draft = self.kept.with_suffix(".new")
        draft.write_text(json.dumps(asdict(trial), default=sorted))
        draft.replace(self.kept)


def _sources(contents: Contents) -> list[str]:
    """Return the paths of what may be looked into, tests first."""
    known = [path for path in contents.paths if path.endswith(SOURCES)]
    return sorted(known, key=lambda path: (not is_test(path), path))[:MOST_SOURCES]
