"""What can go wrong between here and a server: each told in two lines, with the server's own words."""

import http.client
import re
import socket
import ssl
import threading
import time

import pytest

import mgonto
from mgonto.engine.refusals import server_words
from mgonto.engine.remote import RemoteEngine
from mgonto.errors import EndpointError, UsageError
from tests.engine.sites import JSON, rows, site

QUERY = "SELECT ?a { ?a ?b ?c }"


def failure(respond, query=QUERY, method="select", **settings):
    """The error that a server's answer leads to."""
    with site(respond) as there:
        engine = RemoteEngine(there.url, **{"retries": 0, "timeout": 20, **settings})
        with pytest.raises(EndpointError) as caught:
            getattr(engine, method)(query)
    error = caught.value
    assert error.exit_code == 4
    assert error.message.startswith(there.url) and "\n" not in error.message
    assert error.hint and "\n" not in error.hint
    return error


# -- no answer -----------------------------------------------------------------------------------------------


def closed_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def test_a_connection_that_is_refused():
    with pytest.raises(EndpointError, match="does not answer: the connection is refused") as caught:
        RemoteEngine(f"http://127.0.0.1:{closed_port()}/sparql", retries=0).select(QUERY)
    assert "server runs" in caught.value.hint


def test_a_host_that_nobody_knows(monkeypatch):
    def unknown(*arguments, **named):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(EndpointError, match="no host of that name is known") as caught:
        RemoteEngine("http://sparql.invalid/query").select(QUERY)
    assert "spelling" in caught.value.hint


def test_https_where_the_server_speaks_plain_http():
    with site(lambda asked: asked.send(rows())) as there:
        url = there.url.replace("http:", "https:")
        with pytest.raises(EndpointError, match="no secure connection") as caught:
            RemoteEngine(url, retries=0, timeout=5).select(QUERY)
    assert "plain http" in caught.value.hint


def test_a_certificate_that_is_not_trusted(monkeypatch):
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_message = "self-signed certificate"

    def connect(connection):
        raise error

    monkeypatch.setattr(http.client.HTTPSConnection, "connect", connect)
    with pytest.raises(EndpointError, match="certificate is not trusted") as caught:
        RemoteEngine("https://localhost/sparql").select(QUERY)
    assert "SSL_CERT_FILE" in caught.value.hint


def test_a_server_that_speaks_no_http():
    listener = socket.create_server(("127.0.0.1", 0))

    def mumble():
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(b"220 mail.example.org ESMTP\r\n")

    threading.Thread(target=mumble, daemon=True).start()
    with listener, pytest.raises(EndpointError, match="does not answer in HTTP"):
        RemoteEngine(f"http://127.0.0.1:{listener.getsockname()[1]}/", retries=0, timeout=5).select(QUERY)


# -- too slow ------------------------------------------------------------------------------------------------


def silent(asked):
    time.sleep(3)


def dripping_header(asked):
    asked.write(b"HTTP/1.0 200 OK\r\nX-Slow: ")
    asked.drip(b"a")


def dripping_body(asked):
    asked.start(200, {"Content-Type": JSON})
    asked.drip(b" ")


def dripping_chunks(asked):
    asked.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    asked.drip(b"1\r\n \r\n")


def dripping_chunk_size(asked):
    asked.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    asked.drip(b"0")


def dripping_refusal(asked):
    asked.start(400, {"Content-Type": "text/plain"})
    asked.drip(b"no ")


@pytest.mark.parametrize(
    "respond",
    [silent, dripping_header, dripping_body, dripping_chunks, dripping_chunk_size, dripping_refusal],
)
def test_the_time_limit_is_for_the_whole_answer_however_it_comes(respond):
    start = time.monotonic()
    error = failure(respond, timeout=0.6, retries=3)
    assert time.monotonic() - start < 2
    assert "there was no whole answer in 0.6 s" in error.message and "more time" in error.hint


def test_what_took_too_long_is_not_asked_again():
    with site(silent) as there:
        with pytest.raises(EndpointError):
            RemoteEngine(there.url, timeout=0.5, retries=5).select(QUERY)
        assert len(there.seen) == 1


# -- refused -------------------------------------------------------------------------------------------------

PAGE = (
    "<!DOCTYPE html><html><head><title>Apache Tomcat</title><style>b {color: red}</style></head><body>"
    "<h1>HTTP Status 400</h1><script>alert(1)</script>"
    "<p>MALFORMED QUERY: Encountered &quot;}&quot;</p></body>"
)


@pytest.mark.parametrize(
    ("status", "kind", "body", "says", "hint"),
    [
        (400, "text/plain", "Virtuoso 37000 Error SP030:\n syntax error", "SP030: syntax error", "query"),
        (400, "text/html", PAGE, 'HTTP Status 400 MALFORMED QUERY: Encountered "}"', "query"),
        (400, JSON, '{"exception": "no such function", "query": "S"}', ": no such function", "query"),
        (400, "application/json", '{"error": {"code": 7, "message": "bad"}}', "Bad Request: bad", "query"),
        (401, "text/plain", "who is there?", "401 Unauthorized: who is there?", "MGONTO_USER"),
        (403, "text/plain", "", "403 Forbidden", "MGONTO_TOKEN"),
        (404, "text/html", "<title>Not here</title>", "404 Not Found: Not here", "address"),
        (405, "text/plain", "", "405 Method Not Allowed", "POST"),
        (406, "text/plain", "", "406 Not Acceptable", "JSON"),
        (500, "text/plain", "java.lang.NullPointerException", "NullPointerException", "log"),
        (418, "text/plain", "\x1b[31mI am a teapot\x07", "418 I'm a Teapot: [31mI am a teapot", "address"),
    ],
)
def test_a_refusal_is_told_in_the_words_of_the_server(status, kind, body, says, hint):
    error = failure(lambda asked: asked.send(body, kind, status))
    assert says in error.message and hint in error.hint
    assert "alert" not in error.message and "color" not in error.message and "\x1b" not in error.message


def test_the_words_of_a_server_are_shortened():
    error = failure(lambda asked: asked.send("word " * 100_000, "text/plain", 400))
    assert len(error.message) < 400 and error.message.endswith(" ...")


@pytest.mark.parametrize(
    "piece", ["<!--", "<script>", "<head ", "<title>", "<title", "<style></styl", "<", "</head "]
)
def test_a_page_of_things_without_an_end_takes_no_longer_than_another(piece):
    """The time limit of an answer does not see what is done with it."""
    begun = time.process_time()
    server_words(f"<html>{piece * 20_000}".encode()[:65_536])
    assert time.process_time() - begun < 1


# -- an answer that is none ----------------------------------------------------------------------------------


def cut_short(asked):
    asked.start(200, {"Content-Type": JSON, "Content-Length": "5000"})
    asked.write(rows("x").encode()[:-5])


def cut_chunks(asked):
    asked.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n400\r\n{")


def cut_unseen(asked):
    asked.write(b"HTTP/1.0 200 OK\r\n\r\n" + rows("x").encode()[:-5])


@pytest.mark.parametrize("respond", [cut_short, cut_chunks, cut_unseen])
def test_an_answer_that_ends_in_the_middle(respond):
    assert "breaks off its answer in the middle" in failure(respond).message


@pytest.mark.parametrize(
    ("body", "kind", "says"),
    [
        ("<html><body>Welcome to Fuseki</body></html>", "text/html", "a web page, and not with"),
        ("Welcome", "text/html; charset=utf-8", "with a web page"),
        ('<?xml version="1.0"?><sparql/>', "application/sparql-results+xml", "sparql-results\\+xml, and not"),
        ("a\n1\n", "text/csv", "answers with text/csv, and not"),
        ("", JSON, "answers with nothing"),
        ("[1, 2]", "application/json", "application/json, and not"),
        ('{"hello": "world"}', "application/json", "broken SPARQL results in JSON"),
        ('{"head": {"vars": ["a"]}, "results": {"bindings": [{"a": 1}]}}', JSON, "broken SPARQL results"),
        (b"{\xff\xfe}", JSON, "broken SPARQL results"),
        ('{"head": {"vars": ["a"]}, "results": {"bind java.util.TimeoutException', JSON, "own time was up"),
        ('{"head": {}, "boolean": true}', JSON, "answers yes or no where rows"),
    ],
)
def test_an_answer_that_is_no_sparql_result(body, kind, says):
    error = failure(lambda asked: asked.send(body, kind))
    assert re.search(says, error.message)


def test_rows_where_yes_or_no_was_asked():
    assert "answers with rows" in failure(lambda asked: asked.send(rows()), "ASK {}", "ask").message


@pytest.mark.parametrize(
    ("body", "says"),
    [("<html>Hello</html>", "web page"), ("<a> <b> .", "broken N-Triples"), ("<a:b> <b:", "in the middle")],
)
def test_triples_that_are_none(body, says):
    query = "CONSTRUCT { ?a ?b ?c } { ?a ?b ?c }"
    assert (
        says in failure(lambda asked: asked.send(body, "application/n-triples"), query, "construct").message
    )


def test_packed_bytes_that_nobody_asked_for():
    assert "packed bytes" in failure(lambda asked: asked.send(b"\x1f\x8b\x08\x00", JSON)).message


def test_an_answer_without_end_is_an_error_and_not_cut():
    def endless(asked):
        asked.start(200, {"Content-Type": JSON})
        while True:
            asked.write(b" " * 65536)

    error = failure(endless, max_bytes=1_000_000)
    assert "more than 1,000,000 bytes" in error.message and "max_bytes" in error.hint


@pytest.mark.parametrize(
    "respond",
    [
        lambda asked: asked.send(rows("x"), X_SQL_State="S1TAT", X_SQL_Message="timed out"),
        lambda asked: asked.send(rows("x"), status=206),
    ],
)
def test_a_part_of_an_answer_is_no_answer(respond):
    assert "answers with a part" in failure(respond).message


def test_old_typed_literals_and_the_names_of_virtuosos_nodes_are_read():
    schema = "http://www.w3.org/2001/XMLSchema#"
    body = (
        '{ "head": { "link": [], "vars": ["a", "b", "c", "d"] }, "results": { "bindings": ['
        f'{{"a": {{"type": "typed-literal", "datatype": "{schema}integer", "value": "7"}},'
        f' "b": {{"type": "typed-literal", "datatype": "{schema}boolean", "value": "1"}},'
        ' "c": {"type": "bnode", "value": "nodeID://b10005"}, "d": {"type": "literal", "value": "nodeID://b1"}}'
        "] } }"
    )
    with site(lambda asked: asked.send(body)) as there:
        (found,) = RemoteEngine(there.url).select(QUERY)[1]
    assert [each and each.value for each in found] == ["7", "true", "b10005", "nodeID://b1"]


# -- asked wrongly -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "query", "says"),
    [
        ("select", "ASK {}", "no SELECT"),
        ("select", "", "is empty"),
        ("select", "PREFIX a: <urn:SELECT>\n# SELECT\nINSERT DATA { a:b a:c a:d }", "that is an update"),
        ("construct", "DELETE WHERE { ?s ?p ?o }", "that is an update"),
        ("construct", "hello world", "does not parse"),
        ("ask", "SELECT * { ?s ?p ?o }", "no ASK"),
    ],
)
def test_a_query_of_another_form_is_never_sent(method, query, says):
    with site(lambda asked: asked.send(rows())) as there:
        with pytest.raises(UsageError, match=says):
            getattr(RemoteEngine(there.url), method)(query)
        assert there.seen == []


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"url": "localhost:8890"}, "no address"),
        ({"url": "ftp://localhost/sparql"}, "no address"),
        ({"url": "http:///sparql"}, "no address"),
        ({"url": "http://localhost:port/"}, "no address"),
        ({"url": "http://localhost/a b"}, "no address"),
        ({"url": "http://[::1/"}, "no address"),
        ({"timeout": 0}, "timeout cannot be 0"),
        ({"timeout": "60"}, "timeout cannot be 60"),
        ({"timeout": float("nan")}, "timeout cannot be nan"),
        ({"retries": -1}, "retries cannot be -1"),
        ({"retries": True}, "retries cannot be True"),
        ({"page": 0}, "page cannot be 0"),
        ({"max_bytes": 1.5}, "max_bytes cannot be 1.5"),
    ],
)
def test_arguments_that_make_no_sense(given, says):
    with pytest.raises(UsageError, match=says) as caught:
        mgonto.connect(**{"url": "http://localhost/sparql", **given})
    assert caught.value.hint
