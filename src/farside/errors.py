"""The one error family a user can meet: what went wrong, and the next step to take."""

from __future__ import annotations


class FarsideError(Exception):
    """One clear sentence (`str(error)`) and the next step (`error.next_step`), both fit to print as they are.

    Neither ever holds a key, a header or a request body.
    """

    def __init__(self, message: str, next_step: str = "") -> None:
        super().__init__(message)
        self.next_step = next_step
