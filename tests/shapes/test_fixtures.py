"""Every constraint rejects what it is there to reject and accepts what is sound; both engines agree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import RDF, Graph, Literal, URIRef

from mgonto.names import BASE
from mgonto.validation.nested import without_nested_classes
from tests.shapes.constraints import MGO, SH, SHAPES, Constraint, constraints, context, rules_of, shapes_graph

shacl = pytest.importorskip("shacl", reason="the fast engine runs the fixtures one by one")

FIXTURES = Path(__file__).parent
#: The shapes of the ontology have tests of their own.
FILES = sorted(path for path in SHAPES.glob("*.ttl") if path.stem != "ontology")
EVERY = [each for path in FILES for each in constraints(shapes_graph(path), path.stem)]


def fixtures(each: Constraint, verdict: str) -> list[Path]:
    return sorted((FIXTURES / each.file).glob(f"{each.name}.{verdict}*.ttl"))


def ids(each: Constraint) -> str:
    return f"{each.file}/{each.name}"


@cache
def engine():
    """The fast engine with the shapes in the form in which validation hands them to it."""
    quads = ox.parse(shapes_graph().serialize(format="nt"), format=ox.RdfFormat.N_TRIPLES)
    rules = without_nested_classes(quad.triple for quad in quads)
    return shacl.Shapes.from_text("".join(f"{each} .\n" for each in rules), format="ntriples")


def rejections(graph: Graph) -> set[tuple[str, str]]:
    """The shapes and components that reject something in a graph, told with the vocabulary's classes."""
    told = engine().validate_text(graph.serialize(format="nt") + context(), format="ntriples")
    return {
        (each.source_shape.strip("<>"), each.component.removesuffix("ConstraintComponent"))
        for each in told.results
    }


@pytest.mark.parametrize("each", EVERY, ids=ids)
def test_a_constraint_has_a_failing_and_a_passing_fixture(each: Constraint) -> None:
    assert fixtures(each, "fail"), f"write tests/shapes/{each.file}/{each.name}.fail.ttl"
    assert fixtures(each, "pass"), f"write tests/shapes/{each.file}/{each.name}.pass.ttl"


@pytest.mark.parametrize("each", EVERY, ids=ids)
def test_a_failing_fixture_is_rejected_by_its_own_constraint(each: Constraint) -> None:
    for path in fixtures(each, "fail"):
        assert (each.shape, each.component) in rejections(Graph().parse(path)), path.name


@pytest.mark.parametrize("each", EVERY, ids=ids)
def test_a_passing_fixture_is_accepted_by_its_constraint(each: Constraint) -> None:
    for path in fixtures(each, "pass"):
        graph = Graph().parse(path)
        assert len(graph) > 0, f"{path.name} is empty and proves nothing"
        assert (each.shape, each.component) not in rejections(graph), path.name


def test_every_fixture_belongs_to_a_constraint() -> None:
    known = {path for each in EVERY for verdict in ("fail", "pass") for path in fixtures(each, verdict)}
    assert set(FIXTURES.glob("*/*.ttl")) - set((FIXTURES / "ontology").glob("*")) == known


def test_both_engines_say_the_same_of_all_fixtures_at_once() -> None:
    import pyshacl

    joined = Graph().parse(data=context(), format="nt")
    for number, path in enumerate(sorted(FIXTURES.glob("*/*.ttl"))):
        if path.parent.name != "ontology":
            joined.parse(data=apart(path.read_text(encoding="utf-8"), number), format="turtle")
    _, report, _ = pyshacl.validate(joined, shacl_graph=shapes_graph(), advanced=False)
    fast = engine().validate_text(joined.serialize(format="nt"), format="ntriples")
    assert {
        (
            plain(each.focus_node),
            each.source_shape.strip("<>"),
            each.component_iri.strip("<>"),
            plain(each.value),
        )
        for each in fast.results
    } == set(reference_results(report))


def plain(node: str | None) -> str | None:
    """A node as text; blank nodes have no name that two engines would share."""
    return "_:" if node is not None and node.startswith("_:") else node


def reference_results(report: Graph) -> Iterator[tuple[str | None, str, str, str | None]]:
    for result in report.subjects(RDF.type, SH.ValidationResult):
        focus, value = report.value(result, SH.focusNode), report.value(result, SH.value)
        yield (
            plain(focus.n3() if focus is not None else None),
            str(report.value(result, SH.sourceShape)),
            str(report.value(result, SH.sourceConstraintComponent)),
            plain(value.n3() if value is not None else None),
        )


def apart(text: str, number: int) -> str:
    """A fixture with IRIs of its own, so that all of them can stand in one graph."""
    text = text.replace("demo-2026", f"demo-{number}").replace("MGO_9", f"MGO_{number}9")
    text = text.replace("https://example.org/", f"https://example.org/{number}/")
    return re.sub(r"\b(proposition|participant):0{8}", lambda found: f"{found[1]}:{number:08d}", text)


# -- the shapes themselves ---------------------------------------------------------------------------------


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_rule_has_a_name_and_one_that_reports_a_message_and_a_severity(path: Path) -> None:
    graph = shapes_graph(path)
    reporting = {each.shape for each in constraints(graph, path.stem)}
    for shape in rules_of(graph):
        assert isinstance(shape, URIRef), "a rule without an IRI cannot be named in a report"
        assert len(list(graph.objects(shape, SH.name))) == 1, shape
        if str(shape) in reporting:
            message = graph.value(shape, SH.message)
            assert isinstance(message, Literal) and message.language == "en", shape
            assert graph.value(shape, SH.severity) in (SH.Violation, SH.Warning, SH.Info), shape


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_message_names_only_properties_and_kinds_of_the_vocabulary(path: Path) -> None:
    vocabulary = {str(each) for each in Graph().parse(SHAPES.parent / "ontology" / "mgonto.ttl").subjects()}
    for message in shapes_graph(path).objects(None, SH.message):
        for name in re.findall(r"\bmgo:(\w+)\b(?!\.\.\.)", str(message)):
            assert BASE + name in vocabulary, f"mgo:{name} in: {message}"


def test_no_shape_takes_a_name_of_the_vocabulary() -> None:
    vocabulary = set(Graph().parse(SHAPES.parent / "ontology" / "mgonto.ttl").subjects())
    shapes = set(shapes_graph().subjects(RDF.type))
    assert not shapes & vocabulary


def test_a_closed_list_holds_what_the_vocabulary_lists() -> None:
    """Every sh:in over individuals of one class: all of them where the rule takes the whole list."""
    vocabulary = Graph().parse(SHAPES.parent / "ontology" / "mgonto.ttl")
    graph = shapes_graph()
    checked = 0
    for shape in set(rules_of(graph)):
        path, listed = graph.value(shape, SH.path), graph.value(shape, SH["in"])
        reach = vocabulary.value(path, URIRef("http://www.w3.org/2000/01/rdf-schema#range")) if path else None
        if listed is None or reach is None or not str(reach).startswith(BASE) or path == MGO.direction:
            continue
        assert set(graph.items(listed)) == set(vocabulary.subjects(RDF.type, reach)), shape
        checked += 1
    assert checked > 20


def test_a_known_unit_is_one_of_the_table() -> None:
    table = (SHAPES.parent / "ontology" / "units.tsv").read_text(encoding="utf-8").splitlines()[1:]
    graph = shapes_graph()
    listed = graph.value(MGO["KnownUnitShape-unit"], SH["in"])
    assert listed is not None
    assert [str(each) for each in graph.items(listed)] == [line.split("\t")[0] for line in table]
