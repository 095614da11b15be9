"""The embedded engine: pyoxigraph in memory, in process, over the bundled release and a user's own data."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TypeAlias

import pyoxigraph as ox

from mgonto.engine.binding import Value, bind, keywords_of
from mgonto.engine.guard import check_query
from mgonto.errors import MgontoError, UsageError
from mgonto.names import BASE, PREFIXES

__all__ = [
    "UPDATES",
    "Cell",
    "EmbeddedEngine",
    "Row",
    "add_once",
    "keep_once",
    "load_rdf",
    "rdf_format",
    "read_rdf",
    "reading",
    "unreadable",
]

Cell: TypeAlias = ox.NamedNode | ox.Literal | ox.BlankNode | None
Row: TypeAlias = tuple[Cell, ...]

_REPEATED = """SELECT ?s ?p ?o {{ VALUES ?s {{ {} }} ?s ?p ?o }}
GROUP BY ?s ?p ?o HAVING (COUNT(*) > 1)"""
_BATCH = 100
_ASSERTS = ox.NamedNode(BASE + "asserts")
#: From so many on it is quicker to read all names once than one for each row.
_MANY = 2_000

_FORMATS = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".trig": ox.RdfFormat.TRIG,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".nq": ox.RdfFormat.N_QUADS,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".owl": ox.RdfFormat.RDF_XML,
    ".xml": ox.RdfFormat.RDF_XML,
    ".jsonld": ox.RdfFormat.JSON_LD,
    ".n3": ox.RdfFormat.N3,
}


class EmbeddedEngine:
    """Runs SPARQL over named graphs that are asked as one.

    Args:
        core: TriG that every answer needs; parsed now.
        late: gives the rest of the TriG; parsed when something asks for all of it, and once.
        store: what to stand on; a new one in memory unless told.
    """

    #: How many things a query may name.
    most_named = 20_000

    def __init__(
        self, core: bytes = b"", late: Callable[[], bytes] | None = None, store: ox.Store | None = None
    ) -> None:
        self.store = ox.Store() if store is None else store
        self._late = late
        if core:
            self.store.extend(ox.parse(core, format=ox.RdfFormat.TRIG))

    def complete(self) -> None:
        """Read what was left for later; does nothing the second time."""
        late, self._late = self._late, None
        if late is not None:
            self.store.extend(ox.parse(late(), format=ox.RdfFormat.TRIG))

    def add(self, quads: Iterable[ox.Quad]) -> None:
        """Add quads, a user's data say; a triple that is there already stays where it is."""
        add_once(self.store, quads)

    def holds_more_than(self, statements: int) -> bool:
        """Whether there are more statements than so many; sends no query."""
        found = self.store.quads_for_pattern(None, _ASSERTS, None)
        return next(islice(found, statements, None), None) is not None

    def select(
        self, query: str, values: Mapping[str, Value] | None = None
    ) -> tuple[tuple[str, ...], list[Row]]:
        """The columns and rows of a SELECT.

        Args:
            query: SPARQL with `$name` parameters.
            values: the parameters.

        Raises:
            UsageError: the query does not parse, is no SELECT, or names data outside the engine.
        """
        found = self._query(query, values)
        if not isinstance(found, ox.QuerySolutions):
            raise UsageError("the query is no SELECT", "use ask or construct for the other forms")
        columns = tuple(variable.value for variable in found.variables)
        return columns, [tuple(solution) for solution in found]

    def pairs(self, prop: str) -> Iterator[tuple[str, str]]:
        """The two ends of every triple of a property, as text, read off the index: no query is sent."""
        for quad in self.store.quads_for_pattern(None, ox.NamedNode(prop), None):
            if not isinstance(quad.subject, ox.Triple) and not isinstance(quad.object, ox.Triple):
                yield quad.subject.value, quad.object.value

    def ask(self, query: str, values: Mapping[str, Value] | None = None) -> bool:
        """The answer of an ASK; raises as `select` does."""
        found = self._query(query, values)
        if not isinstance(found, ox.QueryBoolean):
            raise UsageError("the query is no ASK", "use select or construct for the other forms")
        return bool(found)

    def construct(self, query: str, values: Mapping[str, Value] | None = None) -> list[ox.Triple]:
        """The triples of a CONSTRUCT or DESCRIBE; raises as `select` does."""
        found = self._query(query, values)
        if not isinstance(found, ox.QueryTriples):
            raise UsageError("the query is no CONSTRUCT", "use select or ask for the other forms")
        return list(found)

    def _reworded(self, query: str) -> str:
        """A query of the library as this engine answers it soonest; the same rows."""
        names: tuple[tuple[str, str], ...] = ()
        if "skos:prefLabel" in query and self._finds_many(query):
            from mgonto.engine.lookup import counted_first, names_apart, with_names

            query, names = names_apart(query)
            query = counted_first(query)
        if " IN " in query:
            from mgonto.engine.narrow import narrowed

            query = narrowed(query)
        return with_names(query, names) if names else query

    def _finds_many(self, query: str) -> bool:
        """Whether each list of things that a query asks for is named by many triples; where it has no list,
        whether there are many statements."""
        from mgonto.engine.lookup import lists_of

        lists = lists_of(query)
        return self.holds_more_than(_MANY) if not lists else all(map(self._often_named, lists))

    def _often_named(self, iris: Iterable[str]) -> bool:
        found = (quad for iri in iris for quad in self.store.quads_for_pattern(None, None, ox.NamedNode(iri)))
        return next(islice(found, _MANY, None), None) is not None

    def _query(
        self, query: str, values: Mapping[str, Value] | None
    ) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        text = bind(query, values or {})
        words = keywords_of(text)
        check_query(text)
        try:
            # A query that names its own data set (FROM) gets that, of the graphs that are loaded.
            # Only queries of the library are worded anew: what a user writes is asked as it stands.
            if text.startswith("#+"):
                text = self._reworded(text)
            return self.store.query(text, use_default_graph_as_union="FROM" not in words)
        except SyntaxError as error:
            raise unreadable(text, words, str(error)) from error


#: What begins a SPARQL update, and what begins a query.
UPDATES = frozenset(("INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "COPY", "MOVE", "ADD", "WITH"))
_QUERIES = frozenset(("SELECT", "ASK", "CONSTRUCT", "DESCRIBE"))
#: What is no name: strings, IRIs and comments.
_NO_NAMES = re.compile(r"""\"(?:\\.|[^"\\])*\"|'(?:\\.|[^'\\])*'|<[^<>\s]*>|\#[^\n]*""")
_DECLARED = re.compile(r"PREFIX\s+([\w.-]*):", re.IGNORECASE)
_PREFIXED = re.compile(r"(?<![\w?$:.-])([A-Za-z][\w.-]*):")
#: So much of the list of what a parser would take is worth reading.
_MOST_EXPECTED = 120


def unreadable(text: str, words: frozenset[str], told: str) -> UsageError:
    """What is wrong with a query that does not parse, in words that its writer can use."""
    if not text.strip():
        return UsageError("the query is empty", "write a SELECT, ASK, CONSTRUCT or DESCRIBE")
    if words & UPDATES and not words & _QUERIES:
        return UsageError(
            "that is an update, and nothing here can be changed",
            "write a SELECT, ASK, CONSTRUCT or DESCRIBE; --data FILE adds data",
        )
    names = _NO_NAMES.sub(" ", text)
    declared = set(_DECLARED.findall(names))
    for prefix in _PREFIXED.findall(names):
        if prefix not in declared:
            return UsageError(
                f"the query does not parse: the prefix {prefix}: is not declared",
                f"add at the top: PREFIX {prefix}: <{PREFIXES.get(prefix, '...')}>",
            )
    short = told if len(told) <= _MOST_EXPECTED else told[:_MOST_EXPECTED].rsplit(", ", 1)[0] + " ..."
    return UsageError(f"the query does not parse: {short}", "mend it there: line and column are told")


def rdf_format(path: Path) -> ox.RdfFormat:
    """The syntax of an RDF file, by its extension.

    Raises:
        MgontoError: an unknown extension.
    """
    form = _FORMATS.get(path.suffix.lower())
    if form is None:
        raise MgontoError(
            f"cannot tell the format of {path}", "name it " + ", ".join(f"*{each}" for each in _FORMATS)
        )
    return form


def read_rdf(path: Path) -> list[ox.Quad]:
    """The quads of an RDF file, by its extension.

    Raises:
        MgontoError: unreadable, an unknown extension, or broken syntax (with line and column).
    """
    form = rdf_format(path)
    with reading(path):
        return list(ox.parse(path=str(path), format=form))


def add_once(store: ox.Store, quads: Iterable[ox.Quad]) -> None:
    """Add quads whose triples are in no graph yet.

    In two graphs a triple would be two rows of each answer: the engine shows all graphs as one without
    looking for what they have in common.
    """
    new = {quad.triple: quad for quad in quads if not _places(store, quad.triple)}
    store.extend(new.values())


def keep_once(store: ox.Store, quads: Iterable[ox.Quad]) -> None:
    """Take the triples of quads that the store has out of every other graph than their first.

    What repeats is found by queries over the subjects, so many at a time. A query counts without reading
    names and texts, each of which on disk is a look-up of its own: to read what is said about the terms of
    the release took as long, beside a million statements, as to load these.
    """
    graphs: dict[ox.Triple, ox.NamedNode | ox.BlankNode | ox.DefaultGraph] = {}
    for quad in quads:
        graphs.setdefault(quad.triple, quad.graph_name)
    for triple in _repeated(store, graphs):
        if triple in graphs:
            for other in _places(store, triple):
                if other.graph_name != graphs[triple]:
                    store.remove(other)


def _repeated(store: ox.Store, triples: Iterable[ox.Triple]) -> Iterator[ox.Triple]:
    """What may be in more than one graph: what is, of the subjects of these, and all about blank nodes."""
    subjects: dict[ox.NamedNode, None] = {}
    for triple in triples:
        if isinstance(triple.subject, ox.NamedNode):
            subjects[triple.subject] = None
        else:
            yield triple
    left = iter(subjects)
    while batch := " ".join(map(str, islice(left, _BATCH))):
        found = store.query(_REPEATED.format(batch), use_default_graph_as_union=True)
        assert isinstance(found, ox.QuerySolutions)
        # To the end before anything is removed: a store is not changed while it is asked.
        yield from [ox.Triple(*row) for row in found]


def _places(store: ox.Store, triple: ox.Triple) -> list[ox.Quad]:
    return list(store.quads_for_pattern(triple.subject, triple.predicate, triple.object, None))


def load_rdf(store: ox.Store, path: Path) -> None:
    """Put the quads of an RDF file into a store, without holding them in Python.

    Raises:
        MgontoError: as `read_rdf`; the store may then have a part of them.
    """
    form = rdf_format(path)
    with reading(path):
        store.bulk_load(path=str(path), format=form)


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Tell in two lines what is wrong with a file that is read: it is not there, or its syntax is broken."""
    try:
        yield
    except OSError as error:
        raise MgontoError(f"cannot read {path}: {error.strerror or error}", "check the path") from error
    except SyntaxError as error:
        place = f":{error.lineno}:{error.offset}" if error.lineno else ""
        raise MgontoError(
            f"{path}{place}: {error.msg}", "mend the syntax there, or convert the file"
        ) from error
