"""Asking a reasoner: each question in a thread with a time limit, and on no more axioms than it needs.

HermiT decides class by class, and for each class goes through all individuals when the axioms name some. On
the release that takes 100 s for the class tree and the types. Asked about the axioms alone, and about the
individuals without the classes that none of them can be in, it gives the same answers in a tenth of that.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from tools.gate.owlapi import java, java_message, jpype_module, new_manager

__all__ = [
    "ELK",
    "HERMIT",
    "OPENLLET",
    "Tree",
    "UndecidedError",
    "ask",
    "class_tree",
    "copy_of",
    "new_reasoner",
    "populated",
    "terminology",
    "types_of",
    "with_members",
]

Answer = TypeVar("Answer")
#: IRI of a class or individual to the IRIs of its broader classes or types.
Tree = dict[str, frozenset[str]]

HERMIT, OPENLLET, ELK = "HermiT", "Openllet", "ELK"
FACTORIES = {
    HERMIT: "org.semanticweb.HermiT.ReasonerFactory",
    OPENLLET: "openllet.owlapi.OpenlletReasonerFactory",
    ELK: "org.semanticweb.elk.owlapi.ElkReasonerFactory",
}
THING = "http://www.w3.org/2002/07/owl#Thing"
NOTHING = "http://www.w3.org/2002/07/owl#Nothing"
#: Axioms about individuals.
FACTS = frozenset(
    {
        *("ClassAssertion", "ObjectPropertyAssertion", "DataPropertyAssertion", "SameIndividual"),
        *("DifferentIndividuals", "NegativeObjectPropertyAssertion", "NegativeDataPropertyAssertion"),
    }
)
ANNOTATIONS = frozenset(
    {
        *("AnnotationAssertion", "AnnotationPropertyRangeOf", "AnnotationPropertyDomain"),
        "SubAnnotationPropertyOf",
    }
)


class UndecidedError(Exception):
    """A check came to no answer; the message says why."""


def new_reasoner(name: str, ontology: Any) -> Any:
    """A reasoner over an ontology."""
    return java(FACTORIES[name])().createReasoner(ontology)


def ask(name: str, ontology: Any, timeout: float, question: Callable[[Any], Answer]) -> Answer:
    """Ask a new reasoner a question; UndecidedError when it refuses or needs more than `timeout` seconds.

    It works in a thread of its own: HermiT can be interrupted while it reasons, but not while it loads.
    """
    reasoners: list[Any] = []
    answers: list[Answer] = []
    errors: list[Exception] = []

    def work() -> None:
        try:
            reasoners.append(new_reasoner(name, ontology))
            answers.append(question(reasoners[0]))
        except Exception as error:  # carried over to the caller's thread
            errors.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(timeout)
    if thread.is_alive():
        for reasoner in reasoners:
            reasoner.interrupt()
        raise UndecidedError(f"{name} did not end within {timeout:g} s")
    for error in errors:
        if isinstance(error, jpype_module().JException):
            raise UndecidedError(f"{name} refuses: {java_message(error)}") from error
        raise error
    return answers[0]


def class_tree(reasoner: Any) -> Tree:
    """Each named class with all that are broader; an empty class with owl:Nothing alone."""
    kinds = java("org.semanticweb.owlapi.reasoner.InferenceType")
    reasoner.precomputeInferences(kinds.CLASS_HIERARCHY)
    empty = _iris(reasoner.getUnsatisfiableClasses().getEntities())
    found = {}
    for named in reasoner.getRootOntology().getClassesInSignature():
        iri = str(named.getIRI())
        if iri in (THING, NOTHING):
            continue
        same = _iris(reasoner.getEquivalentClasses(named).getEntities()) - {iri}
        above = _iris(reasoner.getSuperClasses(named, False).getFlattened())
        found[iri] = frozenset({NOTHING}) if iri in empty else frozenset((above | same) - {THING})
    return found


def types_of(reasoner: Any) -> Tree:
    """Each named individual with all its named classes."""
    found = {}
    for one in reasoner.getRootOntology().getIndividualsInSignature():
        kinds = _iris(reasoner.getTypes(one, False).getFlattened()) - {THING}
        found[str(one.getIRI())] = frozenset(kinds)
    return found


def copy_of(axioms: Iterable[Any]) -> Any:
    """A new ontology of some axioms."""
    manager = new_manager()
    copy = manager.createOntology()
    chosen = java("java.util.HashSet")()
    for axiom in axioms:
        chosen.add(axiom)
    manager.addAxioms(copy, chosen)
    return copy


def terminology(ontology: Any) -> Any:
    """The axioms about classes and properties, and the facts about those individuals that they name."""
    axioms, facts, named = [], [], set()
    for axiom in ontology.getAxioms():
        kind = str(axiom.getAxiomType())
        if kind in FACTS:
            facts.append(axiom)
        elif kind not in ANNOTATIONS and not _declares_individual(axiom):
            axioms.append(axiom)
            named |= _iris(axiom.getIndividualsInSignature())
    axioms += [each for each in facts if _iris(each.getIndividualsInSignature()) <= named]
    return copy_of(axioms)


def populated(ontology: Any) -> Any:
    """The ontology without annotations and without the classes that no individual can be in.

    A class is left out where no fact, domain, range or class expression names it and none of the classes
    below it is named so either: then nothing can be shown to be in it.
    """
    used: set[str] = set()
    broader: dict[str, set[str]] = {}
    for axiom in ontology.getAxioms():
        kind = str(axiom.getAxiomType())
        if kind == "SubClassOf" and not axiom.getSubClass().isAnonymous():
            above = broader.setdefault(str(axiom.getSubClass().getIRI()), set())
            above |= _iris(axiom.getSuperClass().getClassesInSignature())
        elif kind not in ("DisjointClasses", "Declaration"):
            used |= _iris(axiom.getClassesInSignature())
    pending = list(used)
    while pending:
        for iri in broader.get(pending.pop(), set()) - used:
            used.add(iri)
            pending.append(iri)
    return copy_of(
        axiom
        for axiom in ontology.getAxioms()
        if str(axiom.getAxiomType()) not in ANNOTATIONS and _iris(axiom.getClassesInSignature()) <= used
    )


def with_members(ontology: Any) -> Any:
    """A copy of an ontology in which each named class, other than owl:Nothing, has a member of its own."""
    copy = copy_of(ontology.getAxioms())
    manager = copy.getOWLOntologyManager()
    factory = manager.getOWLDataFactory()
    members = java("java.util.HashSet")()
    for named in ontology.getClassesInSignature():
        if not named.isOWLNothing():
            members.add(factory.getOWLClassAssertionAxiom(named, factory.getOWLAnonymousIndividual()))
    manager.addAxioms(copy, members)
    return copy


def _declares_individual(axiom: Any) -> bool:
    return str(axiom.getAxiomType()) == "Declaration" and axiom.getEntity().isOWLNamedIndividual()


def _iris(entities: Any) -> set[str]:
    return {str(entity.getIRI()) for entity in entities}
