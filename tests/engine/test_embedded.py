"""The embedded engine: what it answers, and that it reaches nowhere else."""

import socket
import threading

import pyoxigraph as ox
import pytest

from mgonto.engine.embedded import EmbeddedEngine, read_rdf
from mgonto.errors import MgontoError, UsageError

CORE = b"@prefix : <https://example.org/> . :g { :a :b 1 . }"
LATE = b"@prefix : <https://example.org/> . :h { :c :d 2 . }"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"


def count(engine):
    return int(engine.select(COUNT)[1][0][0].value)


def test_named_graphs_are_asked_as_one_and_the_rest_comes_late():
    calls = []

    def late():
        calls.append(1)
        return LATE

    engine = EmbeddedEngine(CORE, late)
    assert (count(engine), calls) == (1, [])
    engine.complete()
    engine.complete()
    assert (count(engine), calls) == (2, [1])


def test_each_form_of_query_has_its_method():
    engine = EmbeddedEngine(CORE)
    assert engine.ask("ASK { ?s ?p 1 }") is True
    assert len(engine.construct("CONSTRUCT WHERE { ?s ?p ?o }")) == 1
    for method, query in (
        (engine.select, "ASK { ?s ?p ?o }"),
        (engine.ask, COUNT),
        (engine.construct, COUNT),
    ):
        with pytest.raises(UsageError):
            method(query)


def test_a_broken_query_says_where():
    with pytest.raises(UsageError, match="does not parse"):
        EmbeddedEngine(CORE).select("SELECT * { ?s ?p }")


def test_service_opens_no_connection():
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.5)
        heard = []

        def listen():
            try:
                server.accept()
                heard.append(1)
            except TimeoutError:
                pass

        thread = threading.Thread(target=listen)
        thread.start()
        port = server.getsockname()[1]
        with pytest.raises(UsageError):
            EmbeddedEngine(CORE).select(f"SELECT * {{ SERVICE <http://127.0.0.1:{port}/> {{ ?s ?p ?o }} }}")
        thread.join()
        assert heard == []


def test_from_a_file_reads_no_file(tmp_path):
    secret = tmp_path / "secret.ttl"
    secret.write_text("<urn:a> <urn:b> <urn:c> .", encoding="utf-8")
    _, found = EmbeddedEngine(CORE).select(f"SELECT * FROM <{secret.as_uri()}> {{ ?s ?p ?o }}")
    assert found == []


@pytest.mark.parametrize("name", ["a.ttl", "a.nt", "a.trig", "a.nq", "a.rdf", "a.jsonld"])
def test_every_rdf_syntax_is_read_by_its_extension(tmp_path, name):
    form = {
        "a.ttl": ox.RdfFormat.TURTLE,
        "a.nt": ox.RdfFormat.N_TRIPLES,
        "a.trig": ox.RdfFormat.TRIG,
        "a.nq": ox.RdfFormat.N_QUADS,
        "a.rdf": ox.RdfFormat.RDF_XML,
        "a.jsonld": ox.RdfFormat.JSON_LD,
    }[name]
    triple = ox.Triple(ox.NamedNode("urn:x:a"), ox.NamedNode("urn:x:b"), ox.Literal("c"))
    path = tmp_path / name
    path.write_bytes(ox.serialize([triple], format=form))
    assert [quad.triple for quad in read_rdf(path)] == [triple]


def test_unreadable_files_say_what_and_where(tmp_path):
    with pytest.raises(MgontoError, match="cannot read"):
        read_rdf(tmp_path / "none.ttl")
    with pytest.raises(MgontoError, match="cannot tell the format"):
        read_rdf(tmp_path / "none.doc")
    broken = tmp_path / "broken.ttl"
    broken.write_text("<urn:a> <urn:b> <urn:c> .\n<urn:a> nonsense\n", encoding="utf-8")
    with pytest.raises(MgontoError, match=r"broken\.ttl:2:"):
        read_rdf(broken)
