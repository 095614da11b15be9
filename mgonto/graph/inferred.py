"""The inferred graph: for each individual the classes it belongs to though nobody wrote it down.

So that `?x a mgo:Concept` finds every term in a store that does not reason. The types follow from the class
tree, from domains and ranges, and from the axioms of the relations (hasValue, allValuesFrom); the gate holds
them against those of a reasoner. Subclass relations are not inferred: queries walk the tree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from mgonto.names import PREFIXES, graph_iri

__all__ = ["infer_types"]

_PREFIX = """PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
"""
#: Each gives individuals and classes; all are asked again until nothing new comes.
_RULES = (
    """SELECT DISTINCT ?one ?type { ?one a ?kind . ?kind (rdfs:subClassOf|owl:equivalentClass)+ ?type }""",
    """SELECT DISTINCT ?one ?type {
      ?broader rdfs:domain ?type ; a ?sort . FILTER(?sort IN (owl:ObjectProperty, owl:DatatypeProperty))
      ?property rdfs:subPropertyOf* ?broader .
      ?one ?property ?value }""",
    """SELECT DISTINCT ?one ?type {
      ?broader rdfs:range ?type ; a owl:ObjectProperty .
      ?property rdfs:subPropertyOf* ?broader .
      ?other ?property ?one }""",
    """SELECT DISTINCT ?one ?type {
      ?type owl:equivalentClass ?restriction . ?restriction owl:onProperty ?property ; owl:hasValue ?value .
      ?one ?property ?value }""",
    """SELECT DISTINCT ?one ?type {
      ?restriction owl:allValuesFrom ?type ; owl:onProperty ?property . ?property a owl:ObjectProperty .
      ?class rdfs:subClassOf ?restriction .
      ?other a ?class ; ?property ?one }""",
)
_TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")
_RESERVED = tuple(PREFIXES[name] for name in ("owl", "rdf", "rdfs"))
_GRAPH = ox.NamedNode(graph_iri("inferred"))


def infer_types(quads: Iterable[ox.Quad]) -> list[ox.Quad]:
    """The types that follow from `quads` and are not among them, sorted, in the inferred graph.

    >>> a, sub = (ox.NamedNode(iri) for iri in (_TYPE.value, PREFIXES["rdfs"] + "subClassOf"))
    >>> x, low, high = (ox.NamedNode(f"urn:{name}") for name in ("x", "Low", "High"))
    >>> [str(each.object) for each in infer_types([ox.Quad(x, a, low), ox.Quad(low, sub, high)])]
    ['<urn:High>']
    """
    store = ox.Store()
    store.extend(ox.Quad(*quad.triple) for quad in quads)
    found: set[ox.Quad] = set()
    while True:
        fresh = {
            quad for rule in _RULES for quad in _answers(store, rule) if ox.Quad(*quad.triple) not in store
        }
        if not fresh:
            return sorted(found, key=lambda each: (str(each.subject), str(each.object)))
        found |= fresh
        store.extend(ox.Quad(*quad.triple) for quad in fresh)


def _answers(store: ox.Store, rule: str) -> Iterator[ox.Quad]:
    rows = store.query(_PREFIX + rule)
    assert isinstance(rows, ox.QuerySolutions)
    for one, kind in rows:
        # No individual without a name has a place in a graph of its own, and no type of OWL's own is news.
        named = isinstance(one, ox.NamedNode) and isinstance(kind, ox.NamedNode)
        if named and not kind.value.startswith(_RESERVED):
            yield ox.Quad(one, _TYPE, kind, _GRAPH)
