"""A SPARQL endpoint as the engine: the same questions, asked over HTTP with SPARQLWrapper."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping, Sequence
from itertools import dropwhile
from typing import TYPE_CHECKING

import pyoxigraph as ox

from mgonto.engine.access import Access
from mgonto.engine.binding import Value, bind, form_of, keywords_of
from mgonto.engine.embedded import UPDATES, Row
from mgonto.engine.paging import Paged, announced_cap, is_partial, looks_cut
from mgonto.engine.refusals import unreadable
from mgonto.errors import EndpointError, UsageError
from mgonto.names import SERVER

if TYPE_CHECKING:
    from mgonto.engine.holdings import Holdings
    from mgonto.engine.transport import Answer, Transport

__all__ = ["RemoteEngine"]

_JSON = "application/sparql-results+json"
_TRIPLES = "application/n-triples"
#: Queries that give so many rows as wanted: the second from any data but none, but some servers refuse it.
_MANY = ("SELECT ?s WHERE {{ ?s ?p ?o }} LIMIT {}", "SELECT ?s WHERE {{ ?s ?p ?o . ?x ?y ?z }} LIMIT {}")
#: Asked once: a server that answers it (Oxigraph, Jena) gets queries worded anew; `mgonto serve` words them
#: anew itself.
_LATERAL = "ASK { VALUES ?a { 1 } LATERAL { VALUES ?b { 1 } } }"
#: How many things a query may name: a server may not take a long list, or reads everything for it. Who knows
#: LATERAL starts from what is named, and so many fit into the megabyte that proxies let through.
_NAMED, _NAMED_AT_MOST = 200, 10_000
_BOOLEAN = ox.NamedNode("http://www.w3.org/2001/XMLSchema#boolean")
#: Virtuoso writes true as 1.
_ONE_WAY: dict[object, ox.Literal] = {
    ox.Literal(digit, datatype=_BOOLEAN): ox.Literal(word, datatype=_BOOLEAN)
    for digit, word in (("1", "true"), ("0", "false"))
}
_NODE = re.compile(rb'("type"\s*:\s*"bnode"\s*,\s*"value"\s*:\s*")nodeID://(\w+)(?=")')
#: The forms of a query, and the methods for them.
_FORMS = {"SELECT": "select", "ASK": "ask", "CONSTRUCT": "construct", "DESCRIBE": "construct"}


class RemoteEngine:
    """Runs SPARQL on an endpoint.

    Args:
        url: the endpoint's query address.
        timeout: seconds to wait for an answer, retries included.
        access: who asks; nobody in particular unless told.
        retries: how often to ask again where the connection was lost or the server was busy.
        page: rows to ask for at a time; all at once unless told.
        max_bytes: the largest answer that is read.
        release: the version of the release that should be there. Before the first answer the engine then
            looks whether there is one, whether the default graph shows it, and whether the server knows
            LATERAL (SEP 6 of SPARQL 1.2): such a server gets the queries of the library as `narrowed` words
            them. Nothing is looked for unless told.

    Raises:
        UsageError: no http address, or a number that makes no sense.
    """

    def __init__(
        self,
        url: str,
        timeout: float = 60,
        access: Access | None = None,
        retries: int = 2,
        page: int | None = None,
        max_bytes: int = 1 << 30,
        release: str | None = None,
    ) -> None:
        from mgonto.engine.transport import Transport, check_number

        if page is not None:
            check_number("page", page, 1)
        self._transport: Transport = Transport(url, access or Access(), timeout, retries, max_bytes)
        self.url = self._transport.shown
        self._page, self._max_bytes, self._release = page, max_bytes, release
        self._holdings: Holdings | None = None
        self._rewords = False
        #: Numbers at which this server was seen not to stop.
        self._passed: set[int] = set()

    @property
    def most_named(self) -> int:
        """How many things a query may name."""
        return _NAMED_AT_MOST if self._rewords else _NAMED

    def complete(self) -> None:
        """Nothing to do: a server holds all it has."""

    def select(
        self, query: str, values: Mapping[str, Value] | None = None
    ) -> tuple[tuple[str, ...], list[Row]]:
        """The columns and rows of a SELECT, all of them.

        Raises:
            EndpointError: unreachable, refused, timed out, an answer that is no SPARQL result, or one that
                the server cut and that cannot be had whole.
            UsageError: the query is no SELECT.
        """
        return self._select(self._ready(query, values, ("SELECT",)))

    def ask(self, query: str, values: Mapping[str, Value] | None = None) -> bool:
        """The answer of an ASK; raises as `select` does."""
        found = self._parsed(self._fetch(self._ready(query, values, ("ASK",)), _JSON))
        if not isinstance(found, bool):
            raise EndpointError(
                f"{self.url} answers with rows where yes or no was asked", "check the address"
            )
        return found

    def construct(self, query: str, values: Mapping[str, Value] | None = None) -> list[ox.Triple]:
        """The triples of a CONSTRUCT or DESCRIBE, all of them; raises as `select` does."""
        answer = self._fetch(self._ready(query, values, ("CONSTRUCT", "DESCRIBE")), _TRIPLES)
        try:
            triples = [quad.triple for quad in ox.parse(answer.content, format=ox.RdfFormat.N_TRIPLES)]
        except (SyntaxError, ValueError) as error:
            raise self._unreadable(answer, "N-Triples", str(error)) from error
        if looks_cut(len(triples), answer.headers, triples=True) and self._stops_at(len(triples), answer):
            raise EndpointError(
                f"{self.url} gives {len(triples):,} triples at most, and there may be more",
                "ask for the triples with a SELECT, which is read in pages, or raise the server's limit",
            )
        return triples

    # -- all the rows --------------------------------------------------------------------------------------

    def _select(self, text: str) -> tuple[tuple[str, ...], list[Row]]:
        paged = Paged.of(text)
        columns, rows, answer = self._rows(text if self._page is None else paged.first(self._page))
        if not (len(rows) == self._page or looks_cut(len(rows), answer.headers)):
            return columns, rows
        total = self._count(paged.count(), len(rows))
        if total == len(rows):
            return columns, rows
        # From the start: what was read so far need not stand in the order of the pages.
        return columns, self._pages(paged, columns, total, self._page or len(rows), len(rows))

    def _pages(self, paged: Paged, columns: Sequence[str], total: int, size: int, seen: int) -> list[Row]:
        """All rows of a result, a page at a time; more than came, or others, would be an error."""
        rows: list[Row] = []
        read = 0
        while len(rows) < total:
            _, found, answer = self._rows(paged.page(columns, size, len(rows)))
            if any(isinstance(cell, ox.BlankNode) for row in found for cell in row):
                raise EndpointError(
                    f"{self.url} cut its answer at {seen:,} of {total:,} rows, and blank nodes cannot be "
                    "read in pages",
                    "leave the blank nodes out of the columns, or raise the server's limit",
                )
            read += len(answer.content)
            if read > self._max_bytes:
                raise EndpointError(
                    f"{self.url} has more to answer than {self._max_bytes:,} bytes",
                    "ask for less, or allow more with max_bytes=...",
                )
            if not found:
                break
            rows.extend(found)
        different = len(set(rows))
        # Were pages to overlap, the number could be right and rows be missing all the same.
        if len(rows) != total or (
            different != total and different != self._count(paged.count_distinct(columns), seen)
        ):
            raise EndpointError(
                f"{self.url} cut its answer at {seen:,} of {total:,} rows, and its pages do not add up",
                "order the query by columns that tell all rows apart, or raise the server's limit",
            )
        return rows

    def _count(self, text: str, seen: int) -> int:
        try:
            _, rows, _ = self._rows(text)
            cell = rows[0][0]
            return int(cell.value) if cell is not None else -1
        except (EndpointError, IndexError, ValueError) as error:
            told = error.message if isinstance(error, EndpointError) else "it gives no number"
            raise EndpointError(
                f"{self.url} may have cut its answer at {seen:,} rows, and they cannot be counted: {told}",
                "ask for fewer rows with LIMIT, or raise the server's limit",
            ) from error

    def _stops_at(self, number: int, answer: Answer) -> bool:
        """Whether a server gives no more than so many rows of anything, whoever asks."""
        cap = announced_cap(answer.headers)
        if cap is not None and number >= cap:
            return True
        if number not in self._passed:
            if not any(len(self._rows(each.format(number + 1))[1]) > number for each in _MANY):
                return True
            self._passed.add(number)
        return False

    # -- one answer ----------------------------------------------------------------------------------------

    def _ready(self, query: str, values: Mapping[str, Value] | None, forms: Sequence[str]) -> str:
        """The text to send. An update is never sent, whatever the server would do with it."""
        text = bind(query, values or {})
        form = form_of(text)
        if form not in forms:
            if not form:
                raise UsageError("the query is empty", "write a SELECT, ASK, CONSTRUCT or DESCRIBE")
            if form in UPDATES:
                raise UsageError(
                    "that is an update, and nothing here can be changed",
                    "write a SELECT, ASK, CONSTRUCT or DESCRIBE; mgonto load adds data",
                )
            if form not in _FORMS:
                raise UsageError(
                    f"the query does not parse: it begins with {form}",
                    "write a SELECT, ASK, CONSTRUCT or DESCRIBE",
                )
            raise UsageError(
                f"the query is no {forms[0]}",
                "use " + " or ".join(_FORMS[each] for each in _FORMS if each not in forms),
            )
        self._look()
        if self._rewords and text.startswith("#+"):
            from mgonto.engine.narrow import narrowed

            # Without its header, by which a server of mgonto behind a proxy would word it anew once more.
            return "".join(dropwhile(_is_header, narrowed(text).splitlines(keepends=True)))
        return text

    def _look(self) -> None:
        """Once: is there a release, of which version, does the default graph show it, and how is it asked?"""
        if self._release is None or self._holdings is not None:
            return
        from mgonto.engine.holdings import survey

        self._holdings = survey(self.url, lambda text: self._select(text)[1])
        self._rewords = self._is_to_be_reworded()
        if self._holdings.version != self._release:
            warnings.warn(
                f"{self.url} has release {self._holdings.version} of mgonto, and this is {self._release}: "
                f"answers may differ; load the release again, or install mgonto {self._holdings.version}",
                stacklevel=2,
            )

    def _is_to_be_reworded(self) -> bool:
        """Whether the server knows LATERAL and leaves it to the client to make use of it."""
        try:
            answer = self._fetch(_LATERAL, _JSON)
            return self._parsed(answer) is True and answer.headers.get("server") != SERVER
        except EndpointError:
            return False

    def _rows(self, text: str) -> tuple[tuple[str, ...], list[Row], Answer]:
        answer = self._fetch(text, _JSON)
        found = self._parsed(answer)
        if isinstance(found, bool):
            raise EndpointError(f"{self.url} answers yes or no where rows were asked", "check the address")
        return *found, answer

    def _parsed(self, answer: Answer) -> bool | tuple[tuple[str, ...], list[Row]]:
        told = ""
        if answer.content.lstrip().startswith(b"{"):
            # Nothing may hold on to the parser's error: what it was reading belongs to this thread alone.
            try:
                return _read(answer.content)
            except (SyntaxError, ValueError) as error:
                told = str(error)
        raise self._unreadable(answer, "JSON", told)

    def _unreadable(self, answer: Answer, wanted: str, told: str) -> EndpointError:
        return self._transport.hide(unreadable(self.url, answer.content, answer.headers, wanted, told))

    def _fetch(self, text: str, accept: str) -> Answer:
        graphs: Sequence[str] = ()
        if self._holdings is not None and "FROM" not in keywords_of(text):
            graphs = self._holdings.graphs  # a query that names its own data set gets that
        answer = self._transport.fetch(text, form_of(text), accept, graphs)
        if is_partial(answer.headers, answer.status):
            raise EndpointError(
                f"{self.url} gave up before the end, and answers with a part",
                "ask for less, or raise the server's own time limit",
            )
        return answer


def _is_header(line: str) -> bool:
    """Whether a line belongs to the header of a file of the library."""
    return line.startswith("#+")


def _read(content: bytes) -> bool | tuple[tuple[str, ...], list[Row]]:
    """The yes or no, or the columns and rows, of SPARQL results in JSON; or the error of the parser."""
    if b'"nodeID://' in content:  # Virtuoso's names for blank nodes, which no parser takes
        content = _NODE.sub(rb"\1\2", content)
    found = ox.parse_query_results(content, ox.QueryResultsFormat.JSON)
    if isinstance(found, ox.QueryBoolean):
        return bool(found)
    width = range(len(found.variables))
    rows: list[Row] = [tuple(solution[at] for at in width) for solution in found]
    if b"XMLSchema#boolean" in content:
        rows = [tuple(_ONE_WAY.get(cell, cell) for cell in row) for row in rows]
    return tuple(variable.value for variable in found.variables), rows
