"""What is to be loaded, graph by graph, as lines of N-Triples."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

import pyoxigraph as ox

from mgonto.engine.embedded import load_rdf
from mgonto.errors import MgontoError
from mgonto.graph.loading import derive_missing, release_parts
from mgonto.graph.serialise import label_blank_nodes
from mgonto.names import BASE, graph_iri

__all__ = ["USER_GRAPH", "Part", "file_parts", "graphs_of", "lines_of", "release_graphs"]

#: Where triples go that no file names a graph for.
USER_GRAPH = graph_iri("user")
#: Where the edges go that the statements of a user's files yield.
_USER_EDGES = graph_iri("user/edges")
#: Blank nodes of a user's file get names that follow from what they hold, so that a second load is no other.
_NAMED_NODE = BASE + ".well-known/genid/"
#: Files that are larger together are held on disk, not in memory.
_MOST_IN_MEMORY = 64 << 20


@dataclass(frozen=True, slots=True)
class Part:
    """What one graph is to hold.

    Args:
        graph: its IRI.
        triples: how many.
        lines: gives them as lines of N-Triples, those with blank nodes first.
        nodes: how many of the lines have blank nodes.
        quads: the triples themselves, where they are held in memory: those of the release.
    """

    graph: str
    triples: int
    lines: Callable[[], Iterator[str]]
    nodes: int = 0
    quads: Sequence[ox.Quad] = ()


def release_graphs() -> list[Part]:
    """The graphs of the bundled release.

    >>> [part.graph.removeprefix(graph_iri("")) for part in release_graphs()][1:3]
    ['ontology', 'edges']
    """
    parsed = (ox.parse(content, format=ox.RdfFormat.TRIG) for content in release_parts())
    return graphs_of(chain.from_iterable(parsed))


def graphs_of(quads: Iterable[ox.Quad]) -> list[Part]:
    """Quads by their graphs, which have IRIs."""
    graphs: defaultdict[str, list[ox.Quad]] = defaultdict(list)
    for quad in quads:
        assert isinstance(quad.graph_name, ox.NamedNode), "a release has named graphs only"
        graphs[quad.graph_name.value].append(quad)
    return [_part(graph, quads) for graph, quads in graphs.items()]


@contextmanager
def file_parts(
    files: Sequence[Path], graph: str = USER_GRAPH, release: Sequence[Part] = ()
) -> Iterator[list[Part]]:
    """The graphs of a user's files.

    The files are read to their end first, so that nothing is sent of a file that is broken in its last line.

    Args:
        files: RDF files.
        graph: where triples go that no file names a graph for.
        release: the graphs of the release; with them, files without edges get those of their statements.

    Raises:
        MgontoError: a file cannot be read; it names the line and column of broken syntax.
    """
    large = sum(each.stat().st_size for each in files if each.exists()) > _MOST_IN_MEMORY
    with TemporaryDirectory(prefix="mgonto-load-", ignore_cleanup_errors=True) as scratch:
        store = ox.Store(scratch) if large else ox.Store()
        for path in files:
            load_rdf(store, path)
        edges = (
            list(derive_missing(store, chain.from_iterable(each.quads for each in release)))
            if release
            else []
        )
        named = _named_nodes(store)
        parts = []
        for name in (ox.DefaultGraph(), *store.named_graphs()):
            if isinstance(name, ox.BlankNode):
                raise MgontoError("a graph has a blank node for its name", "give it an IRI")
            count = sum(1 for _ in store.quads_for_pattern(None, None, None, name))
            if count:
                target = name.value if isinstance(name, ox.NamedNode) else graph
                parts.append(Part(target, count, _streamed(store, name, named.get(name, ()))))
        if edges:
            parts.append(_part(_USER_EDGES, edges))
        yield _joined(parts)
        del store


def lines_of(quads: Iterable[ox.Quad]) -> Iterator[str]:
    """Quads as lines of N-Triples."""
    for quad in quads:
        yield f"{quad.triple} .\n"


def _part(graph: str, quads: Sequence[ox.Quad]) -> Part:
    quads = list(dict.fromkeys(quads))
    quads.sort(key=lambda quad: not _has_node(quad))
    nodes = sum(1 for quad in quads if _has_node(quad))
    return Part(graph, len(quads), lambda: lines_of(quads), nodes, quads)


def _has_node(quad: ox.Quad) -> bool:
    return isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode)


def _streamed(
    store: ox.Store, name: ox.NamedNode | ox.DefaultGraph, named: Sequence[ox.Quad]
) -> Callable[[], Iterator[str]]:
    def lines() -> Iterator[str]:
        yield from lines_of(named)
        for quad in store.quads_for_pattern(None, None, None, name):
            if not _has_node(quad):
                yield f"{quad.triple} .\n"

    return lines


def _named_nodes(store: ox.Store) -> dict[object, list[ox.Quad]]:
    """The quads with blank nodes, by graph, with IRIs in their place."""
    found: defaultdict[object, list[ox.Quad]] = defaultdict(list)
    for quad in label_blank_nodes(quad for quad in store if _has_node(quad)):
        subject, value = (
            ox.NamedNode(_NAMED_NODE + each.value) if isinstance(each, ox.BlankNode) else each
            for each in (quad.subject, quad.object)
        )
        found[quad.graph_name].append(ox.Quad(subject, quad.predicate, value, quad.graph_name))  # type: ignore[arg-type]
    return found


def _joined(parts: Sequence[Part]) -> list[Part]:
    """The parts with those of one graph put together: the default graph may go where a named one goes."""
    graphs: defaultdict[str, list[Part]] = defaultdict(list)
    for part in parts:
        graphs[part.graph].append(part)
    joined = []
    for graph, same in graphs.items():
        if len(same) == 1:
            joined.append(same[0])
        else:
            lines = list(dict.fromkeys(line for part in same for line in part.lines()))
            joined.append(Part(graph, len(lines), lambda lines=lines: iter(lines)))  # type: ignore[misc]
    return joined
