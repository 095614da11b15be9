"""Signed paths: what a change of one term does to another, hop by hop, each hop with its evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from mgonto.names import BASE
from mgonto.query.beside import associations, over_the_pair
from mgonto.query.lexical import Terms
from mgonto.query.steps import HOP_KINDS, LESS, MORE, NEED, STRENGTH, Place, Step, StepGraph
from mgonto.result.records import Hop, Path, Statement

__all__ = [
    "HOP_KINDS",
    "SMALL",
    "PathSearch",
    "SearchResult",
    "blocked_by",
    "idles",
    "make_path",
    "path_of",
    "rank",
    "simple_paths",
]

#: Up to so many statements are read whole and searched in memory.
SMALL = 5_000
#: A search that would list more paths than this stops there and says so.
MOST_PATHS = 20_000
_BLOCKS = frozenset({BASE + "Inhibits", BASE + "Decreases", BASE + "Prevents"})


@dataclass(frozen=True, slots=True)
class SearchResult:
    """All paths found, best first, and what stands beside them."""

    paths: tuple[Path, ...]
    denials: tuple[Statement, ...]
    associations: tuple[Statement, ...]
    gaps: tuple[Statement, ...]
    complete: bool


@dataclass(slots=True)
class _Search:
    """What one search carries along."""

    graph: StepGraph
    targets: frozenset[str]
    distance: Mapping[str, int]
    most: int
    found: list[tuple[Step, ...]] = field(default_factory=list)
    complete: bool = True


class PathSearch:
    """Searches the statements of a knowledge base.

    Args:
        statements: every statement that may take part, with its edges.
        terms: the terms, for labels and declared links.
        hops: hop kinds beside those that are always passed.
        most: more paths than this are not listed.
    """

    def __init__(
        self,
        statements: Iterable[Statement],
        terms: Terms,
        hops: Iterable[str] = (),
        most: int = MOST_PATHS,
    ) -> None:
        self.graph = StepGraph(statements, terms, hops)
        self._most = most

    def search(self, source: str, targets: Sequence[str], max_hops: int) -> SearchResult:
        """Every simple path from more of `source` to any of `targets`, with up to `max_hops` stated hops.

        Where there are too many to list, those with the fewest stated hops are.
        """
        graph, wanted = self.graph, frozenset(targets)
        # An aspect of the source ("insulin receptor, expression") is a place of its own and no start.
        start: Place = ((source, None), MORE)
        distance = graph.distances(wanted)
        search = _Search(graph, wanted, distance, self._most)
        _walk(search, start, (), {source}, max_hops)
        if not search.complete:
            search.found = self._shortest(start, wanted, distance, max_hops)
        blocked = blocked_by(graph, source)
        paths = sorted((make_path(graph, steps, blocked) for steps in search.found), key=rank)
        return SearchResult(
            _spread(paths),
            over_the_pair(graph, source, wanted, BASE + "Denied"),
            associations(graph, source, wanted, max_hops),
            over_the_pair(graph, source, wanted, BASE + "Undetermined"),
            search.complete,
        )

    def _shortest(
        self, start: Place, targets: frozenset[str], distance: Mapping[str, int], max_hops: int
    ) -> list[tuple[Step, ...]]:
        """The paths with the fewest stated hops, as many as may be listed."""
        found: list[tuple[Step, ...]] = []
        for length in range(1, max_hops + 1):
            search = _Search(self.graph, targets, distance, self._most)
            _walk(search, start, (), {start[0][0]}, length)
            if not search.complete:
                longer = [each for each in search.found if _length(each) == length]
                return [*found, *longer][: self._most]
            found = search.found
        return found


def _walk(search: _Search, place: Place, steps: tuple[Step, ...], seen: set[str], left: int) -> None:
    distance, here = search.distance, place[0][0]
    for step in search.graph.onward(place):
        if not search.complete:
            return
        term, cost = step.end[0][0], step.cost
        # Another aspect of the same term is another place of it, not a way back.
        again = step.kind == "aspect" and term == here
        if (term in seen and not again) or cost > left or distance.get(term, left + 1) > left - cost:
            continue
        if idles(steps, step):
            continue
        longer = (*steps, step)
        if term in search.targets:
            if _length(longer):
                if len(search.found) >= search.most:
                    search.complete = False
                    return
                search.found.append(longer)
            continue
        if again:
            _walk(search, step.end, longer, seen, left - cost)
            continue
        seen.add(term)
        _walk(search, step.end, longer, seen, left - cost)
        seen.discard(term)


def simple_paths(
    graph: StepGraph,
    start: Place,
    max_hops: int,
    distance: Mapping[str, int] | None = None,
) -> Iterator[tuple[Step, ...]]:
    """Every path from a place that passes no term twice, each before its extensions, with up to `max_hops`
    stated hops; where `distance` is given, only those that can still get where it leads to."""
    # Each entry: the steps so far, the terms on the way, and how many stated hops are left.
    stack: list[tuple[tuple[Step, ...], frozenset[str], int]] = [((), frozenset({start[0][0]}), max_hops)]
    while stack:
        steps, seen, left = stack.pop()
        if steps:
            yield steps
        place = steps[-1].end if steps else start
        for step in reversed(graph.onward(place)):
            term, rest = step.end[0][0], left - step.cost
            again = step.kind == "aspect" and term == place[0][0]
            if (term in seen and not again) or rest < 0 or idles(steps, step):
                continue
            if distance is None or distance.get(term, rest + 1) <= rest:
                stack.append(((*steps, step), seen | {term}, rest))


def _length(steps: Sequence[Step]) -> int:
    return sum(each.cost for each in steps)


def idles(steps: Sequence[Step], step: Step) -> bool:
    """Whether a step only goes on from one declared link to another, and says nothing new.

    From one pool to the next; where the change is unknown, from a state by its base to another state, which
    may well be the opposite one; up a tree and down again, or down and up; from aspect to aspect. Nor does
    what a class is said to need lead to its members.
    """
    if not steps:
        return False
    last = steps[-1]
    if step.kind == "special" and last.way == NEED:
        return True
    if last.kind == step.kind == "pool" or (last.kind == step.kind == "state" and last.end[1] is None):
        return True
    both = {last.kind, step.kind}
    along_tree = both <= {"general", "special"} or both == {"structural"} or both == {"aspect"}
    return along_tree and (last.way != step.way or step.way == "aspect")


def blocked_by(graph: StepGraph, source: str) -> frozenset[str]:
    """The terms that more of the source makes less: by a declared link, or by one plain statement."""
    blocked = set()
    for step in graph.onward(((source, None), MORE)):
        if step.end[1] == LESS and not step.inverted:
            plain = any(
                each.certainty == BASE + "Established" and each.relation in _BLOCKS
                for each in graph.evidence(step)
            )
            if plain or not step.propositions:
                blocked.add(step.end[0][0])
    return frozenset(blocked)


def make_path(graph: StepGraph, steps: Sequence[Step], blocked: frozenset[str] = frozenset()) -> Path:
    """The record of a path; its sign is unknown where a later hop acts through what the start has blocked."""
    hops = tuple(graph.hop(step) for step in steps)
    sign = {MORE: 1, LESS: -1}.get(steps[-1].end[1] or "", 0)
    if any(step.end[0][0] in blocked and step.end[1] == MORE for step in steps):
        sign = 0
    return path_of(hops, sign)


def path_of(hops: Sequence[Hop], sign: int) -> Path:
    """The record of a path, with the weakest wording of its hops and their references."""
    weakest = max((hop.certainty for hop in hops if hop.certainty), key=STRENGTH.__getitem__, default=None)
    references = dict.fromkeys(each for hop in hops for each in hop.references)
    return Path(tuple(hops), sign, weakest, tuple(references))


def rank(path: Path) -> tuple[object, ...]:
    """Best first: nothing turned round, direction told, few stated hops, sure wording; names break ties."""
    return (
        path.inverted,
        path.sign == 0,
        path.stated,
        STRENGTH.get(path.certainty or "", 0),
        len(path.hops),
        [hop.object_label for hop in path.hops],
        [hop.statement or "" for hop in path.hops],
    )


def _spread(paths: Sequence[Path]) -> tuple[Path, ...]:
    """Ranked paths in three tiers: new evidence first, then new steps, then variants.

    A path brings new evidence where it rests on a sentence that no better path rests on, and a new step where
    it passes a stated change that no better path passes. The hops of one sentence are one piece of evidence:
    so the first ten show what the article has to say, not ten variants of its longest sentence.
    """
    sentences: set[str | None] = set()
    steps: set[tuple[str, str | None]] = set()
    tiers: tuple[list[Path], list[Path], list[Path]] = ([], [], [])
    for path in paths:
        told = {hop.sentence for hop in path.hops if hop.statement}
        passed = {(hop.object, hop.object_change) for hop in path.hops[:-1] if hop.statement}
        tiers[0 if told - sentences else 1 if passed - steps else 2].append(path)
        sentences |= told
        steps |= passed
    return (*tiers[0], *tiers[1], *tiers[2])
