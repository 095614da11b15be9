"""Which form an answer takes: what the client accepts against what can be written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pyoxigraph as ox

__all__ = ["GRAPH_FORMS", "ROW_FORMS", "YES_NO_FORMS", "Form", "choose"]


@dataclass(frozen=True, slots=True)
class Form:
    """A form of answers: its media type, the type that is written, and the IRI that describes it."""

    media: str
    writes: ox.QueryResultsFormat | ox.RdfFormat
    iri: str

    @property
    def content_type(self) -> str:
        """The value of Content-Type; text says its encoding."""
        return f"{self.media}; charset=utf-8" if self.media.startswith("text/") else self.media


_FORMATS = "http://www.w3.org/ns/formats/"
_JSON = Form("application/sparql-results+json", ox.QueryResultsFormat.JSON, _FORMATS + "SPARQL_Results_JSON")
_XML = Form("application/sparql-results+xml", ox.QueryResultsFormat.XML, _FORMATS + "SPARQL_Results_XML")
_CSV = Form("text/csv", ox.QueryResultsFormat.CSV, _FORMATS + "SPARQL_Results_CSV")
_TSV = Form("text/tab-separated-values", ox.QueryResultsFormat.TSV, _FORMATS + "SPARQL_Results_TSV")
_TURTLE = Form("text/turtle", ox.RdfFormat.TURTLE, _FORMATS + "Turtle")
_TRIPLES = Form("application/n-triples", ox.RdfFormat.N_TRIPLES, _FORMATS + "N-Triples")
_RDF_XML = Form("application/rdf+xml", ox.RdfFormat.RDF_XML, _FORMATS + "RDF_XML")
_JSON_LD = Form("application/ld+json", ox.RdfFormat.JSON_LD, _FORMATS + "JSON-LD")
_TRIG = Form("application/trig", ox.RdfFormat.TRIG, _FORMATS + "TriG")
_QUADS = Form("application/n-quads", ox.RdfFormat.N_QUADS, _FORMATS + "N-Quads")

#: By media type, in the order in which they are preferred where the client has no preference; the second
#: names of a form stand behind.
ROW_FORMS: Mapping[str, Form] = {
    **{each.media: each for each in (_JSON, _XML, _CSV, _TSV)},
    "application/json": _JSON,
    "application/xml": _XML,
    "text/xml": _XML,
}
YES_NO_FORMS: Mapping[str, Form] = ROW_FORMS
GRAPH_FORMS: Mapping[str, Form] = {
    **{each.media: each for each in (_TURTLE, _TRIPLES, _RDF_XML, _JSON_LD, _TRIG, _QUADS)},
    "application/json": _JSON_LD,
    "application/xml": _RDF_XML,
    "text/xml": _RDF_XML,
    "text/plain": _TRIPLES,
    "application/x-turtle": _TURTLE,
}

_RANGE = re.compile(r"\s*([!#$%&'*+.^`|~\w-]+)/([!#$%&'*+.^`|~\w-]+)\s*((?:;.*)?)", re.ASCII)
_QUALITY = re.compile(r";\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*(?=;|$)", re.ASCII | re.IGNORECASE)
#: More ranges than any client sends; what stands behind them is not read.
_MOST_RANGES = 64


def choose(accept: str | None, forms: Mapping[str, Form]) -> Form | None:
    """The form that the client likes best, or None where it accepts none of them.

    The most exact range says how much a type is liked; among types that are liked the same, those named in
    full come first, then those that are listed first here. A range that cannot be read is left out.

    Args:
        accept: the value of the header; absent or empty is anything.
        forms: what can be written, by media type.

    >>> choose("text/csv;q=0.5, application/sparql-results+xml;q=0.9", ROW_FORMS).media
    'application/sparql-results+xml'
    >>> choose("text/*", GRAPH_FORMS).media
    'text/turtle'
    >>> choose("image/png", ROW_FORMS) is None
    True
    """
    if accept is None or not accept.strip():
        return next(iter(forms.values()))
    liked: dict[tuple[str, str], float] = {}
    for each in accept.split(",")[:_MOST_RANGES]:
        found = _RANGE.fullmatch(each)
        if found is None:
            continue
        quality = _QUALITY.search(found[3])
        liked[found[1].lower(), found[2].lower()] = float(quality[1]) if quality else 1.0
    best: tuple[float, int] = (0.0, 0)
    chosen: Form | None = None
    for media, form in forms.items():
        kind, _, name = media.partition("/")
        for exactness, key in ((2, (kind, name)), (1, (kind, "*")), (0, ("*", "*"))):
            if key in liked:
                quality_here = min(liked[key], 1.0)
                # Anything is less than what was named: "*/*" at the end must not beat its own kind.
                if quality_here > 0 and (quality_here, exactness) > (best if chosen else (0.0, -1)):
                    best, chosen = (quality_here, exactness), form
                break
    return chosen
