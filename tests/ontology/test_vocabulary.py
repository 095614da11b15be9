"""The vocabulary is whole: every entity told, every kind axiom there, the dictionary fresh."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from itertools import combinations
from pathlib import Path

import pytest
from rdflib import OWL, RDF, RDFS, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS
from rdflib.term import Node

from tools import data_dictionary

ROOT = Path(__file__).resolve().parents[2]
MGO = Namespace("https://w3id.org/mgonto/")
OBO = Namespace("http://purl.obolibrary.org/obo/")
XSD = Namespace("http://www.w3.org/2001/XMLSchema#")
DEFINITION, SOURCE = OBO.IAO_0000115, OBO.IAO_0000119
HEADER = URIRef("https://w3id.org/mgonto/mgonto.owl")
ENTITY_TYPES = (
    OWL.Class,
    OWL.ObjectProperty,
    OWL.DatatypeProperty,
    OWL.AnnotationProperty,
    OWL.NamedIndividual,
)

KINDS = (
    *("Molecule", "Pathway", "Process", "Condition", "Attribute", "Cell", "Anatomy", "Organism"),
    *("Population", "Intervention", "Exposure", "StudyDesign", "EvidenceType"),
)
UMBRELLAS = {
    "Changeable": "Molecule Pathway Process Condition Attribute Cell Intervention Exposure",
    "Molecular": "Molecule Pathway Process",
    "Agent": "Molecule Intervention Exposure",
    "GroupLike": "Condition Population Anatomy",
    "Outcome": "Condition Attribute",
    "Location": "Anatomy Cell",
    "Part": "Molecule Pathway Process Anatomy Cell",
}
ROOTS = ("DomainTerm", "Concept", "InformationItem")

# label: sign, causal, neutral, kinds of subject and object
RELATIONS = {
    "increases": (1, True, False, "Changeable", "Changeable"),
    "decreases": (-1, True, False, "Changeable", "Changeable"),
    "activates": (1, True, False, "Changeable", "Molecular"),
    "inhibits": (-1, True, False, "Changeable", "Molecular"),
    "causes": (1, True, True, "Changeable", "Changeable"),
    "contributes to": (1, True, True, "Changeable", "Changeable"),
    "prevents": (-1, True, False, "Changeable", "ConditionConcept"),
    "ameliorates": (-1, True, False, "Changeable", "ConditionConcept"),
    "exacerbates": (1, True, False, "Changeable", "ConditionConcept"),
    "required for": (1, True, False, "Changeable", "Changeable"),
    "cofactor of": (1, True, False, "MoleculeConcept", "Molecular"),
    "mediates": (1, True, False, "Molecular", "Changeable"),
    "produces": (1, True, False, "MoleculeConcept", "MoleculeConcept"),
    "regulates": (0, True, False, "Changeable", "Changeable"),
    "affects": (0, True, False, "Changeable", "Changeable"),
    "positively associated with": (1, False, True, "Changeable", "Changeable"),
    "negatively associated with": (-1, False, True, "Changeable", "Changeable"),
    "associated with": (0, False, True, "Changeable", "Changeable"),
    "links": (0, False, False, "Changeable", "Changeable"),
    "risk factor for": (1, False, False, "Changeable", "Outcome"),
    "predicts": (1, False, False, "Changeable", "Outcome"),
    "higher in": (1, False, False, "Changeable", "GroupLike"),
    "lower in": (-1, False, False, "Changeable", "GroupLike"),
    "differs in": (0, False, False, "Changeable", "GroupLike"),
    "compensates for": (0, False, False, "Changeable", "Changeable"),
    "competes with": (0, False, False, "Changeable", "Changeable"),
    "shares pathway with": (0, False, False, "Changeable", "Changeable"),
    "bound to": (0, False, False, "Molecular", "Molecular"),
    "is a": (0, False, False, "Changeable", "Changeable"),
    "defined as": (0, False, True, "ConditionConcept", "Changeable"),
    "characterised by": (0, False, True, "ConditionConcept", "Changeable"),
    "indicator of": (0, False, False, "AttributeConcept", "Changeable"),
    "part of": (0, False, False, "Part", "Part"),
    "member of": (0, False, False, "Part", "Part"),
    "step of": (0, False, False, "Part", "Part"),
    "located in": (0, False, False, "Changeable", "Location"),
    "substrate of": (0, False, False, "MoleculeConcept", "Molecular"),
    "candidate therapy for": (0, False, False, "Agent", "ConditionConcept"),
    "has quantity": (0, False, False, "Changeable", "AttributeConcept"),
}


@pytest.fixture(scope="module")
def graph() -> Graph:
    return Graph().parse(data_dictionary.VOCABULARY, format="turtle")


@pytest.fixture(scope="module")
def entities(graph: Graph) -> list[URIRef]:
    found = {one for of in ENTITY_TYPES for one in graph.subjects(RDF.type, of)}
    return sorted(one for one in found if isinstance(one, URIRef))


def are_disjoint(graph: Graph, one: Node, other: Node) -> bool:
    return (one, OWL.disjointWith, other) in graph or (other, OWL.disjointWith, one) in graph


def overlapping(graph: Graph, classes: Iterable[Node]) -> list[tuple[Node, Node]]:
    pairs = combinations(sorted(classes, key=str), 2)
    return [(one, other) for one, other in pairs if not are_disjoint(graph, one, other)]


def fillers(graph: Graph, relation: Node) -> dict[Node, list[Node]]:
    """For mgo:subject and mgo:object the concept classes that the propositions of a relation take."""
    found: dict[Node, list[Node]] = {MGO.subject: [], MGO.object: []}
    for restriction in graph.subjects(OWL.hasValue, relation):
        assert graph.value(restriction, OWL.onProperty) == MGO.relation
        for propositions in graph.subjects(OWL.equivalentClass, restriction):
            assert (propositions, RDFS.subClassOf, MGO.Proposition) in graph
            for axiom in graph.objects(propositions, RDFS.subClassOf):
                role = graph.value(axiom, OWL.onProperty)
                if role is not None:
                    found[role].extend(graph.objects(axiom, OWL.allValuesFrom))
    return found


# --- entities -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("predicate", [RDFS.label, DEFINITION], ids=["label", "definition"])
def test_every_entity_has_one_english_label_and_definition(
    graph: Graph, entities: list[URIRef], predicate: URIRef
) -> None:
    assert entities
    for one in entities:
        values = list(graph.objects(one, predicate))
        assert [value.language for value in values if isinstance(value, Literal)] == ["en"], one


def test_every_entity_has_one_definition_source(graph: Graph, entities: list[URIRef]) -> None:
    assert [one for one in entities if len(list(graph.objects(one, SOURCE))) != 1] == []


@pytest.mark.parametrize("predicate", [RDFS.label, DEFINITION], ids=["label", "definition"])
def test_no_label_or_definition_twice(graph: Graph, predicate: URIRef) -> None:
    counts = Counter(str(value).casefold() for value in graph.objects(None, predicate))
    assert [value for value, count in counts.items() if count > 1] == []


def test_definitions_are_sentences(graph: Graph) -> None:
    for one, value in graph.subject_objects(DEFINITION):
        text = str(value)
        assert len(text.split()) >= 5, one
        assert text[0].isupper() and text.endswith("."), one


def test_texts_are_tidy(graph: Graph) -> None:
    texts = [value for value in graph.objects() if isinstance(value, Literal)]
    assert [text for text in texts if " ".join(text.split()) != str(text)] == []


def test_names_follow_the_convention(graph: Graph) -> None:
    for of in ENTITY_TYPES:
        is_property = of not in (OWL.Class, OWL.NamedIndividual)
        for one in graph.subjects(RDF.type, of):
            if isinstance(one, URIRef) and one in MGO:
                name = str(one).removeprefix(str(MGO))
                assert name.isalnum() and name[0].islower() == is_property, one


def test_no_foreign_name_is_used_undeclared(graph: Graph, entities: list[URIRef]) -> None:
    reserved = tuple(str(space) for space in (RDF, RDFS, OWL, XSD))
    used = {p for _, p, _ in graph} | {of for of in graph.objects(None, RDF.type)}
    assert {str(one) for one in used if not str(one).startswith(reserved)} <= set(map(str, entities))


def test_dublin_core_elements_are_not_used(graph: Graph) -> None:
    assert "purl.org/dc/elements/1.1" not in data_dictionary.VOCABULARY.read_text(encoding="utf-8")


def test_header(graph: Graph) -> None:
    assert list(graph.subjects(RDF.type, OWL.Ontology)) == [HEADER]
    version = str(graph.value(HEADER, OWL.versionInfo))
    assert str(graph.value(HEADER, OWL.versionIRI)) == f"{MGO}{version}/mgonto.owl"
    assert graph.value(HEADER, DCTERMS.license) == URIRef("https://creativecommons.org/licenses/by/4.0/")
    assert graph.value(HEADER, DCTERMS.source) == URIRef("https://doi.org/10.48307/bcbn.2025.532777.1030")
    for predicate in (DCTERMS.title, DCTERMS.description, DCTERMS.creator):
        assert graph.value(HEADER, predicate), predicate


# --- classes --------------------------------------------------------------------------------------------


def test_every_class_reaches_one_declared_root(graph: Graph, entities: list[URIRef]) -> None:
    roots = set(graph.objects(HEADER, OBO.IAO_0000700))
    assert roots == {MGO[name] for name in ROOTS}
    for one in graph.subjects(RDF.type, OWL.Class):
        above = set(graph.transitive_objects(one, RDFS.subClassOf))
        assert len(above & roots) == 1, one


def test_no_parent_is_redundant(graph: Graph) -> None:
    for one in graph.subjects(RDF.type, OWL.Class):
        parents = [each for each in graph.objects(one, RDFS.subClassOf) if isinstance(each, URIRef)]
        for parent in parents:
            above = set(graph.transitive_objects(parent, RDFS.subClassOf)) - {parent}
            assert not above & set(parents), one
            assert one not in above, one


def test_siblings_are_disjoint(graph: Graph) -> None:
    # Concept classes overlap with umbrellas on purpose; they are checked on their own below.
    waived = {MGO[name] for name in ("Concept", "Proposition", *UMBRELLAS)}
    parents = {each for each in graph.objects(None, RDFS.subClassOf) if isinstance(each, URIRef)} - waived
    for parent in parents:
        children = graph.subjects(RDFS.subClassOf, parent)
        assert overlapping(graph, children) == [], parent


@pytest.mark.parametrize("suffix", ["", "Concept"])
def test_kinds_are_disjoint(graph: Graph, suffix: str) -> None:
    assert overlapping(graph, [MGO[kind + suffix] for kind in KINDS]) == []


def test_roots_are_disjoint(graph: Graph) -> None:
    assert overlapping(graph, [MGO[name] for name in ROOTS]) == []


@pytest.mark.parametrize("umbrella", UMBRELLAS)
def test_umbrella_holds_its_kinds_and_excludes_the_others(graph: Graph, umbrella: str) -> None:
    held = UMBRELLAS[umbrella].split()
    for kind in KINDS:
        concept = MGO[f"{kind}Concept"]
        assert ((concept, RDFS.subClassOf, MGO[umbrella]) in graph) == (kind in held), kind
        assert are_disjoint(graph, MGO[umbrella], concept) == (kind not in held), kind


def test_no_class_is_an_instance_of_its_own_tree(graph: Graph) -> None:
    classes = set(graph.subjects(RDF.type, OWL.Class))
    assert {of for one in classes for of in graph.objects(one, RDF.type)} <= {OWL.Class}


# --- properties -----------------------------------------------------------------------------------------


def test_properties_have_domain_and_range_or_say_why_not(graph: Graph) -> None:
    for of in (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty):
        for one in graph.subjects(RDF.type, of):
            if isinstance(one, URIRef) and one in MGO:
                both = graph.value(one, RDFS.domain) and graph.value(one, RDFS.range)
                assert both or (one, RDFS.comment, None) in graph, one


def test_no_property_is_of_two_kinds_or_functional(graph: Graph) -> None:
    kinds = (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
    counts = Counter(one for of in kinds for one in graph.subjects(RDF.type, of))
    assert set(counts.values()) == {1}
    assert not list(graph.subjects(RDF.type, OWL.FunctionalProperty))


def test_datatypes_are_plain(graph: Graph) -> None:
    ranges = {graph.value(one, RDFS.range) for one in graph.subjects(RDF.type, OWL.DatatypeProperty)}
    assert ranges <= {XSD.string, XSD.integer, XSD.decimal, XSD.boolean}


def test_keys_agree_with_the_context(graph: Graph) -> None:
    context = json.loads((ROOT / "ontology" / "context.jsonld").read_text(encoding="utf-8"))["@context"]
    compiled = {MGO.subjectDirection, MGO.subjectAspect, MGO.objectDirection, MGO.objectAspect}
    compiled |= {MGO.orderInSentence, MGO.nextInChain}  # written by place, not by key
    scoped = [
        each
        for rule in context.values()
        if isinstance(rule, dict)
        for each in rule.get("@context", {}).items()
    ]
    found = 0
    for key, rule in [*context.items(), *scoped]:
        # A type with keys of its own is no key; null is a key that nothing is made of.
        if isinstance(rule, dict) and "@context" not in rule and str(rule.get("@id")).startswith("mgo:"):
            one = MGO[rule["@id"].removeprefix("mgo:")]
            expected = None if one in compiled else Literal(key)
            assert graph.value(one, MGO.yamlKey) == expected, key
            found += 1
    assert found > 80


def test_every_key_of_a_record_is_in_the_context(graph: Graph) -> None:
    context = (ROOT / "ontology" / "context.jsonld").read_text(encoding="utf-8")
    columns = {"state_of", "pool_of", "intervention_on", "stands_for_whole", "direction"}
    columns |= {"part_of", "member_of", "involves"}
    for of in (OWL.ObjectProperty, OWL.DatatypeProperty):
        for one in graph.subjects(RDF.type, of):
            key = graph.value(one, MGO.yamlKey)
            if key is not None and str(key) not in columns:
                assert f'"@id": "mgo:{str(one).removeprefix(str(MGO))}"' in context, one


# --- relations and closed lists -------------------------------------------------------------------------


def test_every_relation_is_told_in_full(graph: Graph) -> None:
    relations = list(graph.subjects(RDF.type, MGO.Relation))
    assert {str(graph.value(one, RDFS.label)) for one in relations} == set(RELATIONS)
    for one in relations:
        for flag in (MGO.sign, MGO.causal, MGO.symmetric, MGO.neutral, MGO.necessity, MGO.inverseLabel):
            assert len(list(graph.objects(one, flag))) == 1, (one, flag)
        same = str(graph.value(one, MGO.inverseLabel)) == str(graph.value(one, RDFS.label))
        assert same == (graph.value(one, MGO.symmetric) == Literal(True)), one


def test_every_relation_has_its_pair_of_kind_axioms(graph: Graph) -> None:
    allowed = {MGO[name] for name in UMBRELLAS} | {MGO[f"{kind}Concept"] for kind in KINDS}
    for one in graph.subjects(RDF.type, MGO.Relation):
        found = fillers(graph, one)
        assert [len(found[role]) for role in (MGO.subject, MGO.object)] == [1, 1], one
        assert set(found[MGO.subject] + found[MGO.object]) <= allowed, one
        name = f"{graph.value(one, RDFS.label)} proposition"
        assert graph.value(URIRef(f"{one}Proposition"), RDFS.label) == Literal(name, "en"), one


@pytest.mark.parametrize("label", RELATIONS)
def test_relation_is_as_designed(graph: Graph, label: str) -> None:
    sign, causal, neutral, subject, obj = RELATIONS[label]
    one = graph.value(None, RDFS.label, Literal(label, "en"))
    assert one is not None
    assert graph.value(one, MGO.sign) == Literal(sign)
    assert graph.value(one, MGO.causal) == Literal(causal)
    assert graph.value(one, MGO.neutral) == Literal(neutral)
    assert fillers(graph, one) == {MGO.subject: [MGO[subject]], MGO.object: [MGO[obj]]}


def test_only_two_relations_are_necessities(graph: Graph) -> None:
    assert set(graph.subjects(MGO.necessity, Literal(True))) == {MGO.RequiredFor, MGO.CofactorOf}


def test_a_listed_value_has_one_key_and_a_label_made_of_it(graph: Graph) -> None:
    for of in graph.subjects(RDFS.subClassOf, MGO.ListedValue):
        values = list(graph.subjects(RDF.type, of))
        assert values, of
        keys = [str(key) for one in values for key in graph.objects(one, MGO.yamlKey)]
        assert len(keys) == len(set(keys)) == len(values), of
        for one in values:
            key, label = graph.value(one, MGO.yamlKey), str(graph.value(one, RDFS.label))
            assert label == str(key) or label.startswith(f"{key} ("), one


def test_every_individual_is_a_relation_a_listed_value_or_a_definition_source(graph: Graph) -> None:
    lists = set(graph.subjects(RDFS.subClassOf, MGO.ListedValue)) | {MGO.Relation, MGO.DefinitionSource}
    for one in graph.subjects(RDF.type, OWL.NamedIndividual):
        classes = set(graph.objects(one, RDF.type)) - {OWL.NamedIndividual}
        assert len(classes) == 1 and classes <= lists, one


# --- the dictionary -------------------------------------------------------------------------------------


def test_dictionary_is_fresh() -> None:
    assert data_dictionary.main(["--check"]) == 0


def test_dictionary_names_every_entity_of_ours(graph: Graph, entities: list[URIRef]) -> None:
    text = data_dictionary.dictionary(graph)
    missing = [one for one in entities if one in MGO and f"`{one.removeprefix(str(MGO))}`" not in text]
    # The class of a relation's propositions is told by the row of the relation.
    assert all(str(one).endswith("Proposition") for one in missing)


def test_stale_dictionary_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stale = tmp_path / "data-dictionary.md"
    monkeypatch.setattr(data_dictionary, "DICTIONARY", stale)
    assert data_dictionary.main(["--check"]) == 1  # missing is stale too
    assert data_dictionary.main([]) == 0
    assert data_dictionary.main(["--check"]) == 0
    stale.write_text(stale.read_text(encoding="utf-8").replace("increases", "raises"), encoding="utf-8")
    assert data_dictionary.main(["--check"]) == 1
    assert "is stale" in capsys.readouterr().err
    assert "raises" in stale.read_text(encoding="utf-8")  # a check writes nothing
