"""A small triple store over HTTP, in process, that can be told to misbehave."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyoxigraph as ox


@dataclass
class Front:
    """What the store holds, what it was asked, and how it misbehaves.

    Args:
        graph_store: whether it has the Graph Store Protocol.
        swallow: it answers well, and loads nothing.
        cut: it takes so many changes, then closes the connection; once.
        lose: like `cut`, but what it was sent is kept, and only the answer is lost.
        down: it closes every further connection for changes too.
        most: the most triples of an answer to a request for triples.
        user, password: whom it takes changes from.
    """

    graph_store: bool = True
    swallow: bool = False
    cut: int | None = None
    lose: int | None = None
    down: bool = False
    most: int | None = None
    user: str | None = None
    password: str | None = None
    store: ox.Store = field(default_factory=ox.Store)
    changes: list[tuple[str, str, int]] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    url: str = ""

    def graph(self, iri: str) -> set[str]:
        return {
            str(quad.triple) for quad in self.store.quads_for_pattern(None, None, None, ox.NamedNode(iri))
        }


@contextmanager
def front(**told: Any) -> Iterator[Front]:
    state = Front(**told)

    class Handler(BaseHTTPRequestHandler):
        server_version = "Oxigraph/test" if state.graph_store else "Plain/1"

        def log_message(self, *_: object) -> None:
            pass

        def answer(self, code: int, body: bytes = b"", kind: str = "text/plain") -> None:
            self.send_response(code)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def body(self) -> bytes:
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))

        def query(self, text: str) -> None:
            found = state.store.query(text)
            if isinstance(found, ox.QueryTriples):
                triples = list(found)[: state.most]
                content = "".join(f"{each} .\n" for each in triples).encode()
                self.answer(200, content, "application/n-triples")
            else:
                said = found.serialize(format=ox.QueryResultsFormat.JSON) or b""
                self.answer(200, said, "application/sparql-results+json")

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            asked = parse_qs(parts.query)
            if "query" in asked:
                self.query(asked["query"][0])
            elif state.graph_store and parts.path == "/store":
                lines = sorted(state.graph(asked["graph"][0]))[: state.most]
                self.answer(200, "".join(f"{each} .\n" for each in lines).encode(), "application/n-triples")
            else:
                self.answer(404)

        def do_POST(self) -> None:
            kind = (self.headers.get("Content-Type") or "").split(";")[0]
            if kind == "application/x-www-form-urlencoded":
                self.query(parse_qs(self.body().decode())["query"][0])
            else:
                self.change("POST", kind)

        def do_PUT(self) -> None:
            self.change("PUT", "application/n-triples")

        def do_DELETE(self) -> None:
            self.change("DELETE", "")

        def change(self, method: str, kind: str) -> None:
            body = self.body()
            pair = base64.b64encode(f"{state.user}:{state.password}".encode()).decode()
            if state.user and self.headers.get("Authorization") != f"Basic {pair}":
                self.answer(401, b"who are you?")
                return
            number = len(state.changes)
            if state.cut is not None and number >= state.cut:
                state.cut = state.cut if state.down else None
                self.close_connection = True
                self.connection.close()
                return
            graphs = parse_qs(urlsplit(self.path).query).get("graph", [""])
            state.changes.append((method, graphs[0], body.count(b" .\n")))
            if not state.swallow:
                if kind == "application/sparql-update":
                    state.store.update(body.decode())
                else:
                    graph = ox.NamedNode(graphs[0])
                    if method in ("PUT", "DELETE"):
                        state.store.remove_graph(graph)
                    state.store.load(body, format=ox.RdfFormat.N_TRIPLES, to_graph=graph)
            if state.lose is not None and number >= state.lose:
                state.lose = None
                self.close_connection = True
                self.connection.close()
                return
            self.answer(204)

        def parse_request(self) -> bool:
            read = super().parse_request()
            state.asked.append((self.command, self.path))
            return read

        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except (OSError, ValueError):
                self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
