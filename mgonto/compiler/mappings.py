"""Links to other ontologies, checked against the terms and turned into triples.

A row gives the direct triple (`subject skos:exactMatch object`) and a node of class `sssom:Mapping` that
tells on what the row rests. A row for a search that found nothing gives the node alone.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from mgonto.compiler.rdf import Triple, english, named, plain, term
from mgonto.compiler.schema import Schema
from mgonto.compiler.terms import TermTable
from mgonto.errors import Problem
from mgonto.names import BASE, PREFIXES, expand
from mgonto.sources.sssom import NO_TERM, MappingRow, MappingSet

__all__ = ["Link", "check_mappings", "mapping_triples"]

_EXACT = "skos:exactMatch"
_PREDICATES = (_EXACT, "skos:closeMatch", "skos:broadMatch", "skos:narrowMatch", "skos:relatedMatch")
#: The mapping justifications of SEMAPV that SSSOM admits.
_JUSTIFICATIONS = frozenset(
    f"semapv:{name}"
    for name in (
        "BackgroundKnowledgeBasedMatching",
        "CompositeMatching",
        "InstanceBasedMatching",
        "LexicalMatching",
        "LexicalSimilarityThresholdMatching",
        "LogicalReasoning",
        "ManualMappingCuration",
        "MappingChaining",
        "MappingInversion",
        "MappingReview",
        "SemanticSimilarityThresholdMatching",
        "StructuralMatching",
        "UnspecifiedMatching",
    )
)
#: Vocabularies whose identifiers may be named, but whose labels are not ours to give away.
_NO_LABEL = frozenset({"LOINC", "MEDGEN", "SNOMEDCT", "UMLS"})
#: The source of our own terms; that of all others is the registry's entry of their prefix.
_OURS = "mgo:mgonto.owl"
_CURIE = re.compile(r"([A-Za-z][\w.-]*):(\S+)")


@dataclass(frozen=True, slots=True)
class Link:
    """A checked row with its ends as IRIs; `object` is None where a search found nothing."""

    row: MappingRow
    subject: str
    predicate: str
    object: str | None

    @property
    def iri(self) -> str:
        """`mgo:mapping/` and 20 hexadecimal digits of the SHA-256 of what is joined and how."""
        content = " ".join((self.subject, self.predicate, self.object or f"none in {self.row.object_source}"))
        return f"{BASE}mapping/{hashlib.sha256(content.encode()).hexdigest()[:20]}"


def check_mappings(
    found: MappingSet, table: TermTable, schema: Schema, file: str, problems: list[Problem]
) -> tuple[Link, ...]:
    """Check the rows against the terms, the relations and each other.

    Every mistake is added to `problems` with its line; the sound rows are returned.
    """
    for prefix, namespace in found.prefixes.items():
        if PREFIXES.get(prefix) != namespace:
            known = PREFIXES.get(prefix)
            hint = f"it is {known}" if known else "add it to the prefixes of the project first"
            message = f'the prefix "{prefix}" stands for another namespace than in the project'
            problems.append(Problem(file, found.prefix_lines[prefix], 1, message, hint))
    labels = {each.iri: each.label for each in schema.relations.values()}
    labels |= {iri: each.row.label for iri, each in table.terms.items()}
    links: list[Link] = []
    checks = _Checks(table, file, problems)
    for row in found.rows:
        link = _link(row, found.prefixes, labels, file, problems)
        if link is not None and checks.accept(link):
            links.append(link)
    checks.finish()
    return tuple(links)


def _link(
    row: MappingRow,
    prefixes: Mapping[str, str],
    labels: Mapping[str, str],
    file: str,
    problems: list[Problem],
) -> Link | None:
    """The row with its names resolved, or None after telling what is wrong with the row by itself."""

    def report(message: str, hint: str) -> None:
        problems.append(Problem(file, row.line, 1, message, hint))

    for curie in (row.subject_id, row.predicate_id, row.object_id, row.mapping_justification):
        match = _CURIE.fullmatch(curie)
        if match is None:
            report(f'"{curie}" is no CURIE', "write it as PREFIX:ID")
            return None
        if match[1] not in prefixes or match[1] not in PREFIXES:
            report(f'unknown prefix "{match[1]}"', "declare it in the curie_map of the head")
            return None
    subject, target = expand(row.subject_id), expand(row.object_id)
    assert subject is not None and target is not None
    if subject not in labels:
        report(f"{row.subject_id} is neither a term nor a relation of ours", "mend it, or delete the row")
        return None
    if row.subject_label != labels[subject]:
        hint = f'the label of {row.subject_id} is "{labels[subject]}"'
        report(f'the label of the subject is not "{row.subject_label}"', hint)
    if row.predicate_id not in _PREDICATES:
        report(f'unknown predicate "{row.predicate_id}"', "one of: " + ", ".join(_PREDICATES))
        return None
    if row.mapping_justification not in _JUSTIFICATIONS:
        hint = "for example semapv:ManualMappingCuration, semapv:LexicalMatching or semapv:MappingReview"
        report(f'unknown justification "{row.mapping_justification}"', hint)
    if row.subject_source != _source_of(row.subject_id):
        report("the source of the subject is not its own", f"write {_source_of(row.subject_id)}")
    if row.object_id == NO_TERM:
        _check_nothing(row, report)
        return Link(row, subject, row.predicate_id, None)
    if row.object_source != _source_of(row.object_id):
        report("the source of the object is not its own", f"write {_source_of(row.object_id)}")
    unlabelled = row.object_id.partition(":")[0] in _NO_LABEL
    if unlabelled and row.object_label:
        report("this vocabulary's labels are not given away", "leave object_label empty")
    if not unlabelled and not row.object_label:
        report("no object_label", "write the label of the target, exactly as its source has it")
    if row.object_label.casefold().startswith("obsolete"):
        report(f"{row.object_id} is obsolete in its source", "map to the term that took its place")
    return Link(row, subject, row.predicate_id, target)


def _check_nothing(row: MappingRow, report: Callable[[str, str], None]) -> None:
    if row.predicate_id != _EXACT:
        report("a search that found nothing looked for the exact term", f"write {_EXACT}")
    if row.object_label:
        report("what was not found has no label", "leave object_label empty")
    if not row.object_source.startswith("bioregistry:"):
        report("no source that was searched", "name it in object_source, as bioregistry:mesh")


def _source_of(curie: str) -> str:
    prefix = curie.partition(":")[0]
    return _OURS if prefix in ("MGO", "mgo") else f"bioregistry:{prefix.lower()}"


class _Checks:
    """What only several rows together can get wrong."""

    def __init__(self, table: TermTable, file: str, problems: list[Problem]) -> None:
        self._table, self._file, self._problems = table, file, problems
        self._pairs: dict[tuple[str, str], Link] = {}
        self._exact_in: dict[tuple[str, str], Link] = {}
        self._exact_to: dict[str, Link] = {}
        self._nothing: list[Link] = []

    def accept(self, link: Link) -> bool:
        """Whether the link stands beside those before it; tells what is wrong where it does not."""
        row, target = link.row, link.object
        pair = self._pairs.setdefault((link.subject, target or row.object_source), link)
        if pair is not link:
            return self._refuse(link, "this pair has a row already", f"see line {pair.row.line}")
        if target is None:
            self._nothing.append(link)
            return True
        own = self._table.terms.get(target)
        if target == link.subject:
            return self._refuse(link, "a term is mapped to itself", "delete the row")
        if link.predicate != _EXACT:
            return True
        if own is not None:
            subject = self._table.terms.get(link.subject)
            if subject is not None and subject.kind != own.kind:
                message = f"an exact match across kinds: {subject.kind} and {own.kind}"
                return self._refuse(link, message, "use skos:relatedMatch")
            hint = "make them one term, or use another predicate"
            return self._refuse(link, f'the target is a term of ours too: "{own.row.name}"', hint)
        first = self._exact_in.setdefault((link.subject, row.object_source), link)
        if first is not link:
            message = f"a second exact match in {row.object_source.partition(':')[2]}"
            return self._refuse(link, message, f"line {first.row.line} has one: keep the one that is exact")
        holder = self._exact_to.setdefault(target, link)
        if holder is not link:
            hint = f"line {holder.row.line} says so of {holder.row.subject_id}: only one of them can be right"
            return self._refuse(link, f"{row.object_id} is the exact match of two terms", hint)
        return True

    def finish(self) -> None:
        """Tell the searches that found nothing although another row has what they looked for."""
        for link in self._nothing:
            other = self._exact_in.get((link.subject, link.row.object_source))
            if other is not None:
                message = "nothing was found, says this row"
                self._refuse(link, message, f"line {other.row.line} has the exact match: delete one of them")

    def _refuse(self, link: Link, message: str, hint: str) -> bool:
        self._problems.append(Problem(self._file, link.row.line, 1, message, hint))
        return False


def mapping_triples(links: tuple[Link, ...]) -> Iterator[Triple]:
    """The triples of checked links: the direct ones, and a node for each row."""
    for link in links:
        row, node = link.row, named(link.iri)
        predicate = _node(link.predicate)
        if link.object is not None:
            yield named(link.subject), predicate, named(link.object)
        yield node, term("rdf", "type"), term("sssom", "Mapping")
        yield node, term("sssom", "subject_id"), named(link.subject)
        yield node, term("sssom", "predicate_id"), predicate
        yield node, term("sssom", "object_id"), named(link.object) if link.object else _node(NO_TERM)
        yield node, term("sssom", "mapping_justification"), _node(row.mapping_justification)
        yield node, term("sssom", "object_source"), _node(row.object_source)
        for column in ("object_label", "object_source_version"):
            text = getattr(row, column)
            if text:
                yield node, term("sssom", column), plain(text)
        if row.mapping_provider:
            yield node, term("sssom", "mapping_provider"), named(row.mapping_provider)
        if row.comment:
            yield node, term("rdfs", "comment"), english(row.comment)


def _node(curie: str) -> ox.NamedNode:
    iri = expand(curie)
    assert iri is not None, f"a known prefix belongs here: {curie}"
    return named(iri)
