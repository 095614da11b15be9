"""Which findings only follow from another one: one slip is told once, where it was made.

A misspelt term is reported by the property that takes it, and again by whatever would have asked the term
for its kind, its label and its edges. What follows is left out of a report, and comes back by itself where
it is a mistake of its own: a finding is left out only while the one that it follows from is there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import pyoxigraph as ox

from mgonto.names import BASE, PREFIXES, local_name
from mgonto.validation.engines import Finding

__all__ = ["without_consequences"]

_TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")
_EDGES = frozenset(
    BASE + name + ending
    for name in ("moreMore", "moreLess", "lessMore", "lessLess", "promotes", "inhibits", "associatedWith")
    for ending in ("", "Maybe")
)
#: Rules of which the first of a node explains the others of it.
_SIGN = ("PropositionShape-sign", "PropositionShape-relation", "KnownRelationShape-relation")
_CAUSAL = ("PropositionShape-causal", *_SIGN[1:])
_PLACE = ("StatementShape-statedIn", "StatementShape-orderInSentence", "OrderTwiceCheck")
_CITATION = ("EvidenceLineShape-cites", "CitationNotOfSentenceCheck", "CitationOfAnotherListCheck")
_BECAUSE = {
    "SignShape": (*_SIGN, "PropositionShape-objectDirection", "ObjectDirectionShape"),
    "CausalShape": _CAUSAL,
    "StatementPlaceCheck": _PLACE,
    "CitationNotOfSentenceCheck": ("EvidenceLineShape-cites",),
    "CitationScopeCheck": ("EvidenceLineShape-citationScope", *_CITATION),
    "EvidencePlaceCheck": _CITATION,
    "PromotesShape-narrow": ("EdgeUntracedCheck",),
    "PromotesMaybeShape-narrow": ("EdgeUntracedCheck",),
    "InhibitsShape-narrow": ("EdgeUntracedCheck",),
    "InhibitsMaybeShape-narrow": ("EdgeUntracedCheck",),
    "HeldNeedsCertaintyShape": ("StatementShape-stance", "StatementShape-certainty"),
    "DenialNeedsNullKindShape": ("StatementShape-stance", "StatementShape-nullKind"),
    "RelativeNeedsComparatorShape": ("QuantityShape-statistic", "OrphanQuantityShape-result"),
}


def without_consequences(found: Sequence[Finding], store: ox.Store) -> list[Finding]:
    """The findings without those that only follow from another one.

    Args:
        found: what shapes and checks say.
        store: the data, in which it is looked up what hangs on what.

    >>> without_consequences([], ox.Store())
    []
    """
    return _Roots(found, store).kept()


class _Roots:
    """What is wrong with each node, and with the nodes that it points at."""

    def __init__(self, found: Sequence[Finding], store: ox.Store) -> None:
        self._store = store
        self._once = list(_each_once(found))
        self._rules: dict[str, set[str]] = defaultdict(set)
        self._pointed: dict[str, set[str]] = defaultdict(set)
        self._broken: set[str] = set()
        self._typeless: set[str] = set()
        for each in self._once:
            rule = local_name(each.shape)
            self._rules[each.focus].add(rule)
            if each.component in ("Class", "NodeKind") and each.value is not None and each.path:
                self._pointed[each.value].add(each.focus)
            if each.component != "Check" and each.severity == "violation":
                self._broken.add(each.focus)
            if rule.endswith("ShapeType"):
                self._typeless.add(each.focus)
        self._unknown = {value for value in self._pointed if not self._is_described(value)}
        self._ends: dict[str, set[str]] = defaultdict(set)
        for each in self._once:
            if each.component in ("Class", "NodeKind", "MinCount", "MaxCount") and each.path:
                self._ends[each.focus].add(local_name(each.path))

    def kept(self) -> list[Finding]:
        """The findings that follow from no other."""
        return [each for each in self._once if not self._follows(each)]

    def _follows(self, each: Finding) -> bool:
        rule, rules = local_name(each.shape), self._rules[each.focus]
        if each.focus in self._unknown:
            return True
        if each.value in self._typeless and each.component == "Class" and each.value != each.focus:
            return True
        if any(reason in rules for reason in _BECAUSE.get(rule, ())):
            return True
        if rule in ("PropositionContentCheck", "ParticipantContentCheck"):
            return each.focus in self._broken
        if rule.startswith("Edge") and rule.endswith("Check") and rule != "EdgeUntracedCheck":
            return each.focus in self._broken
        if rule == "PropositionShape-relation":
            return each.value is not None and "KnownRelationShape-relation" in rules
        if rule in ("EvidencePlaceCheck", "ResultPlaceCheck"):
            return any(
                "StatementPlaceCheck" in told for told in map(self._rules.get, self._above(each)) if told
            )
        if self._is_about_kinds(rule):
            return bool(self._ends[each.focus] & self._sides(rule))
        if rule in ("CitationMissingCheck", "CitationNotOfSentenceCheck", "CitationScopeCheck"):
            return self._cites_elsewhere(each, rule)
        return False

    @staticmethod
    def _is_about_kinds(rule: str) -> bool:
        """Whether the rule asks for the kind of an end of the claim, or compares both ends."""
        one_end = rule.startswith(("Subject", "Object")) and rule != "ObjectDirectionShape"
        return one_end or rule in ("SameKindShape", "ComparisonNeedsAttributeShape", "DoseNeedsAgentShape")

    @staticmethod
    def _sides(rule: str) -> set[str]:
        if rule.startswith("Object"):
            return {"object", "relation"}
        return {"subject", "relation"} if rule != "SameKindShape" else {"subject", "object", "relation"}

    def _cites_elsewhere(self, each: Finding, rule: str) -> bool:
        """Whether the statement stands in a wrong place, or one of its lines cites the wrong work."""
        statement = each.focus if rule == "CitationMissingCheck" else self._statement_of(each.focus)
        misplaced = self._rules.get(statement, set()) & {"StatementShape-statedIn", "StatementPlaceCheck"}
        if misplaced or rule != "CitationMissingCheck":
            return bool(misplaced)
        return any(self._rules.get(line, set()) & set(_CITATION) for line in self._lines_of(statement))

    def _statement_of(self, line: str) -> str:
        if not line.startswith("<"):
            return ""
        has_line, node = ox.NamedNode(BASE + "hasEvidenceLine"), ox.NamedNode(line[1:-1])
        return next((str(q.subject) for q in self._store.quads_for_pattern(None, has_line, node, None)), "")

    def _above(self, each: Finding) -> tuple[str, ...]:
        """The statement on which a line or a result hangs; a result's is the value of the finding."""
        return (self._statement_of(each.focus), each.value or "")

    def _lines_of(self, statement: str) -> Iterator[str]:
        if statement.startswith("<"):
            node, has_line = ox.NamedNode(statement[1:-1]), ox.NamedNode(BASE + "hasEvidenceLine")
            yield from (str(q.object) for q in self._store.quads_for_pattern(node, has_line, None, None))

    def _is_described(self, value: str) -> bool:
        """Whether anything is said of a node beyond the edges that were derived for it."""
        if not value.startswith("<"):
            return value.startswith("_:")
        quads = self._store.quads_for_pattern(ox.NamedNode(value[1:-1]), None, None, None)
        return any(quad.predicate.value not in _EDGES for quad in quads)


def _each_once(found: Iterable[Finding]) -> Iterator[Finding]:
    """One finding for each rule, property and value: several constraints of a rule say one thing."""
    seen: set[tuple[str, ...]] = set()
    for each in sorted(found, key=lambda one: tuple(part or "" for part in one.key)):
        key = (each.severity, each.focus, each.path or "", each.value or "", each.shape, each.message)
        if key not in seen:
            seen.add(key)
            yield each
