"""Mutants of the real release: what breaks a rule is caught, by both engines alike."""

import random

import pytest

from mgonto.validation.validate import bundled_shapes
from tests.mutation.mutants import KINDS, LEGAL, Mutant, make_mutants
from tests.mutation.runner import Runner, release_triples, section_triples

#: A section with denials, chains and inherited citations, small enough for the slow engine.
SECTION, BOTH, EACH = "S13", 60, 2

pytestmark = pytest.mark.slow


def caught(runner: Runner, mutant: Mutant, engine: str = "shacl") -> bool:
    return any(each.severity != "info" for each in runner.new(mutant, engine))


def test_mutants_are_many_of_many_kinds_and_the_same_every_time() -> None:
    triples = release_triples()
    mutants = make_mutants(triples, EACH)
    assert len(mutants) >= 300 and len({each.kind for each in mutants}) >= 40
    random.Random(1).shuffle(triples)
    assert make_mutants(triples, EACH) == mutants
    assert set(LEGAL) <= set(KINDS)


def test_every_mutant_of_the_release_is_caught_or_legal_for_a_reason() -> None:
    runner = Runner(release_triples(), bundled_shapes())
    survivors = [each.name for each in make_mutants(runner.triples, EACH) if not caught(runner, each)]
    assert [name for name in survivors if name.rpartition("-")[0] not in LEGAL] == []


def test_both_engines_find_the_same_in_seeded_mutants_of_one_section() -> None:
    runner = Runner(section_triples(SECTION), bundled_shapes())
    mutants = make_mutants(runner.triples, 1)
    differ = []
    for each in random.Random(60).sample(mutants, BOTH):
        fast, reference = ({one.key for one in runner.new(each, engine)} for engine in ("shacl", "pyshacl"))
        if fast != reference:
            differ.append((each.name, fast ^ reference))
    assert differ == []


def test_the_runner_leaves_the_release_as_it_was() -> None:
    runner = Runner(section_triples(SECTION), bundled_shapes())
    before = set(runner.triples)
    for each in make_mutants(runner.triples, 1):
        with runner.mutated(each):
            pass
    assert set(runner.triples) == before
