"""Why an ontology contradicts itself, or a class must be empty: the axioms that it takes, none to spare."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tools.gate.owlapi import java, jpype_module, shorten
from tools.gate.reasoners import ANNOTATIONS, FACTORIES, HERMIT, UndecidedError, copy_of, terminology

__all__ = ["explain_contradiction", "explain_empty_class"]

EXPLANATIONS = (
    "org.semanticweb.owl.explanation.impl.blackbox.checker.InconsistentOntologyExplanationGeneratorFactory"
)
MEMBER = "urn:x-mgonto:a-member"


def explain_contradiction(ontology: Any, timeout: float) -> Iterator[str]:
    """The axioms of one contradiction, sorted; a line that says so where the time is up."""
    logical = copy_of(axiom for axiom in ontology.getAxioms() if str(axiom.getAxiomType()) not in ANNOTATIONS)
    yield from (f"because: {line}" for line in _axioms(logical, timeout))


def explain_empty_class(ontology: Any, iri: str, timeout: float) -> Iterator[str]:
    """The axioms for which a class can have no member: those of the contradiction that a member makes."""
    small = terminology(ontology)
    manager = small.getOWLOntologyManager()
    factory = manager.getOWLDataFactory()
    name = java("org.semanticweb.owlapi.model.IRI").create
    member = factory.getOWLNamedIndividual(name(MEMBER))
    manager.addAxiom(small, factory.getOWLClassAssertionAxiom(factory.getOWLClass(name(iri)), member))
    yield from (f"because: {line}" for line in _axioms(small, timeout) if MEMBER not in line)


def _axioms(ontology: Any, timeout: float) -> list[str]:
    hermit = java(FACTORIES[HERMIT])()
    factory = ontology.getOWLOntologyManager().getOWLDataFactory()
    nothing = factory.getOWLSubClassOfAxiom(factory.getOWLThing(), factory.getOWLNothing())

    # The library looks at the clock by itself, in milliseconds and only between two questions.
    generators = java(EXPLANATIONS)(hermit, int(timeout * 1000))
    try:
        found = generators.createExplanationGenerator(ontology).getExplanations(nothing, 1)
        lines = sorted(shorten(axiom) for one in found for axiom in one.getAxioms())
    except (UndecidedError, jpype_module().JException):
        lines = []
    return lines or [f"no explanation was found within {timeout:g} s"]
