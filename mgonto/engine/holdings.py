"""What a server holds: a release, of which version, and in which graphs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pyoxigraph as ox

from mgonto.engine.embedded import Row
from mgonto.errors import EndpointError
from mgonto.names import BASE

__all__ = ["Holdings", "survey"]

_VERSION = f"<{BASE}mgonto.owl> <http://www.w3.org/2002/07/owl#versionInfo> ?version"
_SEEN = f"SELECT ?version WHERE {{ {_VERSION} }} LIMIT 1"
_HIDDEN = f"SELECT ?version WHERE {{ GRAPH ?graph {{ {_VERSION} }} }} LIMIT 1"
#: Every named graph. The first costs nothing where a store knows it; the second is understood by all.
_GRAPHS = (
    "SELECT DISTINCT ?graph WHERE { GRAPH ?graph { } }",
    "SELECT DISTINCT ?graph WHERE { GRAPH ?graph { ?s ?p ?o } }",
)


@dataclass(frozen=True, slots=True)
class Holdings:
    """The version of the release on a server, and the graphs to name in every request.

    `graphs` is empty where the default graph shows everything.
    """

    version: str
    graphs: tuple[str, ...] = ()


def survey(url: str, select: Callable[[str], list[Row]]) -> Holdings:
    """What a server holds.

    Args:
        url: its address, as it may be shown.
        select: gives the rows of a SELECT.

    Raises:
        EndpointError: there is no release on it.
    """
    seen = _first(select(_SEEN))
    if seen is not None:
        return Holdings(seen)
    hidden = _first(select(_HIDDEN))
    if hidden is None:
        raise EndpointError(f"{url} holds no release of mgonto", f"load one into it: mgonto load {url}")
    # The default graph is not the union of the named ones: each request has to name them all. The protocol
    # lets it (default-graph-uri), so that the queries stay as they are.
    for query in _GRAPHS:
        graphs = sorted(row[0].value for row in select(query) if isinstance(row[0], ox.NamedNode))
        if graphs:
            return Holdings(hidden, tuple(graphs))
    raise EndpointError(
        f"{url} keeps the release in named graphs that it does not tell",
        "let its default graph be the union of the named ones, or load release/mgonto.ttl into it",
    )


def _first(rows: list[Row]) -> str | None:
    return rows[0][0].value if rows and rows[0][0] is not None else None
