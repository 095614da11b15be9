"""The hops of a large base: the first few statements of each, and how many there are in all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeAlias

import pyoxigraph as ox

from mgonto.engine.embedded import Cell
from mgonto.names import local_name
from mgonto.query.steps import CHANGES, TURNED, Node, node_of
from mgonto.query.wide import AT_ONCE, Select
from mgonto.result.records import Hop, Path

__all__ = ["FIRST", "with_first"]

#: So many statements of a hop are listed.
FIRST = 5

_COUNTS = """PREFIX mgo: <https://w3id.org/mgonto/>
SELECT ?subject ?object ?subject_aspect ?object_aspect ?told (COUNT(DISTINCT ?statement) AS ?statements) {
  VALUES (?subject ?object) { %s }
  ?proposition mgo:object ?object ; mgo:subject ?subject ; ^mgo:asserts ?statement%s .
  ?statement mgo:stance mgo:Affirmed .
  OPTIONAL { ?proposition mgo:subjectAspect ?subject_aspect }
  OPTIONAL { ?proposition mgo:objectAspect ?object_aspect }
} GROUP BY ?subject ?object ?subject_aspect ?object_aspect ?told"""
#: What the claims of a hop are told by: which change leads to which; where they name no direction, the change
#: that they are about; or the relation, of a part and its whole.
_TOLD_BY = {
    "change": """ ; mgo:yieldsEdge ?told .
  FILTER(?told IN (%s))""",
    "wording": """ ; mgo:causal true ; mgo:sign 0 .
  OPTIONAL { ?proposition mgo:subjectDirection ?told }
  FILTER NOT EXISTS { ?proposition mgo:yieldsEdge ?edge FILTER(?edge IN (%s)) }
  FILTER NOT EXISTS { ?proposition mgo:inStage|mgo:subjectJointWith|mgo:objectJointWith ?bar }
  FILTER NOT EXISTS { ?statement mgo:claimKind ?kind FILTER(?kind IN (mgo:Method, mgo:Recommendation)) }""",
    "relation": " ; mgo:relation ?told",
}
_WORDED = {"Increased": "more", "Decreased": "less"}
#: The edges that say which change leads to which, the hypothesised ones too.
_EDGES = {f"{name}{maybe}": changes for name, changes in CHANGES.items() for maybe in ("", "Maybe")}

Pair: TypeAlias = tuple[Node, Node]
Told: TypeAlias = tuple[str | None, str | None] | str | None


def with_first(select: Select, paths: Sequence[Path], filtered: bool) -> tuple[Path, ...]:
    """Paths whose hops list their first statements, the surest of those read, and say how many there are.

    Args:
        select: runs a SELECT; at most three are sent.
        paths: those that are shown.
        filtered: only some statements may pass. How many do is not counted: `statements_total` is None then,
            and where a hop that follows an unknown change may rest on claims of either direction.
    """
    stated = {hop for path in paths for hop in path.hops if hop.statements}
    counts: dict[Hop, int] = {}
    for by in () if filtered else _TOLD_BY:
        told = {hop: each for hop in stated if (each := _told(hop, by))}
        if told:
            found = _counts(select, {_pair(hop) for hop in told}, by)
            counts.update((hop, sum(found[_pair(hop), one] for one in each)) for hop, each in told.items())
    few = {
        hop: replace(hop, statements=hop.statements[:FIRST], statements_total=counts.get(hop))
        for hop in stated
    }
    return tuple(replace(path, hops=tuple(few.get(hop, hop) for hop in path.hops)) for path in paths)


def _pair(hop: Hop) -> Pair:
    """The ends of the claim that a hop rests on, which it may pass the other way."""
    one = hop.statements[0]
    return node_of(one.subject, one.subject_aspect), node_of(one.object, one.object_aspect)


def _told(hop: Hop, by: str) -> tuple[Told, ...]:
    """What tells the claims of a hop from others over the same pair; nothing where that is something else."""
    if hop.kind == "structural" or by == "relation":
        return (hop.relation,) if hop.kind == "structural" and by == "relation" else ()
    start, end = hop.subject_change, hop.object_change
    if hop.inverted:
        start, end = TURNED[start], TURNED[end]
    edges = [{_EDGES[edge] for edge in each.edges if edge in _EDGES} for each in hop.statements]
    if any(edges):
        # After an unknown change the claims may be of either direction: of that which all of them have.
        fitting = {
            one for one in set.intersection(*edges) if start in (None, one[0]) and end in (None, one[1])
        }
        return tuple(fitting) if by == "change" and len(fitting) == 1 else ()
    return (start, None) if by == "wording" and start is not None else ()


def _counts(select: Select, pairs: Iterable[Pair], by: str) -> Counter[tuple[Pair, Told]]:
    """How many affirmed statements there are of the claims that join some pairs."""
    asked = sorted({(start[0], end[0]) for start, end in pairs})
    further = _TOLD_BY[by].replace("%s", ", ".join(f"mgo:{name}" for name in _EDGES))
    found: Counter[tuple[Pair, Told]] = Counter()
    for at in range(0, len(asked), AT_ONCE):
        named = " ".join(f"({ox.NamedNode(a)} {ox.NamedNode(b)})" for a, b in asked[at : at + AT_ONCE])
        for start, end, aspect, other, told, count in select(_COUNTS % (named, further), None)[1]:
            if start is not None and end is not None and count is not None:
                pair = _node(start, aspect), _node(end, other)
                found[pair, _read(told, by)] += int(count.value)
    return found


def _read(told: Cell, by: str) -> Told:
    if told is None:
        return None
    name = local_name(told.value)
    return _EDGES[name] if by == "change" else _WORDED.get(name) if by == "wording" else told.value


def _node(term: ox.NamedNode | ox.Literal | ox.BlankNode, aspect: Cell) -> Node:
    return node_of(term.value, None if aspect is None else aspect.value)
