"""The forms for ontology tools, made of the whole release and read back by tools that nobody here wrote."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import warnings
from pathlib import Path

import pyoxigraph as ox
import pytest

from mgonto.errors import MgontoError
from mgonto.graph.export import export_bytes
from mgonto.graph.functional import functional_syntax
from mgonto.graph.termtable import TERM_COLUMNS
from mgonto.names import PREFIXES, expand
from mgonto.resources import data_dir
from mgonto.sources.terms import read_terms

ROOT = Path(__file__).resolve().parents[2]
GATE_ENV = Path(os.environ.get("MGONTO_GATE_ENV") or ROOT / ".gate-env")
HEADER = (
    "@prefix : <http://x/> . @prefix owl: <{owl}> . @prefix rdfs: <{rdfs}> . :o a owl:Ontology .\n".format(
        **PREFIXES
    )
)


@pytest.fixture(scope="module")
def quads() -> list[ox.Quad]:
    trig = data_dir("release") / "mgonto.trig"
    return list(ox.parse(path=str(trig), format=ox.RdfFormat.TRIG))


@pytest.fixture(scope="module")
def folder(quads: list[ox.Quad], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the release in each form for ontology tools."""
    found = tmp_path_factory.mktemp("exports")
    for form, name in (("ofn", "m.ofn"), ("owl", "m.owl"), ("ttl", "m.ttl"), ("obograph", "m.json")):
        (found / name).write_bytes(export_bytes(quads, form))
    return found


def canonical(content: bytes, form: ox.RdfFormat) -> set[str]:
    dataset = ox.Dataset(ox.parse(content, format=form))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return {str(quad) for quad in dataset}


def written(turtle: str) -> list[str]:
    """The axioms of a small ontology in functional syntax."""
    triples = [quad.triple for quad in ox.parse((HEADER + turtle).encode(), format=ox.RdfFormat.TURTLE)]
    return functional_syntax(triples).decode().splitlines()


# --- RDF/XML and Turtle -----------------------------------------------------------------------------------


def test_turtle_to_rdf_xml_and_back_is_the_same_graph(quads: list[ox.Quad], folder: Path) -> None:
    first = canonical((folder / "m.ttl").read_bytes(), ox.RdfFormat.TURTLE)
    xml = (folder / "m.owl").read_bytes()
    assert canonical(xml, ox.RdfFormat.RDF_XML) == first
    again = export_bytes(list(ox.parse(xml, format=ox.RdfFormat.RDF_XML)), "ttl")
    assert canonical(again, ox.RdfFormat.TURTLE) == first


def test_owlready2_loads_the_rdf_xml(folder: Path) -> None:
    owlready2 = pytest.importorskip("owlready2")
    ontology = owlready2.World().get_ontology((folder / "m.owl").as_uri()).load()
    magnesium = ontology.world[str(expand("CHEBI:18420"))]
    assert [str(each) for each in magnesium.prefLabel] == ["magnesium"]
    assert len(list(ontology.world.classes())) > 400


@pytest.mark.rapper
def test_rapper_reads_as_many_triples(folder: Path) -> None:
    counts = []
    for syntax, name in (("turtle", "m.ttl"), ("rdfxml", "m.owl")):
        done = subprocess.run(
            ["rapper", "-q", "-i", syntax, "-o", "ntriples", str(folder / name)],
            capture_output=True,
            text=True,
            check=True,
        )
        counts.append(len(set(done.stdout.splitlines())))
    expected = len(set(ox.parse(path=str(folder / "m.ttl"), format=ox.RdfFormat.TURTLE)))
    assert counts == [expected, expected]


# --- functional syntax ------------------------------------------------------------------------------------


@pytest.mark.slow
def test_functional_syntax_holds_the_axioms_of_the_rdf_xml(folder: Path) -> None:
    pyhornedowl = pytest.importorskip("pyhornedowl")
    axioms = [
        {str(each.component) for each in pyhornedowl.open_ontology(str(folder / name)).get_axioms()}
        for name in ("m.ofn", "m.owl")
    ]
    assert axioms[0] == axioms[1]
    assert len(axioms[0]) > 10_000


@pytest.mark.slow
@pytest.mark.java
@pytest.mark.skipif(
    not os.environ.get("CI") and not GATE_ENV.exists(),
    reason="the gate's environment is not made yet: python tools/owl_gate.py ontology/mgonto.ttl makes it",
)
def test_owlapi_reads_the_same_axioms_from_functional_syntax(folder: Path) -> None:
    script = ROOT / "tests" / "gate" / "compare_axioms.py"
    done = subprocess.run(
        [GATE_ENV / "bin" / "python", script, folder / "m.ttl", folder / "m.ofn"],
        capture_output=True,
        text=True,
        env=os.environ | {"MGONTO_GATE_INSIDE": "1"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    count, *differing = done.stdout.splitlines()
    assert differing == []
    assert int(count) > 10_000


def test_each_construct_is_an_axiom() -> None:
    lines = written(
        """:A a owl:Class ; rdfs:subClassOf :B ,
            [ a owl:Restriction ; owl:onProperty :p ; owl:someValuesFrom :B ] ;
        owl:equivalentClass [ owl:intersectionOf ( :B [ a owl:Class ; owl:complementOf :C ] ) ] .
        :B a owl:Class ; owl:disjointWith :C . :C a owl:Class .
        :p a owl:ObjectProperty , owl:SymmetricProperty ; rdfs:domain :A ; rdfs:range :B .
        :q a owl:ObjectProperty ; rdfs:subPropertyOf :p .
        :d a owl:DatatypeProperty . :n a owl:AnnotationProperty .
        :i a owl:NamedIndividual , :A ; :p :A ; :d 1 ; :n "say \\"so\\" \\\\ now"@en ."""
    )
    assert {
        "SubClassOf(<http://x/A> <http://x/B>)",
        "SubClassOf(<http://x/A> ObjectSomeValuesFrom(<http://x/p> <http://x/B>))",
        "EquivalentClasses(<http://x/A> ObjectIntersectionOf(<http://x/B> ObjectComplementOf(<http://x/C>)))",
        "DisjointClasses(<http://x/B> <http://x/C>)",
        "SymmetricObjectProperty(<http://x/p>)",
        "ObjectPropertyDomain(<http://x/p> <http://x/A>)",
        "ObjectPropertyRange(<http://x/p> <http://x/B>)",
        "SubObjectPropertyOf(<http://x/q> <http://x/p>)",
        "ClassAssertion(<http://x/A> <http://x/i>)",
        "ObjectPropertyAssertion(<http://x/p> <http://x/i> <http://x/A>)",
        'DataPropertyAssertion(<http://x/d> <http://x/i> "1"^^<http://www.w3.org/2001/XMLSchema#integer>)',
        'AnnotationAssertion(<http://x/n> <http://x/i> "say \\"so\\" \\\\ now"@en)',
        "Declaration(NamedIndividual(<http://x/i>))",
    } <= set(lines)


@pytest.mark.parametrize(
    ("turtle", "message"),
    [
        (":i :unknown :j .", "is no declared property"),
        (
            ":A a owl:Class ; rdfs:subClassOf [ a owl:Class ; owl:unheardOf :B ] .",
            "a class expression other than",
        ),
    ],
)
def test_what_cannot_be_written_is_said(turtle: str, message: str) -> None:
    with pytest.raises(MgontoError, match=message):
        written(turtle)


# --- OBO Graph --------------------------------------------------------------------------------------------


def test_pronto_reads_the_obo_graph(folder: Path) -> None:
    pronto = pytest.importorskip("pronto")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ontology = pronto.Ontology(str(folder / "m.json"))
    hypertension = ontology["MONDO:0005044"]
    assert hypertension.name == "hypertension"
    assert hypertension.definition
    above = {each.name for each in hypertension.superclasses()}
    assert {"condition", "domain term"} <= above


def test_the_obo_graph_has_terms_and_edges_but_no_claims(folder: Path) -> None:
    (graph,) = json.loads((folder / "m.json").read_text(encoding="utf-8"))["graphs"]
    ids = {node["id"] for node in graph["nodes"]}
    assert str(expand("CHEBI:18420")) in ids
    assert not any("/statement/" in each or "/proposition/" in each for each in ids)
    assert all(edge["sub"] in ids and edge["obj"] in ids for edge in graph["edges"])
    magnesium = next(node for node in graph["nodes"] if node["id"] == expand("CHEBI:18420"))
    assert magnesium["lbl"] == "magnesium"
    assert "magnesium(2+)" in {each["val"] for each in magnesium["meta"]["synonyms"]}


# --- the table --------------------------------------------------------------------------------------------


def test_the_table_has_every_term_of_the_sources_once(quads: list[ox.Quad]) -> None:
    rows = list(csv.DictReader(io.StringIO(export_bytes(quads, "csv").decode())))
    assert tuple(rows[0]) == TERM_COLUMNS
    sources = {expand(row.iri): row for row in read_terms(data_dir("ontology") / "terms.tsv", [])}
    assert [row["iri"] for row in rows if row["iri"] not in sources] == []
    assert len(rows) == len(sources)
    for row in rows:
        told = sources[row["iri"]]
        assert (row["name"], row["label"], row["kind"]) == (told.name, told.label, told.kind)
        assert row["definition"] == told.definition
