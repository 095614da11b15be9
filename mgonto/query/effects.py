"""Two terms side by side: the effects that both have, and what is said of one, the other or both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from mgonto.errors import UsageError
from mgonto.query.lexical import Terms
from mgonto.query.paths import blocked_by, make_path, rank, simple_paths
from mgonto.query.steps import AFFIRMED, MORE, Node, StepGraph, node_of
from mgonto.result.mechanism import Compared, SharedEffect
from mgonto.result.records import Path, Statement

__all__ = ["compare_terms", "shared_effects"]

#: A role, the other term, and the change of the acting side as worded.
_Pairing: TypeAlias = tuple[str, Node, str | None]
#: Looking at more paths than this takes minutes; the caller is told to ask for fewer hops.
MOST_PATHS = 300_000


def shared_effects(
    graph: StepGraph, a: str, b: str, max_hops: int, same_sign: bool | None = None
) -> tuple[SharedEffect, ...]:
    """What both terms act on, with up to `max_hops` stated hops each, by name.

    A term is there once for each pair of signs with which the two lead to it, with the best path of each.
    """
    one, other = _effects(graph, a, max_hops), _effects(graph, b, max_hops)
    found = []
    for node in one.keys() & other.keys():
        if node[0] in (a, b):
            continue
        for sign_a, path_a in one[node].items():
            for sign_b, path_b in other[node].items():
                # Where both come by a declared link from one and the same thing, that thing is the effect.
                if not (path_a.hops[-1].statements or path_b.hops[-1].statements):
                    continue
                found.append(SharedEffect(node[0], graph.label(node), sign_a, sign_b, path_a, path_b))
    if same_sign is not None:
        found = [each for each in found if each.same_sign is same_sign]
    return tuple(sorted(found, key=lambda each: (each.label, -each.sign_a, -each.sign_b)))


def _effects(graph: StepGraph, source: str, max_hops: int) -> dict[Node, dict[int, Path]]:
    """The best path from more of a term to each node that it leads to, for each sign."""
    blocked = blocked_by(graph, source)
    best: dict[Node, dict[int, Path]] = defaultdict(dict)
    for count, steps in enumerate(simple_paths(graph, ((source, None), MORE), max_hops)):
        if count >= MOST_PATHS:
            raise UsageError(f"too many paths with {max_hops} hops", "ask for fewer hops")
        if not any(each.cost for each in steps):
            continue
        path, held = make_path(graph, steps, blocked), best[steps[-1].end[0]]
        if path.sign not in held or rank(path) < rank(held[path.sign]):
            held[path.sign] = path
    return best


def compare_terms(
    statements: Iterable[Statement], terms: Terms, a: Sequence[str], b: Sequence[str]
) -> tuple[Compared, ...]:
    """What is said of one term, of another, and of both, effects first.

    Args:
        statements: all statements.
        terms: the terms, for names.
        a, b: each term, and whatever else counts as it (its narrower terms).
    """
    sides = (frozenset(a), frozenset(b))
    said: dict[_Pairing, tuple[list[Statement], list[Statement]]] = defaultdict(lambda: ([], []))
    for each in statements:
        subject = node_of(each.subject, each.subject_aspect)
        obj = node_of(each.object, each.object_aspect)
        for at, side in enumerate(sides):
            if each.subject in side and each.object not in side:
                said["effect", obj, each.subject_direction][at].append(each)
            if each.object in side and each.subject not in side:
                said["cause", subject, each.subject_direction][at].append(each)
    rows = [
        Compared(
            role,
            node[0],
            _label(node, terms),
            change,
            _signs(in_a),
            _signs(in_b),
            tuple(in_a),
            tuple(in_b),
        )
        for (role, node, change), (in_a, in_b) in said.items()
    ]
    return tuple(sorted(rows, key=_order))


def _signs(statements: Iterable[Statement]) -> tuple[int, ...]:
    return tuple(sorted({each.sign for each in statements if each.stance == AFFIRMED}, reverse=True))


def _label(node: Node, terms: Terms) -> str:
    term, aspect = node
    word = aspect.rsplit("/", 1)[-1].removesuffix("Aspect").lower() if aspect else ""
    return f"{terms.label(term)}, {word}" if word else terms.label(term)


def _order(row: Compared) -> tuple[object, ...]:
    both = ("agree", "differ", "unclear", "only a", "only b")
    return row.role != "effect", both.index(row.verdict), row.label, row.change or ""
