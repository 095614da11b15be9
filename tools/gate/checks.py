"""The checks: each takes an ontology and a time limit and gives violations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations
from typing import Any

from tools.gate.explain import explain_contradiction, explain_empty_class
from tools.gate.owlapi import java, shorten
from tools.gate.reasoners import (
    ELK,
    HERMIT,
    NOTHING,
    OPENLLET,
    Tree,
    UndecidedError,
    ask,
    class_tree,
    populated,
    terminology,
    types_of,
    with_members,
)

__all__ = ["CHECKS", "PARSE", "SAME", "Check", "count_differences", "inferences"]

EXPLAINED = 3


def check_imports(ontology: Any, timeout: float) -> Iterator[str]:
    """One violation for each owl:imports."""
    for declaration in ontology.getImportsDeclarations():
        yield f"imports <{declaration.getIRI()}>: what ships imports nothing"


def check_owl_2_dl(ontology: Any, timeout: float) -> Iterator[str]:
    """Violations of the OWL 2 DL profile."""
    yield from double_kinds(ontology)
    yield from profile_violations(ontology, "OWL2DLProfile")


def check_owl_2_rl(ontology: Any, timeout: float) -> Iterator[str]:
    """Violations of the OWL 2 RL profile; a file that is not OWL 2 DL is not OWL 2 RL either."""
    yield from double_kinds(ontology)
    yield from profile_violations(ontology, "OWL2RLProfile")


def check_consistent(ontology: Any, timeout: float) -> Iterator[str]:
    """One violation when HermiT finds that the ontology contradicts itself, and the axioms of one reason."""
    if not ask(HERMIT, ontology, timeout, is_consistent):
        yield "the ontology contradicts itself: no model exists"
        yield from explain_contradiction(ontology, timeout)


def check_satisfiable(ontology: Any, timeout: float) -> Iterator[str]:
    """One violation for each named class, other than owl:Nothing, that can have no member.

    Asking HermiT class by class is slow where there are many individuals (32 s for 600 classes and 3,000
    individuals). When all classes can have a member at once, which one question settles, each of them can;
    only when they cannot is every class looked at.
    """
    if ask(HERMIT, with_members(ontology), timeout, is_consistent):
        return
    for at, iri in enumerate(ask(HERMIT, ontology, timeout, empty_classes)):
        yield f"can have no member: {shorten(f'<{iri}>')}"
        if at < EXPLAINED:
            yield from explain_empty_class(ontology, iri, timeout)


def check_equivalent(ontology: Any, timeout: float) -> Iterator[str]:
    """One violation for each pair of named classes that come out the same though no axiom says so."""
    if not ask(HERMIT, ontology, timeout, is_consistent):
        raise UndecidedError("the ontology contradicts itself")
    tree = ask(HERMIT, terminology(ontology), timeout, class_tree)
    said = asserted_equivalences(ontology)
    for one, above in sorted(tree.items()):
        for other in sorted(above):
            if one < other and one in tree.get(other, ()) and (one, other) not in said:
                yield f"the same, but no axiom says so: {shorten(f'<{one}>')} and {shorten(f'<{other}>')}"


def check_agreement(ontology: Any, timeout: float) -> Iterator[str]:
    """Openllet must say of consistency, class tree and types what HermiT says; ELK no more than it.

    ELK knows the profile EL only and passes over other axioms, so it may miss what HermiT finds.
    """
    verdict = ask(HERMIT, ontology, timeout, is_consistent)
    for name in (OPENLLET, ELK):
        other = ask(name, ontology, timeout, is_consistent)
        if other != verdict and not (name == ELK and other):
            yield f"{name} says {'consistent' if other else 'inconsistent'}, HermiT the opposite"
            return
    if not verdict:
        return
    tree, types = inferences(ontology, timeout)
    theirs, their_types = ask(
        OPENLLET, ontology, timeout, lambda reasoner: (class_tree(reasoner), types_of(reasoner))
    )
    yield from differences("is below", OPENLLET, theirs, HERMIT, tree)
    yield from differences("is below", HERMIT, tree, OPENLLET, theirs)
    yield from differences("is of type", OPENLLET, their_types, HERMIT, types)
    yield from differences("is of type", HERMIT, types, OPENLLET, their_types)
    theirs = ask(ELK, ontology, timeout, class_tree)
    yield from differences("is below", ELK, theirs, HERMIT, tree)


def inferences(ontology: Any, timeout: float) -> tuple[Tree, Tree]:
    """HermiT's class tree and types of individuals."""
    tree = ask(HERMIT, terminology(ontology), timeout, class_tree)
    return tree, ask(HERMIT, populated(ontology), timeout, realised)


def realised(reasoner: Any) -> Tree:
    """The types after the reasoner has worked out all of them at once."""
    kinds = java("org.semanticweb.owlapi.reasoner.InferenceType")
    reasoner.precomputeInferences(kinds.CLASS_HIERARCHY, kinds.CLASS_ASSERTIONS)
    return types_of(reasoner)


def differences(what: str, one: str, found: Tree, other: str, known: Tree) -> Iterator[str]:
    """What reasoner `one` finds and `other` does not."""
    for iri, above in sorted(found.items()):
        for each in sorted(above - known.get(iri, frozenset())):
            if known.get(iri) != frozenset({NOTHING}):
                yield f"{one}, not {other}: {shorten(f'<{iri}>')} {what} {shorten(f'<{each}>')}"


def asserted_equivalences(ontology: Any) -> set[tuple[str, str]]:
    """Pairs of named classes that an axiom calls the same, directly or over others, the lesser IRI first."""
    group: dict[str, set[str]] = {}
    for axiom in ontology.getAxioms():
        if str(axiom.getAxiomType()) == "EquivalentClasses":
            named = {str(each.getIRI()) for each in axiom.getNamedClasses()}
            joined = named.union(*(group.get(each, set()) for each in named))
            group.update(dict.fromkeys(joined, joined))
    return {pair for members in group.values() for pair in combinations(sorted(members), 2)}


Check = Callable[[Any, float], Iterable[str]]
PARSE, SAME = "parse", "same-axioms"
CHECKS: tuple[tuple[str, Check], ...] = (
    ("imports", check_imports),
    ("owl-2-dl", check_owl_2_dl),
    ("owl-2-rl", check_owl_2_rl),
    ("consistent", check_consistent),
    ("satisfiable", check_satisfiable),
    ("equivalent", check_equivalent),
    ("agreement", check_agreement),
)


def count_differences(ontologies: Sequence[tuple[str, Any]]) -> Iterator[str]:
    """Where files that should hold the same ontology hold different numbers of axioms, kind by kind."""
    counts = [(name, axiom_counts(ontology)) for name, ontology in ontologies]
    (first, expected), *others = counts
    for name, found in others:
        for kind in sorted(expected.keys() | found.keys()):
            if expected[kind] != found[kind]:
                yield f"{kind}: {expected[kind]} in {first}, {found[kind]} in {name}"


def axiom_counts(ontology: Any) -> Counter[str]:
    """How many axioms of each kind, and how many annotations of the ontology itself."""
    counts = Counter(str(axiom.getAxiomType()) for axiom in ontology.getAxioms())
    counts["ontology annotation"] = ontology.getAnnotations().size()
    return counts


def is_consistent(reasoner: Any) -> bool:
    """Whether a reasoner finds a model."""
    return bool(reasoner.isConsistent())


def empty_classes(reasoner: Any) -> list[str]:
    """The unsatisfiable named classes, sorted; an undecided check where the ontology is inconsistent."""
    if not reasoner.isConsistent():
        raise UndecidedError("the ontology contradicts itself")
    found = reasoner.getUnsatisfiableClasses().getEntitiesMinusBottom()
    return sorted(str(entity.getIRI()) for entity in found)


def profile_violations(ontology: Any, profile: str) -> list[str]:
    """The violations of an OWLAPI profile, sorted."""
    report = java(f"org.semanticweb.owlapi.profiles.{profile}")().checkOntology(ontology)
    return sorted(shorten(violation) for violation in report.getViolations())


def double_kinds(ontology: Any) -> Iterator[str]:
    """IRIs of two kinds that OWL 2 DL keeps apart; OWLAPI misses those that no axiom uses."""
    properties = {
        "an annotation property": iris(ontology.getAnnotationPropertiesInSignature()),
        "a data property": iris(ontology.getDataPropertiesInSignature()),
        "an object property": iris(ontology.getObjectPropertiesInSignature()),
    }
    types = {
        "a class": iris(ontology.getClassesInSignature()),
        "a datatype": iris(ontology.getDatatypesInSignature()),
    }
    for kinds in (properties, types):
        for one, other in combinations(kinds, 2):
            for iri in sorted(kinds[one] & kinds[other]):
                yield f"{shorten(iri)} is both {one} and {other}"


def iris(entities: Any) -> set[str]:
    """The IRIs of Java entities, in angle brackets."""
    return {f"<{entity.getIRI()}>" for entity in entities}
