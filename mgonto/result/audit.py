"""What an article rests on and where it is to be doubted, as frozen records."""

from __future__ import annotations

from dataclasses import dataclass

from mgonto.names import local_name

__all__ = ["Absence", "Facet", "Flag", "Reference", "Repeat", "Sentence", "Tension"]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence or table row: its place, the numbers it cites itself and inherits, and its statements.

    `scope` says how the inherited citations come to it; `no_claim` why it has no statement, if it has none.
    """

    sentence: str
    locator: str
    section: str
    heading: str
    cites: tuple[int, ...]
    inherits: tuple[int, ...]
    scope: str | None
    statements: int
    no_claim: str | None

    def __str__(self) -> str:
        return self.locator


@dataclass(frozen=True, slots=True)
class Reference:
    """A work of the reference list; `species` are the names of those it is about, as far as its title tells.

    `statements` counts the statements that rest on it, by its own citation or an inherited one.
    """

    reference: str
    number: int
    author: str | None
    year: int | None
    title: str | None
    kind: str | None
    species: tuple[str, ...]
    doi: str | None
    pmid: str | None
    statements: int

    def __str__(self) -> str:
        return f"[{self.number}] {self.author or '?'} {self.year or ''}".strip()


@dataclass(frozen=True, slots=True)
class Tension:
    """Statements that disagree, or seem to.

    `source` is curated or computed; `tension` is the IRI of a curated one. A computed one says in `curated`
    which curated tensions (for a species, which flags) hold all its statements.
    """

    tension: str | None
    kind: str
    reading: str | None
    statements: tuple[str, ...]
    source: str
    curated: tuple[str, ...] = ()

    @property
    def locators(self) -> tuple[str, ...]:
        """The sentences that take part, in order."""
        return tuple(dict.fromkeys(local_name(each).rpartition(".")[0] for each in self.statements))

    def __str__(self) -> str:
        return f"{local_name(self.kind)}: {', '.join(self.locators)}"


@dataclass(frozen=True, slots=True)
class Flag:
    """A doubt of a careful reader: what it is about, on what it rests, and how much it matters."""

    flag: str
    kind: str
    severity: str | None
    basis: str | None
    about: tuple[str, ...]
    note: str | None
    corrected: str | None

    def __str__(self) -> str:
        return self.note or local_name(self.kind)


@dataclass(frozen=True, slots=True)
class Absence:
    """Something that a reader would look for and the article does not report, by its topics."""

    absence: str
    topics: tuple[str, ...]
    names: tuple[str, ...]
    note: str | None

    def __str__(self) -> str:
        return self.note or ", ".join(self.names)


@dataclass(frozen=True, slots=True)
class Repeat:
    """A proposition that is stated more than once."""

    proposition: str
    subject_label: str
    relation_label: str
    object_label: str
    statements: tuple[str, ...]
    locators: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.subject_label} {self.relation_label} {self.object_label}: {', '.join(self.locators)}"


@dataclass(frozen=True, slots=True)
class Facet:
    """How many statements have one value of a field."""

    field: str
    value: str
    name: str
    statements: int

    def __str__(self) -> str:
        return f"{self.name}: {self.statements}"
