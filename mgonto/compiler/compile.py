"""All sources of a checkout to triples: read everything, collect every problem, then say yes or no."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from mgonto.compiler.article import Article, Publication, article_triples, read_article
from mgonto.compiler.audit import AUDIT_FILES, Places, audit_triples
from mgonto.compiler.emit import entry_triples, sentence_triples
from mgonto.compiler.mappings import Link, check_mappings, mapping_triples
from mgonto.compiler.rdf import Triple, mgo, term
from mgonto.compiler.records import Statement
from mgonto.compiler.schema import Schema, load_schema
from mgonto.compiler.statements import Entry, SectionReader
from mgonto.compiler.terms import TermTable, check_terms, definition_sources, term_triples
from mgonto.compiler.values import ValueReader
from mgonto.errors import CompilationFailed, MgontoError, Problem
from mgonto.names import PREFIXES, graph_iri
from mgonto.sources.imports import read_imports
from mgonto.sources.sentences import IndexRow, read_index
from mgonto.sources.sssom import read_mappings
from mgonto.sources.terms import read_terms
from mgonto.sources.units import read_units
from mgonto.sources.yamlfile import read_yaml

__all__ = ["DEFAULT_EVIDENCE", "Compiled", "CompiledArticle", "compile_article", "compile_sources"]

#: ECO "author statement supported by traceable reference": what a cited sentence of a review is.
DEFAULT_EVIDENCE = PREFIXES["ECO"] + "0000033"


@dataclass(frozen=True, slots=True)
class CompiledArticle:
    """An article's record, index and entries, and the triples of its audit files.

    `places` has file, line and column of each statement, by locator and number.
    """

    article: Article
    index: tuple[IndexRow, ...]
    entries: tuple[Entry, ...]
    audit: tuple[Triple, ...]
    places: Mapping[tuple[str, int], tuple[str, int, int]]

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The statements, without the sentences that make no claim."""
        return tuple(each for each in self.entries if isinstance(each, Statement))


@dataclass(frozen=True, slots=True)
class Compiled:
    """What the sources say: vocabulary file, terms, articles and mappings, checked."""

    ontology: Path
    table: TermTable
    articles: tuple[CompiledArticle, ...]
    #: Where the definition of each term was taken from, IRI by IRI.
    sources: Mapping[str, str]
    #: The QUDT unit of a UCUM code.
    units: Mapping[str, str]
    mappings: tuple[Link, ...] = ()

    def core_quads(self) -> Iterator[ox.Quad]:
        """What the first answer needs: claims with their citations, names and links of the terms."""
        yield from (quad for quad in self._evidence() if not _waits(quad))
        yield from _in(ox.NamedNode(graph_iri("ontology")), term_triples(self.table, self.sources, core=True))

    def late_quads(self) -> Iterator[ox.Quad]:
        """The rest: numbers, bibliography, hashes, the vocabulary, definitions, classes, audit and shapes."""
        yield from (quad for quad in self._evidence() if _waits(quad))
        ontology = ox.NamedNode(graph_iri("ontology"))
        for quad in ox.parse(path=str(self.ontology / "mgonto.ttl"), format=ox.RdfFormat.TURTLE):
            yield ox.Quad(quad.subject, quad.predicate, quad.object, ontology)
        yield from _in(ontology, term_triples(self.table, self.sources, core=False))
        yield from _in(ox.NamedNode(graph_iri("mappings")), mapping_triples(self.mappings))
        for one in self.articles:
            yield from _in(ox.NamedNode(graph_iri("audit")), one.audit)
        shapes = ox.NamedNode(graph_iri("shapes"))
        for path in sorted((self.ontology.parent / "shapes").glob("*.ttl")):
            for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE):
                yield ox.Quad(quad.subject, quad.predicate, quad.object, shapes)

    def _evidence(self) -> Iterator[ox.Quad]:
        # A proposition that several articles state stands in the graph of the first: a triple that stood in
        # two graphs would be two rows wherever an engine shows its graphs as one.
        seen: set[ox.Triple] = set()
        for quad in self._of_each_article():
            if quad.triple not in seen:
                seen.add(quad.triple)
                yield quad

    def _of_each_article(self) -> Iterator[ox.Quad]:
        for one in self.articles:
            slug = one.article.slug
            evidence = ox.NamedNode(graph_iri(f"evidence/{slug}"))
            yield from _in(evidence, article_triples(one.article))
            yield from _in(evidence, sentence_triples(slug, one.index))
            for entry in one.entries:
                yield from _in(evidence, entry_triples(slug, entry, DEFAULT_EVIDENCE, self.units))


#: Properties that no path, statement or term needs, and the only types of records that one does.
_LATE_PROPERTIES = frozenset(
    mgo(name)
    for name in (
        "evidenceType",
        "overrideReason",
        "reportsResult",
        "sampleSize",
        "sentenceCites",
        "sentenceHash",
        "sentenceInherits",
        "sentenceScope",
        "studySpecies",
    )
)
_EARLY_TYPES = frozenset(mgo(name) for name in ("Article", "KnowledgeGap"))


def _waits(quad: ox.Quad) -> bool:
    """Whether evidence is read only when something asks for it: what makes the first answer quick."""
    if quad.predicate == term("rdf", "type"):
        return quad.object not in _EARLY_TYPES
    subject = str(quad.subject)
    bibliography = "/ref/" in subject or (
        "/article/" in subject and "/" not in subject.partition("/article/")[2]
    )
    return quad.predicate in _LATE_PROPERTIES or bibliography or "/result/" in subject


def compile_sources(root: Path) -> Compiled:
    """Compile `ontology/` and `evidence/*/` of the checkout `root`.

    Raises:
        CompilationFailed: with every problem of every file; nothing has been written.
        MgontoError: the vocabulary itself cannot be read.
    """
    ontology, problems = root / "ontology", list[Problem]()
    schema = load_schema(ontology)
    rows = read_terms(ontology / "terms.tsv", problems, "ontology/terms.tsv")
    imports = read_imports(ontology / "imports", problems, "ontology/imports")
    table = check_terms(rows, schema, "ontology/terms.tsv", problems, imports)
    if DEFAULT_EVIDENCE not in table.terms:
        hint = "add its row: the evidence lines stand on it"
        problems.append(Problem("ontology/terms.tsv", 1, 1, "the term ECO:0000033 is missing", hint))
    links_file = "ontology/mappings.sssom.tsv"
    found = read_mappings(ontology / "mappings.sssom.tsv", problems, links_file)
    links = check_mappings(found, table, schema, links_file, problems)
    units = read_units(ontology / "units.tsv")
    evidence = root / "evidence"
    folders = sorted(
        {path.parent for pattern in ("*/*.yaml", "*/sentences.tsv") for path in evidence.glob(pattern)}
    )
    if not folders:
        raise MgontoError(f"no article in {evidence}", "run it in a checkout, or start with: mgonto new")
    articles = tuple(compile_article(folder, schema, table, problems) for folder in folders)
    references = {one.article.slug: one.article.numbers for one in articles}
    sources = definition_sources(table, references, "ontology/terms.tsv", problems)
    if problems:
        raise CompilationFailed(problems)
    return Compiled(ontology, table, articles, sources, units, links)


def compile_article(
    folder: Path, schema: Schema, table: TermTable, problems: list[Problem], shown: str | None = None
) -> CompiledArticle:
    """Compile one article's folder; what is wrong goes to `problems`, under the folder's name `shown`."""
    slug, shown = folder.name, shown or f"evidence/{folder.name}"
    record = read_yaml(folder / "article.yaml", problems, f"{shown}/article.yaml")
    values = ValueReader(f"{shown}/article.yaml", schema, table, problems)
    article = Article(slug, Publication((), ()), ()) if record is None else read_article(slug, record, values)
    references = None if record is None else article.numbers
    index = _read_index(folder, f"{shown}/sentences.tsv", references, problems)
    reader = SectionReader(schema, table, index or {}, references, problems)
    entries: list[Entry] = []
    for path in sorted(folder.glob("*.yaml")):
        if path.stem == "article" or path.stem in AUDIT_FILES:
            continue
        name = f"{shown}/{path.name}"
        root = read_yaml(path, problems, name)
        if root is not None and index is not None:
            entries.extend(reader.read(path.stem, root, name))
    reader.check_links()
    cited = {
        (each.locator, each.number): frozenset(line.reference for line in each.lines)
        for each in entries
        if isinstance(each, Statement)
    }
    places = Places(slug, reader.declared, index or {}, article.numbers, cited)
    audit = tuple(audit_triples(folder, shown, values, places))
    return CompiledArticle(article, tuple((index or {}).values()), tuple(entries), audit, reader.declared)


def _read_index(
    folder: Path, shown: str, references: Collection[int] | None, problems: list[Problem]
) -> dict[str, IndexRow] | None:
    """The sentences of an article by locator; None, with a problem, where the index cannot be read."""
    path = folder / "sentences.tsv"
    try:
        rows = read_index(path)
    except MgontoError as error:
        # The reader names the file and perhaps the line: a problem has fields for both.
        told = error.message.removeprefix(f"{path}").removeprefix(":").strip()
        line, colon, rest = told.partition(": ")
        at, message = (int(line), rest) if colon and line.isdecimal() else (1, f"the index {told}")
        problems.append(Problem(shown, at, 1, message, error.hint))
        return None
    for place, row in enumerate(rows, start=2):
        for number in (*row.citations, *row.citations_inherited):
            if references is not None and number not in references:
                message = f"{row.locator} cites {number}, which the reference list lacks"
                problems.append(Problem(shown, place, 1, message, "mend the row, or add it to article.yaml"))
    return {row.locator: row for row in rows}


def _in(graph: ox.NamedNode, triples: Iterable[Triple]) -> Iterator[ox.Quad]:
    for subject, predicate, value in triples:
        yield ox.Quad(subject, predicate, value, graph)
