"""The suite: a class, of which each engine has its own in a module of its own: each server starts once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pyoxigraph as ox
import pytest

from mgonto.engine.binding import Value, bind, to_term
from mgonto.engine.embedded import EmbeddedEngine, Row
from mgonto.names import BASE
from mgonto.query.parameters import query_values
from tests.conformance.cases import HELPERS, LIBRARY, QUERY_CASES, given_for, plain, plain_row
from tests.conformance.engines import NAMES, RdflibEngine, Subject, graphs, near, put, served, subject
from tests.conformance.shapes import BY_LIST, DATA, HARD_STRINGS, PREFIX, SHAPES, A, B, C, shown
from tests.servers import need

__all__ = ["KNOWN", "AsItStands", "Conformance", "read_known"]

#: Where an engine is known to answer otherwise, through a bug of its own that no standard query gets round.
KNOWN = Path(__file__).resolve().parent / "known.tsv"


def read_known() -> dict[tuple[str, str], str]:
    """Engine and case to the reason."""
    lines = KNOWN.read_text("utf-8").splitlines()[1:]
    rows = [line.split("\t") for line in lines if line]
    return {(engine, case): reason for engine, case, reason in rows}


class Conformance:
    """What holds for every engine. A subclass names its engine in `name`."""

    name: str

    @pytest.fixture(scope="class")
    @classmethod
    def far(cls) -> Iterator[Subject]:
        """The engine under test, with the release in it."""
        assert cls.name in NAMES
        if served(cls.name):
            need(cls.name)
        with subject(cls.name) as one:
            yield one

    @pytest.fixture(scope="class")
    @classmethod
    def small(cls, far: Subject) -> Iterator[Subject]:
        """The engine under test, with the few triples that the shapes of query are asked over."""
        yield _with(far, DATA, "https://example.org/g")

    # -- the release -------------------------------------------------------------------------------------

    def test_it_holds_every_triple_of_every_graph(self, far: Subject) -> None:
        if self.name == "rdflib":  # which takes the release merged
            merged = {each for triples in graphs().values() for each in triples}
            assert _count(far, "?s ?p ?o") == len(merged)
            return
        for graph, triples in graphs().items():
            assert _count(far, f"GRAPH <{graph}> {{ ?s ?p ?o }}") == len(triples), graph

    def test_a_query_that_names_no_graph_asks_all_of_them(self, far: Subject) -> None:
        query = (
            f"ASK {{ ?statement <{BASE}asserts> ?p . ?p <{BASE}subject> ?t . "
            "?t <http://www.w3.org/2004/02/skos/core#prefLabel> ?name }"
        )
        assert far.engine.ask(query)

    # -- the library -------------------------------------------------------------------------------------

    @pytest.mark.parametrize(("name", "case"), QUERY_CASES)
    def test_a_query_of_the_library_gives_the_same_rows(self, far: Subject, name: str, case: str) -> None:
        query = LIBRARY[name]
        values = query_values(query, given_for(name, case), near().terms, widen=True)
        columns, rows = _expected(query.text, values)
        reason = read_known().get((self.name, f"{name}, {case}"))
        if reason is not None:
            try:
                answer = far.engine.select(query.text, values)
            except Exception:
                return
            assert list(map(plain_row, answer[1])) != list(map(plain_row, rows)), f"no longer so: {reason}"
            return
        told, found = far.engine.select(query.text, values)
        assert told == columns
        assert list(map(plain_row, found)) == list(map(plain_row, rows))

    # -- the helpers -------------------------------------------------------------------------------------

    @pytest.mark.parametrize("case", HELPERS)
    def test_a_helper_gives_the_same_answer(self, far: Subject, case: str) -> None:
        assert plain(HELPERS[case](far.kb)) == plain(HELPERS[case](near()))

    # -- binding -----------------------------------------------------------------------------------------

    @pytest.mark.parametrize("shape", SHAPES)
    def test_a_value_that_is_there_and_one_that_is_not(self, small: Subject, shape: str) -> None:
        query, present, absent = SHAPES[shape]
        assert _words(small, query, {"x": B}) == present
        assert _words(small, query, {"x": None}) == absent
        assert _words(small, query, {}) == absent

    @pytest.mark.parametrize("shape", BY_LIST)
    def test_a_list_of_several_and_an_empty_one(self, small: Subject, shape: str) -> None:
        query, present, absent = SHAPES[shape]
        assert _words(small, query, {"x": ()}) == absent
        assert _words(small, query, {"x": [B]}) == present
        assert _words(small, query, {"x": [C, B, A, B]}) not in ("", present)

    def test_construct_takes_parameters(self, small: Subject) -> None:
        query = PREFIX + "CONSTRUCT { ?s :linked ?o } { ?s :next ?o FILTER(?o IN ($x)) }"
        linked = ox.NamedNode("https://example.org/linked")
        assert set(small.engine.construct(query, {"x": B})) == {ox.Triple(A, linked, B)}
        both = {ox.Triple(A, linked, B), ox.Triple(B, linked, C)}
        assert set(small.engine.construct(query, {"x": [B, C]})) == both
        assert set(small.engine.construct(query, {})) == both

    def test_ask_takes_parameters(self, small: Subject) -> None:
        query = PREFIX + "ASK { ?s :next $x }"
        assert small.engine.ask(query, {"x": B}) and small.engine.ask(query)
        assert not small.engine.ask(query, {"x": A})

    def test_hard_strings_come_back_unchanged(self, small: Subject) -> None:
        query = "SELECT ?x { BIND($t AS ?x) FILTER(?x = $t) FILTER(?x IN ($t)) }"
        for text in HARD_STRINGS:
            _, rows = small.engine.select(query, {"t": to_term(text)})
            assert [[cell.value for cell in row if cell is not None] for row in rows] == [[text]], repr(text)

    # -- numbers -----------------------------------------------------------------------------------------

    def test_a_number_is_its_value_and_its_text_stays_as_reported(self, far: Subject) -> None:
        # Oxigraph makes 3.5 of 3.50.
        data = b'<urn:x:q> <urn:x:value> 3.50 ; <urn:x:asReported> "3.50" .'
        query = "SELECT ?n ?t { ?q <urn:x:value> ?n ; <urn:x:asReported> ?t FILTER(?n = 3.5) }"
        one = _with(far, data, "https://example.org/numbers")
        ((number, text),) = one.engine.select(query)[1]
        assert isinstance(number, ox.Literal) and float(number.value) == 3.5
        assert isinstance(text, ox.Literal) and text.value == "3.50"


class AsItStands:
    """What holds too for a server that gets the library's queries worded anew: other tools send them as they
    stand."""

    @pytest.mark.parametrize("name", LIBRARY)
    def test_a_query_as_it_stands_gives_the_same_rows(self, far: Subject, name: str) -> None:
        query = LIBRARY[name]
        values = query_values(query, given_for(name, "examples"), near().terms, widen=True)
        columns, rows = _expected(query.text, values)
        # What does not begin as a file of the library does is a user's own.
        told, found = far.engine.select(f"\n{query.text}", values)
        assert told == columns
        assert list(map(plain_row, found)) == list(map(plain_row, rows))


def _with(far: Subject, data: bytes, graph: str) -> Subject:
    """The engine under test with a few triples: a server beside the release, any other alone."""
    triples = [quad.triple for quad in ox.parse(data, format=ox.RdfFormat.TRIG)]
    if far.server is not None:
        put(far.server, graph, ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"")
        return far
    alone = EmbeddedEngine(data) if isinstance(far.engine, EmbeddedEngine) else RdflibEngine(iter(triples))
    return Subject(far.name, far.kb, alone)


def _count(one: Subject, pattern: str) -> int:
    _, ((count,),) = one.engine.select(f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}")
    assert isinstance(count, ox.Literal)
    return int(count.value)


def _expected(query: str, values: Mapping[str, Value]) -> tuple[tuple[str, ...], list[Row]]:
    found = near().store().query(bind(query, values), use_default_graph_as_union=True)
    assert isinstance(found, ox.QuerySolutions)
    width = range(len(found.variables))
    return tuple(each.value for each in found.variables), [tuple(row[at] for at in width) for row in found]


def _words(one: Subject, query: str, values: dict[str, object]) -> str:
    _, rows = one.engine.select(bind(PREFIX + query, values))  # type: ignore[arg-type]
    return shown([tuple(None if cell is None else cell.value for cell in row) for row in rows])
