"""Small words for writing triples: the terms of RDF, with the properties that the compiler uses."""

from __future__ import annotations

from typing import TypeAlias

import pyoxigraph as ox

from mgonto.names import BASE, PREFIXES

__all__ = [
    "Object",
    "Triple",
    "boolean",
    "decimal",
    "english",
    "integer",
    "mgo",
    "named",
    "plain",
    "term",
]

Object: TypeAlias = ox.NamedNode | ox.Literal
Triple: TypeAlias = tuple[ox.NamedNode, ox.NamedNode, Object]

_XSD = PREFIXES["xsd"]


def named(iri: str) -> ox.NamedNode:
    """The node of a full IRI."""
    return ox.NamedNode(iri)


def mgo(name: str) -> ox.NamedNode:
    """A node of the vocabulary, by its local name.

    >>> mgo("subject").value
    'https://w3id.org/mgonto/subject'
    """
    return ox.NamedNode(BASE + name)


def term(prefix: str, name: str) -> ox.NamedNode:
    """A node of a known namespace: `term("rdfs", "label")`."""
    return ox.NamedNode(PREFIXES[prefix] + name)


def plain(text: str) -> ox.Literal:
    """A plain string."""
    return ox.Literal(text)


def english(text: str) -> ox.Literal:
    """A string in English, for labels and definitions."""
    return ox.Literal(text, language="en")


def integer(number: int) -> ox.Literal:
    """An xsd:integer."""
    return ox.Literal(str(number), datatype=ox.NamedNode(_XSD + "integer"))


def boolean(value: bool) -> ox.Literal:
    """An xsd:boolean in its canonical form."""
    return ox.Literal("true" if value else "false", datatype=ox.NamedNode(_XSD + "boolean"))


def decimal(text: str) -> ox.Literal:
    """An xsd:decimal; the text is taken as it is and must be one."""
    return ox.Literal(text, datatype=ox.NamedNode(_XSD + "decimal"))
