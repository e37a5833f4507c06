"""Reading, writing, editing and listing files."""

import pytest

from tests.tools.boxes import Box


def test_reading_a_part_says_which(shared: Box) -> None:
    (shared.workspace / "poem.txt").write_text("a\nb\nc\nd\n")
    assert shared.call("read_file", path="poem.txt").text == "a\nb\nc\nd\n"
    assert shared.call("read_file", path="poem.txt", start=2, count=2).text == "b\nc\n[lines 2 to 3 of 4]"
    assert shared.call("read_file", path="poem.txt", start=4, numbers=True).text == "     4\td\n[lines 4 to 4 of 4]"
    assert shared.call("read_file", path="poem.txt", start=9).text == "(poem.txt has 4 lines: nothing from line 9 on)"


def test_what_cannot_be_read_is_named(shared: Box) -> None:
    (shared.workspace / "report.md").write_text("")
    (shared.workspace / "image.png").write_bytes(b"\x89PNG\0" + bytes(1234))
    assert shared.call("read_file", path="report.md").text == "(report.md is empty)"
    missing = shared.call("read_file", path="reprot.md")
    assert (missing.ok, missing.text) == (False, "There is no reprot.md. Near it: report.md.")
    assert "binary (1,239 bytes)" in shared.call("read_file", path="image.png").text
    assert "is a folder" in shared.call("read_file", path=".").text
    shared.shell("mkfifo pipe")
    assert "neither a file nor a folder" in shared.call("read_file", path="pipe").text


def test_writing_makes_folders_and_keeps_the_mode(shared: Box) -> None:
    assert shared.call("write_file", path="deep/er/run.sh", content="echo 1\n").ok
    script = shared.workspace / "deep/er/run.sh"
    script.chmod(0o755)
    assert shared.call("write_file", path="deep/er/run.sh", content="echo 2\n").text.startswith("Replaced")
    assert script.read_text() == "echo 2\n"
    assert script.stat().st_mode & 0o777 == 0o755
    assert [entry.name for entry in script.parent.iterdir()] == ["run.sh"]


def test_writing_through_a_link_keeps_the_link(shared: Box) -> None:
    (shared.workspace / "real.txt").write_text("old")
    (shared.workspace / "link.txt").symlink_to("real.txt")
    assert shared.call("write_file", path="link.txt", content="new").ok
    assert (shared.workspace / "link.txt").is_symlink()
    assert (shared.workspace / "real.txt").read_text() == "new"


def test_an_edit_needs_exactly_one_place(shared: Box) -> None:
    file = shared.workspace / "edit.py"
    file.write_text("x = 1\ny = 2\nx = 1\n")
    none = shared.call("edit_file", path="edit.py", old="y = 3", new="y = 4")
    assert (none.ok, none.text) == (False, "`old` is not in edit.py. The nearest line is 2: 'y = 2'.")
    many = shared.call("edit_file", path="edit.py", old="x = 1", new="x = 5")
    assert not many.ok and "2 times" in many.text and "lines 1, 3" in many.text
    assert file.read_text() == "x = 1\ny = 2\nx = 1\n"
    assert shared.call("edit_file", path="edit.py", old="x = 1", new="x = 5", all=True).ok
    assert shared.call("edit_file", path="edit.py", old="y = 2\n", new="").ok
    assert file.read_text() == "x = 5\nx = 5\n"


def test_an_edit_keeps_line_ends_and_foreign_bytes(shared: Box) -> None:
    file = shared.workspace / "dos.txt"
    file.write_bytes(b"one\r\ntwo\r\n\xff\r\n")
    assert shared.call("edit_file", path="dos.txt", old="one\ntwo", new="eins\nzwei").ok
    assert file.read_bytes() == b"eins\r\nzwei\r\n\xff\r\n"


def test_a_listing_is_sorted_sized_filtered_and_capped(shared: Box) -> None:
    folder = shared.workspace / "tree"
    (folder / "sub" / "subsub" / "low").mkdir(parents=True)
    (folder / "b.py").write_text("12345")
    (folder / "sub" / "a.py").write_text("1")
    (folder / "sub" / "subsub" / "low" / "z.py").write_text("1")
    (folder / ".git").mkdir()
    (folder / ".git" / "HEAD").write_text("x")
    lines = shared.call("list_files", path="tree").text.splitlines()
    assert [line.split()[0] for line in lines] == [
        "tree/.git/", "tree/b.py", "tree/sub/", "tree/sub/a.py", "tree/sub/subsub/", "tree/sub/subsub/low/",
    ]  # fmt: skip
    assert lines[1].split()[1] == "5"
    found = shared.call("list_files", path="tree", pattern="*.py", depth=9).text
    assert [line.split()[0] for line in found.splitlines()] == [
        "tree/b.py",
        "tree/sub/a.py",
        "tree/sub/subsub/low/z.py",
    ]
    assert "matches *.rs" in shared.call("list_files", path="tree", pattern="*.rs").text
    for number in range(510):
        (folder / "low" / str(number)).parent.mkdir(exist_ok=True)
        (folder / "low" / str(number)).write_text("")
    assert shared.call("list_files", path="tree/low").text.endswith(
        "[... and 10 more: narrow it with path or pattern]"
    )


@pytest.mark.parametrize("tool", ["read_file", "list_files"])
def test_links_lead_nowhere_outside(shared: Box, tool: str) -> None:
    (shared.workspace / f"out-{tool}").symlink_to(shared.scratch)
    assert not shared.call(tool, path=f"out-{tool}").ok


def test_lines_are_replaced_in_the_session(shared: Box) -> None:
    file = shared.workspace / "verse.txt"
    file.write_text("a\nb\nc\nd")
    shown = shared.python("print(replace_lines('verse.txt', 2, 3, 'B\\nBB\\nC'))").text
    assert file.read_text() == "a\nB\nBB\nC\nd"
    assert shown.splitlines()[0] == "Replaced lines 2 to 3 of verse.txt. Now there:"
    assert [line.strip() for line in shown.splitlines()[1:]] == ["1\ta", "2\tB", "3\tBB", "4\tC", "5\td"]
    assert shared.python("replace_lines('verse.txt', 1, 0, 'first')").ok
    assert shared.python("replace_lines('verse.txt', 7, 6, 'last')").ok
    assert shared.python("replace_lines('verse.txt', 2, 2, '')").ok
    assert file.read_text() == "first\nB\nBB\nC\nd\nlast\n"
    file.write_bytes(b"a\r\nb\r\n")
    assert shared.python("replace_lines('verse.txt', 2, 2, 'c')").ok
    assert file.read_bytes() == b"a\r\nc\r\n"
    for first, last in ((0, 1), (2, 5), (3, 1), (9, 9)):
        wrong = shared.python(f"replace_lines('verse.txt', {first}, {last}, 'x')")
        assert not wrong.ok and f"verse.txt has 2 lines: there are no lines {first} to {last}." in wrong.text
