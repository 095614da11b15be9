"""`article.yaml`: the bibliographic record of an article and its reference list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from mgonto.compiler.rdf import Triple, mgo, named, term
from mgonto.compiler.records import Fields
from mgonto.compiler.values import ValueReader, whole_number
from mgonto.names import article_iri, reference_iri
from mgonto.sources.yamlfile import Node

__all__ = ["Article", "Publication", "article_triples", "read_article"]


@dataclass(frozen=True, slots=True)
class Publication:
    """An article or a reference: its properties, ready to be written, and where it can be read."""

    fields: Fields
    links: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Article:
    """The record of an article, and its references by number."""

    slug: str
    record: Publication
    references: tuple[tuple[int, Publication], ...]

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of the reference list."""
        return tuple(number for number, _ in self.references)


def read_article(slug: str, root: Node, values: ValueReader) -> Article:
    """Read the record of the article `slug`; what is wrong goes to the problems of `values`."""
    record = _publication(root, "Article", values)
    references: dict[int, Publication] = {}
    listed = root.get("references")
    for node in listed.listed() if listed else ():
        one = _publication(node, "Reference", values)
        given = node.get("number")
        number = whole_number(given.text()) if given else None
        if number is None:
            values.report(
                node, "a reference needs its number", "write number: and its place in the list, from 1"
            )
        elif number in references:
            hint = "number the references as the article does"
            values.report(node, f"reference {number} stands twice", hint)
        else:
            references[number] = one
    return Article(slug, record, tuple(references.items()))


def article_triples(article: Article) -> Iterator[Triple]:
    """The triples of the record and of every reference."""
    node = named(article_iri(article.slug))
    yield node, term("rdf", "type"), mgo("Article")
    yield from _publication_triples(article_iri(article.slug), article.record)
    for number, reference in article.references:
        iri = reference_iri(article.slug, number)
        yield named(iri), term("rdf", "type"), mgo("Reference")
        yield named(iri), mgo("listedIn"), node
        yield from _publication_triples(iri, reference)


def _publication(node: Node, record: str, values: ValueReader) -> Publication:
    keys = values.schema.keys_of(record)
    values.check_keys(node, keys)
    title = node.get("title")
    if title is None:
        values.report(node, "a publication needs its title", "write title: ...")
    return Publication(values.fields(node, keys), tuple(_links(node)))


def _publication_triples(iri: str, publication: Publication) -> Iterator[Triple]:
    node = named(iri)
    for prop, value in publication.fields:
        yield node, prop, value
    for link in publication.links:
        yield node, term("rdfs", "seeAlso"), named(link)


def _links(node: Node) -> Iterator[str]:
    """The DOI and PubMed addresses; a DOI's own characters that an IRI forbids are percent-encoded."""
    for key, address, safe in (
        ("doi", "https://doi.org/", "/:;().-_"),
        ("pmid", "https://pubmed.ncbi.nlm.nih.gov/", ""),
    ):
        given = node.get(key)
        text = given.text() if given else None
        if text:
            yield address + quote(text, safe=safe)
