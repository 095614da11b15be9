"""The table of mappings, held against what others say a mapping and an identifier are."""

from collections import Counter
from pathlib import Path

import bioregistry
import pytest
import sssom_pydantic

from mgonto.errors import Problem
from mgonto.names import PREFIXES, expand
from mgonto.sources.sssom import NO_TERM, read_mappings

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "ontology" / "mappings.sssom.tsv"
OURS = {"MGO", "mgo"}
#: Names of the registries themselves, and words of RDF, are no identifiers of a vocabulary's terms.
WORDS = OURS | {"sssom", "bioregistry"}


@pytest.fixture(scope="module")
def found():
    problems: list[Problem] = []
    found = read_mappings(FILE, problems)
    assert problems == []
    return found


def test_a_reader_of_the_standard_takes_every_row(found):
    pack = sssom_pydantic.read(FILE)
    assert len(pack.mappings) == len(found.rows) > 1000
    assert Counter(each.predicate.curie for each in pack.mappings) == Counter(
        row.predicate_id for row in found.rows
    )
    labels = {each.object.curie: getattr(each.object, "name", None) for each in pack.mappings}
    assert all((labels[row.object_id] or "") == row.object_label for row in found.rows)


def test_every_prefix_is_one_of_the_registry(found):
    used = {each.partition(":")[0] for row in found.rows for each in (row.subject_id, row.object_id)}
    assert used - OURS <= set(found.prefixes)
    assert [prefix for prefix in used - OURS if bioregistry.normalize_prefix(prefix) is None] == []


def test_every_curie_can_be_standardised_and_has_the_shape_of_its_registry(found):
    wrong = []
    for row in found.rows:
        for curie in (row.subject_id, row.object_id):
            prefix, _, local = curie.partition(":")
            if prefix not in WORDS and not bioregistry.is_valid_identifier(
                bioregistry.normalize_prefix(prefix), local
            ):
                wrong.append(curie)
    assert wrong == []


def test_every_source_is_an_entry_of_the_registry(found):
    named = {each for row in found.rows for each in (row.subject_source, row.object_source)}
    named.discard("mgo:mgonto.owl")
    assert [
        each for each in named if bioregistry.normalize_prefix(each.removeprefix("bioregistry:")) is None
    ] == []


def test_other_names_of_a_prefix_are_those_of_the_registry():
    for other, prefix in {"SCTID": "SNOMEDCT", "UMLS_CUI": "UMLS", "hpo": "HP", "NCI": "NCIT"}.items():
        assert bioregistry.normalize_prefix(other) == bioregistry.normalize_prefix(prefix)
        assert expand(f"{other}:1") == f"{PREFIXES[prefix]}1"


def test_a_wrong_identifier_would_be_seen():
    assert not bioregistry.is_valid_identifier("mesh", "X007333")
    assert bioregistry.normalize_prefix("mash") is None
    assert NO_TERM == "sssom:NoTermFound"
