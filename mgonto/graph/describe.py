"""The query library as RDF: SHACL descriptions of SPARQL, in the form of the SIB collections of examples.

A tool that reads `sh:SPARQLExecutable` can list the queries and run each as it stands. To run, a required
parameter has the value of its example, and an optional one is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pyoxigraph as ox

from mgonto.engine.binding import Value, bind, parameters_of, to_term
from mgonto.errors import MgontoError
from mgonto.names import BASE, PREFIXES, expand
from mgonto.sources.queryfile import GROUPS, Parameter, Query, read_query_file

__all__ = ["describe_queries"]

_QUERIES = BASE + "query"
_SCHEMA = "https://schema.org/"
_LICENCE = "https://creativecommons.org/licenses/by/4.0/"
_PREFIX = re.compile(r"^\s*PREFIX\s+([\w-]*):\s*<([^>]*)>", re.IGNORECASE | re.MULTILINE)
#: What a value of a type is, in the words of SHACL.
_KINDS = {
    "term": "sh:nodeKind sh:IRI",
    "iri": "sh:nodeKind sh:IRI",
    "section": "sh:datatype xsd:string",
    "reference": "sh:nodeKind sh:IRIOrLiteral",
    "string": "sh:datatype xsd:string",
    "integer": "sh:datatype xsd:integer",
    "decimal": "sh:datatype xsd:decimal",
    "boolean": "sh:datatype xsd:boolean",
    "any": "sh:nodeKind sh:IRIOrLiteral",
}


def describe_queries(folder: Path, quads: Iterable[ox.Quad]) -> bytes:
    """The Turtle document that describes every query of a folder; the same files give the same bytes.

    Args:
        folder: the `.rq` files.
        quads: of the terms: the names in examples are looked up there.

    Raises:
        MgontoError: a header cannot be read, or an example names no term.
    """
    name = ox.NamedNode(PREFIXES["skos"] + "prefLabel")
    names = {
        quad.object.value: quad.subject
        for quad in quads
        if quad.predicate == name
        and isinstance(quad.object, ox.Literal)
        and isinstance(quad.subject, ox.NamedNode)
    }
    queries = sorted((read_query_file(path) for path in folder.glob("*.rq")), key=_place)
    runnable = {query.name: _runnable(query, names) for query in queries}
    prefixes = {key: iri for text in runnable.values() for key, iri in _PREFIX.findall(text)}
    return "".join((*_head(prefixes), *(_block(each, runnable[each.name]) for each in queries))).encode()


def _place(query: Query) -> tuple[int, str]:
    return GROUPS.index(query.group) if query.group in GROUPS else len(GROUPS), query.name


def _runnable(query: Query, names: Mapping[str, ox.NamedNode]) -> str:
    """The SPARQL of a query without its header, with the examples of what it needs filled in."""
    text = "\n".join(line for line in query.text.splitlines() if not line.startswith("#+")).strip()
    needed = {each.name: _example(query, each, names) for each in query.parameters if each.required}
    given = {each: needed.get(each) for each in parameters_of(text)}
    lines = (line.rstrip() for line in bind(text, given).splitlines())
    return "\n".join(line for line in lines if line) + "\n"


def _example(query: Query, parameter: Parameter, names: Mapping[str, ox.NamedNode]) -> Value:
    given = parameter.example
    values = given if isinstance(given, list) else [given]
    if parameter.type == "term":
        found: list[ox.NamedNode | ox.Literal] = []
        for each in values:
            iri = names.get(str(each))
            if iri is None:
                raise MgontoError(
                    f'queries/{query.name}.rq: the example of {parameter.name} names no term: "{each}"',
                    "give the name of a term, as ontology/terms.tsv has it",
                )
            found.append(iri)
    elif parameter.type == "iri":
        found = [ox.NamedNode(expand(str(each)) or str(each)) for each in values]
    elif parameter.type == "section":
        found = [ox.Literal(str(each).casefold()) for each in values]
    elif parameter.type in ("reference", "string"):
        found = [ox.Literal(str(each)) for each in values]
    else:
        found = [to_term(each) for each in values]
    return found if parameter.many else found[0]


def _head(prefixes: Mapping[str, str]) -> Iterator[str]:
    for name in ("owl", "rdfs", "xsd", "sh", "skos", "dcterms"):
        yield f"@prefix {name}: <{PREFIXES[name]}> .\n"
    yield f"@prefix schema: <{_SCHEMA}> .\n\n"
    declared = ",\n        ".join(f"<{_QUERIES}/prefix/{each}>" for each in sorted(prefixes))
    yield (
        f'<{_QUERIES}> a owl:Ontology ;\n    rdfs:label "The query library of mgonto"@en ;\n'
        f"    dcterms:license <{_LICENCE}> ;\n    sh:declare {declared} .\n"
    )
    for each, iri in sorted(prefixes.items()):
        yield (
            f"\n<{_QUERIES}/prefix/{each}> a sh:PrefixDeclaration ;\n"
            f'    sh:prefix "{each}" ;\n    sh:namespace "{iri}"^^xsd:anyURI .\n'
        )


def _block(query: Query, text: str) -> str:
    iri = f"{_QUERIES}/{query.name}"
    lines = [
        f"\n<{iri}> a sh:SPARQLExecutable , sh:SPARQLSelectExecutable",
        f"rdfs:label {_string(query.name.replace('-', ' '))}@en",
        f"rdfs:comment {_string(query.summary)}@en",
        f"rdfs:isDefinedBy <{_QUERIES}>",
        f"sh:prefixes <{_QUERIES}>",
    ]
    if query.tags:
        lines.append("schema:keywords " + " , ".join(map(_string, sorted(query.tags))))
    if query.parameters:
        lines.append("sh:parameter " + " , ".join(f"<{iri}/{each.name}>" for each in query.parameters))
    lines.append(f"sh:select {_long(text)}")
    block = " ;\n    ".join(lines) + " .\n"
    return block + "".join(_parameter(iri, each) for each in query.parameters)


def _parameter(iri: str, parameter: Parameter) -> str:
    lines = [
        f"\n<{iri}/{parameter.name}> a sh:Parameter",
        f"sh:path <{BASE}parameter/{parameter.name}>",
        f"sh:name {_string(parameter.name)}@en",
        f"sh:description {_string(parameter.help)}@en",
        _KINDS.get(parameter.type, _KINDS["any"]),
        f"sh:optional {str(not parameter.required).lower()}",
    ]
    if not parameter.many:
        lines.append("sh:maxCount 1")
    if parameter.example is not None:
        values = parameter.example if isinstance(parameter.example, list) else [parameter.example]
        lines.append("skos:example " + " , ".join(_string(str(each)) for each in values))
    return " ;\n    ".join(lines) + " .\n"


def _string(text: str) -> str:
    return str(ox.Literal(text))


def _long(text: str) -> str:
    return '"""' + text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"') + '"""'
