"""A function that a model wrote anew, put in the place of the one that stands in a file. Pure."""

from __future__ import annotations

import ast
import sys
import textwrap
from dataclasses import dataclass

from farside.agent.code_dialect import blocks
from farside.missions.code.pointing import Function, parsed
from farside.missions.code.suspects import Suspect


@dataclass(frozen=True, slots=True)
class Written:
    """A block of a reply that defines a function."""

    source: str
    tree: ast.Module
    function: Function

    @property
    def code(self) -> str:
        """The lines of the function."""
        lines = self.source.splitlines()[self.function.lineno - 1 : self.function.end_lineno]
        return textwrap.dedent("\n".join(lines))


def written(reply: str, name: str) -> Written | None:
    """Return the first block of a reply that defines the function once; None where none does."""
    for block in blocks(reply):
        source = textwrap.dedent(block.source)
        tree = parsed(source)
        found = [node for node in ast.walk(tree) if isinstance(node, Function) and node.name == name]
        if len(found) == 1 and block.may_be_python:
            return Written(source, tree, found[0])
    return None


def replaced(text: str, suspect: Suspect, reply: str) -> str | None:
    """Return a file's text with the function that a reply wrote; None where it wrote none, or the same.

    Kept are the decorators of the old one, its docstring where the new one has none, and its indentation. Of what
    else stands in the block only imports from the standard library are taken that the file lacks.
    """
    found = written(reply, suspect.name)
    old = next(iter(parsed(suspect.source).body), None)
    if found is None or not isinstance(old, Function):
        return None
    if _does(found.function) == _does(old):
        return None
    lines = text.splitlines(keepends=True)
    end = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    kept = lines[suspect.first - 1]
    margin = kept[: len(kept) - len(kept.lstrip())]
    function = textwrap.indent(_with_docstring(found, old, suspect.source), margin).splitlines()
    lines[suspect.first - 1 : suspect.last] = [f"{line}{end}" for line in function]
    changed = _with_imports("".join(lines), _imports(found.tree), end)
    return changed if parsed(changed).body else None


def _does(node: Function) -> str:
    """Return what a function takes and does, whatever its docstring says."""
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    return ast.dump(node.args) + ast.dump(ast.Module(body, []))


def _with_docstring(found: Written, old: Function, before: str) -> str:
    """Return the lines of the new function without decorators, with the old docstring if it has none."""
    new, lines = found.function, found.code.splitlines()
    first, docstring = new.body[0], old.body[0]
    is_short = first.lineno == new.lineno or docstring.lineno == old.lineno  # all of it stands on one line
    if ast.get_docstring(new) is not None or ast.get_docstring(old) is None or is_short:
        return found.code
    said = textwrap.dedent("\n".join(before.splitlines()[docstring.lineno - 1 : docstring.end_lineno]))
    at = first.lineno - new.lineno
    while lines[at - 1].lstrip()[:1] in ("", "#", "@"):  # what stands before the first statement belongs to it
        at -= 1
    margin = lines[first.lineno - new.lineno][: first.col_offset - new.col_offset]
    return "\n".join([*lines[:at], *textwrap.indent(said, margin).splitlines(), *lines[at:]])


def _imports(tree: ast.Module) -> list[str]:
    """Return the imports at the top of a block that are of the standard library."""
    return [
        ast.unparse(node)
        for node in tree.body
        if (isinstance(node, ast.Import) and all(_is_standard(name.name) for name in node.names))
        or (isinstance(node, ast.ImportFrom) and not node.level and _is_standard(node.module or ""))
    ]


def _is_standard(module: str) -> bool:
    return module.partition(".")[0] in sys.stdlib_module_names


def _with_imports(text: str, wanted: list[str], end: str) -> str:
    """Return a file with the imports that it lacks, behind those that it has, or behind its docstring."""
    tree = parsed(text)
    there = {ast.unparse(node) for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)}
    missing = [line for line in wanted if line not in there]
    if not missing:
        return text
    heads = [
        node.end_lineno or 0
        for place, node in enumerate(tree.body)
        if isinstance(node, ast.Import | ast.ImportFrom) or (place == 0 and isinstance(node, ast.Expr))
    ]
    lines = text.splitlines(keepends=True)
    at = max(heads, default=0)
    lines[at:at] = [f"{line}{end}" for line in missing]
    return "".join(lines)
