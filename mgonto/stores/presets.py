"""What mgonto knows of each triple store: its addresses, and how it wants to be loaded.

Oxigraph and Virtuoso are loaded by the tests; the others are written from their documentation, which
docs/stores.md names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from mgonto.engine.access import without_secrets
from mgonto.errors import UsageError

__all__ = ["PRESETS", "Addresses", "Preset", "preset_of"]


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a store is asked, changed, and given whole graphs; None for what it does not have."""

    query: str
    update: str | None = None
    graphs: str | None = None


@dataclass(frozen=True, slots=True)
class Preset:
    """A kind of store.

    Args:
        name: the word for `--preset`.
        query, update, graphs: the ends of its addresses after the base; None where it has no such address.
        server: a part of the header `Server` by which it is known.
        path: a pattern in the path of an address by which it is known.
        batch: triples in a request.
        adding: parameters for a request that adds to a graph.
        note: what its user must know beforehand.

    >>> PRESETS["oxigraph"].addresses("http://localhost:7878").graphs
    'http://localhost:7878/store'
    >>> PRESETS["fuseki"].addresses("http://localhost:3030/ds/query").update
    'http://localhost:3030/ds/update'
    """

    name: str
    query: str
    update: str | None
    graphs: str | None
    server: str | None = None
    path: str | None = None
    batch: int = 50_000
    adding: str = ""
    note: str = ""

    def addresses(self, url: str) -> Addresses:
        """The addresses that belong to a base address, or to any one of them."""
        parts = urlsplit(url)
        ends = sorted({each for each in (self.query, self.update, self.graphs) if each}, key=len)
        path = parts.path.rstrip("/")
        for end in reversed(ends):
            if path.endswith(end):
                path = path.removesuffix(end)
                break

        def at(end: str | None) -> str | None:
            return None if end is None else parts._replace(path=(path + end) or "/", fragment="").geturl()

        return Addresses(at(self.query) or url, at(self.update), at(self.graphs))


#: By the word for `--preset`, in the order in which an address is held against them.
PRESETS: dict[str, Preset] = {
    each.name: each
    for each in (
        Preset(
            "virtuoso",
            "/sparql",
            "/sparql-auth",
            "/sparql-graph-crud-auth",
            server="virtuoso",
            path=r"/sparql-(auth|graph-crud(-auth)?)/?$",
            # It reads a body of any size, but is at its best with some megabytes.
            batch=20_000,
            note="it takes no data from a stranger: MGONTO_USER and MGONTO_PASSWORD, of dba say",
        ),
        Preset(
            "blazegraph",
            "/sparql",
            "/sparql",
            None,
            path=r"/(blazegraph|bigdata)(/|$)",
            batch=20_000,
            note="its namespace must be one of quads",
        ),
        Preset(
            "rdf4j",
            "",
            "/statements",
            "/rdf-graphs/service",
            path=r"/rdf4j-server/repositories/[^/]+",
        ),
        Preset(
            "graphdb",
            "",
            "/statements",
            "/rdf-graphs/service",
            server="graphdb",
            path=r"/repositories/[^/]+",
            note="make the repository with the ruleset empty, or it infers further triples",
        ),
        Preset(
            "fuseki",
            "/query",
            "/update",
            "/data",
            server="fuseki",
            path=r"/[^/]+/(data|update|query)/?$",
            note="the address names the data set, as in http://localhost:3030/ds",
        ),
        Preset(
            "oxigraph",
            "/query",
            "/update",
            "/store",
            server="oxigraph",
            path=r"^/(store|update|query)/?$",
            # Without a transaction it loads three times as fast. What is added is added again where it stops.
            adding="no_transaction",
            batch=100_000,
        ),
        Preset(
            "qlever",
            "",
            "",
            "",
            server="qlever",
            note="it changes nothing without its access token: MGONTO_TOKEN",
        ),
        Preset("generic", "", "", None, note="one address for queries and updates, unless told otherwise"),
    )
}


def preset_of(url: str, server: str | None = None) -> Preset:
    """The kind of store at an address, by what it says of itself, else by the form of the address.

    Args:
        url: the address.
        server: its header `Server`.

    Raises:
        UsageError: neither tells.

    >>> preset_of("http://localhost:7200/repositories/mg").name
    'graphdb'
    >>> preset_of("http://localhost:8890", "Virtuoso/07.20.3229 (Linux)").name
    'virtuoso'
    """
    said = (server or "").lower()
    for preset in PRESETS.values():
        if preset.server and preset.server in said:
            return preset
    path = urlsplit(url).path
    # /query alone is Oxigraph's and /ds/query is Fuseki's: the shorter form is held first.
    for name in ("virtuoso", "blazegraph", "rdf4j", "graphdb", "oxigraph", "fuseki"):
        pattern = PRESETS[name].path
        if pattern and re.search(pattern, path):
            return PRESETS[name]
    raise UsageError(
        f"cannot tell what kind of store {without_secrets(url)} is",
        "say it with --preset: " + ", ".join(PRESETS),
    )
