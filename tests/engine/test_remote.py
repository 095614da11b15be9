"""The same helpers over HTTP: a small SPARQL server on loopback, and servers that misbehave."""

import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pyoxigraph as ox
import pytest

import mgonto
from mgonto.errors import EndpointError, UsageError
from mgonto.resources import data_dir

JSON = "application/sparql-results+json"


class Handler(BaseHTTPRequestHandler):
    store = ox.Store()
    seen: list[dict[str, str]] = []  # noqa: RUF012 - shared on purpose: the test reads it

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        Handler.seen.append({"accept": self.headers["Accept"], "type": self.headers["Content-Type"]})
        mode = self.path.strip("/")
        if mode == "sparql":
            query = urllib.parse.parse_qs(body)["query"][0]
            found = self.store.query(query, use_default_graph_as_union=True)
            assert not isinstance(found, ox.QueryTriples)
            self.answer(200, found.serialize(format=ox.QueryResultsFormat.JSON), JSON)
        elif mode == "refuse":
            self.answer(400, b"Virtuoso 37000 Error SP030: syntax error", "text/plain")
        elif mode == "page":
            self.answer(200, b"<html>Welcome</html>", "text/html")
        elif mode == "broken":
            self.answer(200, b'{"head": {"vars": ["a"]}, "results"', JSON)

    def answer(self, code, content, kind):
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="module")
def address():
    Handler.store.load(path=str(data_dir("release") / "mgonto.trig"), format=ox.RdfFormat.TRIG)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_every_helper_gives_the_same_over_http(address):
    near, far = mgonto.load(), mgonto.connect(address + "/sparql")
    source, target = "magnesium deficiency", "insulin resistance"
    assert far.explain(source, target).to_dicts() == near.explain(source, target).to_dicts()
    assert far.statements(section="S13") == near.statements(section="S13")
    assert far.search("insulin") == near.search("insulin")
    assert far.coverage() == near.coverage()
    assert far.counts() == near.counts()
    assert far.definition(source) == near.definition(source)


def test_it_posts_and_asks_for_json_alone(address):
    Handler.seen.clear()
    mgonto.connect(address + "/sparql").counts()
    assert [each["accept"] for each in Handler.seen] == [JSON]
    assert Handler.seen[0]["type"].startswith("application/x-www-form-urlencoded")


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/refuse", "SP030"),
        ("/page", "does not answer with SPARQL results"),
        ("/broken", "broken SPARQL results"),
    ],
)
def test_what_a_server_does_wrong_is_told_in_its_words(address, path, says):
    with pytest.raises(EndpointError, match=says) as caught:
        mgonto.connect(address + path).counts()
    assert caught.value.exit_code == 4 and caught.value.hint


def test_a_server_that_is_not_there():
    with pytest.raises(EndpointError, match="does not answer"):
        mgonto.connect("http://127.0.0.1:9/sparql").counts()
    with pytest.raises(UsageError, match="no address"):
        mgonto.connect("localhost:8890")


def test_an_endpoint_cannot_be_exported(address):
    with pytest.raises(UsageError, match="cannot be exported"):
        mgonto.connect(address + "/sparql").quads()
