"""Functions and files stay small: what clear thought leaves behind, and a smoke alarm when it is missing."""

from collections.abc import Iterable
from pathlib import Path
from statistics import median, quantiles

from tests.house.sources import Source, benchmarks, functions, length, package, suite, write

CAP = 60
MEDIAN = 10
NINE_IN_TEN = 30
FILE_CAP = 400


def too_long(sources: Iterable[Source]) -> list[str]:
    return [
        f"{source.path}:{function.lineno}: {function.name} has {length(function)} lines"
        for source in sources
        for function in functions(source)
        if length(function) > CAP
    ]


def files_too_long(sources: Iterable[Source]) -> list[str]:
    counted = ((source.path, len(source.text.splitlines())) for source in sources)
    return [f"{path} has {lines} lines" for path, lines in counted if lines > FILE_CAP]


def spread(sources: Iterable[Source]) -> tuple[float, float]:
    """Return the median and the 90th percentile of function lengths."""
    lengths = [length(function) for source in sources for function in functions(source)]
    return median(lengths), quantiles(lengths, n=10, method="inclusive")[8]


def test_no_function_is_too_long() -> None:
    assert too_long((*package(), *suite(), *benchmarks())) == []


def test_no_file_is_too_long() -> None:
    assert files_too_long((*package(), *suite(), *benchmarks())) == []


def test_most_functions_are_read_in_one_breath() -> None:
    middle, ninth = spread(package())
    assert (middle <= MEDIAN, ninth <= NINE_IN_TEN) == (True, True), f"median {middle}, p90 {ninth}"


def body(lines: int) -> str:
    """Return a function of that many lines under a decorator and a nested one."""
    return "@decorator\ndef f():\n" + "    x = 1\n" * (lines - 1)


def test_lengths_count_the_docstring_and_not_the_decorator(tmp_path: Path) -> None:
    sources = write(tmp_path, {"a.py": '@one\n@two\ndef f():\n    """Say.\n\n    More.\n    """\n    return 1\n'})
    assert [length(function) for source in sources for function in functions(source)] == [6]


def test_what_is_too_long_is_found(tmp_path: Path) -> None:
    sources = write(tmp_path, {"cap.py": body(CAP), "over.py": body(CAP + 1), "file.py": "x = 1\n" * (FILE_CAP + 1)})
    assert too_long(sources) == [f"{tmp_path / 'over.py'}:2: f has {CAP + 1} lines"]
    assert files_too_long(sources) == [f"{tmp_path / 'file.py'} has {FILE_CAP + 1} lines"]


def test_the_spread_is_measured(tmp_path: Path) -> None:
    sources = write(tmp_path, {f"f{lines}.py": body(lines) for lines in range(2, 13)})
    assert spread(sources) == (7, 11)
