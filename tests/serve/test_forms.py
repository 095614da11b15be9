"""Answers in every form, and which form is taken."""

import csv
import io
import json

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.compare import isomorphic

from mgonto.serve.negotiate import GRAPH_FORMS, ROW_FORMS, choose
from tests.serve.talking import get

ROWS = (
    "SELECT ?s ?o ?none { GRAPH <urn:g:one> { ?s <urn:x:says> ?o } OPTIONAL { ?s <urn:x:no> ?none } }"
    " ORDER BY ?o"
)
TRIPLES = "CONSTRUCT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } FILTER(STRSTARTS(STR(?g), 'urn:g:')) }"
ROW_TYPES = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "text/tab-separated-values": ox.QueryResultsFormat.TSV,
}
GRAPH_TYPES = {
    "text/turtle": "turtle",
    "application/n-triples": "nt",
    "application/rdf+xml": "xml",
    "application/ld+json": "json-ld",
    "application/trig": "trig",
    "application/n-quads": "nquads",
}


def rows_of(body, form):
    found = ox.parse_query_results(body, form)
    assert isinstance(found, ox.QuerySolutions)
    return [tuple(row) for row in found]


def test_rows_are_the_same_in_every_form(server):
    expected = rows_of(get(server, ROWS).body, ox.QueryResultsFormat.JSON)
    assert len(expected) == 3
    for media, form in ROW_TYPES.items():
        reply = get(server, ROWS, media)
        assert (reply.status, reply.media) == (200, media)
        assert rows_of(reply.body, form) == expected
    reply = get(server, ROWS, "text/csv")
    assert reply.headers["content-type"] == "text/csv; charset=utf-8"
    head, *rows = csv.reader(io.StringIO(reply.text, newline=""))
    values = {term.value for row in expected for term in row if term is not None}
    assert head == ["s", "o", "none"] and {cell for row in rows for cell in row if cell} == values


@pytest.mark.parametrize("truth", ["true", "false"])
def test_yes_and_no_are_the_same_in_every_form(server, truth):
    query = f"ASK {{ FILTER({truth}) }}"
    assert json.loads(get(server, query).body)["boolean"] is (truth == "true")
    for media, form in ROW_TYPES.items():
        found = ox.parse_query_results(get(server, query, media).body, form)
        assert isinstance(found, ox.QueryBoolean) and bool(found) is (truth == "true")
    assert get(server, query, "text/csv").text.strip() == truth


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
def test_triples_are_the_same_in_every_form(server):
    expected = rdflib.Graph().parse(data=get(server, TRIPLES, "application/n-triples").body, format="nt")
    assert len(expected) == 8
    for media, form in GRAPH_TYPES.items():
        reply = get(server, TRIPLES, media)
        assert (reply.status, reply.media) == (200, media)
        dataset = rdflib.Dataset(default_union=True).parse(data=reply.body, format=form)
        found = rdflib.Graph()
        for triple in dataset.triples((None, None, None)):
            found.add(triple)
        assert isomorphic(found, expected), media


@pytest.mark.parametrize(
    "accept, media",
    [
        (None, "application/sparql-results+json"),
        ("", "application/sparql-results+json"),
        ("*/*", "application/sparql-results+json"),
        ("text/*", "text/csv"),
        ("text/html, */*;q=0.1", "application/sparql-results+json"),
        ("text/csv;q=0.5, application/sparql-results+xml;q=0.6", "application/sparql-results+xml"),
        ("text/csv;q=0.5, */*;q=0.1", "text/csv"),
        ("*/*, text/csv", "text/csv"),
        ("application/json", "application/sparql-results+json"),
        ("application/xml", "application/sparql-results+xml"),
        ("TEXT/CSV ; Q=1.0", "text/csv"),
        ("application/sparql-results+json;q=0, */*", "application/sparql-results+xml"),
        ("text/*;q=0.2, text/csv;q=0.1", "text/tab-separated-values"),
        ("nonsense, text/csv", "text/csv"),
        ("text/csv;q=2", "text/csv"),
        ("image/png", None),
        ("*/*;q=0", None),
        ("text/csv;q=0", None),
        ("text/turtle", None),
    ],
)
def test_the_form_of_rows_is_the_one_that_is_liked_best(accept, media):
    form = choose(accept, ROW_FORMS)
    assert (form and form.media) == media


@pytest.mark.parametrize(
    "accept, media",
    [
        ("application/sparql-results+json, */*;q=0.1", "text/turtle"),
        ("application/json", "application/ld+json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "application/rdf+xml"),
        ("application/n-triples, text/turtle;q=0.9", "application/n-triples"),
        ("text/csv", None),
    ],
)
def test_the_form_of_triples_is_the_one_that_is_liked_best(accept, media):
    form = choose(accept, GRAPH_FORMS)
    assert (form and form.media) == media


def test_none_of_the_accepted_forms_is_406_and_says_what_there_is(server):
    for query, able in ((ROWS, "text/csv"), (TRIPLES, "text/turtle")):
        reply = get(server, query, "image/png")
        assert reply.status == 406 and able in reply.text


def test_an_answer_of_many_megabytes_comes_whole(server):
    reply = get(server, "SELECT * { ?s ?p ?o }", "application/sparql-results+xml")
    whole = rows_of(reply.body, ox.QueryResultsFormat.XML)
    count = rows_of(get(server, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").body, ox.QueryResultsFormat.JSON)
    assert len(reply.body) > 9_000_000 and "content-length" not in reply.headers
    assert len(whole) == int(count[0][0].value)
