"""The table of domain terms, checked and turned into OWL classes that are also individuals of their kind."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pyoxigraph as ox

from mgonto.compiler.hierarchy import ancestors, imported_parents, nearest, rings
from mgonto.compiler.rdf import Triple, boolean, english, mgo, named, plain, term
from mgonto.compiler.schema import Schema
from mgonto.errors import AmbiguousTerm, Problem, UnknownTerm
from mgonto.names import expand, reference_iri
from mgonto.sources.imports import ImportedClass
from mgonto.sources.lexicon import Lexicon, fold
from mgonto.sources.terms import TermRow

__all__ = ["Term", "TermTable", "check_terms", "definition_sources", "term_triples"]

_CURIE = re.compile(r"[A-Za-z][\w.]*:\S+")
#: An entry of an article's reference list; the article may be left out where there is only one.
_REFERENCE = re.compile(r"ref:(?:(?P<article>[\w-]+)/)?(?P<number>\d+)")
_LINKS = ("state_of", "pool_of", "intervention_on")
#: Columns that name several terms, each with its property.
_STRUCTURE = {"part_of": "partOf", "member_of": "memberOf", "involves": "involves"}


@dataclass(frozen=True, slots=True)
class Term:
    """A checked domain term: its row with every name in it resolved to an IRI."""

    iri: str
    kind: str
    row: TermRow
    parents: tuple[str, ...]
    state_of: str | None
    pool_of: str | None
    intervention_on: str | None
    direction: str | None
    #: Property of the vocabulary, then the terms it names.
    structure: Mapping[str, tuple[str, ...]]
    #: The release of the ontology that the term comes from, where a module of imports has it.
    imported_from: str | None = None


@dataclass(frozen=True, slots=True)
class TermTable:
    """The terms by IRI, how their names resolve, and which term is a state of which base."""

    terms: Mapping[str, Term]
    lexicon: Lexicon
    states: Mapping[tuple[str, str], str]

    def resolve(self, name: str) -> Term:
        """The term of a name; raises `UnknownTerm` or `AmbiguousTerm`."""
        return self.terms[self.lexicon.resolve(name)]


def check_terms(
    rows: Sequence[TermRow],
    schema: Schema,
    file: str,
    problems: list[Problem],
    imports: Sequence[ImportedClass] = (),
) -> TermTable:
    """Check the rows against each other, the vocabulary and the modules of imports.

    Every mistake is added to `problems` with its line; the returned table holds the rows that are sound
    enough to go on, so that one bad row does not hide the mistakes of the curation files.
    """

    def report(row: TermRow, message: str, hint: str) -> None:
        problems.append(Problem(file, row.line, 1, message, hint))

    sound: dict[str, TermRow] = {}
    taken: dict[str, TermRow] = {}
    for row in rows:
        iri = expand(row.iri) if _CURIE.fullmatch(row.iri) else None
        if iri is None:
            report(
                row, f'"{row.iri}" is no CURIE with a known prefix', "write it as PREFIX:ID, MGO:0000101 say"
            )
            continue
        if iri in sound:
            report(row, f"{row.iri} stands in line {sound[iri].line} already", "one row a term: join the two")
            continue
        if row.kind not in schema.kinds:
            report(row, f'unknown kind "{row.kind}"', "the kinds are: " + ", ".join(schema.kinds))
            continue
        sound[iri] = row
        for name in dict.fromkeys((fold(row.name), fold(row.label), *map(fold, row.synonyms))):
            other = taken.setdefault(name, row)
            if other is not row:
                hint = f'line {other.line} ("{other.name}") has it too: give it to one of them'
                report(row, f'the name "{name}" is not unique', hint)
    lexicon = Lexicon((iri, ((row.name,), (row.label,), row.synonyms)) for iri, row in sound.items())
    table: dict[str, Term] = {}
    states: dict[tuple[str, str], str] = {}
    directions = schema.choices["Direction"]

    def resolve(row: TermRow, name: str, column: str) -> str | None:
        try:
            return lexicon.resolve(name)
        except (UnknownTerm, AmbiguousTerm) as error:
            report(row, f"column {column}: {error.message}", error.hint)
            return None

    for iri, row in sound.items():
        links = {column: getattr(row, column) for column in _LINKS}
        named_links = [column for column, value in links.items() if value]
        if len(named_links) > 1:
            report(row, f"{' and '.join(named_links)} exclude each other", "keep the one that holds")
        resolved = {column: resolve(row, value, column) if value else None for column, value in links.items()}
        needs_direction = bool(row.state_of or row.intervention_on)
        direction = directions.get(row.direction)
        if needs_direction and row.direction not in ("increased", "decreased"):
            report(row, "a state or an intervention needs a direction", "write increased or decreased")
        if row.direction and not needs_direction:
            report(
                row, "a direction with neither state_of nor intervention_on", "name the base, or delete it"
            )
        if row.stands_for_whole and (row.stands_for_whole != "yes" or not row.pool_of):
            report(row, "stands_for_whole is out of place", "write yes, and only beside pool_of")
        parents = []
        for parent_name in row.parents:
            parent = resolve(row, parent_name, "parents")
            if parent is None:
                continue
            if sound[parent].kind != row.kind:
                hint = "a term and its parents are of one kind"
                report(row, f'"{parent_name}" is a {sound[parent].kind}, not a {row.kind}', hint)
            elif parent == iri:
                report(row, "a term cannot be its own parent", "name a broader term, or none")
            else:
                parents.append(parent)
        structure = {
            prop: tuple(found for name in getattr(row, column) if (found := resolve(row, name, column)))
            for column, prop in _STRUCTURE.items()
        }
        if any(iri in named_there for named_there in structure.values()):
            report(row, "a term cannot be part or member of itself, nor involve itself", "name another term")
        base = resolved["state_of"]
        if base and direction:
            first = states.setdefault((base, direction), iri)
            if first != iri:
                hint = (
                    f'"{sound[first].name}" is that state: drop state_of here, or make this its narrower term'
                )
                report(row, f'"{row.state_of}" has a state "{row.direction}" already', hint)
        table[iri] = Term(
            iri=iri,
            kind=row.kind,
            row=row,
            parents=tuple(parents),
            state_of=base,
            pool_of=resolved["pool_of"],
            intervention_on=resolved["intervention_on"],
            direction=direction if needs_direction else None,
            structure=structure,
        )
    imported = imported_parents(imports, sound, file, problems)
    joined = _with_imports(table, imported)
    parents_of = {iri: each.parents for iri, each in joined.items()}
    for ring in rings(parents_of):
        names = ", ".join(table[iri].row.name for iri in ring[1:])
        hint = f"mend the parents of one of them: {names}"
        report(table[ring[0]].row, f'"{table[ring[0]].row.name}" is among its own ancestors', hint)
    above = ancestors(parents_of)
    for iri, each in joined.items():
        kept = nearest(each.parents, above)
        for parent in table[iri].parents:
            said = imported[iri].parents if iri in imported else ()
            if parent not in kept or parent in said:
                hint = "delete it here: " + (
                    "its source says so" if parent in said else "another parent says so already"
                )
                report(each.row, f'the parent "{table[parent].row.name}" is redundant', hint)
        joined[iri] = replace(each, parents=kept)
    return TermTable(joined, lexicon, states)


def _with_imports(table: Mapping[str, Term], imported: Mapping[str, ImportedClass]) -> dict[str, Term]:
    """The terms with the parents that their sources give them beside those of the table."""
    return {
        iri: replace(
            each,
            parents=tuple(
                dict.fromkeys(
                    (
                        *each.parents,
                        *(up for up in imported[iri].parents if up in table and table[up].kind == each.kind),
                    )
                )
            ),
            imported_from=imported[iri].imported_from,
        )
        if iri in imported
        else each
        for iri, each in table.items()
    }


def definition_sources(
    table: TermTable, references: Mapping[str, Collection[int]], file: str, problems: list[Problem]
) -> dict[str, str]:
    """The IRI of the source of each term's definition, by the IRI of the term.

    Args:
        table: the checked terms.
        references: the numbers of the reference list of each article.
        file: how the table is called in a problem.
        problems: where a source that cannot be found is told.
    """
    found: dict[str, str] = {}
    for iri, each in table.terms.items():
        told = each.row.definition_source
        entry = _REFERENCE.fullmatch(told)
        if entry:
            article = entry["article"] or (next(iter(references)) if len(references) == 1 else "")
            if int(entry["number"]) in references.get(article, ()):
                found[iri] = reference_iri(article, int(entry["number"]))
                continue
            hint = "write ref:ARTICLE/NUMBER, and see that its article.yaml has the number"
            message = f'definition_source "{told}" is in no reference list'
        else:
            source = expand(told)
            if source:
                found[iri] = source
                continue
            hint = "write the CURIE of a term elsewhere, or ref:ARTICLE/NUMBER"
            message = f'definition_source "{told}" is neither a CURIE with a known prefix nor a reference'
        problems.append(Problem(file, each.row.line, 1, message, hint))
    return found


def term_triples(table: TermTable, sources: Mapping[str, str], core: bool) -> Iterator[Triple]:
    """The triples of the terms: with `core` what the first answer needs, without it all the rest."""
    a, sub = term("rdf", "type"), term("rdfs", "subClassOf")
    for iri, each in table.terms.items():
        node, row = named(iri), each.row
        if core:
            yield node, a, mgo(f"{each.kind}Concept")
            yield node, term("rdfs", "label"), english(row.label)
            yield node, term("skos", "prefLabel"), english(row.name)
            for synonym in row.synonyms:
                yield node, term("skos", "altLabel"), english(synonym)
            for parent in each.parents:
                yield node, sub, named(parent)
            yield from _links(node, each)
        else:
            yield node, a, term("owl", "Class")
            if not each.parents:
                yield node, sub, mgo(each.kind)
            yield node, term("obo", "IAO_0000115"), english(row.definition)
            if iri in sources:
                yield node, term("obo", "IAO_0000119"), named(sources[iri])
            yield node, term("dcterms", "source"), plain(row.source)
            if each.imported_from:
                yield node, term("obo", "IAO_0000412"), named(each.imported_from)


def _links(node: ox.NamedNode, each: Term) -> Iterator[Triple]:
    for name, base in (
        ("stateOf", each.state_of),
        ("poolOf", each.pool_of),
        ("interventionOn", each.intervention_on),
    ):
        if base:
            yield node, mgo(name), named(base)
    if each.direction:
        yield node, mgo("direction"), named(each.direction)
    if each.row.stands_for_whole:
        yield node, mgo("standsForWhole"), boolean(True)
    for prop, others in each.structure.items():
        for other in others:
            yield node, mgo(prop), named(other)
