"""A book as DOCX: WordprocessingML with its own styles, so that the look of all of it can be changed. Pure.

Source of the form: ECMA-376 part 1 (17, WordprocessingML) and part 2 (packages).
"""

from __future__ import annotations

from html import escape
from importlib.resources import files
from string import Template

from farside.missions.story.book.book import Book
from farside.missions.story.export.archive import zipped
from farside.missions.story.export.prose import Block, Run, Volume, volume

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
TYPES = "application/vnd.openxmlformats-officedocument.wordprocessingml"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
PAGE = (
    '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1701" w:right="1701" w:bottom="1701" w:left="1701" \
w:header="709" w:footer="709" w:gutter="0"/></w:sectPr>'
)
"""A4, margins of 3 cm, in twentieths of a point."""
FONTS = {"en": ("Georgia", "SimSun", 360), "zh": ("Times New Roman", "SimSun", 480)}
"""Latin font, Chinese font, indent of a paragraph's first line in twentieths of a point."""


def docx(book: Book) -> bytes:
    """Return the written chapters as a DOCX."""
    whole = volume(book)
    return zipped(
        {
            "[Content_Types].xml": _types(),
            "_rels/.rels": _relations(
                ("officeDocument", "word/document.xml", RELATIONS),
                ("metadata/core-properties", "docProps/core.xml", f"{PACKAGE}/relationships"),
            ),
            "docProps/core.xml": _properties(whole),
            "word/_rels/document.xml.rels": _relations(("styles", "styles.xml", RELATIONS)),
            "word/styles.xml": _styles(whole),
            "word/document.xml": _document(whole),
        }
    )


def _types() -> str:
    return (
        f'{HEAD}<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{TYPES}.document.main+xml"/>'
        f'<Override PartName="/word/styles.xml" ContentType="{TYPES}.styles+xml"/>'
        '<Override PartName="/docProps/core.xml" '
        'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>'
    )


def _relations(*each: tuple[str, str, str]) -> str:
    rows = "".join(
        f'<Relationship Id="r{n}" Type="{base}/{kind}" Target="{target}"/>'
        for n, (kind, target, base) in enumerate(each, 1)
    )
    return f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{rows}</Relationships>'


def _properties(whole: Volume) -> str:
    author = f"<dc:creator>{escape(whole.author)}</dc:creator>" if whole.author else ""
    return (
        f'{HEAD}<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{escape(whole.title)}</dc:title>{author}<dc:language>{whole.language}</dc:language>"
        "</cp:coreProperties>"
    )


def _styles(whole: Volume) -> str:
    latin, chinese, indent = FONTS[whole.language]
    language = "zh-CN" if whole.language == "zh" else "en-GB"
    first = indent if whole.language == "zh" else 0
    sheet = Template((files(__package__) / "styles.xml").read_text(encoding="utf-8"))
    return sheet.substitute(latin=latin, chinese=chinese, indent=indent, first=first, language=language)


def _document(whole: Volume) -> str:
    parts = [_paragraph("Title", (Run(whole.title),))]
    if whole.author:
        parts.append(_paragraph("Subtitle", (Run(whole.author),)))
    for title, body in whole.chapters:
        parts += [_paragraph("Heading1", (Run(title),)), *map(_block, body)]
    return f'{HEAD}<w:document xmlns:w="{W}"><w:body>{"".join(parts)}{PAGE}</w:body></w:document>'


def _block(block: Block) -> str:
    match block.kind:
        case "break":
            return _paragraph("SceneBreak", (Run("* * *"),))
        case "heading":
            return _paragraph("Heading2", block.runs)
    return _paragraph("FirstParagraph" if block.first else "BodyText", block.runs)


def _paragraph(style: str, runs: tuple[Run, ...]) -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{"".join(map(_run, runs))}</w:p>'


def _run(run: Run) -> str:
    marks = ("<w:b/>" if run.bold else "") + ("<w:i/>" if run.italic else "")
    style = f"<w:rPr>{marks}</w:rPr>" if marks else ""
    return f'<w:r>{style}<w:t xml:space="preserve">{escape(run.text, quote=False)}</w:t></w:r>'
