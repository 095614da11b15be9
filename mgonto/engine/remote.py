"""A SPARQL endpoint as the engine: the same questions, asked over HTTP with SPARQLWrapper."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.error import URLError

import pyoxigraph as ox

from mgonto.engine.binding import Value, bind
from mgonto.engine.embedded import Row
from mgonto.errors import EndpointError, UsageError

__all__ = ["RemoteEngine"]

_JSON = "application/sparql-results+json"
_TRIPLES = "application/n-triples"


class RemoteEngine:
    """Runs SPARQL on an endpoint.

    Args:
        url: the endpoint's query address.
        timeout: seconds to wait for an answer.
    """

    def __init__(self, url: str, timeout: int = 60) -> None:
        if not url.startswith(("http://", "https://")):
            raise UsageError(f"{url} is no address of an endpoint", "write it as http://HOST:PORT/PATH")
        self.url, self.timeout = url, timeout

    def complete(self) -> None:
        """Nothing to do: a server holds all it has."""

    def select(
        self, query: str, values: Mapping[str, Value] | None = None
    ) -> tuple[tuple[str, ...], list[Row]]:
        """The columns and rows of a SELECT.

        Raises:
            EndpointError: unreachable, refused, timed out, or an answer that is no SPARQL result.
            UsageError: the query is no SELECT.
        """
        content = self._ask(bind(query, values or {}))
        try:
            found = ox.parse_query_results(content, ox.QueryResultsFormat.JSON)
            rows: list[Row] = []
            if isinstance(found, ox.QuerySolutions):
                width = range(len(found.variables))
                rows = [tuple(solution[at] for at in width) for solution in found]
        except (SyntaxError, ValueError) as error:
            raise EndpointError(
                f"{self.url} answers with broken SPARQL results: {error}", "ask again"
            ) from error
        if not isinstance(found, ox.QuerySolutions):
            raise UsageError("the query is no SELECT", "use ask for a yes or no")
        return tuple(variable.value for variable in found.variables), rows

    def ask(self, query: str, values: Mapping[str, Value] | None = None) -> bool:
        """The answer of an ASK; raises as `select` does."""
        content = self._ask(bind(query, values or {}))
        try:
            found = ox.parse_query_results(content, ox.QueryResultsFormat.JSON)
        except (SyntaxError, ValueError) as error:
            raise EndpointError(
                f"{self.url} answers with broken SPARQL results: {error}", "ask again"
            ) from error
        if not isinstance(found, ox.QueryBoolean):
            raise UsageError("the query is no ASK", "use select or construct for the other forms")
        return bool(found)

    def construct(self, query: str, values: Mapping[str, Value] | None = None) -> list[ox.Triple]:
        """The triples of a CONSTRUCT or DESCRIBE; raises as `select` does."""
        content = self._fetch(bind(query, values or {}), _TRIPLES)
        try:
            return [quad.triple for quad in ox.parse(content, format=ox.RdfFormat.N_TRIPLES)]
        except (SyntaxError, ValueError) as error:
            raise EndpointError(f"{self.url} answers with broken N-Triples: {error}", "ask again") from error

    def _ask(self, query: str) -> bytes:
        content = self._fetch(query, _JSON)
        if not content.lstrip().startswith(b"{"):
            raise EndpointError(
                f"{self.url} does not answer with SPARQL results", "give the address of the query service"
            )
        return content

    def _fetch(self, query: str, accept: str) -> bytes:
        from SPARQLWrapper import POST, SPARQLWrapper
        from SPARQLWrapper.SPARQLExceptions import SPARQLWrapperException

        wrapper = SPARQLWrapper(self.url)
        wrapper.setQuery(query)
        wrapper.setMethod(POST)
        wrapper.setOnlyConneg(True)  # no format parameter of its own beside the header
        wrapper.setTimeout(self.timeout)
        # The default Accept lists a dozen types and confuses some servers: ask for the one that is read.
        wrapper.addCustomHttpHeader("Accept", accept)
        try:
            content = wrapper.query().response.read()
        except SPARQLWrapperException as error:
            said = " ".join(str(error).split())[:300]
            raise EndpointError(
                f"{self.url} refused the query: {said}", "check the address and the query"
            ) from error
        except (URLError, OSError, ValueError) as error:
            reason = getattr(error, "reason", None) or error
            raise EndpointError(
                f"{self.url} does not answer: {reason}", "check the address, and that the server runs"
            ) from error
        return bytes(content)
