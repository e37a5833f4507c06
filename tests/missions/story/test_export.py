"""The book as one file: Markdown, EPUB and DOCX, opened again with other means than those that made them."""

from __future__ import annotations

import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from farside.errors import FarsideError
from farside.missions.story.book.book import read
from farside.missions.story.book.folder import read_book
from farside.missions.story.export.prose import Run, runs, typographic
from farside.missions.story.export.writing import export
from tests.missions.story.books import EXAMPLE, TIDE

HTML = "{http://www.w3.org/1999/xhtml}"
OPF = "{http://www.idpf.org/2007/opf}"
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.mark.parametrize("source", [EXAMPLE, TIDE])
def test_an_epub_has_its_parts_and_every_paragraph(tmp_path: Path, source: Path) -> None:
    book, file = read_book(source), tmp_path / "book.epub"
    export(book, file)
    with zipfile.ZipFile(file) as archive:
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        assert archive.read("mimetype") == b"application/epub+zip"
        package = ElementTree.fromstring(archive.read("book/package.opf"))
        listed = {item.get("id"): f"book/{item.get('href')}" for item in package.iter(f"{OPF}item")}
        assert set(listed.values()) == {name for name in archive.namelist() if name.startswith("book/")} - {
            "book/package.opf"
        }
        assert {ref.get("idref") for ref in package.iter(f"{OPF}itemref")} <= set(listed)
        page = ElementTree.fromstring(archive.read("book/chapter-001.xhtml"))
    shown = ["".join(each.itertext()) for each in page.iter(f"{HTML}p") if each.get("class") != "break"]
    plain = [typographic(" ".join(each.text.replace("*", "").split())) for each in book.chapters[0].paragraphs]
    assert shown == (plain if book.language == "en" else [each.text for each in book.chapters[0].paragraphs])


@pytest.mark.parametrize("source", [EXAMPLE, TIDE])
def test_a_docx_has_every_paragraph_with_a_style_that_it_defines(tmp_path: Path, source: Path) -> None:
    book, file = read_book(source), tmp_path / "book.docx"
    export(book, file)
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        document = ElementTree.fromstring(archive.read("word/document.xml"))
        styles = ElementTree.fromstring(archive.read("word/styles.xml"))
        for name in archive.namelist():
            ElementTree.fromstring(archive.read(name))
    known = {style.get(f"{WORD}styleId") for style in styles.iter(f"{WORD}style")}
    used = [style.get(f"{WORD}val") for style in document.iter(f"{WORD}pStyle")]
    assert set(used) <= known
    assert used.count("BodyText") + used.count("FirstParagraph") == len(book.chapters[0].paragraphs)
    assert used.count("Heading1") == len(book.chapters)


def test_markdown_holds_the_chapters_as_they_are_written(tmp_path: Path) -> None:
    export(read_book(EXAMPLE), tmp_path / "book.md")
    text = (tmp_path / "book.md").read_text(encoding="utf-8")
    assert text.startswith("# The Salt Circus\n\n*the authors of farside*\n\n## Low Water\n\nAt ten to six")
    assert text.endswith('"Calm," she said.\n')


def test_the_same_book_is_the_same_file(tmp_path: Path) -> None:
    for name in ("one.epub", "two.epub", "one.docx", "two.docx"):
        export(read_book(EXAMPLE), tmp_path / name)
    assert (tmp_path / "one.epub").read_bytes() == (tmp_path / "two.epub").read_bytes()
    assert (tmp_path / "one.docx").read_bytes() == (tmp_path / "two.docx").read_bytes()


def test_marks_of_a_text_do_not_become_marks_of_the_file(tmp_path: Path) -> None:
    files = {"book.md": "# A & <B>\n- language: en\n", "chapters/1.md": "# <i>\n\nx < y & z > *w & w*\n"}
    for name in ("book.epub", "book.docx"):
        export(read(files), tmp_path / name)
        with zipfile.ZipFile(tmp_path / name) as archive:
            pages = [archive.read(each) for each in archive.namelist() if each.endswith(("xhtml", "document.xml"))]
        assert any("x < y & z > w & w" in "".join(ElementTree.fromstring(page).itertext()) for page in pages)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_no_xml_may_hold_is_left_out(tmp_path: Path, language: str) -> None:
    controls = "".join(map(chr, (*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF)))
    files = {
        "book.md": f"# A{controls}\n- language: {language}\n- author: B{controls}\n",
        "chapters/1.md": f"# C{controls}\n\nD{controls}E *F{controls}*\n",
    }
    for name in ("book.epub", "book.docx"):
        export(read(files), tmp_path / name)
        with zipfile.ZipFile(tmp_path / name) as archive:
            pages = [archive.read(each) for each in archive.namelist() if each != "mimetype" and "css" not in each]
        texts = ["".join(ElementTree.fromstring(page).itertext()) for page in pages]
        assert any("DE F" in text for text in texts)


def test_lines_of_chinese_go_on_without_a_space_and_those_of_english_with_one(tmp_path: Path) -> None:
    text = "# 一\n\n他说：\n“潮\n退了。”\n海生 A\nB 看。\n"
    for language, wanted in (("zh", "他说：“潮退了。”海生 A B 看。"), ("en", "他说：“潮退了。”海生 A B 看。")):
        export(read({"book.md": f"# A\n- language: {language}\n", "chapters/1.md": text}), tmp_path / "book.epub")
        with zipfile.ZipFile(tmp_path / "book.epub") as archive:
            page = ElementTree.fromstring(archive.read("book/chapter-001.xhtml"))
        assert ["".join(each.itertext()) for each in page.iter(f"{HTML}p")] == [wanted]


def test_a_failed_export_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "book.epub").mkdir()
    with pytest.raises(FarsideError, match="cannot be written"):
        export(read_book(EXAMPLE), tmp_path / "book.epub")
    assert [path.name for path in tmp_path.iterdir()] == ["book.epub"]


def test_styles_and_quotation_marks() -> None:
    assert runs("a *b* **c** 2*3*4 \\*d\\* snake_case _e_") == (
        *(Run("a "), Run("b", italic=True), Run(" "), Run("c", bold=True)),
        *(Run(" 2*3*4 *d* snake_case "), Run("e", italic=True)),
    )
    assert (
        typographic('"Don\'t," she said. "*Mon. 5.50*." (\'Why?\')') == "“Don’t,” she said. “*Mon. 5.50*.” (‘Why?’)"
    )


@pytest.mark.parametrize(("name", "said"), [("book.pdf", "names no format"), ("none/book.md", "cannot be written")])
def test_what_cannot_be_written_is_refused(tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(FarsideError, match=said):
        export(read_book(EXAMPLE), tmp_path / name)
    assert list(tmp_path.iterdir()) == []
