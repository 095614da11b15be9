"""The data dictionary: `docs/data-dictionary.md`, written from `ontology/mgonto.ttl`.

    python tools/data_dictionary.py            write the file
    python tools/data_dictionary.py --check    write nothing; exit 1 when the file is stale

The order of the tables is the order of the names, so that the same vocabulary gives the same bytes.
Exit code: 0 written or up to date, 1 stale, 2 wrong usage or a vocabulary that cannot be read.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from rdflib import OWL, RDF, RDFS, Graph, Namespace, URIRef
from rdflib.term import Node

__all__ = ["DICTIONARY", "VOCABULARY", "dictionary", "main"]

ROOT = Path(__file__).resolve().parent.parent
VOCABULARY = ROOT / "ontology" / "mgonto.ttl"
DICTIONARY = ROOT / "docs" / "data-dictionary.md"

MGO = Namespace("https://w3id.org/mgonto/")
DEFINITION = URIRef("http://purl.obolibrary.org/obo/IAO_0000115")
PROPERTY_TYPES = {
    OWL.ObjectProperty: "object",
    OWL.DatatypeProperty: "data",
    OWL.AnnotationProperty: "annotation",
}
RELATION_HEAD = (
    *("relation", "name", "sign", "causal", "symmetric", "neutral", "necessity"),
    *("subject", "object", "inverse", "definition"),
)
SIGNS = {"1": "+", "-1": "-", "0": "0"}

INTRODUCTION = """\
# Data dictionary

Every class, property, relation and listed value of the mgonto vocabulary. Generated from
`ontology/mgonto.ttl` by `python tools/data_dictionary.py`: edit the vocabulary, not this file.
The names stand for IRIs under `https://w3id.org/mgonto/`."""


def dictionary(graph: Graph) -> str:
    """Return the data dictionary of a vocabulary as Markdown, ending in one line break.

    >>> print(dictionary(Graph()).splitlines()[0])
    # Data dictionary
    """
    listed = _listed_classes(graph)
    parts = [
        INTRODUCTION,
        "## Classes",
        "The classes of propositions, one for each relation, stand with the relations.",
        _table(("class", "parents", "definition"), _class_rows(graph)),
        "## Properties",
        "The key is what a curator writes: in a YAML file, or as a column of `terms.tsv`.",
        _table(("property", "kind", "domain", "range", "key", "definition"), _property_rows(graph)),
        "## Relations",
        "A neutral relation lets the object have a direction. A relation of necessity speaks of the lack of"
        " its subject only. The kinds are the concept classes of subject and object.",
        _table(RELATION_HEAD, _relation_rows(graph)),
        "## Closed lists",
        "The value is what a curator writes.",
    ]
    for of in listed:
        parts += [
            f"### {_name(of)}",
            _definition(graph, of),
            _table(("value", "name", "definition"), _value_rows(graph, of)),
        ]
    return "\n\n".join(parts) + "\n"


def _class_rows(graph: Graph) -> Iterator[Sequence[str]]:
    """Every class of ours but the propositions of one relation."""
    for one in _ours(graph, OWL.Class):
        if graph.value(one, OWL.equivalentClass) is None:
            yield f"`{_name(one)}`", _names(graph.objects(one, RDFS.subClassOf)), _definition(graph, one)


def _property_rows(graph: Graph) -> Iterator[Sequence[str]]:
    """Every property of ours."""
    kinds = {one: kind for of, kind in PROPERTY_TYPES.items() for one in _ours(graph, of)}
    for one in sorted(kinds):
        yield (
            f"`{_name(one)}`",
            kinds[one],
            _names(graph.objects(one, RDFS.domain)),
            _names(graph.objects(one, RDFS.range)),
            _code(_text(graph, one, MGO.yamlKey)),
            _definition(graph, one),
        )


def _relation_rows(graph: Graph) -> Iterator[Sequence[str]]:
    """Every relation, with the kinds that its class of propositions asks for."""
    for one in _ours(graph, MGO.Relation):
        flags = (MGO.causal, MGO.symmetric, MGO.neutral, MGO.necessity)
        yield (
            _text(graph, one, RDFS.label),
            f"`{_name(one)}`",
            SIGNS.get(_text(graph, one, MGO.sign), ""),
            *("yes" if _text(graph, one, flag) == "true" else "" for flag in flags),
            _filler(graph, one, MGO.subject),
            _filler(graph, one, MGO.object),
            _text(graph, one, MGO.inverseLabel),
            _definition(graph, one),
        )


def _filler(graph: Graph, relation: Node, role: URIRef) -> str:
    """The concept class that the propositions of a relation take as subject or object."""
    return _names(
        filler
        for restriction in graph.subjects(OWL.hasValue, relation)
        for propositions in graph.subjects(OWL.equivalentClass, restriction)
        for axiom in graph.objects(propositions, RDFS.subClassOf)
        if graph.value(axiom, OWL.onProperty) == role
        for filler in graph.objects(axiom, OWL.allValuesFrom)
    )


def _listed_classes(graph: Graph) -> list[URIRef]:
    """The classes of the closed lists, and that of the sources of definitions, which no curator writes."""
    lists = [one for one in _ours(graph, OWL.Class) if (one, RDFS.subClassOf, MGO.ListedValue) in graph]
    sources = [MGO.DefinitionSource] if (MGO.DefinitionSource, RDF.type, OWL.Class) in graph else []
    return lists + sources


def _value_rows(graph: Graph, of: URIRef) -> Iterator[Sequence[str]]:
    """The values of one closed list."""
    for one in _ours(graph, of):
        yield _code(_text(graph, one, MGO.yamlKey)), f"`{_name(one)}`", _definition(graph, one)


def _ours(graph: Graph, of: URIRef) -> list[URIRef]:
    """The individuals of a class under our base, by name."""
    return sorted(one for one in graph.subjects(RDF.type, of) if isinstance(one, URIRef) and one in MGO)


def _definition(graph: Graph, one: Node) -> str:
    return _text(graph, one, DEFINITION)


def _text(graph: Graph, one: Node, predicate: URIRef) -> str:
    value = graph.value(one, predicate)
    return "" if value is None else str(value)


def _names(nodes: Iterable[Node]) -> str:
    """Names in order, joined; blank nodes (restrictions) have none."""
    return ", ".join(sorted(_code(_name(one)) for one in nodes if isinstance(one, URIRef)))


def _name(one: URIRef) -> str:
    """The name without our base, or with the prefix of a datatype."""
    return str(one).removeprefix(str(MGO)).replace("http://www.w3.org/2001/XMLSchema#", "xsd:")


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; a bar inside a cell is escaped.

    >>> print(_table(("a", "b"), [("1", "x|y")]))
    | a | b |
    |---|---|
    | 1 | x\\|y |
    """
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or check the data dictionary and return the exit code (see the module's text)."""
    parser = argparse.ArgumentParser(prog="data_dictionary", description="Write docs/data-dictionary.md.")
    parser.add_argument("--check", action="store_true", help="only say whether the file is stale")
    options = parser.parse_args(arguments)
    try:
        text = dictionary(Graph().parse(VOCABULARY, format="turtle"))
    except (OSError, SyntaxError) as error:  # rdflib's parse errors are SyntaxErrors
        print(f"data_dictionary: cannot read {VOCABULARY}: {error}\n  mend the file first", file=sys.stderr)
        return 2
    if not options.check:
        DICTIONARY.write_text(text, encoding="utf-8", newline="\n")
        return 0
    if DICTIONARY.is_file() and DICTIONARY.read_text(encoding="utf-8") == text:
        return 0
    print(
        f"data_dictionary: {DICTIONARY.name} is stale\n  run python tools/data_dictionary.py", file=sys.stderr
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
