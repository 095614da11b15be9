"""The inferred graph holds the types that follow, no others, and changes no answer."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

import mgonto
from mgonto.graph.build import build_release
from mgonto.graph.inferred import infer_types
from mgonto.names import BASE, graph_iri
from mgonto.query.lexical import Terms
from mgonto.query.library import query_text
from mgonto.reasoning.rules import TYPE, Derivation, Ontology
from tests.compiler.demo import Checkout

INFERRED = ox.NamedNode(graph_iri("inferred"))


@pytest.fixture(scope="module")
def release() -> list[ox.Quad]:
    return mgonto.load().quads()


def memberships(quads: list[ox.Quad]) -> set[tuple[str, str]]:
    """Individual and class, of the inferred graph."""
    return {
        (quad.subject.value, quad.object.value)
        for quad in quads
        if quad.graph_name == INFERRED
        and isinstance(quad.subject, ox.NamedNode)
        and isinstance(quad.object, ox.NamedNode)
    }


def asserted(quads: list[ox.Quad]) -> list[ox.Quad]:
    return [quad for quad in quads if quad.graph_name != INFERRED]


def test_it_holds_types_of_named_things_that_nobody_wrote(release: list[ox.Quad]) -> None:
    made = [quad for quad in release if quad.graph_name == INFERRED]
    assert made
    assert {quad.predicate.value for quad in made} == {TYPE}
    assert all(isinstance(quad.subject, ox.NamedNode) for quad in made)
    assert not {quad.triple for quad in made} & {quad.triple for quad in asserted(release)}


def test_it_agrees_with_the_rules_of_the_reasoner(release: list[ox.Quad]) -> None:
    # Two ways to the same types: SPARQL here, forward chaining with trails there.
    found = Derivation(Ontology(quad.triple for quad in asserted(release)))
    derived = {
        (fact.subject, fact.value)
        for fact, step in found.steps.items()
        if fact.property == TYPE and step.premises and not str(fact.value).startswith("_:")
    }
    assert memberships(release) == derived


def test_it_has_the_umbrella_of_a_term_and_the_class_of_a_proposition(release: list[ox.Quad]) -> None:
    types = memberships(release)
    assert ("http://purl.obolibrary.org/obo/CHEBI_18420", BASE + "Changeable") in types
    relation, causes = ox.NamedNode(BASE + "relation"), ox.NamedNode(BASE + "Causes")
    stated = [quad.subject for quad in release if (quad.predicate, quad.object) == (relation, causes)]
    assert stated and all((str(each)[1:-1], BASE + "CausesProposition") in types for each in stated)


def test_what_is_inferred_already_is_not_inferred_again(release: list[ox.Quad]) -> None:
    assert infer_types(release) == []


def test_it_stays_out_of_the_merged_document(demo: Checkout) -> None:
    files = build_release(demo.root).files
    assert f"<{INFERRED.value}>".encode() in files["mgonto.trig"]
    concept = b"a mgo:Concept"
    assert concept in files["mgonto.trig"].replace(b", ", b"a ") and concept not in files["mgonto.ttl"]


def test_terms_are_the_same_with_and_without_it(release: list[ox.Quad]) -> None:
    # The broader types are no kinds of terms and no closed lists; terms.rq must name a new umbrella too.
    answers = []
    for quads in (release, asserted(release)):
        store = ox.Store()
        store.extend(quads)
        rows = store.query(query_text("terms"), use_default_graph_as_union=True)
        assert isinstance(rows, ox.QuerySolutions)
        answers.append([tuple(row) for row in rows])
    assert answers[0] == answers[1]
    terms = Terms(answers[0])
    assert terms.find("magnesium").kind == "Molecule"
    assert not {"ListedValue", "InformationItem"} & set(terms.lists)


def test_edges_are_the_same_with_and_without_it(release: list[ox.Quad]) -> None:
    from mgonto.graph.edges import derive_edges

    answers = []
    for quads in (release, asserted(release)):
        store = ox.Store()
        store.extend(quads)
        answers.append({str(quad) for quad in derive_edges(store)})
    assert answers[0] == answers[1]
