"""The queries of the library over more than the release: rows that no article of this project has.

A synthetic base has every shape of statement many times, and so rows that the release lacks: works that all
filters leave, terms that are named alike, statements of many lines. What an engine gets wrong only there is
not seen in the release.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

import mgonto
from benchmarks.synthetic import write_base
from mgonto.engine.embedded import EmbeddedEngine
from mgonto.kb import Engine, KnowledgeBase
from mgonto.query.parameters import query_values
from tests.conformance.cases import LIBRARY, given_for, plain_row
from tests.conformance.engines import put
from tests.servers import need
from tools.servers import ENGINES

STATEMENTS = 400


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    """The release and the synthetic base, in memory."""
    path: Path = tmp_path_factory.mktemp("synthetic") / "base.nq"
    write_base(STATEMENTS, path)
    kb = mgonto.load(path)
    kb.store()
    return kb


@pytest.fixture(scope="module", params=ENGINES)
def far(request: pytest.FixtureRequest, both: KnowledgeBase) -> Iterator[Engine]:
    """A server with the same in it, graph by graph."""
    need(request.param)
    with ENGINES[request.param].start() as server:
        graphs: dict[str, list[ox.Triple]] = {}
        for quad in both.store():
            assert isinstance(quad.graph_name, ox.NamedNode)
            graphs.setdefault(quad.graph_name.value, []).append(quad.triple)
        for graph, triples in graphs.items():
            put(server, graph, ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"")
        yield mgonto.connect(server.query_url, timeout=120)._engine


@pytest.mark.parametrize("name", LIBRARY)
def test_a_query_gives_the_same_rows(far: Engine, both: KnowledgeBase, name: str) -> None:
    query = LIBRARY[name]
    values = query_values(query, given_for(name, "examples"), both.terms, widen=True)
    told, found = far.select(query.text, values)
    columns, rows = EmbeddedEngine(store=both.store()).select(query.text, values)
    assert told == columns
    # In no order: names that are alike and numbers that are the same leave it open.
    assert sorted(map(repr, map(plain_row, found))) == sorted(map(repr, map(plain_row, rows)))
