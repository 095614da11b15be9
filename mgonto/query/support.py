"""What a claim rests on: its references, their kinds and species, and how many mentions are independent."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from mgonto.engine.embedded import Row
from mgonto.names import BASE, PREFIXES, local_name, natural_key
from mgonto.query.lexical import Terms
from mgonto.query.steps import AFFIRMED
from mgonto.result.audit import Tension
from mgonto.result.records import Hop, Path, Statement
from mgonto.result.robustness import Cited, Support

__all__ = ["SupportFacts", "by_number", "independent_mentions", "support_of_path", "support_of_statements"]

#: With more cited statements than this, independence is not searched to the end.
MOST_EXACT = 60
_OF_TENSIONS = frozenset(BASE + name for name in ("tensionKind", "between", "reading"))


@dataclass(frozen=True)
class SupportFacts:
    """What `queries/support-details.rq` tells beside the statements."""

    references: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    studied: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    inherited: frozenset[tuple[str, str]] = frozenset()
    secondary: frozenset[str] = frozenset()
    near_repeats: tuple[frozenset[str], ...] = ()
    species_flags: Mapping[str, frozenset[str]] = field(default_factory=dict)
    adjudged: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)

    @classmethod
    def read(cls, rows: Iterable[Row]) -> SupportFacts:
        """The facts from the rows of the query."""
        references: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
        studied: dict[tuple[str, str], tuple[str, ...]] = defaultdict(tuple)
        repeats: dict[str, set[str]] = defaultdict(set)
        mismatches: dict[str, set[str]] = defaultdict(set)
        adjudged: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
        inherited, secondary = set(), set()
        for about, prop, value, reference in rows:
            assert about is not None and prop is not None and value is not None
            if prop.value == BASE + "SecondaryCitation":
                secondary.add(value.value)
            elif prop.value == BASE + "NearRepeat":
                repeats[about.value].add(value.value)
            elif prop.value == BASE + "SpeciesMismatch":
                mismatches[about.value].add(value.value)
            elif prop.value in _OF_TENSIONS:
                told = adjudged[about.value]
                told[prop.value] = (*told.get(prop.value, ()), value.value)
            elif reference is None:
                known = references[about.value]
                known[prop.value] = (*known.get(prop.value, ()), value.value)
            elif prop.value == BASE + "studySpecies":
                studied[about.value, reference.value] += (value.value,)
            elif value.value != BASE + "OwnCitation":
                inherited.add((about.value, reference.value))
        groups = tuple(frozenset(each) for each in repeats.values())
        flagged = {flag: frozenset(found) for flag, found in mismatches.items()}
        return cls(
            dict(references),
            dict(studied),
            frozenset(inherited),
            frozenset(secondary),
            groups,
            flagged,
            dict(adjudged),
        )

    def one(self, reference: str, name: str) -> str:
        """The value of a property of a reference, or an empty text."""
        return next(iter(self.references.get(reference, {}).get(name, ())), "")

    def number(self, reference: str) -> int | None:
        """The number of a reference in its article's list."""
        text = self.one(reference, BASE + "number") or local_name(reference)
        return int(text) if text.isdigit() else None

    def year(self, reference: str) -> int | None:
        """The year of a reference."""
        text = self.one(reference, BASE + "year")
        return int(text) if text.isdigit() else None

    def kind(self, reference: str, terms: Terms) -> str | None:
        """The kind of publication of a reference, in the vocabulary's word."""
        iri = self.one(reference, BASE + "publicationKind")
        return terms.word(iri) if iri else None

    def tensions(self, statements: Iterable[Statement]) -> tuple[Tension, ...]:
        """The curated tensions, their statements in the order of `statements`."""
        order = {each.statement: at for at, each in enumerate(statements)}
        return tuple(
            Tension(
                iri,
                next(iter(told.get(BASE + "tensionKind", ())), ""),
                next(iter(told.get(BASE + "reading", ())), None),
                tuple(sorted(told.get(BASE + "between", ()), key=lambda each: order.get(each, len(order)))),
                "curated",
            )
            for iri, told in sorted(self.adjudged.items(), key=lambda pair: natural_key(pair[0]))
        )

    def species(self, reference: str) -> tuple[str, ...]:
        """The species of a reference as its record tells them."""
        return self.references.get(reference, {}).get(BASE + "aboutSpecies", ())


def support_of_statements(
    statements: Iterable[Statement], kind: str, about: str, facts: SupportFacts, terms: Terms
) -> Support:
    """What some statements of one claim rest on; those that deny it are left aside."""
    return _support([list(statements)], kind, about, facts, terms, ())


def support_of_path(path: Path | Hop, facts: SupportFacts, terms: Terms) -> Support:
    """What a path rests on, hop by hop and as a whole; a statement that carries two hops counts once."""
    hops = path.hops if isinstance(path, Path) else (path,)
    parts = tuple(
        support_of_statements(hop.statements, "hop", _hop_words(hop), facts, terms)
        for hop in hops
        if hop.statements
    )
    if isinstance(path, Hop):
        return parts[0] if parts else support_of_statements((), "hop", _hop_words(path), facts, terms)
    about = f"{path.hops[0].subject_label} to {path.hops[-1].object_label}"
    return _support([list(hop.statements) for hop in hops], "path", about, facts, terms, parts)


def _hop_words(hop: Hop) -> str:
    return f"{hop.subject_label} {hop.relation_label} {hop.object_label}"


def _support(
    claims: Sequence[Sequence[Statement]],
    kind: str,
    about: str,
    facts: SupportFacts,
    terms: Terms,
    parts: tuple[Support, ...],
) -> Support:
    affirming = [[each for each in claim if each.stance == AFFIRMED] for claim in claims]
    statements = tuple(
        {each.statement: each for claim in affirming for each in claim}.values(),
    )
    chosen, exact = independent_mentions(affirming, facts)
    cited_by: Counter[str] = Counter(reference for each in statements for reference in each.references)
    references = tuple(
        Cited(
            reference,
            facts.number(reference),
            facts.one(reference, BASE + "firstAuthor"),
            facts.year(reference),
            facts.one(reference, PREFIXES["dcterms"] + "title"),
            facts.kind(reference, terms),
            facts.species(reference),
            count,
            sum(1 for each in statements if (each.statement, reference) in facts.inherited),
        )
        for reference, count in sorted(
            cited_by.items(), key=lambda pair: (-pair[1], facts.number(pair[0]) or 0, pair[0])
        )
    )
    studied = {
        species
        for each in statements
        for reference in each.references
        for species in (*facts.studied.get((each.statement, reference), ()), *facts.species(reference))
    }
    stated = {one.value for each in statements for one in each.context if one.role == "inSpecies"}
    return Support(
        kind=kind,
        about=about,
        statements=statements,
        references=references,
        kinds=dict(sorted(Counter(each.kind or "unknown" for each in references).items())),
        species_stated=tuple(sorted(stated)),
        species_of_sources=tuple(sorted(studied)),
        wordings=dict(
            sorted(Counter(terms.word(each.certainty) for each in statements if each.certainty).items())
        ),
        independent=len(chosen),
        exact=exact,
        repeats=tuple(each for each in statements if each.references and each.statement not in chosen),
        secondary=tuple(each for each in statements if each.statement in facts.secondary),
        uncited=tuple(each for each in statements if not each.references),
        parts=parts,
    )


def independent_mentions(
    claims: Sequence[Iterable[Statement]], facts: SupportFacts
) -> tuple[frozenset[str], bool]:
    """The most cited statements no two of which are one piece of evidence, and whether that is certain.

    Two are one piece where they stand in one sentence, share a reference, are flagged together as near
    repeats, or where they make the same claim and one of them is flagged as a secondary citation.

    Args:
        claims: the statements of each claim (of each hop of a path).
        facts: which mentions are not independent.
    """
    statements: dict[str, Statement] = {}
    of_claim: dict[str, set[int]] = defaultdict(set)
    for at, claim in enumerate(claims):
        for each in claim:
            if each.references:
                statements[each.statement] = each
                of_claim[each.statement].add(at)
    flagged: dict[str, set[int]] = defaultdict(set)
    for at, group in enumerate(facts.near_repeats):
        for iri in group:
            flagged[iri].add(at)
    order = sorted(statements, key=lambda iri: (iri in facts.secondary, natural_key(iri)))
    clashes: dict[str, set[str]] = {iri: set() for iri in order}
    for at, iri in enumerate(order):
        for other in order[at + 1 :]:
            one, two = statements[iri], statements[other]
            same_claim = bool(of_claim[iri] & of_claim[other])
            secondary = same_claim and bool({iri, other} & facts.secondary)
            shared = bool(set(one.references) & set(two.references))
            if one.sentence == two.sentence or shared or secondary or flagged[iri] & flagged[other]:
                clashes[iri].add(other)
                clashes[other].add(iri)
    if len(order) > MOST_EXACT:
        return _greedy(order, clashes), False
    return frozenset(_most(order, clashes)), True


def _greedy(order: Sequence[str], clashes: Mapping[str, set[str]]) -> frozenset[str]:
    chosen: set[str] = set()
    for iri in sorted(order, key=lambda each: (len(clashes[each]), order.index(each))):
        if not clashes[iri] & chosen:
            chosen.add(iri)
    return frozenset(chosen)


def _most(left: Sequence[str], clashes: Mapping[str, set[str]]) -> list[str]:
    """A largest choice among `left` of which no two clash."""
    if not left:
        return []
    inside = set(left)
    least = min(left, key=lambda iri: len(clashes[iri] & inside))
    near = clashes[least] & inside
    # Taking one that clashes with at most one other, or any one where all clash with all, is never wrong.
    if len(near) <= 1 or len(near) == len(left) - 1:
        return [least, *_most([iri for iri in left if iri != least and iri not in near], clashes)]
    most = max(left, key=lambda iri: len(clashes[iri] & inside))
    taken = [most, *_most([iri for iri in left if iri != most and iri not in clashes[most]], clashes)]
    skipped = _most([iri for iri in left if iri != most], clashes)
    return taken if len(taken) >= len(skipped) else skipped


def by_number(references: Iterable[str]) -> tuple[str, ...]:
    """References in the order of their numbers.

    >>> by_number(["urn:ref/13", "urn:ref/4"])
    ('urn:ref/4', 'urn:ref/13')
    """
    return tuple(
        sorted(references, key=lambda each: (int(name) if (name := local_name(each)).isdigit() else 0, each))
    )
