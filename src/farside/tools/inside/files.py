"""Reading, writing, editing and listing files. Everything here runs inside the sandbox: its walls are the check."""

from __future__ import annotations

import os
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

SKIPPED = {".git", "__pycache__", "node_modules", ".venv"}
"""Folders that are listed, not entered."""


class ToolError(Exception):
    """A sentence for the model: what is wrong with the call, and what to do."""

    __module__ = "builtins"  # so that a traceback shows its plain name


def read_file(path: str, start: int = 1, count: int | None = None, numbers: bool = False) -> str:
    """Return the text of a file, or `count` lines of it from line `start` on, with line numbers if asked."""
    if start == 1 and count is None and not numbers:
        return _text(path)
    lines = _text(path).splitlines(keepends=True)
    first = max(1, start)
    chosen = lines[first - 1 : None if count is None else first - 1 + count]
    if not numbers:
        return "".join(chosen)
    return "".join(f"{number:>6}\t{line}" for number, line in enumerate(chosen, first))


def describe_read(path: str, start: int = 1, count: int | None = None, numbers: bool = False) -> str:
    """Return what read_file returns, with a word where that is nothing or not all of the file."""
    text = read_file(path, start, count, numbers)
    if not text and start == 1:
        return f"({path} is empty)"
    if start == 1 and count is None:
        return text
    total, shown = len(_text(path).splitlines()), len(text.splitlines())
    if not shown:
        return f"({path} has {total} lines: nothing from line {start} on)"
    if shown == total:
        return text
    return f"{text.rstrip(chr(10))}\n[lines {start} to {start + shown - 1} of {total}]"


def _text(path: str) -> str:
    file = _existing(path)
    if file.is_dir():
        raise ToolError(f"{path} is a folder: use list_files.")
    if not file.is_file():
        raise ToolError(f"{path} is neither a file nor a folder.")
    data = file.read_bytes()
    if b"\0" in data[:8192]:
        raise ToolError(f"{path} is binary ({len(data):,} bytes): read it with Python.")
    return data.decode(errors="replace").replace("\r\n", "\n")


def _existing(path: str) -> Path:
    file = Path(path)
    if file.exists():
        return file
    near = [entry.name for entry in file.parent.iterdir()] if file.parent.is_dir() else []
    close = _close(file.name, near, 3)
    hint = f" Near it: {', '.join(close)}." if close else ""
    raise ToolError(f"There is no {path}.{hint}")


def write_file(path: str, content: str) -> str:
    """Write `content` to a file, with its folders, in one step: a reader sees the old text or the new."""
    file = Path(os.path.realpath(path))
    if file.is_dir():
        raise ToolError(f"{path} is a folder.")
    known = file.exists()
    file.parent.mkdir(parents=True, exist_ok=True)
    _replace(file, content.encode(errors="surrogateescape"))
    return f"{'Replaced' if known else 'Wrote'} {path} ({content.count(chr(10)) + bool(content)} lines)."


def _replace(file: Path, data: bytes) -> None:
    mode = file.stat().st_mode & 0o7777 if file.exists() else 0o666 & ~_umask()
    draft = file.with_name(f".{file.name[:100]}.{os.getpid()}.new")
    try:
        _write_through(draft, data)
        draft.chmod(mode)
        draft.replace(file)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise ToolError(f"{file} could not be written: {error.strerror}. It is as before.") from error


def _write_through(draft: Path, data: bytes) -> None:
    with draft.open("wb") as sink:
        sink.write(data)
        sink.flush()
        os.fsync(sink.fileno())


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def edit_file(path: str, old: str, new: str, all: bool = False) -> str:
    """Replace the one place where `old` stands in a file (with `all`: every place) by `new`."""
    if not old:
        raise ToolError("`old` is empty: give the text to replace, or use write_file.")
    _text(path)
    text = Path(path).read_bytes().decode(errors="surrogateescape")
    if "\r\n" in text and "\r" not in old:
        old, new = old.replace("\n", "\r\n"), new.replace("\n", "\r\n")
    found = text.count(old)
    if not found:
        raise ToolError(f"`old` is not in {path}.{_nearest(text, old)}")
    lines = _lines_of(text, old)
    if found > 1 and not all:
        raise ToolError(
            f"`old` stands {found} times in {path}, in lines {', '.join(map(str, lines[:20]))}: "
            "give more of the text around it, or all=true."
        )
    _replace(Path(os.path.realpath(path)), text.replace(old, new).encode(errors="surrogateescape"))
    return f"Edited {path}: {found} place{'s' * (found > 1)}, line {lines[0]}{' and on' * (found > 1)}."


def replace_lines(path: str, first: int, last: int, text: str) -> str:
    """Put `text` in place of lines `first` to `last` of a file, counted from 1; last = first - 1 only inserts."""
    _text(path)
    lines = Path(path).read_bytes().decode(errors="surrogateescape").splitlines(keepends=True)
    if not 1 <= first <= last + 1 <= len(lines) + 1:
        raise ToolError(f"{path} has {len(lines)} lines: there are no lines {first} to {last}.")
    end = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    new = [f"{line}{end}" for line in text.splitlines()]
    if first > len(lines) > 0 and not lines[-1].endswith("\n"):
        lines[-1] += end
    changed = "".join([*lines[: first - 1], *new, *lines[last:]])
    _replace(Path(os.path.realpath(path)), changed.encode(errors="surrogateescape"))
    near = read_file(path, max(1, first - 2), len(new) + 4, numbers=True)
    return f"Replaced lines {first} to {last} of {path}. Now there:\n{near}"


def _lines_of(text: str, old: str) -> list[int]:
    lines, at = [], text.find(old)
    while at >= 0:
        lines.append(text.count("\n", 0, at) + 1)
        at = text.find(old, at + len(old))
    return lines


def _nearest(text: str, old: str) -> str:
    wanted = next((line for line in old.splitlines() if line.strip()), "")
    lines = text.splitlines()[:20_000]
    close = _close(wanted, lines, 1) if wanted else []
    return f" The nearest line is {lines.index(close[0]) + 1}: {close[0].strip()!r}." if close else ""


def _close(wanted: str, among: list[str], most: int) -> list[str]:
    import difflib  # only when something was wrong: each start of the sandbox would pay for it

    return difflib.get_close_matches(wanted, among, n=most, cutoff=0.5)


def list_files(path: str = ".", pattern: str = "*", depth: int = 3) -> list[str]:
    """Return the files below a folder whose name (or path below it) matches, and its folders with a slash, sorted."""
    return [name for name, _ in _entries(path, pattern, depth)]


def describe_list(path: str = ".", pattern: str = "*", depth: int = 3, most: int = 500) -> str:
    """Return the listing as lines with sizes, at most `most` of them, with a count of the rest."""
    entries = list(_entries(path, pattern, depth))
    if not entries:
        return f"(no file or folder in {path} matches {pattern} within depth {depth})"
    width = min(60, max(len(name) for name, _ in entries))
    rows = [name if size < 0 else f"{name:<{width}}  {size:,}" for name, size in entries[:most]]
    rest = len(entries) - most
    return "\n".join(rows + ([f"[... and {rest:,} more: narrow it with path or pattern]"] if rest > 0 else []))


def _entries(path: str, pattern: str, depth: int) -> Iterator[tuple[str, int]]:
    """Yield name and size (folders: name with a slash, -1)."""
    root = _existing(path)
    if not root.is_dir():
        raise ToolError(f"{path} is a file: use read_file.")
    for entry in _walk(root, depth):
        below = str(entry.relative_to(root))
        if not fnmatch(entry.name, pattern) and not fnmatch(below, pattern):
            continue
        if entry.is_dir():
            yield f"{entry}/", -1
        else:
            yield str(entry), entry.lstat().st_size


def _walk(folder: Path, depth: int) -> Iterator[Path]:
    for entry in sorted(folder.iterdir()):
        yield entry
        if depth > 1 and entry.is_dir() and not entry.is_symlink() and entry.name not in SKIPPED:
            yield from _walk(entry, depth - 1)
