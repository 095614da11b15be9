"""The domain terms as CSV: one row a term, for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import pyoxigraph as ox

from mgonto.names import BASE, PREFIXES, local_name, shrink

__all__ = ["TERM_COLUMNS", "term_table"]

_NAME = PREFIXES["skos"] + "prefLabel"
#: Column, then the property it shows. Terms are shown by CURIE, several of them joined by a bar.
_PROPERTIES = {
    "name": _NAME,
    "label": PREFIXES["rdfs"] + "label",
    "parents": PREFIXES["rdfs"] + "subClassOf",
    "definition": PREFIXES["obo"] + "IAO_0000115",
    "synonyms": PREFIXES["skos"] + "altLabel",
    "state_of": BASE + "stateOf",
    "pool_of": BASE + "poolOf",
    "stands_for_whole": BASE + "standsForWhole",
    "intervention_on": BASE + "interventionOn",
    "direction": BASE + "direction",
    "part_of": BASE + "partOf",
    "member_of": BASE + "memberOf",
    "involves": BASE + "involves",
    "definition_source": PREFIXES["obo"] + "IAO_0000119",
    "source": PREFIXES["dcterms"] + "source",
}
TERM_COLUMNS = ("iri", "curie", "kind", *_PROPERTIES)


def term_table(triples: Iterable[ox.Triple]) -> bytes:
    """The terms, those with a concept class, ordered by kind and name; UTF-8 with LF line ends."""
    about: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for triple in triples:
        if isinstance(triple.subject, ox.NamedNode):
            about[triple.subject.value][triple.predicate.value].append(triple.object)
    rows = []
    for iri, told in about.items():
        kinds = [
            local_name(each.value).removesuffix("Concept")
            for each in told[PREFIXES["rdf"] + "type"]
            if each.value.startswith(BASE) and each.value.endswith("Concept")
        ]
        if kinds and told[_NAME]:
            cells = {"iri": iri, "curie": shrink(iri), "kind": "|".join(sorted(set(kinds)))}
            rows.append(cells | {column: _cell(told[prop]) for column, prop in _PROPERTIES.items()})
    written = io.StringIO()
    table = csv.DictWriter(written, TERM_COLUMNS, lineterminator="\n")
    table.writeheader()
    table.writerows(sorted(rows, key=lambda row: (row["kind"], row["name"].casefold(), row["iri"])))
    return written.getvalue().encode()


def _cell(values: list[Any]) -> str:
    shown = (
        shrink(each.value) if isinstance(each, ox.NamedNode) else each.value
        for each in values
        if not isinstance(each, ox.BlankNode)
    )
    return "|".join(sorted(set(shown)))
