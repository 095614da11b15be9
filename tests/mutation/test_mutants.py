"""Mutants of the real release: what breaks a rule is caught."""

import random

import pytest

from mgonto.resources import data_dir
from mgonto.validation.validate import bundled_shapes
from tests.mutation.mutants import KINDS, LEGAL, make_mutants
from tests.mutation.runner import Runner, catch_mutants, release_triples, section_triples

#: So many mutants of each kind; and a small section.
EACH, SECTION = 2, "S13"

pytestmark = pytest.mark.slow


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
    mutants = make_mutants(Runner(release_triples(), bundled_shapes()).triples, EACH)
    survivors = [mutant.kind for mutant, is_caught in catch_mutants(mutants) if not is_caught]
    # A reason for what is caught would be a rule that has come since: out with it.
    assert set(survivors) == set(LEGAL)


def test_the_runner_leaves_the_release_as_it_was() -> None:
    runner = Runner(section_triples(SECTION), bundled_shapes())
    before = set(runner.triples)
    mutants = make_mutants(runner.triples, 1)
    for each in mutants:
        with runner.mutated(each):
            pass
    assert all([runner.catches(each) for each in mutants[:5]])  # by the shapes: the checks were not asked
    assert set(runner.triples) == before
