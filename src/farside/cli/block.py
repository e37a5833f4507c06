"""The live block at the bottom of the terminal: where the run is right now. Pure: a moment in, lines out."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rich.text import Text

from farside.agent.budget import prompt_tokens, window
from farside.agent.state import RunState
from farside.cli.ending import spent
from farside.cli.figures import duration, percent, tokens
from farside.cli.plain_text import cut, cut_left, fitted, one_line
from farside.cli.scene import Scene
from farside.cli.story import GLANCE, Page, called, indented

MOON = "○◔◑◕●◕◑◔"
"""It waxes and wanes once in eight seconds: something is alive, nothing flickers."""
STREAM_LINES = 3
BAR = 16


@dataclass(frozen=True, slots=True)
class Moment:
    """All that the block shows."""

    scene: Scene
    state: RunState
    heard: str = ""
    """The end of what the model has streamed of this reply."""
    kind: str = ""
    """Of the last streamed part: thinking, text or call."""
    notice: str = ""
    """Why it takes longer."""
    seconds: float = 0.0
    """Since the request or the call began."""


def block(moment: Moment, width: int) -> list[Text]:
    """Return the lines of the block; the first is blank and parts it from what happened before."""
    page = Page(width, GLANCE)
    lines = [Text(), _doing(moment, page), *_stream(moment, page)]
    if moment.notice:
        lines.append(indented(cut(one_line(moment.notice), page.room), "yellow"))
    lines += [Text(), _figures(moment), _place(moment, page)]
    for line in lines:
        line.truncate(max(width - 1, 1), overflow="ellipsis")
    return lines


def _doing(moment: Moment, page: Page) -> Text:
    """Step n of max, and what goes on in it."""
    state = moment.state
    step = state.steps + (state.asked is not None)
    moon = MOON[int(moment.seconds) % len(MOON)]
    line = indented(f"step {step} of {state.settings.budget.max_steps}", "bold", moon, "cyan")
    return line.append(f"  {_verb(moment)}  ", "cyan").append(duration(int(moment.seconds)), "dim")


def _verb(moment: Moment) -> str:
    state = moment.state
    if state.asked is None:
        return f"running {one_line(state.pending[0].name)}" if state.pending else "deciding"
    words = {"thinking": "thinking", "text": "writing", "call": "calling a tool"}
    return words.get(moment.kind, "waiting for the model")


def _stream(moment: Moment, page: Page) -> list[Text]:
    """The call that runs, and the last lines of what is streamed: a call may ask the model too."""
    pending = moment.state.pending if moment.state.asked is None else ()
    style = "italic dim" if moment.kind == "thinking" or pending else ""
    heard = fitted(moment.heard, page.room, 1 if pending else STREAM_LINES, "tail")
    return [*(called(call, page) for call in pending[:1]), *(indented(line, style) for line in heard)]


def _figures(moment: Moment) -> Text:
    """Context in use, then what was spent."""
    state, scene = moment.state, moment.scene
    line = indented("")
    if scene.profile:
        used, whole = prompt_tokens(state), window(state, scene.profile)
        full = min(round(BAR * used / whole), BAR)
        colour = "green" if used < 0.6 * whole else "yellow" if used < 0.85 * whole else "red"
        line.append("context ", "dim").append("━" * full, colour).append("━" * (BAR - full), "bright_black")
        line.append(f" {tokens(used)} of {tokens(whole)}, {percent(used, whole)}", "dim").append("   ")
    return line.append(spent(_so_far(moment), scene.priced), "dim")


def _so_far(moment: Moment) -> RunState:
    """The state, with the time that the current request or call has taken."""
    return replace(moment.state, seconds=int(moment.state.seconds + moment.seconds))


def _place(moment: Moment, page: Page) -> Text:
    """Model, sandbox, and how to come back; of these a long model name gives way."""
    text, style = badge(moment.scene)
    rest = f" · run {moment.scene.run_id} · Ctrl-C pauses"
    model = cut_left(one_line(moment.state.settings.model), page.room - len(text) - len(rest) - 3)
    line = indented(model, "dim")
    if text:
        line.append(" · ", "dim").append(text, style)
    return line.append(rest, "dim")


def badge(scene: Scene) -> tuple[str, str]:
    """Return what is said of the sandbox, and its style: loud where it is weak or missing."""
    match scene.strength:
        case "strong":
            return f"sandbox {scene.layer}" if scene.layer else "", "dim"
        case "weak":
            return f" weaker sandbox: {scene.layer} ", "bold black on yellow"
    return " NO SANDBOX ", "bold white on red"
