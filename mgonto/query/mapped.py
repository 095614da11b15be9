"""Identifiers of other ontologies to terms of ours, by the mappings; and the rows of the mappings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

import pyoxigraph as ox

from mgonto.engine.embedded import Row
from mgonto.errors import AmbiguousTerm, UnknownTerm, UsageError
from mgonto.names import PREFIXES, expand, shrink
from mgonto.query.lexical import Terms
from mgonto.result.records import Mapping

__all__ = ["MATCHES", "identifier_iri", "mapped_term", "mappings_from", "match_words", "source_iris"]

_SKOS = PREFIXES["skos"]
#: How near the two ends of a mapping are; none says that a search found nothing. The nearest go first.
MATCHES = ("exact", "close", "broad", "narrow", "related", "none")
#: Resolvers that take any CURIE behind their address.
_RESOLVER = re.compile(r"https?://(?:www\.)?(?:identifiers\.org|bioregistry\.io)/([^/:]+)[:/]([^/]+)")
#: What the target is to the term, in words.
_NEARNESS = {
    "close": "close to",
    "broad": "wider than",
    "narrow": "narrower than",
    "related": "related to",
}
_SHOWN = 3


def identifier_iri(text: str) -> str | None:
    """The IRI that a text names where it looks like an identifier (a CURIE, an IRI, a resolver's address).

    >>> identifier_iri("mesh:D007333") == identifier_iri("https://bioregistry.io/mesh:D007333")
    True
    >>> identifier_iri("insulin resistance") is None
    True
    """
    plain = text.strip().strip("<>")
    expanded = expand(plain)
    if expanded is not None:
        return expanded
    resolver = _RESOLVER.fullmatch(plain)
    if resolver is not None:
        return expand(f"{resolver[1]}:{resolver[2]}") or plain
    return plain if re.fullmatch(r"https?://[^\s<>\"{}|\\^`]+", plain) else None


def mapped_term(unknown: UnknownTerm, terms: Terms, ask: Callable[[ox.NamedNode], Iterable[Row]]) -> str:
    """The IRI of the term whose exact match an identifier is.

    Args:
        unknown: what was raised for the identifier, which is no name of a term.
        terms: the terms.
        ask: gives the rows of `queries/mapped-terms.rq`; called only where the name looks like an identifier.

    Raises:
        UnknownTerm: nothing is mapped to it, or something that is merely near: then the hint names that.
        AmbiguousTerm: it is the exact match of several terms.
    """
    iri = identifier_iri(unknown.name)
    if iri is None:
        raise unknown
    rows = list(ask(ox.NamedNode(iri)))
    if not rows:
        # mesh:d007333: the letters of such identifiers are capitals.
        prefix, _, local = shrink(iri).partition(":")
        capitals = expand(f"{prefix}:{local.upper()}")
        rows = list(ask(ox.NamedNode(capitals))) if capitals not in (None, iri) else []
    found: dict[str, list[str]] = {}
    for term, predicate in rows:
        assert term is not None and predicate is not None
        if term.value in terms:
            match = predicate.value.removeprefix(_SKOS).removesuffix("Match")
            found.setdefault(match, []).append(term.value)
    exact = found.get("exact", [])
    if len(exact) > 1:
        raise AmbiguousTerm(unknown.name, sorted(shrink(each) for each in exact))
    if exact:
        return exact[0]
    near = [(match, each) for match in MATCHES for each in found.get(match, ())][:_SHOWN]
    if not near:
        raise unknown
    told = ", ".join(f'{_NEARNESS[match]} "{terms.label(each)}"' for match, each in near)
    names = tuple(dict.fromkeys(terms.label(each) for _, each in near))
    raise UnknownTerm(unknown.name, names, f"it is {told}: name that term if it will do")


def match_words(given: Iterable[str]) -> list[ox.Literal]:
    """The words of `MATCHES` for "exact", "exactMatch" or "skos:exactMatch".

    Raises:
        UsageError: another word.
    """
    words = []
    for each in given:
        word = each.removeprefix(_SKOS).removeprefix("skos:").removesuffix("Match").casefold()
        if word not in MATCHES:
            raise UsageError(f'unknown predicate "{each}"', "one of: " + ", ".join(MATCHES))
        words.append(ox.Literal(word))
    return words


def source_iris(given: Iterable[str]) -> list[ox.NamedNode]:
    """The registry entries of prefixes such as MESH.

    Raises:
        UsageError: a prefix that the project does not know.

    >>> source_iris(["SCTID"])[0].value
    'https://bioregistry.io/registry/snomedct'
    """
    nodes = []
    for each in given:
        iri = expand(f"{each.rstrip(':')}:1")
        if iri is None:
            raise UsageError(f'unknown ontology "{each}"', "give its prefix: MESH, NCIT, MONDO ...")
        nodes.append(ox.NamedNode(PREFIXES["bioregistry"] + shrink(iri).partition(":")[0].lower()))
    return nodes


def mappings_from(columns: Sequence[str], rows: Iterable[Row], terms: Terms) -> Iterable[Mapping]:
    """The records of the rows of `queries/mappings.rq`."""
    for row in rows:
        cell = {name: each.value if each else None for name, each in zip(columns, row, strict=True)}
        subject, match, target = cell["term"] or "", cell["match"] or "", cell["object"] or ""
        yield Mapping(
            subject=subject,
            subject_label=terms.label(subject) if subject in terms else terms.word(subject),
            match=match,
            predicate=cell["predicate"] or "",
            object=None if match == "none" else target,
            object_curie=None if match == "none" else shrink(target),
            object_label=cell["object_label"],
            source=(cell["source"] or "").removeprefix(PREFIXES["bioregistry"]),
            source_version=cell["source_version"],
            justification=shrink(cell["justification"] or ""),
            provider=cell["provider"],
            comment=cell["comment"],
            mapping=cell["mapping"] or "",
        )
