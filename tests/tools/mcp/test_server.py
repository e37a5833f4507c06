"""A server's table in the configuration: keys from the environment, kept out of sight."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import platformdirs
import pytest

from farside.errors import FarsideError
from farside.tools.mcp.choice import chosen, servers
from farside.tools.mcp.server import server_of
from farside.tools.sandbox import PACKAGE


def test_every_part_is_read() -> None:
    table = {
        "command": "npx",
        "args": ["-y", "thing"],
        "env": {"API_TOKEN": "${TOKEN}", "URL": "http://x/${TOKEN}", "LEVEL": "debugging"},
        "readable": ["~/.npm"],
        "tools": ["a"],
        "trust": True,
        "timeout": 5,
    }
    server = server_of("thing", table, {"TOKEN": "secret-of-tests"})
    assert (server.command, server.args, server.tools) == ("npx", ("-y", "thing"), ("a",))
    assert (server.trust, server.timeout, server.start_timeout) == (True, 5, 60.0)
    assert server.readable == (Path.home() / ".npm",)
    assert server.env == {"API_TOKEN": "secret-of-tests", "URL": "http://x/secret-of-tests", "LEVEL": "debugging"}
    assert "secret" not in repr(server)
    told = server.without_keys("bad: secret-of-tests http://x/secret-of-tests, level debugging")
    assert told == "bad: [key] [key], level debugging"


def test_the_key_in_a_header_is_cut_with_and_without_its_scheme() -> None:
    table = {"url": "http://127.0.0.1:1/", "headers": {"Authorization": "Bearer abcdefgh"}}
    server = server_of("far", table, {})
    assert server.without_keys("got Bearer abcdefgh, or abcdefgh; a bearer") == "got [key], or [key]; a bearer"


@pytest.mark.parametrize(
    ("name", "table", "told"),
    [
        ("a b", {"command": "x"}, "a server's name has letters"),
        ("a", {}, "needs a command or a url, and not both"),
        ("a", {"command": "x", "url": "http://x"}, "not both"),
        ("a", {"command": "x", "args": "y"}, "a.args: it must be a list of texts"),
        ("a", {"command": "x", "env": {"A": 1}}, "a.env: it must be a table of texts"),
        ("a", {"command": "x", "timeout": 0}, "a.timeout: it must be seconds"),
        ("a", {"command": "x", "trust": "yes"}, "a.trust: it must be true or false"),
        ("a", {"url": "ftp://x"}, "no http address"),
        ("a", {"url": "http://me:secret-of-tests@x/"}, "a user name or a password"),
    ],
)
def test_a_wrong_table_is_named(name: str, table: dict[str, Any], told: str) -> None:
    with pytest.raises(FarsideError, match=told) as caught:
        server_of(name, table, {})
    assert caught.value.next_step
    assert "secret-of-tests" not in str(caught.value)


def test_all_servers_are_used_and_those_of_the_network_only_with_it() -> None:
    tables = {"far": {"url": "http://x/"}, "near": {"command": "x"}}
    assert chosen(tables, (), net=False) == ("near",)
    assert chosen(tables, (), net=True) == ("far", "near")
    assert chosen(tables, ("near", "near"), net=True) == ("near",)
    assert chosen(tables, (), net=True, none=True) == ()
    with pytest.raises(FarsideError, match="reached over the network"):
        servers(tables, ("far",), {}, net=False)


WITHOUT_PACKAGE = """
import sys
sys.path.append(sys.argv[1])
from farside.errors import FarsideError
from farside.tools.mcp.choice import servers
try:
    servers({"a": {"command": "x"}}, ["a"], {}, net=False)
except FarsideError as error:
    print(error, error.next_step)
"""


def test_without_the_package_of_the_protocol_the_next_step_installs_it(tmp_path: Path) -> None:
    for package in (PACKAGE, Path(platformdirs.__file__).parent):
        (tmp_path / package.name).symlink_to(package)
    command = [sys.executable, "-I", "-S", "-B", "-c", WITHOUT_PACKAGE, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == (
        "MCP servers need a package that is not installed. pip install 'farside[mcp]', or leave them out: --no-mcp\n"
    )
