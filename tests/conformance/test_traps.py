"""Traps that engines have set for others: the project does not step into them."""

import re
from pathlib import Path

import pyoxigraph as ox
import pyshacl
import rdflib
from rdflib.plugins.stores.memory import Memory

from mgonto.engine.binding import parameters_of
from mgonto.names import BASE
from mgonto.query.library import Library
from mgonto.validation.engines import run_engine
from mgonto.validation.shapes import shape_set
from tests.conformance.engines import RdflibEngine, near

LIBRARY = Library()
ROOT = Path(__file__).resolve().parent.parent.parent
#: rdflib drops the rows of such a block that the OPTIONAL does not match.
VALUES_THEN_OPTIONAL = re.compile(
    r"VALUES\s*(?:[?$]\w+|\([^)]*\))\s*\{[^}]*\}\s*\.?\s*OPTIONAL", re.IGNORECASE
)


def test_no_query_puts_an_optional_right_behind_values():
    assert VALUES_THEN_OPTIONAL.search("VALUES ?x { 1 2 } OPTIONAL { ?x ?p ?o }")
    sources = [*(ROOT / "queries").glob("*.rq"), *(ROOT / "mgonto").rglob("*.py")]
    assert [each.name for each in sources if VALUES_THEN_OPTIONAL.search(each.read_text("utf-8"))] == []


def test_an_optional_after_values_and_a_pattern_keeps_its_rows_on_rdflib():
    engine = RdflibEngine(iter(()))
    engine.graph.add((rdflib.URIRef("urn:a"), rdflib.URIRef("urn:p"), rdflib.Literal("A")))
    query = "SELECT ?x ?z { VALUES ?x { <urn:a> <urn:b> } ?x <urn:p> ?y OPTIONAL { ?x <urn:q> ?z } }"
    assert len(engine.select(query)[1]) == 1


def test_every_number_of_the_article_keeps_the_text_that_was_reported():
    # Oxigraph makes 3.5 of 3.50: the text is a string beside the value.
    query = f"SELECT ?q {{ ?q <{BASE}value>|<{BASE}low>|<{BASE}high> ?n }}"
    told = f"SELECT ?q {{ ?q <{BASE}asReported> ?text }}"
    numbers = {str(row["q"]) for row in near().select(query)}
    assert numbers and numbers <= {str(row["q"]) for row in near().select(told)}


def test_pyshacl_gets_memory_graphs_alone_and_finds_plain_strings_in_their_list(monkeypatch):
    # Over a graph of pyoxigraph or oxrdflib it calls every plain string of an sh:in a violation.
    seen: list[rdflib.Graph] = []
    validate = pyshacl.validate

    def spy(data, *args, shacl_graph, **kwargs):
        seen.extend((data, shacl_graph))
        return validate(data, *args, shacl_graph=shacl_graph, **kwargs)

    monkeypatch.setattr(pyshacl, "validate", spy)
    shape = (
        "@prefix sh: <http://www.w3.org/ns/shacl#> . <urn:shape> a sh:NodeShape ; "
        "sh:targetSubjectsOf <urn:p> ; sh:property [ sh:path <urn:p> ; sh:in ( 'a' 'b' ) ] ."
    )
    shapes = shape_set(quad.triple for quad in ox.parse(shape, format=ox.RdfFormat.TURTLE))
    found = run_engine("pyshacl", shapes, '<urn:x> <urn:p> "a" .\n<urn:y> <urn:p> "c" .\n')
    assert [each.focus for each in found] == ["<urn:y>"]
    assert seen and all(isinstance(each.store, Memory) for each in seen)


def test_no_shape_has_a_query_in_it():
    # One costs pySHACL ten seconds at a thousand statements: what looks across rows is a check beside them.
    used = {
        quad.predicate.value.rpartition("#")[2]
        for path in (ROOT / "shapes").glob("*.ttl")
        for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)
    }
    assert {"path", "minCount"} <= used
    assert not {"sparql", "select", "ask", "rule"} & used


def test_no_library_query_binds_both_ends_of_a_path():
    # Virtuoso walks wrongly between two known ends; a filter behind the path compares as well.
    for name in LIBRARY:
        for match in re.finditer(r"(\$\w+)\s+\S+[*+]\s+(\$\w+)", LIBRARY[name].text):
            assert not set(match.groups()) <= {f"${each}" for each in parameters_of(LIBRARY[name].text)}
