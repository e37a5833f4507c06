"""What the model will really see of a chat request: its text and its ids."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from farside.errors import FarsideError
from farside.k2 import template
from farside.k2.control import written
from farside.k2.wire import SHAPE, Wire

if TYPE_CHECKING:
    from farside.k2.tokenizer import Tokenizer


@dataclass(frozen=True, slots=True)
class Rendered:
    """A prompt."""

    text: str
    """In which control tokens are their names; where a message holds such a name as text, only the ids tell."""
    ids: list[int]


def render_body(body: Wire, tokenizer: Tokenizer) -> Rendered:
    """Return the prompt of a request body.

    Raises:
        FarsideError: it is no request that this model can be given; the sentence names the place.
    """
    pieces = template.pieces(body)
    return Rendered(written(pieces), tokenizer.encode_pieces(pieces))


def body_in(text: str) -> Wire:
    """Return the request body that a text is.

    Raises:
        FarsideError: it is no JSON object.
    """
    if not text.strip():
        raise FarsideError("There is no request body: the input is empty.", SHAPE)
    try:
        body = json.loads(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}: {error.msg}"
        raise FarsideError(f"The request body is not JSON ({place}).", SHAPE) from None
    except (ValueError, RecursionError):
        raise FarsideError("The request body holds a number or a nesting beyond all measure.", SHAPE) from None
    if not isinstance(body, dict):
        raise FarsideError("The request body is no JSON object.", SHAPE)
    return body


def render_lines(lines: str, tokenizer: Tokenizer) -> Iterator[Rendered]:
    """Yield the prompts of request bodies, one a line; empty lines are passed over.

    Raises:
        FarsideError: as `body_in` and `render_body` do; the sentence begins with the line's number.
    """
    for number, line in enumerate(lines.split("\n"), 1):
        if line.strip():
            try:
                rendered = render_body(body_in(line), tokenizer)
            except FarsideError as error:
                raise FarsideError(f"Line {number}: {error}", error.next_step) from None
            yield rendered
