"""Tensions that can be computed: they stand beside what a curator found, and the difference is told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from mgonto.names import BASE
from mgonto.query.lexical import Terms
from mgonto.result.audit import Tension
from mgonto.result.records import Statement

__all__ = ["CERTAINTY_DIFFERS", "TEXT_AGAINST_TABLE", "computed_tensions", "opposite_pairs"]

#: Kinds that are computed and that no curator gives.
CERTAINTY_DIFFERS = BASE + "CertaintyDiffers"
TEXT_AGAINST_TABLE = BASE + "TextAgainstTable"
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
    statements: Sequence[Statement], terms: Terms, curated: Sequence[Tension]
) -> tuple[Tension, ...]:
    """What the statements themselves show, each with the curated tensions that hold all of its statements.

    Four kinds: a contradiction (opposite signs in like context, or one proposition affirmed and denied), a
    certainty that differs between the mentions of one proposition, and a table against the running text.
    """
    members = {each.tension or "": set(each.statements) for each in curated}
    order = {each.statement: at for at, each in enumerate(statements)}
    found: dict[tuple[str, tuple[str, ...]], str] = {}

    def add(kind: str, one: Statement, two: Statement, reading: str) -> None:
        pair = sorted((one.statement, two.statement), key=order.__getitem__)
        found.setdefault((kind, tuple(pair)), reading)

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
    return tuple(
        Tension(
            None,
            kind,
            reading,
            pair,
            "computed",
            tuple(iri for iri, held in members.items() if held.issuperset(pair)),
        )
        for (kind, pair), reading in sorted(
            found.items(), key=lambda item: (item[0][0], order[item[0][1][0]])
        )
    )


def _by_proposition(statements: Iterable[Statement]) -> Mapping[str, list[Statement]]:
    found: dict[str, list[Statement]] = defaultdict(list)
    for each in statements:
        found[each.proposition].append(each)
    return found
