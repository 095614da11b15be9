"""Triples that stand in several graphs are one row of an answer, not one for each graph."""

import pyoxigraph as ox

import mgonto
from mgonto.engine.embedded import EmbeddedEngine
from mgonto.names import graph_iri


def test_what_is_added_twice_in_two_graphs_is_one_row():
    engine = EmbeddedEngine()
    graphs: list[ox.NamedNode | ox.DefaultGraph] = [ox.NamedNode("urn:g"), ox.NamedNode("urn:h")]

    def quad(graph: ox.NamedNode | ox.DefaultGraph) -> ox.Quad:
        return ox.Quad(ox.NamedNode("urn:s"), ox.NamedNode("urn:p"), ox.NamedNode("urn:o"), graph)

    engine.add(quad(graph) for graph in (*graphs, ox.DefaultGraph()))
    engine.add([quad(ox.NamedNode("urn:i"))])
    assert len(engine.select("SELECT * { ?s ?p ?o }")[1]) == 1


def test_a_file_that_repeats_a_proposition_leaves_its_statements_as_many_as_they_are(tmp_path):
    kb = mgonto.load()
    statement = kb.repeats()[0].statements[0]
    (claim,) = [each for each in kb.statements() if each.statement == statement]
    node = ox.NamedNode(claim.proposition)
    again = [
        ox.Quad(quad.subject, quad.predicate, quad.object, ox.NamedNode(graph_iri("evidence/another")))
        for quad in kb.store().quads_for_pattern(node, None, None)
    ]
    file = tmp_path / "again.nq"
    file.write_bytes(ox.serialize(again, format=ox.RdfFormat.N_QUADS) or b"")
    found = mgonto.load(file).statements(subject=claim.subject, object=claim.object, expand="exact")
    assert len(found) == len(kb.statements(subject=claim.subject, object=claim.object, expand="exact"))


def test_no_triple_of_the_release_stands_in_two_graphs():
    quads = mgonto.load().quads()
    assert len({quad.triple for quad in quads}) == len(quads)
