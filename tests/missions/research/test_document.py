"""The report as a reader sees it, in Markdown, as a web page and as a ledger for programs."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from farside.missions.research.claims import Ledger, ledger
from farside.missions.research.document import Document, document
from farside.missions.research.judge import Judgement
from farside.missions.research.ledger_file import ledger_file
from farside.missions.research.markdown import markdown
from farside.missions.research.report import read
from farside.missions.research.spans import Span
from farside.missions.research.summary import summary
from farside.missions.research.verdicts import Kept, written
from farside.missions.research.web_page import web_page
from tests.missions.research.pairs import page

FORTH = page(
    "# Forth <Bridge>\n\nIt was opened in 1890.\nIt is red | *old*.\n<script>alert(1)</script>\n", "n:forth.md"
)
PLAQUE = page("It was opened in 1896, says the plaque.\n", "n:plaque.md")
TEXT = """# The bridge & its <b>age</b>

It was **opened** in 1890. [[n:forth.md:3]] It is red. [[n:forth.md:4]] It was opened in 1700. [[n:forth.md:3]]

## More

Facts:
- It is blue, see [this](http://evil.example/x) and ![p](http://evil.example/y.png). [[n:forth.md:4-5]]
- It cost 5 million. [[n:forth.md:3]]

Only lies:
- It cost 6 million. [[n:forth.md:3]]

| what | when |
|---|---|
| opened | 1890 [[n:forth.md:3]] |

## What could not be settled
- Who paid? | No source says.
"""


def judge(sentence: str, spans: Sequence[Span], rivals: Sequence[Span]) -> Judgement:
    if "blue" in sentence:
        return Judgement("not supported", "it says red")
    against = tuple((rival, "1896") for rival in rivals if "opened** in" in sentence)
    return Judgement("supported", "", against)


def shown(unfinished: str = "") -> tuple[Ledger, Document]:
    checked = ledger(read(TEXT), (FORTH, PLAQUE), judge, 2)
    return checked, document(checked, "How old is it?", unfinished)


def test_what_does_not_hold_is_cut_or_marked_and_the_rest_has_numbered_sources() -> None:
    text = markdown(shown()[1])
    first = text.partition("## More")[0]
    assert "It was **opened** in 1890. *[disputed]* [\\[1\\]](#s1-3-3) It is red. [\\[1\\]](#s1-4-4)" in first
    assert "1700" not in text and "5 million" not in text and "Only lies" not in text
    assert "- It is blue, see this and p. *[not supported]* [\\[1\\]](#s1-4-5)" in text
    assert "| what | when |\n| --- | --- |\n| opened | 1890 [\\[1\\]](#s1-3-3) |" in text
    assert "> 3 sentences were left out" in first and "> One sentence was marked as not supported" in first
    assert "## Sources\n\n1. **Forth &lt;Bridge&gt;**, n:forth.md, read 2026" in text
    assert '<a id="s1-4-4"></a>line 4: It is red \\| \\*old\\*.' in text


def test_what_could_not_be_settled_is_a_table() -> None:
    _, found = shown()
    assert [(row.question, [side.text for side in row.sides]) for row in found.unsettled] == [
        ("Who paid?", ["No source says."]),
        (
            "It was **opened** in 1890.",
            ["“It was opened in 1890.”", "“It was opened in 1896, says the plaque.”"],
        ),
    ]
    table = markdown(found).partition("## What could not be settled\n\n")[2]
    assert table.startswith("| Question | What the sources say |\n| --- | --- |\n| Who paid? | No source says. |\n")


def test_the_web_page_is_escaped_and_loads_nothing() -> None:
    html = web_page(shown()[1])
    assert "<h1>The bridge &amp; its &lt;b&gt;age&lt;/b&gt;</h1>" in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html and "<script" not in html
    assert "evil.example" not in html and "<img" not in html and "src=" not in html
    assert "It was <strong>opened</strong> in 1890." in html
    links, places = set(re.findall(r'href="#([^"]+)"', html)), set(re.findall(r' id="([^"]+)"', html))
    assert links and links <= places


def test_headings_that_say_what_nothing_holds_are_left_out() -> None:
    text = (
        "# 900 dead\n\n## In 1890\n\nIt was opened in 1890. [[n:forth.md:3]]\n\n"
        "## 700 more\n\nIt is red. [[n:forth.md:4]]"
    )
    found = document(ledger(read(text), (FORTH,), judge, 0), "How many?")
    assert (found.title, [part.heading for part in found.parts]) == ("How many?", ["In 1890", ""])


def test_a_part_says_so_first() -> None:
    _, part = shown("the budget is used up")
    assert "> This is only a part: the budget is used up." in markdown(part)
    assert "This is only a part: the budget is used up." in web_page(part)


def test_the_ledger_names_every_claim_and_its_spans_to_the_letter() -> None:
    checked, found = shown()
    data = json.loads(ledger_file(checked, found, "1125-abcde", ""))
    assert [claim["status"] for claim in data["claims"]] == [
        *("disputed", "supported", "unsupported", "doubtful", "unsupported", "unsupported", "supported"),
    ]
    first, _, third = data["claims"][:3]
    assert (first["spans"][0]["text"], first["spans"][0]["page_hash"]) == ("It was opened in 1890.", FORTH.hash)
    assert first["against"][0]["text"] == "It was opened in 1896, says the plaque."
    assert third["faults"] == ["the number 1700 does not stand there"]
    assert [source["page"] for source in data["sources"]] == ["n:forth.md", "n:plaque.md"]


def test_the_summary_is_what_holds_of_the_first_section() -> None:
    assert summary(shown()[1]) == (
        "It was **opened** in 1890. (disputed)[1]\nIt is red.[1]\n\n[1] n:forth.md: line 3; line 4"
    )


def test_judgements_are_kept_for_the_same_sentences_and_spans() -> None:
    checked, _ = shown()
    kept = Kept(json.loads(written(checked)), (FORTH, PLAQUE))
    again = ledger(read(TEXT), (FORTH, PLAQUE), kept, 0)
    assert [claim.judgement for claim in again.claims] == [claim.judgement for claim in checked.claims]
    changed = ledger(read(TEXT.replace("It is red.", "It is quite red.")), (FORTH, PLAQUE), kept, 0)
    assert changed.claims[1].status == "not judged"
