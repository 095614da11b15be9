"""A load into a store: repeatable, proven by counting, and mended by the same load once more."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from mgonto.engine.access import Access
from mgonto.errors import EndpointError, MgontoError, UsageError
from mgonto.names import graph_iri
from mgonto.stores.client import TripleStore
from mgonto.stores.load import Step, load_store, open_triple_store
from mgonto.stores.parts import graphs_of
from mgonto.stores.presets import PRESETS, Addresses, Preset
from tests.stores.compare import canonical, the_release
from tests.stores.front import Front, front

EVIDENCE = graph_iri("evidence/foroudastan-2025")
EDGES = graph_iri("edges")
MINE = "http://example.org/mine"
#: A release in small: a graph with blank nodes, one with numbers and languages, one of plain triples.
RELEASE = f"""
@prefix : <urn:x:> .
<{graph_iri("ontology")}> {{ :a :b [ :c 3.50 ; :d [ :e "x"@en ] ] . :f :b [ :c 3.50 ] . }}
<{EVIDENCE}> {{ {" ".join(f':s{n} :says "{n}"@en , {n} , true .' for n in range(300))} }}
<{EDGES}> {{ {" ".join(f":s{n} :to :s{n + 1} ." for n in range(20))} }}
"""
SMALL = Preset("small", "/query", "/update", "/store", batch=10)


def store_on(state: Front, preset: Preset | None = None, access: Access | None = None) -> TripleStore:
    preset = preset or PRESETS["oxigraph"]
    addresses = preset.addresses(state.url)
    if not state.graph_store:
        addresses = Addresses(state.url + "/", state.url + "/")
    return TripleStore(preset, addresses, access or Access(), 30, retries=2)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> frozenset[str]:
    """The small release in the place of the bundled one."""
    quads = list(ox.parse(RELEASE, format=ox.RdfFormat.TRIG))
    monkeypatch.setattr("mgonto.stores.load.release_graphs", lambda: graphs_of(quads))
    held = ox.Store()
    held.extend(quads)
    return canonical(held)  # as a store writes it: 3.5, not 3.50


def actions(steps: list[Step]) -> set[str]:
    return {each.action for each in steps}


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    path = tmp_path / "lines.nt"
    path.write_text("".join(f'<urn:s{n}> <urn:p> "{n}" .\n' for n in range(95)), encoding="utf-8")
    return path


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    path = tmp_path / "tree.ttl"
    path.write_text("<urn:a> <urn:b> [ <urn:c> 3.50 ; <urn:d> [ <urn:e> 'x'@en ] ] .", encoding="utf-8")
    return path


@pytest.mark.parametrize("graph_store", [True, False])
def test_a_load_gives_exactly_the_release_and_a_second_changes_nothing(graph_store: bool) -> None:
    with front(graph_store=graph_store) as state:
        first = load_store(store_on(state))
        assert actions(first) == {"write"} and canonical(state.store) == the_release()
        sent = len(state.changes)
        second = load_store(store_on(state))
        assert actions(second) == {"keep"} and len(state.changes) == sent
        assert [each.held for each in second] == [each.triples for each in first]


def test_a_dry_run_tells_and_sends_nothing(small: frozenset[str]) -> None:
    with front() as state:
        steps = load_store(store_on(state), dry_run=True)
        assert actions(steps) == {"write"} and state.changes == [] and len(state.store) == 0


@pytest.mark.parametrize("graph_store", [True, False])
@pytest.mark.parametrize("trouble", ["cut", "lose"])
def test_a_connection_that_breaks_is_taken_up_again_and_nothing_is_doubled(
    small: frozenset[str], graph_store: bool, trouble: str
) -> None:
    with front(graph_store=graph_store, **{trouble: 1}) as state:
        load_store(store_on(state))
        assert canonical(state.store) == small


def test_a_server_that_goes_away_is_told_and_the_same_load_mends_it(small: frozenset[str]) -> None:
    with front(cut=2, down=True) as state:
        with pytest.raises(EndpointError):
            load_store(store_on(state))
        assert 0 < len(state.store) < len(small)
        state.cut = None
        steps = load_store(store_on(state))
        assert actions(steps) == {"keep", "write"} and canonical(state.store) == small


def test_a_server_that_says_yes_and_loads_nothing_is_found_by_counting(small: frozenset[str]) -> None:
    with front(swallow=True) as state, pytest.raises(EndpointError) as caught:
        load_store(store_on(state))
    assert "holds 0 of 6 " in caught.value.message and caught.value.exit_code == 4


def test_a_file_that_is_swallowed_is_found_by_counting(lines: Path) -> None:
    with front(swallow=True) as state, pytest.raises(EndpointError):
        load_store(store_on(state), [lines], alone=True)


def test_a_stranger_is_refused_and_a_user_is_not(small: frozenset[str]) -> None:
    with front(user="ada", password="secret") as state:
        with pytest.raises(EndpointError) as caught:
            load_store(store_on(state, access=Access("ada", "wrong")))
        assert "401" in caught.value.message and "wrong" not in caught.value.message + caught.value.hint
        load_store(store_on(state, access=Access("ada", "secret")))
        assert canonical(state.store) == small


def test_a_graph_of_the_same_size_but_other_content_is_written_anew(small: frozenset[str]) -> None:
    with front() as state:
        load_store(store_on(state))
        graph = ox.NamedNode(EDGES)
        one = next(iter(state.store.quads_for_pattern(None, None, None, graph)))
        state.store.remove(one)
        state.store.add(ox.Quad(ox.NamedNode("urn:old"), one.predicate, one.object, graph))
        changed = [each.graph for each in load_store(store_on(state)) if each.action == "write"]
        assert changed == [EDGES] and canonical(state.store) == small


def test_what_a_store_cuts_is_asked_for_in_pieces(small: frozenset[str]) -> None:
    with front(most=400) as state:
        load_store(store_on(state))
        assert actions(load_store(store_on(state))) == {"keep"}


def test_what_was_added_to_a_graph_of_the_release_stays_unless_replaced(small: frozenset[str]) -> None:
    with front() as state:
        load_store(store_on(state))
        extra = ox.Quad(
            ox.NamedNode("urn:s"), ox.NamedNode("urn:p"), ox.NamedNode("urn:o"), ox.NamedNode(EDGES)
        )
        state.store.add(extra)
        assert actions(load_store(store_on(state))) == {"keep"} and extra in state.store
        load_store(store_on(state), replace_all=True)
        assert canonical(state.store) == small


def test_a_larger_graph_of_another_release_is_not_thrown_away_unasked(small: frozenset[str]) -> None:
    with front() as state:
        load_store(store_on(state))
        graph = ox.NamedNode(EDGES)
        state.store.remove(next(iter(state.store.quads_for_pattern(None, None, None, graph))))
        for number in range(3):
            old = ox.NamedNode(f"urn:old{number}")
            state.store.add(ox.Quad(old, old, old, graph))
        before, sent = set(state.store), len(state.changes)
        with pytest.raises(MgontoError) as caught:
            load_store(store_on(state))
        assert "--replace" in caught.value.hint and set(state.store) == before and len(state.changes) == sent
        load_store(store_on(state), replace_all=True)
        assert canonical(state.store) == small


@pytest.mark.parametrize("graph_store", [True, False])
def test_replace_drops_graphs_of_another_release_and_leaves_all_others(
    small: frozenset[str], graph_store: bool
) -> None:
    with front(graph_store=graph_store) as state:
        node = ox.NamedNode("urn:n")
        stale = graph_iri("evidence/gone")
        for graph in (stale, graph_iri("user"), MINE):
            state.store.add(ox.Quad(node, node, node, ox.NamedNode(graph)))
        assert "drop" not in actions(load_store(store_on(state)))
        steps = load_store(store_on(state), replace_all=True)
        assert [each.graph for each in steps if each.action == "drop"] == [stale]
        assert not state.graph(stale) and state.graph(MINE) and state.graph(graph_iri("user"))


@pytest.mark.parametrize("graph_store", [True, False])
def test_a_file_is_added_to_its_graph_and_twice_is_once(graph_store: bool, tree: Path) -> None:
    with front(graph_store=graph_store) as state:
        load_store(store_on(state), [tree], MINE, alone=True)
        held = state.graph(MINE)
        assert len(held) == 4 and "genid" in "".join(held)
        steps = load_store(store_on(state), [tree], MINE, alone=True)
        assert actions(steps) == {"keep"} and state.graph(MINE) == held


def test_a_file_is_added_to_an_oxigraph_without_a_transaction_and_a_graph_replaced_with_one(
    small: frozenset[str], lines: Path
) -> None:
    """A third of the time, and the next load mends what it leaves; but nobody may see half a graph."""
    with front() as state:
        load_store(store_on(state), [lines])
    stored = {(method, "no_transaction" in path) for method, path in state.asked if path.startswith("/store")}
    assert stored == {("PUT", False), ("POST", True)}


def test_a_file_goes_to_the_graphs_that_it_names(tmp_path: Path) -> None:
    path = tmp_path / "two.trig"
    path.write_text("<urn:a> <urn:b> 1 . <urn:g> { <urn:a> <urn:b> 2 }", encoding="utf-8")
    with front() as state:
        load_store(store_on(state), [path], alone=True)
        assert len(state.graph("urn:g")) == 1 and len(state.graph(graph_iri("user"))) == 1


def test_what_is_in_the_graph_beside_the_file_stays_unless_replaced(lines: Path) -> None:
    node = ox.NamedNode("urn:mine")
    with front() as state:
        state.store.add(ox.Quad(node, node, node, ox.NamedNode(MINE)))
        load_store(store_on(state, SMALL), [lines], MINE, alone=True)
        assert len(state.graph(MINE)) == 96
        load_store(store_on(state, SMALL), [lines], MINE, alone=True, replace_all=True)
        assert len(state.graph(MINE)) == 95


def test_a_load_in_batches_goes_on_where_it_broke_off(lines: Path) -> None:
    with front(cut=6, down=True) as state:
        with pytest.raises(EndpointError):
            load_store(store_on(state, SMALL), [lines], MINE, alone=True)
        assert len(state.graph(MINE)) == 60
        state.cut, state.changes[:] = None, []
        load_store(store_on(state, SMALL), [lines], MINE, alone=True)
        assert len(state.graph(MINE)) == 95 and len(state.changes) == 4


def test_a_hole_before_the_break_is_found_by_counting_and_filled(lines: Path) -> None:
    with front() as state:
        load_store(store_on(state, SMALL), [lines], MINE, alone=True)
        # Whatever order they were sent in, one of these is not the last triple of its batch.
        for gone in ("7", "8"):
            state.store.remove(
                ox.Quad(
                    ox.NamedNode(f"urn:s{gone}"), ox.NamedNode("urn:p"), ox.Literal(gone), ox.NamedNode(MINE)
                )
            )
        load_store(store_on(state, SMALL), [lines], MINE, alone=True)
        assert len(state.graph(MINE)) == 95


def test_a_file_that_is_broken_in_its_last_line_sends_nothing(small: frozenset[str], lines: Path) -> None:
    lines.write_text(lines.read_text("utf-8") + "<urn:x> nonsense\n", encoding="utf-8")
    with front() as state, pytest.raises(MgontoError) as caught:
        load_store(store_on(state), [lines], MINE)
    assert "lines.nt:96" in caught.value.message and state.changes == []


def test_the_statements_of_a_file_get_their_edges_as_in_memory(tmp_path: Path) -> None:
    import mgonto

    path = tmp_path / "more.ttl"
    path.write_text(
        """@prefix mgo: <https://w3id.org/mgonto/> . @prefix ex: <http://example.org/> .
        ex:p a mgo:Proposition ; mgo:subject <http://purl.obolibrary.org/obo/CHEBI_18420> ;
          mgo:relation mgo:Increases ; mgo:object <http://purl.obolibrary.org/obo/CHEBI_29108> ;
          mgo:sign 1 ; mgo:causal true .
        ex:s a mgo:Statement ; mgo:asserts ex:p ; mgo:stance mgo:Affirmed ; mgo:certainty mgo:Established .
        """,
        encoding="utf-8",
    )
    there = mgonto.load(path)
    with front() as state:
        load_store(store_on(state), [path])
        load_store(store_on(state), [path])
        triples = {quad.triple for quad in state.store}
    assert len(triples - {quad.triple for quad in mgonto.load().quads()}) > 10
    assert {str(each) for each in triples if "BlankNode" not in repr(each)} == {
        str(quad.triple) for quad in there.quads() if "BlankNode" not in repr(quad)
    }


def test_nothing_to_load_is_told() -> None:
    with front() as state, pytest.raises(UsageError):
        load_store(store_on(state), alone=True)


def test_an_unknown_preset_and_a_store_that_is_not_there_are_told() -> None:
    with pytest.raises(UsageError):
        open_triple_store("http://127.0.0.1:9", Access(), "oxygraph")
    with pytest.raises(EndpointError):
        open_triple_store("http://127.0.0.1:9", Access(), timeout=2)


def test_a_store_is_asked_what_it_is() -> None:
    with front() as state:
        assert open_triple_store(state.url, Access()).preset.name == "oxigraph"


def test_what_follows_a_question_mark_in_the_address_is_sent_and_not_shown(small: frozenset[str]) -> None:
    """Some services take a key there."""
    with front() as state:
        store = open_triple_store(state.url + "/?key=secret", Access())
        load_store(store)
        assert canonical(state.store) == small
        assert state.asked and all("key=secret" in path for _, path in state.asked)
        assert store.url == state.url + "/query"
    with front(graph_store=False) as state:
        with pytest.raises(UsageError, match="cannot tell") as caught:
            open_triple_store(state.url + "/?key=secret", Access())
        assert "secret" not in caught.value.message
