"""Curation files as validation sees them: YAML sections and CSV tables, compiled in the frame they stand in.

The frame is the bundled vocabulary and terms, with the article's own folder where the file stands in one. A
file that stands alone is read against the bundled article, if it speaks of that one's sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pyoxigraph as ox

from mgonto.compiler.article import article_triples
from mgonto.compiler.audit import AUDIT_FILES
from mgonto.compiler.compile import DEFAULT_EVIDENCE, compile_article
from mgonto.compiler.emit import entry_triples, sentence_triples
from mgonto.compiler.rdf import Triple
from mgonto.compiler.schema import Schema, load_schema
from mgonto.compiler.statements import SectionReader
from mgonto.compiler.terms import TermTable, check_terms
from mgonto.errors import MgontoError, Problem
from mgonto.names import BASE, local_name, reference_iri, sentence_iri, statement_iri
from mgonto.resources import data_dir
from mgonto.sources.sentences import IndexRow
from mgonto.sources.terms import read_terms
from mgonto.sources.units import read_units
from mgonto.sources.yamlfile import Node, read_yaml
from mgonto.validation.table import read_table

__all__ = ["Curated", "bundled_model", "read_curation"]

_LOCATOR = re.compile(r"[ST][0-9]+(\.[A-Z][0-9]+)+")
_SCOPES = {
    "OwnCitation": "own",
    "InheritedFromParagraph": "paragraph_next",
    "InheritedFromSection": "section_next",
}


@dataclass(frozen=True, slots=True)
class Curated:
    """What a curation file says as RDF, what it stands on, what is wrong with it, and where its nodes are.

    `places` has line and column by IRI; what hangs on a statement has the statement's.
    """

    triples: tuple[Triple, ...] = ()
    frame: tuple[Triple, ...] = ()
    problems: tuple[Problem, ...] = ()
    places: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def read_curation(path: Path, bundle: ox.Store) -> Curated:
    """Read one curation file: `*.yaml`, `*.yml`, `*.csv` or `*.tsv`.

    Args:
        path: the file.
        bundle: the bundled release, for a file that stands in no article's folder.
    """
    problems: list[Problem] = []
    if path.suffix.lower() in (".csv", ".tsv"):
        root = read_table(path, bundled_model()[0], problems)
    else:
        root = read_yaml(path, problems)
    if root is None or root.value is None:
        note = () if problems else (f"{path} is empty: nothing in it was checked",)
        return Curated(problems=tuple(problems), notes=note)
    folder = path.parent
    beside = all((folder / name).exists() for name in ("article.yaml", "sentences.tsv"))
    if beside and path.suffix.lower() in (".yaml", ".yml"):
        return _in_folder(path, root)
    return _alone(path, root, problems, bundle)


@cache
def bundled_model() -> tuple[Schema, TermTable, Mapping[str, str]]:
    """What may be written, the bundled terms, and the QUDT unit of each UCUM code."""
    ontology = data_dir("ontology")
    problems: list[Problem] = []
    schema = load_schema(ontology)
    table = check_terms(read_terms(ontology / "terms.tsv", problems), schema, "terms.tsv", problems)
    if problems:
        raise MgontoError(f"the bundled terms are broken: {problems[0]}", "run: mgonto build")
    return schema, table, read_units(ontology / "units.tsv")


def _in_folder(path: Path, root: Node) -> Curated:
    """A file of an article's folder: the folder is compiled, and what the file holds is picked out."""
    schema, table, units = bundled_model()
    problems: list[Problem] = []
    compiled = compile_article(path.parent, schema, table, problems, str(path.parent))
    slug = path.parent.resolve().name
    own: list[Triple] = []
    frame: list[Triple] = list(sentence_triples(slug, compiled.index))
    (own if path.stem == "article" else frame).extend(article_triples(compiled.article))
    for triple in compiled.audit:
        mine = triple[0].value.startswith(f"{BASE}{path.stem}/")
        (own if mine else frame).append(triple)
    for entry in compiled.entries:
        mine = entry.locator.partition(".")[0] == path.stem
        (own if mine else frame).extend(entry_triples(slug, entry, DEFAULT_EVIDENCE, units))
    here = tuple(
        Problem(str(path), each.line, each.column, each.message, each.hint)
        for each in problems
        if Path(each.file) == path
    )
    places = {
        statement_iri(slug, locator, number): (line, column)
        for (locator, number), (file, line, column) in compiled.places.items()
        if Path(file) == path
    }
    return Curated(tuple(own), tuple(frame), here, places | _key_places(path.stem, slug, root))


def _key_places(stem: str, slug: str, root: Node) -> dict[str, tuple[int, int]]:
    """The places of sentences, of the items of an audit file and of references."""
    found = {sentence_iri(slug, key): place for key, place in root.keys.items() if _LOCATOR.fullmatch(key)}
    if stem in AUDIT_FILES:
        for number, item in enumerate(root.listed(), start=1):
            found[f"{BASE}{stem}/{slug}/{number}"] = (item.line, item.column)
    references = root.get("references") if stem == "article" else None
    for item in references.listed() if references else ():
        number_node = item.get("number")
        text = number_node.text() if number_node else None
        if text and text.isdecimal():
            found[reference_iri(slug, int(text))] = (item.line, item.column)
    return found


def _alone(path: Path, root: Node, problems: list[Problem], bundle: ox.Store) -> Curated:
    """A file without its article's folder: only its own sentences count, and none is missing from it."""
    schema, table, units = bundled_model()
    if not isinstance(root.value, dict):
        hint = "start each sentence with its locator: S09.P01.N01:"
        return Curated(
            problems=(*problems, Problem(str(path), 1, 1, "the file is no mapping of sentences", hint))
        )
    slug, index, references = _bundled_index(bundle, root.value)
    notes: tuple[str, ...] = ()
    frame: tuple[Triple, ...] = ()
    if not index:
        slug, references = re.sub(r"[^a-z0-9-]+", "-", path.stem.lower()) or "article", None
        index = {
            key: IndexRow(key, key.partition(".")[0], key.partition(".")[0], (), (), "none", "0" * 64)
            for key in root.value
            if _LOCATOR.fullmatch(key)
        }
        frame = tuple(sentence_triples(slug, index.values()))
        notes = (f"{path}: no sentence index stands beside it, so locators and citations are not checked",)
    known = {key: row for key, row in index.items() if key in root.value}
    reader = SectionReader(schema, table, known, references, problems)
    triples: list[Triple] = []
    for section in dict.fromkeys(key.partition(".")[0] for key in root.value):
        keys = [key for key in root.value if key.partition(".")[0] == section]
        part = Node(
            {key: root.value[key] for key in keys}, root.line, root.column, {k: root.keys[k] for k in keys}
        )
        if not any(key in known for key in keys):
            for key in keys:
                hint = "write a locator of the article's index, such as S09.P02.N05"
                problems.append(Problem(str(path), *root.keys[key], f'there is no sentence "{key}"', hint))
            continue
        for entry in reader.read(section, part, str(path)):
            triples.extend(entry_triples(slug, entry, DEFAULT_EVIDENCE, units))
    reader.declared |= {
        place: (str(path), 1, 1)
        for place in _bundled_statements(bundle, slug)
        if place not in reader.declared
    }
    reader.check_links()
    places = {
        statement_iri(slug, locator, number): (line, column)
        for (locator, number), (_, line, column) in reader.declared.items()
    }
    return Curated(
        tuple(triples), frame, tuple(dict.fromkeys(problems)), places | _key_places("", slug, root), notes
    )


def _bundled_index(
    bundle: ox.Store, wanted: Iterable[str]
) -> tuple[str, dict[str, IndexRow], frozenset[int] | None]:
    """The bundled article that has one of the sentences: its name, index and reference numbers."""
    wanted = set(wanted)
    for (article,) in _rows(bundle, "SELECT ?a { ?a a mgo:Article } ORDER BY ?a"):
        slug = local_name(article)
        rows = _rows(bundle, _SENTENCES.replace("$article", f"<{article}>"))
        if not wanted & {row[0] for row in rows}:
            continue
        numbers = _rows(bundle, f"SELECT ?n {{ ?r mgo:listedIn <{article}> ; mgo:number ?n }}")
        index = {}
        for locator, section, heading, sha256, scope, own, inherited in rows:
            how = _SCOPES.get(local_name(scope), "none")
            index[locator] = IndexRow(
                locator,
                local_name(section),
                heading,
                _numbers(own),
                _numbers(inherited),
                how,  # type: ignore[arg-type]
                sha256,
            )
        return slug, index, frozenset(int(number) for (number,) in numbers)
    return "", {}, None


def _bundled_statements(bundle: ox.Store, slug: str) -> list[tuple[str, int]]:
    start = f"{BASE}statement/{slug}/"
    found = [
        iri.removeprefix(start).rpartition(".")
        for (iri,) in _rows(bundle, "SELECT ?s { ?s mgo:asserts ?p }")
        if iri.startswith(start)
    ]
    return [(locator, int(number)) for locator, _, number in found if number.isdecimal()]


_SENTENCES = """
SELECT ?locator ?section ?heading ?hash ?scope (GROUP_CONCAT(DISTINCT STR(?o)) AS ?own)
       (GROUP_CONCAT(DISTINCT STR(?i)) AS ?inherited) {
  ?section mgo:inArticle $article ; rdfs:label ?heading .
  ?s mgo:inSection ?section ; mgo:locator ?locator ; mgo:sentenceHash ?hash ; mgo:sentenceOrder ?order .
  OPTIONAL { ?s mgo:sentenceScope ?scope }
  OPTIONAL { ?s mgo:sentenceCites ?o }
  OPTIONAL { ?s mgo:sentenceInherits ?i }
} GROUP BY ?locator ?section ?heading ?hash ?scope ?order ORDER BY ?order"""


def _numbers(iris: str) -> tuple[int, ...]:
    return tuple(sorted(int(local_name(each)) for each in iris.split()))


def _rows(store: ox.Store, query: str) -> list[tuple[str, ...]]:
    head = f"PREFIX mgo: <{BASE}> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n"
    found = store.query(head + query, use_default_graph_as_union=True)
    assert isinstance(found, ox.QuerySolutions)
    width = range(len(found.variables))
    return [tuple(_text(row[at]) for at in width) for row in found]


def _text(cell: object) -> str:
    return cell.value if isinstance(cell, (ox.NamedNode, ox.Literal)) else ""
