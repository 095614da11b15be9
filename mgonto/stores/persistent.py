"""The bundled release and files into a folder that `mgonto.load(store=...)` opens."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyoxigraph as ox

from mgonto.engine.disk import StoreState, build_store, state_of
from mgonto.engine.embedded import reading
from mgonto.errors import MgontoError
from mgonto.graph.loading import add_files, release_parts
from mgonto.resources import release_version

__all__ = ["load_folder"]


def load_folder(
    folder: Path, files: Sequence[Path] = (), replace: bool = False, dry_run: bool = False
) -> tuple[StoreState | None, bool]:
    """Make a folder hold the bundled release and the files, and nothing else.

    Args:
        folder: made where it is not there.
        files: RDF files.
        replace: load even what is there, and let go of files that were loaded before and are not named now.
        dry_run: say what would be done, and do nothing.

    Returns:
        What the folder holds, and whether it was loaded (or would be).

    Raises:
        MgontoError: the folder is something else, holds other files, or cannot be written; or a file cannot
            be read.
    """
    names = tuple(str(each.absolute()) for each in files)
    for each in files:
        with reading(each), each.open("rb"):
            pass  # what cannot be read is told before anything is made
    before = state_of(folder)
    core, late = release_parts()
    source: str | None = None
    if before is not None and not replace:
        source = _digest([core, late], files)
        if before.source == source:
            return before, False
        lost = [each for each in before.files if each not in names]
        if lost:
            raise MgontoError(
                f"{folder} also holds {', '.join(lost)}, which would be lost",
                "name it as well, or let go of it with --replace",
            )
    if dry_run:
        return before, True

    def fill(store: ox.Store) -> None:
        for part in (core, late):
            store.bulk_load(input=part, format=ox.RdfFormat.TRIG)
        add_files(store, files)

    with ThreadPoolExecutor(1) as beside:
        # Where nothing hangs on the digest it is made while the files are loaded.
        told = beside.submit(_digest, [core, late], files).result if source is None else source
        return build_store(folder, fill, release_version(), told, names), True


def _digest(parts: Sequence[bytes], files: Sequence[Path]) -> str:
    """Of all that is loaded: of the release, and of each file."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(hashlib.sha256(part).digest())
    for path in files:
        with reading(path), path.open("rb") as content:
            whole.update(hashlib.file_digest(content, "sha256").digest())
    return whole.hexdigest()
