"""Shapes for the fast engine: a class that is asked for inside a condition is written as a path.

Inside `sh:or`, `sh:and`, `sh:xone`, `sh:not`, `sh:node` and `sh:qualifiedValueShape` the engine looks through
every instance of the class again for each node that it judges, so that ten times the data take a hundred
times as long. The same question as a path, *a type of it, or a class above that type, is this class*, is
what SHACL defines `sh:class` by, and takes the same time for each node. What is inside a condition is never
reported itself, so no finding changes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from mgonto.names import PREFIXES

__all__ = ["without_nested_classes"]

_SH, _RDF = PREFIXES["sh"], PREFIXES["rdf"]
_TYPE = ox.NamedNode(_RDF + "type")
_FIRST, _REST, _NIL = (ox.NamedNode(_RDF + name) for name in ("first", "rest", "nil"))
_TARGETS = tuple(_SH + name for name in ("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf"))
_CONDITIONS = frozenset(_SH + name for name in ("not", "node", "qualifiedValueShape"))
_LISTS = frozenset(_SH + name for name in ("or", "and", "xone"))
_Node = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
_About = dict[_Node, list[ox.Triple]]


def without_nested_classes(triples: Iterable[ox.Triple]) -> tuple[ox.Triple, ...]:
    """The shapes with every `sh:class` inside a condition as a path.

    >>> without_nested_classes([])
    ()
    """
    triples = tuple(triples)
    about: _About = defaultdict(list)
    for each in triples:
        about[each.subject].append(each)
    nested = _reached(about, {inner for node in list(about) for inner in _conditions(about, node)}, True)
    judged = {node for node in about if any(each.predicate.value in _TARGETS for each in about[node])}
    nested -= _reached(about, judged, False)
    made: list[ox.Triple] = []
    paths: dict[_Node, ox.NamedNode] = {}
    for each in triples:
        if each.predicate.value != _SH + "class" or each.subject not in nested:
            made.append(each)
            continue
        if each.object not in paths:
            paths[each.object] = ox.NamedNode(f"urn:x-mgonto:instance:{len(paths) + 1}")
            made += _instance(paths[each.object], each.object)
        made.append(ox.Triple(each.subject, ox.NamedNode(_SH + "property"), paths[each.object]))
    return tuple(made)


def _instance(shape: ox.NamedNode, of: _Node) -> Iterator[ox.Triple]:
    """A property shape: the class is a type of the node, or above one."""
    path, rest, above = ox.BlankNode(), ox.BlankNode(), ox.BlankNode()
    yield ox.Triple(shape, _TYPE, ox.NamedNode(_SH + "PropertyShape"))
    yield ox.Triple(shape, ox.NamedNode(_SH + "path"), path)
    yield ox.Triple(path, _FIRST, _TYPE)
    yield ox.Triple(path, _REST, rest)
    yield ox.Triple(rest, _FIRST, above)
    yield ox.Triple(rest, _REST, _NIL)
    yield ox.Triple(
        above, ox.NamedNode(_SH + "zeroOrMorePath"), ox.NamedNode(PREFIXES["rdfs"] + "subClassOf")
    )
    yield ox.Triple(shape, ox.NamedNode(_SH + "hasValue"), of)


def _conditions(about: _About, node: _Node) -> Iterator[_Node]:
    """The shapes that are conditions of a shape."""
    for each in about.get(node, ()):
        if each.predicate.value in _CONDITIONS:
            yield each.object
        elif each.predicate.value in _LISTS:
            cell: _Node | None = each.object
            while cell is not None and cell != _NIL:
                told = {one.predicate: one.object for one in about.get(cell, ())}
                if _FIRST in told:
                    yield told[_FIRST]
                cell = told.get(_REST)


def _reached(about: _About, starts: Iterable[_Node], through_conditions: bool) -> set[_Node]:
    """The shapes that these hold as properties, and as conditions too if so asked, themselves included."""
    found: set[_Node] = set()
    pending = list(starts)
    while pending:
        node = pending.pop()
        if node in found:
            continue
        found.add(node)
        pending += [each.object for each in about.get(node, ()) if each.predicate.value == _SH + "property"]
        if through_conditions:
            pending += _conditions(about, node)
    return found
