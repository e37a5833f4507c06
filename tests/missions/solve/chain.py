"""A numeric problem of 23 dependent steps, and scripted models that work on it."""

from __future__ import annotations

import math

STEPS = (
    ("multiply it by 3", "{} * 3"),
    ("add 14.5", "{} + 14.5"),
    ("take the square root", "math.sqrt({})"),
    ("take the natural logarithm", "math.log({})"),
    ("add 2", "{} + 2"),
    ("raise it to the power 4", "{} ** 4"),
    ("divide it by 7", "{} / 7"),
    ("subtract 1.25", "{} - 1.25"),
    ("take the sine (radians)", "math.sin({})"),
    ("add 1", "{} + 1"),
    ("multiply it by 250", "{} * 250"),
    ("take the cube root", "math.cbrt({})"),
    ("square it", "{} ** 2"),
    ("subtract 3", "{} - 3"),
    ("take its reciprocal", "1 / {}"),
    ("multiply it by 1000", "{} * 1000"),
    ("add 0.125", "{} + 0.125"),
    ("take the decimal logarithm", "math.log10({})"),
    ("take the exponential", "math.exp({})"),
    ("multiply it by pi", "{} * math.pi"),
    ("divide it by 11", "{} / 11"),
    ("add 40", "{} + 40"),
    ("raise it to the power 1.5", "{} ** 1.5"),
)
PROBLEM = (
    "Start with 7. In this order: "
    + "; ".join(f"({number}) {words}" for number, (words, _) in enumerate(STEPS, start=1))
    + ". What is the final number, to six decimals?"
)


def values() -> list[float]:
    """Return the value before the first step and after each."""
    found: list[float] = [7]
    for _, form in STEPS:
        found.append(eval(form.format("found[-1]"), {"math": math, "found": found}))
    return found


RESULT = f"{values()[-1]:.6f}"


def python(code: str, words: str = "", **more: object) -> dict[str, object]:
    return {"text": words, "calls": [{"name": "python", "arguments": {"code": code}}], **more}


def step(number: int, **more: object) -> dict[str, object]:
    """Return the line of a script that does one step."""
    words, form = STEPS[number - 1]
    before = "import math\nx0 = 7\n" if number == 1 else ""
    code = f"{before}x{number} = {form.format(f'x{number - 1}')}\nprint('x{number} =', x{number})"
    return python(code, f"Step {number}: {words}.", **more)


def other_way(final: str = "") -> str:
    """Return a cell that does all of it again, another way: a list of functions, one after the other."""
    functions = ", ".join(f"lambda v: {form.format('v')}" for _, form in STEPS)
    return f"import math\nv = 7.0\nfor f in [{functions}]:\n    v = f(v)\nprint('again:', v{final})"


CHECK = python(other_way(), "Once more, as a chain of functions.")
ANSWER: dict[str, object] = {
    "text": f"All 23 steps were done twice, with one outcome.\nThe final number is {RESULT}."
}
WHOLE: list[dict[str, object]] = [*(step(number) for number in range(1, 24)), CHECK, ANSWER]
