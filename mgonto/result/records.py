"""What an answer is made of: frozen records with IRIs in full and the labels beside them."""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass, fields, is_dataclass
from decimal import Decimal
from typing import Any

from mgonto.names import local_name

__all__ = ["Context", "Coverage", "Hop", "Mapping", "Path", "Quantity", "Statement", "Term", "as_row"]


@dataclass(frozen=True, slots=True)
class Term:
    """A domain term. Its links are IRIs; `direction` is more, less or None.

    `part_of` and `member_of` name the larger wholes and pathways it belongs to, `involves` what a composed
    term is about: what takes part in a process, what an attribute measures, what a group has.
    """

    iri: str
    name: str
    label: str
    kind: str
    synonyms: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    state_of: str | None = None
    pool_of: str | None = None
    stands_for_whole: bool = False
    intervention_on: str | None = None
    direction: str | None = None
    part_of: tuple[str, ...] = ()
    member_of: tuple[str, ...] = ()
    involves: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Context:
    """One thing that a proposition is limited to: property (`inTissue`), value and label."""

    role: str
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Statement:
    """What the article says in one place about one proposition.

    `sign` (1, -1, 0) is relative to the subject as it is worded. `references` are IRIs, `cited` numbers.
    """

    statement: str
    sentence: str
    section: str
    heading: str
    gloss: str
    proposition: str
    subject: str
    subject_label: str
    subject_direction: str | None
    subject_aspect: str | None
    relation: str
    relation_label: str
    object: str
    object_label: str
    object_direction: str | None
    object_aspect: str | None
    sign: int
    causal: bool
    stance: str
    certainty: str | None
    hedges: tuple[str, ...]
    claim_kind: str
    null_kind: str | None
    references: tuple[str, ...]
    scope: str | None
    designs: tuple[str, ...]
    context: tuple[Context, ...]
    edges: tuple[str, ...]

    @property
    def locator(self) -> str:
        """The sentence's place in the article, such as S09.P02.N05."""
        return local_name(self.sentence)

    @property
    def cited(self) -> tuple[int, ...]:
        """The numbers of the cited references."""
        return tuple(int(local_name(each)) for each in self.references)

    def __str__(self) -> str:
        return self.gloss


@dataclass(frozen=True, slots=True)
class Quantity:
    """A reported number, or the words that stand for it; `unit` is a UCUM code, `as_reported` as printed."""

    statement: str
    sentence: str
    role: str
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    as_reported: str | None
    unit: str | None
    statistic: str | None
    change: str | None
    qualifiers: tuple[str, ...]
    status: str | None
    in_words: str | None
    time_point: str | None
    arm: str | None
    participants: int | None
    subgroups: tuple[str, ...]
    comparators: tuple[str, ...]
    comparator_basis: str | None
    of: str | None


@dataclass(frozen=True, slots=True)
class Hop:
    """One step of a path.

    `kind` is stated, state, pool, intervention or opposite. `sign` says whether the change is handed on (1),
    turned round (-1) or unknown (0); `subject_change` and `object_change` are more, less or None. A stated
    hop names its best statement (surest wording, own citation first); `statements` has all of them. Of a base
    of more than a few thousand statements it has the five surest, in the order of their places where they
    are equally sure, and `statements_total` says how many there are (None where paths rest on too many claims
    to count them, or a hop turns round what was stated for itself after all).
    """

    kind: str
    subject: str
    subject_label: str
    subject_change: str | None
    relation: str
    relation_label: str
    object: str
    object_label: str
    object_change: str | None
    sign: int
    certainty: str | None
    statement: str | None
    sentence: str | None
    references: tuple[str, ...]
    statements: tuple[Statement, ...] = ()
    inverted: bool = False
    statements_total: int | None = 0

    def __str__(self) -> str:
        """The hop as its best statement words it, and where that stands."""
        if not self.statements:
            return f"{self.subject_label} {self.relation_label} {self.object_label}"
        one = self.statements[0]
        before, after = (
            f"{local_name(each).lower()} " if each else ""
            for each in (one.subject_direction, one.object_direction)
        )
        turned = ", turned round" if self.inverted else ""
        told = f"{before}{self.subject_label} {self.relation_label} {after}{self.object_label}"
        return f"{told} ({one.locator}{turned})"


@dataclass(frozen=True, slots=True)
class Path:
    """A signed path: `sign` 1 raises the target, -1 lowers it, 0 cannot be told.

    `certainty` is the weakest wording on it; `references` are those of its hops.
    """

    hops: tuple[Hop, ...]
    sign: int
    certainty: str | None
    references: tuple[str, ...]

    @property
    def stated(self) -> int:
        """How many hops rest on a statement."""
        return sum(1 for hop in self.hops if hop.statement is not None)

    @property
    def species(self) -> tuple[str, ...]:
        """The species that the statements name, by IRI."""
        found = {
            each.value
            for hop in self.hops
            for statement in hop.statements
            for each in statement.context
            if each.role == "inSpecies"
        }
        return tuple(sorted(found))

    @property
    def inverted(self) -> int:
        """How many hops turn a statement round to the opposite direction."""
        return sum(1 for hop in self.hops if hop.inverted)

    def to_dict(self) -> dict[str, Any]:
        """The path as JSON knows it: IRIs in full, labels beside them."""
        return {
            "sign": self.sign,
            "certainty": self.certainty,
            "references": list(self.references),
            "hops": [
                {
                    "kind": hop.kind,
                    "subject": hop.subject,
                    "subject_label": hop.subject_label,
                    "relation": hop.relation,
                    "relation_label": hop.relation_label,
                    "object": hop.object,
                    "object_label": hop.object_label,
                    "sign": hop.sign,
                    "certainty": hop.certainty,
                    "statement": hop.statement,
                    "sentence": hop.sentence,
                    "references": list(hop.references),
                }
                for hop in self.hops
            ],
        }


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of one section is accounted for."""

    section: str
    heading: str
    sentences: int
    covered: int
    no_claim: int
    statements: int
    propositions: int
    uncited: int
    hedged: int
    denied: int
    gaps: int
    flagged: int


@dataclass(frozen=True, slots=True)
class Mapping:
    """A link from a term or relation of ours to a term of another ontology.

    `match` is exact, close, broad, narrow or related (the target is close to ours, broader, narrower ...),
    and none where a search found nothing: `object` and `object_curie` are then None, and `source` says where
    it was looked for.
    """

    subject: str
    subject_label: str
    match: str
    predicate: str
    object: str | None
    object_curie: str | None
    object_label: str | None
    source: str
    source_version: str | None
    justification: str
    provider: str | None
    comment: str | None
    mapping: str

    def __str__(self) -> str:
        return f"{self.subject_label} {self.match} {self.object_curie or self.source}"


def as_row(record: object) -> dict[str, Any]:
    """A record as a flat dictionary; what is nested stays nested."""
    if isinstance(record, abc.Mapping):
        return dict(record)
    to_dict = getattr(record, "to_dict", None)
    if to_dict is not None:
        return dict(to_dict())
    assert is_dataclass(record)
    return {each.name: _plain(getattr(record, each.name)) for each in fields(record)}


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if is_dataclass(value):
        return as_row(value)
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value
