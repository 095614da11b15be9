"""Identifiers of other ontologies: both ways, in every spelling, and nothing taken for exact that is not."""

import csv

import pyoxigraph as ox
import pytest

import mgonto
from mgonto.engine.embedded import EmbeddedEngine
from mgonto.errors import AmbiguousTerm, UnknownTerm, UsageError
from mgonto.kb import KnowledgeBase
from mgonto.names import PREFIXES, expand
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def kb():
    return mgonto.load()


SPELLINGS = {
    "MESH:D007333": "insulin resistance",
    "mesh:D007333": "insulin resistance",
    "mesh:d007333": "insulin resistance",
    "<http://id.nlm.nih.gov/mesh/D007333>": "insulin resistance",
    "https://identifiers.org/mesh:D007333": "insulin resistance",
    "https://bioregistry.io/mesh:D007333": "insulin resistance",
    "UMLS:C0021655": "insulin resistance",
    "umls_cui:C0021655": "insulin resistance",
    "SNOMEDCT:38341003": "hypertension",
    "SCTID:38341003": "hypertension",
    "http://snomed.info/id/38341003": "hypertension",
    "DOID:10763": "hypertension",
    "HP:0000822": "hypertension",
    "NCIT:C3117": "hypertension",
    "MEDGEN:6969": "hypertension",
}


@pytest.mark.parametrize("identifier", SPELLINGS)
def test_an_identifier_finds_the_term_that_it_is_the_exact_match_of(kb, identifier):
    assert kb.term(identifier).name == SPELLINGS[identifier]


def test_every_exact_match_finds_its_term_again(kb):
    exact = kb.mappings(predicate="exact")
    terms = [each for each in exact if each.subject in kb.terms]
    assert len(terms) > 300
    assert [each for each in terms if kb.term(each.object_curie).iri != each.subject] == []
    assert [each for each in terms[::10] if kb.term(each.object).iri != each.subject] == []


def test_what_is_only_near_is_told_and_not_taken(kb):
    with pytest.raises(UnknownTerm) as caught:
        kb.term("MESH:D002118")
    assert caught.value.suggestions == ("calcium",)
    assert caught.value.hint == 'it is wider than "calcium": name that term if it will do'


@pytest.mark.parametrize(
    "name", ["MESH:D99", "FOO:1", "https://example.org/x", "RO:0002213", "a:b", "x://y z"]
)
def test_what_nothing_is_mapped_to_stays_unknown(kb, name):
    with pytest.raises(UnknownTerm) as caught:
        kb.term(name)
    assert caught.value.name == name


def test_every_question_that_takes_a_term_takes_an_identifier(kb):
    assert kb.statements(about="MESH:D007333") == kb.statements(about="insulin resistance")
    assert kb.explain("MESH:D008275", "UMLS:C0021655") == kb.explain(
        "magnesium deficiency", "insulin resistance"
    )
    assert kb.ancestors("MESH:D003924") == kb.ancestors("type 2 diabetes mellitus")


def test_a_name_never_costs_the_rest_of_the_release():
    def late() -> bytes:
        raise AssertionError("the late part was read")

    engine = EmbeddedEngine(
        b"""@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
        <urn:g> { <https://w3id.org/mgonto/MGO_1> a <https://w3id.org/mgonto/MoleculeConcept> ;
                    skos:prefLabel "lunite"@en }""",
        late,
    )
    kb = KnowledgeBase(engine)
    assert kb.term("lunite").name == "lunite"
    with pytest.raises(UnknownTerm):
        kb.term("no such thing")
    with pytest.raises(AssertionError, match="late part"):
        kb.term("MESH:D1")


def test_an_identifier_of_two_terms_is_ambiguous(kb):
    exact, target = ox.NamedNode(PREFIXES["skos"] + "exactMatch"), ox.NamedNode("https://example.org/both")
    engine = EmbeddedEngine()
    label = ox.NamedNode(PREFIXES["skos"] + "prefLabel")
    for number in "12":
        node = ox.NamedNode(f"{PREFIXES['MGO']}{number}")
        engine.add([ox.Quad(node, label, ox.Literal(number)), ox.Quad(node, exact, target)])
    with pytest.raises(AmbiguousTerm) as caught:
        KnowledgeBase(engine).term(target.value)
    assert caught.value.candidates == ("MGO:1", "MGO:2")


def test_mappings_of_a_term_put_what_is_exact_first(kb):
    found = kb.mappings("magnesium deficiency")
    assert {"MESH:D008275", "UMLS:C0024473", "SNOMEDCT:238118002"} <= {each.object_curie for each in found}
    matches = [each.match != "exact" for each in found]
    assert matches == sorted(matches)
    mesh = kb.mappings("magnesium deficiency", target="mesh").one()
    assert (mesh.object_label, mesh.source_version, mesh.source) == (
        "Magnesium Deficiency",
        "2025-07",
        "mesh",
    )
    assert mesh.subject_label == "magnesium deficiency" and mesh.justification.startswith("semapv:")


def test_identifiers_under_their_own_licence_have_no_label(kb):
    found = kb.mappings(target=["UMLS", "SNOMEDCT", "LOINC", "MEDGEN"])
    assert {each.source for each in found} == {"umls", "snomedct", "loinc", "medgen"}
    assert {each.object_label for each in found} == {None}


def test_what_a_search_did_not_find_is_an_answer(kb):
    (nothing,) = kb.mappings("early insulin resistance", "none", "MONDO")
    assert (nothing.object, nothing.object_curie, nothing.source) == (None, None, "mondo")
    assert not kb.mappings("early insulin resistance", "exact")


def test_relations_are_mapped_to_ro_and_biolink(kb):
    found = kb.mappings("increases")
    assert {each.subject_label for each in found} == {"increases"}
    assert {each.source for each in found} == {"ro", "biolink"}
    assert kb.mappings("https://w3id.org/mgonto/Increases") == found
    ameliorates = {each.object_curie: each.match for each in kb.mappings("ameliorates")}
    assert ameliorates["RO:0003307"] == "close"


def test_every_relation_has_a_row_for_ro_and_for_biolink(kb):
    sources: dict[str, set[str]] = {}
    for each in kb.mappings():
        if each.subject.startswith(PREFIXES["mgo"]) and "/MGO_" not in each.subject:
            sources.setdefault(each.subject_label, set()).add("ro" if each.source == "bfo" else each.source)
    assert sources == {relation: {"ro", "biolink"} for relation in kb.terms.lists["Relation"]}


def test_every_term_and_every_relation_has_a_row(kb):
    with (ROOT / "ontology" / "terms.tsv").open(encoding="utf-8") as file:
        terms = {expand(row["iri"]): row["name"] for row in csv.DictReader(file, delimiter="\t")}
    names = terms | {iri: label for label, iri in kb.terms.lists["Relation"].items()}
    assert len(terms) > 500 and len(names) > len(terms) + 20
    mapped = {each.subject for each in kb.mappings()}
    missing = sorted(name for iri, name in names.items() if iri not in mapped)
    assert not missing, f"{len(missing)} have no row in mappings.sssom.tsv: {', '.join(missing)}"


#: What the terms of an ontology of one kind may meet more closely than as merely related.
SAME_KIND: dict[str, set[str]] = {
    "chebi": {"Molecule"},
    "cl": {"Cell"},
    "cmo": {"Attribute"},
    "doid": {"Condition"},
    "eco": {"EvidenceType"},
    "fplx": {"Molecule"},
    "hgnc": set(),
    "hp": {"Condition"},
    "loinc": {"Attribute"},
    "maxo": {"Intervention"},
    "medgen": {"Condition"},
    "mondo": {"Condition"},
    "oba": {"Attribute"},
    "pr": {"Molecule"},
    "pw": {"Pathway", "Process"},
    "reactome": {"Pathway", "Process"},
    "snomedct": {"Condition"},
    "uberon": {"Anatomy"},
    "umls": {"Condition"},
    "uniprot": {"Molecule"},
    "vt": {"Attribute"},
    "wikipathways": {"Pathway", "Process"},
    "xco": {"Exposure", "Intervention"},
}


def test_what_is_of_another_kind_is_no_more_than_related(kb):
    crossing = []
    for each in kb.mappings():
        if each.match in ("related", "none") or each.subject not in kb.terms:
            continue
        kind, kinds = kb.terms[each.subject].kind, SAME_KIND.get(each.source)
        if each.source == "go":
            molecular = (each.object_label or "").endswith(("complex", "channel"))
            kinds = {"Molecule"} if molecular else {"Pathway", "Process"}
        if kinds is not None and kind not in kinds:
            crossing.append(f"{each.subject_label} ({kind}) {each.match} {each.object_curie}")
    assert crossing == []


@pytest.mark.parametrize(
    ("filters", "message"),
    [({"predicate": "same"}, 'unknown predicate "same"'), ({"target": "FOO"}, 'unknown ontology "FOO"')],
)
def test_a_bad_filter_is_a_usage_error(kb, filters, message):
    with pytest.raises(UsageError) as caught:
        kb.mappings(**filters)
    assert caught.value.message == message and caught.value.hint


def test_predicates_may_be_written_as_skos_has_them(kb):
    assert kb.mappings("insulin", "skos:exactMatch") == kb.mappings("insulin", "exact")
