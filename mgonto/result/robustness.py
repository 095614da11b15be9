"""Answers about robustness: what a claim rests on, and what falls with a reference."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from mgonto.names import local_name
from mgonto.result.records import Path, Statement
from mgonto.result.results import Exports, Results

__all__ = ["Cited", "CutSet", "LostProposition", "RankedReference", "Removal", "Standing", "Support"]

#: The knowledge base stands above its answers, so a removal knows it by what makes it alone.
K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Cited:
    """A reference that something rests on.

    `kind` is the kind of publication and `species` what the record of the reference tells of its study;
    `statements` says how many of the statements cite it, `inherited` how many of those only by way of their
    paragraph or section.
    """

    reference: str
    number: int | None
    author: str
    year: int | None
    title: str
    kind: str | None
    species: tuple[str, ...]
    statements: int
    inherited: int

    def __str__(self) -> str:
        number = self.number if self.number is not None else local_name(self.reference)
        return f"[{number}] {self.author} {self.year or ''}".strip()


@dataclass(frozen=True, slots=True)
class Support(Exports):
    """What a statement, a proposition, a hop or a path rests on.

    Attributes:
        kind: statement, proposition, hop or path. about: what was asked for, in words.
        statements: every statement that affirms it, denials left out.
        references: what they cite, the most cited first.
        kinds: kinds of publication, and how many of the references are of each.
        species_stated: the species that the text names. species_of_sources: those of the studies behind it,
            as the evidence lines or the records of the references tell. Both as IRIs.
        wordings: how many statements are worded how surely.
        mentions: how many statements there are. independent: how many of the cited ones are independent: the
            most that can be chosen so that no two stand in one sentence, share a reference or are flagged as
            near repeats, and that no secondary citation of a claim is counted beside another citation of it.
        exact: whether `independent` was found exactly; with very many statements it is a lower bound.
        repeats: the statements that add no mention to those. secondary: the flagged secondary citations.
        uncited: the statements that cite nothing; they are mentions without support.
        parts: of a path, the support of each stated hop.
    """

    kind: str
    about: str
    statements: tuple[Statement, ...]
    references: tuple[Cited, ...]
    kinds: Mapping[str, int]
    species_stated: tuple[str, ...]
    species_of_sources: tuple[str, ...]
    wordings: Mapping[str, int]
    independent: int
    exact: bool
    repeats: tuple[Statement, ...]
    secondary: tuple[Statement, ...]
    uncited: tuple[Statement, ...]
    parts: tuple[Support, ...] = ()

    @property
    def mentions(self) -> int:
        """How many statements there are, independent or not."""
        return len(self.statements)

    @property
    def weakest(self) -> Support | None:
        """Of a path, the hop with the fewest independent mentions: the first such one."""
        return min(self.parts, key=lambda each: each.independent, default=None)

    def rows(self) -> Results[Support]:
        """The support itself, and below that of a path those of its hops."""
        columns = tuple(name for name in self.to_dict() if name != "parts")
        return Results((self, *self.parts), "", columns)

    def to_dict(self) -> dict[str, Any]:
        """The support as JSON knows it; statements by their IRIs."""
        return {
            "kind": self.kind,
            "about": self.about,
            "mentions": self.mentions,
            "independent": self.independent,
            "exact": self.exact,
            "statements": [each.statement for each in self.statements],
            "references": [
                {
                    "reference": each.reference,
                    "number": each.number,
                    "author": each.author,
                    "year": each.year,
                    "title": each.title,
                    "kind": each.kind,
                    "species": list(each.species),
                    "statements": each.statements,
                    "inherited": each.inherited,
                }
                for each in self.references
            ],
            "kinds": dict(self.kinds),
            "species_stated": list(self.species_stated),
            "species_of_sources": list(self.species_of_sources),
            "wordings": dict(self.wordings),
            "repeats": [each.statement for each in self.repeats],
            "secondary": [each.statement for each in self.secondary],
            "uncited": [each.statement for each in self.uncited],
            "parts": [each.to_dict() for each in self.parts],
        }

    def __str__(self) -> str:
        return f"{self.about}: {self.independent} independent of {self.mentions} mentions"


@dataclass(frozen=True, slots=True)
class CutSet:
    """References that together cut every supported path, and none of which could be left out."""

    references: tuple[str, ...]

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of the references."""
        return tuple(int(name) for each in self.references if (name := local_name(each)).isdigit())

    def __len__(self) -> int:
        return len(self.references)

    def __str__(self) -> str:
        return "[" + ", ".join(local_name(each) for each in self.references) + "]"


@dataclass(frozen=True, slots=True)
class LostProposition:
    """A proposition and what a removal takes from it.

    `lost` are the statements that lose all their evidence, `kept` those that keep some, `uncited` those that
    never had any. Where nothing is kept, the proposition has lost all support.
    """

    proposition: str
    gloss: str
    lost: tuple[Statement, ...]
    kept: tuple[Statement, ...]
    uncited: tuple[Statement, ...]

    def to_dict(self) -> dict[str, Any]:
        """The proposition with the IRIs of its statements."""
        return {
            "proposition": self.proposition,
            "gloss": self.gloss,
            "lost": [each.statement for each in self.lost],
            "kept": [each.statement for each in self.kept],
            "uncited": [each.statement for each in self.uncited],
        }

    def __str__(self) -> str:
        return self.gloss


@dataclass(frozen=True, slots=True)
class Standing:
    """An explanation before and after a removal.

    `broken` are the paths that lose the last reference of a hop, `holding` those that keep one for each hop;
    `uncited` had a hop that cites nothing from the start, and count neither way. `source` and `target` are
    names.
    """

    source: str
    target: str
    broken: tuple[Path, ...]
    holding: tuple[Path, ...]
    uncited: tuple[Path, ...]

    @property
    def verdict(self) -> str:
        """breaks, weakened (some paths break, another holds), holds, uncited (no path was ever supported), or
        no path."""
        if self.broken:
            return "weakened" if self.holding else "breaks"
        if self.holding:
            return "holds"
        return "uncited" if self.uncited else "no path"

    def to_dict(self) -> dict[str, Any]:
        """The verdict with the numbers of paths."""
        return {
            "source": self.source,
            "target": self.target,
            "verdict": self.verdict,
            "broken": len(self.broken),
            "holding": len(self.holding),
            "uncited": len(self.uncited),
        }

    def __str__(self) -> str:
        return f"{self.source} to {self.target}: {self.verdict}"


@dataclass(frozen=True, slots=True)
class RankedReference:
    """A reference and how much falls with it alone.

    `cited_by` is how many statements cite it; `statements` and `propositions` how many lose all their
    support, `paths` how many of the paths of the pair that was asked for, of `of_paths` supported ones.
    """

    reference: str
    number: int | None
    author: str
    year: int | None
    kind: str | None
    cited_by: int
    statements: int
    propositions: int
    paths: int
    of_paths: int

    def __str__(self) -> str:
        return f"[{self.number}] {self.author}: {self.propositions} propositions, {self.paths} paths"


class Removal(Exports, Generic[K]):
    """A knowledge base less some references: what falls with them, and what is left.

    Its exports are those of the propositions that lose all support.

    Attributes:
        references: the IRIs of the references.
        lost_propositions: the propositions that lose all support.
        weakened: those that lose some and keep some.
        unsupported_before: the statements that cited nothing from the start; no removal touches them. They
            are read when they are asked for.
    """

    def __init__(
        self,
        references: tuple[str, ...],
        lost_propositions: Sequence[LostProposition],
        weakened: Sequence[LostProposition],
        unsupported_before: Callable[[], Sequence[Statement]],
        open_rest: Callable[[], K],
        standing: Callable[[str, str, int], Standing],
        standard: tuple[str, str],
    ) -> None:
        self.references = references
        columns = ("proposition", "gloss", "lost", "kept", "uncited")
        self.lost_propositions = Results(lost_propositions, "", columns)
        self.weakened = Results(weakened, "", columns)
        self._before = unsupported_before
        self._open_rest, self._standing, self._standard = open_rest, standing, standard

    def rows(self) -> Results[LostProposition]:
        """The propositions that lose all support."""
        return self.lost_propositions

    @property
    def lost_statements(self) -> tuple[Statement, ...]:
        """The statements that lose all their evidence, in the order of their propositions."""
        hit = (*self.lost_propositions, *self.weakened)
        return tuple(statement for each in hit for statement in each.lost)

    @cached_property
    def unsupported_before(self) -> Results[Statement]:
        """The statements that cited nothing from the start.

        Raises:
            UsageError: the knowledge base is too large for every statement to be read.
        """
        return Results(self._before())

    @cached_property
    def knowledge_base(self) -> K:
        """The knowledge base that is left; it answers like any other.

        Raises:
            UsageError: the knowledge base is on an endpoint, and cannot be copied.
        """
        return self._open_rest()

    def standing(self, source: str | None = None, target: str | None = None, max_hops: int = 4) -> Standing:
        """What becomes of the explanation between two terms; of the article's own question, unless told.

        Raises:
            UnknownTerm, AmbiguousTerm: a term that cannot be found.
        """
        start = self._standard[0] if source is None else source
        end = self._standard[1] if target is None else target
        return self._standing(start, end, max_hops)

    def broken(
        self, source: str | None = None, target: str | None = None, max_hops: int = 4
    ) -> tuple[Path, ...]:
        """The paths between two terms that lose the last reference of a hop."""
        return self.standing(source, target, max_hops).broken

    def __repr__(self) -> str:
        numbers = ", ".join(local_name(each) for each in self.references)
        return f"<Removal of [{numbers}]: {len(self.lost_propositions)} propositions lose all support>"
