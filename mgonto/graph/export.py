"""The knowledge base in the other forms that people load: one function, the format by its short name."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pyoxigraph as ox

from mgonto.errors import UsageError
from mgonto.graph.functional import functional_syntax
from mgonto.graph.obograph import obo_graph
from mgonto.graph.serialise import label_blank_nodes, merge, write_turtle
from mgonto.graph.termtable import term_table
from mgonto.names import PREFIXES, graph_iri
from mgonto.resources import data_dir

__all__ = ["EXPORT_FORMS", "export_bytes", "json_ld_context"]

#: Short name to what it holds.
EXPORT_FORMS = {
    "owl": "RDF/XML, merged, for ontology tools",
    "ttl": "Turtle, merged",
    "nt": "N-Triples, merged",
    "trig": "TriG, with the named graphs",
    "nq": "N-Quads, with the named graphs",
    "jsonld": "JSON-LD, with the named graphs and the context of the curation files",
    "ofn": "OWL functional syntax, merged",
    "obograph": "OBO Graph JSON: terms, their tree and links, no claims",
    "csv": "the terms as a table, one a row",
}
#: Forms of one graph that no RDF library writes.
_WRITERS = {"ofn": functional_syntax, "obograph": obo_graph, "csv": term_table}
_MERGED = frozenset(("owl", "ttl", "nt", *_WRITERS))
_NOT_MERGED = frozenset(graph_iri(name) for name in ("shapes", "inferred"))


def export_bytes(quads: Iterable[ox.Quad], form: str, context: dict[str, Any] | None = None) -> bytes:
    """The quads in one of `EXPORT_FORMS`, sorted, so that the same knowledge gives the same bytes.

    Args:
        quads: what to write.
        form: a key of `EXPORT_FORMS`.
        context: for jsonld, the context to write into the document.

    Raises:
        UsageError: an unknown form.
    """
    if form not in EXPORT_FORMS:
        raise UsageError(f'unknown form "{form}"', "one of: " + ", ".join(EXPORT_FORMS))
    labelled = label_blank_nodes(quads)
    if form in _MERGED:
        kept = [quad for quad in labelled if str(quad.graph_name).strip("<>") not in _NOT_MERGED]
        if form == "ttl":
            return write_turtle(kept)
        triples = sorted(merge(kept), key=str)
        if form in _WRITERS:
            return _WRITERS[form](triples)
        syntax = ox.RdfFormat.RDF_XML if form == "owl" else ox.RdfFormat.N_TRIPLES
        return _bytes(
            ox.serialize(triples, format=syntax, prefixes=_xml_prefixes() if form == "owl" else None)
        )
    ordered = sorted(labelled, key=lambda quad: (str(quad.graph_name), str(quad.triple)))
    if form == "trig":
        return _bytes(ox.serialize(ordered, format=ox.RdfFormat.TRIG, prefixes=dict(PREFIXES)))
    if form == "nq":
        return _bytes(ox.serialize(ordered, format=ox.RdfFormat.N_QUADS))
    return _json_ld(ordered, context or {})


def json_ld_context() -> dict[str, Any]:
    """The JSON-LD context of the curation files, which is also that of the export."""
    content = json.loads((data_dir("ontology") / "context.jsonld").read_text(encoding="utf-8"))
    return dict(content["@context"])


def _xml_prefixes() -> dict[str, str]:
    """Prefixes that may end a namespace of RDF/XML names; the OBO ones end in the middle of an identifier."""
    return {name: iri for name, iri in PREFIXES.items() if iri.endswith(("/", "#")) and name.islower()}


def _json_ld(quads: list[ox.Quad], context: dict[str, Any]) -> bytes:
    """Compact JSON-LD: an object a graph, an object a subject, keys of the context where it has them.

    rdflib and pyoxigraph write expanded JSON-LD only; this writes what the context can say, and full IRIs
    for the rest.
    """
    types = {_full(rule["@id"]): name for name, rule in context.items() if _is_type(rule)}
    graphs: dict[str, dict[str, list[ox.Quad]]] = {}
    for quad in quads:
        subjects = graphs.setdefault(_iri(quad.graph_name), {})
        subjects.setdefault(_iri(quad.subject), []).append(quad)
    document = {
        "@context": context,
        "@graph": [
            {"@id": name, "@graph": [_subject(iri, told, context, types) for iri, told in subjects.items()]}
            for name, subjects in graphs.items()
        ],
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _subject(
    iri: str, quads: list[ox.Quad], context: dict[str, Any], types: dict[str, str]
) -> dict[str, Any]:
    """The object of one subject: its keys are those of the context and of its type's own, which go first."""
    named = sorted(_iri(quad.object) for quad in quads if quad.predicate.value == _TYPE)
    scopes = [types[each] for each in named if each in types]
    # Two types with keys of their own would have to agree on them: then neither is called by its key.
    known = {each: scopes[0] for each in named if each in types} if len(scopes) == 1 else {}
    active = context | (context[scopes[0]]["@context"] if known else {})
    keys = {
        _full(rule["@id"]): (key, rule)
        for key, rule in active.items()
        if isinstance(rule, dict) and "@id" in rule and not _is_type(rule)
    }
    found: dict[str, Any] = {"@id": iri}
    if named:
        found["@type"] = [known.get(each, each) for each in named]
    for quad in quads:
        predicate = quad.predicate.value
        if predicate == _TYPE:
            continue
        key, rule = keys.get(predicate, (predicate, {}))
        value = _value(quad.object, rule)
        if key not in found:
            found[key] = value if rule and "@container" not in rule else [value]
        elif isinstance(found[key], list):
            found[key].append(value)
        else:
            found[key] = [found[key], value]
    return found


def _is_type(rule: Any) -> bool:
    """Whether an entry of the context is a type with keys of its own."""
    return isinstance(rule, dict) and "@context" in rule


_TYPE = PREFIXES["rdf"] + "type"


def _value(value: Any, rule: dict[str, Any]) -> Any:
    how = rule.get("@type")
    if not isinstance(value, ox.Literal):
        return _iri(value) if how in ("@vocab", "@id") else {"@id": _iri(value)}
    if value.language:
        return {"@value": value.value, "@language": value.language}
    if how and _full(how) == value.datatype.value:
        return value.value
    if value.datatype.value == PREFIXES["xsd"] + "string":
        return {"@value": value.value} if how else value.value
    return {"@value": value.value, "@type": value.datatype.value}


def _full(name: str) -> str:
    prefix, colon, rest = name.partition(":")
    return PREFIXES[prefix] + rest if colon and prefix in PREFIXES else name


def _iri(node: Any) -> str:
    return f"_:{node.value}" if isinstance(node, ox.BlankNode) else str(node.value)


def _bytes(written: bytes | None) -> bytes:
    assert written is not None
    return written
