"""Files on top of the release: streamed in, with the edges that they bring or those that they yield."""

from pathlib import Path
from typing import Any, cast

import pyoxigraph as ox
import pytest

import mgonto
from mgonto.engine.embedded import keep_once
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


class Asked:
    """A store that counts how often it is asked."""

    def __init__(self, store: ox.Store) -> None:
        self.store, self.remove = store, store.remove
        self.looked_up = self.queries = 0

    def quads_for_pattern(self, *pattern: Any) -> Any:
        self.looked_up += 1
        return self.store.quads_for_pattern(*pattern)

    def query(self, *text: Any, **options: Any) -> Any:
        self.queries += 1
        return self.store.query(*text, **options)


def holding(*quads: ox.Quad) -> ox.Store:
    store = ox.Store()
    store.extend(quads)
    return store


def quad(subject: str, value: str, graph: str) -> ox.Quad:
    iris = (f"urn:{subject}", "urn:p", f"urn:{value}", f"urn:{graph}")
    return ox.Quad(*map(ox.NamedNode, iris))


def in_graph(given: ox.Quad, graph: ox.NamedNode | ox.DefaultGraph) -> ox.Quad:
    return ox.Quad(given.subject, given.predicate, given.object, graph)


def test_what_repeats_the_release_goes_and_nothing_else() -> None:
    blank = ox.BlankNode()
    release = [quad("a", "1", "release"), quad("a", "2", "release"), quad("b", "1", "release")]
    release += [ox.Quad(blank, each.predicate, each.object, each.graph_name) for each in release[:1]]
    more = [quad("a", "3", "file"), quad("c", "1", "file"), quad("c", "1", "other")]
    again = [quad("a", "1", "file"), in_graph(quad("b", "1", "none"), ox.DefaultGraph())]
    again.append(in_graph(release[-1], ox.NamedNode("urn:file")))
    store = holding(*release, *more, *again)
    keep_once(store, release)
    assert set(store) == {*release, *more}


def test_a_triple_in_two_of_the_graphs_to_keep_stays_in_the_first() -> None:
    both = [quad("a", "1", "one"), quad("a", "1", "two")]
    store = holding(*both)
    keep_once(store, both)
    assert list(store) == both[:1]


def test_only_what_repeats_is_looked_up() -> None:
    release = [quad(f"s{at % 150}", f"v{at}", "release") for at in range(1000)]
    store = Asked(holding(*release, quad("s3", "v3", "file")))
    keep_once(cast(ox.Store, store), release)
    assert set(store.store) == set(release)
    assert (store.queries, store.looked_up) == (2, 1)


def test_a_large_file_is_read_in_bulk_and_repeats_nothing_of_the_release(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mgonto.graph.loading._SMALL", 0)
    monkeypatch.setattr("mgonto.graph.loading._MANY", 1)
    store = holding(quad("a", "1", "release"))
    paths = []
    for name in ("one", "two"):
        paths.append(tmp_path / f"{name}.nq")
        lines = (quad("a", "1", name), quad(name, "1", name), quad(name, "2", name))
        paths[-1].write_text("".join(f"{each} .\n" for each in lines), encoding="utf-8")
    add_files(store, paths)
    kept = {each for each in store if each.subject == ox.NamedNode("urn:a")}
    assert kept == {quad("a", "1", "release")} and len(store) == 5
