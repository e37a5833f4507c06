"""What the code mission's tools do: show where the work begins, and check it in a clean checkout."""

from __future__ import annotations

import json
import posixpath
import shlex
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path

from farside.errors import FarsideError
from farside.missions.code.checked import Checked, tail, told
from farside.missions.code.clean import Clean, Contents, Trial
from farside.missions.code.pointing import layout, numbered, pieces
from farside.missions.code.results import Results
from farside.missions.code.runner import command_for, start_command
from farside.missions.code.suite import RECIPES, differences, is_setting, is_test
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
        after = {path: self.clean.text(path) for path in contents.tests_before if path in contents.paths}
        source = self._source(contents, now)[:MOST_SHOWN] if patch and now.how == "fail" else ""
        start = self._started(contents) if self.terms.from_nothing and now.how == "pass" else None
        scripts = self._scripts(contents)
        done = (
            *differences(contents.tests_before, after),
            *(f"{path}: changed, and the tests are run by it" for path in scripts),
        )
        original = self._original(contents, patch, {*scripts, *_recipes(done)}) if before else None
        return Checked(patch, contents.changed, now, before, original, done, self.terms.may_change, start, source)

    def _scripts(self, contents: Contents) -> list[str]:
        """Return the changed files that the user's command names."""
        try:
            named = {posixpath.normpath(part) for part in shlex.split(self.terms.command)}
        except ValueError:  # the shell's quotes may be others
            named = set()
        return [path for path in contents.changed if path in named and not is_test(path)]

    def _original(self, contents: Contents, patch: bytes, others: AbstractSet[str]) -> Trial | None:
        """Run the test files, and `others`, as they were, without what was put beside them that can stop tests."""
        tests = {path for path in contents.changed if is_test(path) and path in contents.tests_before}
        touched = sorted(others | tests | {path for path in contents.changed if is_setting(path)})
        if self.terms.may_change or not touched:
            return None
        return self._tried(self.clean.check_out(patch, touched))

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
        results = Results(**{fate: frozenset(names) for fate, names in data.pop("results").items()})
        return Trial(**data, results=results)

    def _keep(self, trial: Trial) -> None:
        draft = self.kept.with_suffix(".new")
        draft.write_text(json.dumps(asdict(trial), default=sorted))
        draft.replace(self.kept)


def _sources(contents: Contents) -> list[str]:
    """Return the paths of what may be looked into, tests first."""
    known = [path for path in contents.paths if path.endswith(SOURCES)]
    return sorted(known, key=lambda path: (not is_test(path), path))[:MOST_SOURCES]


def _recipes(done: Sequence[str]) -> set[str]:
    """Return the files of which a line says that they run the tests differently."""
    return {path for path in RECIPES if any(line.startswith(f"{path}: ") for line in done)}
