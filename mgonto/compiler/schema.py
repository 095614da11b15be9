"""What may be written, read from the two files that say so: the vocabulary and the JSON-LD context.

`ontology/context.jsonld` maps the keys of the curation files to properties and says how each value is read.
`ontology/mgonto.ttl` says on which record a property stands (its domain), what it takes (its range), which
words a closed list holds, and which kinds of term each relation joins. There is no third place.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias
from typing import Literal as OneOf

import pyoxigraph as ox

from mgonto.errors import MgontoError
from mgonto.names import BASE, PREFIXES, expand, local_name

__all__ = ["Key", "Reads", "Relation", "Schema", "load_schema"]

Reads: TypeAlias = OneOf["term", "choice", "literal", "node", "nothing"]


@dataclass(frozen=True, slots=True)
class Key:
    """A key of the curation files: its property, the record it stands on and how its value is read.

    `reads` is `term` (a domain term of kind `range`), `choice` (a word of the closed list `range`),
    `literal` (text of the datatype `range`), `node` (a record of its own, or its place) or `nothing` (a key
    that may be written and is not compiled).
    """

    name: str
    iri: str
    record: str
    reads: Reads
    range: str
    many: bool


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation individual with what the sign and kind rules need of it."""

    iri: str
    label: str
    sign: int
    causal: bool
    symmetric: bool
    neutral: bool
    necessity: bool
    subject_kind: str
    object_kind: str


@dataclass(frozen=True, slots=True)
class Schema:
    """What may be written.

    `records` holds the keys by record and name, `choices` the closed lists by class and word, `relations` the
    relations by label, `holds` the metaclasses of home kinds under each metaclass and umbrella.
    """

    records: Mapping[str, Mapping[str, Key]]
    choices: Mapping[str, Mapping[str, str]]
    relations: Mapping[str, Relation]
    kinds: tuple[str, ...]
    holds: Mapping[str, frozenset[str]]

    def is_kind(self, kind: str, metaclass: str) -> bool:
        """Whether a term of home kind `kind` ("Molecule") belongs to `metaclass` ("Changeable")."""
        return metaclass == "Concept" or f"{kind}Concept" in self.holds.get(metaclass, frozenset())

    def kinds_of(self, metaclass: str) -> str:
        """The home kinds of a metaclass in words: "Cell or Anatomy"."""
        return " or ".join(sorted(each.removesuffix("Concept") for each in self.holds[metaclass]))

    def keys_of(self, record: str) -> Mapping[str, Key]:
        """The keys that a record takes by its class, such as `Statement` or `Reference`."""
        return self.records.get(record, {})


def load_schema(ontology: Path) -> Schema:
    """Read `mgonto.ttl` and `context.jsonld` in the folder `ontology`.

    Raises:
        MgontoError: a file is missing or broken, or the two contradict each other.
    """
    store = ox.Store()
    vocabulary, context_file = ontology / "mgonto.ttl", ontology / "context.jsonld"
    try:
        store.load(path=str(vocabulary), format=ox.RdfFormat.TURTLE)
        context: dict[str, Any] = json.loads(context_file.read_text(encoding="utf-8"))["@context"]
    except (OSError, SyntaxError, ValueError, KeyError, TypeError) as error:
        raise MgontoError(
            f"cannot read the vocabulary: {error}", f"mend {vocabulary} or {context_file}"
        ) from error
    choices = _choices(store)
    relations = _relations(store)
    holds = _holds(store)
    kinds = tuple(
        sorted(name.removesuffix("Concept") for name in holds.get("Concept", ()) if name != "Concept")
    )
    kinds = tuple(kind for kind in kinds if f"{kind}Concept" in holds)
    return Schema(_records(store, context, choices, holds), choices, relations, kinds, holds)


def _rows(store: ox.Store, query: str) -> list[tuple[ox.NamedNode | ox.Literal, ...]]:
    """The rows of a query whose variables are all bound."""
    head = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items() if prefix.islower())
    solutions = store.query(head + query)
    assert isinstance(solutions, ox.QuerySolutions)
    width = len(solutions.variables)
    return [tuple(solution[i] for i in range(width)) for solution in solutions]


def _choices(store: ox.Store) -> dict[str, dict[str, str]]:
    """Closed lists: every vocabulary class that has individuals; the word is the one that curators write."""
    found: dict[str, dict[str, str]] = {}
    query = """SELECT ?class ?word ?one { ?one a ?class ; mgo:yamlKey ?word . ?class a owl:Class .
               FILTER(STRSTARTS(STR(?class), "https://w3id.org/mgonto/") && ?class != mgo:Relation) }
               ORDER BY ?class ?word"""
    for of, word, one in _rows(store, query):
        found.setdefault(local_name(of.value), {})[word.value] = one.value
    return found


def _relations(store: ox.Store) -> dict[str, Relation]:
    query = """SELECT ?one ?label ?sign ?causal ?symmetric ?neutral ?necessity ?subject ?object {
        ?one a mgo:Relation ; rdfs:label ?label ; mgo:sign ?sign ; mgo:causal ?causal ;
             mgo:symmetric ?symmetric ; mgo:neutral ?neutral ; mgo:necessity ?necessity .
        ?class owl:equivalentClass [ owl:onProperty mgo:relation ; owl:hasValue ?one ] ;
               rdfs:subClassOf [ owl:onProperty mgo:subject ; owl:allValuesFrom ?subject ] ,
                               [ owl:onProperty mgo:object ; owl:allValuesFrom ?object ] . }"""
    relations = {}
    for one, label, sign, causal, symmetric, neutral, necessity, subject, obj in _rows(store, query):
        relations[label.value] = Relation(
            one.value,
            label.value,
            int(sign.value),
            causal.value == "true",
            symmetric.value == "true",
            neutral.value == "true",
            necessity.value == "true",
            local_name(subject.value),
            local_name(obj.value),
        )
    return relations


def _holds(store: ox.Store) -> dict[str, frozenset[str]]:
    """For each metaclass and umbrella the metaclasses of home kinds under it, itself included."""
    query = """SELECT ?under ?over { ?under rdfs:subClassOf* ?over . ?over rdfs:subClassOf* mgo:Concept .
               ?under a owl:Class . ?over a owl:Class }"""
    found: dict[str, set[str]] = {}
    for under, over in _rows(store, query):
        name = local_name(under.value)
        if name.endswith("Concept"):
            found.setdefault(local_name(over.value), set()).add(name)
    return {name: frozenset(each - {"Concept"}) for name, each in found.items()}


def _records(
    store: ox.Store,
    context: Mapping[str, Any],
    choices: Mapping[str, Mapping[str, str]],
    holds: Mapping[str, frozenset[str]],
) -> dict[str, dict[str, Key]]:
    """The keys of every record.

    A key at the top of the context stands on the records under the domain of its property. A key that means
    something else on one record (`kind` of a reference, `kind` of a flag) stands in the context of its
    type, and goes before one at the top.
    """
    domains = {prop.value: local_name(domain.value) for prop, domain in _rows(store, _DOMAINS)}
    ranges = {prop.value: reach.value for prop, reach in _rows(store, _RANGES)}
    above: dict[str, list[str]] = {}
    for one, other in _rows(store, _CLASSES):
        above.setdefault(local_name(one.value), []).append(local_name(other.value))

    def key(name: str, rule: Mapping[str, Any], record: str) -> Key:
        written = str(rule.get("@id") or rule["@reverse"])
        iri = expand(written) or written
        reads, reach = _reads(name, written, rule.get("@type"), ranges.get(iri, ""), choices, holds)
        if iri.startswith(BASE) and "@reverse" not in rule and domains.get(iri) not in above.get(record, ()):
            raise MgontoError(
                f'the key "{name}" names {written}, which does not stand on a {record}',
                "make ontology/context.jsonld and ontology/mgonto.ttl agree",
            )
        return Key(name, iri, record, reads, reach, rule.get("@container") == "@set")

    top: list[Key] = []
    scoped: dict[str, dict[str, Key]] = {}
    for name, rule in context.items():
        if name.startswith("@") or not isinstance(rule, dict):
            continue
        if "@context" in rule:
            scoped[name] = {
                inner: Key(inner, "", name, "nothing", "", True) if each is None else key(inner, each, name)
                for inner, each in rule["@context"].items()
            }
            continue
        domain = domains.get(expand(rule["@id"]) or rule["@id"])
        if domain is None:
            raise MgontoError(
                f'the key "{name}" names {rule["@id"]}, which has no domain in the vocabulary',
                "declare the property with its domain in ontology/mgonto.ttl",
            )
        top.append(key(name, rule, domain))
    return {
        record: {each.name: each for each in top if each.record in over} | scoped.get(record, {})
        for record, over in above.items()
    }


_DOMAINS = "SELECT ?property ?domain { ?property rdfs:domain ?domain . FILTER(isIRI(?domain)) }"
_RANGES = "SELECT ?property ?range { ?property rdfs:range ?range . FILTER(isIRI(?range)) }"
_CLASSES = """SELECT ?one ?over { ?one a owl:Class ; rdfs:subClassOf* ?over .
              FILTER(isIRI(?one) && isIRI(?over)) }"""


def _reads(
    name: str,
    written: str,
    how: str | None,
    reach: str,
    choices: Mapping[str, Mapping[str, str]],
    holds: Mapping[str, frozenset[str]],
) -> tuple[Reads, str]:
    """How the value of a key is read, and what it takes: a metaclass, a closed list or a datatype."""
    local = local_name(reach)
    if how == "@vocab" and local in holds:
        return "term", local
    if how == "@vocab" and (local in choices or local == "Relation"):
        return "choice", local
    if how is not None and how.startswith("xsd:"):
        datatype = PREFIXES["xsd"] + how.removeprefix("xsd:")
        if reach and reach != datatype:
            raise MgontoError(
                f'the key "{name}" is {how} in the context and {reach} in the vocabulary',
                "make ontology/context.jsonld and ontology/mgonto.ttl agree",
            )
        return "literal", datatype
    if how in (None, "@id"):
        return "node", local
    raise MgontoError(
        f'the key "{name}" names {written}, whose range the vocabulary does not tell',
        "declare the property with its range in ontology/mgonto.ttl",
    )
