"""`Explanation`: the paths between two terms, and what stands beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mgonto.result.records import Path, Statement, Term
from mgonto.result.results import Results

__all__ = ["Explanation", "PathCounts"]


@dataclass(frozen=True, slots=True)
class PathCounts:
    """How many paths raise the target, lower it, or cannot be told. Counted over all paths, not voted on."""

    plus: int
    minus: int
    indeterminate: int

    @property
    def total(self) -> int:
        """All paths found."""
        return self.plus + self.minus + self.indeterminate


class Explanation(Results[Path]):
    """The best paths, as a sequence; the counts are over all that were found.

    Attributes:
        source, target: the terms asked for.
        counts: how many paths of each sign there are.
        denials: what the article denies over the same pair; never evidence for the opposite sign.
        associations: associations between what the source leads to and the target; never composed.
        gaps: what the article calls unknown over the same pair.
        complete: False where there were more paths than a search lists.
        inverted_paths: where no path was found, how many there would be if statements were turned round.
    """

    def __init__(
        self,
        source: Term,
        target: Term,
        paths: Sequence[Path],
        counts: PathCounts,
        denials: Sequence[Statement] = (),
        associations: Sequence[Statement] = (),
        gaps: Sequence[Statement] = (),
        complete: bool = True,
        inverted_paths: int = 0,
        sparql: str = "",
    ) -> None:
        super().__init__(paths, sparql, ("sign", "certainty", "references", "hops"))
        self.source, self.target, self.counts = source, target, counts
        self.denials, self.associations, self.gaps = tuple(denials), tuple(associations), tuple(gaps)
        self.complete, self.inverted_paths = complete, inverted_paths

    @property
    def conflict(self) -> bool:
        """Whether some paths raise the target and others lower it."""
        return bool(self.counts.plus and self.counts.minus)

    def __repr__(self) -> str:
        counts = self.counts
        return (
            f"<Explanation {self.source.name} -> {self.target.name}: "
            f"{counts.plus} plus, {counts.minus} minus, {counts.indeterminate} indeterminate>"
        )
