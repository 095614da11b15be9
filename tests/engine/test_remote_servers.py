"""Against real servers: Virtuoso's cap, pages and digest, and an Oxigraph that shows no named graph."""

import urllib.request

import pyoxigraph as ox
import pytest

import mgonto
from mgonto.engine.access import Access
from mgonto.engine.remote import RemoteEngine
from mgonto.errors import EndpointError
from mgonto.resources import data_dir
from tests.servers import need
from tools.servers import Server, oxigraph, virtuoso

LABELS = "SELECT ?a ?b { ?a <http://www.w3.org/2000/01/rdf-schema#label> ?b }"
TYPES = """SELECT ?a ?t {
  ?a a ?t
  FILTER(isIRI(?a) && REGEX(STR(?a), "^https://(w3id|doi)[.]org|^http://purl[.]obolibrary"))
}"""


@pytest.fixture(scope="module")
def release():
    store = ox.Store()
    store.bulk_load(path=str(data_dir("release") / "mgonto.trig"), format=ox.RdfFormat.TRIG)
    return store


def fill(server: Server, release: ox.Store) -> None:
    """Load the release graph by graph."""
    for graph in release.named_graphs():
        body = release.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=graph)
        request = urllib.request.Request(f"{server.store_url}?graph={graph.value}", body, method="PUT")
        request.add_header("Content-Type", "text/turtle")
        urllib.request.urlopen(request).close()


@pytest.fixture(scope="module")
def capped(release):
    """A Virtuoso that gives 900 rows at most."""
    need("virtuoso")
    with virtuoso(max_rows=900) as server:
        fill(server, release)
        yield server


def expected(release, query):
    return {tuple(each) for each in release.query(query, use_default_graph_as_union=True)}


def test_virtuoso_says_in_its_header_alone_that_it_cuts(capped):
    from mgonto.engine.transport import Transport

    answer = Transport(capped.query_url, Access()).fetch(LABELS, "SELECT", "application/sparql-results+json")
    assert answer.status == 200 and answer.headers["x-sparql-maxrows"] == "900"


@pytest.mark.parametrize("page", [None, 400, 5000])
@pytest.mark.parametrize("order", ["", " ORDER BY DESC(?a) ?b"], ids=["unordered", "ordered"])
def test_what_virtuoso_cuts_is_read_whole(capped, release, order, page):
    rows = RemoteEngine(capped.query_url, page=page).select(LABELS + order)[1]
    assert len(rows) > 900 and len(rows) == len(set(rows)) and set(rows) >= expected(release, LABELS)
    if order:
        subjects = [row[0].value for row in rows if isinstance(row[0], ox.NamedNode)]
        assert subjects == sorted(subjects, reverse=True)


def test_pages_go_on_where_virtuoso_refuses_an_order_with_an_offset(capped, release):
    engine = RemoteEngine(capped.query_url)
    with pytest.raises(EndpointError, match="SR353"):
        engine.select(TYPES + " ORDER BY ?a ?t LIMIT 10 OFFSET 10000")
    rows = engine.select(TYPES + " ORDER BY ?a ?t")[1]
    assert len(rows) > 10_000 and set(rows) == expected(release, TYPES)


@pytest.mark.parametrize("limit", ["", " LIMIT 5000"])
def test_triples_that_virtuoso_cuts_without_a_word_are_an_error(capped, limit):
    engine = RemoteEngine(capped.query_url)
    with pytest.raises(EndpointError, match="901 triples at most"):
        engine.construct("CONSTRUCT { ?a a ?t } { ?a a ?t }" + limit)
    assert len(engine.construct("CONSTRUCT { ?a a ?t } { ?a a ?t } LIMIT 200")) == 200


def test_the_helpers_answer_through_virtuosos_cap(capped):
    near, far = mgonto.load(), mgonto.connect(capped.query_url)
    assert far.counts() == near.counts()
    assert far.statements() == near.statements()
    source, target = "magnesium deficiency", "insulin resistance"
    assert far.explain(source, target).to_dicts() == near.explain(source, target).to_dicts()


def test_virtuosos_own_words_are_told(capped):
    with pytest.raises(EndpointError, match=r"400 Bad Request: .*SP030.*syntax error"):
        RemoteEngine(capped.query_url).select("SELECT * { ?s ?p ")


def test_virtuosos_blank_nodes_are_read(capped):
    ((node,),) = RemoteEngine(capped.query_url).select("SELECT ?a { ?a ?b ?c FILTER(isBLANK(?a)) } LIMIT 1")[
        1
    ]
    assert isinstance(node, ox.BlankNode)


def test_virtuoso_takes_a_digest():
    need("virtuoso")
    with virtuoso(guarded=True) as server:
        url = server.update_url
        assert url is not None

        def asking(access):
            return RemoteEngine(url, access=access).ask("ASK {}")

        assert asking(Access(server.user, server.password)) is True
        for access in (Access(), Access("dba", "wrong"), Access(token="wrong")):
            with pytest.raises(EndpointError, match="401 Unauthorized"):
                asking(access)


def test_an_oxigraph_whose_default_graph_shows_nothing(release):
    need("oxigraph")
    near = mgonto.load()
    with oxigraph(union=False) as server:
        with pytest.raises(EndpointError, match="holds no release"):
            mgonto.connect(server.query_url).counts()
        fill(server, release)
        far = mgonto.connect(server.query_url)
        assert far.counts() == near.counts()
        assert far.coverage() == near.coverage()
        assert far.gaps() == near.gaps()
