"""Every constraint of the shapes, so that tests can ask of each whether it has its fixtures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rdflib import RDF, RDFS, Graph, Namespace, URIRef
from rdflib.term import Node

__all__ = ["SHAPES", "Constraint", "constraints", "context", "rules_of", "shapes_graph"]

ROOT = Path(__file__).resolve().parents[2]
SHAPES = ROOT / "shapes"
SH = Namespace("http://www.w3.org/ns/shacl#")
MGO = Namespace("https://w3id.org/mgonto/")

#: Parameter of a constraint to the local name of its component, without the ending.
COMPONENTS = {
    SH["class"]: "Class",
    SH.closed: "Closed",
    SH.datatype: "Datatype",
    SH.disjoint: "Disjoint",
    SH.equals: "Equals",
    SH.hasValue: "HasValue",
    SH["in"]: "In",
    SH.lessThan: "LessThan",
    SH.lessThanOrEquals: "LessThanOrEquals",
    SH.maxCount: "MaxCount",
    SH.maxInclusive: "MaxInclusive",
    SH.maxLength: "MaxLength",
    SH.minCount: "MinCount",
    SH.minInclusive: "MinInclusive",
    SH.nodeKind: "NodeKind",
    SH["not"]: "Not",
    SH["or"]: "Or",
    SH.pattern: "Pattern",
    SH.qualifiedMaxCount: "QualifiedMaxCount",
    SH.qualifiedMinCount: "QualifiedMinCount",
}
TARGETS = (SH.targetClass, SH.targetNode, SH.targetObjectsOf, SH.targetSubjectsOf)


@dataclass(frozen=True, slots=True)
class Constraint:
    """One constraint component of one shape that can reject a node."""

    file: str
    shape: str
    component: str

    @property
    def name(self) -> str:
        """The stem of its fixtures: shape, component and, for a property shape, the name of the property."""
        node, _, local = self.shape.removeprefix(str(MGO)).partition("-")
        return ".".join(filter(None, (node, f"{self.component}ConstraintComponent", local)))


def shapes_graph(file: Path | None = None) -> Graph:
    """The shapes of one file, or of all."""
    graph = Graph()
    for path in [file] if file else sorted(SHAPES.glob("*.ttl")):
        graph.parse(path)
    return graph


def rules_of(graph: Graph) -> Iterator[Node]:
    """The shapes that report: those with a target, and their property shapes. Conditions are not among them."""
    targeted = {shape for target in TARGETS for shape in graph.subjects(target)}
    for shape in targeted:
        yield shape
        yield from graph.objects(shape, SH.property)


def constraints(graph: Graph, file: str) -> list[Constraint]:
    """Every constraint of the rules in `graph`, which comes from the file with the stem `file`."""
    return sorted(
        {
            Constraint(file, str(shape), component)
            for shape in rules_of(graph)
            for parameter, component in COMPONENTS.items()
            if (shape, parameter, None) in graph
        },
        key=lambda each: each.name,
    )


@cache
def context() -> str:
    """What every fixture is validated with, as N-Triples: the tree of classes, and the relations."""
    vocabulary = Graph().parse(ROOT / "ontology" / "mgonto.ttl")
    kept = Graph()
    for one, other in vocabulary.subject_objects(RDFS.subClassOf):
        if isinstance(one, URIRef) and isinstance(other, URIRef):
            kept.add((one, RDFS.subClassOf, other))
    for one in vocabulary.subjects(RDF.type, MGO.Relation):
        kept.add((one, RDF.type, MGO.Relation))
    return kept.serialize(format="nt")
