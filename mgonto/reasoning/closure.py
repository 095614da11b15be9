"""Everything a reasoner should confirm, put into one question.

The rules say which classes an individual belongs to. That it belongs to no others is one question to HermiT:
are the data still consistent when every individual is denied every class that was not found? If so there is a
model in which it is in none of them, so none follows. The same with one invented member for every class gives
its broader classes, and shows that it can have a member. Asking class by class takes a hundred times as long.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

import pyoxigraph as ox

from mgonto.names import PREFIXES
from mgonto.reasoning.rules import TYPE, Derivation, Fact, Ontology

__all__ = ["MEMBER", "denials", "member_of", "member_triples", "populated"]

#: Names of invented members begin so.
MEMBER = "urn:x-mgonto:member:"
_PROFILE = "urn:x-mgonto:profile:"
_TYPE = ox.NamedNode(TYPE)
_SUB = ox.NamedNode(PREFIXES["rdfs"] + "subClassOf")
_DISJOINT = ox.NamedNode(PREFIXES["owl"] + "disjointWith")
_COMPLEMENT = ox.NamedNode(PREFIXES["owl"] + "complementOf")
_CLASS = ox.NamedNode(PREFIXES["owl"] + "Class")


def member_of(iri: str) -> Fact:
    """The membership of the invented member of a class."""
    return Fact(MEMBER + iri, TYPE, iri)


def member_triples(classes: Iterable[str]) -> list[ox.Triple]:
    """The invented members of some classes, as triples."""
    return [ox.Triple(ox.NamedNode(MEMBER + each), _TYPE, ox.NamedNode(each)) for each in sorted(classes)]


def denials(ontology: Ontology, derivation: Derivation, individuals: Collection[str]) -> Iterator[ox.Triple]:
    """Triples that deny each individual every named class that the rules did not find for it.

    Individuals with the same classes share one invented class, and of the classes to deny only the broadest
    are named, less those that disjointness denies already; otherwise there would be hundreds of thousands.
    """
    above = _broader(ontology)
    apart = {each: {other for other, _ in pairs} for each, pairs in ontology.disjoint.items()}
    profiles: dict[frozenset[str], int] = {}
    for one in sorted(individuals):
        found = frozenset(derivation.types.get(one, ()))
        number = profiles.setdefault(found, len(profiles))
        profile = ox.NamedNode(f"{_PROFILE}{number}")
        if number == len(profiles) - 1:
            yield from _profile(profile, number, _to_deny(found, ontology.classes, above, apart))
        yield ox.Triple(_node(one), _TYPE, profile)


def populated(ontology: Ontology) -> list[ox.Triple]:
    """The ontology's triples without the named classes that no individual can be shown to be in.

    Those are the classes that nothing but the class tree and disjointness speaks of, here every domain term:
    individuals are concepts. HermiT works out types class by class, and without these there are few.
    """
    facts = set(ontology.facts.values())
    spoken: set[str] = set()
    for triple in ontology.logical:
        subject, prop, value = triple
        if prop == _TYPE:
            spoken |= {_text(value)} if triple in facts else set()
        elif prop not in (_SUB, _DISJOINT):
            spoken |= set() if triple in facts else {_text(subject), _text(value)}
        elif isinstance(subject, ox.BlankNode):
            spoken.add(_text(value))
    above = _broader(ontology)
    kept = spoken.union(*(above.get(each, ()) for each in spoken))
    dropped = ontology.classes - kept
    return [
        triple
        for triple in ontology.logical
        if triple in facts or not dropped & {_text(triple.subject), _text(triple.object)}
    ]


def _text(node: object) -> str:
    return node.value if isinstance(node, ox.NamedNode) else str(node)


def _profile(profile: ox.NamedNode, number: int, denied: Iterable[str]) -> Iterator[ox.Triple]:
    yield ox.Triple(profile, _TYPE, _CLASS)
    for at, each in enumerate(denied):
        without = ox.BlankNode(f"denied{number}n{at}")
        yield ox.Triple(without, _TYPE, _CLASS)
        yield ox.Triple(without, _COMPLEMENT, ox.NamedNode(each))
        yield ox.Triple(profile, _SUB, without)


def _to_deny(
    found: frozenset[str],
    classes: Collection[str],
    above: Mapping[str, frozenset[str]],
    apart: Mapping[str, set[str]],
) -> list[str]:
    ruled_out = {other for each in found for other in apart.get(each, ())}
    missing = {each for each in classes if each not in found}
    kept = []
    for each in sorted(missing):
        higher = above[each]
        if ruled_out & (higher | {each}):
            continue
        # Of classes that are broader than each other one is enough: the first by name.
        if any(other in missing and (each not in above[other] or other < each) for other in higher):
            continue
        kept.append(each)
    return kept


def _broader(ontology: Ontology) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for each in ontology.classes:
        seen: set[str] = set()
        pending = [other for other, _ in ontology.broader.get(each, ())]
        while pending:
            other = pending.pop()
            if other not in seen and other != each:
                seen.add(other)
                pending += [further for further, _ in ontology.broader.get(other, ())]
        found[each] = frozenset(seen)
    return found


def _node(one: str) -> ox.NamedNode | ox.BlankNode:
    return ox.BlankNode(one[2:]) if one.startswith("_:") else ox.NamedNode(one)
