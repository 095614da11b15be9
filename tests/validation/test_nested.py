"""Shapes as the fast engine gets them: a class inside a condition as a path, all else as it is written."""

import time

import pyoxigraph as ox
import pytest

from mgonto.validation.engines import run_engine
from mgonto.validation.nested import without_nested_classes
from mgonto.validation.shapes import ShapeSet, shape_set

HEAD = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <urn:> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""
#: Each way to ask for a class inside a condition, on the values of ex:p.
CONDITIONS = (
    "sh:or ( [ sh:class ex:C ] [ sh:class ex:D ] )",
    "sh:and ( [ sh:class ex:C ] [ sh:nodeKind sh:IRI ] )",
    "sh:xone ( [ sh:class ex:C ] [ sh:class ex:D ] )",
    "sh:not [ sh:class ex:C ]",
    "sh:node [ sh:class ex:C ]",
    "sh:node [ sh:property [ sh:path ex:q ; sh:class ex:C ] ]",
    "sh:qualifiedValueShape [ sh:class ex:C ] ; sh:qualifiedMinCount 1",
)
#: Values of each sort: an instance, one of a class below, of another class, of none, of both; and no IRI.
VALUES = ("ex:c", "ex:below", "ex:d", "ex:none", "ex:both", '"text"', "_:blank", "ex:c , ex:d")
WORLD = """ex:c a ex:C . ex:below a ex:B . ex:B rdfs:subClassOf ex:A . ex:A rdfs:subClassOf ex:C .
ex:d a ex:D ; ex:q ex:c , ex:d . ex:both a ex:C , ex:D ; ex:q ex:below . _:blank a ex:C .
"""


def shapes_of(text: str) -> ShapeSet:
    return shape_set(quad.triple for quad in ox.parse(HEAD + text, format=ox.RdfFormat.TURTLE))


def lines_of(text: str) -> str:
    return "".join(f"{quad.triple} .\n" for quad in ox.parse(HEAD + text, format=ox.RdfFormat.TURTLE))


@pytest.mark.parametrize("condition", CONDITIONS)
def test_the_verdict_is_that_of_the_reference_for_values_of_every_sort(condition: str) -> None:
    shapes = shapes_of(
        f"ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:property ex:P . ex:P sh:path ex:p ; {condition} ."
    )
    data = "".join(f"ex:t{at} a ex:T ; ex:p {value} .\n" for at, value in enumerate(VALUES))
    lines = lines_of(WORLD + data + "ex:nothing a ex:T .")
    fast, reference = ({each.key for each in run_engine(one, shapes, lines)} for one in ("shacl", "pyshacl"))
    assert fast == reference != set()


def test_a_class_that_is_reported_stays_a_class() -> None:
    text = """ex:S a sh:NodeShape ; sh:targetClass ex:T ; sh:property ex:P .
        ex:P sh:path ex:p ; sh:class ex:C . ex:O a sh:NodeShape ; sh:targetClass ex:T ;
        sh:or ( ex:P ex:Q ) ."""
    triples = shapes_of(text).triples
    assert without_nested_classes(triples) == triples


def test_ten_times_the_data_do_not_take_a_hundred_times_as_long() -> None:
    shapes = shapes_of(
        """ex:S a sh:NodeShape ; sh:targetClass ex:T ;
        sh:or ( [ sh:path ex:p ; sh:class ex:C ] [ sh:path ex:q ; sh:class ex:C ] ) ."""
    )

    def seconds(count: int) -> float:
        a = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
        lines = "".join(
            f"<urn:t{i}> {a} <urn:T> .\n<urn:t{i}> <urn:q> <urn:c{i}> .\n<urn:c{i}> {a} <urn:C> .\n"
            for i in range(count)
        )
        start = time.process_time()
        assert run_engine("shacl", shapes, lines) == []
        return time.process_time() - start

    seconds(10)
    few, many = (min(seconds(count) for _ in range(3)) for count in (2_000, 20_000))
    assert many < 40 * few


def test_nothing_is_left_that_asks_for_a_class_in_a_condition() -> None:
    from mgonto.validation.validate import bundled_shapes

    told = without_nested_classes(bundled_shapes().triples)
    assert len(told) > len(bundled_shapes().triples)
    assert without_nested_classes(told) == told
