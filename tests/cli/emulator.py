"""A terminal's screen as text, for what farside writes to it: lines, cursor up, erasing; colours are dropped."""

import re

BEGUN = re.compile(r"\x1b(\[\??[0-9;]*)?")
CODE = re.compile(r"\x1b\[(\??)([0-9;]*)([A-Za-z])")


class Emulator:
    """Rows grow without limit, so that what scrolls away is kept; long lines wrap."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.rows = [""]
        self.row = self.column = 0
        self._begun = ""

    def feed(self, text: str) -> None:
        """Take in more; a code that is cut off waits for its end."""
        text, self._begun = self._begun + text, ""
        at = 0
        while at < len(text):
            if BEGUN.fullmatch(text, at):
                self._begun = text[at:]
                return
            if found := CODE.match(text, at):
                self._obey(*found.groups())
                at = found.end()
                continue
            self._put(text[at])
            at += 1

    def _obey(self, private: str, number: str, letter: str) -> None:
        match private, letter:
            case "", "A":
                self.row = max(self.row - int(number or 1), 0)
            case "", "K":
                self.rows[self.row] = self.rows[self.row][: self.column]
            case "", "J":
                del self.rows[self.row + 1 :]
                self.rows[self.row] = self.rows[self.row][: self.column]
            case ("", "m") | ("?", "h") | ("?", "l"):
                assert private != "?" or number == "2026", f"mode {number} would outlive a killed process"
            case other:
                raise AssertionError(f"an escape code that is not known here: {other}")

    def _put(self, character: str) -> None:
        if character == "\r":
            self.column = 0
        elif character == "\n":
            self._down()
            self.column = 0
        else:
            assert character >= " ", f"a control character: {character!r}"
            if self.column == self.width:
                self._down()
                self.column = 0
            row = self.rows[self.row].ljust(self.column)
            self.rows[self.row] = row[: self.column] + character + row[self.column + 1 :]
            self.column += 1

    def _down(self) -> None:
        self.row += 1
        if self.row == len(self.rows):
            self.rows.append("")

    @property
    def text(self) -> str:
        return "\n".join(row.rstrip() for row in self.rows)
