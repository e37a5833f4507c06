"""Names for the model: valid, each once, none of farside's own, and the same whenever the list is."""

from hypothesis import given
from hypothesis import strategies as st

from farside.tools.mcp.naming import VALID, names


def test_a_plain_name_is_server_and_tool() -> None:
    assert names([("git", "log")], ()) == {("git", "log"): "git_log"}


def test_a_name_is_that_of_a_function_too() -> None:
    found = names([("my-git", "show-log"), ("my_git", "show.log")], ())
    assert found["my-git", "show-log"] == "my_git_show_log"
    assert found["my_git", "show.log"].startswith("my_git_show_log_")


def test_ours_and_likes_are_told_apart() -> None:
    found = names([("read", "file"), ("a", "b c"), ("a", "b?c"), ("a_b", "c")], ["read_file"])
    assert found["a", "b c"] == "a_b_c"
    assert len(set(found.values())) == 4
    assert all(name.startswith(("read_file_", "a_b_c")) for name in found.values())


@given(st.lists(st.tuples(st.sampled_from(["a", "ab", "a_b"]), st.text(max_size=90)), unique=True, max_size=12))
def test_any_names_are_valid_and_distinct(tools: list[tuple[str, str]]) -> None:
    found = names(tools, ["a_b"])
    assert all(VALID.fullmatch(name) and name.isidentifier() for name in found.values())
    assert len({*found.values(), "a_b"}) == len(tools) + 1
    assert found == names(tools, ["a_b"])
