"""What is checked: the bundled release, or a user's files on top of it, in one store.

A user's triples stand in the default graph. What they stand on (vocabulary and terms, the bundled sentences
and references that they point at, the edges that follow from them) stands beside them in the graph `BUNDLED`:
it is there for the shapes to look at, and is not itself judged again.
"""

from __future__ import annotations

import re
import tempfile
import xml.parsers.expat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import pyoxigraph as ox

from mgonto.compiler.rdf import Triple
from mgonto.engine.embedded import rdf_format
from mgonto.errors import MgontoError, Problem
from mgonto.graph.edges import YIELDS, derive_edges
from mgonto.names import BASE, PREFIXES, graph_iri
from mgonto.resources import data_dir
from mgonto.validation.namespaces import nearly_right

__all__ = [
    "BUNDLED",
    "Checked",
    "Source",
    "bundled_release",
    "bundled_store",
    "collect",
    "ntriples_of",
    "read_source",
    "write_ntriples",
]

#: The graph of what a user's data stand on.
BUNDLED = ox.NamedNode("urn:x-mgonto:bundled")
_DEFAULT = ox.DefaultGraph()
_TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")
_ONTOLOGY = ox.NamedNode(PREFIXES["owl"] + "Ontology")
_CURATION = (".yaml", ".yml", ".csv", ".tsv")
_SHAPES = graph_iri("shapes")
#: Who writes one of these of a node, writes the node.
_DECLARES = (
    _TYPE,
    *(
        ox.NamedNode(BASE + name)
        for name in ("asserts", "subject", "cites", "hasQuantity", "quantityRole", "locator")
    ),
)


@dataclass(frozen=True, slots=True)
class Source:
    """One file of the user, read: its triples in the default graph of `store`.

    `places` has line and column of nodes where the reader knows them; an RDF file is searched for them later.
    `problems` are what the compiler says; `broken` is set where nothing could be read at all.
    """

    path: Path
    store: ox.Store = field(default_factory=ox.Store)
    frame: tuple[Triple, ...] = ()
    problems: tuple[Problem, ...] = ()
    places: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    broken: bool = False

    @property
    def is_rdf(self) -> bool:
        """Whether it is RDF and no curation file."""
        return self.path.suffix.lower() not in _CURATION


@dataclass(frozen=True, slots=True)
class Checked:
    """The store that shapes and checks look at; `whole` where all of it is judged."""

    store: ox.Store
    whole: bool

    def is_judged(self, node: ox.NamedNode | ox.BlankNode | ox.Literal) -> bool:
        """Whether a finding about this node is about the user's data.

        That is a node which they describe, or name where nobody describes it. Blank nodes have labels of each
        engine's own; the bundled ones are those of class axioms, which a user's data cannot break.
        """
        if self.whole:
            return True
        if isinstance(node, ox.Literal):
            return _any(self.store, None, node, _DEFAULT)
        if isinstance(node, ox.BlankNode):
            return any(
                isinstance(quad.subject, ox.BlankNode)
                for quad in self.store.quads_for_pattern(None, None, None, _DEFAULT)
            )
        if _any(self.store, node, None, _DEFAULT):
            return True
        return _any(self.store, None, node, _DEFAULT) and not _any(self.store, node, None, BUNDLED)


def _any(
    store: ox.Store,
    subject: ox.NamedNode | None,
    value: ox.NamedNode | ox.Literal | None,
    graph: ox.NamedNode | ox.DefaultGraph,
) -> bool:
    return next(store.quads_for_pattern(subject, None, value, graph), None) is not None


def read_source(path: Path, bundle: ox.Store) -> Source:
    """Read one file; broken syntax becomes a problem of it.

    Raises:
        MgontoError: the file cannot be read at all, or its extension says nothing.
    """
    if not path.exists():
        raise MgontoError(f"there is no file {path}", "check the path")
    if path.suffix.lower() in _CURATION:
        from mgonto.validation.curation import read_curation

        read = read_curation(path, bundle)
        broken = any(" syntax: " in each.message or "cannot read" in each.message for each in read.problems)
        store = ox.Store()
        store.bulk_extend(ox.Quad(*triple, _DEFAULT) for triple in read.triples)
        return Source(path, store, read.frame, read.problems, read.places, read.notes, broken)
    try:
        store = _flat(path)
    except MgontoError as error:
        raise MgontoError(
            error.message, ", ".join((error.hint, *(f"*{each}" for each in _CURATION)))
        ) from error
    except OSError as error:
        raise MgontoError(f"cannot read {path}: {error.strerror or error}", "check the path") from error
    except SyntaxError as error:
        return Source(path, problems=(_syntax_problem(path, error),), broken=True)
    wrong = nearly_right(path, store)
    if wrong is not None:
        return Source(path, problems=(wrong,), broken=True)
    notes: tuple[str, ...] = ()
    if not len(store):
        notes = (f"{path} is empty: nothing in it was checked",)
    elif not any(BASE in str(t.predicate) or BASE in str(t.object) for t in store):
        notes = (f"{path} holds nothing in the words of this model: no shape speaks of it",)
    return Source(path, store, notes=notes)


def _flat(path: Path) -> ox.Store:
    """The triples of a file, its graphs merged but for that of the shapes.

    All by the engine, graph by graph: a million triples as Python objects would cost more than checking them.
    """
    form, store = rdf_format(path), ox.Store()
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "data.nt"
        if form == ox.RdfFormat.N_QUADS and _without_graphs(path, plain):
            store.bulk_load(path=str(plain), format=ox.RdfFormat.N_TRIPLES)
            return store
        store.bulk_load(path=str(path), format=form)
        graphs = [graph for graph in store.named_graphs() if str(graph) != f"<{_SHAPES}>"]
        if not graphs and not any(store.named_graphs()):
            return store
        write_ntriples(store, plain, (_DEFAULT, *graphs))
        del store
        flat = ox.Store()
        flat.bulk_load(path=str(plain), format=ox.RdfFormat.N_TRIPLES)
    return flat


#: A quad as a program writes it: one space between its terms, one line each.
_QUAD = re.compile(
    rb'^(\S+ \S+ (?:<[^<>\n]*>|_:[^\s<>"]+|".*"(?:\^\^<[^<>\n]*>|@[A-Za-z0-9-]+)?)) <[^<>\n]*> \.$',
    re.MULTILINE,
)
_PIECE = 1 << 22


def _without_graphs(path: Path, target: Path) -> bool:
    """Write N-Quads without their graphs; False where a line is not plainly a quad, or shapes are there."""
    with path.open("rb") as source, target.open("wb") as file:
        while piece := source.read(_PIECE):
            piece += source.readline()
            made, count = _QUAD.subn(rb"\1 .", piece)
            if count != len(piece.splitlines()) or _SHAPES.encode() in piece:
                return False
            file.write(made)
    return True


def _syntax_problem(path: Path, error: SyntaxError) -> Problem:
    line, column, message = error.lineno, error.offset, str(error.msg)
    if line is None and path.suffix.lower() in (".rdf", ".owl", ".xml"):
        # The RDF/XML reader tells no place; an XML parser does.
        try:
            xml.parsers.expat.ParserCreate().Parse(path.read_bytes(), True)
        except xml.parsers.expat.ExpatError as told:
            line, column = told.lineno, told.offset + 1
    hint = "mend the syntax there, or convert the file with another tool"
    if "expected" in message:
        hint = "write what is expected there (the line before may lack its end)"
    elif "has not been declared" in message:
        hint = "declare the prefix at the top: @prefix name: <...> ."
    elif "end of file" in message:
        hint = (
            "close what is left open: a quote or a bracket is expected to close, or a statement lacks its dot"
        )
    return Problem(str(path), line or 1, column or 1, f"syntax: {message}", hint)


# -- the bundle --------------------------------------------------------------------------------------------


def bundled_release() -> Path:
    """The file of the bundled release."""
    return data_dir("release") / "mgonto.trig"


def bundled_store() -> ox.Store:
    """The bundled release with its graphs, without the shapes."""
    path = bundled_release()
    try:
        changed = path.stat().st_mtime_ns
        return _bundled(path, changed)
    except OSError as error:
        raise MgontoError(
            f"cannot read {path}: {error.strerror}", "install mgonto again, or: mgonto build"
        ) from error


@lru_cache(maxsize=1)
def _bundled(path: Path, _changed: int) -> ox.Store:
    """The release as it was when the file was last written; nobody changes the store."""
    store = ox.Store()
    store.bulk_load(path=str(path), format=ox.RdfFormat.TRIG)
    store.remove_graph(ox.NamedNode(_SHAPES))
    return store


def collect(sources: Iterable[Source], bundle: ox.Store) -> Checked:
    """The data to check: the whole bundle where there is no source, else the sources and what they need."""
    sources = list(sources)
    store = sources[0].store if len(sources) == 1 else ox.Store()
    if not sources:
        store.bulk_extend(ox.Quad(quad.subject, quad.predicate, quad.object, _DEFAULT) for quad in bundle)
        return Checked(store, True)
    for source in sources if len(sources) > 1 else ():
        store.bulk_extend(source.store)
    if _carries_vocabulary(store, bundle):
        return Checked(store, True)
    for source in sources:
        _add(store, source.frame)
    pointed_at = _pointed_at(store, bundle)
    # Without the inferred types: a node of the user that lacks its class would borrow it from a bundled one.
    vocabulary = ox.Store()
    for name in ("ontology", "mappings"):
        told = bundle.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.NamedNode(graph_iri(name)))
        vocabulary.bulk_load(told or b"", format=ox.RdfFormat.N_TRIPLES)
    _add_all(store, vocabulary)
    _add(store, pointed_at)
    # A file with edges of its own is taken at its word; for any other they follow from its statements.
    own_edges = next(store.quads_for_pattern(None, YIELDS, None, _DEFAULT), None) is not None
    derived = derive_edges(vocabulary if own_edges else store)
    _add(store, ((quad.subject, quad.predicate, quad.object) for quad in list(derived)))
    return Checked(store, False)


def _add(store: ox.Store, triples: Iterable[tuple[object, ...]]) -> None:
    """Put triples beside the user's, each once: a query over both must not count one twice."""
    fresh = []
    for subject, predicate, value in triples:
        if ox.Quad(subject, predicate, value, _DEFAULT) not in store:  # type: ignore[arg-type]
            fresh.append(ox.Quad(subject, predicate, value, BUNDLED))  # type: ignore[arg-type]
    store.extend(fresh)


def _add_all(store: ox.Store, others: ox.Store) -> None:
    """The same for a whole store, by the engine; the smaller side is looked through for what both have."""
    told = others.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=_DEFAULT)
    small, large = sorted((store, others), key=len)
    shared = [
        ox.Quad(quad.subject, quad.predicate, quad.object, BUNDLED)
        for quad in small.quads_for_pattern(None, None, None, _DEFAULT)
        if quad in large
    ]
    store.bulk_load(told or b"", format=ox.RdfFormat.N_TRIPLES, to_graph=BUNDLED)
    for quad in shared:
        store.remove(quad)


def _carries_vocabulary(store: ox.Store, bundle: ox.Store) -> bool:
    """Whether the user's data bring the vocabulary themselves, as an export of the whole does."""
    return any(
        ox.Quad(quad.subject, _TYPE, _ONTOLOGY, _DEFAULT) in store
        for quad in bundle.quads_for_pattern(None, _TYPE, _ONTOLOGY, None)
    )


def _pointed_at(store: ox.Store, bundle: ox.Store) -> list[tuple[object, ...]]:
    """What the data point at among the bundled evidence: sentences, references, statements with all theirs.

    A node that the user's data declare themselves (with a type, or with what makes it up) is theirs alone: an
    edited copy of a bundled statement is not at odds with the one that it replaces.
    """
    graphs = {
        quad.graph_name
        for quad in bundle.quads_for_pattern(None, _TYPE, ox.NamedNode(BASE + "Article"), None)
    } | {ox.NamedNode(graph_iri("audit"))}
    start = f"{BASE}"
    pending = {
        node
        for quad in store.quads_for_pattern(None, None, None, _DEFAULT)
        for node in (quad.subject, quad.object)
        if isinstance(node, ox.NamedNode) and node.value.startswith(start)
    }
    found: list[tuple[object, ...]] = []
    done: set[ox.NamedNode] = set()
    while pending:
        node = pending.pop()
        if node in done:
            continue
        done.add(node)
        if any(next(store.quads_for_pattern(node, each, None, None), None) is not None for each in _DECLARES):
            continue
        for graph in graphs:
            for quad in bundle.quads_for_pattern(node, None, None, graph):
                found.append((quad.subject, quad.predicate, quad.object))
                if isinstance(quad.object, ox.NamedNode) and quad.object.value.startswith(start):
                    pending.add(quad.object)
    return found


def ntriples_of(store: ox.Store) -> str:
    """Every triple of a store in N-Triples, its graphs merged."""
    parts = [store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=graph) for graph in (_DEFAULT, BUNDLED)]
    return b"".join(part or b"" for part in parts).decode()


def write_ntriples(
    store: ox.Store, path: Path, graphs: Iterable[ox.NamedNode | ox.BlankNode | ox.DefaultGraph]
) -> None:
    """The triples of these graphs of a store to a file, without holding them a second time."""
    with path.open("wb") as file:
        for graph in graphs:
            store.dump(file, format=ox.RdfFormat.N_TRIPLES, from_graph=graph)
