"""A zip of named texts, the same bytes for the same texts: what EPUB and DOCX are. Pure."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from io import BytesIO

BEGINNING = (1980, 1, 1, 0, 0, 0)


def zipped(files: Mapping[str, str], stored: str = "") -> bytes:
    """Return the files as a zip in their order; `stored` is not compressed."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            info = zipfile.ZipInfo(name, BEGINNING)
            info.compress_type = zipfile.ZIP_STORED if name == stored else zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, text.encode())
    return out.getvalue()
