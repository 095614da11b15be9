"""Paths in groups: by mechanism, by first or last mediator, or by the sections that tell them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from mgonto.query.lexical import Terms
from mgonto.result.explanation import PathGroup
from mgonto.result.records import Path

__all__ = ["GROUPS", "group_paths", "mediators"]

#: What `explain` can group by.
GROUPS = ("mechanism", "first", "last", "section")


def group_paths(paths: Sequence[Path], by: str, terms: Terms) -> tuple[PathGroup, ...]:
    """The paths in groups, in the order of their first path.

    By *mechanism*, paths belong together that pass the same mediators, and a path that passes all the
    mediators of a shorter one and more besides goes with the shorter one, as a longer telling of it (with the
    one of fewest mediators, the better ranked of equals). Paths with no mediator are a group of their own:
    the claim itself. By *first* or *last*, the first or the last mediator decides; by *section*, the sections
    of the best statements of the hops.
    """
    keys = _mechanisms(paths, terms) if by == "mechanism" else [_key(path, by, terms) for path in paths]
    gathered: dict[tuple[str, ...], list[Path]] = defaultdict(list)
    for key, path in zip(keys, paths, strict=True):
        gathered[key].append(path)
    return tuple(PathGroup(key, _label(key, by, terms), tuple(each)) for key, each in gathered.items())


def mediators(path: Path, terms: Terms) -> tuple[str, ...]:
    """The terms between the ends of a path that its stated hops lead to or start from, in order.

    A state counts as its base and a pool as its whole, so that a path by way of *hyperinsulinemia* and one by
    way of *insulin level* have one mediator in common. The source, the target and their bases are none.
    """
    ends = {_base(path.hops[0].subject, terms), _base(path.hops[-1].object, terms)}
    between: dict[str, None] = {}
    for hop in path.hops:
        if hop.statements:
            between.update(dict.fromkeys((_base(hop.subject, terms), _base(hop.object, terms))))
    return tuple(each for each in between if each not in ends)


def _mechanisms(paths: Sequence[Path], terms: Terms) -> list[tuple[str, ...]]:
    passed = [mediators(path, terms) for path in paths]
    by_size = sorted(dict.fromkeys(each for each in passed if each), key=len)
    least: list[tuple[str, ...]] = []
    for each in by_size:
        if not any(set(one) <= set(each) for one in least):
            least.append(each)
    return [next((one for one in least if set(one) <= set(each)), each) if each else () for each in passed]


def _key(path: Path, by: str, terms: Terms) -> tuple[str, ...]:
    if by == "section":
        best = [statement for hop in path.hops for statement in hop.statements[:1]]
        return tuple(sorted({each.locator.partition(".")[0] for each in best}))
    passed = mediators(path, terms)
    return passed[:1] if by == "first" else passed[-1:]


def _label(key: Sequence[str], by: str, terms: Terms) -> str:
    if by == "section":
        return ", ".join(key)
    return ", ".join(terms.label(each) for each in key) or "directly"


def _base(iri: str, terms: Terms) -> str:
    passed = {iri}
    while (term := terms.get(iri)) is not None:
        base = term.state_of or term.pool_of or term.intervention_on
        if base is None or base in passed:
            break
        passed.add(base)
        iri = base
    return iri
