"""OBO Graph JSON: the terms, their tree and their links, as pronto, OAK and the OBO tools read it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import pyoxigraph as ox

from mgonto.names import BASE, PREFIXES

__all__ = ["obo_graph"]

_RDFS, _OWL, _SKOS, _OBO = (PREFIXES[name] for name in ("rdfs", "owl", "skos", "obo"))
_TYPE = PREFIXES["rdf"] + "type"
_KINDS = {
    _OWL + "Class": "CLASS",
    _OWL + "ObjectProperty": "PROPERTY",
}
#: Links between terms that the tree of an OBO tool can show.
_LINKS = tuple(
    BASE + name for name in ("partOf", "memberOf", "poolOf", "stateOf", "interventionOn", "involves")
)
_MATCHES = {_SKOS + f"{kind}Match": kind for kind in ("exact", "close", "broad", "narrow", "related")}


def obo_graph(triples: Iterable[ox.Triple]) -> bytes:
    """Classes and object properties as OBO Graph JSON; claims and evidence have no place in that form.

    The name of a node is the name the field uses (skos:prefLabel); the label of its source, where it differs,
    is an exact synonym. Claims and evidence are left out: OBO Graphs know terms and edges alone.
    """
    about: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for triple in triples:
        if isinstance(triple.subject, ox.NamedNode):
            about[triple.subject.value][triple.predicate.value].append(triple.object)
    kinds = {
        iri: next((_KINDS[each.value] for each in told[_TYPE] if getattr(each, "value", "") in _KINDS), None)
        for iri, told in about.items()
    }
    shown = sorted(iri for iri, kind in kinds.items() if kind)
    edges = [
        {"sub": iri, "pred": "is_a" if link.endswith("subClassOf") else link, "obj": other.value}
        for iri in shown
        for link in (_RDFS + "subClassOf", *_LINKS)
        for other in sorted(about[iri][link], key=str)
        if isinstance(other, ox.NamedNode) and kinds.get(other.value) == kinds[iri]
    ]
    edges += [
        {"sub": iri, "pred": "subPropertyOf", "obj": other.value}
        for iri in shown
        for other in sorted(about[iri][_RDFS + "subPropertyOf"], key=str)
        if kinds.get(other.value) == "PROPERTY"
    ]
    header = next(
        (iri for iri, told in about.items() if ox.NamedNode(_OWL + "Ontology") in told[_TYPE]),
        BASE + "mgonto.owl",
    )
    graph = {
        "id": header,
        "meta": _header(about[header]),
        "nodes": [_node(iri, kinds[iri], about[iri]) for iri in shown],
        "edges": sorted(edges, key=lambda edge: (edge["sub"], edge["pred"], edge["obj"])),
    }
    return (json.dumps({"graphs": [graph]}, ensure_ascii=False, indent=1) + "\n").encode()


def _header(told: dict[str, list[Any]]) -> dict[str, Any]:
    versions = [each.value for each in told[_OWL + "versionIRI"]]
    return {"version": versions[0]} if versions else {}


def _node(iri: str, kind: str | None, told: dict[str, list[Any]]) -> dict[str, Any]:
    labels = sorted(each.value for each in told[_RDFS + "label"])
    names = sorted(each.value for each in told[_SKOS + "prefLabel"]) or labels
    sources = sorted(each.value for each in told[_OBO + "IAO_0000119"])
    synonyms = sorted({each.value for each in told[_SKOS + "altLabel"]} | set(labels) - set(names))
    meta: dict[str, Any] = {}
    for definition in told[_OBO + "IAO_0000115"]:
        meta["definition"] = {"val": definition.value, "xrefs": sources}
    if synonyms:
        meta["synonyms"] = [{"pred": "hasExactSynonym", "val": each, "xrefs": []} for each in synonyms]
    matches = [
        {"pred": prop, "val": other.value} for prop in _MATCHES for other in sorted(told[prop], key=str)
    ]
    if matches:
        meta["basicPropertyValues"] = matches
    if any(each.value == "true" for each in told[_OWL + "deprecated"]):
        meta["deprecated"] = True
    return {"id": iri, "lbl": names[0] if names else "", "type": kind, "meta": meta}
