"""Mutants of one section of the real release: both engines find the same in each."""

import random

import pytest

from mgonto.validation.engines import run_engine
from mgonto.validation.validate import bundled_shapes
from tests.mutation.mutants import make_mutants
from tests.mutation.runner import Runner, apart, run_mutants, section_triples

#: A section with denials, chains and inherited citations, small enough for the slow engine.
SECTION, BOTH = "S13", 60
ENGINES = ("shacl", "pyshacl")

pytestmark = pytest.mark.slow


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
