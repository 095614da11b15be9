"""The query library: every file is portable, says what it gives, and finds something."""

import pyoxigraph as ox
import pytest
import rdflib

import mgonto
from mgonto.engine.binding import bind, keywords_of
from mgonto.errors import UsageError
from mgonto.query.library import Library, query_text
from mgonto.query.lint import Probe, lint
from mgonto.query.parameters import query_values
from mgonto.sources.queryfile import GROUPS

LIBRARY = Library()
QUERIES = list(LIBRARY)
# Walks along the edges, which rdflib does in many seconds: compared from every start of a small graph.
WALKS = {"lowered-by-less", "lowered-by-more", "raised-by-less", "raised-by-more"}


@pytest.fixture(scope="module")
def kb():
    return mgonto.load()


def example(kb, name):
    """A query with the examples of its header filled in."""
    query = LIBRARY[name]
    given = {each.name: each.example for each in query.parameters if each.example is not None}
    return bind(query.text, query_values(query, given, kb.terms, widen=True))


def cells(row):
    """A row in a form that both engines share: numbers by value, all else by text."""

    def plain(cell):
        if cell is None:
            return None
        text = str(cell.value) if isinstance(cell, (ox.Literal, ox.NamedNode)) else str(cell)
        try:
            return float(text)
        except ValueError:
            return text

    return tuple(plain(cell) for cell in row)


def test_there_are_at_least_forty_queries_in_every_group():
    assert len(QUERIES) >= 40
    assert {LIBRARY[name].group for name in QUERIES} == set(GROUPS)


@pytest.mark.parametrize("name", QUERIES)
def test_the_example_of_a_query_finds_something(name, kb):
    # The conformance suite compares the engines; a query that finds nothing would prove nothing there.
    assert next(iter(kb.store().query(example(kb, name), use_default_graph_as_union=True)), None)


@pytest.mark.parametrize("name", sorted(WALKS))
def test_walks_along_the_edges_agree_on_a_small_graph(name):
    mgo = "https://w3id.org/mgonto/"
    edges = {
        "a": [("moreMore", "b"), ("moreLess", "c"), ("lessMore", "d"), ("lessLess", "b")],
        "b": [("moreLess", "d"), ("lessLess", "c"), ("lessMore", "a")],
        "c": [("lessMore", "e"), ("lessLess", "d"), ("moreMore", "f")],
        "d": [("lessLess", "a"), ("moreMore", "c")],
        "f": [("lessMore", "e")],
    }
    label = "http://www.w3.org/2004/02/skos/core#prefLabel"
    lines = [f'<urn:{each}> <{label}> "{each}" .' for each in "abcdef"]
    lines += [
        f"<urn:{one}> <{mgo}{edge}> <urn:{two}> ." for one, found in edges.items() for edge, two in found
    ]
    store, graph = ox.Store(), rdflib.Graph().parse(data="\n".join(lines), format="nt")
    store.load("\n".join(lines).encode(), format=ox.RdfFormat.N_TRIPLES)
    reached = 0
    for start in "abcd":
        query = bind(query_text(name), {"term": ox.NamedNode(f"urn:{start}")})
        result, found = graph.query(query), store.query(query)
        assert isinstance(found, ox.QuerySolutions)
        other = [tuple(each.get(variable) for variable in result.vars or ()) for each in result.bindings]
        assert [cells(row) for row in found] == [cells(row) for row in other]
        reached += len(other)
    assert reached


@pytest.mark.parametrize("name", QUERIES)
def test_every_query_is_fit(name, kb):
    assert lint(f"{name}.rq", query_text(name), Probe(kb.terms, kb.store())) == ()


@pytest.mark.parametrize("name", QUERIES)
def test_an_absent_optional_parameter_leaves_a_query_that_runs(name, kb):
    query = LIBRARY[name]
    needed = {each.name: each.example for each in query.parameters if each.required}
    assert kb.run(name, **needed).columns == tuple(query.columns)


@pytest.mark.parametrize("name", QUERIES)
def test_queries_are_standard_sparql_that_name_no_graph(name):
    assert not keywords_of(query_text(name)) & {"GRAPH", "FROM", "SERVICE"}


GOOD = """#+ summary: Claims about a term
#+ tags: [statements]
#+ params:
#+   term: {type: term, list: true, required: true, example: "magnesium", help: "Any term"}
#+ columns: {statement: iri}
PREFIX mgo: <https://w3id.org/mgonto/>
SELECT ?statement {
  ?statement mgo:asserts/mgo:subject ?term .
  FILTER(?term IN ($term))
}
ORDER BY ?statement
"""
MISTAKES = {
    "no summary": ("#+ summary: Claims about a term\n", "", "there is no summary"),
    "no group": ("[statements]", "[]", "there is no group"),
    "a group of its own": ("[statements]", "[stuff]", '"stuff" is no group of the library'),
    "no columns": ("#+ columns: {statement: iri}\n", "", "the columns are not told"),
    "a column type of its own": ("{statement: iri}", "{statement: node}", 'unknown type "node"'),
    "a parameter type of its own": ("type: term", "type: noun", 'unknown type "noun"'),
    "no help": (', help: "Any term"', "", "has no help"),
    "no example": (', example: "magnesium"', "", "has no example"),
    "an undeclared parameter": ("?statement .\n}", "?statement .\n}", ""),
    "an unused parameter": ("($term)", "(mgo:Term)", "the parameter term is not used"),
    "a graph": ("{\n  ?statement", "{ GRAPH mgo:g {\n  ?statement", "GRAPH ties the query"),
    "a service": ("FILTER(", "SERVICE mgo:s { ?statement a mgo:X } FILTER(", "SERVICE ties the query"),
    "no order": ("ORDER BY ?statement\n", "", "the rows have no order"),
    "broken syntax": ("SELECT ?statement {", "SELECT ?statement {{", "it does not parse"),
    "an unknown prefix": ("mgo:asserts/", "nope:asserts/", "it does not parse"),
    "a loose end": ("FILTER(?term", "?statement mgo:gloss ?gloss . FILTER(?term", "?gloss is used once"),
    "columns that differ": ("SELECT ?statement", "SELECT ?term ?statement", "it gives the columns term"),
    "an unknown example": ('"magnesium"', '"unobtainium"', "the example does not run"),
    "an empty example": ("?term IN ($term)", "?term IN ($term) && false", "the example finds nothing"),
    "a broken header": ("{statement: iri}", "{statement: iri", "the header does not parse"),
    "an unknown key of a parameter": ("help:", "halp:", 'unknown key "halp"'),
}
MISTAKES["an undeclared parameter"] = ("?term .\n", "?term . FILTER($who = 1)\n", "$who is not declared")


def test_the_good_query_is_fit(kb):
    assert lint("good.rq", GOOD, Probe(kb.terms, kb.store())) == ()


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_check_finds(mistake, kb):
    old, new, told = MISTAKES[mistake]
    assert old in GOOD
    found = lint("bad.rq", GOOD.replace(old, new, 1), Probe(kb.terms, kb.store()))
    assert any(told in each.message for each in found), found


def test_an_unknown_query_is_told_with_the_nearest_ones():
    with pytest.raises(UsageError, match="no query") as caught:
        query_text("statemnts")
    assert "statements" in caught.value.hint


def test_a_required_parameter_a_wrong_name_and_a_wrong_type_are_told(kb):
    with pytest.raises(UsageError, match="needs term"):
        kb.run("effects-of")
    with pytest.raises(UsageError, match='no parameter "termm"'):
        kb.run("effects-of", termm="magnesium")
    with pytest.raises(UsageError, match="a whole number"):
        kb.run("effects-of", term="magnesium", sign="up")
    with pytest.raises(UsageError, match="unknown certainty"):
        kb.run("effects-of", term="magnesium", certainty="sure")


def test_a_list_of_terms_takes_narrower_ones_and_states_unless_told_exact(kb):
    wide, exact = kb.run("effects-of", term="magnesium"), kb.run("effects-of", "exact", term="magnesium")
    assert len(wide) > len(exact) > 0


def test_a_term_may_be_given_by_any_of_its_names(kb):
    by_name = kb.run("causes-of", term="insulin resistance")
    assert by_name == kb.run("causes-of", term=kb.term("insulin resistance").iri) and by_name
