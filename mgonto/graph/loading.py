"""The bundled release and files on top of it, into a store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import pyoxigraph as ox

from mgonto.engine.embedded import add_once, keep_once, load_rdf, read_rdf
from mgonto.errors import MgontoError
from mgonto.graph.parts import split_release
from mgonto.resources import data_dir

__all__ = ["add_files", "derive_missing", "release_parts", "release_path"]

#: Bytes of a file that is looked through triple by triple, and quads that are looked for in a larger one.
_SMALL, _MANY = 64 << 20, 200_000


def release_path() -> Path:
    """The bundled release, in TriG."""
    return data_dir("release") / "mgonto.trig"


def release_parts() -> tuple[bytes, bytes]:
    """The two parts of the bundled release: what the first answer needs, and the rest.

    Raises:
        MgontoError: it cannot be read, or is not one of this version.
    """
    path = release_path()
    try:
        return split_release(path.read_bytes())
    except OSError as error:
        raise MgontoError(
            f"cannot read {path}: {error.strerror}", "install mgonto again, or: mgonto build"
        ) from error


def add_files(store: ox.Store, files: Iterable[Path]) -> None:
    """Load files into a store that has the release, with the edges that their statements yield.

    A file that brings edges has been built, by `mgonto build` or by a program that knows the rules, and is
    taken as it is: to derive the edges of a million statements takes as long as to load them.

    Raises:
        MgontoError: a file cannot be read, or its syntax is broken; the store may then have a part of it.
    """
    from mgonto.graph.edges import derive_edges

    bare = False
    held: list[ox.Quad] = []
    for path in files:
        before = _yields(store)
        held = _load(store, path, held)
        bare = bare or _yields(store, before + 1) == before
    if bare:
        # What is derived is collected first: a store is not changed while it is asked.
        store.extend(list(derive_edges(store)))


def _load(store: ox.Store, path: Path, held: list[ox.Quad]) -> list[ox.Quad]:
    """One file, and no triple in two graphs.

    A small file is looked through; of a large one, read in bulk, only what repeats the release is taken out.

    Args:
        store: has the release, and the files before this one.
        path: the file.
        held: what was looked for in the large file before this one.

    Returns:
        What is to be looked for in the next: all there is before a large file, or what was there before the
        first where that has become too much.
    """
    if path.is_file() and path.stat().st_size <= _SMALL:
        add_once(store, read_rdf(path))
        return held
    # The quads are not counted first: a store on disk counts by reading them all.
    first = list(islice(store, _MANY + 1))
    held = first if len(first) <= _MANY else held
    load_rdf(store, path)
    keep_once(store, held)
    return held


def derive_missing(store: ox.Store, release: Iterable[ox.Quad]) -> Iterator[ox.Quad]:
    """The edges that a user's statements yield beside the release; none where the data bring their own.

    Args:
        store: the user's data alone.
        release: the quads of the release, which has the terms that the data speak of.
    """
    from mgonto.graph.edges import derive_edges

    if _yields(store, 1):
        return
    whole = ox.Store()
    whole.extend(release)
    whole.bulk_extend(store)
    for quad in dict.fromkeys(derive_edges(whole)):
        if quad not in whole:
            yield quad


def _yields(store: ox.Store, most: int | None = None) -> int:
    """How many propositions yield an edge; counted up to `most`."""
    from mgonto.graph.edges import YIELDS

    return sum(1 for _ in islice(store.quads_for_pattern(None, YIELDS, None, None), most))
