"""Loops: how a change of a term comes back to it."""

from __future__ import annotations

from dataclasses import replace

from mgonto.query.paths import idles, make_path, rank, simple_paths
from mgonto.query.steps import LESS, MORE, Node, Place, Step, StepGraph
from mgonto.result.mechanism import Loop
from mgonto.result.records import Path

__all__ = ["find_loops"]

#: A term with more ways round than this has them listed no further.
MOST_LOOPS = 20_000


def find_loops(graph: StepGraph, term: str, max_hops: int) -> tuple[tuple[Loop, ...], bool]:
    """Every simple cycle through a term, and whether these are all there are.

    A cycle passes no other term twice, and has at least one stated hop. It is followed from more of the
    term, and from less of it where that finds other claims, as a loop through a deficiency is.
    """
    home: Node = (term, None)
    found: dict[tuple[tuple[str, tuple[str, ...], str], ...], Path] = {}
    complete = True
    for change in (MORE, LESS):
        steps_found, whole = _cycles(graph, (home, change), max_hops)
        complete = complete and whole
        for steps in steps_found:
            path = make_path(graph, steps)
            last = steps[-1].end[1]
            sign = 0 if last is None else 1 if last == change else -1
            # The same claims for less, hop by hop, are the same loop.
            key = tuple((step.end[0][0], step.propositions, step.kind) for step in steps)
            found.setdefault(key, replace(path, sign=sign))
    return tuple(Loop(path) for path in sorted(found.values(), key=rank)), complete


def _cycles(graph: StepGraph, start: Place, max_hops: int) -> tuple[list[tuple[Step, ...]], bool]:
    home = start[0]
    distance = graph.distances([home[0]])
    found: list[tuple[Step, ...]] = []

    # A cycle is a path that never comes home, and one step home from its end.
    for steps in simple_paths(graph, start, max_hops, distance):
        left = max_hops - sum(each.cost for each in steps)
        for step in graph.onward(steps[-1].end):
            closed = (*steps, step)
            if step.end[0] != home or step.cost > left or idles(steps, step):
                continue
            if any(each.cost for each in closed):
                if len(found) >= MOST_LOOPS:
                    return found, False
                found.append(closed)
    return found, True
