"""Mutants of the real release: what breaks a rule is caught, by both engines alike."""

import random

import pytest

from mgonto.resources import data_dir
from mgonto.validation.engines import run_engine
from mgonto.validation.validate import bundled_shapes
from tests.mutation.mutants import KINDS, LEGAL, make_mutants
from tests.mutation.runner import Runner, Told, apart, release_triples, run_mutants, section_triples

#: A section with denials, chains and inherited citations, small enough for the slow engine.
SECTION, BOTH, EACH = "S13", 60, 2
ENGINES = ("shacl", "pyshacl")

pytestmark = pytest.mark.slow


def is_caught(told: Told) -> bool:
    """Whether the fast engine or a check says more than advice."""
    return any(key[0] != "info" for key in told["shacl"])


def test_mutants_are_many_of_many_kinds_and_the_same_every_time() -> None:
    triples = release_triples()
    mutants = make_mutants(triples, EACH)
    assert len(mutants) >= 300 and len({each.kind for each in mutants}) >= 40
    random.Random(1).shuffle(triples)
    assert make_mutants(triples, EACH) == mutants
    assert set(LEGAL) <= set(KINDS)


def test_the_documentation_gives_the_reason_of_every_kind_that_survives() -> None:
    text = (data_dir("shapes").parent / "docs" / "shapes.md").read_text(encoding="utf-8")
    table = text.partition("| kind | why it is legal |")[2].partition("\n\n")[0]
    rows = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| ")]
    assert {kind: reason for kind, reason in rows if kind != "---"} == LEGAL


def test_every_mutant_of_the_release_is_caught_or_legal_for_a_reason() -> None:
    told = run_mutants(make_mutants(Runner(release_triples(), bundled_shapes()).triples, EACH))
    survivors = [mutant.kind for mutant, found in told if not is_caught(found)]
    # A reason for what is caught would be a rule that has come since: out with it.
    assert set(survivors) == set(LEGAL)


def test_both_engines_find_the_same_in_seeded_mutants_of_one_section() -> None:
    triples, shapes = Runner(section_triples(SECTION), bundled_shapes()).triples, bundled_shapes()
    chosen = random.Random(60).sample(make_mutants(triples, 1), BOTH)
    # The slow engine reads the vocabulary once for all: what a mutant changes stands under IRIs of its own.
    joined, left = apart(triples, chosen)
    fast, reference = ({each.key for each in run_engine(name, shapes, joined)} for name in ENGINES)
    assert fast == reference
    assert len({each.focus for each in run_engine("shacl", shapes, joined)}) > BOTH - len(left)
    told = run_mutants(left, SECTION, ENGINES)
    assert [mutant.name for mutant, found in told if len(set(found.values())) > 1] == []


def test_the_runner_leaves_the_release_as_it_was() -> None:
    runner = Runner(section_triples(SECTION), bundled_shapes())
    before = set(runner.triples)
    for each in make_mutants(runner.triples, 1):
        with runner.mutated(each):
            pass
    assert set(runner.triples) == before
