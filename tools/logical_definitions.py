"""The logical definitions: `ontology/definitions.ttl` from `ontology/definitions.tsv`.

    python -m tools.logical_definitions [--check]

A row says what a term is: its genus, and what sets it apart from the rest of the genus, as one or two
pairs of relation and filler. It becomes one equivalence, genus and (relation some filler), as in the OBO
ontologies. A genus or filler is a term by its name, or a home kind (`mgo:Cell`). The module is an OWL 2 EL
ontology that stands alone, and no part of the release: an existential in an equivalence is not OWL 2 RL.
Load it beside `release/mgonto.ttl` to let a reasoner sort terms.

What a definition implies must be in the tree already, so that who loads no definitions sees the same tree:
the genus must be broader than the term, and every term that a definition takes in must be narrower.

    --check     write nothing; exit 1 if the file is not what the table gives

Exit code: 0 done, 1 stale, or a row that cannot stand.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mgonto.compiler.compile import compile_sources
from mgonto.compiler.hierarchy import ancestors
from mgonto.compiler.schema import load_schema
from mgonto.compiler.terms import TermTable
from mgonto.errors import AmbiguousTerm, Problem, UnknownTerm
from mgonto.names import BASE, PREFIXES, shrink

__all__ = ["RELATIONS", "Definition", "Relation", "main", "module", "read_definitions", "unasserted"]

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "ontology" / "definitions.tsv"
MODULE = ROOT / "ontology" / "definitions.ttl"
SHOWN = "ontology/definitions.tsv"
COLUMNS = ("term", "genus", "relation", "filler", "relation2", "filler2")


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation of the OBO Relation Ontology: its CURIE, and in our own words what it says."""

    curie: str
    definition: str


#: The relations by their label in RO. They carry no axioms here: RO's own are not needed to sort these terms.
RELATIONS: Mapping[str, Relation] = {
    "characteristic of": Relation("RO:0000052", "Joins a feature with the thing whose feature it is."),
    "disease has location": Relation("RO:0004026", "Joins a condition with the body part in which it lies."),
    "has causal agent": Relation("RO:0002608", "Joins a process with a thing that brings it about."),
    "has disease": Relation("RO:0016002", "Joins an individual or a group with a condition that it has."),
    "has input": Relation("RO:0002233", "Joins a process with a thing that goes into it."),
    "has output": Relation("RO:0002234", "Joins a process with a thing that comes out of it."),
    "has participant": Relation("RO:0000057", "Joins a process or a study with what takes part in it."),
    "has primary input": Relation("RO:0004009", "Joins a process with the thing that it is meant to change."),
    "located in": Relation("RO:0001025", "Joins a thing with the place that holds it."),
    "occurs in": Relation("BFO:0000066", "Joins a process with the place where it goes on."),
    "part of": Relation("BFO:0000050", "Joins a component with the whole that it helps to make up."),
}
#: The labels that RO itself gives, where the short name above is another.
LABELS = {"has causal agent": "process has causal agent"}


@dataclass(frozen=True, slots=True)
class Definition:
    """A term, its genus, and the pairs of relation and filler that set it apart, terms as IRIs."""

    line: int
    term: str
    genus: str
    differences: tuple[tuple[str, str], ...]


def read_definitions(
    text: str, table: TermTable, kinds: Sequence[str], problems: list[Problem]
) -> tuple[Definition, ...]:
    """The rows of the table with their names resolved; every mistake is added to `problems`."""
    above = ancestors({iri: each.parents for iri, each in table.terms.items()})
    found: dict[str, Definition] = {}

    def report(number: int, message: str, hint: str) -> None:
        problems.append(Problem(SHOWN, number, 1, message, hint))

    def resolve(number: int, name: str) -> str | None:
        if name.removeprefix("mgo:") in kinds:
            return BASE + name.removeprefix("mgo:")
        try:
            return table.resolve(name).iri
        except (UnknownTerm, AmbiguousTerm) as error:
            report(number, error.message, error.hint)
            return None

    lines = text.splitlines()
    if not lines or tuple(lines[0].split("\t")) != COLUMNS:
        report(1, "wrong header", "the columns are: " + " ".join(COLUMNS))
        return ()
    for number, line in enumerate(lines[1:], start=2):
        cells = line.split("\t")
        if len(cells) != len(COLUMNS) or not all(cells[:4]) or bool(cells[4]) != bool(cells[5]):
            report(number, "this is no row", "a term, a genus, and one or two pairs of relation and filler")
            continue
        pairs = [(cells[at], cells[at + 1]) for at in (2, 4) if cells[at]]
        for relation, _ in pairs:
            if relation not in RELATIONS:
                report(number, f'unknown relation "{relation}"', "one of: " + ", ".join(RELATIONS))
        names = [resolve(number, name) for name in (*cells[:2], *(filler for _, filler in pairs))]
        term, genus, *fillers = (name or "" for name in names)
        if not all(names) or any(relation not in RELATIONS for relation, _ in pairs):
            continue
        if term in found:
            report(number, f"{cells[0]} is defined in line {found[term].line}", "one definition a term")
        elif term not in table.terms:
            report(number, f"{cells[0]} is a kind", "define terms only")
        elif genus not in above[term] and genus != BASE + table.terms[term].kind:
            hint = "name a genus that is broader, or add it to the parents of the term"
            report(number, f"{cells[1]} is not broader than {cells[0]}", hint)
        else:
            differences = tuple(
                (relation, filler) for (relation, _), filler in zip(pairs, fillers, strict=True)
            )
            found[term] = Definition(number, term, genus, differences)
    return tuple(found.values())


def unasserted(definitions: Sequence[Definition], table: TermTable) -> Iterator[tuple[str, str]]:
    """Pairs of a term and a defined term that takes it in without being above it in the tree.

    A term has the differences of its own definition and of those of everything above it; a definition takes
    in every term below its genus that has its differences, or narrower ones.
    """
    above = ancestors({iri: each.parents for iri, each in table.terms.items()})
    of = {each.term: each for each in definitions}

    def under(narrow: str, wide: str) -> bool:
        if narrow == wide or wide in above.get(narrow, ()):
            return True
        return narrow in table.terms and wide == BASE + table.terms[narrow].kind

    for iri in table.terms:
        has = [pair for each in (iri, *above[iri]) if each in of for pair in of[each].differences]
        for each in definitions:
            takes_in = under(iri, each.genus) and all(
                any(relation == held and under(narrow, filler) for held, narrow in has)
                for relation, filler in each.differences
            )
            if takes_in and not under(iri, each.term):
                yield iri, each.term


def module(definitions: Sequence[Definition], version: str) -> str:
    """The Turtle text of the module."""
    curies = {each for one in definitions for each in (one.term, one.genus, *(f for _, f in one.differences))}
    used = sorted({relation for one in definitions for relation, _ in one.differences})
    names = sorted(shrink(iri) for iri in curies)
    prefixes = sorted(
        {name.partition(":")[0] for name in (*names, *(RELATIONS[each].curie for each in used))}
        - {"BFO", "mgo"}
    )
    lines = [
        "# Logical definitions of terms: a genus, and what sets the term apart.",
        "# Generated from ontology/definitions.tsv; never edited.",
        "# Rebuild with: python -m tools.logical_definitions",
        "",
    ]
    shared = ("dcterms", "mgo", "obo", "owl", "rdfs")
    lines += [f"@prefix {each}: <{PREFIXES[each]}> ." for each in (*shared, *prefixes)]
    if any(RELATIONS[each].curie.startswith("BFO:") for each in used):
        lines.append(f"@prefix BFO: <{PREFIXES['obo']}BFO_> .")
    lines += [
        "",
        f"<{BASE}definitions.owl> a owl:Ontology ;",
        f"    owl:versionIRI <{BASE}{version}/definitions.owl> ;",
        f'    owl:versionInfo "{version}" ;',
        '    dcterms:title "mgonto: logical definitions of terms"@en ;',
        '    dcterms:description "What some terms of mgonto are, by genus and difference; to be loaded beside'
        ' mgonto itself."@en ;',
        "    dcterms:license <https://creativecommons.org/licenses/by/4.0/> ;",
        '    dcterms:creator "The mgonto contributors" .',
        "",
        "dcterms:creator a owl:AnnotationProperty .",
        "dcterms:description a owl:AnnotationProperty .",
        "dcterms:license a owl:AnnotationProperty .",
        "dcterms:title a owl:AnnotationProperty .",
        "obo:IAO_0000115 a owl:AnnotationProperty .",
        "",
    ]
    for each in used:
        relation = RELATIONS[each]
        lines += [
            f"{relation.curie} a owl:ObjectProperty ;",
            f'    rdfs:label "{LABELS.get(each, each)} (RO)"@en ;',
            f'    obo:IAO_0000115 "{relation.definition}"@en .',
            "",
        ]
    equivalences = {shrink(each.term): _expression(each) for each in definitions}
    for name in names:
        if name in equivalences:
            lines += [f"{name} a owl:Class ;", f"    owl:equivalentClass {equivalences[name]} .", ""]
        else:
            lines += [f"{name} a owl:Class .", ""]
    return "\n".join(lines)


def _expression(one: Definition) -> str:
    parts = "".join(
        f"\n        [ a owl:Restriction ; owl:onProperty {RELATIONS[relation].curie} ;"
        f" owl:someValuesFrom {shrink(filler)} ]"
        for relation, filler in one.differences
    )
    return f"[ a owl:Class ; owl:intersectionOf ( {shrink(one.genus)}{parts} ) ]"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or check the module; the exit code."""
    from mgonto import __version__

    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if the file is stale")
    options = parser.parse_args(arguments)
    table = compile_sources(ROOT).table
    problems: list[Problem] = []
    kinds = tuple(load_schema(ROOT / "ontology").kinds)
    definitions = read_definitions(TABLE.read_text("utf-8"), table, kinds, problems)
    for narrow, wide in unasserted(definitions, table):
        line = next(each.line for each in definitions if each.term == wide)
        message = f"takes in {table.terms[narrow].row.name}, which is not under {table.terms[wide].row.name}"
        problems.append(
            Problem(SHOWN, line, 1, message, "add the parent in terms.tsv, or mend the definition")
        )
    for problem in problems:
        print(problem, file=sys.stderr)
    text = module(definitions, __version__)
    if problems:
        return 1
    if options.check:
        if MODULE.is_file() and MODULE.read_text("utf-8") == text:
            return 0
        print("ontology/definitions.ttl is stale: python -m tools.logical_definitions", file=sys.stderr)
        return 1
    MODULE.write_text(text, encoding="utf-8")
    print(f"{len(definitions)} definitions")
    return 0


if __name__ == "__main__":
    sys.exit(main())
