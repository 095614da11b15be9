"""The servers of tests and benchmarks: they start, answer, and leave nothing behind."""

import os
import urllib.error
import urllib.parse
import urllib.request

import pytest

from tests.servers import need
from tools.servers import ENGINES, ServerError, missing, oxigraph, virtuoso
from tools.servers.environment import ENV_VARIABLE

TRIPLE = b"<urn:x:a> <urn:x:b> <urn:x:c> .\n"


def put(server, graph, content=TRIPLE):
    address = f"{server.store_url}?{urllib.parse.urlencode({'graph': graph})}"
    kind = {"Content-Type": "application/n-triples"}
    with urllib.request.urlopen(urllib.request.Request(address, content, kind, method="PUT")) as answer:
        return answer.status


def says(server, query):
    address = f"{server.query_url}?{urllib.parse.urlencode({'query': query})}"
    kind = {"Accept": "application/sparql-results+json"}
    with urllib.request.urlopen(urllib.request.Request(address, headers=kind)) as answer:
        return answer.read().replace(b" ", b"")


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def status_of(server, where, content, kind, method):
    request = urllib.request.Request(server.store_url + where, content, {"Content-Type": kind}, method=method)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def assert_quirks(server):
    """What is told of a server is so."""
    quirks = server.quirks
    default = status_of(server, "?default", TRIPLE, "application/n-triples", "PUT")
    assert (default < 300) is quirks.default_graph
    # Virtuoso answers 200 to TriG and loads nothing: hence graph by graph, and a count afterwards.
    trig = b"<https://example.org/t> { <urn:x:d> <urn:x:e> <urn:x:f> }"
    status_of(server, "", trig, "application/trig", "POST")
    there = b'"boolean":true' in says(server, "ASK { GRAPH <https://example.org/t> { ?s ?p ?o } }")
    assert there is quirks.trig
    if quirks.no_transaction:
        more = b"<urn:x:a> <urn:x:b> <urn:x:quick> ."
        where = "?graph=https://example.org/g&no_transaction"
        assert status_of(server, where, more, "application/n-triples", "POST") < 300
        for thing in ("c", "quick"):  # added, and nothing lost
            query = f"ASK {{ GRAPH <https://example.org/g> {{ ?s ?p <urn:x:{thing}> }} }}"
            assert b'"boolean":true' in says(server, query)
    # The default graph may hold a copy of the first triple by now, but none of this one.
    put(server, "https://example.org/u", b"<urn:x:a> <urn:x:b> <urn:x:named> .")
    assert (b'"boolean":true' in says(server, "ASK { ?s ?p <urn:x:named> }")) is quirks.union


@pytest.mark.parametrize("name", ENGINES)
def test_a_server_takes_a_graph_answers_as_told_and_is_ended_when_something_fails(name):
    need(name)
    with pytest.raises(ZeroDivisionError), ENGINES[name].start() as server:
        folder, pid = server.folder, server.pid
        assert put(server, "https://example.org/g") in (200, 201, 204)
        assert b'"boolean":true' in says(server, "ASK { <urn:x:a> ?p <urn:x:c> }")
        assert b'"boolean":true' in says(server, "ASK { GRAPH <https://example.org/g> { ?s ?p <urn:x:c> } }")
        assert_quirks(server)
        assert is_alive(pid)
        raise ZeroDivisionError
    assert not is_alive(pid) and not folder.exists()
    with pytest.raises(urllib.error.URLError):
        says(server, "ASK {}")


@pytest.mark.parametrize(("name", "start"), [("oxigraph", oxigraph), ("virtuoso", virtuoso)])
def test_a_chosen_folder_keeps_its_data_even_when_the_server_is_killed(name, start, tmp_path):
    need(name)
    with start(tmp_path / "data") as server:
        put(server, "https://example.org/g")
        os.kill(server.pid, 9)
    with start(tmp_path / "data") as again:
        assert b'"boolean":true' in says(again, "ASK { <urn:x:a> ?p <urn:x:c> }")


def test_what_cannot_be_had_says_why(monkeypatch, tmp_path):
    monkeypatch.setenv(ENV_VARIABLE, str(tmp_path / "none"))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert all(missing(name) for name in ENGINES)
    assert "python -m tools.servers" in (missing("arq") or "")
    assert "apt-get install" in (missing("virtuoso") or "")
    with pytest.raises(ServerError, match="not there") as caught, oxigraph():
        pass
    assert "python -m tools.servers" in caught.value.hint
