"""A knowledge base less some references: the quads that are left, and the edges that they still yield."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from mgonto.graph.edges import YIELDS, derive_edges
from mgonto.names import BASE, graph_iri

__all__ = ["store_without"]


def store_without(quads: Iterable[ox.Quad], references: frozenset[str]) -> ox.Store:
    """The quads less some references and all that rests on nothing else, with the edges derived again.

    What goes: the references; their evidence lines; the statements that keep no evidence line, with their
    results; the propositions that nobody states any more; flags and tensions about nothing that is left.

    >>> len(store_without([], frozenset()))
    0
    """
    store = ox.Store()
    store.extend(quads)
    gone = {ox.NamedNode(each) for each in references}
    lines = {line for each in gone for line in _to(store, "cites", each)}
    for statement in {each for line in lines for each in _to(store, "hasEvidenceLine", line)}:
        if _from(store, statement, "hasEvidenceLine") <= lines:
            gone |= _whole(store, statement)
            for proposition in _from(store, statement, "asserts"):
                if _to(store, "asserts", proposition) <= gone:
                    gone |= _whole(store, proposition)
    gone |= lines
    for name in ("about", "between"):
        for note in {note for each in gone for note in _to(store, name, each)}:
            if _from(store, note, name) <= gone:
                gone.add(note)
    for node in gone:
        for quad in [*store.quads_for_pattern(node, None, None), *store.quads_for_pattern(None, None, node)]:
            store.remove(quad)
    for graph in ("edges", "edges-hypothesised"):
        store.remove_graph(ox.NamedNode(graph_iri(graph)))
    for quad in list(store.quads_for_pattern(None, YIELDS, None)):
        store.remove(quad)
    store.extend(list(derive_edges(store)))
    return store


def _whole(store: ox.Store, node: ox.NamedNode) -> set[ox.NamedNode]:
    """A node and the nodes that stand below it by their IRIs: results, quantities, participants."""
    whole, queue = {node}, [node]
    while queue:
        for quad in store.quads_for_pattern(queue.pop(), None, None):
            each = quad.object
            if isinstance(each, ox.NamedNode) and each.value.startswith(f"{node.value}/"):
                if each not in whole:
                    queue.append(each)
                whole.add(each)
    return whole


def _from(store: ox.Store, subject: ox.NamedNode, name: str) -> set[ox.NamedNode]:
    found = store.quads_for_pattern(subject, ox.NamedNode(BASE + name), None)
    return {quad.object for quad in found if isinstance(quad.object, ox.NamedNode)}


def _to(store: ox.Store, name: str, obj: ox.NamedNode) -> set[ox.NamedNode]:
    found = store.quads_for_pattern(None, ox.NamedNode(BASE + name), obj)
    return {quad.subject for quad in found if isinstance(quad.subject, ox.NamedNode)}
