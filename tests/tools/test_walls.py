"""What code inside cannot see, change or reach, under each layer."""

import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from farside.errors import FarsideError
from farside.tools.base import Host
from farside.tools.sandbox import Confinement, Layer, Limits, confined
from farside.tools.toolbox import open_toolbox
from farside.tools.unconfined import Unconfined
from tests.tools.boxes import BUBBLEWRAP, LANDLOCK, OUTPUTS, Box, open_box


@pytest.fixture(params=[BUBBLEWRAP, LANDLOCK], ids=lambda layer: layer.name, scope="module")
def walled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    base = tmp_path_factory.mktemp("walled")
    (base / "journal.db").write_text("the journal")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("MOONSHOT_API_KEY", "sk-test-1234")
        box = open_box(base, layers=[request.param])
        yield box
        box.toolbox.close()


def test_the_layer_is_named(walled: Box) -> None:
    assert walled.toolbox.layer.name in ("bubblewrap", "landlock")
    assert walled.toolbox.layer.strength in ("strong", "weak")


def test_keys_are_not_in_the_environment(walled: Box) -> None:
    assert "sk-test" not in walled.shell("env").text
    assert "sk-test" not in walled.python("import os\nprint(dict(os.environ))").text


def test_the_hosts_environment_cannot_be_read_through_proc(walled: Box) -> None:
    code = f"""
import pathlib
def text(file):
    try: return file.read_bytes()
    except OSError: return b""
seen = [p for p in pathlib.Path("/proc").glob("[0-9]*/environ") if b"FARSIDE_SANDBOX" not in text(p)]
any(b"sk-test" in text(p) for p in seen), text(pathlib.Path("/proc/{os.getpid()}/environ"))
"""
    assert walled.python(code).text == "(False, b'')"


@pytest.mark.parametrize("path", ["~/.ssh", "~/.bashrc", "/etc/shadow", "/run", "/var/log", "/sys/fs/cgroup"])
def test_private_places_are_closed(walled: Box, path: str) -> None:
    place = Path(path).expanduser()
    assert not walled.call("list_files" if place.is_dir() else "read_file", path=str(place)).ok
    outcome = walled.shell(f"cat {place} || ls {place}/*")
    assert not outcome.ok, outcome.text


def test_the_journal_beside_the_workspace_is_out_of_reach(walled: Box) -> None:
    journal = walled.workspace.parent / "journal.db"
    assert not walled.call("read_file", path=str(journal)).ok
    walled.call("write_file", path=str(journal), content="forged")  # may end in a /tmp of the sandbox's own
    walled.shell(f"echo forged > {journal}")
    walled.python(f"open({str(journal)!r}, 'a').write('forged')")
    assert journal.read_text() == "the journal"


@pytest.mark.parametrize("path", ["/usr/farside-test", "/etc/farside-test", "/farside-test", "/dev/farside-test"])
def test_only_the_workspace_can_be_written(walled: Box, path: str) -> None:
    assert not walled.shell(f"touch {path}").ok
    assert not Path(path).exists()
    assert walled.shell("touch here && mkdir there && mv here there/ && rm -r there").ok


def test_temporary_files_work(walled: Box) -> None:
    assert walled.shell('f=$(mktemp) && echo hi > "$f" && cat "$f"').text == "hi"
    assert walled.python("import tempfile\ntempfile.NamedTemporaryFile().write(b'hi')").text == "2"


def test_the_interpreter_cannot_be_changed(walled: Box) -> None:
    code = "import sys, json, cloudpickle\nfor module in (json, cloudpickle):\n    open(module.__file__, 'a')"
    assert not walled.python(code).ok
    assert not walled.shell("touch $(dirname $(command -v python))/new").ok


def test_without_net_nothing_outside_is_reachable(walled: Box) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as local:
        local.bind("\0farside-test")
        local.listen()
        port = server.getsockname()[1]
        code = f"""
import socket
def tried(family, kind, address):
    try:
        with socket.socket(family, kind) as s:
            s.settimeout(2)
            s.connect(address)
            s.send(b"x")
            return "reached"
    except OSError as error:
        return "closed"
tcp = tried(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", {port}))
tcp, tried(socket.AF_UNIX, socket.SOCK_STREAM, "\\0farside-test")
"""
        assert walled.python(code).text == "('closed', 'closed')"


def test_other_processes_cannot_be_signalled(walled: Box) -> None:
    assert not walled.shell(f"kill -0 {os.getpid()}").ok


def test_special_rights_are_gone(walled: Box) -> None:
    rights = walled.shell("grep -E 'CapEff|CapPrm|NoNewPrivs' /proc/self/status").text.split()
    assert rights[1::2] == ["0000000000000000", "0000000000000000", "1"]
    assert not walled.shell("mount -t tmpfs none .").ok
    assert not walled.shell("unshare --user --map-root-user true").ok or walled.toolbox.layer.strength == "weak"


def test_bubblewrap_hides_the_processes_of_the_host(tmp_path: Path) -> None:
    box = open_box(tmp_path)
    assert int(box.shell("ls -d /proc/[0-9]* | wc -l").text) < 10
    assert box.shell("id -u").text != "0"
    box.toolbox.close()


def test_with_net_the_host_is_reachable(tmp_path: Path, layer: Layer) -> None:
    box = open_box(tmp_path, layers=[layer], net=True)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        code = f"import socket\nsocket.create_connection(('127.0.0.1', {port}), timeout=5).close()\n'reached'"
        assert box.python(code).text == "'reached'"
    box.toolbox.close()


def test_state_inside_the_workspace_is_masked(tmp_path: Path) -> None:
    home = tmp_path / "work" / ".farside"
    (home / "runs").mkdir(parents=True)
    (home / "runs" / "journal.db").write_text("the journal")
    box = open_box(tmp_path, private=[home])
    assert not box.call("read_file", path=".farside/runs/journal.db").ok
    assert not box.shell("ls .farside").ok
    assert not box.shell("touch .farside/forged || echo x > .farside/runs/journal.db").ok
    assert not box.shell("rm -rf .farside").ok
    assert box.shell("echo fine > note.txt && cat note.txt").text == "fine"
    box.toolbox.close()
    assert (home / "runs" / "journal.db").read_text() == "the journal"


def test_the_workspace_of_a_run_may_lie_inside_the_private_folder(tmp_path: Path) -> None:
    workspace = tmp_path / "runs" / "1204-abcde" / "workspace"
    workspace.mkdir(parents=True)
    (workspace.parent / "journal.db").write_text("the journal")
    toolbox = open_toolbox(workspace, tmp_path, net=False, host=Host(OUTPUTS.get, repr), private=[tmp_path])
    assert toolbox.call("shell", '{"command": "echo fine > note.txt; ls . .."}', "h1").text.split() == [
        *(".:", "note.txt"),
        *("..:", "workspace"),
    ]
    toolbox.close()


def test_what_is_private_is_no_workspace(tmp_path: Path) -> None:
    home = tmp_path / "home"
    run = home / "runs" / "1204-abcde"
    (run / "workspace").mkdir(parents=True)
    (tmp_path / "link").symlink_to(home)
    for place in (home, home / "runs", run, tmp_path / "link"):
        with pytest.raises(FarsideError, match="is farside's own"):
            open_toolbox(place, run, net=False, host=Host(OUTPUTS.get, repr), private=[home])


def test_a_private_file_in_the_workspace_is_masked_and_stays_so(tmp_path: Path) -> None:
    config = tmp_path / "work" / "conf" / "farside.toml"
    config.parent.mkdir(parents=True)
    config.write_text("key = 'sk-secret'")
    box = open_box(tmp_path, private=[config])
    assert "sk-secret" not in box.shell("cat conf/farside.toml; mv conf moved; cat moved/farside.toml").text
    assert not box.shell("rm -rf conf || echo forged > conf/farside.toml").ok
    box.toolbox.close()
    assert config.read_text() == "key = 'sk-secret'"


def test_a_private_file_that_is_not_there_yet_cannot_be_forged(tmp_path: Path, layer: Layer) -> None:
    with pytest.raises(FarsideError, match=r"cannot protect .*farside\.toml"):
        open_box(tmp_path, layers=[layer], private=[tmp_path / "work" / "farside.toml"])


def test_a_virtual_environment_inside_the_workspace_stays_read_only(tmp_path: Path) -> None:
    venv = tmp_path / "work" / ".venv"
    (venv / "bin").mkdir(parents=True)
    confinement = Confinement(tmp_path / "work", tmp_path, False, (venv,), (), Limits())
    forge = "touch new && ! touch .venv/new && ! mv .venv old && ! rm -rf .venv"
    subprocess.run(BUBBLEWRAP.command(confinement, ["/bin/sh", "-c", forge]), check=True, capture_output=True)
    assert venv.exists() and not (venv / "new").exists()


def test_what_is_named_by_a_link_is_what_the_link_leads_to(tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    (work / "key").write_text("sk-secret")
    (tmp_path / "there").symlink_to(work)
    (tmp_path / "hidden").symlink_to(work / "key")
    confinement = confined(tmp_path / "there", tmp_path, net=False, private=[tmp_path / "hidden"])
    act = f"echo written > {work}/file && ! grep secret {work}/key"
    subprocess.run(BUBBLEWRAP.command(confinement, ["/bin/sh", "-c", act]), check=True, cwd=work)
    assert (work / "file").read_text() == "written\n"


def test_landlock_refuses_what_it_cannot_hide(tmp_path: Path) -> None:
    home = tmp_path / "work" / ".farside"
    home.mkdir(parents=True)
    with pytest.raises(FarsideError, match=r"it cannot protect .*\.farside inside the workspace") as caught:
        open_box(tmp_path, layers=[LANDLOCK], private=[home])
    assert "--no-sandbox" in caught.value.next_step


def test_without_any_layer_the_flag_that_accepts_the_risk_is_named(tmp_path: Path) -> None:
    with pytest.raises(FarsideError) as caught:
        open_box(tmp_path, layers=[])
    assert "--no-sandbox" in caught.value.next_step


def test_who_accepts_the_risk_gets_the_tools_all_the_same(tmp_path: Path) -> None:
    box = open_box(tmp_path, layers=[Unconfined()])
    assert (box.toolbox.layer.name, box.toolbox.layer.strength) == ("no sandbox", "none")
    assert box.python("1 + 1").text == "2"
    assert box.shell("sleep 67 & echo hi").text == "hi\n[1 left in the background: killed]"
    box.toolbox.close()


def test_an_unusable_workspace_is_named(tmp_path: Path) -> None:
    (tmp_path / "work").write_text("a file")
    with pytest.raises(FarsideError, match="is not a folder"):
        open_box_over(tmp_path, tmp_path / "work")
    for place in (Path.home(), Path("/"), Path("/etc")):
        with pytest.raises(FarsideError, match="must not have that in its hands"):
            open_box_over(tmp_path, place)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gets past a mode")
@pytest.mark.parametrize(("owner", "mode"), [(0, 0o500), (0, 0), (1000, 0o755)])
def test_a_workspace_that_only_special_rights_open_is_named(tmp_path: Path, owner: int, mode: int) -> None:
    workspace = tmp_path / "work"
    workspace.mkdir()
    os.chown(workspace, owner, owner)
    workspace.chmod(mode)
    with pytest.raises(FarsideError, match="the sandbox has no rights there"):
        open_box_over(tmp_path, workspace)


def open_box_over(base: Path, workspace: Path) -> None:
    open_toolbox(workspace, base, net=False, host=Host(OUTPUTS.get, repr), private=())
