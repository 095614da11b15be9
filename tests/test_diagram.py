"""The generated parts of docs/ontology.md are fresh, and say what their sources say."""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import Graph

from tools import diagram

VOCABULARY = """
@prefix mgo: <https://w3id.org/mgonto/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
mgo:Statement rdfs:subClassOf mgo:InformationItem . mgo:Gap rdfs:subClassOf mgo:Statement .
mgo:ListedValue rdfs:subClassOf mgo:InformationItem . mgo:Stance rdfs:subClassOf mgo:ListedValue .
mgo:Molecule rdfs:subClassOf mgo:DomainTerm . mgo:MoleculeConcept rdfs:subClassOf mgo:Agent .
mgo:Agent rdfs:subClassOf mgo:Concept .
mgo:about a owl:ObjectProperty ; rdfs:domain mgo:Statement ; rdfs:range mgo:Agent .
mgo:stance a owl:ObjectProperty ; rdfs:domain mgo:Statement ; rdfs:range mgo:Stance .
"""


@pytest.fixture
def vocabulary() -> Graph:
    return Graph().parse(data=VOCABULARY, format="turtle")


def test_the_page_is_fresh() -> None:
    assert diagram.main(["--check"]) == 0


def test_a_stale_page_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    page = tmp_path / "ontology.md"
    page.write_text(diagram.PAGE.read_text(encoding="utf-8").replace("flowchart LR", "flowchart TD", 1))
    monkeypatch.setattr(diagram, "PAGE", page)
    assert diagram.main(["--check"]) == 1
    assert diagram.main([]) == 0
    assert page.read_text(encoding="utf-8").count("flowchart LR") == 2


def test_records_and_their_properties_are_drawn_and_lists_are_not(vocabulary: Graph) -> None:
    drawn = diagram.classes_diagram(vocabulary)
    assert 'Statement -->|"about"| Concept' in drawn
    assert "Gap -.->|is a| Statement" in drawn
    assert "Stance" not in drawn


def test_a_kind_points_at_its_umbrellas(vocabulary: Graph) -> None:
    assert "Molecule --> Agent" in diagram.kinds_diagram(vocabulary)


def test_minted_terms_are_a_table(tmp_path: Path) -> None:
    path = tmp_path / "minted.tsv"
    assert diagram.minted_table(path) == "No term is listed yet.\n"
    path.write_text("iri\tname\nMGO:0000101\ta|b\n", encoding="utf-8")
    assert diagram.minted_table(path) == "| iri | name |\n| --- | --- |\n| MGO:0000101 | a\\|b |\n"
