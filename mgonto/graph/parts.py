"""The two parts of a release file: what the first answer needs, and the rest."""

from __future__ import annotations

from mgonto.errors import MgontoError

__all__ = ["LATE_MARK", "split_release"]

#: Divides `mgonto.trig`: before it stands what the first answer needs, after it all the rest.
LATE_MARK = b"\n# ==== below: what the first answer does not need; read when it is asked for ====\n"


def split_release(trig: bytes) -> tuple[bytes, bytes]:
    """The two parts of a release, each a TriG document of its own.

    Raises:
        MgontoError: the mark is missing, so the file is no release of this version.
    """
    core, mark, late = trig.partition(LATE_MARK)
    if not mark:
        raise MgontoError("the release file is not one of this version", "build it again: mgonto build")
    return core, _head(core) + late


def _head(document: bytes) -> bytes:
    """The `@prefix` lines with which a document starts."""
    end = 0
    for line in document.splitlines(keepends=True):
        if not line.startswith(b"@prefix"):
            break
        end += len(line)
    return document[:end]
