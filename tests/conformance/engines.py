"""The engines under test: each as the knowledge base that a user would have on it."""

from __future__ import annotations

import time
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

import pyoxigraph as ox
import rdflib

import mgonto
from mgonto.engine.binding import Value, bind
from mgonto.engine.embedded import EmbeddedEngine, Row
from mgonto.kb import Engine, KnowledgeBase
from mgonto.resources import data_dir
from tools.servers import ENGINES, Server

__all__ = ["NAMES", "RdflibEngine", "Subject", "graphs", "near", "put", "served", "subject"]

#: The engines of the suite; the servers by the names that `tools.servers` has for them.
NAMES = ("pyoxigraph", "rdflib", *ENGINES)


class Remembering:
    """An engine that is asked each query once: helpers share queries, and some take seconds."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._rows: dict[str, tuple[tuple[str, ...], list[Row]]] = {}

    def complete(self) -> None:
        self.engine.complete()

    def select(
        self, query: str, values: Mapping[str, Value] | None = None
    ) -> tuple[tuple[str, ...], list[Row]]:
        text = bind(query, values or {})
        if text not in self._rows:
            self._rows[text] = self.engine.select(text)
        return self._rows[text]

    def ask(self, query: str, values: Mapping[str, Value] | None = None) -> bool:
        return self.engine.ask(query, values)

    def construct(self, query: str, values: Mapping[str, Value] | None = None) -> list[ox.Triple]:
        return self.engine.construct(query, values)


class RdflibEngine:
    """rdflib in memory."""

    def __init__(self, triples: Iterator[ox.Triple]) -> None:
        self.graph = rdflib.Graph()
        self.slowest = 0.0  # seconds of the processor, of one query
        for each in triples:
            self.graph.add((_rdflib(each.subject), _rdflib(each.predicate), _rdflib(each.object)))

    def complete(self) -> None:
        """Nothing to do."""

    def select(
        self, query: str, values: Mapping[str, Value] | None = None
    ) -> tuple[tuple[str, ...], list[Row]]:
        began = time.process_time()
        found = self.graph.query(bind(query, values or {}))
        names = found.vars or []
        rows = [tuple(_ox(row.get(name)) for name in names) for row in found.bindings]
        self.slowest = max(self.slowest, time.process_time() - began)
        return tuple(map(str, names)), rows

    def ask(self, query: str, values: Mapping[str, Value] | None = None) -> bool:
        return bool(self.graph.query(bind(query, values or {})).askAnswer)

    def construct(self, query: str, values: Mapping[str, Value] | None = None) -> list[ox.Triple]:
        made = self.graph.query(bind(query, values or {})).graph
        assert made is not None
        return [ox.Triple(*map(_ox, each)) for each in made]  # type: ignore[arg-type]


def _rdflib(term: object) -> rdflib.term.Node:
    if isinstance(term, ox.NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return rdflib.BNode(term.value)
    assert isinstance(term, ox.Literal)
    if term.language:
        return rdflib.Literal(term.value, lang=term.language)
    kind = term.datatype.value
    plain = kind == "http://www.w3.org/2001/XMLSchema#string"
    return rdflib.Literal(term.value, datatype=None if plain else rdflib.URIRef(kind))


def _ox(term: object) -> ox.NamedNode | ox.BlankNode | ox.Literal | None:
    if term is None:
        return None
    if isinstance(term, rdflib.URIRef):
        return ox.NamedNode(str(term))
    if isinstance(term, rdflib.BNode):
        return ox.BlankNode(str(term))
    assert isinstance(term, rdflib.Literal)
    if term.language:
        return ox.Literal(str(term), language=term.language)
    return ox.Literal(str(term), datatype=ox.NamedNode(str(term.datatype)) if term.datatype else None)


@dataclass(frozen=True)
class Subject:
    """An engine under test, and the server behind it where there is one."""

    name: str
    kb: KnowledgeBase
    engine: Engine
    server: Server | None = None


@cache
def near() -> KnowledgeBase:
    """The knowledge base whose answers the others must give."""
    kb = mgonto.load()
    kb.store()
    return kb


@cache
def graphs() -> dict[str, tuple[ox.Triple, ...]]:
    """The graphs of the release by IRI."""
    found: dict[str, list[ox.Triple]] = {}
    for quad in ox.parse(path=str(data_dir("release") / "mgonto.trig"), format=ox.RdfFormat.TRIG):
        assert isinstance(quad.graph_name, ox.NamedNode), "the release has named graphs alone"
        found.setdefault(quad.graph_name.value, []).append(quad.triple)
    return {name: tuple(triples) for name, triples in found.items()}


@contextmanager
def subject(name: str) -> Iterator[Subject]:
    """An engine with the release in it; a server is started, loaded graph by graph, and ended."""
    if name == "pyoxigraph":
        bare = EmbeddedEngine()
        bare.add(
            ox.Quad(each.subject, each.predicate, each.object, ox.NamedNode(graph))
            for graph, triples in graphs().items()
            for each in triples
        )
        yield Subject(name, KnowledgeBase(bare), bare)
    elif name == "rdflib":
        merged = RdflibEngine(each for triples in graphs().values() for each in triples)
        yield Subject(name, KnowledgeBase(Remembering(merged)), merged)
    else:
        with ENGINES[name].start() as server:
            for graph, triples in graphs().items():
                put(server, graph, ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"")
            far = mgonto.connect(server.query_url, timeout=120)._engine
            yield Subject(name, KnowledgeBase(Remembering(far)), far, server)


def served(name: str) -> bool:
    """Whether an engine is a server."""
    return name in ENGINES


def put(server: Server, graph: str, content: bytes, kind: str = "application/n-triples") -> int:
    """Put a graph by the Graph Store Protocol, and return the status."""
    address = f"{server.store_url}?{urllib.parse.urlencode({'graph': graph})}"
    request = urllib.request.Request(address, content, {"Content-Type": kind}, method="PUT")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=120) as answer:
        return int(answer.status)
