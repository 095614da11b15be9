"""Mutants of the real release: what breaks a rule is caught."""

import random

import pytest

from mgonto.resources import data_dir
from mgonto.validation.validate import bundled_shapes
from tests.mutation.mutants import KINDS, LEGAL, make_mutants
from tests.mutation.runner import Runner, Told, release_triples, run_mutants, section_triples

#: So many mutants of each kind; and a small section.
EACH, SECTION = 2, "S13"

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


def test_the_runner_leaves_the_release_as_it_was() -> None:
    runner = Runner(section_triples(SECTION), bundled_shapes())
    before = set(runner.triples)
    for each in make_mutants(runner.triples, 1):
        with runner.mutated(each):
            pass
    assert set(runner.triples) == before
