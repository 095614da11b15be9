"""shapes/ontology.ttl: the ontology conforms, each constraint is broken by its fixture, and versions agree.

A fixture is `ontology/<Shape>.<constraint component>[.<path>].{fail,pass}[.n].ttl`. A failing one breaks the
constraint it is named after; a passing one breaks none at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib
from rdflib import OWL, RDF, SH, Graph, Namespace, URIRef

import mgonto
from mgonto.names import BASE, graph_iri
from mgonto.resources import data_dir

FIXTURES = sorted((Path(__file__).parent / "ontology").glob("*.ttl"))
FAILING = [each for each in FIXTURES if ".fail" in each.name]
PASSING = [each for each in FIXTURES if ".pass" in each.name]
MGO = Namespace(BASE)
#: What a shape may hold beside constraints.
NO_CONSTRAINT = {SH.name, SH.message, SH.severity, SH.path, SH.targetClass, SH.property, SH.description}


@cache
def shapes() -> Graph:
    return Graph().parse(data_dir("shapes") / "ontology.ttl")


def broken(data: Graph) -> set[tuple[str, str, str]]:
    """Shape, constraint component and path of every result."""
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes())
    assert isinstance(report, Graph)
    return {
        tuple(  # type: ignore[misc]
            str(report.value(result, each) or "").replace("#", "/").rsplit("/", 1)[-1]
            for each in (SH.sourceShape, SH.sourceConstraintComponent, SH.resultPath)
        )
        for result in report.subjects(RDF.type, SH.ValidationResult)
    }


def named_after(fixture: Path) -> tuple[str, str, str]:
    shape, component, path = (*fixture.name.split("."), "")[:3]
    return shape, component, "" if path in ("fail", "pass") else path


@pytest.mark.parametrize("fixture", FAILING, ids=lambda each: each.stem)
def test_a_mistake_is_rejected_by_the_constraint_it_breaks(fixture: Path) -> None:
    assert named_after(fixture) in broken(Graph().parse(fixture))


@pytest.mark.parametrize("fixture", PASSING, ids=lambda each: each.stem)
def test_what_is_right_passes_every_shape(fixture: Path) -> None:
    assert broken(Graph().parse(fixture)) == set()


def constraints() -> Iterator[tuple[str, str]]:
    """Each shape of the file with each of its constraints, by the name of its component."""
    for kind in (SH.NodeShape, SH.PropertyShape):
        for shape in shapes().subjects(RDF.type, kind):
            for predicate in set(shapes().predicates(shape)) - {RDF.type} - NO_CONSTRAINT:
                name = str(predicate).rsplit("#", 1)[-1]
                yield str(shape).removeprefix(BASE), f"{name[0].upper()}{name[1:]}ConstraintComponent"


@pytest.mark.parametrize(("shape", "component"), sorted(constraints()))
def test_every_constraint_has_a_failing_and_a_passing_fixture(shape: str, component: str) -> None:
    for fixtures in (FAILING, PASSING):
        assert [each for each in fixtures if named_after(each)[:2] == (shape, component)]


def test_every_shape_has_a_name_a_severity_and_says_what_to_do() -> None:
    for kind in (SH.NodeShape, SH.PropertyShape):
        for shape in shapes().subjects(RDF.type, kind):
            assert shapes().value(shape, SH.name), shape
            assert shapes().value(shape, SH.severity), shape
            if any(name == str(shape).removeprefix(BASE) for name, _ in constraints()):
                assert str(shapes().value(shape, SH.message)).endswith("."), shape


@pytest.fixture(scope="module")
def ontology() -> Graph:
    """The ontology of the release with the references that its definitions name."""
    store = ox.Store()
    store.load(path=str(data_dir("release") / "mgonto.trig"), format=ox.RdfFormat.TRIG)
    text = store.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.NamedNode(graph_iri("ontology")))
    graph = Graph().parse(data=text, format="nt")
    reference, kind = ox.NamedNode(BASE + "Reference"), ox.NamedNode(str(RDF.type))
    for quad in store.quads_for_pattern(None, kind, reference, None):
        graph.add((URIRef(str(quad.subject).strip("<>")), RDF.type, MGO.Reference))
    return graph


@pytest.mark.slow
def test_the_ontology_conforms(ontology: Graph) -> None:
    assert broken(ontology) == set()


def test_the_version_is_the_package_s(ontology: rdflib.Graph) -> None:
    header = next(ontology.subjects(RDF.type, OWL.Ontology))
    assert str(ontology.value(header, OWL.versionInfo)) == mgonto.__version__
    assert str(ontology.value(header, OWL.versionIRI)) == f"{BASE}{mgonto.__version__}/mgonto.owl"
