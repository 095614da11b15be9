"""The SPARQL 1.1 Protocol: the cases of the W3C's test suite, with graphs that are here, and some beside."""

from urllib.parse import quote

import pyoxigraph as ox
import pytest

from tests.serve.talking import get, post, raw, talk

FORM, QUERY = "application/x-www-form-urlencoded", "application/sparql-query"
ONE, TWO, THREE = "urn:g:one", "urn:g:two", "urn:g:three"
BOTH = "ASK { <urn:x:a> a ?type . <urn:x:b> a ?type }"
NAMED = "ASK { GRAPH ?g1 { <urn:x:a> a ?type } GRAPH ?g2 { <urn:x:b> a ?type } }"
FULL = "ASK { <urn:x:c> a ?type GRAPH ?g1 { <urn:x:a> a ?type } GRAPH ?g2 { <urn:x:b> a ?type } }"


def truth(reply):
    assert reply.status == 200, reply.text
    found = ox.parse_query_results(reply.body, ox.QueryResultsFormat.JSON)
    assert isinstance(found, ox.QueryBoolean)
    return bool(found)


def refused(reply, status):
    lines = reply.text.splitlines()
    assert reply.status == status, reply.text
    assert len(lines) == 2 and lines[1].startswith("  ") and lines[1].strip()
    assert reply.media == "text/plain"
    return lines[0]


# -- cases of the W3C --------------------------------------------------------------------------------------


def test_query_get(server):
    assert truth(get(server, "ASK {}"))


def test_query_post_form(server):
    assert truth(post(server, "query=" + quote("ASK {}"), FORM))


def test_query_post_direct(server):
    assert truth(post(server, "ASK {}", QUERY))


def test_query_dataset_default_graphs_get(server):
    assert truth(get(server, BOTH, default_graph_uri=[ONE, TWO]))
    assert not truth(get(server, BOTH, default_graph_uri=ONE))


def test_query_dataset_default_graphs_post(server):
    target = f"/sparql?default-graph-uri={ONE}&default-graph-uri={TWO}"
    assert truth(post(server, BOTH, QUERY, target=target))
    assert not truth(post(server, BOTH, QUERY, target=f"/sparql?default-graph-uri={ONE}"))


def test_query_dataset_named_graphs_get(server):
    assert truth(get(server, NAMED, named_graph_uri=[ONE, TWO]))
    assert not truth(get(server, NAMED, named_graph_uri=ONE))


def test_query_dataset_named_graphs_post(server):
    body = f"query={quote(NAMED)}&named-graph-uri={ONE}&named-graph-uri={TWO}"
    assert truth(post(server, body, FORM))
    assert not truth(post(server, f"query={quote(NAMED)}&named-graph-uri={TWO}", FORM))


def test_query_dataset_full(server):
    assert truth(get(server, FULL, default_graph_uri=THREE, named_graph_uri=[ONE, TWO]))
    assert not truth(get(server, FULL, default_graph_uri=ONE, named_graph_uri=[ONE, TWO]))
    assert not truth(get(server, FULL, default_graph_uri=THREE, named_graph_uri=[ONE]))


def test_query_multiple_dataset_what_the_protocol_names_goes_before_what_the_query_names(server):
    asked = f"ASK FROM <{TWO}> {{ <urn:x:a> a ?type }}"
    assert not truth(get(server, asked))
    assert truth(get(server, asked, default_graph_uri=ONE))


@pytest.mark.parametrize("query", ["SELECT (1 AS ?value) {}", "ASK {}"])
def test_query_content_type_select_and_ask(server, query):
    assert get(server, query).media in {
        "application/sparql-results+xml",
        "application/sparql-results+json",
        "text/tab-separated-values",
        "text/csv",
    }


@pytest.mark.parametrize("query", ["DESCRIBE <urn:x:a>", "CONSTRUCT { <s> <p> 1 } {}".replace("<", "<urn:")])
def test_query_content_type_describe_and_construct(server, query):
    assert get(server, query).media in {"application/rdf+xml", "application/n-triples", "text/turtle"}


def test_bad_query_method(server):
    for method in ("PUT", "DELETE", "PATCH", "TRACE"):
        reply = talk(server, method, "/sparql?query=ASK%20%7B%7D")
        refused(reply, 405)
        assert reply.headers["allow"] == "GET, HEAD, POST, OPTIONS"


def test_bad_multiple_queries(server):
    refused(talk(server, "GET", "/sparql?query=ASK%20%7B%7D&query=SELECT%20%2A%20%7B%7D"), 400)
    refused(post(server, "query=ASK%7B%7D&query=ASK%7B%7D", FORM), 400)
    refused(post(server, "ASK {}", QUERY, target="/sparql?query=ASK%7B%7D"), 400)


def test_bad_query_wrong_media_type(server):
    refused(post(server, "ASK {}", "text/plain"), 415)


def test_bad_query_missing_form_type(server):
    assert b" 415 " in raw(server, _bare(b"query=ASK%20%7B%7D"))


def test_bad_query_missing_direct_type(server):
    assert b" 415 " in raw(server, _bare(b"ASK {}"))


def _bare(body):
    return (
        b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%b"
        % (
            len(body),
            body,
        )
    )


def test_bad_query_non_utf8(server):
    refused(post(server, "ASK {}".encode("utf-16"), QUERY + "; charset=UTF-16"), 415)
    refused(post(server, "ASK {}".encode("utf-16"), QUERY), 400)
    refused(talk(server, "GET", "/sparql?query=ASK%20%7B%20%3Fs%20%3Fp%20%22%ff%22%7D"), 400)


def test_bad_query_syntax(server):
    said = refused(get(server, "ASK {\n\n   ?s ?p }"), 400)
    assert "3:" in said and "does not parse" in said


@pytest.mark.parametrize(
    "body, kind",
    [
        ("update=CLEAR%20ALL", FORM),
        ("update=CLEAR%20ALL&using-graph-uri=urn%3Ag", FORM),
        ("CLEAR ALL", "application/sparql-update"),
        ("CLEAR ALL", QUERY),
        ("INSERT DATA { <urn:a> <urn:b> 1 }", QUERY),
    ],
)
def test_no_update_is_taken(server, body, kind):
    reply = post(server, body, kind)
    assert reply.status in (400, 415)
    refused(reply, reply.status)
    assert truth(get(server, "ASK { <urn:x:a> a <urn:x:T> }"))


# -- beside them -------------------------------------------------------------------------------------------


def test_the_data_are_the_union_of_the_graphs_unless_told(server):
    assert truth(get(server, BOTH))
    assert truth(get(server, NAMED))


def test_a_graph_that_is_not_here_is_refused_and_not_fetched(server):
    assert "http://example.org/g" in refused(
        get(server, "ASK {}", default_graph_uri="http://example.org/g"), 400
    )
    refused(get(server, "ASK {}", named_graph_uri="file:///etc/passwd"), 400)
    refused(get(server, "ASK {}", named_graph_uri="not an iri"), 400)


def test_both_addresses_answer_with_and_without_a_slash(server):
    for path in ("/sparql", "/sparql/", "/query", "/query/"):
        assert truth(talk(server, "GET", path + "?query=ASK%7B%7D"))


def test_head_is_a_get_without_a_body(server):
    whole = get(server, "ASK {}")
    head = talk(server, "HEAD", "/sparql?query=ASK%20%7B%7D")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == str(len(whole.body))


def test_options_says_what_may_be_done_and_opens_nothing(server):
    reply = talk(server, "OPTIONS", "/sparql")
    assert (reply.status, reply.headers["allow"]) == (204, "GET, HEAD, POST, OPTIONS")
    assert not [name for name in reply.headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    "target",
    ["/sparql?query=%zz", "/sparql?query=ASK%7B%7D%", "/sparql?foo=bar", "/sparql?query=", "/sparql?query"],
)
def test_a_get_that_cannot_be_read_is_refused(server, target):
    refused(talk(server, "GET", target), 400)


def test_parameters_of_other_servers_are_left_alone(server):
    assert truth(talk(server, "GET", "/sparql?query=ASK%7B%7D&format=xml&output=csv&timeout=0"))


def test_elsewhere_is_nothing_and_the_front_leads_to_the_endpoint(server):
    refused(talk(server, "GET", "/nowhere"), 404)
    front = talk(server, "GET", "/")
    assert front.status == 200 and f":{server.port}/sparql" in front.text


def test_the_endpoint_describes_itself(server):
    for accept, form in (("text/turtle", ox.RdfFormat.TURTLE), ("application/rdf+xml", ox.RdfFormat.RDF_XML)):
        reply = talk(server, "GET", "/sparql", headers={"Accept": accept})
        assert (reply.status, reply.media) == (200, accept)
        store = ox.Store()
        store.extend(ox.parse(reply.body, format=form))
        described = store.query(
            "PREFIX sd: <http://www.w3.org/ns/sparql-service-description#> ASK { ?s a sd:Service ;"
            f" sd:endpoint <http://127.0.0.1:{server.port}/sparql> ; sd:supportedLanguage sd:SPARQL11Query ;"
            " sd:feature sd:UnionDefaultGraph ; sd:resultFormat"
            " <http://www.w3.org/ns/formats/SPARQL_Results_JSON> ;"
            " sd:defaultDataset/sd:namedGraph [ a sd:NamedGraph ; sd:name <urn:g:three> ;"
            " sd:graph/<http://rdfs.org/ns/void#triples> 1 ] }"
        )
        assert isinstance(described, ox.QueryBoolean) and bool(described)
    refused(talk(server, "GET", "/sparql", headers={"Accept": "image/png"}), 406)
