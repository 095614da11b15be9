"""Tensions that can be computed: they stand beside what a curator found, and the difference is told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from mgonto.names import BASE, PREFIXES
from mgonto.query.lexical import Terms
from mgonto.query.support import SupportFacts
from mgonto.result.audit import Tension
from mgonto.result.records import Statement

__all__ = [
    "CERTAINTY_DIFFERS",
    "SPECIES_DIFFERS",
    "TEXT_AGAINST_TABLE",
    "computed_tensions",
    "not_in_both",
    "opposite_pairs",
]

#: Kinds that are computed and that no curator gives.
CERTAINTY_DIFFERS = BASE + "CertaintyDiffers"
TEXT_AGAINST_TABLE = BASE + "TextAgainstTable"
SPECIES_DIFFERS = BASE + "SpeciesDiffers"
_HUMAN = PREFIXES["obo"] + "NCBITaxon_9606"
_CONTRADICTION = BASE + "Contradiction"
_AFFIRMED, _DENIED = BASE + "Affirmed", BASE + "Denied"
_CHANGES = {BASE + "Increased": 1, BASE + "Decreased": -1}
#: A claim about a stage of a third thing or of a group is not the plain claim about the pair.
_BARRED = frozenset({"inStage", "subjectJointWith", "objectJointWith"})


def opposite_pairs(statements: Iterable[Statement], terms: Terms) -> Iterator[tuple[Statement, Statement]]:
    """The affirmed statements of opposite sign on one pair of terms, a state read as the change of its base.

    Claims limited to a stage of a third condition and claims about a joint group are left out.
    """
    by_pair: dict[tuple[object, ...], list[tuple[int, Statement]]] = defaultdict(list)
    for each in statements:
        if each.stance != _AFFIRMED or not each.sign or any(one.role in _BARRED for one in each.context):
            continue
        subject, before = _end(terms, each.subject, each.subject_direction)
        target, after = _end(terms, each.object, None)
        key = (subject, each.subject_aspect, target, each.object_aspect)
        by_pair[key].append((before * after * each.sign, each))
    for found in by_pair.values():
        for (sign, one), (other_sign, two) in combinations(found, 2):
            if sign != other_sign:
                yield one, two


def _end(terms: Terms, iri: str, direction: str | None) -> tuple[str, int]:
    change = _CHANGES.get(direction or "", 1)
    found = terms.get(iri)
    if found is not None and found.state_of:
        return found.state_of, change * (-1 if found.direction == "less" else 1)
    return iri, change


def computed_tensions(
    statements: Sequence[Statement], terms: Terms, facts: SupportFacts
) -> tuple[Tension, ...]:
    """What the statements themselves show, each with what a curator has said of all of its statements.

    Four kinds: a contradiction (opposite signs in like context, or one proposition affirmed and denied), a
    certainty that differs between the mentions of one proposition, a table against the running text, and the
    species that the text names against the species of the cited work.
    """
    curated = {each.tension or "": frozenset(each.statements) for each in facts.tensions(statements)}
    order = {each.statement: at for at, each in enumerate(statements)}
    found: dict[tuple[str, tuple[str, ...]], tuple[str, Mapping[str, frozenset[str]]]] = {}

    def add(kind: str, one: Statement, two: Statement, reading: str) -> None:
        pair = sorted((one.statement, two.statement), key=order.__getitem__)
        found.setdefault((kind, tuple(pair)), (reading, curated))

    for one, two in opposite_pairs(statements, terms):
        in_table = [each.locator.startswith("T") for each in (one, two)]
        kind = TEXT_AGAINST_TABLE if in_table[0] != in_table[1] else _CONTRADICTION
        add(kind, one, two, f"opposite signs on {one.subject_label} and {one.object_label}")
    for group in _by_proposition(statements).values():
        for one, two in combinations(group, 2):
            if {one.stance, two.stance} == {_AFFIRMED, _DENIED}:
                add(_CONTRADICTION, one, two, "affirmed in one place and denied in another")
            elif one.certainty and two.certainty and one.certainty != two.certainty:
                words = sorted(terms.word(each) for each in (one.certainty, two.certainty))
                add(CERTAINTY_DIFFERS, one, two, f"{words[0]} in one place and {words[1]} in another")
    for members, reading in _other_species(statements, terms, facts):
        found[SPECIES_DIFFERS, members] = reading, facts.species_flags
    return tuple(
        Tension(
            None,
            kind,
            reading,
            members,
            "computed",
            tuple(iri for iri, held in judged.items() if held.issuperset(members)),
        )
        for (kind, members), (reading, judged) in sorted(
            found.items(), key=lambda item: (item[0][0], order[item[0][1][0]])
        )
    )


def not_in_both(computed: Iterable[Tension], curated: Iterable[Tension]) -> list[Tension]:
    """The computed tensions that no curator has, then the curated ones that no computation finds."""
    computed = list(computed)
    known = {iri for each in computed for iri in each.curated}
    return [
        *(each for each in computed if not each.curated),
        *(each for each in curated if each.tension not in known),
    ]


def _other_species(
    statements: Iterable[Statement], terms: Terms, facts: SupportFacts
) -> Iterator[tuple[tuple[str, ...], str]]:
    """The statements of each sentence that name another animal than a work that they cite, and how it reads.

    A claim about people that leans on an animal study names no wrong species: it is an extrapolation, which
    `statements(species=..., source_species=...)` finds.
    """
    by_sentence: dict[tuple[str, str, str, str], list[str]] = defaultdict(list)
    for each in statements:
        stated = [one.value for one in each.context if one.role == "inSpecies"]
        for reference in each.references:
            for one in stated:
                for studied in facts.species(reference):
                    if not _same_species(one, studied, terms):
                        by_sentence[each.sentence, reference, one, studied].append(each.statement)
    for (_, reference, one, studied), members in by_sentence.items():
        number = facts.number(reference)
        yield (
            tuple(dict.fromkeys(members)),
            f"{terms.label(one)} in the text and {terms.label(studied)} in reference {number}",
        )


def _same_species(one: str, other: str, terms: Terms) -> bool:
    if _HUMAN in (one, other):
        return True
    return one == other or one in terms.ancestors(other) or other in terms.ancestors(one)


def _by_proposition(statements: Iterable[Statement]) -> Mapping[str, list[Statement]]:
    found: dict[str, list[Statement]] = defaultdict(list)
    for each in statements:
        found[each.proposition].append(each)
    return found
