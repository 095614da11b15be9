"""What follows by rule, each conclusion with its trail back to what was written.

The rules are those of OWL 2 RL that the ontology uses: class and property trees, equivalence, domain, range,
hasValue, allValuesFrom, someValuesFrom, intersection, union, inverse, symmetric and transitive properties,
chains; and what contradicts: disjointness, complement, owl:Nothing, literals of the wrong type. They are
sound: whatever they find does follow. That they find everything is for HermiT to say (see `reason`).
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import pyoxigraph as ox

from mgonto.names import PREFIXES
from mgonto.reasoning.literals import fits, is_well_formed

__all__ = ["TYPE", "Axiom", "Clash", "Derivation", "Fact", "Node", "Ontology", "Step"]

_OWL, _RDFS, _RDF = PREFIXES["owl"], PREFIXES["rdfs"], PREFIXES["rdf"]
TYPE = _RDF + "type"
_THING, _NOTHING = _OWL + "Thing", _OWL + "Nothing"
_RESERVED = (_OWL, _RDFS, _RDF)
_DATA = frozenset({_OWL + "DatatypeProperty"})

#: An IRI, a blank node as `_:label`, or a literal.
Node: TypeAlias = "str | ox.Literal"


class Fact(NamedTuple):
    """A triple about individuals; with `TYPE` as its property, a membership."""

    subject: str
    property: str
    value: Node


class Axiom(NamedTuple):
    """An axiom in the form in which a rule uses it: its kind, and what it speaks of."""

    kind: str
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """How a fact was come by: from which facts and by which axiom; both empty where it was written down."""

    premises: tuple[Fact, ...] = ()
    axiom: Axiom | None = None


@dataclass(frozen=True, slots=True)
class Clash:
    """Facts that cannot be true together, and why."""

    facts: tuple[Fact, ...]
    axiom: Axiom


class Ontology:
    """The axioms of some triples, indexed for the rules, and the facts among the triples.

    Args:
        triples: what was written; annotations among them are passed over.
    """

    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        self._about: dict[str, dict[str, list[Node]]] = defaultdict(lambda: defaultdict(list))
        self.facts: dict[Fact, ox.Triple] = {}
        #: Class to broader class with the axiom; property to broader property.
        self.broader: dict[str, list[tuple[str, Axiom]]] = defaultdict(list)
        self.broader_properties: dict[str, list[tuple[str, Axiom]]] = defaultdict(list)
        self.domains: dict[str, list[tuple[str, Axiom]]] = defaultdict(list)
        self.ranges: dict[str, list[tuple[str, Axiom]]] = defaultdict(list)
        self.inverses: dict[str, list[tuple[str, Axiom]]] = defaultdict(list)
        self.transitive: dict[str, Axiom] = {}
        self.chains: list[tuple[str, tuple[str, ...], Axiom]] = []
        self.data_functional: dict[str, Axiom] = {}
        self.irreflexive: dict[str, Axiom] = {}
        self.asymmetric: dict[str, Axiom] = {}
        #: Class to what its members have: value of a property, kind of all values, parts of an intersection.
        self.has: dict[str, list[tuple[str, Node, Axiom]]] = defaultdict(list)
        self.only: dict[str, list[tuple[str, str, Axiom]]] = defaultdict(list)
        #: How a class is recognised: by a value, by the class of a value, by all or one of several classes.
        self.by_value: dict[tuple[str, Node], list[tuple[str, Axiom]]] = defaultdict(list)
        self.by_kind: dict[str, list[tuple[str, str, Axiom]]] = defaultdict(list)
        self.by_all: dict[str, list[tuple[str, tuple[str, ...], Axiom]]] = defaultdict(list)
        self.disjoint: dict[str, list[tuple[str, Axiom]]] = defaultdict(list)
        kept = list(triples)
        kinds: dict[str, set[str]] = defaultdict(set)
        for triple in kept:
            if triple.predicate.value == TYPE:
                kinds[str(_key(triple.subject))].add(str(_key(triple.object)))
        self._kinds = kinds
        #: What is about individuals or axioms; the rest is annotation.
        self.logical: list[ox.Triple] = []
        for triple in kept:
            if self._take(triple):
                self.logical.append(triple)
        self.classes = {
            each
            for each, found in kinds.items()
            if _OWL + "Class" in found and not each.startswith(("_:", *_RESERVED))
        }
        for one in list(self._about):
            self._read(one)

    def _take(self, triple: ox.Triple) -> bool:
        subject, prop, value = _key(triple.subject), triple.predicate.value, _key(triple.object)
        assert isinstance(subject, str)
        if prop == TYPE:
            if str(value).startswith(_RESERVED):
                self._about[subject][prop].append(value)
                return value != _OWL + "Axiom"
            self.facts.setdefault(Fact(subject, prop, value), triple)
            return True
        if prop.startswith(_RESERVED):
            if prop in _NO_AXIOM:
                return False
            self._about[subject][prop].append(value)
            return True
        kinds = self._kinds.get(prop, ())
        if _OWL + "ObjectProperty" in kinds or _OWL + "DatatypeProperty" in kinds:
            self.facts.setdefault(Fact(subject, prop, value), triple)
            return True
        return False

    def kind_of(self, node: str, name: str) -> bool:
        """Whether a node is declared as one of OWL's kinds, `DatatypeProperty` say."""
        return _OWL + name in self._kinds.get(node, ())

    def expression(self, node: str) -> Mapping[str, list[Node]]:
        """The triples of OWL's own vocabulary about a node."""
        return self._about.get(node, {})

    def items(self, node: Node) -> tuple[Node, ...]:
        """The items of an RDF list."""
        found: list[Node] = []
        while isinstance(node, str) and node != _RDF + "nil" and len(found) < 10_000:
            there = self._about.get(node, {})
            found += there.get(_RDF + "first", [])
            node = next(iter(there.get(_RDF + "rest", [])), _RDF + "nil")
        return tuple(found)

    def _read(self, one: str) -> None:
        about = self._about[one]

        def each(name: str) -> Iterator[str]:
            for space in (_OWL, _RDFS):
                for value in about.get(space + name, ()):
                    if isinstance(value, str):
                        yield value

        for other in each("subClassOf"):
            self.broader[one].append((other, Axiom("subclass", (one, other))))
        for other in each("equivalentClass"):
            self.broader[one].append((other, Axiom("equivalent", (one, other))))
            self.broader[other].append((one, Axiom("equivalent", (one, other))))
        for other in each("disjointWith"):
            self._disjoint(one, other)
        for other in each("complementOf"):
            axiom = Axiom("complement", (one, other))
            self.disjoint[one].append((other, axiom))
            self.disjoint[other].append((one, axiom))
        for other in each("subPropertyOf"):
            self.broader_properties[one].append((other, Axiom("subproperty", (one, other))))
        for other in each("equivalentProperty"):
            axiom = Axiom("subproperty", (one, other))
            self.broader_properties[one].append((other, axiom))
            self.broader_properties[other].append((one, axiom))
        for other in each("domain"):
            self.domains[one].append((other, Axiom("domain", (one, other))))
        for other in each("range"):
            self.ranges[one].append((other, Axiom("range", (one, other))))
        for other in each("inverseOf"):
            axiom = Axiom("inverse", (one, other))
            self.inverses[one].append((other, axiom))
            self.inverses[other].append((one, axiom))
        for head in about.get(_OWL + "propertyChainAxiom", ()):
            links = tuple(str(link) for link in self.items(head))
            self.chains.append((one, links, Axiom("chain", (one, *links))))
        self._read_kinds(one)
        self._read_expression(one, about)

    def _read_kinds(self, one: str) -> None:
        kinds = self._kinds.get(one, set())
        if _OWL + "SymmetricProperty" in kinds:
            self.inverses[one].append((one, Axiom("symmetric", (one,))))
        if _OWL + "TransitiveProperty" in kinds:
            self.transitive[one] = Axiom("transitive", (one,))
        if _OWL + "FunctionalProperty" in kinds and _DATA & kinds:
            self.data_functional[one] = Axiom("functional", (one,))
        if _OWL + "IrreflexiveProperty" in kinds:
            self.irreflexive[one] = Axiom("irreflexive", (one,))
        if _OWL + "AsymmetricProperty" in kinds:
            self.asymmetric[one] = Axiom("asymmetric", (one,))
        if _OWL + "AllDisjointClasses" in kinds:
            members = [str(each) for head in self._about[one][_OWL + "members"] for each in self.items(head)]
            for at, left in enumerate(members):
                for right in members[at + 1 :]:
                    self._disjoint(left, right)

    def _read_expression(self, one: str, about: Mapping[str, Sequence[Node]]) -> None:
        def first(name: str) -> Node | None:
            return next(iter(about.get(_OWL + name, ())), None)

        prop = first("onProperty")
        if isinstance(prop, str):
            value, only, some = first("hasValue"), first("allValuesFrom"), first("someValuesFrom")
            if value is not None:
                axiom = Axiom("value", (one, prop, value))
                self.has[one].append((prop, value, axiom))
                self.by_value[prop, value].append((one, axiom))
            if isinstance(only, str):
                self.only[one].append((prop, only, Axiom("only", (one, prop, only))))
            if isinstance(some, str):
                self.by_kind[prop].append((one, some, Axiom("some", (one, prop, some))))
        for head in about.get(_OWL + "intersectionOf", ()):
            parts = tuple(str(each) for each in self.items(head))
            axiom = Axiom("and", (one, *parts))
            for part in parts:
                self.broader[one].append((part, axiom))
                self.by_all[part].append((one, parts, axiom))
        for name in ("unionOf", "disjointUnionOf"):
            for head in about.get(_OWL + name, ()):
                parts = tuple(str(each) for each in self.items(head))
                for part in parts:
                    self.broader[part].append((one, Axiom("or", (one, *parts))))
                if name == "disjointUnionOf":
                    for at, left in enumerate(parts):
                        for right in parts[at + 1 :]:
                            self._disjoint(left, right)

    def _disjoint(self, left: str, right: str) -> None:
        axiom = Axiom("disjoint", (left, right))
        self.disjoint[left].append((right, axiom))
        self.disjoint[right].append((left, axiom))


#: Of OWL's own vocabulary, what says nothing about members of classes.
_NO_AXIOM = {_RDFS + name for name in ("label", "comment", "seeAlso", "isDefinedBy")} | {
    _OWL + name
    for name in (
        *("imports", "versionInfo", "versionIRI", "priorVersion", "deprecated", "backwardCompatibleWith"),
        *("incompatibleWith", "annotatedSource", "annotatedProperty", "annotatedTarget"),
    )
}


class Derivation:
    """The facts that follow, each with the step that gave it first.

    Args:
        ontology: the axioms.
        facts: where to start: the ontology's own facts unless told.
    """

    def __init__(self, ontology: Ontology, facts: Iterable[Fact] | None = None) -> None:
        self._ontology = ontology
        self.steps: dict[Fact, Step] = {}
        self.clashes: list[Clash] = []
        #: Classes by individual, in the order in which they were found.
        self.types: dict[str, dict[str, None]] = defaultdict(dict)
        self._out: dict[tuple[str, str], list[Node]] = defaultdict(list)
        self._into: dict[tuple[str, Node], list[str]] = defaultdict(list)
        self._queue: deque[Fact] = deque()
        self.extend(ontology.facts if facts is None else facts)

    def extend(self, facts: Iterable[Fact]) -> None:
        """Take in further facts and all that follows from them.

        Memberships first: what somebody wrote of an individual explains more than what a property demands.
        """
        given = list(facts)
        for fact in given:
            if fact.property == TYPE:
                self._add(fact, Step())
        self._run()
        for fact in given:
            self._add(fact, Step())
        self._run()

    def _run(self) -> None:
        while self._queue:
            fact = self._queue.popleft()
            if fact.property == TYPE:
                self._membership(fact)
            else:
                self._relation(fact)

    def trail(self, facts: Iterable[Fact]) -> list[Fact]:
        """The facts that these rest on, what was written first, each once."""
        found: dict[Fact, None] = {}
        pending = [(each, False) for each in facts]
        while pending:
            fact, seen = pending.pop()
            if fact in found:
                continue
            if seen:
                found[fact] = None
            else:
                pending.append((fact, True))
                pending += [(each, False) for each in self.steps[fact].premises]
        return list(found)

    def _add(self, fact: Fact, step: Step) -> None:
        if fact in self.steps or fact.value == _THING:
            return
        self.steps[fact] = step
        if fact.property == TYPE:
            self.types[fact.subject][str(fact.value)] = None
        else:
            self._out[fact.subject, fact.property].append(fact.value)
            self._into[fact.property, fact.value].append(fact.subject)
        self._queue.append(fact)

    def _membership(self, fact: Fact) -> None:
        one, kind, know = fact.subject, str(fact.value), self._ontology
        if kind == _NOTHING:
            self.clashes.append(Clash((fact,), Axiom("nothing", ())))
        for other, axiom in know.disjoint.get(kind, ()):
            if other in self.types[one]:
                both = (fact, Fact(one, TYPE, other))
                self.clashes.append(Clash(both if axiom.parts[0] == kind else both[::-1], axiom))
        for other, axiom in know.broader.get(kind, ()):
            self._add(Fact(one, TYPE, other), Step((fact,), axiom))
        for prop, value, axiom in know.has.get(kind, ()):
            self._add(Fact(one, prop, value), Step((fact,), axiom))
        for prop, filler, axiom in know.only.get(kind, ()):
            for value in self._out.get((one, prop), ()):
                self._fill(Fact(one, prop, value), fact, filler, axiom)
        for whole, parts, axiom in know.by_all.get(kind, ()):
            if all(part in self.types[one] for part in parts):
                premises = tuple(Fact(one, TYPE, part) for part in parts)
                self._add(Fact(one, TYPE, whole), Step(premises, axiom))
        for prop, restrictions in know.by_kind.items():
            for whole, filler, axiom in restrictions:
                if filler == kind:
                    for subject in self._into.get((prop, one), ()):
                        premises = (Fact(subject, prop, one), fact)
                        self._add(Fact(subject, TYPE, whole), Step(premises, axiom))

    def _relation(self, fact: Fact) -> None:
        one, prop, value = fact
        know = self._ontology
        for kind, axiom in know.domains.get(prop, ()):
            self._add(Fact(one, TYPE, kind), Step((fact,), axiom))
        for kind, axiom in know.ranges.get(prop, ()):
            self._fill(fact, None, kind, axiom)
        for whole, axiom in know.by_value.get((prop, value), ()):
            self._add(Fact(one, TYPE, whole), Step((fact,), axiom))
        for kind in list(self.types.get(one, ())):
            for where, filler, axiom in know.only.get(kind, ()):
                if where == prop:
                    self._fill(fact, Fact(one, TYPE, kind), filler, axiom)
        for broader, axiom in know.broader_properties.get(prop, ()):
            self._add(Fact(one, broader, value), Step((fact,), axiom))
        if isinstance(value, str):
            self._between(fact, value)
        else:
            self._literal(fact, value)

    def _between(self, fact: Fact, value: str) -> None:
        one, prop, know = fact.subject, fact.property, self._ontology
        for whole, filler, axiom in know.by_kind.get(prop, ()):
            membership = Fact(value, TYPE, filler)
            if filler == _THING:
                self._add(Fact(one, TYPE, whole), Step((fact,), axiom))
            elif membership in self.steps:
                self._add(Fact(one, TYPE, whole), Step((fact, membership), axiom))
        for other, axiom in know.inverses.get(prop, ()):
            self._add(Fact(value, other, one), Step((fact,), axiom))
        if prop in know.transitive:
            axiom = know.transitive[prop]
            for far in list(self._out.get((value, prop), ())):
                self._add(Fact(one, prop, far), Step((fact, Fact(value, prop, far)), axiom))
            for near in list(self._into.get((prop, one), ())):
                self._add(Fact(near, prop, value), Step((Fact(near, prop, one), fact), axiom))
        for made, links, axiom in know.chains:
            if prop in links:
                self._chain(made, links, axiom)
        if one == value and prop in know.irreflexive:
            self.clashes.append(Clash((fact,), know.irreflexive[prop]))
        if prop in know.asymmetric and Fact(value, prop, one) in self.steps:
            self.clashes.append(Clash((fact, Fact(value, prop, one)), know.asymmetric[prop]))

    def _chain(self, made: str, links: tuple[str, ...], axiom: Axiom) -> None:
        ends: list[tuple[str, Node, tuple[Fact, ...]]] = [
            (subject, value, (Fact(subject, prop, value),))
            for (subject, prop), values in list(self._out.items())
            if prop == links[0]
            for value in values
        ]
        for link in links[1:]:
            ends = [
                (start, far, (*via, Fact(str(end), link, far)))
                for start, end, via in ends
                if isinstance(end, str)
                for far in self._out.get((end, link), ())
            ]
        for start, end, via in ends:
            self._add(Fact(start, made, end), Step(via, axiom))

    def _literal(self, fact: Fact, value: ox.Literal) -> None:
        know = self._ontology
        if not is_well_formed(value):
            self.clashes.append(Clash((fact,), Axiom("malformed", (fact.property, value))))
        others = [each for each in self._out[fact.subject, fact.property] if each != value]
        if others and fact.property in know.data_functional:
            clash = Clash(
                (fact, Fact(fact.subject, fact.property, others[0])), know.data_functional[fact.property]
            )
            self.clashes.append(clash)

    def _fill(self, fact: Fact, owner: Fact | None, kind: str, axiom: Axiom) -> None:
        """The value of `fact` must be of `kind`: say so of an individual, check it of a literal."""
        premises = (fact,) if owner is None else (fact, owner)
        if isinstance(fact.value, str):
            self._add(Fact(fact.value, TYPE, kind), Step(premises, axiom))
        elif not fits(fact.value, kind):
            self.clashes.append(Clash(premises, axiom))


def _key(node: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> Node:
    if isinstance(node, ox.NamedNode):
        return node.value
    if isinstance(node, ox.Literal):
        return node
    return str(node)
