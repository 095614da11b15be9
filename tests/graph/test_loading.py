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
    """A store that counts how often it is asked for a pattern."""

    def __init__(self, store: ox.Store) -> None:
        self.store, self.times, self.remove = store, 0, store.remove

    def quads_for_pattern(self, *pattern: Any) -> Any:
        self.times += 1
        return self.store.quads_for_pattern(*pattern)


def holding(*quads: ox.Quad) -> ox.Store:
    store = ox.Store()
    store.extend(quads)
    return store


def quad(subject: str, value: str, graph: str) -> ox.Quad:
    iris = (f"urn:{subject}", "urn:p", f"urn:{value}", f"urn:{graph}")
    return ox.Quad(*map(ox.NamedNode, iris))


@pytest.mark.parametrize("others", [1, 100], ids=["read", "looked up"])
def test_what_repeats_the_release_goes_and_nothing_else(others: int) -> None:
    release = [quad("a", "1", "release"), quad("a", "2", "release"), quad("b", "1", "release")]
    more = [quad("a", f"other{at}", "file") for at in range(others)]
    store = holding(*release, *more, quad("a", "1", "file"), quad("c", "1", "file"))
    keep_once(store, release)
    assert set(store) == {*release, *more, quad("c", "1", "file")}


def test_repeats_are_looked_for_subject_by_subject() -> None:
    release = [quad(f"s{at % 10}", f"v{at}", "release") for at in range(200)]
    store = Asked(holding(*release, quad("s3", "v3", "file")))
    keep_once(cast(ox.Store, store), release)
    assert set(store.store) == set(release)
    assert store.times == 10


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
