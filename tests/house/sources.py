"""The project's own Python files, parsed once, for the tests of the house rules."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """One Python file."""

    path: Path
    module: str
    """Dotted name below its tree's root: `farside.agent.fold`; a package has its own name."""
    text: str
    tree: ast.Module

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """All of the tree, walked once."""
        return tuple(ast.walk(self.tree))

    @property
    def room(self) -> str:
        """The first name below farside: `agent`, `models`, `errors`; "" for farside itself."""
        return [*self.module.split("."), ""][1]


def read(root: Path) -> list[Source]:
    """Parse every Python file under `root`, whose folders are packages."""
    return [parse(path, root) for path in sorted(root.rglob("*.py"))]


def parse(path: Path, root: Path) -> Source:
    names = path.relative_to(root).with_suffix("").parts
    text = path.read_text()
    return Source(path, ".".join(name for name in names if name != "__init__"), text, ast.parse(text))


def write(root: Path, files: dict[str, str]) -> list[Source]:
    """Return a small tree of sources, made for the proof that a rule can fail."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return read(root)


@cache
def package() -> tuple[Source, ...]:
    """Return what ships: src/."""
    found = tuple(read(ROOT / "src"))
    assert len(found) > 10, "src/ was not found: these tests would pass on nothing"
    return found


@cache
def suite() -> tuple[Source, ...]:
    return tuple(read(ROOT / "tests"))


@cache
def benchmarks() -> tuple[Source, ...]:
    return tuple(read(ROOT / "bench"))


def functions(source: Source) -> Iterator[Function]:
    """Yield every function and method, nested ones too."""
    for node in source.nodes:
        if isinstance(node, Function):
            yield node


def length(function: Function) -> int:
    """Return last line - first line + 1: the docstring counts, decorators do not."""
    assert function.end_lineno is not None
    return function.end_lineno - function.lineno + 1


def imports(source: Source) -> Iterator[tuple[str, int]]:
    """Yield each imported module with its line, wherever the import stands; `from a import b` yields a and a.b."""
    for node in source.nodes:
        if isinstance(node, ast.Import):
            for name in node.names:
                yield name.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            base = absolute(source, node)
            yield base, node.lineno
            for name in node.names:
                yield f"{base}.{name.name}", node.lineno


def absolute(source: Source, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    package = source.module.split(".")
    if source.path.name != "__init__.py":
        package = package[:-1]
    base = package[: len(package) - node.level + 1]
    return ".".join([*base, *(node.module.split(".") if node.module else [])])


def within(module: str, names: tuple[str, ...]) -> bool:
    """Say whether a module is one of the names or lies below one."""
    return any(module == name or module.startswith(f"{name}.") for name in names)
