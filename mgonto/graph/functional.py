"""OWL functional syntax: one axiom a line, as OWLAPI and Protege read it.

What `ontology/` uses and a user's own OWL commonly adds: class and property axioms, restrictions,
intersections, unions, complements and lists of individuals, assertions and annotations.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import pyoxigraph as ox

from mgonto.errors import MgontoError
from mgonto.names import PREFIXES

__all__ = ["functional_syntax"]

_RDF, _RDFS, _OWL, _XSD = (PREFIXES[name] for name in ("rdf", "rdfs", "owl", "xsd"))
_TYPE = _RDF + "type"

_DECLARED = {
    _OWL + "Class": "Class",
    _OWL + "ObjectProperty": "ObjectProperty",
    _OWL + "DatatypeProperty": "DataProperty",
    _OWL + "AnnotationProperty": "AnnotationProperty",
    _OWL + "NamedIndividual": "NamedIndividual",
    _RDFS + "Datatype": "Datatype",
}
_BUILT_IN_ANNOTATIONS = frozenset(
    {_RDFS + name for name in ("label", "comment", "seeAlso", "isDefinedBy")}
    | {_OWL + name for name in ("deprecated", "versionInfo", "priorVersion", "backwardCompatibleWith")}
)
_CHARACTERISTICS = {
    _OWL + f"{name}Property": f"{name}ObjectProperty"
    for name in ("Symmetric", "Asymmetric", "Transitive", "Reflexive", "Irreflexive", "InverseFunctional")
}
_CLASS_AXIOMS = {
    _RDFS + "subClassOf": "SubClassOf",
    _OWL + "equivalentClass": "EquivalentClasses",
    _OWL + "disjointWith": "DisjointClasses",
}
_PROPERTY_AXIOMS = {
    _RDFS + "subPropertyOf": "Sub{}PropertyOf",
    _OWL + "equivalentProperty": "Equivalent{}Properties",
    _OWL + "propertyDisjointWith": "Disjoint{}Properties",
    _RDFS + "domain": "{}PropertyDomain",
    _RDFS + "range": "{}PropertyRange",
}
_LISTS = {"intersectionOf": "ObjectIntersectionOf", "unionOf": "ObjectUnionOf", "oneOf": "ObjectOneOf"}
_FILLERS = {"someValuesFrom": "SomeValuesFrom", "allValuesFrom": "AllValuesFrom", "hasValue": "HasValue"}
_SKELETON = frozenset(
    {_OWL + name for name in ("Class", "Restriction", "Ontology")} | {_RDF + "List", _OWL + "Thing"}
)


def functional_syntax(triples: Iterable[ox.Triple]) -> bytes:
    """The triples as an ontology in OWL functional syntax, its axioms sorted.

    Args:
        triples: one OWL document; more than one header is joined under the first.

    Raises:
        MgontoError: a construct that this writer does not know, or no header.
    """
    return ("\n".join(_Writer(triples).lines()) + "\n").encode()


class _Writer:
    """Looks at all triples once, then gives the axioms one by one."""

    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        self.triples = list(triples)
        self.about: dict[object, dict[str, list[object]]] = defaultdict(lambda: defaultdict(list))
        self.kinds: dict[str, set[str]] = defaultdict(set)
        for triple in self.triples:
            self.about[triple.subject][triple.predicate.value].append(triple.object)
            if triple.predicate.value == _TYPE and isinstance(triple.object, ox.NamedNode):
                kind = _DECLARED.get(triple.object.value)
                if kind and isinstance(triple.subject, ox.NamedNode):
                    self.kinds[triple.subject.value].add(kind)
        headers = [
            each for each, told in self.about.items() if ox.NamedNode(_OWL + "Ontology") in told[_TYPE]
        ]
        if not headers:
            raise MgontoError("there is no owl:Ontology to write", "export the bundled data, not a bare list")
        self.header = min(headers, key=str)

    def lines(self) -> list[str]:
        """The document, line by line."""
        declarations = sorted(
            f"Declaration({kind}({self.node(ox.NamedNode(iri))}))"
            for iri, kinds in self.kinds.items()
            for kind in kinds
        )
        axioms, annotations = set[str](), list[str]()
        for triple in self.triples:
            if triple.subject == self.header:
                if triple.predicate.value not in (_TYPE, _OWL + "versionIRI", _OWL + "imports"):
                    value = self.node(triple.object)
                    annotations.append(f"Annotation({self.node(triple.predicate)} {value})")
                continue
            axiom = self.axiom(triple)
            if axiom:
                axioms.add(axiom)
        prefixes = [f"Prefix({name}:=<{iri}>)" for name, iri in PREFIXES.items()]
        versions = self.about[self.header][_OWL + "versionIRI"]
        imports = self.about[self.header][_OWL + "imports"]
        opening = " ".join(["Ontology(" + str(self.header), *(str(each) for each in versions[:1])])
        return [
            *prefixes,
            "",
            opening,
            *(f"Import({each})" for each in sorted(map(str, imports))),
            *sorted(annotations),
            *declarations,
            *sorted(axioms),
            ")",
        ]

    def axiom(self, triple: ox.Triple) -> str | None:
        """The axiom that one triple stands for; None where it is part of another's."""
        subject, predicate, value = triple.subject, triple.predicate.value, triple.object
        if predicate == _TYPE:
            return self.typing(subject, value)
        if predicate in _CLASS_AXIOMS:
            return f"{_CLASS_AXIOMS[predicate]}({self.klass(subject)} {self.klass(value)})"
        if predicate in _PROPERTY_AXIOMS:
            return self.property_axiom(subject, predicate, value)
        if predicate == _OWL + "inverseOf":
            return f"InverseObjectProperties({self.node(subject)} {self.node(value)})"
        if predicate in (_OWL + "sameAs", _OWL + "differentFrom"):
            name = "SameIndividual" if predicate.endswith("sameAs") else "DifferentIndividuals"
            return f"{name}({self.node(subject)} {self.node(value)})"
        kinds = self.kinds.get(predicate, set())
        if "AnnotationProperty" in kinds or predicate in _BUILT_IN_ANNOTATIONS:
            return (
                f"AnnotationAssertion({self.node(triple.predicate)} {self.node(subject)} {self.node(value)})"
            )
        if kinds & {"ObjectProperty", "DataProperty"}:
            name = "ObjectPropertyAssertion" if "ObjectProperty" in kinds else "DataPropertyAssertion"
            return f"{name}({self.node(triple.predicate)} {self.node(subject)} {self.node(value)})"
        if isinstance(subject, ox.BlankNode) and predicate.startswith((_OWL, _RDF)):
            return None  # a part of a class expression, written where the expression stands
        raise MgontoError(
            f"<{predicate}> is no declared property, and functional syntax needs to know its kind",
            "declare it as owl:ObjectProperty, owl:DatatypeProperty or owl:AnnotationProperty",
        )

    def typing(self, subject: object, value: object) -> str | None:
        if isinstance(value, ox.NamedNode):
            if value.value in _CHARACTERISTICS:
                return f"{_CHARACTERISTICS[value.value]}({self.node(subject)})"
            if value.value == _OWL + "FunctionalProperty":
                return f"Functional{self.sort(subject)}Property({self.node(subject)})"
            if value.value in _DECLARED or value.value in _SKELETON:
                return None
        return f"ClassAssertion({self.klass(value)} {self.node(subject)})"

    def property_axiom(self, subject: object, predicate: str, value: object) -> str:
        sort = self.sort(subject)
        name = _PROPERTY_AXIOMS[predicate].format(sort)
        is_class = predicate in (_RDFS + "domain", _RDFS + "range") and sort == "Object"
        is_class = is_class or (predicate == _RDFS + "domain" and sort == "Data")
        told = self.klass(value) if is_class else self.node(value)
        return f"{name}({self.node(subject)} {told})"

    def sort(self, node: object) -> str:
        """Object, Data or Annotation: the kind of a property, as the names of axioms have it."""
        kinds = self.kinds.get(node.value, set()) if isinstance(node, ox.NamedNode) else set()
        found = [kind for kind in ("Object", "Data", "Annotation") if f"{kind}Property" in kinds]
        if not found:
            raise MgontoError(f"{node} is no declared property", "declare its kind, owl:ObjectProperty say")
        return found[0]

    def klass(self, node: object) -> str:
        """A class by its name, or the expression that a blank node stands for."""
        if not isinstance(node, ox.BlankNode):
            return self.node(node)
        told = {key.removeprefix(_OWL): values for key, values in self.about[node].items()}
        for key, name in _LISTS.items():
            if key in told:
                return f"{name}({' '.join(self.klass(each) for each in self.members(told[key][0]))})"
        if "complementOf" in told:
            return f"ObjectComplementOf({self.klass(told['complementOf'][0])})"
        if "onProperty" in told:
            on = told["onProperty"][0]
            sort = self.sort(on)
            for key, name in _FILLERS.items():
                if key in told:
                    filler = told[key][0]
                    text = self.klass(filler) if sort == "Object" and key != "hasValue" else self.node(filler)
                    return f"{sort}{name}({self.node(on)} {text})"
        raise MgontoError(
            "functional syntax: a class expression other than a restriction to some, only or one value, "
            "an intersection, a union, a complement or a list",
            "export it as owl (RDF/XML) or ttl, which hold everything",
        )

    def members(self, node: object) -> list[object]:
        found: list[object] = []
        while node != ox.NamedNode(_RDF + "nil"):
            found += self.about[node][_RDF + "first"]
            (node,) = self.about[node][_RDF + "rest"]
        return found

    @staticmethod
    def node(node: object) -> str:
        """An IRI, blank node or literal as functional syntax writes it; IRIs in full need no escape."""
        if isinstance(node, ox.Literal):
            text = node.value.replace("\\", "\\\\").replace('"', '\\"')
            if node.language:
                return f'"{text}"@{node.language}'
            return f'"{text}"' if node.datatype.value == _XSD + "string" else f'"{text}"^^{node.datatype}'
        return str(node)
