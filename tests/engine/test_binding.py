"""Binding: a parameter becomes a term and nothing else, on every engine."""

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st

from mgonto.engine.binding import bind, parameters_of
from mgonto.errors import UsageError

A, B = ox.NamedNode("https://example.org/a"), ox.NamedNode("https://example.org/b")
DATA = """
@prefix : <https://example.org/> .
:a :name "A" ; :next :b ; :size 1 . :b :name "B" ; :next :c ; :size 2 . :c :name "C" ; :size 3 .
"""
PREFIX = "PREFIX : <https://example.org/> "


def rows(query):
    """The rows of both engines, which must agree."""
    store = ox.Store()
    store.load(DATA.encode(), format=ox.RdfFormat.TURTLE)
    solutions = store.query(query)
    assert isinstance(solutions, ox.QuerySolutions)
    found = [[cell.value if cell is not None else None for cell in row] for row in solutions]
    graph = rdflib.Graph().parse(data=DATA, format="turtle")
    result = graph.query(query)
    other = [
        [str(each[name]) if name in each else None for name in result.vars or ()] for each in result.bindings
    ]
    assert sorted(found, key=str) == sorted(other, key=str)
    return sorted(found, key=str)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT ?n { $x :name ?n }", [["A"]]),
        ("SELECT ?n { ?s :name ?n FILTER(?s = $x) }", [["A"]]),
        ("SELECT ?s ?n { ?s :size ?z OPTIONAL { $x :next ?n } FILTER(?s = $x) }", [[A.value, B.value]]),
        ("SELECT ?n { ?s :name ?n FILTER NOT EXISTS { $x :name ?n } }", [["B"], ["C"]]),
        ("SELECT ?n { ?s :name ?n MINUS { $x :name ?n } }", [["B"], ["C"]]),
        ("SELECT ?n { { SELECT ?s { $x :next ?s } } ?s :name ?n }", [["B"]]),
        ("SELECT (COUNT(?o) AS ?c) { $x ?p ?o }", [["3"]]),
        ("SELECT ?n { VALUES ?s { $x } ?s :name ?n }", [["A"]]),
        ("SELECT ?n { BIND($x AS ?s) ?s :name ?n }", [["A"]]),
        ("SELECT ?n { { $x :name ?n } UNION { $x :next/:name ?n } }", [["A"], ["B"]]),
        ("SELECT ?n { $x :next+/:name ?n }", [["B"], ["C"]]),
        ("SELECT ?n { ?s :name ?n FILTER(?s IN ($x)) }", [["A"]]),
        (
            "SELECT ?s (SUM(?z) AS ?t) { ?s :size ?z FILTER(?s != $x) } GROUP BY ?s HAVING(SUM(?z) > 2)",
            [["https://example.org/c", "3"]],
        ),
    ],
)  # fmt: skip
def test_one_value_in_every_shape_of_query(query, expected):
    assert rows(bind(PREFIX + query, {"x": A})) == expected


def test_construct_takes_parameters_too():
    query = bind(PREFIX + "CONSTRUCT { $x :linked ?o } { $x :next ?o }", {"x": A})
    store = ox.Store()
    store.load(DATA.encode(), format=ox.RdfFormat.TURTLE)
    triples = store.query(query)
    assert isinstance(triples, ox.QueryTriples)
    assert [triple.object for triple in triples] == [B]


@pytest.mark.parametrize(
    ("values", "expected"),
    [({}, 3), ({"x": None}, 3), ({"x": ()}, 3), ({"x": [A]}, 1), ({"x": [A, B]}, 2), ({"x": A}, 1)],
)
def test_an_absent_list_drops_the_filter_that_holds_it(values, expected):
    plain = PREFIX + "SELECT ?n { ?s :name ?n FILTER(?s IN ($x)) }"
    nested = PREFIX + "SELECT ?n { ?s :name ?n FILTER EXISTS { ?s :name ?m . FILTER(?s IN ($x)) } }"
    assert len(rows(bind(plain, values))) == expected
    assert len(rows(bind(nested, values))) == expected


def test_an_absent_optional_value_stays_a_variable():
    query = PREFIX + "SELECT ?n { ?s :name ?n FILTER(COALESCE(!isIRI($x), true) || ?s = $x) }"
    assert len(rows(bind(query, {"x": None}))) == 3
    assert rows(bind(query, {"x": B})) == [["B"]]


def test_other_filters_of_the_same_query_stay():
    query = PREFIX + "SELECT ?n { ?s :name ?n FILTER(?s IN ($x)) FILTER(?n = 'B') FILTER(?s IN ($y)) }"
    assert rows(bind(query, {"x": None, "y": [A, B]})) == [["B"]]


@pytest.mark.parametrize(
    "query",
    [
        'SELECT * { ?s ?p "costs $x" }',
        "SELECT * { ?s ?p 'costs $x' }",
        'SELECT * { ?s ?p """a " $x """ }',
        "SELECT * { ?s <https://example.org/$x> ?o }",
        "SELECT * { ?s ?p ?o # $x FILTER(\n }",
    ],
)
def test_strings_iris_and_comments_are_left_alone(query):
    assert parameters_of(query) == ()
    assert bind(query, {}) == query


def test_a_variable_or_a_name_called_filter_is_no_filter():
    query = PREFIX + "SELECT ?filter { ?filter :name ?n . FILTER(?filter IN ($x)) }"
    assert len(rows(bind(query, {"x": None}))) == 3
    assert bind(":filter ($x)", {"x": A}) == f":filter (<{A.value}>)"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00")))
def test_hostile_literals_come_back_unchanged(text):
    query = bind("SELECT ?x { BIND($t AS ?x) }", {"t": ox.Literal(text)})
    (row,) = list(ox.Store().query(query))  # type: ignore[arg-type]
    assert row[0].value == text


@pytest.mark.parametrize("iri", ["relative", "x y:z", "javascript", "urn:a> . ?s ?p ?o . <urn:b"])
def test_a_bad_iri_is_refused(iri):
    class Loose:
        """Stands for an IRI that slipped past pyoxigraph's own check."""

    with pytest.raises((UsageError, ValueError)):
        bind("SELECT * { $x ?p ?o }", {"x": ox.NamedNode(iri)})
    with pytest.raises(UsageError):
        bind("SELECT * { $x ?p ?o }", {"x": Loose()})  # type: ignore[dict-item]


def test_a_list_outside_in_and_an_unknown_parameter_are_refused():
    with pytest.raises(UsageError, match="one value"):
        bind("SELECT * { $x ?p ?o }", {"x": [A, B]})
    with pytest.raises(UsageError, match=r"no parameter \$y") as caught:
        bind("SELECT * { $x ?p ?o }", {"y": A})
    assert caught.value.hint == "its parameters are: x"
