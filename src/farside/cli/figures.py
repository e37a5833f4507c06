"""Numbers as people read them. Pure."""

from __future__ import annotations


def tokens(count: int) -> str:
    """Return a count of tokens: 950, 12.3k, 1.2M."""
    if count < 1_000:
        return str(count)
    if count < 999_500:
        return f"{count / 1e3:.1f}k" if count < 99_950 else f"{count / 1e3:.0f}k"
    return f"{count / 1e6:.1f}M"


def duration(seconds: float) -> str:
    """Return a length of time in its two largest units: 3.2 s, 45 s, 3 min 12 s, 2 h 5 min; 3 s for an int."""
    if seconds < 9.95 and not float(seconds).is_integer():
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3_600:
        return f"{whole // 60} min {whole % 60} s"
    if whole < 86_400:
        return f"{whole // 3_600} h {whole % 3_600 // 60} min"
    return f"{whole // 86_400} d {whole % 86_400 // 3_600} h"


def dollars(amount: float) -> str:
    """Return an amount of money; small ones keep two significant digits."""
    if 0 < amount < 0.0095:
        return f"${amount:.4f}"
    return f"${amount:.2f}" if amount < 100 else f"${amount:,.0f}"


def count(number: int, thing: str) -> str:
    """Return "1 step", "2 steps"."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def percent(part: float, whole: float) -> str:
    """Return a share; "0%" of nothing."""
    return f"{100 * part / whole:.0f}%" if whole else "0%"
