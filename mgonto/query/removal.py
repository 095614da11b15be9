"""What falls if references fall: statements, propositions and paths that lose their last evidence."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from mgonto.names import BASE
from mgonto.query.cuts import hop_references, is_supported, stands_without
from mgonto.query.lexical import Terms
from mgonto.query.support import SupportFacts
from mgonto.result.records import Path, Statement
from mgonto.result.robustness import LostProposition, RankedReference, Standing

__all__ = ["propositions_hit", "rank_references", "standing", "unsupported"]


def unsupported(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    """The statements that cite nothing, from the start."""
    return tuple(each for each in statements if not each.references)


def propositions_hit(
    statements: Iterable[Statement], references: frozenset[str]
) -> tuple[tuple[LostProposition, ...], tuple[LostProposition, ...]]:
    """The propositions that lose all support, and those that lose some of it, with some references gone.

    A statement falls when every reference that it cites is gone. Denials and gaps are statements too: what
    the article denies on the word of one reference alone is lost with it. A proposition that keeps a
    statement with some reference is weakened where another of its statements falls, or loses one of several.
    """
    by_proposition: dict[str, list[Statement]] = defaultdict(list)
    for each in statements:
        by_proposition[each.proposition].append(each)
    lost: list[LostProposition] = []
    weakened: list[LostProposition] = []
    for proposition, found in by_proposition.items():
        hit = [each for each in found if references & set(each.references)]
        if not hit:
            continue
        falls = tuple(each for each in hit if references.issuperset(each.references))
        kept = tuple(each for each in found if each.references and each not in falls)
        record = LostProposition(proposition, found[0].gloss, falls, kept, unsupported(found))
        (weakened if kept else lost).append(record)
    return tuple(lost), tuple(weakened)


def standing(source: str, target: str, paths: Iterable[Path], references: frozenset[str]) -> Standing:
    """Which of some paths break with some references, and which hold."""
    broken: list[Path] = []
    holding: list[Path] = []
    uncited: list[Path] = []
    for path in paths:
        if not is_supported(path):
            uncited.append(path)
        else:
            (holding if stands_without(path, references) else broken).append(path)
    return Standing(source, target, tuple(broken), tuple(holding), tuple(uncited))


def rank_references(
    statements: Sequence[Statement], paths: Sequence[Path], facts: SupportFacts, terms: Terms
) -> tuple[RankedReference, ...]:
    """Every reference by what falls with it alone: paths first, then propositions, then statements."""
    supported = [path for path in paths if is_supported(path)]
    cited = Counter(one for each in statements for one in dict.fromkeys(each.references))
    alone = Counter(each.references[0] for each in statements if len(each.references) == 1)
    # What falls with one reference alone: that which nothing else carries. So each thing is looked at once.
    lost = Counter(_only(held) for held in _carried(statements).values())
    broken = Counter(one for path in supported for one in {_only([hop_references(hop)]) for hop in path.hops})
    ranked = [
        RankedReference(
            reference,
            facts.number(reference),
            facts.one(reference, BASE + "firstAuthor"),
            facts.year(reference),
            facts.kind(reference, terms),
            cited[reference],
            alone[reference],
            lost[reference],
            broken[reference],
            len(supported),
        )
        for reference in {*facts.references, *cited}
    ]
    return tuple(sorted(ranked, key=_order))


def _carried(statements: Iterable[Statement]) -> dict[str, list[frozenset[str]]]:
    """The references of each cited statement of each proposition."""
    found: dict[str, list[frozenset[str]]] = defaultdict(list)
    for each in statements:
        if each.references:
            found[each.proposition].append(frozenset(each.references))
    return found


def _only(held: Iterable[frozenset[str]]) -> str | None:
    """The one reference that all rest on, or None."""
    found = frozenset().union(*held)
    return next(iter(found)) if len(found) == 1 else None


def _order(each: RankedReference) -> tuple[object, ...]:
    return -each.paths, -each.propositions, -each.statements, each.number or 0, each.reference
