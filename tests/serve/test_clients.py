"""Clients that nobody here wrote, and mgonto's own: the answers are those of the process itself."""

import urllib.request
from typing import Any

import pytest
import rdflib
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import CSV, JSON, TURTLE, XML, SPARQLWrapper

import mgonto
from benchmarks.hostile import running
from mgonto.names import SERVER


def answer_of(wrapper: SPARQLWrapper) -> Any:
    return wrapper.query().convert()


@pytest.fixture(scope="module")
def bundled():
    with running() as found:
        yield found


@pytest.fixture(scope="module")
def local():
    return mgonto.load()


@pytest.fixture(scope="module")
def remote(bundled):
    return mgonto.connect(bundled.url)


@pytest.mark.parametrize(
    "ask",
    [
        lambda kb: kb.explain("magnesium deficiency", "insulin resistance").to_json(),
        lambda kb: kb.statements("magnesium deficiency").to_json(),
        lambda kb: kb.quantities(section="T2").to_json(),
        lambda kb: kb.search("nitric").to_json(),
        lambda kb: kb.term("magnesium deficiency"),
        lambda kb: kb.tensions().to_json(),
        lambda kb: kb.gaps().to_json(),
        lambda kb: kb.references().to_json(),
        lambda kb: kb.facets("tissue").to_json(),
        lambda kb: kb.run("effects-of", term="magnesium deficiency").to_json(),
        lambda kb: kb.coverage().to_json(),
        lambda kb: kb.ask("ASK { ?s a <https://w3id.org/mgonto/Statement> }"),
        lambda kb: sorted(map(str, kb.construct("CONSTRUCT { ?s a ?t } { ?s a ?t FILTER(isIRI(?s)) }"))),
    ],
)
def test_the_helpers_answer_over_http_as_they_do_in_process(local, remote, ask):
    assert ask(remote) == ask(local)


def test_it_tells_its_name_by_which_mgontos_client_leaves_the_wording_to_it(bundled):
    with urllib.request.urlopen(f"{bundled.url}?query=ASK%7B%7D") as answer:
        assert answer.headers["server"] == SERVER


def test_queries_of_the_library_give_the_same_rows_over_http(local, remote):
    for name, query in list(local.queries.items())[::6]:
        given = {each.name: each.example for each in query.parameters if each.required}
        assert remote.run(name, **given).to_json() == local.run(name, **given).to_json(), name


def test_sparqlwrapper_reads_every_form_it_knows(bundled):
    wrapper = SPARQLWrapper(bundled.url)
    wrapper.setTimeout(30)
    wrapper.setQuery("SELECT ?s { ?s a <https://w3id.org/mgonto/Statement> } ORDER BY ?s LIMIT 3")
    for method in ("GET", "POST"):
        wrapper.setMethod(method)
        wrapper.setReturnFormat(JSON)
        rows = answer_of(wrapper)["results"]["bindings"]
        assert len(rows) == 3
        wrapper.setReturnFormat(XML)
        assert answer_of(wrapper).toxml().count("<result>") == 3
        wrapper.setReturnFormat(CSV)
        assert len(answer_of(wrapper).split()) == 4
    wrapper.setQuery("CONSTRUCT { ?s a ?t } { ?s a ?t } LIMIT 5")
    wrapper.setReturnFormat(TURTLE)
    assert len(rdflib.Graph().parse(data=answer_of(wrapper), format="turtle")) == 5


def test_rdflibs_store_reads_it(bundled, local):
    graph = rdflib.Graph(SPARQLStore(bundled.url))
    kind = rdflib.URIRef("https://w3id.org/mgonto/Statement")
    found = set(graph.subjects(rdflib.RDF.type, kind))
    asked = "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s a <https://w3id.org/mgonto/Statement> }"
    assert len(found) == local.select(asked).one()["n"]
    assert bool(graph.query("ASK { ?s a <https://w3id.org/mgonto/Statement> }"))
