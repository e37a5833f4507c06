"""Whether a cell works a result out in another way than the cell that made it. Pure.

What can be told from the code: it needs nothing that an earlier cell made, it is not the same computation with other
names, it does not hold the result, and it computes at all. That it alone gives the result, a fresh session shows.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Sequence

from farside.missions.solve.cells import Cell
from farside.missions.solve.values import Number, numbers, stands

SESSION = frozenset({"shell", "read_file", "write_file", "edit_file", "list_files", "replace_lines"})
"""Functions that every session has."""
GIVEN = frozenset(dir(builtins)) | SESSION | {"__name__"}


def other_ways(cells: Sequence[Cell], result: Sequence[Number]) -> list[Cell]:
    """Return the cells that may have worked the result out anew, once it was there."""
    found = [cell for cell in cells if cell.ok and all(stands(number, [cell.output]) for number in result)]
    if not found or not result:
        return []
    shapes = {shape(found[0].code)}
    others = []
    for cell in found[1:]:
        if stands_alone(cell.code) and not holds(cell.code, result) and shape(cell.code) not in shapes:
            shapes.add(shape(cell.code))
            others.append(cell)
    return others


def stands_alone(code: str) -> bool:
    """Tell whether a cell computes with names of its own only."""
    tree = _parsed(code)
    if tree is None or not any(isinstance(node, ast.BinOp | ast.Call | ast.For | ast.While) for node in _work(tree)):
        return False
    return _used(tree) <= _made(tree) | GIVEN


def holds(code: str, result: Sequence[Number]) -> bool:
    """Tell whether the code has the result written in it already."""
    tree = _parsed(code)
    texts = [str(node.value) for node in ast.walk(tree) if isinstance(node, ast.Constant)] if tree else []
    return any(number.digits > 2 and stands(number, texts) for number in result)


def shape(code: str) -> str:
    """Return the computation of a cell without its names, texts and comments."""
    tree = _parsed(code)
    if tree is None:
        return code
    made = _made(tree)
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        match node:
            case ast.Name() if node.id in made:
                node.id = names.setdefault(node.id, f"v{len(names)}")
            case ast.arg() if node.arg in made:
                node.arg = names.setdefault(node.arg, f"v{len(names)}")
            case ast.FunctionDef() if node.name in made:
                node.name = names.setdefault(node.name, f"v{len(names)}")
            case ast.Constant() if isinstance(node.value, str) and not numbers(node.value):
                node.value = ""
    return ast.dump(tree)


def _parsed(code: str) -> ast.Module | None:
    try:
        return ast.parse(code)
    except (SyntaxError, ValueError, RecursionError):
        return None


def _work(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield the nodes that compute: a print alone does not."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"):
            yield node


def _used(tree: ast.Module) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}


def _made(tree: ast.Module) -> set[str]:
    made: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                made.add(name)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.arg(arg=name):
                made.add(name)
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                made |= {alias.asname or alias.name.partition(".")[0] for alias in aliases}
            case ast.ExceptHandler(name=str(name)):
                made.add(name)
    return made
