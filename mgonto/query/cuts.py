"""What a set of paths hangs on: bottlenecks, and the smallest sets of references that cut every path.

A hop stands while one of its statements keeps one of its references; so it falls with a set of references
that holds every reference of every statement of the hop. A path falls with any of its stated hops. A path
with a hop that cites nothing rests on no reference there: it is unsupported from the start, and no removal is
what cuts it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mgonto.query.lexical import Terms
from mgonto.result.explanation import Bottleneck
from mgonto.result.records import Hop, Path

__all__ = ["bottlenecks", "hop_references", "is_supported", "minimal_cuts", "stands_without"]

#: Between sets of candidate cuts this many are kept at most; beyond that the answer says it is not whole.
MOST_CUTS = 50_000


def hop_references(hop: Hop) -> frozenset[str]:
    """Every reference that any statement of a hop cites."""
    return frozenset(reference for each in hop.statements for reference in each.references)


def is_supported(path: Path) -> bool:
    """Whether every stated hop of a path has a reference."""
    return all(hop_references(hop) for hop in path.hops if hop.statements)


def stands_without(path: Path, references: frozenset[str]) -> bool:
    """Whether every stated hop of a path keeps a reference when some references are taken away."""
    return all(hop_references(hop) - references for hop in path.hops if hop.statements)


def minimal_cuts(paths: Iterable[Path], max_size: int | None = None) -> tuple[list[frozenset[str]], bool]:
    """Every smallest set of references whose removal cuts all the supported paths.

    Args:
        paths: the paths; those that are not supported are left aside.
        max_size: no sets of more references than this.

    Returns:
        The sets, none of which holds another, smallest first; and whether these are all there are (up to
        `max_size`). No supported path, no set.
    """
    ways = _ways_to_cut(paths)
    if not ways:
        return [], True
    complete = True
    cuts: set[frozenset[str]] = {frozenset()}
    for way in ways:
        done = {cut for cut in cuts if any(hop <= cut for hop in way)}
        longer = {cut | hop for cut in cuts - done for hop in way}
        if max_size is not None:
            longer = {cut for cut in longer if len(cut) <= max_size}
        cuts = _smallest(done | longer)
        if len(cuts) > MOST_CUTS:
            complete = False
            cuts = set(sorted(cuts, key=_by_size)[:MOST_CUTS])
    return sorted(cuts, key=_by_size), complete


def _ways_to_cut(paths: Iterable[Path]) -> list[frozenset[frozenset[str]]]:
    """For each supported path the sets of references of its hops, each of which cuts it; repeats left out."""
    ways: set[frozenset[frozenset[str]]] = set()
    for path in paths:
        if is_supported(path):
            hops = {hop_references(hop) for hop in path.hops if hop.statements}
            ways.add(frozenset(_smallest(hops)))
    # A path that is cut whenever another one is asks for nothing more.
    return [
        way
        for way in sorted(ways, key=lambda each: (len(each), sorted(map(sorted, each))))
        if not any(other < way for other in ways)
    ]


def _smallest(sets: Iterable[frozenset[str]]) -> set[frozenset[str]]:
    """The sets that hold no other of them."""
    kept: list[frozenset[str]] = []
    for each in sorted(set(sets), key=len):
        if not any(smaller <= each for smaller in kept):
            kept.append(each)
    return set(kept)


def _by_size(cut: frozenset[str]) -> tuple[int, list[tuple[int, str]]]:
    return len(cut), sorted((len(each), each) for each in cut)


def bottlenecks(paths: Sequence[Path], terms: Terms) -> tuple[Bottleneck, ...]:
    """The references and terms that all the paths hang on, then those that all paths of one sign hang on."""
    found: dict[tuple[str, str], Bottleneck] = {}
    signs = {path.sign for path in paths}
    for cuts, sign in (("all", None), ("plus", 1), ("minus", -1), ("indeterminate", 0)):
        chosen = [path for path in paths if sign is None or path.sign == sign]
        if not chosen or (sign is not None and signs == {sign}):
            continue
        for reference in _common(_single_references(path) for path in chosen if is_supported(path)):
            label = reference.rsplit("/", 1)[-1]
            found.setdefault(("reference", reference), Bottleneck("reference", reference, f"[{label}]", cuts))
        for term in _common([hop.object for hop in path.hops[:-1]] for path in chosen):
            found.setdefault(("term", term), Bottleneck("term", term, terms.label(term), cuts))
    return tuple(found.values())


def _single_references(path: Path) -> list[str]:
    """The references each of which alone carries a hop of a path."""
    single = [hop_references(hop) for hop in path.hops if hop.statements]
    return [reference for each in single if len(each) == 1 for reference in each]


def _common(lists: Iterable[Sequence[str]]) -> list[str]:
    """What every list holds, in the order of the first; nothing where there is no list."""
    common: list[str] | None = None
    for each in lists:
        common = list(dict.fromkeys(each)) if common is None else [one for one in common if one in each]
        if not common:
            return []
    return common or []
