"""What the kernel says of many names, as bytes: all that is needed to see that nothing has changed.

os.lstat takes as long to make Python values of an answer as the kernel takes to give it. Here answers are compared as
they come. Where the C library has no statx nothing is told, and each name is looked at by os.lstat.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence

PART = 128
"""Bytes of one answer: struct statx up to its times. The kernel writes as many again behind them: the device."""
NOTHING = bytes(PART)
"""The answer where there is none."""
UNLIKE = b"\xff" * PART
"""What no answer is like."""
BATCH = 256
"""Names that are asked for before the answers are copied."""
AS_LSTAT = 0x100 | 0x800
"""AT_SYMLINK_NOFOLLOW and AT_NO_AUTOMOUNT."""
BASIC = 0x7FF
"""STATX_BASIC_STATS: what stat tells."""


class Glance:
    """Looks at names. Each answer has a place of its own, so that looking makes no Python value."""

    def __init__(self, library: ctypes.CDLL | None) -> None:
        self._statx = getattr(library, "statx", None)
        self._answers = ctypes.create_string_buffer(PART * (BATCH + 1))
        start = ctypes.addressof(self._answers)
        self._places = [ctypes.c_void_p(start + PART * number) for number in range(BATCH)]

    def at(self, root: int, paths: Sequence[bytes]) -> bytes:
        """Return PART bytes for each path from the folder with the handle `root`; zeros for what is not there.

        They stay the same as long as the file does: its inode, size, rights and times are in them. Nothing where the
        C library cannot tell.
        """
        if self._statx is None:
            return b""
        return b"".join([self._batch(root, paths[at : at + BATCH]) for at in range(0, len(paths), BATCH)])

    def _batch(self, root: int, paths: Sequence[bytes]) -> bytes:
        statx = self._statx
        assert statx
        # In order: an answer's second half is overwritten by the next one's first.
        for path, place in zip(paths, self._places, strict=False):
            if statx(root, path, AS_LSTAT, BASIC, place):
                ctypes.memset(place, 0, PART)
        return ctypes.string_at(self._answers, PART * len(paths))


def parts(answers: bytes) -> list[bytes]:
    """Return each name's part of what `at` returned."""
    return [answers[at : at + PART] for at in range(0, len(answers), PART)]
