"""Whatever an author, or a disk, leaves in the files: they are read, and what is wrong is said."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from farside.missions.story.book.book import FORMS, read
from farside.missions.story.book.page import entry_at, parsed, with_field
from farside.missions.story.brief import brief
from farside.missions.story.export.docx import docx
from farside.missions.story.export.epub import epub
from farside.missions.story.tasks.steps import STEPS
from farside.missions.story.tasks.task import Task
from farside.missions.story.text.scores import scored
from tests.missions.story.books import found, told

PIECES = st.sampled_from(
    [
        *(
            "# ",
            "## ",
            "- ",
            "\n",
            "\n\n",
            "  ",
            ":",
            "：",
            "|",
            " from 3",
            "Chapter 2",
            "第三章",
            "S1",
            "R1",
            '"',
            "“",
        ),
        *("also", "planted", "because", "R2", "known by", "people", "day", "never", "until", "1", "0", "十", "given"),
        *(
            "* * *",
            "*",
            "drawn from: ",
            "person",
            "held by ",
            "passes to ",
            "age = ",
            "the sea",
            "海",
            "Ines",
            "\t",
            "🌊",
            "\u2028",
            "\x0c",
            "\x85",
        ),
    ]
)
TEXTS = st.lists(PIECES, max_size=40).map("".join)
PATHS = ("book.md", *FORMS, "chapters/01.md", "chapters/x.md", "facts/01.md", "facts/07.md", "intended.md")


@settings(max_examples=60)
@given(st.fixed_dictionaries({}, optional=dict.fromkeys(PATHS, TEXTS)))
def test_any_files_are_a_book_of_which_all_can_be_told(files: dict[str, str]) -> None:
    book = read(files)
    for language in ("en", "zh"):
        for line in told(found(book), language):
            assert line and "$" not in line
    for name in STEPS:
        assert brief(read({"book.md": "# T\n", **files}), Task(name, 1)) is not None
    for chapter in book.chapters:
        assert 0 <= scored(chapter, book.language).repeated <= 1
    assert epub(book)[:2] == docx(book)[:2] == b"PK"


@settings(max_examples=60)
@example("## \n\t# ", "1")
@example("## A\n- due: 2\n\n  Indented prose.", "1")
@given(TEXTS, st.sampled_from(["1", "”words” | of: it"]))
def test_a_field_that_was_set_is_read_again_and_nothing_else_changed(text: str, value: str) -> None:
    page = parsed("ledger.md", text)
    for entry in page.entries:
        after = parsed("ledger.md", with_field(text, entry_at(text, entry.line), ("paid",), value))
        now = next(each for each in after.entries if each.line == entry.line)
        assert now.value("paid") == value
        assert [each.name for each in after.entries] == [each.name for each in page.entries]
        assert now.prose == entry.prose
