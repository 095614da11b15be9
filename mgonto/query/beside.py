"""What stands beside the paths between two terms: denials, gaps and associations, none of them composed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mgonto.names import BASE, natural_key
from mgonto.query.lexical import Terms
from mgonto.query.steps import AFFIRMED, MORE, Place, StepGraph
from mgonto.result.records import Statement

__all__ = ["associations", "kin", "over_the_pair"]

_SYMMETRIC = frozenset(
    BASE + name for name in ("AssociatedWith", "NegativelyAssociatedWith", "PositivelyAssociatedWith")
)


def over_the_pair(
    graph: StepGraph, source: str, targets: frozenset[str], stance: str
) -> tuple[Statement, ...]:
    """Statements of one stance over the same pair, states and bases included."""
    starts = kin(graph.terms, source)
    ends = frozenset(each for target in targets for each in kin(graph.terms, target))
    found = (
        each
        for statements in graph.by_proposition.values()
        for each in statements
        if each.stance == stance and each.subject in starts and each.object in ends
    )
    return tuple(sorted(found, key=lambda each: natural_key(each.statement)))


def associations(
    graph: StepGraph, source: str, targets: frozenset[str], max_hops: int
) -> tuple[Statement, ...]:
    """Claims of association between what the source leads to and the target, the nearest first."""
    # What holds of a narrower term is no step of a path, but an association with it is worth knowing.
    starts: list[Place] = [((each, None), MORE) for each in (source, *graph.terms.descendants(source))]
    ends = frozenset(each for target in targets for each in kin(graph.terms, target))
    reached = _reached(graph, starts, ends, max_hops)
    found = []
    for statements in graph.by_proposition.values():
        for each in statements:
            if each.stance != AFFIRMED or not any(edge.startswith("associatedWith") for edge in each.edges):
                continue
            pairs = [(each.subject, each.object)]
            if each.relation in _SYMMETRIC:
                pairs.append((each.object, each.subject))
            near = [reached[one] for one, other in pairs if one in reached and other in ends]
            if near:
                found.append((min(near), natural_key(each.statement), each))
    return tuple(each for _, _, each in sorted(found, key=lambda item: item[:2]))


def _reached(
    graph: StepGraph, starts: Sequence[Place], ends: frozenset[str], max_hops: int
) -> Mapping[str, int]:
    """The terms on the way to `ends`, not beyond them, with the least number of stated hops to each."""
    best = dict.fromkeys(starts, 0)
    queue = list(starts)
    while queue:
        place = queue.pop(0)
        for step in graph.onward(place):
            cost = best[place] + step.cost
            beyond = step.end[0][0] in ends
            if not beyond and cost < max_hops and cost < best.get(step.end, 1 << 30):
                best[step.end] = cost
                queue.append(step.end)
    least: dict[str, int] = {}
    for (node, _), cost in best.items():
        least[node[0]] = min(cost, least.get(node[0], cost))
    return least


def kin(terms: Terms, iri: str) -> frozenset[str]:
    """What a claim on a term may be about: the term, its states, its base, narrower and broader terms."""
    found = {iri, *terms.descendants(iri)}
    for each in list(found):
        term = terms.get(each)
        base = term.state_of if term else None
        found.update(terms.states.get(each, ()))
        if base:
            found.update((base, *terms.ancestors(base)))
    return frozenset(found)
