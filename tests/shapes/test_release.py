"""The release is what the shapes ask for, and each warning about it has been looked at."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from mgonto.names import BASE, expand, graph_iri
from tests.shapes.constraints import ROOT, SHAPES, shapes_graph

ADJUDICATED = SHAPES / "adjudicated.tsv"


def adjudicated() -> dict[tuple[str, str], str]:
    """The reason why a warning stands, by shape and focus."""
    lines = ADJUDICATED.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "shape\tfocus\treason"
    rows = [line.split("\t") for line in lines[1:]]
    found = {(str(expand(shape)), str(expand(focus))): reason for shape, focus, reason in rows}
    assert len(found) == len(rows), "a warning is adjudicated once"
    return found


def test_the_release_has_no_violation_and_every_warning_has_its_reason() -> None:
    shacl = pytest.importorskip("shacl")
    shapes = shacl.Shapes.from_text(shapes_graph().serialize(format="nt"), format="ntriples")
    told = shapes.validate_file(str(ROOT / "release" / "mgonto.ttl"))
    violations = [each for each in told.results if each.severity == "Violation"]
    assert not violations, [(each.focus_node, each.message) for each in violations[:3]]
    warned = {
        (each.source_shape.strip("<>"), each.focus_node.strip("<>"))
        for each in told.results
        if each.severity == "Warning"
    }
    assert warned == set(adjudicated())


def test_a_reason_is_a_sentence() -> None:
    for reason in adjudicated().values():
        assert reason.endswith(".") and len(reason.split()) > 5


def test_the_shapes_are_a_graph_of_the_release() -> None:
    shipped = [
        each
        for each in ox.parse(path=str(ROOT / "release" / "mgonto.trig"), format=ox.RdfFormat.TRIG)
        if each.graph_name == ox.NamedNode(graph_iri("shapes"))
    ]
    assert len(shipped) == len(shapes_graph())


def test_the_merged_document_is_free_of_shapes() -> None:
    shacl_namespace = "http://www.w3.org/ns/shacl#"
    merged = ox.parse(path=str(ROOT / "release" / "mgonto.ttl"), format=ox.RdfFormat.TURTLE)
    assert not any(each.predicate.value.startswith(shacl_namespace) for each in merged)


def test_a_unit_stands_beside_its_qudt_unit() -> None:
    told: dict[str, dict[str, str]] = {}
    for each in ox.parse(path=str(ROOT / "release" / "mgonto.ttl"), format=ox.RdfFormat.TURTLE):
        if each.predicate.value in (BASE + "unit", BASE + "qudtUnit"):
            told.setdefault(str(each.subject), {})[each.predicate.value] = str(each.object.value)
    table = dict(
        line.split("\t")[::2]
        for line in (ROOT / "ontology" / "units.tsv").read_text("utf-8").splitlines()[1:]
    )
    assert len(told) > 40
    for one in told.values():
        name = table[one[BASE + "unit"]]
        assert one.get(BASE + "qudtUnit", "").removeprefix("http://qudt.org/vocab/unit/") == name
