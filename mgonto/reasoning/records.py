"""The frozen records that a run of the reasoner gives back."""

from __future__ import annotations

from dataclasses import dataclass

from mgonto.result.results import Results

__all__ = ["InferredType", "Mistake", "Reasoning", "Triple"]


@dataclass(frozen=True, slots=True)
class Triple:
    """A triple that was written down, in words, and where it stands.

    >>> print(Triple("'magnesium' is a molecule", "extra.ttl", 12))
    'magnesium' is a molecule (extra.ttl:12)
    """

    says: str
    #: None where the triple is one of the bundled knowledge base.
    file: str | None = None
    line: int | None = None

    def __str__(self) -> str:
        if self.file is None:
            return f"{self.says} (bundled)"
        return f"{self.says} ({self.file}{f':{self.line}' if self.line else ''})"


@dataclass(frozen=True, slots=True)
class Mistake:
    """Why the data contradict themselves, or why a class can have no member.

    Args:
        kind: "inconsistent" or "unsatisfiable".
        about: IRI of the individual or class.
        says: the contradiction in one sentence.
        triples: what was written that leads to it; the user's own triples first.
        axioms: the axioms of the ontology that are broken, in words.
    """

    kind: str
    about: str
    says: str
    triples: tuple[Triple, ...] = ()
    axioms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InferredType:
    """A class that an individual belongs to though nobody wrote it down."""

    individual: str
    individual_label: str
    type: str
    type_label: str


@dataclass(frozen=True, slots=True)
class Reasoning:
    """The answer of `reason`.

    Args:
        consistent: HermiT finds a model of the data.
        unsatisfiable: IRIs of the named classes that can have no member.
        mistakes: the explanations, one a contradiction or unsatisfiable class.
        types: the inferred types; none where the data are inconsistent, for then everything follows.
        confirmed: HermiT says that these are all the types. False where its time was up: then the types are
            right, but some that need more than the rules may be missing.
        seconds: how long it took.
    """

    consistent: bool
    unsatisfiable: tuple[str, ...]
    mistakes: tuple[Mistake, ...]
    types: Results[InferredType]
    confirmed: bool
    seconds: float

    @property
    def ok(self) -> bool:
        """Consistent, and every class can have members."""
        return self.consistent and not self.unsatisfiable
