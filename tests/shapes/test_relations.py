"""The relation shapes agree with the vocabulary: every relation, each kind at either end, each direction."""

from __future__ import annotations

from itertools import product

import pytest
from rdflib import RDF, Graph, Literal, URIRef
from rdflib.term import Node

from mgonto.compiler.schema import Relation, load_schema
from mgonto.names import BASE
from tests.shapes.constraints import MGO, ROOT, SH, SHAPES, context, shapes_graph
from tools.relation_shapes import OUTPUT, relation_shapes

SCHEMA = load_schema(ROOT / "ontology")
RELATIONS = sorted(SCHEMA.relations.values(), key=lambda each: each.iri)
DIRECTIONS = (None, "Increased", "Decreased", "Altered", "Normal")


def claim(graph: Graph, name: str, relation: Relation, subject: str, obj: str) -> URIRef:
    """A proposition of a relation between two terms of the kinds `subject` and `obj`."""
    node = URIRef(f"{BASE}proposition/{name}")
    graph.add((node, RDF.type, MGO.Proposition))
    graph.add((node, MGO.relation, URIRef(relation.iri)))
    for end, kind in ((MGO.subject, subject), (MGO.object, obj)):
        term = URIRef(f"{BASE}MGO_{kind}")
        graph.add((node, end, term))
        graph.add((term, RDF.type, MGO[f"{kind}Concept"]))
    return node


def expected_sign(relation: Relation, direction: str | None) -> int:
    factor = {None: 1, "Increased": 1, "Decreased": -1}.get(direction, 0)
    if relation.label == "characterised by":
        return 0 if direction is None else factor
    return relation.sign * factor


def rejected(graph: Graph, names: str) -> set[tuple[str, str]]:
    """Focus and shape of each rejection by the relation shapes, as the fast engine tells them."""
    shacl = pytest.importorskip("shacl")
    shapes = shacl.Shapes.from_text(OUTPUT.read_text(encoding="utf-8"))
    told = shapes.validate_text(graph.serialize(format="nt") + context(), format="ntriples")
    return {
        (each.focus_node.strip("<>"), each.source_shape.strip("<>").removeprefix(BASE))
        for each in told.results
        if names in each.source_shape
    }


def rejected_by_reference(graph: Graph, names: str) -> set[tuple[str, str]]:
    """The same from pySHACL."""
    import pyshacl

    data = Graph().parse(data=graph.serialize(format="nt") + context(), format="nt")
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes_graph(OUTPUT), advanced=False)
    found: set[tuple[str, str]] = set()
    for result in report.subjects(RDF.type, SH.ValidationResult):
        shape: Node | None = report.value(result, SH.sourceShape)
        if names in str(shape):
            found.add((str(report.value(result, SH.focusNode)), str(shape).removeprefix(BASE)))
    return found


def kinds_of_every_relation(relations: list[Relation]) -> tuple[Graph, set[tuple[str, str]]]:
    """Each relation with each kind at either end, the other end sound; and what is to be rejected."""
    graph, wrong = Graph(), set[tuple[str, str]]()
    for relation, end, kind in product(relations, ("subject", "object"), SCHEMA.kinds):
        takes = relation.subject_kind if end == "subject" else relation.object_kind
        other = relation.object_kind if end == "subject" else relation.subject_kind
        sound = next(each for each in SCHEMA.kinds if SCHEMA.is_kind(each, other))
        ends = (kind, sound) if end == "subject" else (sound, kind)
        node = claim(graph, f"{relation.iri.removeprefix(BASE)}-{end}-{kind}", relation, *ends)
        if not SCHEMA.is_kind(kind, takes):
            wrong.add((str(node), f"{end.capitalize()}{takes.removesuffix('Concept')}Shape"))
    return graph, wrong


def test_the_file_is_what_the_vocabulary_makes() -> None:
    assert OUTPUT.read_text(encoding="utf-8") == relation_shapes(SCHEMA)
    assert OUTPUT.parent == SHAPES


def test_each_relation_takes_its_kinds_and_no_others() -> None:
    graph, wrong = kinds_of_every_relation(RELATIONS)
    kind_shapes = {f"{each[1]}" for each in wrong}
    assert len(RELATIONS) == 39 and len(wrong) > 300
    assert {each for each in rejected(graph, "Shape") if each[1] in kind_shapes} == wrong


def test_the_reference_engine_says_the_same_of_the_kinds() -> None:
    graph, wrong = kinds_of_every_relation(RELATIONS[::8])
    kind_shapes = {f"{each[1]}" for each in wrong}
    assert {each for each in rejected_by_reference(graph, "Shape") if each[1] in kind_shapes} == wrong


def test_is_a_joins_two_terms_of_one_kind() -> None:
    graph, wrong = Graph(), set[tuple[str, str]]()
    changeable = [kind for kind in SCHEMA.kinds if SCHEMA.is_kind(kind, "Changeable")]
    for one, other in product(changeable, changeable):
        node = claim(graph, f"{one}-{other}", SCHEMA.relations["is a"], one, other)
        if one != other:
            wrong.add((str(node), "SameKindShape"))
    assert rejected(graph, "SameKind") == wrong


def signs(relations: list[Relation]) -> tuple[Graph, set[tuple[str, str]], set[tuple[str, str]]]:
    """Each relation with each direction of its object and each sign; what is wrong, what is misplaced."""
    graph = Graph()
    wrong, misplaced = set[tuple[str, str]](), set[tuple[str, str]]()
    for relation, direction, sign in product(relations, DIRECTIONS, (1, 0, -1)):
        node = claim(
            graph, f"{relation.iri.removeprefix(BASE)}-{direction}-{sign}", relation, "Molecule", "Cell"
        )
        graph.add((node, MGO.sign, Literal(sign)))
        if direction:
            graph.add((node, MGO.objectDirection, MGO[direction]))
            if not relation.neutral:
                misplaced.add((str(node), "ObjectDirectionShape"))
        if sign != expected_sign(relation, direction):
            wrong.add((str(node), "SignShape"))
    return graph, wrong, misplaced


def test_the_sign_is_that_of_the_relation_and_the_direction_of_the_object() -> None:
    graph, wrong, misplaced = signs(RELATIONS)
    assert rejected(graph, "SignShape") == wrong
    assert rejected(graph, "ObjectDirection") == misplaced


def test_the_reference_engine_says_the_same_of_signs() -> None:
    graph, wrong, misplaced = signs([*RELATIONS[::9], SCHEMA.relations["characterised by"]])
    assert rejected_by_reference(graph, "SignShape") == wrong
    assert rejected_by_reference(graph, "ObjectDirection") == misplaced


def test_a_proposition_is_causal_where_its_relation_is() -> None:
    graph, wrong = Graph(), set[tuple[str, str]]()
    for relation, said in product(RELATIONS, (True, False)):
        node = claim(graph, f"{relation.iri.removeprefix(BASE)}-{said}", relation, "Molecule", "Cell")
        graph.add((node, MGO.causal, Literal(said)))
        if said != relation.causal:
            wrong.add((str(node), "CausalShape"))
    assert rejected(graph, "CausalShape") == wrong
