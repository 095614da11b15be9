"""A SELECT in pages: how a query is wrapped, and when an answer may have been cut by the server.

Stores cut long results, and few say so: Debian's Virtuoso stops at 10,000 rows and tells it in a header
alone. So a result whose size looks like a cap is counted by the server, and what is missing is read in pages.
Pages stand outside a sub-select, because Virtuoso refuses an ORDER BY with an OFFSET beyond its cap.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mgonto.engine.binding import tokens

__all__ = ["Paged", "announced_cap", "is_partial", "looks_cut"]

#: Smaller answers are not held for cut: no server stops so soon.
_LEAST_CAP = 100


@dataclass(frozen=True, slots=True)
class Paged:
    """The parts of a SELECT that are put together anew around it.

    Attributes:
        prologue: its prefixes and base.
        dataset: its FROM clauses, which may not stand in a sub-select.
        body: the rest, from SELECT on.
        columns: what it selects, in its order; none where that is `*`.
        ordered: whether it has an order of its own.
    """

    prologue: str
    dataset: str
    body: str
    columns: tuple[str, ...]
    ordered: bool

    @classmethod
    def of(cls, query: str) -> Paged:
        """The parts of a query.

        >>> Paged.of("PREFIX a: <urn:a> SELECT ?x FROM <urn:g> { ?x a:b 1 } ORDER BY ?x")
        Paged(prologue='PREFIX a: <urn:a> ', dataset='FROM <urn:g>',
              body='SELECT ?x  { ?x a:b 1 } ORDER BY ?x', columns=('x',), ordered=True)
        """
        start, depth, ordered, in_from, in_head, after = 0, 0, False, False, False, ""
        clauses: list[tuple[int, int]] = []
        columns: list[str] = []
        for match in tokens(query):
            kind, word = match.lastgroup, match.group().upper()
            if kind in ("open", "close"):
                in_head = in_head and (depth > 0 or word != "{")
                depth += 1 if kind == "open" else -1
            elif depth == 0 and kind == "word":
                if word == "SELECT" and not start:
                    start, in_head = match.start(), True
                elif word == "FROM":
                    in_from, in_head = True, False
                    clauses.append((match.start(), match.end()))
                elif word == "ORDER":
                    ordered = True
            elif in_from and kind in ("iri", "other"):
                clauses[-1] = (clauses[-1][0], match.end())
                in_from = False
            elif in_head and match.group()[0] in "?$" and (depth == 0 or (depth == 1 and after == "AS")):
                columns.append(match.group()[1:])
            if kind != "comment":
                after = word
        body, last = [], start
        for begin, end in clauses:
            body.append(query[last:begin])
            last = end
        body.append(query[last:])
        dataset = " ".join(query[begin:end] for begin, end in clauses)
        return cls(query[:start], dataset, "".join(body), tuple(columns), ordered)

    def first(self, limit: int) -> str:
        """The query for the first rows, which also tell the columns where the query does not."""
        # Not `*` where they are known: servers give those of `*` in an order of their own.
        return self._around(_variables(self.columns) or "*", self.body) + f" LIMIT {limit}"

    def page(self, columns: Sequence[str], limit: int, offset: int) -> str:
        """The query for some rows of the result, in an order that is the same for every page.

        A query without an order gets one over all columns; that of the query itself is kept, whether or not
        it tells all rows apart: `RemoteEngine` checks that every row has come.
        """
        names = _variables(columns)
        inner = self.body
        if not self.ordered:
            keys = " ".join(f"?{each} STR(?{each})" for each in dict.fromkeys(columns))
            inner = f"SELECT {names} WHERE {{ {{ {inner}\n }} }} ORDER BY {keys}"
        return self._around(names, inner) + f" LIMIT {limit} OFFSET {offset}"

    def count(self) -> str:
        """The query for the number of rows."""
        return self._around("(COUNT(*) AS ?rows)", self.body)

    def count_distinct(self, columns: Sequence[str]) -> str:
        """The query for the number of different rows."""
        names = _variables(columns)
        return self._around("(COUNT(*) AS ?rows)", f"SELECT DISTINCT {names} WHERE {{ {{ {self.body}\n }} }}")

    def _around(self, what: str, inner: str) -> str:
        return f"{self.prologue}SELECT {what} {self.dataset} WHERE {{ {{ {inner}\n }} }}"


def _variables(columns: Sequence[str]) -> str:
    return " ".join(f"?{each}" for each in dict.fromkeys(columns))


def announced_cap(headers: Mapping[str, str]) -> int | None:
    """The most rows or triples that a server says it gives.

    >>> announced_cap({"x-sparql-maxrows": "10000"})
    10000
    """
    found = re.search(r"\d+", headers.get("x-sparql-maxrows", ""))
    return int(found[0]) if found else None


def is_partial(headers: Mapping[str, str], status: int) -> bool:
    """Whether a server says that it gave up before the end, as Virtuoso does when its time is up."""
    return status == 206 or headers.get("x-sql-state", "").strip().upper() == "S1TAT"


def looks_cut(rows: int, headers: Mapping[str, str], triples: bool = False) -> bool:
    """Whether a server may have stopped at this number: its cap, or a number that people set as one.

    Args:
        rows: how many rows there are, or `triples`.
        headers: of the answer.

    >>> looks_cut(10_000, {}), looks_cut(65_536, {}), looks_cut(1234, {})
    (True, True, False)
    >>> looks_cut(1234, {"x-sparql-maxrows": "1234"})
    True
    """
    cap = announced_cap(headers)
    if cap is not None and rows >= cap:
        return True
    if rows < _LEAST_CAP:
        return False
    if triples and "virtuoso" in headers.get("server", "").lower():
        return True  # it cuts triples without a word, one beyond its cap
    return rows % 100 == 0 or rows & (rows - 1) == 0
