"""A triple store over HTTP: whole graphs in and out, counted by query.

Every request may be sent twice and changes nothing the second time: a graph is replaced whole, or gets
triples without blank nodes. So a request whose answer was lost is sent again without a second thought.
"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterable, Sequence
from urllib.parse import quote, urlencode

import pyoxigraph as ox

from mgonto.engine.access import Access
from mgonto.engine.transport import Answer, Transport
from mgonto.errors import EndpointError
from mgonto.stores.presets import Addresses, Preset

__all__ = ["TripleStore", "server_of"]

_JSON = "application/sparql-results+json"
_TRIPLES = "application/n-triples"
#: After a lost connection: six times, within eight seconds or so.
_RETRIES = 5


class TripleStore:
    """A store into which graphs are put.

    Args:
        preset: what kind of store it is.
        addresses: where it is asked and changed.
        access: who does so.
        timeout: seconds for one request.
    """

    def __init__(
        self,
        preset: Preset,
        addresses: Addresses,
        access: Access,
        timeout: float = 600,
        retries: int = _RETRIES,
    ) -> None:
        self.preset = preset

        def transport(url: str | None) -> Transport | None:
            return None if url is None else Transport(url, access, timeout, retries)

        self._asked = Transport(addresses.query, access, timeout, retries)
        self.url = self._asked.shown
        self._updated = transport(addresses.update)
        self._graphs = transport(addresses.graphs)

    def count(self, graph: str) -> int:
        """How many triples a graph has, by query."""
        return int(self._values(f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}")[0])

    def has(self, graph: str, triple: str) -> bool:
        """Whether a graph has a triple (in N-Triples, without its dot)."""
        text = f"ASK {{ GRAPH <{graph}> {{ {triple} }} }}"
        return bool(self._answer(text, "ASK").get("boolean"))

    def about(self, graph: str, subjects: Iterable[str]) -> list[ox.Triple]:
        """The triples of a graph that have one of some IRIs (in angle brackets) for their subject.

        Triples are not asked for as VALUES: Virtuoso finds no text with a language there.
        """
        asked = f"VALUES ?s {{ {' '.join(subjects)} }} GRAPH <{graph}> {{ ?s ?p ?o }}"
        return self._triples(
            self._asked.fetch(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {asked} }}", "CONSTRUCT", _TRIPLES)
        )

    def graphs(self, base: str) -> tuple[str, ...]:
        """The named graphs whose IRI begins with `base`."""
        text = f"SELECT DISTINCT ?g WHERE {{ GRAPH ?g {{ ?s ?p ?o }} FILTER(STRSTARTS(STR(?g), '{base}')) }}"
        return tuple(sorted(self._values(text)))

    def read(self, graph: str) -> list[ox.Triple]:
        """The triples of a graph.

        Raises:
            EndpointError: no answer, or none that can be read.
        """
        if self._graphs is not None:
            answer = self._graphs.send(lambda url: _request(_at(url, graph), "GET", accept=_TRIPLES))
        else:
            text = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
            answer = self._asked.fetch(text, "CONSTRUCT", _TRIPLES)
        return self._triples(answer)

    def replace(self, graph: str, triples: Sequence[str]) -> None:
        """Make a graph hold these triples alone.

        Args:
            graph: its IRI.
            triples: lines of N-Triples.
        """
        if self._graphs is not None:
            body = "".join(triples).encode()
            self._graphs.send(lambda url: _request(_at(url, graph), "PUT", body, _TRIPLES))
        else:
            self._update(f"DROP SILENT GRAPH <{graph}> ;\n{_insert(graph, triples)}")

    def add(self, graph: str, triples: Sequence[str]) -> None:
        """Add triples without blank nodes to a graph.

        Args:
            graph: its IRI.
            triples: lines of N-Triples.
        """
        if self._graphs is not None:
            body, more = "".join(triples).encode(), self.preset.adding
            self._graphs.send(lambda url: _request(_at(url, graph, more), "POST", body, _TRIPLES))
        else:
            self._update(_insert(graph, triples))

    def drop(self, graph: str) -> None:
        """Remove a graph; it need not be there."""
        if self._updated is not None and self.preset.name != "virtuoso":
            self._update(f"DROP SILENT GRAPH <{graph}>")
        else:
            assert self._graphs is not None, "a store that is changed has an address for it"
            self._graphs.send(lambda url: _request(_at(url, graph), "DELETE"))

    def _update(self, text: str) -> None:
        if self._updated is None:
            raise EndpointError(
                f"there is no address to change {self.url} by", "give one with --update or --graph-store"
            )
        body = text.encode()
        self._updated.send(lambda url: _request(url, "POST", body, "application/sparql-update"))

    def _triples(self, answer: Answer) -> list[ox.Triple]:
        kind = answer.headers.get("content-type", "").split(";")[0].strip()
        form = ox.RdfFormat.from_media_type(kind) or ox.RdfFormat.N_TRIPLES
        try:
            return [quad.triple for quad in ox.parse(answer.content, format=form)]
        except (SyntaxError, ValueError) as error:
            raise EndpointError(
                f"{self.url} answers with RDF that cannot be read: {error}", "ask again"
            ) from error

    def _values(self, text: str) -> list[str]:
        """The first column of a SELECT."""
        found = self._answer(text, "SELECT")
        try:
            (name,) = found["head"]["vars"]  # type: ignore[index]
            return [row[name]["value"] for row in found["results"]["bindings"]]  # type: ignore[index]
        except (KeyError, TypeError, ValueError) as error:
            raise EndpointError(
                f"{self.url} does not answer with SPARQL results", "give the address of the query service"
            ) from error

    def _answer(self, text: str, form: str) -> dict[str, object]:
        answer = self._asked.fetch(text, form, _JSON)
        try:
            found = json.loads(answer.content)
        except ValueError as error:
            raise EndpointError(
                f"{self.url} does not answer with SPARQL results", "give the address of the query service"
            ) from error
        return found if isinstance(found, dict) else {}


def server_of(url: str, access: Access, timeout: float) -> str | None:
    """What the server at an address calls itself in its header, asked with a query that any store answers.

    Raises:
        EndpointError: nobody answers there.
    """
    seen: list[Answer] = []
    transport = Transport(url, access, timeout, 3)  # a server that was just started may not listen yet
    try:
        seen.append(transport.send(lambda at: _request(_with(at, urlencode({"query": "ASK {}"})), "GET")))
    except EndpointError as error:
        if error.__cause__ is not None:  # nobody there; a refusal is an answer
            raise
        return None
    return seen[0].headers.get("server")


def _insert(graph: str, triples: Iterable[str]) -> str:
    return f"INSERT DATA {{ GRAPH <{graph}> {{\n{''.join(triples)}}} }}"


def _at(url: str, graph: str, more: str = "") -> str:
    return _with(url, f"graph={quote(graph, safe='')}{'&' + more if more else ''}")


def _with(url: str, parameters: str) -> str:
    """An address with further parameters: it may have some of its own, a key say."""
    return f"{url}{'&' if '?' in url else '?'}{parameters}"


def _request(
    url: str, method: str, body: bytes | None = None, kind: str | None = None, accept: str = "*/*"
) -> urllib.request.Request:
    headers = {"Accept": accept}
    if kind is not None:
        headers["Content-Type"] = kind
    return urllib.request.Request(url, body, headers, method=method)
