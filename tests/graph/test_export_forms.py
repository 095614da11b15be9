"""The other forms hold the same knowledge, whoever reads them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib

from mgonto.errors import UsageError
from mgonto.graph.edges import derive_edges
from mgonto.graph.export import EXPORT_FORMS, export_bytes, json_ld_context
from mgonto.names import BASE
from tests.compiler.demo import SLUG, Checkout, statement, term_iri

OX = {
    "owl": ox.RdfFormat.RDF_XML,
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "trig": ox.RdfFormat.TRIG,
    "nq": ox.RdfFormat.N_QUADS,
    "jsonld": ox.RdfFormat.JSON_LD,
}
RDFLIB = {"owl": "xml", "ttl": "turtle", "nt": "nt", "trig": "trig", "nq": "nquads", "jsonld": "json-ld"}
MERGED = ("owl", "ttl", "nt")


@pytest.fixture
def quads(demo: Checkout) -> list[ox.Quad]:
    """Everything of a checkout that has every sort of record."""
    demo.say(
        statement(
            tissue="antenna", species="Mus lunaris", via="[solin, solin release]", design="night watch"
        ),
        statement(object="solin", alternative_to="[1]", hedge="[may, suggests]"),
        statement(
            subject="solin", subject_joint_with="[glow]", joint_kind="collective", certainty="hypothesised"
        ),
        statement(results="[{quantities: [{role: effect, value: 3.50, as_reported: 'a \"line\"\\n'}]}]"),
    )
    demo.write(
        "flags.yaml", "- {about: [ref/1], kind: misprint, basis: text, severity: low, note: 'Ümlaut <&>'}\n"
    )
    demo.write(
        "tensions.yaml",
        "- {between: [S01.P01.N01.1, S01.P01.N01.2], kind: contradiction, reading: They differ.}\n",
    )
    store = ox.Store()
    found = demo.quads()
    store.extend(found)
    return [*found, *derive_edges(store)]


def canonical(found: list[ox.Quad], merged: bool) -> set[str]:
    """The quads, or triples, with canonical blank nodes."""
    if merged:
        found = [ox.Quad(each.subject, each.predicate, each.object) for each in found]
    dataset = ox.Dataset(found)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return {str(quad) for quad in dataset}


@pytest.mark.parametrize("form", OX)
def test_pyoxigraph_reads_back_what_was_written(quads: list[ox.Quad], form: str) -> None:
    content = export_bytes(quads, form, json_ld_context())
    read = list(ox.parse(content, format=OX[form]))
    merged = form in MERGED
    assert canonical(read, merged) == canonical(quads, merged)


@pytest.mark.parametrize("form", OX)
def test_rdflib_reads_back_what_was_written(quads: list[ox.Quad], form: str) -> None:
    content = export_bytes(quads, form, json_ld_context())
    if form in MERGED:
        triples = rdflib.Graph().parse(data=content, format=RDFLIB[form])
        text = triples.serialize(format="nt")
        read = list(ox.parse(text.encode(), format=ox.RdfFormat.N_TRIPLES))
    else:
        dataset = rdflib.Dataset().parse(data=content, format=RDFLIB[form])
        read = list(ox.parse(dataset.serialize(format="nquads").encode(), format=ox.RdfFormat.N_QUADS))
    merged = form in MERGED
    assert canonical(read, merged) == canonical(quads, merged)


@pytest.mark.parametrize("form", EXPORT_FORMS)
def test_the_same_knowledge_gives_the_same_bytes(quads: list[ox.Quad], form: str) -> None:
    assert export_bytes(quads, form, json_ld_context()) == export_bytes(quads[::-1], form, json_ld_context())


def test_an_unknown_form(quads: list[ox.Quad]) -> None:
    with pytest.raises(UsageError, match='unknown form "pdf"') as error:
        export_bytes(quads, "pdf")
    assert error.value.hint == "one of: owl, ttl, nt, trig, nq, jsonld, ofn, obograph, csv"


def test_owlready2_reads_the_owl_form(quads: list[ox.Quad], tmp_path: Path) -> None:
    owlready2 = pytest.importorskip("owlready2")
    path = tmp_path / "mgonto.owl"
    path.write_bytes(export_bytes(quads, "owl"))
    world = owlready2.World()
    ontology = world.get_ontology(path.as_uri()).load()
    assert ontology.search_one(iri=f"{BASE}Statement") is not None
    fever = world[term_iri("dim fever")]
    assert fever is not None and world[term_iri("early dim fever")] in fever.subclasses()
    # a restriction with a blank node of its own arrives as one
    restricted = world[f"{BASE}IncreasesProposition"]
    assert sum(isinstance(each, owlready2.Restriction) for each in restricted.is_a) == 2


# --- JSON-LD --------------------------------------------------------------------------------------------


def nodes(quads: list[ox.Quad]) -> dict[str, dict[str, Any]]:
    document = json.loads(export_bytes(quads, "jsonld", json_ld_context()))
    return {node["@id"]: node for graph in document["@graph"] for node in graph["@graph"]}


def test_json_ld_uses_the_keys_of_the_curation_files(quads: list[ox.Quad]) -> None:
    one = nodes(quads)[f"{BASE}statement/{SLUG}/S01.P01.N01.1"]
    assert one["gloss"] == "Lunite makes animals glow."
    assert one["order"] == "1"
    proposition = next(
        node
        for node in nodes(quads).values()
        if node.get("species") == [term_iri("Mus lunaris")] and "subject" in node
    )
    assert proposition["subject"] == term_iri("lunite")


def test_a_key_means_what_the_type_of_its_record_says(quads: list[ox.Quad]) -> None:
    found = nodes(quads)
    reference = found[f"{BASE}article/{SLUG}/ref/1"]
    assert reference["@type"] == ["Reference"]
    assert reference["kind"] == f"{BASE}AnimalExperimentPublication"
    assert reference["species"] == [term_iri("Mus lunaris")]  # aboutSpecies, not inSpecies
    assert (
        found[f"{BASE}flags/{SLUG}/1"]["kind"] == f"{BASE}Misprint" or found[f"{BASE}flags/{SLUG}/1"]["kind"]
    )
    assert found[f"{BASE}tensions/{SLUG}/1"]["kind"] == f"{BASE}Contradiction"


def test_a_property_whose_key_its_type_has_taken_is_written_in_full() -> None:
    node, where = ox.NamedNode("http://x/ref"), ox.NamedNode("http://x/graph")
    rdf_type = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    told = [
        ox.Quad(node, rdf_type, ox.NamedNode(f"{BASE}Reference"), where),
        ox.Quad(node, ox.NamedNode(f"{BASE}inSpecies"), ox.NamedNode("http://x/mouse"), where),
    ]
    content = export_bytes(told, "jsonld", json_ld_context())
    assert set(ox.parse(content, format=ox.RdfFormat.JSON_LD)) == set(told)


def test_the_context_is_the_one_of_the_sources() -> None:
    assert json_ld_context()["gloss"] == {"@id": "mgo:gloss", "@type": "xsd:string"}
