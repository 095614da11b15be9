"""Putting the rarest filter of a query in front changes how fast an engine answers, and no row."""

import pyoxigraph as ox
import pytest

import mgonto
from mgonto.engine.binding import bind
from mgonto.engine.narrow import narrowed
from mgonto.query.library import query_text
from mgonto.query.parameters import query_values


@pytest.fixture(scope="module")
def kb():
    return mgonto.load()


def rows(store, text):
    """The rows of a query, as text, in no order."""
    found = store.query(text, use_default_graph_as_union=True)
    return sorted(tuple(str(cell) for cell in row) for row in found)


def test_every_query_of_the_library_has_the_same_rows_either_way(kb):
    moved = set()
    for name, query in kb.queries.items():
        for chosen in ([each.name] for each in query.parameters):
            given = {
                each.name: each.example
                for each in query.parameters
                if each.example is not None and (each.required or each.name in chosen)
            }
            text = bind(query.text, query_values(query, given, kb.terms, widen=True))
            if narrowed(text) != text:
                moved.add(name)
                assert rows(kb.store(), narrowed(text)) == rows(kb.store(), text), (name, chosen)
    assert {"statements", "effects-of", "quantities", "tensions"} <= moved


TERMS = {
    "subject": "magnesium deficiency",
    "object": "insulin resistance",
    "about": "magnesium",
    "tissue": "skeletal muscle tissue",
    "species": "Homo sapiens",
    "source_species": "Homo sapiens",
}


@pytest.mark.parametrize("name", TERMS)
def test_each_filter_by_terms_is_put_in_front_and_finds_the_same(kb, name):
    terms = [ox.NamedNode(each) for each in kb.terms.about(kb.term(TERMS[name]).iri)]
    text = bind(query_text("statements"), {name: terms})
    assert narrowed(text) != text
    assert rows(kb.store(), narrowed(text)) == rows(kb.store(), text) != []


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?s ?p ?o }",
        # bound in an optional part only: a list in front would be joined, not looked into
        "SELECT * { ?s ?p ?o OPTIONAL { ?s <urn:q> ?x } FILTER(?x IN (<urn:a>)) }",
        # bound in one branch of two
        "SELECT * { { ?s ?p ?o } UNION { ?x ?p ?o } FILTER(?s IN (<urn:a>)) }",
        # numbers equal others that are written otherwise
        "SELECT * { ?s ?p ?o FILTER(?o IN (1)) }",
        """SELECT * { ?s ?p ?o FILTER(?o IN ("1"^^<http://www.w3.org/2001/XMLSchema#integer>)) }""",
        "SELECT * { ?s ?p ?o FILTER(!(?s IN (<urn:a>))) }",
        "SELECT * { ?s ?p ?o FILTER(?s NOT IN (<urn:a>)) }",
        "SELECT * { ?s ?p ?o FILTER NOT EXISTS { ?s <urn:q> ?x FILTER(?x IN (<urn:a>)) } }",
        # two things of the row outside are meant
        "SELECT * { ?s ?p ?o FILTER EXISTS { ?s ?x ?o FILTER(?x IN (<urn:a>)) } }",
        # a word of a closed list is nothing to start from
        "SELECT * { ?s ?p ?o FILTER(?o IN (<https://w3id.org/mgonto/Affirmed>)) }",
        "SELECT * { SELECT ?s { ?s ?p ?o FILTER(?s IN (<urn:a>)) } }",
        "ASK { ?s ?p '} FILTER(?s IN (<urn:a>))' }",
    ],
)
def test_what_could_change_a_row_is_left_as_it_is(text):
    assert narrowed(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?s <urn:p> ?o FILTER(?s IN (<urn:a>, <urn:a>, <urn:b>)) }",
        'SELECT * { ?s <urn:p> ?o FILTER(?o IN ("1", "x")) }',
        "SELECT * { ?s <urn:p> ?o OPTIONAL { ?s <urn:q> ?x } FILTER(?s IN (<urn:a>, <urn:b>)) }",
        # what comes after the optional part leans on it, or does not
        "SELECT * { ?s <urn:p> ?o OPTIONAL { ?s <urn:q> ?x }?x <urn:p> ?y FILTER(?s IN (<urn:a>, <urn:b>)) }",
        "SELECT * { ?s <urn:p> ?o OPTIONAL { ?s <urn:q> ?x }?s <urn:q> ?y FILTER(?s IN (<urn:a>, <urn:b>)) }",
        "SELECT * { ?s <urn:p> ?o OPTIONAL { ?s <urn:q> ?x } BIND(?x AS ?z) FILTER(?s IN (<urn:a>)) }",
        "SELECT * { { ?s <urn:p> ?o } UNION { ?s <urn:q> ?o } FILTER(?s IN (<urn:a>)) }",
        "SELECT * { ?s <urn:p> ?o FILTER EXISTS { ?s <urn:q> ?x FILTER(?x IN (<urn:b>)) } }",
        "SELECT * { ?s <urn:p> ?o FILTER EXISTS { ?s <urn:q> ?l . FILTER EXISTS { ?l <urn:p> ?x "
        'FILTER(?x IN (<urn:b>, "x", <urn:c>)) } } }',
        "SELECT (COUNT(*) AS ?n) { ?s <urn:p> ?o # } FILTER(?s IN (<urn:b>))\n FILTER(?s IN (<urn:a>)) }",
        "ASK { ?s <urn:p> ?o FILTER(?s IN (<urn:nowhere>)) }",
    ],
)
def test_what_is_moved_gives_the_same_rows(text):
    store = ox.Store()
    store.load(
        b"""@prefix : <urn:> . :a :p :b, "1", "x" ; :q :b . :b :p :c, "x" ; :q :a, 1 . :c :p "1"@en, :b .""",
        format=ox.RdfFormat.TURTLE,
    )
    assert narrowed(text) != text
    if text.startswith("ASK"):
        assert bool(store.query(text)) == bool(store.query(narrowed(text)))
    else:
        assert rows(store, narrowed(text)) == rows(store, text)
