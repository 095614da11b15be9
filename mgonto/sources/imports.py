"""`ontology/imports/*.ttl`: what external ontologies say of the terms in use, as the import tool wrote it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from mgonto.errors import Problem
from mgonto.names import PREFIXES, expand

__all__ = ["ImportedClass", "read_imports"]

_A = ox.NamedNode(PREFIXES["rdf"] + "type")
_CLASS = ox.NamedNode(PREFIXES["owl"] + "Class")
_DEPRECATED = ox.NamedNode(PREFIXES["owl"] + "deprecated")
_LABEL = ox.NamedNode(PREFIXES["rdfs"] + "label")
_SUB = ox.NamedNode(PREFIXES["rdfs"] + "subClassOf")
_FROM = ox.NamedNode(PREFIXES["obo"] + "IAO_0000412")
_SUBJECT = re.compile(r"(\S+) a owl:Class\b")


@dataclass(frozen=True, slots=True)
class ImportedClass:
    """One class of a module: what its source says of it, and where in the module it stands."""

    file: str
    line: int
    iri: str
    label: str
    parents: tuple[str, ...]
    imported_from: str
    obsolete: bool


def read_imports(folder: Path, problems: list[Problem], shown: str) -> tuple[ImportedClass, ...]:
    """The classes of every module in `folder`, in the order of the files.

    Args:
        folder: `ontology/imports`; a checkout without it imports nothing.
        problems: what cannot be read is added here, with its line.
        shown: the name of the folder in problems.
    """
    found: list[ImportedClass] = []
    for path in sorted(folder.glob("*.ttl")):
        name = f"{shown}/{path.name}"
        try:
            text = path.read_text(encoding="utf-8")
            quads = list(ox.parse(text.encode(), format=ox.RdfFormat.TURTLE))
        except (OSError, UnicodeDecodeError, SyntaxError) as error:
            line = getattr(error, "lineno", None) or 1
            hint = "the file is generated: python tools/import_terms.py"
            problems.append(Problem(name, line, 1, f"cannot read the module: {error}", hint))
            continue
        found += _classes(name, text, quads)
    return tuple(found)


def _classes(file: str, text: str, quads: Iterable[ox.Quad]) -> list[ImportedClass]:
    values: dict[str, dict[ox.NamedNode, list[str]]] = {}
    for quad in quads:
        assert isinstance(quad.subject, ox.NamedNode)
        assert isinstance(quad.object, (ox.NamedNode, ox.Literal))
        values.setdefault(quad.subject.value, {}).setdefault(quad.predicate, []).append(quad.object.value)
    lines = {
        expand(match[1]) or match[1]: number
        for number, line in enumerate(text.splitlines(), start=1)
        if (match := _SUBJECT.match(line))
    }
    return [
        ImportedClass(
            file=file,
            line=lines.get(iri, 1),
            iri=iri,
            label=next(iter(said.get(_LABEL, ())), ""),
            parents=tuple(sorted(said.get(_SUB, ()))),
            imported_from=next(iter(said.get(_FROM, ())), ""),
            obsolete="true" in said.get(_DEPRECATED, ()),
        )
        for iri, said in values.items()
        if _CLASS.value in said.get(_A, ())
    ]
