"""Turtle and TriG that every parser reads and a person can: one block a subject, one line a property.

pyoxigraph writes `mgo:article\\/x`, legal but refused by the Turtle parser of OWLAPI (and so of Protege);
here an IRI is shortened only where what is left needs no escape.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

import pyoxigraph as ox

from mgonto.names import PREFIXES

__all__ = ["graph_block", "prefix_lines", "triple_lines"]

_LOCAL = re.compile(r"[A-Za-z0-9_](?:[\w.-]*[\w-])?", re.ASCII)
_TYPE = PREFIXES["rdf"] + "type"
_XSD = PREFIXES["xsd"]
_BARE = {
    _XSD + "integer": re.compile(r"[+-]?[0-9]+"),
    _XSD + "decimal": re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    _XSD + "boolean": re.compile(r"true|false"),
}
_LONGEST_FIRST = sorted(PREFIXES.items(), key=lambda item: (-len(item[1]), item[0]))


def prefix_lines(prefixes: Mapping[str, str] = PREFIXES) -> str:
    """The `@prefix` lines of a document."""
    return "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in prefixes.items())


def graph_block(graph: str, triples: Iterable[ox.Triple]) -> str:
    """One named graph of a TriG document; the triples must come sorted by subject."""
    return f"\n{_iri(graph)} {{\n{''.join(triple_lines(triples))}}}\n"


def triple_lines(triples: Iterable[ox.Triple]) -> Iterator[str]:
    """The lines of triples that come sorted by subject and then predicate, a block for each subject."""
    for subject, block in groupby(triples, key=lambda triple: triple.subject):
        parts = []
        for predicate, members in groupby(block, key=lambda triple: triple.predicate):
            objects = " , ".join(_term(member.object) for member in members)
            parts.append(f"{'a' if predicate.value == _TYPE else _iri(predicate.value)} {objects}")
        yield f"{_term(subject)} " + " ;\n    ".join(parts) + " .\n"


def _term(node: object) -> str:
    if isinstance(node, ox.NamedNode):
        return _iri(node.value)
    if isinstance(node, ox.Literal) and node.language is None:
        datatype = node.datatype.value
        bare = _BARE.get(datatype)
        if bare and bare.fullmatch(node.value):
            return node.value
        if datatype != _XSD + "string":
            return f"{ox.Literal(node.value)}^^{_iri(datatype)}"
    return str(node)


def _iri(iri: str) -> str:
    for prefix, namespace in _LONGEST_FIRST:
        if iri.startswith(namespace) and _LOCAL.fullmatch(iri, len(namespace)):
            return f"{prefix}:{iri[len(namespace) :]}"
    return f"<{iri}>"
