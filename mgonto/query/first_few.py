"""The hops of a large base: the first few statements of each, and how many there are in all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pyoxigraph as ox

from mgonto.query.paths import path_of
from mgonto.query.steps import StepGraph
from mgonto.query.wide import AT_ONCE, Select
from mgonto.result.records import Hop, Path

__all__ = ["FIRST", "MOST_READ", "claims_of_hops", "with_first"]

#: So many statements of a hop are listed.
FIRST = 5
#: Of hops with more claims than this the statements are not counted.
MOST_READ = 2_000

# From the object: fewer claims arrive at most terms than start from the ones that are asked about.
_OF_PAIRS = """PREFIX mgo: <https://w3id.org/mgonto/>
SELECT ?proposition {
  VALUES (?subject ?object) { %s }
  ?proposition mgo:object ?object ; mgo:subject ?subject .
} LIMIT %d"""


def claims_of_hops(select: Select, paths: Iterable[Path]) -> list[str] | None:
    """The propositions that join the ends of each claim on some paths; None where there are too many."""
    pairs = sorted(
        {
            (one.subject, one.object)
            for path in paths
            for hop in path.hops
            for one in hop.statements[:1]  # a hop may pass its claim the other way
        }
    )
    found: dict[str, None] = {}
    for at in range(0, len(pairs), AT_ONCE):
        named = " ".join(f"({ox.NamedNode(a)} {ox.NamedNode(b)})" for a, b in pairs[at : at + AT_ONCE])
        _, rows = select(_OF_PAIRS % (named, MOST_READ + 1), None)
        found.update((row[0].value, None) for row in rows if row[0] is not None)
        if len(found) > MOST_READ:
            return None
    return list(found)


def with_first(paths: Iterable[Path], graph: StepGraph | None, complete: bool) -> tuple[Path, ...]:
    """Paths whose hops list their first statements, the surest, and say how many there are.

    Args:
        paths: those that are shown.
        graph: the steps that all claims of their pairs make; None where they were not read again.
        complete: the paths were found among all claims, so that their hops have all their statements.
    """
    made: dict[Hop, Hop] = {}

    def few(hop: Hop) -> Hop:
        if not hop.statements:
            return hop
        if hop not in made:
            step = None if graph is None else graph.step_of(hop)
            whole = hop if graph is None or step is None else graph.hop(step)
            # Where more claims were read a step that turned some round may be stated itself.
            total = len(whole.statements) if complete or step is not None else None
            made[hop] = replace(whole, statements=whole.statements[:FIRST], statements_total=total)
        return made[hop]

    return tuple(path_of([few(hop) for hop in path.hops], path.sign) for path in paths)
