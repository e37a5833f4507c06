"""Context: how often a model finds a fact at any depth of its trained window and of the extension by YaRN.

    python -m bench.train_context k2/PATH [--tries 20 --depths 0 0.25 0.5 0.75 1] [--lengths 8192 32768] [--quick]

The fact is a line `include NEXT` among hundreds that set something. A task of the family `configs` runs with its
teacher through farside's own loop; the file before the last is made so long that the prompt fills the window, with
the line at a depth of it, and the model is asked, without the agent and at temperature 0, for the next call: it is
right when it looks into NEXT. Names are held out; the model has seen files of four lines. Each depth has the same
tasks.
The plot lies in docs/train_context.svg.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from bench.intervals import told
from bench.rates import draw_rates
from farside.engine.base import Sampling
from farside.engine.chat import Chat
from farside.engine.plain import PlainEngine
from farside.engine.quick.model import quicken
from farside.errors import FarsideError
from farside.k2.config import Config, read_config
from farside.k2.load import load
from farside.k2.prompt import Prompt
from farside.k2.tokenizer import Tokenizer
from farside.k2.tokenizer_files import read_tokenizer
from farside.k2.wire import Wire
from farside.models.k2 import folder
from farside.train.picture import picture
from farside.train.runs import home
from farside.train.tasks import task
from farside.train.tasks.drawing import Drawing
from farside.train.traces import traced

PLOT = Path("docs/train_context.svg")
FIRST, STEPS = 20_000, 3
"""Number of the first task, and its calls."""
ANSWER = 96
"""Tokens of a reply."""
SPARE = 64
"""Tokens by which lines may take more than each alone: where they are joined, another pair may be merged."""
Found = dict[tuple[int, float], list[bool]]
"""By length and depth, whether the fact was found, try by try."""


@dataclass(frozen=True, slots=True)
class Question:
    """A conversation whose last message shows the fact; the call that comes next is the answer."""

    messages: tuple[Wire, ...]
    tools: list[Wire]
    name: str
    """Of the file that the fact names."""

    def among(self, filler: Sequence[str], depth: float) -> list[Wire]:
        """Return the conversation with lines before and behind the fact; depth 0: all are behind it."""
        *before, last = self.messages
        lines = last["content"].splitlines()
        place, cut = self.place, round(depth * len(filler))
        longer = [*lines[:place], *filler[:cut], lines[place], *filler[cut:], *lines[place + 1 :]]
        return [*before, {**last, "content": "\n".join(longer) + "\n"}]

    @property
    def place(self) -> int:
        """The line of the last message that holds the fact."""
        lines = self.messages[-1]["content"].splitlines()
        return next(at for at, line in enumerate(lines) if self.name in line)

    def fillers(self, seed: int) -> Iterator[str]:
        """Yield lines in the form of those beside the fact, with names that the conversation does not hold."""
        *lines, _ = self.messages[-1]["content"].splitlines()
        beside = next(line for line in lines if self.name not in line)
        key, value = re.findall(r"[a-z]+", beside)[-2:]
        form = beside.replace(key, "{key}").replace(value, "{value}")
        draw, held = Drawing(random.Random(f"filler {seed}"), "held-out"), str(self.messages)
        while True:
            key, value = draw.word(), draw.word()
            if key not in held and value not in held:
                yield form.format(key=key, value=value)


def question(number: int) -> Question:
    """Run a held-out task with its teacher, up to the call that shows the fact."""
    trace = traced(task("configs", number, "held-out", STEPS))
    messages = trace["segments"][-1]["messages"]
    last = max(at for at, message in enumerate(messages) if message.get("tool_calls"))
    name = re.findall(r"[a-z]+\.conf", messages[last]["tool_calls"][0]["function"]["arguments"])[0]
    return Question(tuple(messages[:last]), trace["tools"], name)


def filling(asked: Question, tokenizer: Tokenizer, length: int, seed: int) -> list[str]:
    """Return as many lines as make the prompt, and room for the answer, `length` tokens long."""
    prompt = Prompt(tokenizer, asked.tools)
    for message in asked.messages:
        prompt.append(message)
    left, lines = length - ANSWER - SPARE - prompt.count(), list[str]()
    for line in asked.fillers(seed):
        left -= len(tokenizer.encode(line + "\n"))
        if left < 0:
            return lines
        lines.append(line)
    raise AssertionError("lines never end")


def lengths_of(config: Config) -> list[int]:
    """Return the window that was trained before it was stretched, and its doubles up to the whole one."""
    scaling, length = config.rope_scaling, config.max_position_embeddings
    lengths = [int(scaling.original_max_position_embeddings) if scaling else length]
    while 2 * lengths[-1] <= length:
        lengths.append(2 * lengths[-1])
    return lengths


def found(path: Path, lengths: Sequence[int], depths: Sequence[float], tries: int) -> Found:
    """Ask the model at each length and depth."""
    tokenizer, window = read_tokenizer(path), read_config(path).max_position_embeddings
    if max(lengths) > window:
        raise FarsideError(f"The window of {path} has {window:,} tokens.", "name lengths up to it")
    with home():
        questions = [question(FIRST + number) for number in range(tries)]
    results: Found = {(length, depth): [] for length in lengths for depth in depths}
    engine = PlainEngine(quicken(load(path)), window)
    for length, depth in results:
        for number, asked in enumerate(questions):
            messages = asked.among(filling(asked, tokenizer, length, number), depth)
            results[length, depth].append(says(Chat(engine, tokenizer), messages, asked))
        print(f"  {length:,} at {depth:.0%}: {told_of(results[length, depth])}", file=sys.stderr, flush=True)
    engine.close()
    return results


def says(chat: Chat, messages: list[Wire], asked: Question) -> bool:
    """Tell whether the model's next call names the file."""
    with closing(chat.ask(messages, ANSWER, asked.tools, Sampling(0))) as answer:
        for _ in answer:
            pass
    return any(re.search(rf"\b{re.escape(asked.name)}\b", call.arguments) for call in answer.turn.calls)


def told_of(tries: list[bool]) -> str:
    """Return a rate with its interval."""
    return told(sum(tries), len(tries))


def table(results: Found) -> str:
    """Return a row for each length, a column for each depth."""
    depths = list(dict.fromkeys(depth for _, depth in results))
    head = " | ".join(f"depth {depth:.0%}" for depth in depths)
    rows = [f"| tokens | {head} | all |", "|---" * (len(depths) + 2) + "|"]
    for length in dict.fromkeys(length for length, _ in results):
        each = [results[length, depth] for depth in depths]
        rows.append(f"| {length:,} | {' | '.join(map(told_of, [*each, list(chain(*each))]))} |")
    return "\n".join(rows)


def plot(path: Path, results: Found) -> None:
    """Draw the rates over the depth, a line for each length."""
    with picture(path) as (axes,):
        for length in dict.fromkeys(length for length, _ in results):
            own = {depth: tries for (each, depth), tries in results.items() if each == length}
            draw_rates(axes, own, f"{length:,} tokens")
        axes.set_title("a fact is found, by its depth in the prompt")
        axes.set_xlabel("depth")
        axes.legend(loc="lower left")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", metavar="k2/PATH")
    parser.add_argument("--tries", type=int, default=20, help="at each length and depth")
    parser.add_argument("--depths", type=float, nargs="+", default=[0, 0.25, 0.5, 0.75, 1])
    parser.add_argument("--lengths", type=int, nargs="+", help="default: the trained window and its doubles")
    parser.add_argument("--quick", action="store_true", help="one try at two depths of 4,096 tokens: does it run?")
    parser.add_argument("--out", type=Path, default=PLOT)
    options = parser.parse_args(arguments)
    try:
        path = folder(options.model)
        lengths, depths, tries = options.lengths or lengths_of(read_config(path)), options.depths, options.tries
        results = found(path, [4096], [0, 1], 1) if options.quick else found(path, lengths, depths, tries)
    except FarsideError as error:
        sys.exit(f"{error} {error.next_step}")
    print(table(results))
    plot(options.out, results)


if __name__ == "__main__":
    main()
