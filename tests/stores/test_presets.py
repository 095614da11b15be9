"""Each store's addresses follow from any one of them, and each store is known by what it says."""

import pytest

from mgonto.errors import UsageError
from mgonto.stores.presets import PRESETS, preset_of

BASES = {
    "oxigraph": ("http://h:7878", "/query", "/update", "/store"),
    "virtuoso": ("http://h:8890", "/sparql", "/sparql-auth", "/sparql-graph-crud-auth"),
    "fuseki": ("http://h:3030/ds", "/query", "/update", "/data"),
    "graphdb": ("http://h:7200/repositories/mg", "", "/statements", "/rdf-graphs/service"),
    "rdf4j": ("http://h:8080/rdf4j-server/repositories/mg", "", "/statements", "/rdf-graphs/service"),
    "blazegraph": ("http://h:9999/blazegraph/namespace/kb", "/sparql", "/sparql", None),
    "qlever": ("http://h:7001", "", "", ""),
    "generic": ("http://h/sparql", "", "", None),
}


def test_every_preset_is_told_of() -> None:
    assert set(BASES) == set(PRESETS)


@pytest.mark.parametrize("name", BASES)
def test_the_addresses_follow_from_the_base_and_from_each_of_them(name: str) -> None:
    base, *ends = BASES[name]
    whole = [None if end is None else (base + end) for end in ends]
    for given in {base, base + "/", *(each for each in whole if each)}:
        found = PRESETS[name].addresses(given)
        told = [each and each.rstrip("/") for each in (found.query, found.update, found.graphs)]
        assert told == whole, given


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("http://h:7878/query", "oxigraph"),
        ("http://h:3030/ds/query", "fuseki"),
        ("http://h:8890/sparql-graph-crud-auth", "virtuoso"),
        ("http://h:7200/repositories/mg", "graphdb"),
        ("http://h:8080/rdf4j-server/repositories/mg", "rdf4j"),
        ("http://h:9999/blazegraph/namespace/kb/sparql", "blazegraph"),
    ],
)
def test_a_store_is_known_by_the_form_of_its_address(url: str, name: str) -> None:
    assert preset_of(url).name == name


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Oxigraph/0.5.13", "oxigraph"),
        ("Virtuoso/07.20.3229 (Linux) x86_64-pc-linux-gnu", "virtuoso"),
        ("Apache Jena Fuseki (5.2.0)", "fuseki"),
        ("GraphDB/10.7.0 RDF4J/4.3.13", "graphdb"),
    ],
)
def test_what_a_store_says_of_itself_counts_more_than_its_address(said: str, name: str) -> None:
    assert preset_of("http://h/query", said).name == name


def test_what_tells_nothing_of_its_kind_must_be_told() -> None:
    with pytest.raises(UsageError) as caught:
        preset_of("http://h/sparql", "nginx")
    assert "--preset" in caught.value.hint and "generic" in caught.value.hint
