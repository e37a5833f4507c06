"""A small word processor, as a model writes it: file by file."""

PROGRAM = '''"""A small word processor for the terminal: python -m word FILE."""

import sys
import textwrap
from pathlib import Path

HELP = "show | add TEXT | change N TEXT | delete N | find WORD | replace OLD NEW | wrap N | count | undo | save"


class Document:
    """Paragraphs, and the states before each change."""

    def __init__(self, text=""):
        self.paragraphs = text.split("\\n\\n") if text else []
        self.past = []

    @property
    def text(self):
        return "\\n\\n".join(self.paragraphs)

    def set(self, paragraphs):
        self.past.append(self.paragraphs)
        self.paragraphs = paragraphs

    def add(self, text):
        self.set([*self.paragraphs, text])

    def change(self, number, *text):
        if not 1 <= number <= len(self.paragraphs):
            raise IndexError(f"there is no paragraph {number}")
        self.set([*self.paragraphs[: number - 1], *text, *self.paragraphs[number:]])

    def replace(self, old, new):
        self.set([paragraph.replace(old, new) for paragraph in self.paragraphs])

    def find(self, word):
        return [n for n, paragraph in enumerate(self.paragraphs, 1) if word.lower() in paragraph.lower()]

    def wrap(self, width):
        self.set([textwrap.fill(" ".join(paragraph.split()), width) for paragraph in self.paragraphs])

    def count(self):
        return len(self.text.split()), len(self.paragraphs)

    def undo(self):
        if self.past:
            self.paragraphs = self.past.pop()


def obey(document, line, path):
    """Do what a line says; return what is to be shown."""
    verb, _, rest = line.strip().partition(" ")
    first, _, more = rest.partition(" ")
    if verb == "show":
        return "\\n".join(f"{n:>3}  {text}" for n, text in enumerate(document.paragraphs, 1))
    if verb == "count":
        return "{} words, {} paragraphs".format(*document.count())
    if verb == "find":
        return ", ".join(map(str, document.find(rest))) or "nowhere"
    if verb == "save":
        Path(path).write_text(document.text)
        return f"saved {path}"
    changes = {
        "add": lambda: document.add(rest),
        "change": lambda: document.change(int(first), more),
        "delete": lambda: document.change(int(first)),
        "replace": lambda: document.replace(first, more),
        "wrap": lambda: document.wrap(int(first)),
        "undo": document.undo,
    }
    if verb not in changes:
        return HELP
    try:
        changes[verb]()
    except (IndexError, ValueError) as error:
        return str(error)
    return ""


def main(path):
    document = Document(Path(path).read_text() if Path(path).exists() else "")
    print(HELP)
    while (line := input("> ")) != "quit":
        print(obey(document, line, path))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "untitled.txt")
'''
TESTS = """import tempfile
import unittest
from pathlib import Path

from word import Document, obey


class Word(unittest.TestCase):
    def test_text_survives_a_round_trip(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "a.txt"
            document = Document()
            obey(document, "add One two.", path)
            obey(document, "add Three.", path)
            self.assertEqual(obey(document, "save", path), f"saved {path}")
            self.assertEqual(Document(path.read_text()).paragraphs, ["One two.", "Three."])

    def test_editing_and_undo(self):
        document = Document("a b\\n\\nc")
        for line in ("change 1 x y", "delete 2", "replace x z"):
            obey(document, line, "")
        self.assertEqual(document.text, "z y")
        for _ in range(4):
            obey(document, "undo", "")
        self.assertEqual(document.text, "a b\\n\\nc")

    def test_finding_and_counting(self):
        document = Document("Salt and sea\\n\\nthe circus")
        self.assertEqual(obey(document, "find SEA", ""), "1")
        self.assertEqual(obey(document, "count", ""), "5 words, 2 paragraphs")

    def test_a_wrong_number_is_told(self):
        self.assertEqual(obey(Document("a"), "delete 7", ""), "there is no paragraph 7")
"""
README = """# word

A small word processor for the terminal.

{start}
Tests: `python -m unittest discover -s tests`.
"""
START = "Start it with: `python -m word letter.txt`\n"
