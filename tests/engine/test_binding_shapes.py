"""Binding in every shape of query: the same rows from rdflib, from the embedded engine and over HTTP.

Each shape has its parameters present and absent. The strings and IRIs are as hostile as hypothesis can make.
"""

import re
import threading
import urllib.parse
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mgonto.engine.binding import bind, keywords_of, parameters_of, to_term
from mgonto.engine.embedded import EmbeddedEngine
from mgonto.engine.remote import RemoteEngine
from mgonto.errors import UsageError
from tests.conformance.shapes import BASE, BY_LIST, DATA, PIECES, PREFIX, SHAPES, A, B, C, shown


class Handler(BaseHTTPRequestHandler):
    """The smallest SPARQL service that there can be."""

    store = ox.Store()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        query = urllib.parse.parse_qs(body, keep_blank_values=True)["query"][0]
        found = self.store.query(query, use_default_graph_as_union=True)
        if isinstance(found, ox.QueryTriples):
            kind, content = "application/n-triples", found.serialize(format=ox.RdfFormat.N_TRIPLES)
        else:
            kind, content = (
                "application/sparql-results+json",
                found.serialize(format=ox.QueryResultsFormat.JSON),
            )
        self.send_response(200)
        self.send_header("Content-Type", kind)
        assert content is not None
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments):
        pass


@dataclass(frozen=True)
class Engines:
    """The three places where a query can run."""

    graph: rdflib.Graph
    near: EmbeddedEngine
    far: RemoteEngine

    def rows(self, query, values):
        """The rows of a SELECT, which all must agree on."""
        _, near = self.near.select(query, values)
        _, far = self.far.select(query, values)
        result = self.graph.query(bind(query, values))
        other = [tuple(each.get(name) for name in result.vars or ()) for each in result.bindings]
        rows = [tuple(None if cell is None else cell.value for cell in row) for row in near]
        assert near == far
        assert rows == [tuple(None if cell is None else str(cell) for cell in row) for row in other]
        return rows

    def triples(self, query, values):
        """The triples of a CONSTRUCT, which all must agree on."""
        near, far = self.near.construct(query, values), self.far.construct(query, values)
        made = self.graph.query(bind(query, values)).graph
        assert made is not None
        assert {str(each) for each in near} == {str(each) for each in far}
        assert {tuple(part.n3() for part in each) for each in made} == {
            (str(each.subject), str(each.predicate), str(each.object)) for each in near
        }
        return {(str(each.subject)[-2], str(each.object)[-2]) for each in near}


@pytest.fixture(scope="module")
def engines():
    near = EmbeddedEngine(DATA)
    Handler.store = near.store
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    graph = rdflib.Graph()
    for quad in near.store:
        graph.parse(data=f"{quad.triple} .", format="nt")
    yield Engines(graph, near, RemoteEngine(f"http://127.0.0.1:{server.server_address[1]}/sparql"))
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("shape", SHAPES)
def test_a_value_that_is_there_and_one_that_is_not(engines, shape):
    query, present, absent = SHAPES[shape]
    assert shown(engines.rows(PREFIX + query, {"x": B})) == present
    assert shown(engines.rows(PREFIX + query, {"x": None})) == absent
    assert shown(engines.rows(PREFIX + query, {})) == absent


@pytest.mark.parametrize("shape", BY_LIST)
def test_a_list_of_several_and_an_empty_one(engines, shape):
    query, present, absent = SHAPES[shape]
    assert shown(engines.rows(PREFIX + query, {"x": ()})) == absent
    assert shown(engines.rows(PREFIX + query, {"x": [B]})) == present
    assert shown(engines.rows(PREFIX + query, {"x": [C, B, A, B]})) not in ("", present)


def test_construct(engines):
    query = PREFIX + "CONSTRUCT { ?s :linked ?o } { ?s :next ?o FILTER(?o IN ($x)) }"
    assert engines.triples(query, {"x": B}) == {("a", "b")}
    assert engines.triples(query, {"x": [B, C]}) == engines.triples(query, {}) == {("a", "b"), ("b", "c")}
    template = PREFIX + "CONSTRUCT { $x :linked ?o } { $x :next ?o }"
    assert engines.triples(template, {"x": A}) == {("a", "b")}


def test_ask(engines):
    query = PREFIX + "ASK { ?s :next $x }"
    for engine in (engines.near, engines.far):
        assert engine.ask(query, {"x": B}) and not engine.ask(query, {"x": A}) and engine.ask(query)
    assert engines.graph.query(bind(query, {"x": B})).askAnswer is True


def test_values_take_a_present_value_only(engines):
    query = PREFIX + "SELECT ?n { VALUES ?s { $x } ?s :name ?n }"
    assert shown(engines.rows(query, {"x": B})) == "B"
    with pytest.raises(UsageError, match="does not parse"):
        engines.near.select(query, {})


def test_several_parameters_do_not_meet(engines):
    query = (
        PREFIX
        + "SELECT ?n { ?s :name ?n ; :size ?z FILTER(?s IN ($x)) FILTER(?z IN ($xx)) FILTER(?n = $n1) }"
    )
    values = {"x": [A, B], "xx": [to_term(2), to_term(3)], "n1": to_term("B")}
    assert shown(engines.rows(query, values)) == "B"
    assert shown(engines.rows(query, {**values, "x": None})) == "B"
    assert shown(engines.rows(query, {**values, "xx": [to_term(3)]})) == ""


# -- hostile strings -----------------------------------------------------------------------------------------

HOSTILE = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=6).map("".join),
    st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20),
)


@settings(max_examples=150)
@given(HOSTILE)
@example("\\u0041")
@example("\\\\U00000041")
@example('" . ?s ?p ?o } #')
@example("$x ?x $t")
def test_a_hostile_string_comes_back_unchanged_from_every_engine(engines, text):
    query = "SELECT ?x ?y { BIND($t AS ?x) BIND(STRLEN($t) AS ?y) FILTER(?x = $t) FILTER(?x IN ($t)) }"
    assert engines.rows(query, {"t": ox.Literal(text)}) == [(text, str(len(text)))]


@settings(max_examples=60)
@given(HOSTILE, st.sampled_from(["en", "ar", "zh-Hant"]))
def test_a_hostile_string_with_a_language_too(engines, text, language):
    ((found,),) = engines.rows("SELECT ?x { BIND($t AS ?x) }", {"t": ox.Literal(text, language=language)})
    assert found == text


@given(HOSTILE)
def test_what_a_bound_string_holds_is_no_part_of_the_query(text):
    query = "SELECT ?s { ?s ?p $t FILTER(?s IN ($x)) }"
    bound = bind(query, {"t": ox.Literal(text), "x": A})
    assert keywords_of(bound) == keywords_of(query) and parameters_of(bound) == ()
    # Binding in two steps is binding in one.
    assert bind(bind(query, {"t": ox.Literal(text), "x": [A]}), {}) == bound


@pytest.mark.parametrize("text", ["\ud800", "a\udfff", "\udc80\ud83d"])
def test_half_a_character_is_refused(text):
    with pytest.raises(UsageError, match="half a character"):
        to_term(text)
    with pytest.raises(UsageError, match="half a character"):
        bind("SELECT * { ?s ?p $t }", {"t": text})


# -- hostile IRIs --------------------------------------------------------------------------------------------

BREAKERS = '<>"{}|^`\\ \n\t\r\x00\x01\x1f'


class Loose:
    """An IRI that nobody has checked, as another library might hand it over."""

    def __init__(self, value):
        self.value = value


@pytest.mark.parametrize("breaker", BREAKERS)
@pytest.mark.parametrize("shape", ["urn:a{}b", "https://example.org/{}", "{}urn:a"])
def test_an_iri_with_a_character_that_ends_it_is_refused(monkeypatch, breaker, shape):
    monkeypatch.setattr(ox, "NamedNode", Loose)
    with pytest.raises(UsageError, match="absolute IRI"):
        bind("SELECT * { $x ?p ?o }", {"x": Loose(shape.format(breaker))})  # type: ignore[dict-item]


@pytest.mark.parametrize("iri", ["", "a", "/a", "//h/a", "#a", "?a", ":a", "1a:b", "a b:c", "urn:", "_:b"])
def test_a_relative_iri_is_refused(monkeypatch, iri):
    monkeypatch.setattr(ox, "NamedNode", Loose)
    with pytest.raises(UsageError, match="absolute IRI") as caught:
        bind("SELECT * { $x ?p ?o FILTER(?o IN ($x)) }", {"x": Loose(iri)})  # type: ignore[dict-item]
    assert caught.value.hint


@settings(max_examples=100)
@given(st.text(max_size=12))
@example("[")
@example("a#b#")
def test_an_iri_is_bound_whole_or_refused(text):
    try:
        node = ox.NamedNode("urn:x:" + text)
        bound = bind("SELECT ?x { BIND($t AS ?x) }", {"t": node})
    except (UsageError, ValueError):
        # What RFC 3987 has in no path, query or fragment: brackets stand around an address alone.
        outside = r'[<>"{}|^`\\\[\]\x00-\x20\x7f\ud800-\udfff]|%(?![0-9A-Fa-f]{2})|#.*#'
        assert re.search(outside, text) or not text.isascii()
        return
    (row,) = ox.Store().query(bound)  # type: ignore[misc]
    assert row[0] == node


def test_an_iri_of_another_script_is_no_attack(engines):
    node = ox.NamedNode(BASE + "镁/é?q=1&r=%20#x")
    assert engines.rows("SELECT ?x { BIND($t AS ?x) }", {"t": node}) == [(node.value,)]
