"""What the service says of itself: SPARQL 1.1 Service Description."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pyoxigraph as ox

from mgonto.serve.negotiate import GRAPH_FORMS, ROW_FORMS, Form

__all__ = ["describe_service", "graph_sizes"]

_SD = "http://www.w3.org/ns/sparql-service-description#"
_VOID = "http://rdfs.org/ns/void#"
_RDF_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_RESULTS = (ROW_FORMS, GRAPH_FORMS)
_Node = ox.NamedNode | ox.BlankNode


def graph_sizes(store: ox.Store) -> dict[str, int]:
    """How many triples each named graph has, by its name in order."""
    sizes = Counter(quad.graph_name.value for quad in store if isinstance(quad.graph_name, ox.NamedNode))
    return dict(sorted(sizes.items()))


def describe_service(endpoint: str, sizes: dict[str, int], form: Form) -> bytes:
    """The description of the service.

    Args:
        endpoint: its address.
        sizes: its graphs and how many triples each has.
        form: how it is written.

    >>> b"sd:Service" in describe_service("http://localhost/sparql", {}, GRAPH_FORMS["text/turtle"])
    True
    """
    triples: list[ox.Triple] = []
    service, data_set, default = ox.BlankNode("service"), ox.BlankNode("dataset"), ox.BlankNode("default")

    def say(subject: _Node, predicate: str, *values: _Node | ox.Literal) -> None:
        triples.extend(ox.Triple(subject, ox.NamedNode(_SD + predicate), each) for each in values)

    def is_a(subject: _Node, kind: str) -> None:
        triples.append(ox.Triple(subject, _RDF_TYPE, ox.NamedNode(_SD + kind)))

    is_a(service, "Service")
    say(service, "endpoint", ox.NamedNode(endpoint))
    say(service, "supportedLanguage", ox.NamedNode(_SD + "SPARQL11Query"))
    say(service, "feature", ox.NamedNode(_SD + "UnionDefaultGraph"))
    say(service, "resultFormat", *(ox.NamedNode(each) for each in _format_iris()))
    say(service, "defaultDataset", data_set)
    is_a(data_set, "Dataset")
    say(data_set, "defaultGraph", default)
    is_a(default, "Graph")
    for number, (name, size) in enumerate(sizes.items()):
        named, graph = ox.BlankNode(f"named{number}"), ox.BlankNode(f"graph{number}")
        say(data_set, "namedGraph", named)
        is_a(named, "NamedGraph")
        say(named, "name", ox.NamedNode(name))
        say(named, "graph", graph)
        is_a(graph, "Graph")
        triples.append(ox.Triple(graph, ox.NamedNode(_VOID + "triples"), ox.Literal(size)))
    assert isinstance(form.writes, ox.RdfFormat)
    prefixes = {"sd": _SD, "void": _VOID} if form.media in ("text/turtle", "application/trig") else None
    return ox.serialize(triples, format=form.writes, prefixes=prefixes) or b""


def _format_iris() -> Sequence[str]:
    return sorted({each.iri for forms in _RESULTS for each in forms.values()})
