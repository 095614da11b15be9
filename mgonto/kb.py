"""The knowledge base: one object that answers, over whatever engine it stands on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any, Protocol

import pyoxigraph as ox

from mgonto.engine.binding import Value, to_term
from mgonto.engine.embedded import Cell, EmbeddedEngine, Row, read_rdf
from mgonto.errors import MgontoError, UsageError
from mgonto.graph.serialise import split_release
from mgonto.names import BASE, PREFIXES, expand, local_name
from mgonto.query.lexical import Terms
from mgonto.query.library import query_text
from mgonto.query.paths import HOP_KINDS, PathSearch
from mgonto.query.statements import quantities_from, statements_from
from mgonto.resources import data_dir
from mgonto.result.explanation import Explanation, PathCounts
from mgonto.result.records import Coverage, Quantity, Statement, Term
from mgonto.result.results import Results

if TYPE_CHECKING:
    import rdflib

    from mgonto.result.validation import ValidationReport
    from mgonto.sources.sentences import IndexRow

__all__ = ["KnowledgeBase", "Many", "connect", "load"]

#: One value or several.
Many = str | Term | int | bool | Iterable["str | Term | int | bool"] | None

#: Filters of `statements` that take terms.
_TERM_FILTERS = (
    "subject",
    "object",
    "tissue",
    "cell",
    "species",
    "population",
    "stage",
    "condition",
    "intervention",
    "design",
)
#: Filters that take words, and the closed list of each.
_WORD_FILTERS = {
    "relation": "Relation",
    "certainty": "Certainty",
    "hedge": "Hedge",
    "stance": "Stance",
    "null_kind": "NullKind",
    "claim_kind": "ClaimKind",
    "scope": "CitationScope",
    "role": "QuantityRole",
    "statistic": "Statistic",
}
_STATEMENT_WORDS = tuple(name for name in _WORD_FILTERS if name not in ("role", "statistic"))


def load(*files: str | FilePath) -> KnowledgeBase:
    """The bundled knowledge base, and the user's RDF files on top of it, on the embedded engine.

    Args:
        files: Turtle, TriG, N-Triples, N-Quads, RDF/XML or JSON-LD, told by the extension.

    Raises:
        MgontoError: a file cannot be read; it names the line and column of broken syntax.

    >>> kb = load()
    >>> kb.term("magnesium deficiency").kind
    'Condition'
    """
    release = data_dir("release") / "mgonto.trig"
    try:
        core, late = split_release(release.read_bytes())
    except OSError as error:
        raise MgontoError(
            f"cannot read {release}: {error.strerror}", "install mgonto again, or: mgonto build"
        ) from error
    engine = EmbeddedEngine(core, lambda: late)
    extra = [quad for each in files for quad in read_rdf(FilePath(each))]
    if extra:
        from mgonto.graph.edges import derive_edges

        engine.complete()
        engine.add(extra)
        engine.add(derive_edges(engine.store))
    return KnowledgeBase(engine)


def connect(url: str, timeout: int = 60) -> KnowledgeBase:
    """The knowledge base on a SPARQL endpoint into which a release was loaded; the same helpers answer.

    Args:
        url: the address of the query service. Its default graph must be the union of its named graphs, or
            hold the merged release (`release/mgonto.ttl`).
        timeout: seconds to wait for an answer.

    Raises:
        UsageError: `url` is no http address. A server that does not answer raises `EndpointError` when asked.
    """
    from mgonto.engine.remote import RemoteEngine

    return KnowledgeBase(RemoteEngine(url, timeout))


class Engine(Protocol):
    """What a knowledge base stands on."""

    def select(
        self, query: str, values: Mapping[str, Value] | None = None
    ) -> tuple[tuple[str, ...], list[Row]]:
        """The columns and rows of a SELECT."""

    def complete(self) -> None:
        """Make everything answerable, not only what the first answer needs."""


class KnowledgeBase:
    """Answers about claims, terms and paths. Make one with `mgonto.load()`.

    Every filter takes one value or several; a term may be given by name, synonym, CURIE or IRI. Answers are
    `Results`: immutable sequences of frozen records that also know the SPARQL that made them.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    # -- terms ---------------------------------------------------------------------------------------------

    @cached_property
    def terms(self) -> Terms:
        """All domain terms by IRI."""
        return Terms(self._engine.select(query_text("terms"))[1])

    def term(self, name: str | Term) -> Term:
        """The term of a name, synonym, CURIE or IRI.

        Raises:
            UnknownTerm: no term is called so; `suggestions` has the nearest names.
            AmbiguousTerm: several are; `candidates` has their CURIEs.

        >>> load().term("CHEBI:18420").name
        'magnesium'
        """
        return self.terms.find(name)

    def search(self, text: str, limit: int | None = None) -> Results[Term]:
        """The terms whose name, label or a synonym holds every word of `text`, best first.

        >>> load().search("insulin resist").first().name
        'insulin resistance'
        """
        found = self.terms.lexicon.search(text, limit)
        return Results((self.terms[iri] for iri, _ in found), query_text("terms"), _TERM_COLUMNS)

    def ancestors(self, name: str | Term) -> Results[Term]:
        """The broader terms of a term, nearest first."""
        return self._terms_of(self.terms.ancestors(self.term(name).iri))

    def descendants(self, name: str | Term) -> Results[Term]:
        """The narrower terms of a term, nearest first."""
        return self._terms_of(self.terms.descendants(self.term(name).iri))

    def _terms_of(self, iris: Iterable[str]) -> Results[Term]:
        return Results(
            (self.terms[iri] for iri in iris if iri in self.terms), query_text("terms"), _TERM_COLUMNS
        )

    # -- statements ----------------------------------------------------------------------------------------

    def statements(
        self,
        about: Many = None,
        subject: Many = None,
        object: Many = None,
        relation: Many = None,
        sign: Many = None,
        causal: bool | None = None,
        certainty: Many = None,
        hedge: Many = None,
        stance: Many = None,
        null_kind: Many = None,
        claim_kind: Many = None,
        reference: Many = None,
        cited: bool | None = None,
        scope: Many = None,
        section: Many = None,
        sentence: Many = None,
        tissue: Many = None,
        cell: Many = None,
        species: Many = None,
        population: Many = None,
        stage: Many = None,
        condition: Many = None,
        intervention: Many = None,
        design: Many = None,
        limit: int | None = None,
        expand: str = "states",
    ) -> Results[Statement]:
        """The statements that pass every filter, in the order of the article.

        Args:
            about: terms in any role, context included; several must all be there.
            subject, object, tissue, cell, species, population, stage, condition, intervention, design: terms;
                one of several is enough. Narrower terms and states count too, unless `expand="exact"`.
            relation, certainty, hedge, stance, null_kind, claim_kind, scope: the words of the vocabulary.
            sign: 1, -1 or 0. causal: a claim of cause, or not.
            reference: numbers or IRIs of cited references. cited: with any citation, or with none.
            section: S09, a heading, or a table (T2). sentence: a locator such as S09.P02.N05.
            limit: at most so many.
            expand: "states" or "exact".

        Raises:
            UnknownTerm, AmbiguousTerm: a term that cannot be found.
            UsageError: a word that the vocabulary does not have.

        >>> kb = load()
        >>> [s.locator for s in kb.statements(subject="magnesium supplementation", section="S09")][:1]
        ['S09.P02.N04']
        """
        if expand not in ("states", "exact"):
            raise UsageError(f'expand cannot be "{expand}"', 'write "states" or "exact"')
        given: dict[str, Any] = locals()
        values: dict[str, Value] = {}
        for name in _TERM_FILTERS:
            values[name] = self._term_values(given[name], expand)
        for name in _STATEMENT_WORDS:
            values[name] = self._word_values(name, given[name])
        values["sign"] = [to_term(int(str(each))) for each in _listed(sign)] or None
        values["causal"] = None if causal is None else [to_term(causal)]
        values["reference"] = _references(reference)
        values["section"] = _names(section)
        wanted = [self._term_values(each, expand) for each in _listed(about)]
        values["about"] = wanted[0] if wanted else None
        found = self._statements(values, sentence)
        for group in wanted[1:]:
            iris = {each.value for each in group or ()}
            found = [
                each for each in found if iris & {each.subject, each.object, *(c.value for c in each.context)}
            ]
        if cited is not None:
            found = [each for each in found if bool(each.references) == cited]
        if not found:
            self._check_sections(section)
        return Results(found[:limit], query_text("statements"), _STATEMENT_COLUMNS)

    def _statements(self, values: Mapping[str, Value], sentence: Many = None) -> list[Statement]:
        columns, rows = self._engine.select(query_text("statements"), values)
        if sentence is not None:
            wanted = {str(each) for each in _listed(sentence)}
            at = columns.index("sentence")
            rows = [row for row in rows if {_text(row[at]), local_name(_text(row[at]))} & wanted]
        # Naming a few statements is cheaper than reading the details of all; naming many is not.
        few = [row[0] for row in rows if isinstance(row[0], ox.NamedNode)] if len(rows) <= _FEW else None
        if few == []:
            return []
        _, details = self._engine.select(query_text("statement-details"), {"statement": few})
        return list(statements_from(columns, rows, details, self.terms))

    def quantities(
        self,
        sentence: Many = None,
        section: Many = None,
        role: Many = None,
        statistic: Many = None,
        limit: int | None = None,
    ) -> Results[Quantity]:
        """The reported numbers, and the words that stand for numbers, in the order of the article.

        Args:
            sentence: locators. section: S09, a heading, or a table (T2).
            role: exposure, effect, time, follow-up, threshold, baseline or count.
            statistic: mean, percentage, ratio ...
            limit: at most so many.

        Raises:
            UsageError: a word that the vocabulary does not have, or no such section.

        >>> load().quantities(section="S09").first().in_words
        'high'
        """
        values: dict[str, Value] = {
            "section": _names(section),
            "role": self._word_values("role", role),
            "statistic": self._word_values("statistic", statistic),
        }
        self._engine.complete()
        columns, rows = self._engine.select(query_text("quantities"), values)
        if sentence is not None:
            wanted = {str(each) for each in _listed(sentence)}
            at = columns.index("sentence")
            rows = [row for row in rows if {_text(row[at]), local_name(_text(row[at]))} & wanted]
        if not rows:
            self._check_sections(section)
        _, details = self._engine.select(query_text("quantity-details"), {"statement": None})
        found = quantities_from(columns, rows[:limit], details, self.terms)
        return Results(found, query_text("quantities"), tuple(Quantity.__dataclass_fields__))

    # -- explanation ---------------------------------------------------------------------------------------

    def explain(
        self,
        source: str | Term,
        target: str | Term,
        max_hops: int = 4,
        k: int | None = 10,
        certainty: Many = None,
        hops: Sequence[str] = (),
        expand: str = "states",
    ) -> Explanation:
        """The signed paths from more of `source` to `target`, shortest and surest first.

        Args:
            source: where the change starts. Give a state ("magnesium deficiency") for less of something.
            target: where it should arrive; its narrower terms count as arrived, unless `expand="exact"`.
            max_hops: the most stated hops of a path; declared links of terms do not count.
            k: the most paths to return, new mechanisms first; the counts are over all. None for all.
            certainty: only statements worded so (established, suggested, hypothesised).
            hops: further hop kinds: "opposite" turns statements round, and each such hop says so.

        Raises:
            UnknownTerm, AmbiguousTerm: a term that cannot be found.
            UsageError: a bad number or hop kind.

        >>> load().explain("magnesium deficiency", "insulin resistance").first().sign
        1
        """
        if max_hops < 1 or (k is not None and k < 1):
            raise UsageError("max_hops and k are whole numbers from 1 on", "leave them out for 4 and 10")
        for each in hops:
            if each not in HOP_KINDS:
                raise UsageError(f'unknown hop kind "{each}"', "one of: " + ", ".join(HOP_KINDS))
        start, end = self.term(source), self.term(target)
        if start == end:
            raise UsageError(f'"{start.name}" is both source and target', "name two different terms")
        statements = self._all_statements
        if certainty is not None:
            words = {each.value for each in self._word_values("certainty", certainty) or ()}
            statements = tuple(
                each for each in statements if each.certainty in words or each.certainty is None
            )
        targets = (end.iri, *self.terms.descendants(end.iri)) if expand != "exact" else (end.iri,)
        targets = tuple(each for each in targets if each != start.iri)
        found = PathSearch(statements, self.terms, "opposite" in hops).search(start.iri, targets, max_hops)
        inverted = 0
        if not found.paths and not hops:
            inverted = len(
                PathSearch(statements, self.terms, True).search(start.iri, targets, max_hops).paths
            )
        signs = [path.sign for path in found.paths]
        return Explanation(
            start,
            end,
            found.paths[:k],
            PathCounts(signs.count(1), signs.count(-1), signs.count(0)),
            found.denials,
            found.associations,
            found.gaps,
            found.complete,
            inverted,
            query_text("statements"),
        )

    @cached_property
    def _all_statements(self) -> tuple[Statement, ...]:
        return tuple(self._statements({}))

    # -- the whole -----------------------------------------------------------------------------------------

    def coverage(self) -> Results[Coverage]:
        """For each section: sentences, how many are covered, and what the statements are."""
        self._engine.complete()
        columns, rows = self._engine.select(query_text("coverage"))
        records = []
        for row in rows:
            values = {
                name: each.value if each is not None else "" for name, each in zip(columns, row, strict=True)
            }
            counts = {
                name: int(value) for name, value in values.items() if name not in ("section", "heading")
            }
            records.append(Coverage(values["section"], values["heading"], **counts))
        return Results(records, query_text("coverage"))

    def select(self, sparql: str, **params: Value) -> Results[dict[str, Any]]:
        """The rows of any SELECT over everything, as dictionaries of plain values.

        Raises:
            UsageError: the query does not parse, or is no SELECT.
        """
        self._engine.complete()
        columns, rows = self._engine.select(sparql, params)
        return Results(
            ({name: _plain(each) for name, each in zip(columns, row, strict=True)} for row in rows),
            sparql,
            columns,
        )

    def quads(self) -> list[ox.Quad]:
        """Every quad of the knowledge base.

        Raises:
            UsageError: the knowledge base is on an endpoint; export there with the server's own tools.
        """
        if not isinstance(self._engine, EmbeddedEngine):
            raise UsageError(
                "an endpoint cannot be exported from here", "leave --endpoint out, or use the server's tools"
            )
        self._engine.complete()
        return list(self._engine.store)

    def to_rdflib(self) -> rdflib.Dataset:
        """Every quad as an rdflib Dataset, with the project's prefixes bound.

        Raises:
            UsageError: the knowledge base is on an endpoint.

        >>> len(list(load().to_rdflib().graphs())) > 3
        True
        """
        import rdflib

        content = ox.serialize(self.quads(), format=ox.RdfFormat.N_QUADS) or b""
        dataset = rdflib.Dataset(default_union=True)
        dataset.parse(data=content, format="nquads")
        for prefix, namespace in PREFIXES.items():
            dataset.bind(prefix, namespace)
        return dataset

    def counts(self) -> dict[str, int]:
        """How many articles, sentences, statements, propositions, references, terms and edges there are."""
        self._engine.complete()
        columns, rows = self._engine.select(query_text("counts"))
        return {
            name: int(each.value) for name, each in zip(columns, rows[0], strict=True) if each is not None
        }

    def definition(self, name: str | Term) -> str | None:
        """The definition of a term in our own words."""
        self._engine.complete()
        _, rows = self._engine.select(query_text("definition"), {"term": ox.NamedNode(self.term(name).iri)})
        return rows[0][0].value if rows and rows[0][0] is not None else None

    def no_claim(self, locator: str) -> str | None:
        """Why a sentence makes no claim: an IRI; "" where it is not curated yet; None where it has
        statements or does not exist."""
        _, rows = self._engine.select(query_text("no-claim"), {"locator": to_term(locator)})
        if not rows:
            return None
        return rows[0][0].value if rows[0][0] is not None else ""

    def sentence_index(self, article: str | None = None) -> tuple[IndexRow, ...]:
        """The place and hash of every sentence of an article, in order, without its citations.

        Raises:
            UsageError: no such article, or several and none named.
        """
        from mgonto.sources.sentences import IndexRow

        slugs = self._articles
        if article is None and len(slugs) != 1:
            raise UsageError("there are several articles", f"name one with --article: {', '.join(slugs)}")
        if article is not None and article not in slugs:
            raise UsageError(f'no article "{article}"', f"one of: {', '.join(slugs)}")
        self._engine.complete()
        node = ox.NamedNode(f"{BASE}article/{article or slugs[0]}")
        _, rows = self._engine.select(query_text("sentence-hashes"), {"article": node})
        texts = [[_text(each) for each in row] for row in rows]
        return tuple(
            IndexRow(locator, section, heading, (), (), "none", sha256)
            for locator, section, heading, sha256 in texts
        )

    # -- validation ----------------------------------------------------------------------------------------

    def validate(
        self,
        *files: str | FilePath,
        engine: str = "auto",
        fail_on: str = "violation",
        excused: bool = False,
    ) -> ValidationReport:
        """Hold files against the shapes, together with the bundled terms; without any, all that is loaded.

        Args:
            files: RDF in any syntax that mgonto reads, curation YAML, or CSV of the same keys.
            engine: `auto` (the fast one where it is installed), `shacl` or `pyshacl`.
            fail_on: the lightest severity that does not conform: `violation` or `warning`.
            excused: also list what is excused with a reason.

        Raises:
            UsageError: an unknown engine or severity.
            MgontoError: a file cannot be read. Broken syntax is a finding, with file, line and column.

        >>> load().validate().conforms
        True
        """
        from mgonto.validation.validate import validate_files

        loaded = None if files else self.quads()
        return validate_files(files, engine, fail_on, excused=excused, bundle=loaded)

    # -- reading filters -----------------------------------------------------------------------------------

    def _term_values(self, given: Many, expand: str) -> list[ox.NamedNode] | None:
        iris: dict[str, None] = {}
        for each in _listed(given):
            term = self.term(each if isinstance(each, Term) else str(each))
            iris.update(dict.fromkeys(self.terms.expanded(term.iri) if expand == "states" else (term.iri,)))
        return [ox.NamedNode(iri) for iri in iris] or None

    def _word_values(self, name: str, given: Many) -> list[ox.NamedNode] | None:
        """Words of a closed list ("limited evidence", limited_evidence, an IRI) as nodes."""
        words = self.terms.lists.get(_WORD_FILTERS[name], {})
        nodes: list[ox.NamedNode] = []
        for each in _listed(given):
            text = str(each)
            iri = words.get(text.replace("_", " ").casefold()) or expand(text) or text
            if iri not in words.values():
                raise UsageError(
                    f'unknown {name.replace("_", " ")} "{text}"', "one of: " + ", ".join(sorted(words))
                )
            nodes.append(ox.NamedNode(iri))
        return nodes or None

    def _check_sections(self, given: Many) -> None:
        """Tell an empty section from one that no article has; asked only where nothing was found."""
        if given is None:
            return
        _, rows = self._engine.select(query_text("section-names"))
        known = {_text(cell).casefold() for row in rows for cell in row}
        for each in _listed(given):
            if str(each).casefold() not in known:
                raise UsageError(
                    f'no section "{each}"', "write S09, T2 or a heading; mgonto coverage lists them"
                )

    @cached_property
    def _articles(self) -> tuple[str, ...]:
        query = "SELECT ?article { ?article a <https://w3id.org/mgonto/Article> } ORDER BY ?article"
        return tuple(local_name(row[0].value) for row in self._engine.select(query)[1] if row[0] is not None)


_FEW = 200
_TERM_COLUMNS = tuple(Term.__dataclass_fields__)
_STATEMENT_COLUMNS = tuple(Statement.__dataclass_fields__)


def _listed(given: Many) -> list[Any]:
    if given is None:
        return []
    if isinstance(given, (str, Term, int, bool)):
        return [given]
    return list(given)


def _names(given: Many) -> list[ox.Literal] | None:
    """Ids and headings as the queries compare them."""
    return [ox.Literal(str(each).casefold()) for each in _listed(given)] or None


def _references(given: Many) -> list[ox.NamedNode | ox.Literal] | None:
    """Numbers of references as strings, IRIs as nodes."""
    texts = [str(each) for each in _listed(given)]
    return [
        ox.Literal(each) if each.isdigit() else ox.NamedNode(expand(each) or each) for each in texts
    ] or None


def _text(value: Cell) -> str:
    return value.value if value is not None else ""


def _plain(value: Cell) -> object:
    if not isinstance(value, ox.Literal):
        return value.value if value is not None else None
    kind = local_name(value.datatype.value)
    if kind == "integer":
        return int(value.value)
    if kind == "boolean":
        return value.value == "true"
    if kind in ("decimal", "double", "float"):
        return float(value.value)
    return value.value
