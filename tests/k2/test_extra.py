"""Without the extra `k2`, the commands that rest on it name it in one sentence."""

import subprocess
import sys
from pathlib import Path

import pytest

from farside.k2.byte_tokenizer import write_byte_tokenizer

COMMANDS = {
    "farside k2 synth": ["synth", "made-up", "--config", "tiny"],
    "farside k2 quantize": ["quantize", "bf16", "int4"],
    "The K2 tokenizer": ["tokenize", "--tokenizer", "."],
}
MISSING = (
    "import sys; sys.modules |= {'torch': None, 'tiktoken': None}; from farside.cli.app import run; run(sys.argv[1:])"
)


@pytest.mark.parametrize("what", COMMANDS)
def test_a_command_names_the_package_that_it_needs(what: str, tmp_path: Path) -> None:
    write_byte_tokenizer(tmp_path)
    command = [sys.executable, "-c", MISSING, "k2", *COMMANDS[what]]
    done = subprocess.run(command, cwd=tmp_path, input="", capture_output=True, text=True, check=False)
    package = "tiktoken" if what == "The K2 tokenizer" else "torch"
    told = f"farside: {what} needs {package}, which is not here.\n  pip install 'farside[k2]'\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", told)
