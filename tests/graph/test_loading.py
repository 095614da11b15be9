"""Files on top of the release: streamed in, with the edges that they bring or those that they yield."""

from pathlib import Path

import pyoxigraph as ox
import pytest

import mgonto
from mgonto.errors import MgontoError
from mgonto.graph.loading import add_files
from mgonto.names import BASE, graph_iri

STATED = """
@prefix mgo: <https://w3id.org/mgonto/> . @prefix ex: <http://example.org/> .
ex:p a mgo:Proposition ; mgo:subject <http://purl.obolibrary.org/obo/CHEBI_18420> ;
  mgo:relation mgo:Increases ; mgo:object ex:thing ; mgo:sign 1 ; mgo:causal true .
ex:s a mgo:Statement ; mgo:asserts ex:p ; mgo:stance mgo:Affirmed ; mgo:certainty mgo:Established .
"""


def reached(kb: mgonto.KnowledgeBase) -> bool:
    return kb.ask("ASK { ?s <https://w3id.org/mgonto/moreMore> <http://example.org/thing> }")


def test_the_statements_of_a_file_yield_edges(tmp_path: Path) -> None:
    path = tmp_path / "more.ttl"
    path.write_text(STATED, encoding="utf-8")
    assert reached(mgonto.load(path))


def test_a_file_that_brings_edges_is_taken_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "built.ttl"
    path.write_text(STATED + "ex:other mgo:yieldsEdge mgo:moreMore .", encoding="utf-8")
    assert not reached(mgonto.load(path))


def test_a_file_without_edges_gets_them_beside_one_that_brings_its_own(tmp_path: Path) -> None:
    bare, built = tmp_path / "bare.ttl", tmp_path / "built.ttl"
    bare.write_text(STATED, encoding="utf-8")
    built.write_text("<urn:p> <https://w3id.org/mgonto/yieldsEdge> <urn:e> .", encoding="utf-8")
    for files in ((bare, built), (built, bare)):
        assert reached(mgonto.load(*files))


def test_a_broken_file_is_told_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "broken.nq"
    path.write_text("<urn:a> <urn:b> <urn:c> <urn:g> .\n<urn:a> oh\n", encoding="utf-8")
    with pytest.raises(MgontoError) as caught:
        add_files(ox.Store(), [path])
    assert "broken.nq:2" in caught.value.message
    with pytest.raises(MgontoError):
        mgonto.load(tmp_path / "none.ttl")


def test_edges_go_to_the_graph_of_edges(tmp_path: Path) -> None:
    path = tmp_path / "more.ttl"
    path.write_text(STATED, encoding="utf-8")
    found = (
        mgonto.load(path)
        .store()
        .quads_for_pattern(
            None, ox.NamedNode(BASE + "moreMore"), ox.NamedNode("http://example.org/thing"), None
        )
    )
    assert {quad.graph_name for quad in found} == {ox.NamedNode(graph_iri("edges"))}
