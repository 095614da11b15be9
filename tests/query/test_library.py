"""The query library: every file is portable, says what it gives, and gives the same rows on two engines."""

import pyoxigraph as ox
import pytest
import rdflib
import yaml

from mgonto.engine.binding import Value, bind, keywords_of, parameters_of
from mgonto.engine.embedded import EmbeddedEngine
from mgonto.errors import UsageError
from mgonto.graph.serialise import split_release
from mgonto.query.library import query_text
from mgonto.resources import data_dir

QUERIES = sorted(path.stem for path in data_dir("queries").glob("*.rq"))
EXAMPLES: dict[str, ox.NamedNode | ox.Literal] = {
    "term": ox.NamedNode("http://purl.obolibrary.org/obo/CHEBI_18420"),
    "locator": ox.Literal("S17.P04.N01"),
    "identifier": ox.NamedNode("http://id.nlm.nih.gov/mesh/D007333"),
    "article": ox.NamedNode("https://w3id.org/mgonto/article/foroudastan-2025"),
}


def header(name):
    lines = [line[2:] for line in query_text(name).splitlines() if line.startswith("#+")]
    return yaml.safe_load("\n".join(line.removeprefix(" ") for line in lines))


def examples(text) -> dict[str, Value]:
    """A value for each parameter of a query that must have one."""
    return {name: EXAMPLES[name] for name in parameters_of(text) if name in EXAMPLES}


@pytest.fixture(scope="module")
def engine():
    core, late = split_release((data_dir("release") / "mgonto.trig").read_bytes())
    engine = EmbeddedEngine(core, lambda: late)
    engine.complete()
    return engine


@pytest.fixture(scope="module")
def graph():
    return rdflib.Graph().parse(data_dir("release") / "mgonto.ttl")


def cells(row):
    """A row in a form that both engines share: numbers by value, all else by text."""

    def plain(cell):
        if cell is None:
            return None
        text = (
            str(getattr(cell, "value", cell)) if isinstance(cell, (ox.Literal, ox.NamedNode)) else str(cell)
        )
        return text

    return tuple(plain(cell) for cell in row)


@pytest.mark.parametrize("name", QUERIES)
def test_two_engines_give_the_same_rows_in_the_same_order(name, engine, graph):
    text = query_text(name)
    query = bind(text, examples(text))
    _, found = engine.select(query)
    result = graph.query(query)
    other = [tuple(each.get(variable) for variable in result.vars or ()) for each in result.bindings]
    assert [cells(row) for row in found] == [cells(row) for row in other]
    assert found, "a query that finds nothing proves nothing"


@pytest.mark.parametrize("name", QUERIES)
def test_the_header_tells_parameters_and_columns(name, engine):
    told = header(name)
    text = query_text(name)
    assert told["summary"] and told["tags"]
    assert set(told["params"] or {}) == set(parameters_of(text))
    columns, _ = engine.select(text, examples(text))
    assert tuple(told["columns"]) == columns


@pytest.mark.parametrize("name", QUERIES)
def test_queries_are_standard_sparql_in_one_order_that_name_no_graph(name):
    words = keywords_of(query_text(name))
    assert not words & {"GRAPH", "FROM", "SERVICE"}
    assert "ORDER" in words or name == "counts"


def test_an_unknown_query_is_told_with_the_known_ones():
    with pytest.raises(UsageError, match="no query") as caught:
        query_text("nonsense")
    assert "statements" in caught.value.hint
