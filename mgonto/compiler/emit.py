"""Checked records to triples. Nothing is decided here: what is right was settled when they were read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from mgonto.compiler.rdf import Triple, boolean, integer, mgo, named, plain, term
from mgonto.compiler.records import Line, NoClaim, Result, Statement
from mgonto.names import article_iri, reference_iri, section_iri, sentence_iri, statement_iri
from mgonto.sources.sentences import IndexRow

__all__ = ["entry_triples", "sentence_triples"]

_TYPE = term("rdf", "type")
_SCOPES = {
    "own": "OwnCitation",
    "paragraph_next": "InheritedFromParagraph",
    "section_next": "InheritedFromSection",
}


def sentence_triples(article: str, rows: Iterable[IndexRow]) -> Iterator[Triple]:
    """The sentences and sections of an article: place, order, hash and citations, and no text."""
    sections: set[str] = set()
    for order, row in enumerate(rows, start=1):
        section = named(section_iri(article, row.section))
        if row.section not in sections:
            sections.add(row.section)
            yield section, _TYPE, mgo("Section")
            yield section, mgo("sectionNumber"), plain(row.section)
            yield section, term("rdfs", "label"), plain(row.heading)
            yield section, mgo("inArticle"), named(article_iri(article))
        node = named(sentence_iri(article, row.locator))
        yield node, _TYPE, mgo("Sentence")
        yield node, mgo("locator"), plain(row.locator)
        yield node, mgo("inSection"), section
        yield node, mgo("sentenceOrder"), integer(order)
        yield node, mgo("sentenceHash"), plain(row.sha256)
        for number in row.citations:
            yield node, mgo("sentenceCites"), named(reference_iri(article, number))
        for number in row.citations_inherited:
            yield node, mgo("sentenceInherits"), named(reference_iri(article, number))
        if row.inheritance in _SCOPES:
            yield node, mgo("sentenceScope"), mgo(_SCOPES[row.inheritance])


def entry_triples(
    article: str, entry: Statement | NoClaim, default_evidence: str, units: Mapping[str, str]
) -> Iterator[Triple]:
    """The triples of one entry: a statement with all that hangs on it, or the reason for there being none.

    `units` has the QUDT unit of a UCUM code, where there is one.
    """
    sentence = named(sentence_iri(article, entry.locator))
    if isinstance(entry, NoClaim):
        yield sentence, mgo("noClaimReason"), entry.reason
        return
    iri = statement_iri(article, entry.locator, entry.number)
    node, proposition = named(iri), named(entry.proposition.iri)
    yield node, _TYPE, mgo("KnowledgeGap" if entry.undetermined else "Statement")
    yield node, mgo("statedIn"), sentence
    yield node, mgo("asserts"), proposition
    yield node, mgo("orderInSentence"), integer(entry.number)
    for prop, value in entry.fields:
        yield node, prop, value
    if entry.next_in_chain is not None:
        yield node, mgo("nextInChain"), named(statement_iri(article, entry.locator, entry.next_in_chain))
    for locator, number in entry.alternatives:
        yield node, mgo("alternativeTo"), named(statement_iri(article, locator, number))
    yield proposition, _TYPE, mgo("Proposition")
    for prop, value in entry.proposition.fields:
        yield proposition, prop, value
    yield proposition, mgo("sign"), integer(entry.proposition.sign)
    yield proposition, mgo("causal"), boolean(entry.proposition.causal)
    for participant in entry.proposition.participants:
        member = named(participant.iri)
        yield member, _TYPE, mgo("Participant")
        for prop, value in participant.fields:
            yield member, prop, value
    for line in entry.lines:
        yield from _line_triples(article, iri, line, default_evidence)
    for number, result in enumerate(entry.results, start=1):
        yield from _result_triples(iri, number, result, units)


def _line_triples(article: str, statement: str, line: Line, default_evidence: str) -> Iterator[Triple]:
    node = named(f"{statement}/evidence/{line.reference}")
    yield named(statement), mgo("hasEvidenceLine"), node
    yield node, _TYPE, mgo("EvidenceLine")
    yield node, mgo("cites"), named(reference_iri(article, line.reference))
    for prop, value in line.fields:
        yield node, prop, value
    if not any(prop == mgo("evidenceType") for prop, _ in line.fields):
        yield node, mgo("evidenceType"), named(default_evidence)


def _result_triples(
    statement: str, number: int, result: Result, units: Mapping[str, str]
) -> Iterator[Triple]:
    iri = f"{statement}/result/{number}"
    node = named(iri)
    yield named(statement), mgo("reportsResult"), node
    yield node, _TYPE, mgo("StudyResult")
    for prop, value in result.fields:
        yield node, prop, value
    for place, quantity in enumerate(result.quantities, start=1):
        member = named(f"{iri}/quantity/{place}")
        yield node, mgo("hasQuantity"), member
        yield member, _TYPE, mgo("Quantity")
        for prop, value in quantity.fields:
            yield member, prop, value
            if prop == mgo("unit") and value.value in units:
                yield member, mgo("qudtUnit"), named(units[value.value])
