"""Reinforcement: what it lifts and what falls, by family, on the same held-out tasks before it and after.

    python -m bench.train_reinforce --before k2/PATH --after ptx=k2/PATH alone=k2/PATH --steps 5 20 --tries 10

Checkpoints do the same tasks through the real agent: the one before reinforcement, and those that came of it, each
under a name: with PTX and without, with a temperature that decays and with a fixed one. Each is compared with the one
before on the same tasks. With --plain tokens are sampled without min-p, as they are in the reinforcement. With --kept
tries are written to a file and not made again: they are known by the model's path, so other weights want another
file. The plot lies in docs/train_reinforce.svg.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.compared import Rights, difference, named_model, rights_of
from bench.intervals import told
from bench.rates import draw_rates
from bench.tries import Way, asked, made
from farside.errors import FarsideError
from farside.train.picture import check_drawing, picture
from farside.train.tasks import FAMILIES

PLOT = Path("docs/train_reinforce.svg")
BEFORE = "before"


def of_family(rights: Rights, family: str) -> Rights:
    """Return those of a family, or of all."""
    return {what: right for what, right in rights.items() if family in (what[0], "all")}


def families_of(rights: Rights) -> list[str]:
    """Return the families, and all together."""
    return [*dict.fromkeys(family for family, _, _ in rights), "all"]


def table(named: Mapping[str, Rights]) -> str:
    """Return a row for each family: the rates, and what came of each reinforcement."""
    first, *later = named
    rows = [f"| family | {first} | {' | '.join(f'{name} | over {first}' for name in later)} |"]
    rows.append("|---" * (2 + 2 * len(later)) + "|")
    for family in families_of(named[first]):
        before = of_family(named[first], family)
        cells = [family, told(sum(before.values()), len(before))]
        for name in later:
            after = of_family(named[name], family)
            cells += [told(sum(after.values()), len(after)), difference(before, after)]
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def plot(path: Path, named: Mapping[str, Rights], sampling: str) -> None:
    """Draw the rates by family, the checkpoints beside each other, under the name of the sampling."""
    families = families_of(next(iter(named.values())))
    with picture(path) as (axes,):
        for place, (name, rights) in enumerate(named.items()):
            shift = (place - (len(named) - 1) / 2) * 0.12
            rates = {at + shift: list(of_family(rights, family).values()) for at, family in enumerate(families)}
            draw_rates(axes, rates, name, line="")
        axes.set_xticks(range(len(families)), families, fontsize=7, rotation=30)
        axes.set_title(f"held-out tasks that are right, by family, {sampling}")
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=len(named), fontsize=7)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--before", required=True, metavar="k2/PATH")
    parser.add_argument("--after", type=named_model, nargs="+", required=True, metavar="NAME=k2/PATH")
    parser.add_argument("--families", nargs="+", choices=list(FAMILIES), default=list(FAMILIES))
    parser.add_argument("--steps", type=int, nargs="+", default=[5, 20])
    parser.add_argument("--tries", type=int, default=10, help="of each family and length")
    parser.add_argument("--plain", action="store_true", help="sample without min-p")
    parser.add_argument("--workers", type=int, default=2, help="tasks at a time")
    parser.add_argument("--kept", type=Path, metavar="FILE", help="where tries are kept")
    parser.add_argument("--out", type=Path, default=PLOT)
    options = parser.parse_args(arguments)
    models = [(BEFORE, options.before), *options.after]
    ways = {name: Way(model, options.plain, "keep-latest") for name, model in models}
    if len(ways) < len(models):
        parser.error(f"each model needs a name of its own, and {BEFORE} is that of the first")
    whats = list(asked(options.families, options.steps, options.tries))
    try:
        check_drawing()
        done = list(made([(way, what) for what in whats for way in ways.values()], options.kept, options.workers))
    except FarsideError as error:
        sys.exit(f"{error} {error.next_step}")
    named = rights_of(done, ways)
    print(table(named))
    plot(options.out, named, "plain" if options.plain else "min-p")


if __name__ == "__main__":
    main()
