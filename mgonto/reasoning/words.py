"""Contradictions in words: labels for IRIs, and the broken axiom before the facts that break it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

import pyoxigraph as ox

from mgonto.names import BASE, PREFIXES, local_name, shrink
from mgonto.reasoning.closure import MEMBER
from mgonto.reasoning.rules import TYPE, Axiom, Clash, Derivation, Fact, Node, Ontology

__all__ = ["Words"]

_LABEL, _NAME = PREFIXES["rdfs"] + "label", PREFIXES["skos"] + "prefLabel"
_ASSERTS = BASE + "asserts"
_STATEMENT = BASE + "statement/"
_PREPOSITIONS = frozenset({"in", "of", "at", "under", "via", "on", "by", "from", "to", "with", "about"})
#: Steps that only climb to a broader class: of such a trail the narrowest class is told.
_CLIMBING = ("subclass", "equivalent")


class Words:
    """Says facts, axioms and clashes in the labels of the data.

    Args:
        triples: where the labels are.
        ontology: the axioms, for those that have no name.
    """

    def __init__(self, triples: Iterable[ox.Triple], ontology: Ontology) -> None:
        self._triples = list(triples)
        self._ontology = ontology

    @cached_property
    def _labels(self) -> dict[str, str]:
        found: dict[str, str] = {}
        names: dict[str, str] = {}
        for triple in self._triples:
            subject, value = triple.subject, triple.object
            if triple.predicate.value not in (_LABEL, _NAME):
                continue
            if isinstance(subject, ox.NamedNode) and isinstance(value, ox.Literal):
                into = names if triple.predicate.value == _NAME else found
                into.setdefault(subject.value, value.value)
        return found | names

    @cached_property
    def _statements(self) -> Mapping[str, str]:
        """The first statement of each proposition."""
        found: dict[str, str] = {}
        for fact in self._ontology.facts:
            if fact.property == _ASSERTS and isinstance(fact.value, str):
                found.setdefault(fact.value, fact.subject)
        return found

    def label(self, node: Node) -> str:
        """The name of a node without quotation marks."""
        if isinstance(node, ox.Literal):
            return node.value
        if node.startswith(MEMBER):
            return f"a member of {self.quoted(node.removeprefix(MEMBER))}"
        if node in self._labels:
            return self._labels[node].partition(" (")[0]
        return shrink(node) if shrink(node) != node else local_name(node) or node

    def quoted(self, node: Node) -> str:
        """The name of a node as it stands in a sentence."""
        if isinstance(node, ox.Literal):
            return f'"{node.value}"'
        if node.startswith(_STATEMENT):
            return f"statement {local_name(node)}"
        if node.startswith(MEMBER):
            return self.label(node)
        if node.startswith("_:"):
            return self._expression(node)
        if node in self._labels:
            return f"'{self.label(node)}'"
        statement = self._statements.get(node)
        return f"the proposition of {self.quoted(statement)}" if statement else f"'{self.label(node)}'"

    def role(self, node: Node) -> str:
        """A property as a noun: "object" of "has object"."""
        return self.label(node).removeprefix("has ")

    def kind(self, node: Node) -> str:
        """A class with its article: "a condition"."""
        if isinstance(node, str) and node.startswith("_:"):
            return self._expression(node)
        if isinstance(node, str) and node.startswith(PREFIXES["xsd"]):
            name = node.removeprefix(PREFIXES["xsd"])
        else:
            name = self.label(node).removesuffix(" concept")
        return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"

    def _expression(self, node: str) -> str:
        about = self._ontology.expression(node)
        owl = PREFIXES["owl"]
        prop = next(iter(about.get(owl + "onProperty", ())), None)
        for name, text in (("allValuesFrom", "only"), ("someValuesFrom", "some"), ("hasValue", "the value")):
            for filler in about.get(owl + name, ()):
                what = self.quoted(filler) if name == "hasValue" else self.kind(filler)
                return f"something whose {self.role(prop or '')} is {text} {what}"
        for name, joint in (("intersectionOf", " and "), ("unionOf", " or ")):
            for head in about.get(owl + name, ()):
                return joint.join(self.kind(each) for each in self._ontology.items(head))
        for other in about.get(owl + "complementOf", ()):
            return f"no {self.label(other)}"
        return "something without a name"

    def fact(self, fact: Fact) -> str:
        """A fact as a sentence without its full stop."""
        if fact.property == TYPE:
            return f"{self.quoted(fact.subject)} is {self.kind(fact.value)}"
        label = self.label(fact.property)
        first = label.split()[0]
        is_noun = label.startswith("has ") or not (first.endswith("s") or first in _PREPOSITIONS)
        link = f"has the {self.role(fact.property)}" if is_noun else label
        return f"{self.quoted(fact.subject)} {link} {self.quoted(fact.value)}"

    def axiom(self, axiom: Axiom) -> str:
        """An axiom as a sentence without its full stop."""
        parts = axiom.parts
        if axiom.kind == "only":
            _, prop, kind = parts
            return f"the {self.role(prop)} must be {self.kind(kind)}"
        two = {
            "subclass": "every {0} is {1}",
            "equivalent": "{0} and {1} are the same",
            "disjoint": "nothing is both {0} and {1}",
            "complement": "nothing is both {0} and {1}",
        }
        if axiom.kind == "subclass":
            return f"whatever is {self.kind(parts[0])} is {self.kind(parts[1])}"
        if axiom.kind in two:
            return two[axiom.kind].format(self.kind(parts[0]), self.kind(parts[1]))
        if axiom.kind == "domain":
            return f"what has {self.label(parts[0])!r} is {self.kind(parts[1])}"
        if axiom.kind == "range":
            return f"what {self.label(parts[0])!r} leads to is {self.kind(parts[1])}"
        if axiom.kind == "value":
            return f"what has the {self.role(parts[1])} {self.quoted(parts[2])} is {self.kind(parts[0])}"
        if axiom.kind == "malformed":
            assert isinstance(parts[1], ox.Literal)
            return f'"{parts[1].value}" is no {local_name(parts[1].datatype.value)}'
        named = ", ".join(repr(self.label(each)) for each in parts)
        return f"{_KINDS.get(axiom.kind, axiom.kind)} {named}".strip()

    def step(self, fact: Fact, derivation: Derivation) -> str:
        """The axiom by which a fact was come by; nothing where it only leads to a class without a name."""
        axiom = derivation.steps[fact].axiom
        if axiom is None:
            return ""
        if axiom.kind == "only":
            return self._requirement(fact, derivation)
        if axiom.kind != "some" and any(
            isinstance(each, str) and each.startswith("_:") for each in axiom.parts
        ):
            return ""
        return self.axiom(axiom)

    def clash(self, clash: Clash, derivation: Derivation) -> str:
        """A contradiction in one sentence, the place in front."""
        if clash.axiom.kind in ("disjoint", "complement", "nothing"):
            sides = [self._narrowest(each, derivation) for each in clash.facts]
            if len(set(sides)) < len(sides):  # both follow from one class: tell where they part
                sides = list(clash.facts)
            if any(fact.property == TYPE and fact.subject == fact.value for fact in derivation.trail(sides)):
                return f"{self.quoted(clash.facts[0].subject)} cannot be a member of itself"
            required = [each for each in sides if self._requirement(each, derivation)]
            plain = [each for each in sides if each not in required]
            one = clash.facts[0].subject
            if required and plain:
                told = " and ".join(self._requirement(each, derivation) for each in required)
                what = f"{told}, but {self.fact(plain[0])}"
            elif required:
                told = ", and ".join(self._requirement(each, derivation) for each in required)
                what = f"{told}, and {self.quoted(one)} cannot be both"
            else:
                kinds = " and ".join(self.kind(each.value) for each in sides)
                what = f"{self.quoted(one)} cannot be both {kinds}"
                if one.startswith(MEMBER):
                    what = f"it would be both {kinds}"
            return self._place(clash, derivation) + what
        (first, *_) = clash.facts
        if clash.axiom.kind in ("only", "range"):
            prop, kind = clash.axiom.parts[-2:] if clash.axiom.kind == "only" else clash.axiom.parts
            what = f"the {self.role(prop)} must be {self.kind(kind)}, but {self.quoted(first.value)} is none"
            return f"{self.quoted(first.subject)}: {what}"
        facts = ", and ".join(self.fact(each) for each in clash.facts)
        return f"{facts}, but {self.axiom(clash.axiom)}"

    def _narrowest(self, fact: Fact, derivation: Derivation) -> Fact:
        """Back along the class tree to where the membership came from."""
        while True:
            step = derivation.steps[fact]
            if step.axiom is None or step.axiom.kind not in _CLIMBING:
                return fact
            (before,) = step.premises
            if before.property != TYPE or str(before.value).startswith("_:"):
                return fact
            fact = before

    def _requirement(self, fact: Fact, derivation: Derivation) -> str:
        """What demands the membership, where it comes from a property; else nothing."""
        step = derivation.steps[fact]
        if step.axiom is None:
            return ""
        kind = self.kind(fact.value)
        if step.axiom.kind == "only":
            owner = self._owner(step.premises[1], derivation)
            return f"the {self.role(step.axiom.parts[1])} of {owner} must be {kind}"
        if step.axiom.kind == "range":
            return f"what {self.label(step.axiom.parts[0])!r} leads to must be {kind}"
        if step.axiom.kind == "domain":
            return f"what has {self.label(step.axiom.parts[0])!r} must be {kind}"
        return ""

    def _owner(self, fact: Fact, derivation: Derivation) -> str:
        """What the members of a restriction are called: their relation, else their class."""
        while str(fact.value).startswith("_:"):
            step = derivation.steps[fact]
            if step.axiom is not None and step.axiom.kind == "value":
                return self.quoted(step.axiom.parts[2])
            if not step.premises:
                return self.kind(fact.value)
            fact = step.premises[0]
        step = derivation.steps[fact]
        for before in step.premises:
            ground = derivation.steps[before].axiom
            if ground is not None and ground.kind == "value":
                return self.quoted(ground.parts[2])
        return self.kind(fact.value)

    def _place(self, clash: Clash, derivation: Derivation) -> str:
        """The statement, else the record, whose triple demands the impossible."""
        for fact in derivation.trail(clash.facts):
            if fact.property != TYPE and not derivation.steps[fact].premises:
                subject = fact.subject
                if subject.startswith(MEMBER):
                    continue
                statement = subject if subject.startswith(_STATEMENT) else self._statements.get(subject)
                return f"{self.quoted(statement or subject)}: "
        return ""


_KINDS = {
    "nothing": "a class without members has one",
    "functional": "there is at most one value of",
    "irreflexive": "nothing is related to itself by",
    "asymmetric": "it holds in one direction only:",
    "subproperty": "one property lies below the other:",
    "inverse": "they are inverse:",
    "symmetric": "it holds both ways:",
    "transitive": "it is transitive:",
    "chain": "the first follows from the chain of the others:",
    "some": "a class is recognised by a value:",
    "and": "all of these at once:",
    "or": "one of these:",
}
