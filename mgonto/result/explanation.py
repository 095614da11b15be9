"""`Explanation`: the paths between two terms, and what stands beside them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mgonto.names import local_name
from mgonto.result.records import Path, Statement, Term
from mgonto.result.results import Results

__all__ = ["Bottleneck", "Explanation", "PathCounts", "PathGroup"]

if TYPE_CHECKING:
    from mgonto.result.drawing import Drawing


@dataclass(frozen=True, slots=True)
class PathCounts:
    """How many paths raise the target, lower it, or cannot be told. Counted over all paths, not voted on."""

    plus: int
    minus: int
    indeterminate: int

    @classmethod
    def of(cls, paths: Iterable[Path]) -> PathCounts:
        """The counts of some paths."""
        signs = [path.sign for path in paths]
        return cls(signs.count(1), signs.count(-1), signs.count(0))

    @property
    def total(self) -> int:
        """All paths found."""
        return self.plus + self.minus + self.indeterminate


@dataclass(frozen=True, slots=True)
class Bottleneck:
    """A reference or a term that a set of paths hangs on.

    `kind` is reference or term. `cuts` says which paths fall with it: all, plus, minus or indeterminate.
    Paths with a hop that cites nothing are left out of the reckoning of references: none carries them.
    """

    kind: str
    iri: str
    label: str
    cuts: str


@dataclass(frozen=True, slots=True)
class PathGroup:
    """Paths that belong together: `key` is what they share (IRIs, or names of sections), `label` says it."""

    key: tuple[str, ...]
    label: str
    paths: tuple[Path, ...]

    @property
    def counts(self) -> PathCounts:
        """How many paths of the group raise the target, lower it, or cannot be told."""
        return PathCounts.of(self.paths)

    def __len__(self) -> int:
        return len(self.paths)


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
        groups: the paths, all of them, by mechanism, mediator or section, where that was asked for.
        bottlenecks: references and terms that all paths, or all of one sign, hang on.
        uncited: how many of all the paths have a hop that cites nothing.
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
        groups: Sequence[PathGroup] = (),
        bottlenecks: Sequence[Bottleneck] = (),
        uncited: int = 0,
    ) -> None:
        super().__init__(paths, sparql, ("sign", "certainty", "references", "hops"))
        self.source, self.target, self.counts = source, target, counts
        self.denials, self.associations, self.gaps = tuple(denials), tuple(associations), tuple(gaps)
        self.complete, self.inverted_paths = complete, inverted_paths
        self.groups, self.bottlenecks, self.uncited = tuple(groups), tuple(bottlenecks), uncited

    @property
    def conflict(self) -> bool:
        """Whether some paths raise the target and others lower it."""
        return bool(self.counts.plus and self.counts.minus)

    @property
    def certainty(self) -> str | None:
        """The weakest wording of the path that is worded most surely; None where there is none."""
        order = {None: 3, "Established": 0, "Suggested": 1, "Hypothesised": 2}
        words = [path.certainty for path in self]
        return min(words, key=lambda each: order[local_name(each) if each else None], default=None)

    @property
    def species(self) -> tuple[str, ...]:
        """The species that the statements of the paths name, by IRI."""
        return tuple(sorted({each for path in self for each in path.species}))

    def to_mermaid(self) -> str:
        """The paths as a Mermaid flow chart."""
        return self._drawing().to_mermaid()

    def to_dot(self) -> str:
        """The paths in the language of Graphviz."""
        return self._drawing().to_dot()

    def to_svg(self) -> str:
        """The paths as a picture.

        Raises:
            MgontoError: nothing is installed that draws.
        """
        return self._drawing().to_svg()

    def _drawing(self) -> Drawing:
        from mgonto.result.drawing import Drawing

        counts = self.counts
        shown = f", the best {len(self)} drawn" if len(self) < counts.total else ""
        return Drawing(
            tuple(self),
            f"{self.source.name} to {self.target.name}: {counts.plus} raise it, {counts.minus} lower it, "
            f"{counts.indeterminate} cannot be told{shown}",
        )

    def __repr__(self) -> str:
        counts = self.counts
        return (
            f"<Explanation {self.source.name} -> {self.target.name}: "
            f"{counts.plus} plus, {counts.minus} minus, {counts.indeterminate} indeterminate>"
        )
