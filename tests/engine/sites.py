"""Little HTTP servers on loopback that answer as a test wants, and keep what they were asked."""

import base64
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pyoxigraph as ox

__all__ = ["JSON", "TRIPLES", "Asked", "Site", "answer_from", "basic", "rows", "site"]

JSON = "application/sparql-results+json"
TRIPLES = "application/n-triples"


@dataclass
class Asked:
    """A request, and the ways to answer it."""

    handler: BaseHTTPRequestHandler
    path: str
    body: str
    number: int
    fields: dict[str, list[str]] = field(default_factory=dict)

    @property
    def query(self) -> str:
        return self.fields.get("query", [""])[0]

    def header(self, name: str) -> str | None:
        return self.handler.headers.get(name)

    def send(self, content: bytes | str, kind: str = JSON, status: int = 200, **headers: str) -> None:
        """A whole answer."""
        content = content.encode() if isinstance(content, str) else content
        self.start(status, {"Content-Type": kind, "Content-Length": str(len(content)), **headers})
        self.handler.wfile.write(content)

    def start(self, status: int, headers: dict[str, str]) -> None:
        """The header alone; underscores in names stand for hyphens."""
        self.handler.send_response(status)
        for name, value in headers.items():
            self.handler.send_header(name.replace("_", "-"), value)
        self.handler.end_headers()

    def write(self, content: bytes) -> None:
        self.handler.wfile.write(content)
        self.handler.wfile.flush()

    def drip(self, content: bytes, seconds: float = 0.05) -> None:
        """A byte at a time, for as long as somebody listens."""
        with suppress(OSError):
            while True:
                for byte in content:
                    self.write(bytes([byte]))
                    time.sleep(seconds)


@dataclass
class Site:
    """A running server: its address, and every request so far."""

    url: str
    seen: list[Asked]


@contextmanager
def site(respond: Callable[[Asked], None], host: str = "127.0.0.1") -> Iterator[Site]:
    """A server that answers with `respond`."""
    seen: list[Asked] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            fields = urllib.parse.parse_qs(body, keep_blank_values=True)
            asked = Asked(self, self.path, body, len(seen), fields)
            seen.append(asked)
            with suppress(OSError):  # the one who asked has gone
                respond(asked)

        do_GET = do_POST

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer((host, 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield Site(f"http://{host}:{server.server_address[1]}/sparql", seen)
    finally:
        server.shutdown()
        server.server_close()


def rows(*values: str) -> str:
    """SPARQL results in JSON: one column, ?a."""
    cells = ", ".join(f'{{"a": {{"type": "literal", "value": "{each}"}}}}' for each in values)
    return f'{{"head": {{"vars": ["a"]}}, "results": {{"bindings": [{cells}]}}}}'


def answer_from(store: ox.Store, asked: Asked, union: bool = True, **headers: str) -> None:
    """What a plain SPARQL server answers."""
    graphs: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph] = []
    graphs.extend(ox.NamedNode(each) for each in asked.fields.get("default-graph-uri", []))
    named: list[ox.NamedNode | ox.BlankNode] = []
    named.extend(ox.NamedNode(each) for each in asked.fields.get("named-graph-uri", []))
    if graphs or named:
        found = store.query(asked.query, default_graph=graphs, named_graphs=named)
    else:
        found = store.query(asked.query, use_default_graph_as_union=union)
    if isinstance(found, ox.QueryTriples):
        content, kind = found.serialize(format=ox.RdfFormat.N_TRIPLES), TRIPLES
    else:
        content, kind = found.serialize(format=ox.QueryResultsFormat.JSON), JSON
    asked.send(content or b"", kind, 200, **headers)


def basic(user: str, password: str) -> str:
    """The Authorization header of a user."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
