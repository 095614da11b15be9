"""Edges: the plain, directed triples that propositions and links of terms yield, and nothing else.

An edge says what more (or less) of one thing does to another: `moreMore`, `moreLess`, `lessMore`, `lessLess`.
The rules keep what a proposition does not say out of the graph:

- a subject that is a state, an intervention or another condition, or has a direction, acts only as worded;
  a bare molecule, pathway, process, attribute, cell or exposure acts both ways;
- *prevents* and *ameliorates* act one way; *required for* and *cofactor of* tell of lack only (less, less);
- no edge from a denial, a gap, a method, a recommendation, a sign of 0, a claim about the stage of a third
  thing, one of several readings, or a group that acts jointly;
- a claim of association, or a causal verb flagged as overreach, gives `associatedWith` at most;
- what is stated only as a hypothesis gets predicates of its own, with the suffix `Maybe`.

They are derived from RDF, not from the curation files, so that a user's own data get theirs in the same way.
Data that break the model (a text where a term belongs) yield none; validation says what is wrong with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import product
from math import isfinite
from typing import TypeAlias

import pyoxigraph as ox

from mgonto.names import BASE, graph_iri

__all__ = ["YIELDS", "derive_edges"]

_Term: TypeAlias = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None

MORE, LESS = "more", "less"
_OPPOSITE = {MORE: LESS, LESS: MORE}
#: Home kinds whose bare mention says something about more and about less of it.
_BOTH_WAYS = frozenset(
    f"{kind}Concept" for kind in ("Molecule", "Pathway", "Process", "Attribute", "Cell", "Exposure")
)
_ONE_WAY = frozenset({BASE + "Prevents", BASE + "Ameliorates"})
_NO_EDGE_RELATION = frozenset({BASE + "CandidateTherapyFor"})
_NEEDS = frozenset({BASE + "RequiredFor", BASE + "CofactorOf"})
_ASSOCIATION = frozenset(
    BASE + name
    for name in (
        "AssociatedWith",
        "PositivelyAssociatedWith",
        "NegativelyAssociatedWith",
        "RiskFactorFor",
        "Predicts",
        "HigherIn",
        "LowerIn",
        "Links",
    )
)
_SIGNLESS = frozenset({BASE + "AssociatedWith", BASE + "Links"})

_PREFIX = "PREFIX mgo: <https://w3id.org/mgonto/>\n"
#: What every proposition has that may make an edge.
_OF_PROPOSITION = ("subject", "object", "relation", "sign", "causal")
_STATEMENTS = """
SELECT ?statement ?proposition ?certainty {
  ?statement mgo:asserts ?proposition ; mgo:stance mgo:Affirmed ; mgo:certainty ?certainty .
  FILTER(isIRI(?proposition) && isIRI(?certainty))
}"""
# What must not be there is asked for on its own: as FILTER NOT EXISTS inside the query above it took the
# engine a time that grew with the square of the statements.
_DIRECTIONS = """
SELECT ?proposition ?direction { ?proposition mgo:subjectDirection ?direction FILTER(isIRI(?direction)) }"""
_STAGED_OR_JOINT = """
SELECT ?proposition {
  VALUES ?one { mgo:inStage mgo:subjectJointWith mgo:objectJointWith }
  ?proposition ?one ?any
}"""
_NO_FINDING = """
SELECT ?statement { VALUES ?kind { mgo:Method mgo:Recommendation } ?statement mgo:claimKind ?kind }"""
_READINGS = "SELECT ?one ?two { ?one mgo:alternativeTo ?two }"
_OVERREACH = "SELECT ?statement { ?flag mgo:flagKind mgo:CausalOverreach ; mgo:about ?statement }"
_KINDS = """
SELECT ?term ?metaclass {
  ?term a ?metaclass .
  FILTER(isIRI(?term))
  FILTER(STRSTARTS(STR(?metaclass), "https://w3id.org/mgonto/") && STRENDS(STR(?metaclass), "Concept")
         && ?metaclass != mgo:Concept)
}"""
_LINKS = """
SELECT ?term ?link ?base ?direction ?whole {
  VALUES ?link { mgo:stateOf mgo:poolOf mgo:interventionOn }
  ?term ?link ?base .
  FILTER(isIRI(?term) && isIRI(?base))
  OPTIONAL { ?term mgo:direction ?direction . FILTER(isIRI(?direction)) }
  OPTIONAL { ?term mgo:standsForWhole ?whole }
}"""


@dataclass(frozen=True, slots=True)
class _Support:
    """How strongly a proposition is affirmed by the statements that may make an edge.

    Each is None (not at all), "" (affirmed) or "Maybe" (affirmed as a hypothesis only). `causal` counts the
    statements whose causal wording holds, `overreach` those flagged as finding no more than an association.
    """

    causal: str | None = None
    overreach: str | None = None


def derive_edges(store: ox.Store) -> Iterator[ox.Quad]:
    """The edges of everything in `store`, each edge with the broader predicate that it falls under.

    With each edge of a proposition comes `mgo:yieldsEdge`, by which the edge is traced to its propositions.

    >>> list(derive_edges(ox.Store()))
    []
    """
    links = [(_iri(row[0]), _iri(row[1]), _iri(row[2]), row[3], row[4]) for row in _select(store, _LINKS)]
    yield from _links(links)
    kinds = {_iri(term): _iri(kind).removeprefix(BASE) for term, kind in _select(store, _KINDS)}
    # A state and an intervention act as worded: their opposite is another term, or nothing that was said.
    bound = {term for term, link, *_ in links if link != BASE + "poolOf"}
    support = _support(store)
    apart = {row[0] for row in _select(store, _STAGED_OR_JOINT)}
    directions = {row[0]: _iri(row[1]) for row in _select(store, _DIRECTIONS)}
    for proposition, subject, obj, relation, sign, causal in _propositions(store):
        held = support.get(_iri(proposition))
        if held is None or proposition in apart or _iri(relation) in _NO_EDGE_RELATION:
            continue
        of_sign = int(float(_text(sign)))
        bare = _iri(subject) not in bound and kinds.get(_iri(subject)) in _BOTH_WAYS
        worded = directions.get(proposition)
        names: list[tuple[str, str]] = []
        if _iri(relation) in _ASSOCIATION:
            if of_sign or _iri(relation) in _SIGNLESS:
                names += [("associatedWith", each) for each in _strongest(held.causal, held.overreach)]
        elif of_sign and _is_true(causal):
            if held.causal is not None:
                names += [(each, held.causal) for each in _ways(_iri(relation), of_sign, worded, bare)]
            if held.overreach is not None:
                names.append(("associatedWith", held.overreach))
        for name, suffix in names:
            graph = _HYPOTHESISED if suffix else _EDGES
            yield from _edge(_iri(subject), name + suffix, _iri(obj), graph)
            yield ox.Quad(_node(proposition), YIELDS, ox.NamedNode(BASE + name + suffix), graph)


def _propositions(store: ox.Store) -> Iterator[tuple[_Term, ...]]:
    """Subject, object, relation, sign and causal of each proposition that has them all, as they should be.

    One property at a time: where ten articles state a proposition in graphs of their own, a join over the
    union of the graphs meets each of its five triples ten times, and gives a hundred thousand rows for it.
    """
    held: list[dict[_Term, tuple[_Term, ...]]] = []
    for name in _OF_PROPOSITION:
        values: dict[_Term, tuple[_Term, ...]] = {}
        for quad in store.quads_for_pattern(None, ox.NamedNode(BASE + name), None, None):
            known = values.get(quad.subject, ())
            if quad.object not in known and _fits(name, quad.object):
                values[quad.subject] = (*known, quad.object)
        held.append(values)
    for proposition in held[0]:
        if isinstance(proposition, ox.NamedNode):
            for found in product(*(values.get(proposition, ()) for values in held)):
                yield proposition, *found


def _fits(name: str, value: _Term) -> bool:
    if name == "sign":
        return isinstance(value, ox.Literal) and value.datatype != _STRING and _is_number(value.value)
    return name == "causal" or isinstance(value, ox.NamedNode)


def _is_number(text: str) -> bool:
    try:
        return isfinite(float(text))
    except ValueError:
        return False


def _ways(relation: str, sign: int, direction: str | None, bare: bool) -> tuple[str, ...]:
    """The local names of the causal edges of one proposition."""
    if relation in _NEEDS:
        # Necessity speaks of lack, of the thing or of its normal amount; never of what a surplus would do.
        return ("lessLess",) if direction in (None, BASE + "Normal") else ()
    worded = {BASE + "Increased": MORE, BASE + "Decreased": LESS, None: MORE}.get(direction)
    if worded is None:
        return ()
    starts = (MORE, LESS) if bare and direction is None and relation not in _ONE_WAY else (worded,)
    result = MORE if sign > 0 else LESS
    ends = {worded: result, _OPPOSITE[worded]: _OPPOSITE[result]}
    return tuple(f"{start}{ends[start].capitalize()}" for start in starts)


def _strongest(*strengths: str | None) -> tuple[str, ...]:
    """The strongest of the strengths that are there: affirmed goes before affirmed as a hypothesis."""
    return tuple(sorted(each for each in strengths if each is not None)[:1])


def _support(store: ox.Store) -> dict[str, _Support]:
    found: dict[str, _Support] = {}
    left_out = {each for query in (_NO_FINDING, _READINGS) for row in _select(store, query) for each in row}
    flagged = {row[0] for row in _select(store, _OVERREACH)}
    for statement, proposition, certainty in _select(store, _STATEMENTS):
        if statement in left_out:
            continue
        suffix = "Maybe" if _iri(certainty) == BASE + "Hypothesised" else ""
        held = found.get(_iri(proposition), _Support())
        if statement in flagged:
            held = replace(held, overreach=_strongest(held.overreach, suffix)[0])
        else:
            held = replace(held, causal=_strongest(held.causal, suffix)[0])
        found[_iri(proposition)] = held
    return found


def _links(links: Iterable[tuple[str, str, str, _Term, _Term]]) -> Iterator[ox.Quad]:
    """Edges of declared links: a state and its base, a whole and its pool, an intervention and its target."""
    for term, link, base, direction, whole in links:
        if link == BASE + "poolOf":
            for name in ("moreMore", "lessLess"):
                yield from _edge(base, name, term, _EDGES)
                if _is_true(whole):
                    yield from _edge(term, name, base, _EDGES)
            continue
        ways = _LINK_WAYS.get(_iri(direction)) if direction is not None else None
        if ways is not None:
            there, back = ways
            yield from _edge(term, there, base, _EDGES)
            if link == BASE + "stateOf":
                yield from _edge(base, back, term, _EDGES)


#: More of a state (or an intervention) is more or less of its base; and how its base leads to a state.
_LINK_WAYS = {
    BASE + "Increased": ("moreMore", "moreMore"),
    BASE + "Decreased": ("moreLess", "lessMore"),
}
_EDGES = ox.NamedNode(graph_iri("edges"))
_HYPOTHESISED = ox.NamedNode(graph_iri("edges-hypothesised"))
_STRING = ox.NamedNode("http://www.w3.org/2001/XMLSchema#string")
#: From a proposition to each edge property that it yields.
YIELDS = ox.NamedNode(BASE + "yieldsEdge")
_BROADER = {
    "moreMore": "promotes",
    "lessLess": "promotes",
    "moreLess": "inhibits",
    "lessMore": "inhibits",
    "moreMoreMaybe": "promotesMaybe",
    "lessLessMaybe": "promotesMaybe",
    "moreLessMaybe": "inhibitsMaybe",
    "lessMoreMaybe": "inhibitsMaybe",
}


def _edge(subject: str, name: str, obj: str, graph: ox.NamedNode) -> Iterator[ox.Quad]:
    for each in (name, _BROADER.get(name)):
        if each:
            yield ox.Quad(ox.NamedNode(subject), ox.NamedNode(BASE + each), ox.NamedNode(obj), graph)


def _is_true(value: _Term) -> bool:
    return isinstance(value, ox.Literal) and value.value in ("true", "1")


def _node(value: _Term) -> ox.NamedNode:
    assert isinstance(value, ox.NamedNode), f"an IRI belongs here: {value}"
    return value


def _iri(value: _Term) -> str:
    return _node(value).value


def _text(value: _Term) -> str:
    assert isinstance(value, ox.Literal), f"a literal belongs here: {value}"
    return value.value


def _select(store: ox.Store, query: str) -> Iterator[tuple[_Term, ...]]:
    solutions = store.query(_PREFIX + query, use_default_graph_as_union=True)
    assert isinstance(solutions, ox.QuerySolutions)
    width = len(solutions.variables)
    for solution in solutions:
        yield tuple(solution[at] for at in range(width))
