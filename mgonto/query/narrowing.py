"""Which statements may take part in a path, by the filters of `explain`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mgonto.names import local_name
from mgonto.result.records import Statement

__all__ = ["Narrowing"]


@dataclass(frozen=True)
class Narrowing:
    """The filters, with their terms and words as IRIs; None lets everything pass.

    `context` pairs a role (`inSpecies`) with the terms of which a statement must name one. With `unstated`, a
    statement that names nothing in that role passes as well. `references` are numbers, as text, or IRIs;
    `sources` are the IRIs of the works of which a statement must cite one.
    """

    certainty: frozenset[str] | None = None
    causal: bool | None = None
    relation: frozenset[str] | None = None
    references: frozenset[str] | None = None
    sections: frozenset[str] | None = None
    context: tuple[tuple[str, frozenset[str]], ...] = ()
    unstated: bool = False
    designs: frozenset[str] | None = None
    sources: frozenset[str] | None = None

    def __bool__(self) -> bool:
        words = (self.certainty, self.causal, self.relation, self.references, self.sections)
        rest = (self.designs, self.sources)
        return bool(self.context) or any(each is not None for each in (*words, *rest))

    def of(self, statements: Iterable[Statement]) -> tuple[Statement, ...]:
        """The statements that pass every filter."""
        return tuple(each for each in statements if self._passes(each))

    def _passes(self, each: Statement) -> bool:
        # A gap has no certainty, and what the article calls unknown is told at every strength of wording.
        if self.certainty is not None and each.certainty is not None and each.certainty not in self.certainty:
            return False
        if self.causal is not None and each.causal != self.causal:
            return False
        if self.relation is not None and each.relation not in self.relation:
            return False
        if self.sections is not None and each.section not in self.sections:
            return False
        if self.designs is not None and self.designs.isdisjoint(each.designs):
            return False
        if self.sources is not None and self.sources.isdisjoint(each.references):
            return False
        if self.references is not None and self.references.isdisjoint(
            (*each.references, *map(local_name, each.references))
        ):
            return False
        return all(self._named(each, role, wanted) for role, wanted in self.context)

    def _named(self, each: Statement, role: str, wanted: frozenset[str]) -> bool:
        named = {one.value for one in each.context if one.role == role}
        return bool(named & wanted) or (self.unstated and not named)
