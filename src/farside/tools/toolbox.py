"""The tools of one run, over one workspace and one sandbox."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from farside.errors import FarsideError
from farside.messages import ToolSpec
from farside.tools import sandbox
from farside.tools.arguments import BadArguments, read
from farside.tools.base import SURVEY, Effect, Host, Outcome, Question, Toolbox
from farside.tools.bubblewrap import Bubblewrap
from farside.tools.catalog import Entry, catalog
from farside.tools.frames import LENT
from farside.tools.landlock import Landlock
from farside.tools.printable import escaped, printable
from farside.tools.sandbox import Confinement, Layer, Limits
from farside.tools.worker import SandboxDied, Worker

FILE_SECONDS = 60.0
"""Deadline of the tools that take none."""
RESTORE_SECONDS = 60.0
SURVEY_SHARE = 0.85
"""Share of its call's time that the survey plans with: its last question may take longer than it thought."""

LAYERS: tuple[Layer, ...] = (Bubblewrap(), Landlock())


def open_toolbox(
    workspace: Path,
    scratch: Path,
    *,
    net: bool,
    host: Host,
    private: Sequence[Path],
    layers: Sequence[Layer] = LAYERS,
    limits: Limits | None = None,
) -> SandboxedToolbox:
    """Return the toolbox of one run; its sandbox starts with the first call that needs it.

    `scratch` is a folder of the run's that farside keeps for itself. `host` answers what the session
    asks. `private` names what must stay invisible inside, FARSIDE_HOME above all. The first of
    `layers` that works here is used.

    Raises:
        FarsideError: the workspace cannot be used, or no layer works here.
    """
    checked = sandbox.check_workspace(workspace, private)
    confinement = sandbox.confined(checked, scratch, net=net, private=private, limits=limits)
    return SandboxedToolbox(sandbox.choose(layers, confinement), confinement, host)


class SandboxedToolbox:
    """Implements `farside.tools.base.Toolbox`."""

    def __init__(self, layer: Layer, confinement: Confinement, host: Host) -> None:
        self.layer = layer
        self._host = host
        self._worker = Worker(layer, confinement, self._answer)
        self._session: bytes | None = None
        self._lost: tuple[str, ...] = ()
        self._stale = False
        """The session that runs does not hold the snapshot yet."""
        self._plan: str | None = None
        self._lenders: dict[str, Toolbox] = {}

    def lend(self, *others: Toolbox) -> None:
        """Make the tools of other sources functions of the Python session, from its next start on.

        A name belongs to the first that tells of it.
        """
        for box in others:
            for spec in box.specs:
                if spec.name.isidentifier() and spec.name not in self._lenders:
                    self._lenders[spec.name] = box
                    self._worker.lent[spec.name] = list(json.loads(spec.schema).get("properties", ()))

    @property
    def specs(self) -> tuple[ToolSpec, ...]:
        """Return what a model is told of each tool. The survey is no model's to call: a mission opens with it."""
        return tuple(entry.spec for entry in catalog().values() if entry.told)

    @property
    def names(self) -> Collection[str]:
        """Return every tool there is to call."""
        return catalog().keys()

    def warm(self) -> None:
        """Begin to start the sandbox and its Python session, so that what is restored finds them up."""
        self._worker.begin(session=True)

    def effect(self, name: str) -> Effect:
        """Return the declared effect of a tool; an unknown name is pure."""
        entry = catalog().get(name)
        return entry.effect if entry else Effect.PURE

    def call(self, name: str, arguments: str, handle: str) -> Outcome:
        """Run one call to its end. `handle` is not needed here: the agent stores the output under it."""
        entry = catalog().get(name)
        if entry is None:
            return Outcome(f"There is no tool {name!r}. There are: {', '.join(catalog())}.", ok=False)
        try:
            return self._run(name, entry, read(name, entry.schema, arguments))
        except BadArguments as error:
            return Outcome(str(error), ok=False)

    def _run(self, name: str, entry: Entry, arguments: dict[str, Any]) -> Outcome:
        if name == "update_plan":
            return _planned(arguments)
        blobs = []
        if name == "recall":
            text = self._host.recall(arguments.pop("handle"))
            if text is None:
                return Outcome(NO_OUTPUT, ok=False)
            blobs = [text.encode(errors="replace")]
        seconds = float(arguments.pop("timeout", 120)) if "timeout" in entry.schema["properties"] else FILE_SECONDS
        try:
            return (
                self._python(_cell(name, arguments, seconds), seconds)
                if name in ("python", SURVEY)
                else self._job(name, arguments, seconds, blobs)
            )
        except SandboxDied as error:
            return self._after_death(str(error))

    def _job(self, name: str, arguments: dict[str, Any], seconds: float, blobs: Sequence[bytes]) -> Outcome:
        report = self._worker.ask(name, arguments, seconds, blobs)
        ok = bool(report.body["ok"])
        if name != "shell":
            return Outcome(escaped(report.blobs[0]), ok)
        hit = self._worker.limits_hit()
        return Outcome(_shown(report.blobs[0], hit), ok and not hit)

    def _python(self, arguments: dict[str, Any], seconds: float) -> Outcome:
        self._bring_back()
        self._plan = None
        report = self._worker.ask("python", arguments, seconds)
        body, ok = report.body, bool(report.body["ok"])
        hit = self._worker.limits_hit()
        text, ok = _shown(report.blobs[0], hit), ok and not hit
        if "died" in body:
            return self._session_died(text, str(body["died"]), seconds)
        if body["interrupted"]:
            text, ok = f"{text}\n[stopped after {seconds:g} s; variables are kept]", False
        self._lost = tuple(map(str, body["lost"]))
        session = report.blobs[1] if len(report.blobs) > 1 else None
        self._session = session or self._session
        return Outcome(text, ok, session, self._lost, self._plan)

    def _session_died(self, text: str, how: str, seconds: float) -> Outcome:
        cause = f"did not end after {seconds:g} s and was killed" if how == "killed" else f"ended ({how})"
        self._stale = True
        lost = self._bring_back()
        return Outcome(f"{text}\n[the Python session {cause}; {_reborn(lost)}]", False, None, lost, self._plan)

    def _after_death(self, why: str) -> Outcome:
        text = f"The sandbox broke down and was killed.{f' {why}' if why else ''} It starts anew with the next call"
        return Outcome(f"{text}; {_reborn(self._lost)}.", False, None, self._lost, self._plan)

    def restore(self, session: bytes, lost: tuple[str, ...]) -> tuple[str, ...]:
        """Bring the session's globals back; return the names that are lost, those in `lost` among them."""
        self._session, self._lost, self._stale = session, lost, True
        return self._bring_back()

    def _bring_back(self) -> tuple[str, ...]:
        """Put the snapshot into the session if it does not hold it yet; return the names that are lost."""
        if self._session is not None and (self._stale or not self._worker.running):
            self._stale = False
            failed = self._brought_back(self._session)
            self._lost = tuple(dict.fromkeys((*self._lost, *failed)))
        return self._lost

    def _brought_back(self, session: bytes) -> Sequence[str]:
        try:
            body = self._worker.ask("python", {}, RESTORE_SECONDS, [session]).body
        except SandboxDied:
            body = {"ok": False}
        if body["ok"]:
            return [str(name) for name in body["lost"]]
        self._session = None  # what kills the session once will do so again
        return _names(session)

    def _answer(self, question: str, arguments: dict[str, Any]) -> tuple[str, bool]:
        """Answer the Python session."""
        if question == "recall":
            text = self._host.recall(str(arguments.get("handle")))
            return (NO_OUTPUT, False) if text is None else (text, True)
        if question == LENT:
            return self._lent(str(arguments.get("name")), json.dumps(arguments.get("arguments")))
        if question == "consult":
            try:
                return self._host.consult(Question(**arguments)), True
            except FarsideError as error:  # the run goes on: what lasts meets its next request too
                return str(error), False
        try:
            outcome = _planned(read(question, catalog()["update_plan"].schema, json.dumps(arguments)))
        except BadArguments as error:
            return str(error), False
        self._plan = outcome.plan
        return outcome.text, True

    def _lent(self, name: str, arguments: str) -> tuple[str, bool]:
        if name not in self._lenders:
            return f"There is no tool {name!r}.", False
        outcome = self._lenders[name].call(name, arguments, "")
        return outcome.text, outcome.ok

    def close(self) -> None:
        """Kill every process of the sandbox and wait until they are dead. May be called twice."""
        self._worker.end()


NO_OUTPUT = "There is no output of that handle: the handles are those that cut or hidden outputs name."


def _cell(name: str, arguments: dict[str, Any], seconds: float) -> dict[str, Any]:
    """Return the cell that does a call: the survey is a function of the session, as its findings stay there."""
    return arguments if name == "python" else {"code": f"{SURVEY}({arguments['goal']!r}, {seconds * SURVEY_SHARE!r})"}


def _shown(output: bytes, *notes: str) -> str:
    return "\n".join(part for part in (printable(output).rstrip("\n"), *notes) if part) or "(no output)"


def _names(session: bytes) -> list[str]:
    """Return the names that a snapshot holds: its header is JSON, the pickles behind it are never touched here."""
    try:
        header = json.loads(session[4 : 4 + int.from_bytes(session[:4])])
        return [str(name) for name, _ in header["names"]]
    except (ValueError, KeyError, TypeError):
        return ["all variables"]


def _reborn(lost: Sequence[str]) -> str:
    names = f", without {', '.join(lost)}" if lost else ""
    return f"the Python variables are as after the last finished cell{names}"


def _planned(arguments: dict[str, Any]) -> Outcome:
    steps, items = arguments["plan"], arguments.get("acceptance", [])
    doing = [row["step"] for row in steps if row["status"] == "doing"]
    done = sum(row["status"] == "done" for row in steps)
    echo = f"Plan: {done} of {len(steps)} steps done{f'; now: {doing[0]}' if doing else ''}."
    if items:
        echo += f" Acceptance: {sum(row['passes'] for row in items)} of the {len(items)} named pass."
    return Outcome(echo, plan=json.dumps({"plan": steps, "acceptance": items}))
