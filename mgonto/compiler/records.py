"""What a curation file says once it is checked: frozen records whose every name is an RDF term."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import pyoxigraph as ox

from mgonto.compiler.rdf import Object
from mgonto.names import BASE

__all__ = ["Fields", "Line", "NoClaim", "Participant", "Proposition", "Quantity", "Result", "Statement"]

Fields = tuple[tuple[ox.NamedNode, Object], ...]


@dataclass(frozen=True, slots=True)
class Participant:
    """A further member of a group that acts, or is acted on, together."""

    fields: Fields

    @property
    def iri(self) -> str:
        """Derived from the content, so that the same member is one node."""
        return f"{BASE}participant/{_digest(self.fields)}"


@dataclass(frozen=True, slots=True)
class Proposition:
    """Content without truth. `fields` holds every property but those that are computed from them.

    Two statements that say the same have equal fields and hence one IRI: a hash of the sorted content.
    """

    fields: Fields
    sign: int
    causal: bool
    participants: tuple[Participant, ...] = ()

    @property
    def iri(self) -> str:
        """`mgo:proposition/` and 20 hexadecimal digits of the SHA-256 of the content."""
        return f"{BASE}proposition/{_digest(self.fields)}"


@dataclass(frozen=True, slots=True)
class Quantity:
    """One reported number, or the words that stand for it."""

    fields: Fields


@dataclass(frozen=True, slots=True)
class Result:
    """One result: an arm or a subgroup, what it is compared with, and its quantities."""

    fields: Fields
    quantities: tuple[Quantity, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """What a statement rests on: one cited reference."""

    reference: int
    fields: Fields


@dataclass(frozen=True, slots=True)
class Statement:
    """The article's stance on a proposition in one sentence."""

    locator: str
    number: int
    proposition: Proposition
    fields: Fields
    lines: tuple[Line, ...]
    results: tuple[Result, ...]
    undetermined: bool
    next_in_chain: int | None = None
    alternatives: tuple[tuple[str, int], ...] = field(default=())


@dataclass(frozen=True, slots=True)
class NoClaim:
    """A sentence that makes no claim, and why."""

    locator: str
    reason: ox.NamedNode


def _digest(fields: Fields) -> str:
    content = "\n".join(sorted(f"{prop} {value}" for prop, value in fields))
    return hashlib.sha256(content.encode()).hexdigest()[:20]
