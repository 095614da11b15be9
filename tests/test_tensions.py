"""Where the article pulls both ways, a curator has said so: computed candidates against `tensions.yaml`."""

from collections import defaultdict
from itertools import combinations

import pytest

import mgonto
from mgonto.names import BASE

TENSIONS = """PREFIX mgo: <https://w3id.org/mgonto/>
SELECT ?tension ?kind ?statement { ?tension mgo:tensionKind ?kind ; mgo:between ?statement }"""
BARRED = {"inStage", "subjectJointWith", "objectJointWith"}


@pytest.fixture(scope="module")
def kb():
    return mgonto.load()


@pytest.fixture(scope="module")
def tensions(kb):
    """The statements of each tension, and the tensions that are contradictions."""
    members, contradictions = defaultdict(set), set()
    for row in kb.select(TENSIONS):
        members[row["tension"]].add(row["statement"])
        if row["kind"] == BASE + "Contradiction":
            contradictions.add(row["tension"])
    return members, contradictions


def end(kb, term, direction):
    """A term and its change, a state read as the change of its base."""
    change = {BASE + "Increased": 1, BASE + "Decreased": -1}.get(direction or "", 1)
    found = kb.terms[term]
    if found.state_of:
        return found.state_of, change * (-1 if found.direction == "less" else 1)
    return term, change


def opposite_pairs(kb):
    """Affirmed statements of opposite sign on one pair of terms, states read as changes."""
    by_pair = defaultdict(list)
    for each in kb.statements(stance="affirmed"):
        if not each.sign or BARRED & {one.role for one in each.context}:
            continue
        subject, before = end(kb, each.subject, each.subject_direction)
        target, after = end(kb, each.object, None)
        key = (subject, each.subject_aspect, target, each.object_aspect)
        by_pair[key].append((before * after * each.sign, each))
    for found in by_pair.values():
        for (sign, one), (other_sign, two) in combinations(found, 2):
            if sign != other_sign:
                yield one, two


def test_every_pair_of_opposite_signs_is_adjudicated(kb, tensions):
    members, _ = tensions
    missing = [
        (one.statement, two.statement)
        for one, two in opposite_pairs(kb)
        if not any({one.statement, two.statement} <= each for each in members.values())
    ]
    assert missing == []


def test_every_proposition_both_affirmed_and_denied_is_adjudicated(kb, tensions):
    members, _ = tensions
    affirmed = defaultdict(set)
    for each in kb.statements(stance="affirmed"):
        affirmed[each.proposition].add(each.statement)
    for denial in kb.statements(stance="denied"):
        for other in affirmed.get(denial.proposition, ()):
            assert any({denial.statement, other} <= each for each in members.values()), (
                denial.statement,
                other,
            )


def test_every_contradiction_has_a_pair_of_opposite_signs(kb, tensions):
    members, contradictions = tensions
    assert contradictions
    pairs = [{one.statement, two.statement} for one, two in opposite_pairs(kb)]
    for tension in contradictions:
        assert any(pair <= members[tension] for pair in pairs), tension
