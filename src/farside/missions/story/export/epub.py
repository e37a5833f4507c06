"""A book as EPUB 3.3, with the older table of contents beside it for older readers. Pure.

Source of the form: https://www.w3.org/TR/epub-33/ (package document, navigation document, OCF container).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from html import escape
from importlib.resources import files

from farside.missions.story.book.book import Book
from farside.missions.story.export.archive import zipped
from farside.missions.story.export.prose import Block, Run, Volume, volume

MODIFIED = "2000-01-01T00:00:00Z"
"""The form wants a time; the same book has the same bytes."""
CONTAINER = """<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="book/package.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>
"""
CONTENTS = {"en": "Contents", "zh": "目录"}
TAGS = {(True, False): "em", (False, True): "strong"}


def epub(book: Book) -> bytes:
    """Return the written chapters as an EPUB."""
    whole = volume(book)
    style = (files(__package__) / "epub.css").read_text(encoding="utf-8")
    chapters = {f"book/{_name(n)}": _chapter(whole, title, body) for n, (title, body) in _numbered(whole)}
    return zipped(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": CONTAINER,
            "book/package.opf": _package(whole),
            "book/contents.xhtml": _contents(whole),
            "book/contents.ncx": _older_contents(whole),
            "book/style.css": style,
            "book/title.xhtml": _title_page(whole),
            **chapters,
        },
        stored="mimetype",
    )


def _numbered(whole: Volume) -> Iterator[tuple[int, tuple[str, tuple[Block, ...]]]]:
    return enumerate(whole.chapters, 1)


def _name(number: int) -> str:
    return f"chapter-{number:03}.xhtml"


def _identifier(whole: Volume) -> str:
    """Return a name of the book that does not change with its text."""
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'farside:{whole.title}:{whole.author}')}"


def _package(whole: Volume) -> str:
    author = f"<dc:creator>{escape(whole.author)}</dc:creator>" if whole.author else ""
    names = [_name(number) for number, _ in _numbered(whole)]
    items = "\n".join(
        f'<item id="c{n}" href="{name}" media-type="application/xhtml+xml"/>' for n, name in enumerate(names)
    )
    spine = "\n".join(f'<itemref idref="c{n}"/>' for n in range(len(names)))
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="{whole.language}">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">{_identifier(whole)}</dc:identifier>
<dc:title>{escape(whole.title)}</dc:title>
<dc:language>{whole.language}</dc:language>
{author}
<meta property="dcterms:modified">{MODIFIED}</meta>
</metadata>
<manifest>
<item id="contents" href="contents.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="ncx" href="contents.ncx" media-type="application/x-dtbncx+xml"/>
<item id="style" href="style.css" media-type="text/css"/>
<item id="title" href="title.xhtml" media-type="application/xhtml+xml"/>
{items}
</manifest>
<spine toc="ncx">
<itemref idref="title"/>
{spine}
</spine>
</package>
"""


def _page(whole: Volume, title: str, kind: str, body: str) -> str:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="{whole.language}" \
xml:lang="{whole.language}">
<head><title>{escape(title)}</title><link rel="stylesheet" type="text/css" href="style.css"/></head>
<body epub:type="{kind}">
{body}
</body>
</html>
"""


def _title_page(whole: Volume) -> str:
    author = f'\n<p class="author">{escape(whole.author)}</p>' if whole.author else ""
    return _page(whole, whole.title, "frontmatter", f'<h1 class="book">{escape(whole.title)}</h1>{author}')


def _contents(whole: Volume) -> str:
    rows = "\n".join(f'<li><a href="{_name(n)}">{escape(title)}</a></li>' for n, (title, _) in _numbered(whole))
    head = CONTENTS[whole.language]
    return _page(whole, head, "frontmatter", f'<nav epub:type="toc"><h1>{head}</h1>\n<ol>\n{rows}\n</ol></nav>')


def _older_contents(whole: Volume) -> str:
    points = "\n".join(
        f'<navPoint id="p{n}" playOrder="{n}"><navLabel><text>{escape(title)}</text></navLabel>'
        f'<content src="{_name(n)}"/></navPoint>'
        for n, (title, _) in _numbered(whole)
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/" version="2005-1">
<head><meta name="dtb:uid" content="{_identifier(whole)}"/></head>
<docTitle><text>{escape(whole.title)}</text></docTitle>
<navMap>
{points}
</navMap>
</ncx>
"""


def _chapter(whole: Volume, title: str, body: tuple[Block, ...]) -> str:
    return _page(whole, title, "bodymatter", "\n".join([f"<h1>{escape(title)}</h1>", *map(_block, body)]))


def _block(block: Block) -> str:
    match block.kind:
        case "break":
            return '<p class="break">* * *</p>'
        case "heading":
            return f"<h2>{_runs(block.runs)}</h2>"
    return f'<p class="first">{_runs(block.runs)}</p>' if block.first else f"<p>{_runs(block.runs)}</p>"


def _runs(runs: tuple[Run, ...]) -> str:
    return "".join(_run(run) for run in runs)


def _run(run: Run) -> str:
    tag = TAGS.get((run.italic, run.bold))
    return f"<{tag}>{escape(run.text, quote=False)}</{tag}>" if tag else escape(run.text, quote=False)
