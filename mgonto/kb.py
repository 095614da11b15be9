"""The knowledge base: one object that answers, over whatever engine it stands on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

import pyoxigraph as ox

from mgonto.engine.binding import Value, to_term
from mgonto.engine.embedded import Cell, EmbeddedEngine, Row
from mgonto.errors import UnknownTerm, UsageError
from mgonto.graph.loading import add_files, release_parts
from mgonto.names import BASE, PREFIXES, expand, local_name
from mgonto.query.lexical import Terms, told_by
from mgonto.query.library import Library, query_text
from mgonto.query.narrowing import Narrowing
from mgonto.query.parameters import (
    checked_limit,
    is_count,
    listed,
    query_values,
    reference_values,
    section_values,
    sign_values,
    term_values,
    truth,
    word_values,
)
from mgonto.query.paths import HOP_KINDS, SMALL, PathSearch, SearchResult
from mgonto.query.statements import quantities_from, statements_from
from mgonto.resources import release_version
from mgonto.result.explanation import Explanation, PathCounts, PathGroup
from mgonto.result.records import Coverage, Hop, Path, Quantity, Statement, Term
from mgonto.result.records import Mapping as MappingRecord
from mgonto.result.results import Results

if TYPE_CHECKING:
    import networkx
    import rdflib

    from mgonto.engine.disk import OpenStore
    from mgonto.query.steps import StepGraph
    from mgonto.query.support import SupportFacts
    from mgonto.query.wide import Around, Links, ReadAround
    from mgonto.reasoning import Reasoning
    from mgonto.result.audit import Absence, Facet, Flag, Reference, Repeat, Sentence, Tension
    from mgonto.result.mechanism import Comparison, Loop, SharedEffect
    from mgonto.result.robustness import CutSet, RankedReference, Removal, Support
    from mgonto.result.validation import ValidationReport
    from mgonto.sources.queryfile import Query
    from mgonto.sources.sentences import IndexRow

__all__ = ["KnowledgeBase", "Many", "connect", "load"]

T = TypeVar("T")

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
    "source_species",
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
    "source_kind": "PublicationKind",
    "role": "QuantityRole",
    "statistic": "Statistic",
}
#: Fields that can be counted: the query that counts them, and the property.
FACETS = {
    "certainty": ("word-facets", "certainty"),
    "claim_kind": ("word-facets", "claimKind"),
    "hedge": ("word-facets", "hedge"),
    "null_kind": ("word-facets", "nullKind"),
    "relation": ("word-facets", "relation"),
    "stance": ("word-facets", "stance"),
    "cell": ("facets", "inCell"),
    "condition": ("facets", "inCondition"),
    "intervention": ("facets", "underIntervention"),
    "population": ("facets", "inPopulation"),
    "species": ("facets", "inSpecies"),
    "stage": ("facets", "inStage"),
    "tissue": ("facets", "inTissue"),
}
_STATEMENT_WORDS = tuple(name for name in _WORD_FILTERS if name not in ("role", "statistic"))


def load(*files: str | FilePath, store: str | FilePath | None = None) -> KnowledgeBase:
    """The bundled knowledge base, and the user's RDF files on top of it, on the embedded engine.

    Args:
        files: Turtle, TriG, N-Triples, N-Quads, RDF/XML or JSON-LD, told by the extension. A file that brings
            no edges gets those that its statements yield.
        store: a folder made by `mgonto load --store`, to be asked instead: opened at once whatever its size,
            and read-only. What it holds was decided when it was made, so there are no files beside it.

    Raises:
        MgontoError: a file cannot be read; it names the line and column of broken syntax. The folder is no
            such store.
        UsageError: both files and a store.

    >>> kb = load()
    >>> kb.term("magnesium deficiency").kind
    'Condition'
    """
    if store is not None:
        if files:
            raise UsageError(
                "a store that is opened takes no files", "load them into it: mgonto load --store DIR FILE"
            )
        return _opened(FilePath(store))
    core, late = release_parts()
    engine = EmbeddedEngine(core, lambda: late)
    if files:
        engine.complete()
        add_files(engine.store, [FilePath(each) for each in files])
    return KnowledgeBase(engine, files)


def _opened(folder: FilePath) -> KnowledgeBase:
    import warnings

    from mgonto.engine.disk import open_store

    found = open_store(folder)
    if found.state.release != release_version():
        warnings.warn(
            f"{folder} holds release {found.state.release}, and this mgonto brings {release_version()}: "
            f"mgonto load --store {folder}",
            stacklevel=3,
        )
    return KnowledgeBase(EmbeddedEngine(store=found.store), opened=(folder, found))


def connect(
    url: str,
    timeout: float = 60,
    *,
    user: str | None = None,
    password: str | None = None,
    token: str | None = None,
    retries: int = 2,
    page: int | None = None,
    max_bytes: int = 1 << 30,
) -> KnowledgeBase:
    """The knowledge base on a SPARQL endpoint into which a release was loaded; the same helpers answer.

    Nothing is asked yet. With the first question it looks whether there is a release, of which version, and
    in which graphs; it need not be in the default graph. What the server would cut is read in pages.

    Args:
        url: the address of the query service.
        timeout: seconds to wait for an answer, retries included.
        user, password: for basic or digest authentication, whichever the server asks for; else those of
            MGONTO_USER and MGONTO_PASSWORD, else of netrc.
        token: for bearer authentication; else that of MGONTO_TOKEN.
        retries: how often to ask again where the connection was lost, or the server too busy to answer.
        page: rows to ask for at a time; all at once, unless the server cuts them.
        max_bytes: the largest answer that is read; a larger one is an error.

    Raises:
        UsageError: no http address, credentials in it or only half of them, or a number that makes no sense.
            A server that does not answer raises `EndpointError` when it is asked.

    >>> kb = connect("http://localhost:7878/query", timeout=5)
    >>> kb
    <KnowledgeBase: http://localhost:7878/query>
    >>> kb.explain("magnesium deficiency", "insulin resistance").first().sign  # doctest: +SKIP
    1
    """
    from mgonto.engine.access import Access
    from mgonto.engine.remote import RemoteEngine

    access = Access.of(url, user, password, token)
    release = release_version()
    return KnowledgeBase(RemoteEngine(url, timeout, access, retries, page, max_bytes, release))


class Engine(Protocol):
    """What a knowledge base stands on."""

    def select(
        self, query: str, values: Mapping[str, Value] | None = None
    ) -> tuple[tuple[str, ...], list[Row]]:
        """The columns and rows of a SELECT."""

    def complete(self) -> None:
        """Make everything answerable, not only what the first answer needs."""

    def ask(self, query: str, values: Mapping[str, Value] | None = None) -> bool:
        """The answer of an ASK."""

    def construct(self, query: str, values: Mapping[str, Value] | None = None) -> list[ox.Triple]:
        """The triples of a CONSTRUCT or DESCRIBE."""


class KnowledgeBase:
    """Answers about claims, terms and paths. Make one with `mgonto.load()`.

    Every filter takes one value or several; a term may be given by name, synonym, CURIE or IRI. Answers are
    `Results`: immutable sequences of frozen records that also know the SPARQL that made them.
    """

    def __init__(
        self,
        engine: Engine,
        files: Sequence[str | FilePath] = (),
        opened: tuple[FilePath, OpenStore] | None = None,
    ) -> None:
        self._engine = engine
        self._files = tuple(files)
        self._opened = opened  # held, so that a load beside it does not clear the store away
        self._searches: dict[tuple[frozenset[str], Narrowing], PathSearch] = {}
        self._linked: dict[frozenset[str], Links] = {}

    def __repr__(self) -> str:
        place = getattr(self._engine, "url", None) or " and ".join(["bundled data", *map(str, self._files)])
        if self._opened is not None:
            place = f"store {self._opened[0]}"
        return f"<KnowledgeBase: {place}>"

    # -- terms ---------------------------------------------------------------------------------------------

    @cached_property
    def terms(self) -> Terms:
        """All domain terms by IRI."""
        if isinstance(self._engine, EmbeddedEngine):
            return Terms(told_by(self._engine), self._elsewhere)
        return Terms(self._engine.select(query_text("terms"))[1], self._elsewhere)

    def _elsewhere(self, unknown: UnknownTerm) -> str:
        from mgonto.query.mapped import mapped_term

        return mapped_term(unknown, self.terms, self._mapped_from)

    def term(self, name: str | Term) -> Term:
        """The term of a name, synonym, CURIE or IRI, or of an identifier elsewhere that is its exact match.

        Raises:
            UnknownTerm: no term is called so; `suggestions` has the nearest names.
            AmbiguousTerm: several are; `candidates` has their CURIEs.

        >>> load().term("CHEBI:18420").name
        'magnesium'
        >>> load().term("MESH:D007333").name
        'insulin resistance'
        """
        return self.terms.find(name)

    def search(self, text: str, limit: int | None = None) -> Results[Term]:
        """The terms whose name, label or a synonym holds every word of `text`, best first.

        Raises:
            UsageError: no word is given.

        >>> load().search("insulin resist").first().name
        'insulin resistance'
        """
        if not str(text or "").strip():
            raise UsageError("there is nothing to search for", "give a word of a name, label or synonym")
        found = self.terms.lexicon.search(str(text), checked_limit(limit))
        return Results((self.terms[iri] for iri, _ in found), query_text("terms"), _TERM_COLUMNS)

    def ancestors(self, name: str | Term) -> Results[Term]:
        """The broader terms of a term, nearest first."""
        return self._terms_of(self.terms.ancestors(self.term(name).iri))

    def descendants(self, name: str | Term) -> Results[Term]:
        """The narrower terms of a term, nearest first."""
        return self._terms_of(self.terms.descendants(self.term(name).iri))

    # -- structure ---

    def members(self, pathway: str | Term, acts: Many = None) -> Results[Term]:
        """The parts and members of a pathway or another whole, those of its parts and narrower pathways too.

        Args:
            pathway: the whole. That a term belongs to it is declared, and makes no hop of a path.
            acts: only the members that an affirmed causal statement joins with one of these terms, whichever
                of the two acts; narrower terms and states count for both.

        Raises:
            UnknownTerm, AmbiguousTerm: a term that cannot be found.

        >>> [each.name for each in load().members("PI3K/Akt/GLUT4 pathway", acts="magnesium")]
        ['GLUT4 cell-surface stabilisation']
        """
        found = self.terms.members(self.term(pathway).iri)
        if acts is not None:
            counted = {each: self.terms.expanded(each) for each in found}
            ends = dict.fromkeys(one for each in counted.values() for one in each)
            reached = self._acting_with(self._term_values(acts, "states"), ends)
            found = tuple(each for each in found if not reached.isdisjoint(counted[each]))
        return self._terms_of(found)

    def _acting_with(self, terms: list[ox.NamedNode] | None, others: Iterable[str]) -> set[str]:
        """The terms at the other end of the affirmed causal statements of `terms`, of `others` at least."""
        from mgonto.query.wide import AT_ONCE

        named = [ox.NamedNode(each) for each in others]
        if not named:
            return set()
        # A filter with thousands of names costs more than it spares.
        ends = named if len(named) <= AT_ONCE else None
        reached: set[str] = set()
        for role, other in (("subject", "object"), ("object", "subject")):
            values = {
                role: terms,
                other: ends,
                "causal": [to_term(True)],
                "stance": [ox.NamedNode(BASE + "Affirmed")],
            }
            columns, rows = self._engine.select(query_text("statements"), values)
            reached.update(_text(row[columns.index(other)]) for row in rows)
        return reached

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
        source_species: Many = None,
        source_kind: Many = None,
        limit: int | None = None,
        expand: str = "states",
    ) -> Results[Statement]:
        """The statements that pass every filter, in the order of the article.

        Args:
            about: terms in any role, context included; several must all be there. Composed terms that involve
                the term count too (serum magnesium level for magnesium), unless `expand="exact"`.
            subject, object, tissue, cell, species, population, stage, condition, intervention, design: terms;
                one of several is enough; a population also as what something is lower or higher in. Narrower
                terms and states count too, unless `expand="exact"`.
            relation, certainty, hedge, stance, null_kind, claim_kind, scope: the words of the vocabulary.
            sign: 1, -1 or 0. causal: a claim of cause, or not.
            reference: numbers or IRIs of cited references. cited: with any citation, or with none.
            source_species: what a cited work is about. source_kind: narrative review, animal experiment ...
            section: S09, a heading, or a table (T2). sentence: a locator such as S09.P02.N05.
            limit: at most so many.
            expand: "states" or "exact".

        Raises:
            UnknownTerm, AmbiguousTerm: a term that cannot be found.
            UsageError: a word that the vocabulary does not have; no such section, sentence or reference.

        >>> kb = load()
        >>> [s.locator for s in kb.statements(subject="magnesium supplementation", section="S09")][:1]
        ['S09.P02.N04']
        """
        if expand not in ("states", "exact"):
            raise UsageError(f'expand cannot be "{expand}"', 'write "states" or "exact"')
        given: dict[str, Any] = locals()
        values: dict[str, Value] = {}
        for name in _TERM_FILTERS:
            values[name] = self._term_values(given[name], expand, name)
        for name in _STATEMENT_WORDS:
            values[name] = self._word_values(name, given[name])
        limit, cited = checked_limit(limit), truth("cited", cited)
        values["sign"] = sign_values(sign)
        values["causal"] = None if truth("causal", causal) is None else [to_term(causal)]
        values["reference"] = reference_values(reference)
        values["section"] = section_values(section)
        wanted = self._about(about, expand)
        values["about"] = wanted[0] if wanted else None
        if source_species is not None or source_kind is not None:
            self._engine.complete()  # what a cited work is stands in the part that is read later
        values |= _sentence_values(sentence)
        # What is not looked at again needs no details.
        whole = cited is not None or len(wanted) > 1
        found = self._statements(values, None if whole else limit)
        for group in wanted[1:]:
            found = [each for each in found if _takes_part(group, each)]
        if cited is not None:
            found = [each for each in found if bool(each.references) == cited]
        if not found:
            self._check_sections(section)
            self._check_references(reference)
            self._check_places(sentence)
        return Results(found[:limit], query_text("statements"), _STATEMENT_COLUMNS)

    def _statements(self, values: Mapping[str, Value], limit: int | None = None) -> list[Statement]:
        columns, rows = self._engine.select(query_text("statements"), values)
        rows = rows[:limit]
        # Naming statements is cheaper than reading the details of all.
        narrow = limit is not None or any(each is not None for each in values.values())
        few = [row[0] for row in rows if isinstance(row[0], ox.NamedNode)]
        if not few:
            return []
        named = few if len(few) <= (self._most if narrow else _FEW) else None
        _, details = self._engine.select(query_text("statement-details"), {"statement": named})
        return list(statements_from(columns, rows, details, self.terms))

    def _about(self, given: Many, expand: str = "states") -> list[list[ox.NamedNode]]:
        """For each term that an answer must be about, all that counts as it: narrower terms, states, and
        composed terms that involve it."""
        widen = "about" if expand == "states" else expand
        return [self._term_values(each, widen) or [] for each in listed(given)]

    def _holding(
        self, wanted: Sequence[Sequence[ox.NamedNode]], among: Iterable[str] | None = None
    ) -> list[frozenset[str]]:
        """For each group of terms, the statements that have one of it in any role; only those `among`, if
        told."""
        if not wanted:
            return []
        some = None if among is None else self._among([frozenset(among)])
        # One query for all groups, which also tells the term by which a statement is there.
        asked = list(dict.fromkeys(each for group in wanted for each in group))
        text = query_text("statements-about").replace("?statement {", "?statement ?term {", 1)
        by_term: dict[str, set[str]] = {}
        for statement, term in self._engine.select(text, {"term": asked, "statement": some})[1]:
            by_term.setdefault(_text(term), set()).add(_text(statement))
        return [frozenset(one for each in group for one in by_term.get(each.value, ())) for group in wanted]

    def _among(self, held: Iterable[frozenset[str]]) -> list[ox.NamedNode] | None:
        """The smallest of some sets, to ask for what concerns it alone; None where there is none, or where
        each is so large that it is better to ask for everything."""
        smallest = min(held, key=len, default=None)
        if smallest is None or len(smallest) > self._most:
            return None
        return [ox.NamedNode(each) for each in sorted(smallest)] or [ox.NamedNode(BASE + "statement/none")]

    @property
    def _most(self) -> int:
        """How many things a query may name, where everything could be asked for instead."""
        most: int = getattr(self._engine, "most_named", _FEW)
        return most

    def quantities(
        self,
        about: Many = None,
        statistic: Many = None,
        unit: Many = None,
        role: Many = None,
        comparator: Many = None,
        population: Many = None,
        section: Many = None,
        time_point: Many = None,
        value: str = "any",
        sentence: Many = None,
        limit: int | None = None,
    ) -> Results[Quantity]:
        """The reported numbers, and the words that stand for numbers, in the order of the article.

        Args:
            about: terms in any role of the claim; several must all be there. Narrower terms and states count.
            statistic: mean, percentage, ratio ... unit: UCUM codes (mg/d, %).
            role: exposure, effect, time, follow-up, threshold, baseline or count.
            comparator: what the result is compared with. population: the group of the claim or the subgroup.
            section: S09, a heading, or a table (T2). sentence: locators. time_point: as recorded.
            value: "number", "words" (a size told in words only), "not_reported", or "any".
            limit: at most so many.

        Raises:
            UsageError: a word that the vocabulary does not have; no such section, sentence, unit or time.
            UnknownTerm, AmbiguousTerm: a term that cannot be found.

        >>> load().quantities(section="S09").first().in_words
        'high'
        """
        limit = checked_limit(limit)
        if str(value) not in _VALUES:
            raise UsageError(f'unknown value "{value}"', "one of: " + ", ".join(_VALUES))
        wanted = self._about(about)
        values: dict[str, Value] = {
            "section": section_values(section),
            "role": self._word_values("role", role),
            "statistic": self._word_values("statistic", statistic),
            "unit": [to_term(str(each)) for each in listed(unit)] or None,
            "time_point": [to_term(str(each)) for each in listed(time_point)] or None,
            "comparator": self._term_values(comparator, "states", "comparator"),
            "population": self._term_values(population, "states", "population"),
            "about": wanted[0] if wanted else None,
        }
        self._engine.complete()
        columns, rows = self._engine.select(query_text("quantities"), values)
        for held in self._holding(wanted[1:], (_text(row[0]) for row in rows)):
            rows = [row for row in rows if _text(row[0]) in held]
        if places := {str(each) for each in listed(sentence)}:
            at = columns.index("sentence")
            rows = [row for row in rows if {_text(row[at]), local_name(_text(row[at]))} & places]
        if not rows:
            self._check_sections(section)
            self._check_places(sentence)
            self._check_recorded("unit", unit)
            self._check_recorded("time_point", time_point)
        named = list({_text(row[0]): row[0] for row in rows if isinstance(row[0], ox.NamedNode)}.values())
        narrow = any(each is not None for each in values.values()) or len(rows) <= _FEW
        few = named if len(named) <= (self._most if narrow else _FEW) else None
        details = self._engine.select(query_text("quantity-details"), {"statement": few})[1] if rows else []
        found = [each for each in quantities_from(columns, rows, details, self.terms) if _VALUES[value](each)]
        return Results(
            found[: checked_limit(limit)], query_text("quantities"), tuple(Quantity.__dataclass_fields__)
        )

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
        group: str | None = None,
        causal: bool | None = None,
        relation: Many = None,
        reference: Many = None,
        section: Many = None,
        species: Many = None,
        tissue: Many = None,
        stage: Many = None,
        unstated: bool = False,
        source_species: Many = None,
        source_kind: Many = None,
        design: Many = None,
    ) -> Explanation:
        """The signed paths from more of `source` to `target`, shortest and surest first.

        Args:
            source: where the change starts. Give a state ("magnesium deficiency") for less of something.
            target: where it should arrive; its narrower terms count as arrived, unless `expand="exact"`.
            max_hops: the most stated hops of a path; declared links of terms do not count.
            k: the most paths to return, new mechanisms first; the counts are over all. None for all.
            hops: further hop kinds: "opposite" turns statements round, and each such hop says so; "aspect"
                joins claims on different aspects of a term; "general" and "special" go along the class tree;
                "structural" goes from a part to its whole and back, without a sign.
            group: "mechanism", "first", "last" (mediator) or "section": fills `groups`, and the best path of
                each group goes first.
            certainty, causal, relation, reference, section: only statements that pass, as in `statements`;
                what stands beside the paths passes them too.
            species, tissue, stage: only statements that name such a term, a narrower one or a state.
            unstated: let statements pass that name no species (tissue, stage) at all.
            source_species, source_kind: only statements that cite a work about this species, of this kind.
            design: only statements whose wording names such a study.

        Raises:
            UnknownTerm, AmbiguousTerm: a term that cannot be found.
            UsageError: a bad number, hop kind, group or word.

        >>> load().explain("magnesium deficiency", "insulin resistance").first().sign
        1
        """
        from mgonto.query.cuts import bottlenecks, is_supported
        from mgonto.query.mechanisms import GROUPS, group_paths

        if not is_count(max_hops) or (k is not None and not is_count(k)):
            raise UsageError(
                "max_hops and k are whole numbers from 1 on", "leave them out for the usual numbers"
            )
        if expand not in ("states", "exact"):
            raise UsageError(f'expand cannot be "{expand}"', 'write "states" or "exact"')
        if group is not None and group not in GROUPS:
            raise UsageError(f'paths cannot be grouped by "{group}"', "one of: " + ", ".join(GROUPS))
        start, end = self.term(source), self.term(target)
        narrowing = Narrowing(
            certainty=self._words("certainty", certainty),
            causal=truth("causal", causal),
            relation=self._words("relation", relation),
            references=_values(reference_values(reference)),
            sections=self._sections(section),
            context=tuple(
                (role, _values(self._term_values(given, expand, name)) or frozenset())
                for role, name, given in (
                    ("inSpecies", "species", species),
                    ("inTissue", "tissue", tissue),
                    ("inStage", "stage", stage),
                )
                if listed(given)
            ),
            unstated=truth("unstated", unstated) or False,
            designs=_values(self._term_values(design, expand, "design")),
            sources=self._works(source_species, source_kind, expand),
        )
        read = None
        if start != end and not self._is_small:
            read = self._read_between(start.iri, self._arrived(start, end, expand), max_hops, hops)
        found = self._paths(start, end, max_hops, hops, expand, narrowing, read)
        inverted = 0
        if not found.paths:
            self._check_references(reference)
        if not found.paths and not hops:
            # Turned round, they are the same statements: a large base is not asked for them again.
            turned = self._paths(start, end, max_hops, ("opposite",), expand, narrowing, read)
            inverted = len(turned.paths)
        paths = found.paths
        groups: tuple[PathGroup, ...] = ()
        if group is not None:
            groups = group_paths(found.paths, group, self.terms)
            paths = tuple(dict.fromkeys([*(each.paths[0] for each in groups), *found.paths]))
        paths = paths[:k]
        if read is not None:
            paths = self._with_first(paths, read, hops, narrowing)
        return Explanation(
            start,
            end,
            paths,
            PathCounts.of(found.paths),
            found.denials,
            found.associations,
            found.gaps,
            found.complete,
            inverted,
            query_text("statements"),
            groups,
            bottlenecks(found.paths, self.terms),
            sum(1 for path in found.paths if not is_supported(path)),
        )

    def loops(self, term: str | Term, max_hops: int = 4, hops: Sequence[str] = ()) -> Results[Loop]:
        """How a change of a term comes back to it: every simple cycle, the shortest and surest first.

        Args:
            term: where the loop starts and ends.
            max_hops: the most stated hops of a loop; declared links of terms do not count.
            hops: further hop kinds, as in `explain`.

        Raises:
            UnknownTerm, AmbiguousTerm: the term cannot be found.
            UsageError: a bad number or hop kind, or more loops than can be listed.

        >>> load().loops("insulin resistance").first().feedback
        'positive'
        """
        from mgonto.query.loops import find_loops

        _check_count("max_hops", max_hops)
        iri = self.term(term).iri
        found, complete = find_loops(self._graph_round(iri, max_hops, hops), iri, max_hops)
        if not complete:
            raise UsageError(f"too many loops with {max_hops} hops", "ask for fewer hops")
        columns = ("feedback", "terms", "sign", "certainty", "references", "hops")
        return Results(found, query_text("statements"), columns)

    def shared(
        self,
        a: str | Term,
        b: str | Term,
        same_sign: bool | None = None,
        max_hops: int = 1,
        hops: Sequence[str] = (),
    ) -> Results[SharedEffect]:
        """What more of each of two terms acts on: directly, unless `max_hops` says otherwise.

        Args:
            a, b: the terms. same_sign: only effects of one sign, or only of opposite signs.
            max_hops: the most stated hops from either term. hops: further hop kinds, as in `explain`.

        Raises:
            UnknownTerm, AmbiguousTerm: a term that cannot be found. UsageError: a bad number or hop kind.

        >>> found = load().shared("insulin resistance", "magnesium deficiency", same_sign=True)
        >>> all(each.sign_a == each.sign_b for each in found)
        True
        """
        from mgonto.query.effects import shared_effects

        _check_count("max_hops", max_hops)
        one, two = self._two(a, b)
        graph = self._graph_to_both(one.iri, two.iri, max_hops, hops)
        found = shared_effects(graph, one.iri, two.iri, max_hops, truth("same_sign", same_sign))
        return Results(found, query_text("statements"), _SHARED_COLUMNS)

    def compare(self, a: str | Term, b: str | Term, expand: str = "states") -> Comparison:
        """What is said of one term, of another, and of both: effects and causes, with their signs.

        Args:
            a, b: the terms; what is said of narrower terms counts as theirs, unless `expand="exact"`.

        Raises:
            UnknownTerm, AmbiguousTerm: a term that cannot be found.

        >>> found = load().compare("magnesium deficiency", "magnesium supplementation")
        >>> {each.verdict for each in found.both} <= {"agree", "differ", "unclear"}
        True
        """
        from mgonto.query.effects import compare_terms
        from mgonto.result.mechanism import Comparison

        if expand not in ("states", "exact"):
            raise UsageError(f'expand cannot be "{expand}"', 'write "states" or "exact"')
        one, two = self._two(a, b)
        sides = [
            (each.iri, *(self.terms.descendants(each.iri) if expand != "exact" else ()))
            for each in (one, two)
        ]
        both = [ox.NamedNode(each) for side in sides for each in side]
        said = self._all_statements if self._is_small else self._statements({"about": both})
        rows = compare_terms(said, self.terms, *sides)
        return Comparison(one, two, rows, query_text("statements"))

    def _two(self, a: str | Term, b: str | Term) -> tuple[Term, Term]:
        one, two = self.term(a), self.term(b)
        if one == two:
            raise UsageError(f'"{one.name}" is named twice', "name two different terms")
        return one, two

    def to_networkx(self, kind: str = "edges") -> networkx.MultiDiGraph:
        """A networkx graph of the terms: of the plain signed edges, or with one edge a statement.

        Raises:
            UsageError: another kind. MgontoError: networkx is not installed.

        >>> load().to_networkx().number_of_nodes() > 100
        True
        """
        from mgonto.query.networks import to_network

        return to_network(self._all_statements, self.terms, kind)

    # -- robustness ----------------------------------------------------------------------------------------

    def support(self, what: str | Statement | Hop | Path) -> Support:
        """What a statement, a proposition, a sentence, a hop or a path rests on.

        Args:
            what: a record from an answer; or the id or IRI of a statement (S09.P02.N05.1), the IRI of a
                proposition, or the locator of a sentence.

        Raises:
            UsageError: no statement, proposition or sentence is called so.

        >>> path = load().explain("magnesium deficiency", "insulin resistance").first()
        >>> 13 in [each.number for each in load().support(path).references]
        True
        """
        from mgonto.query.support import support_of_path, support_of_statements

        if isinstance(what, (Path, Hop)):
            hops = what.hops if isinstance(what, Path) else (what,)
            facts = self._facts_of([each for hop in hops for each in hop.statements])
            return support_of_path(what, facts, self.terms)
        kind, about, chosen = self._mentions(what)
        return support_of_statements(chosen, kind, about, self._facts_of(chosen), self.terms)

    def without(self, references: Many) -> Removal[KnowledgeBase]:
        """The knowledge base less some references, and what falls with them.

        Args:
            references: numbers or IRIs.

        Raises:
            UsageError: no such reference.

        >>> gone = load().without(references=[13])
        >>> gone.standing("magnesium deficiency", "insulin resistance").verdict
        'weakened'
        """
        from mgonto.query.removal import propositions_hit, standing, unsupported
        from mgonto.result.robustness import Removal, Standing

        iris = self._reference_iris(references)
        gone = frozenset(iris)
        lost, weakened = propositions_hit(self._resting_on(iris), gone)

        def open_rest() -> KnowledgeBase:
            from mgonto.graph.removal import store_without

            engine = EmbeddedEngine()
            engine.store = store_without(self.quads(), gone)
            return KnowledgeBase(engine)

        def standing_of(source: str, target: str, max_hops: int) -> Standing:
            _check_count("max_hops", max_hops)
            start, end = self.term(source), self.term(target)
            return standing(start.name, end.name, self._paths(start, end, max_hops).paths, gone)

        def before() -> tuple[Statement, ...]:
            return unsupported(self._all_statements)

        return Removal(iris, lost, weakened, before, open_rest, standing_of, STANDARD_PAIR)

    def _resting_on(self, references: Iterable[str]) -> Sequence[Statement]:
        """The statements of the propositions that some references stand for; of a small base, all."""
        if self._is_small:
            return self._all_statements
        from mgonto.query.wide import resting_on

        asked = [ox.NamedNode(each) for each in resting_on(self._engine.select, references)]
        return self._statements({"proposition": asked}) if asked else []

    def rank_references(
        self, source: str | Term | None = None, target: str | Term | None = None, max_hops: int = 4
    ) -> Results[RankedReference]:
        """The references by what falls with each alone: paths between two terms, propositions, statements.

        Args:
            source, target: the paths between them count; those of the article's own question, unless told.

        Raises:
            UnknownTerm, AmbiguousTerm: a term that cannot be found.

        >>> load().rank_references().first().paths > 0
        True
        """
        from mgonto.query.removal import rank_references

        _check_count("max_hops", max_hops)
        start = self.term(STANDARD_PAIR[0] if source is None else source)
        end = self.term(STANDARD_PAIR[1] if target is None else target)
        paths = self._paths(start, end, max_hops).paths
        found = rank_references(self._all_statements, paths, self._support_facts, self.terms)
        return Results(found, query_text("support-details"))

    def cut_sets(
        self,
        source: str | Term,
        target: str | Term,
        sign: int | None = None,
        max_size: int | None = None,
        max_hops: int = 4,
    ) -> Results[CutSet]:
        """The smallest sets of references without which no supported path between two terms is left.

        Args:
            source, target: as in `explain`.
            sign: only the paths of this sign have to be cut. max_size: no sets of more references.

        Raises:
            UnknownTerm, AmbiguousTerm: a term that cannot be found.
            UsageError: there are so many paths or sets that not all can be told.

        >>> all(13 in each.numbers for each in load().cut_sets("magnesium deficiency", "insulin resistance"))
        True
        """
        from mgonto.query.cuts import minimal_cuts
        from mgonto.query.support import by_number
        from mgonto.result.robustness import CutSet

        _check_count("max_hops", max_hops)
        if max_size is not None:
            _check_count("max_size", max_size)
        signs = sign_values(sign)
        sign = None if signs is None else int(signs[0].value)
        found = self._paths(self.term(source), self.term(target), max_hops)
        cuts, complete = minimal_cuts(
            (path for path in found.paths if sign is None or path.sign == sign), max_size
        )
        if not (complete and found.complete):
            raise UsageError("there are too many paths to cut", "ask for fewer hops, or give max_size")
        return Results((CutSet(by_number(each)) for each in cuts), query_text("statements"))

    # -- for explanation and robustness --------------------------------------------------------------------

    def _search(self, hops: Sequence[str] = (), narrowing: Narrowing | None = None) -> PathSearch:
        """The graph of some statements, kept for the next question: the data do not change."""
        hops = listed(hops)
        for each in hops:
            if each not in HOP_KINDS:
                raise UsageError(f'unknown hop kind "{each}"', "one of: " + ", ".join(HOP_KINDS))
        narrowing = narrowing or Narrowing()
        key = (frozenset(hops), narrowing)
        if key not in self._searches:
            if len(self._searches) >= _MOST_SEARCHES:
                self._searches.pop(next(iter(self._searches)))
            statements = narrowing.of(self._all_statements)
            self._searches[key] = PathSearch(statements, self.terms, key[0])
        return self._searches[key]

    def _paths(
        self,
        start: Term,
        end: Term,
        max_hops: int = 4,
        hops: Sequence[str] = (),
        expand: str = "states",
        narrowing: Narrowing | None = None,
        read: ReadAround | None = None,
    ) -> SearchResult:
        if start == end:
            raise UsageError(f'"{start.name}" is both source and target', "name two different terms")
        wanted = self._arrived(start, end, expand)
        if self._is_small:
            return self._search(hops, narrowing).search(start.iri, wanted, max_hops)
        if read is None:
            read = self._read_between(start.iri, wanted, max_hops, hops)
        result = self._part(read, hops, narrowing).search(start.iri, wanted, max_hops)
        return replace(result, complete=result.complete and read.complete)

    def _arrived(self, start: Term, end: Term, expand: str) -> list[str]:
        """The terms at which a path has arrived."""
        targets = (end.iri, *self.terms.descendants(end.iri)) if expand != "exact" else (end.iri,)
        return [each for each in targets if each != start.iri]

    def _read_between(
        self, source: str, targets: Sequence[str], max_hops: int, hops: Sequence[str]
    ) -> ReadAround:
        """What a large base says on the way between some terms, and of the pair itself."""
        from mgonto.query.beside import kin
        from mgonto.query.wide import around, beside

        found = around(self._engine.select, self._links(hops), source, targets, max_hops, frozenset(hops))
        ends = {each for one in targets for each in kin(self.terms, one)}
        others, all_beside = beside(self._engine.select, kin(self.terms, source) | {source}, ends)
        read = self._read(found, others)
        return replace(read, complete=read.complete and all_beside)

    def _graph_round(self, iri: str, max_hops: int, hops: Sequence[str]) -> StepGraph:
        """The steps on the way from a term back to it."""
        hops = listed(hops)
        if self._is_small:
            return self._search(hops).graph
        from mgonto.query.wide import around

        found = around(self._engine.select, self._links(hops), iri, (iri,), max_hops, frozenset(hops))
        if not found.complete:
            raise UsageError(f"too many claims within {max_hops} hops", "ask for fewer hops")
        return self._part(self._read(found), hops).graph

    def _graph_to_both(self, a: str, b: str, max_hops: int, hops: Sequence[str]) -> StepGraph:
        """The steps on the way from two terms to what both lead to."""
        hops = listed(hops)
        if self._is_small:
            return self._search(hops).graph
        from mgonto.query.wide import towards_both

        found = towards_both(self._engine.select, self._links(hops), a, b, max_hops, frozenset(hops))
        if not found.complete:
            raise UsageError(f"too many claims within {max_hops} hops", "ask for fewer hops")
        return self._part(self._read(found), hops).graph

    @cached_property
    def _is_small(self) -> bool:
        """Whether everything is read and searched in memory, or the engine is asked for what is near."""
        if "_all_statements" in self.__dict__:
            return True
        return not self._holds_more_than(SMALL)

    def _links(self, hops: Sequence[str]) -> Links:
        """The declared links of terms, for some hop kinds."""
        from mgonto.query.wide import Links

        for each in hops:
            if each not in HOP_KINDS:
                raise UsageError(f'unknown hop kind "{each}"', "one of: " + ", ".join(HOP_KINDS))
        key = frozenset(hops)
        if key not in self._linked:
            self._linked[key] = Links(self.terms, key)
        return self._linked[key]

    def _read(self, found: Around, others: Iterable[str] = ()) -> ReadAround:
        """The statements of the propositions that were found, and of some more."""
        from mgonto.query.wide import ReadAround

        asked = [ox.NamedNode(each) for each in dict.fromkeys((*found.propositions, *others))]
        statements = self._statements({"proposition": asked}) if asked else []
        return ReadAround(tuple(statements), found.terms, found.complete)

    def _with_first(
        self, paths: Sequence[Path], read: ReadAround, hops: Sequence[str], narrowing: Narrowing
    ) -> tuple[Path, ...]:
        """Paths of a large base, the first few statements of each hop with their number."""
        from mgonto.query.first_few import claims_of_hops, with_first
        from mgonto.query.wide import Around

        claims = None if read.complete else claims_of_hops(self._engine.select, paths)
        graph = None
        if claims:
            graph = self._part(self._read(Around(tuple(claims), read.terms, True)), hops, narrowing).graph
        return with_first(paths, graph, read.complete)

    def _part(
        self, read: ReadAround, hops: Sequence[str] = (), narrowing: Narrowing | None = None
    ) -> PathSearch:
        """A search over some statements, and the links of the terms that paths may pass."""
        from mgonto.query.wide import MOST_PATHS, TermsOfPaths

        terms = cast("Terms", TermsOfPaths(self.terms, read.terms))
        passing = (narrowing or Narrowing()).of(read.statements)
        return PathSearch(passing, terms, frozenset(hops), MOST_PATHS)

    @cached_property
    def _support_facts(self) -> SupportFacts:
        from mgonto.query.support import SupportFacts

        self._engine.complete()
        return SupportFacts.read(self._engine.select(query_text("support-details"))[1])

    def _facts_of(self, statements: Sequence[Statement]) -> SupportFacts:
        """The facts of support, of a large base only those that concern some statements."""
        if self._is_small:
            return self._support_facts
        from mgonto.query.support import SupportFacts
        from mgonto.query.wide import support_rows

        self._engine.complete()
        return SupportFacts.read(support_rows(self._engine.select, statements))

    def _check_flagged(self, places: Iterable[str]) -> None:
        """Tell what nobody doubts from what there is not."""
        numbers = [each for each in places if each.isdigit() or "/ref/" in each]
        self._check_references(numbers)
        for each in places:
            if each not in numbers:
                name = local_name(each)
                self._check_places(
                    name.rpartition(".")[0] if name.count(".") > (2 if name[0] == "S" else 1) else name
                )

    def _mentions(self, what: str | Statement) -> tuple[str, str, list[Statement]]:
        """What an id or IRI names: its kind, its words and its statements."""
        if isinstance(what, Statement):
            return "statement", what.gloss, [what]
        for kind, names in (
            ("statement", lambda each: (each.statement, local_name(each.statement))),
            ("proposition", lambda each: (each.proposition, local_name(each.proposition))),
            ("sentence", lambda each: (each.sentence, each.locator)),
        ):
            said = self._all_statements if self._is_small else self._named_so(kind, what)
            chosen = [each for each in said if what in names(each)]
            if chosen:
                return kind, chosen[0].gloss if kind != "sentence" else chosen[0].locator, chosen
        raise UsageError(
            f'nothing is stated as "{what}"',
            "give a statement (S09.P02.N05.1), a sentence (S09.P02.N05) or the IRI of a proposition; "
            "for terms, name the two ends of a path",
        )

    def _named_so(self, kind: str, name: str) -> list[Statement]:
        """The statements that a name may mean, of a base that is too large to be read whole."""
        if "://" in name:
            return self._statements({kind: [ox.NamedNode(name)]})
        if kind == "proposition":
            return self._statements({kind: [ox.NamedNode(f"{BASE}proposition/{name}")]})
        return self._statements(
            {"locator": [to_term(name if kind == "sentence" else name.rpartition(".")[0])]}
        )

    def _reference_iris(self, given: Many) -> tuple[str, ...]:
        """The IRIs of references given by number or IRI."""
        known: Iterable[str] = ()
        if self._is_small:
            known = dict.fromkeys((*self._support_facts.references, *self._cited))
        found: dict[str, None] = {}
        for each in listed(given):
            text = str(each).strip()
            name = expand(text) or text.removeprefix("[").removesuffix("]")
            if not self._is_small:
                known = self._references_called(name)
            named = [iri for iri in known if name in (iri, local_name(iri))]
            if not named:
                raise UsageError(f'no reference "{each}"', "give the number or the IRI of a cited reference")
            found.update(dict.fromkeys(named))
        if not found:
            raise UsageError("no reference is named", "give one or more numbers")
        return tuple(found)

    def _references_called(self, name: str) -> list[str]:
        """The references that a number or an IRI may mean, of a base that is too large to be read whole."""
        self._engine.complete()
        if name.isdigit():
            number = f"{{ ?reference <{BASE}number> {int(name)} }}"
            query = f"SELECT DISTINCT ?reference {number} ORDER BY ?reference"
            return [_text(row[0]) for row in self._engine.select(query)[1]]
        try:
            node = ox.NamedNode(name)
        except ValueError:
            return []
        cited = f"{{ [] <{BASE}cites> $reference }} UNION {{ $reference <{BASE}number> [] }}"
        return [name] if self._engine.ask(f"ASK {{ {cited} }}", {"reference": node}) else []

    @property
    def _cited(self) -> Iterable[str]:
        return (reference for each in self._all_statements for reference in each.references)

    @cached_property
    def _all_statements(self) -> tuple[Statement, ...]:
        if not self._is_small and self._holds_more_than(_MOST_READ):
            raise UsageError(
                f"this reads every statement, and there are more than {_MOST_READ:,}",
                "ask for a part: statements, explain, support, without; or sum up with a query of your own",
            )
        return tuple(self._statements({}))

    def _holds_more_than(self, statements: int) -> bool:
        """Whether there are more statements than so many: the embedded engine looks, another is asked."""
        more = getattr(self._engine, "holds_more_than", None)
        if more is not None:
            return bool(more(statements))
        from mgonto.query.wide import is_small

        return not is_small(self._engine.select, statements)

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

    # -- sentences, references and the audit ---------------------------------------------------------------

    def sentences(
        self,
        section: Many = None,
        reference: Many = None,
        scope: Many = None,
        cited: bool | None = None,
        species: Many = None,
        limit: int | None = None,
    ) -> Results[Sentence]:
        """The sentences and table rows that pass every filter, with what they cite.

        Args:
            section: S09, a heading, or a table (T2).
            reference: numbers or IRIs of references, cited by the sentence itself or inherited.
            scope: own citation, inherited from paragraph, inherited from section.
            cited: with any citation, own or inherited; or with none.
            species: with a statement about this species.
            limit: at most so many.

        Raises:
            UsageError: a word that the vocabulary does not have, or no such section.
            UnknownTerm, AmbiguousTerm: a species that cannot be found.

        >>> len(load().sentences(reference=13, scope="own citation"))
        8
        """
        from mgonto.query.gather import sentences
        from mgonto.result.audit import Sentence

        limit, cited = checked_limit(limit), truth("cited", cited)
        some: list[ox.NamedNode] | None = None
        held: frozenset[str] | None = None
        if listed(reference) or listed(scope):
            # The rows that pass name only what was asked for; a sentence is shown with all that it cites.
            passing = self._gathered(sentences, "sentences", reference=reference, scope=scope)
            held = frozenset(each.sentence for each in passing)
            some = self._among([held])
        found = self._gathered(sentences, "sentences", section=section, species=species, sentence=some)
        if held is not None:
            found = [each for each in found if each.sentence in held]
        if cited is not None:
            found = [each for each in found if bool(each.cites or each.inherits) == cited]
        if not found:
            self._check_sections(section)
            self._check_references(reference)
        return Results(found[:limit], query_text("sentences"), tuple(Sentence.__dataclass_fields__))

    def references(
        self,
        kind: Many = None,
        species: Many = None,
        before: int | None = None,
        after: int | None = None,
    ) -> Results[Reference]:
        """The reference list, or those works of it that pass every filter, by number.

        Args:
            kind: narrative review, animal experiment, prospective cohort ...
            species: that the work is about, as far as its title or abstract tells.
            before, after: published before or after this year.

        Raises:
            UsageError: a word that the vocabulary does not have.
            UnknownTerm, AmbiguousTerm: a species that cannot be found.

        >>> load().references(after=2020).first().number
        2
        """
        from mgonto.query.gather import references
        from mgonto.result.audit import Reference

        found = self._gathered(
            lambda columns, rows: references(columns, rows, self.terms),
            "references",
            kind=kind,
            species=species,
            before=before,
            after=after,
        )
        return Results(found, query_text("references"), tuple(Reference.__dataclass_fields__))

    def tensions(self, about: Many = None, kind: Many = None, source: str = "curated") -> Results[Tension]:
        """Where the article disagrees with itself, or seems to.

        Args:
            about: terms in any role of the statements that take part; several must all be there.
            kind: contradiction, resolved by stage, known then unknown ...; only of curated ones.
            source: "curated" as a curator reads it; "computed" from the statements themselves, each with the
                curated tensions (for a species, flags) that hold it; "difference" for the computed ones that
                no curator has, and after them the curated ones that no computation finds.

        Raises:
            UsageError: a word that the vocabulary does not have.
            UnknownTerm, AmbiguousTerm: a term that cannot be found.

        >>> kb = load()
        >>> len(kb.tensions(kind="contradiction")) <= len(kb.tensions(source="computed"))
        True
        """
        from mgonto.query.gather import tensions
        from mgonto.query.tension import computed_tensions, not_in_both
        from mgonto.result.audit import Tension

        if source not in ("curated", "computed", "difference"):
            raise UsageError(f'unknown source "{source}"', "one of: curated, computed, difference")
        columns = tuple(Tension.__dataclass_fields__)
        held = self._holding(self._about(about))
        if source == "curated":
            found = self._gathered(tensions, "tensions", kind=kind, statement=self._among(held))
        elif listed(kind):
            raise UsageError("kind is for curated tensions", "leave it out, or ask for the curated ones")
        else:
            found = list(computed_tensions(self._all_statements, self.terms, self._support_facts))
            if source == "difference":
                found = not_in_both(found, self._support_facts.tensions(self._all_statements))
        for each_held in held:
            found = [each for each in found if each_held.intersection(each.statements)]
        return Results(found, query_text("tensions" if source == "curated" else "statements"), columns)

    def gaps(self, about: Many = None) -> Results[Statement]:
        """What the article says is not known.

        Args:
            about: terms in any role; several must all be there.

        Raises:
            UnknownTerm, AmbiguousTerm: a term that cannot be found.

        >>> sorted({each.locator for each in load().gaps("magnesium")})
        ['S17.P02.N06']
        """
        return self.statements(about=about, stance="undetermined")

    def flags(self, about: Many = None, kind: Many = None, severity: Many = None) -> Results[Flag]:
        """What a careful reader doubts, and why.

        Args:
            about: terms; or sentences and statements by their place (S09.P02.N05.1) and references by their
                number. Of several each must be what the flag is about.
            kind: causal overreach, species mismatch, uncited number ...
            severity: high, medium or low.

        Raises:
            UsageError: a word that the vocabulary does not have; no such place or reference.
            UnknownTerm, AmbiguousTerm: neither a place nor a term.

        >>> load().flags("S09.P02.N05.1").first() is not None
        True
        """
        from mgonto.query.gather import flags
        from mgonto.result.audit import Flag

        terms = self._about([each for each in listed(about) if not _is_place(each)])
        held = self._holding(terms)
        among = self._among(held)
        found = self._gathered(flags, "flags", kind=kind, severity=severity, about=among)
        if about is not None:
            places = [str(each) for each in listed(about) if _is_place(each)]
            for place in places:
                found = [each for each in found if any(place in _places_of(iri) for iri in each.about)]
            if places and not found:
                self._check_flagged(places)
            for each_held in held:
                found = [each for each in found if each_held.intersection(each.about)]
        return Results(found, query_text("flags"), tuple(Flag.__dataclass_fields__))

    def absent(self, about: Many = None) -> Results[Absence]:
        """What a reader would look for and the article does not report.

        Args:
            about: topics; several must all be there. Narrower terms, states and composed terms count too.

        Raises:
            UnknownTerm, AmbiguousTerm: a topic that cannot be found.

        >>> load().absent("HOMA-IR").first() is not None
        True
        """
        from mgonto.query.gather import absences
        from mgonto.result.audit import Absence

        topics = [{one.value for one in each} for each in self._about(about)]
        found = self._gathered(absences, "absent", term=listed(about)[:1])
        found = [each for each in found if all(topic.intersection(each.topics) for topic in topics)]
        return Results(found, query_text("absent"), tuple(Absence.__dataclass_fields__))

    def repeats(self) -> Results[Repeat]:
        """The propositions that are stated more than once, the most repeated first.

        >>> len(load().repeats().first().statements) > 1
        True
        """
        from mgonto.query.gather import repeats
        from mgonto.result.audit import Repeat

        found = self._gathered(repeats, "repeats")
        return Results(found, query_text("repeats"), tuple(Repeat.__dataclass_fields__))

    def facets(self, field: str) -> Results[Facet]:
        """How many statements have each value of a field, the most frequent first.

        Args:
            field: a filter of `statements`: certainty, stance, hedge, relation, claim_kind, null_kind,
                tissue, cell, species, population, stage, condition or intervention.

        Raises:
            UsageError: no such field.

        >>> load().facets("certainty").first().name
        'established'
        """
        from mgonto.query.gather import facets
        from mgonto.result.audit import Facet

        name = str(field).casefold().replace(" ", "_")
        if name not in FACETS:
            raise UsageError(f'unknown field "{field}"', "one of: " + ", ".join(sorted(FACETS)))
        query, prop = FACETS[name]
        key = "role" if query == "facets" else "property"
        found = self._gathered(
            lambda columns, rows: facets(columns, rows, name), query, **{key: [ox.NamedNode(BASE + prop)]}
        )
        return Results(found, query_text(query), tuple(Facet.__dataclass_fields__))

    def _gathered(
        self, make: Callable[[Sequence[str], list[Row]], Sequence[T]], query: str, **given: object
    ) -> list[T]:
        """The records of a query of the library."""
        values = query_values(self.queries[query], given, self.terms, True)
        self._engine.complete()
        return list(make(*self._engine.select(query_text(query), values)))

    # -- the query library and free SPARQL -----------------------------------------------------------------

    @property
    def queries(self) -> Library:
        """The query library: name to query, in the order of its groups.

        >>> load().queries["denials"].group
        'epistemics'
        """
        return Library()

    def run(
        self, query: str | Query, expand: str = "states", limit: int | None = None, **params: object
    ) -> Results[dict[str, Any]]:
        """The rows of a query of the library.

        Args:
            query: its name, or a query of your own, as `mgonto.sources.queryfile.read_query` gives it.
            expand: with "states" a list of terms takes their narrower terms and states too; or "exact".
            limit: at most so many rows.
            params: the parameters by name: terms by any name, words of closed lists, numbers, sections.

        Raises:
            UsageError: no such query or parameter, a parameter missing or of the wrong type.
            UnknownTerm, AmbiguousTerm: a term that cannot be found.

        >>> load().run("effects-of", term="rapamycin", limit=1).columns[0]
        'statement'
        """
        from mgonto.sources.queryfile import Query

        if expand not in ("states", "exact"):
            raise UsageError(f'expand cannot be "{expand}"', 'write "states" or "exact"')
        limit = checked_limit(limit)
        asked = query if isinstance(query, Query) else self.queries[str(query)]
        values = query_values(asked, params, self.terms, expand == "states")
        self._engine.complete()
        columns, rows = self._engine.select(asked.text, values)
        return Results(
            (
                {name: _plain(each) for name, each in zip(columns, row, strict=True)}
                for row in rows[: checked_limit(limit)]
            ),
            asked.text,
            columns,
        )

    def ask(self, sparql: str, **params: Value) -> bool:
        """The answer of any ASK over everything.

        Raises:
            UsageError: the query does not parse, or is no ASK.

        >>> load().ask("ASK { ?gap a <https://w3id.org/mgonto/KnowledgeGap> }")
        True
        """
        self._engine.complete()
        return self._engine.ask(sparql, params)

    def construct(self, sparql: str, **params: Value) -> list[ox.Triple]:
        """The triples of any CONSTRUCT or DESCRIBE over everything, each once, in one order.

        Raises:
            UsageError: the query does not parse, or is no CONSTRUCT.

        >>> graph = "PREFIX mgo: <https://w3id.org/mgonto/> "
        >>> len(load().construct(graph + "CONSTRUCT { ?a mgo:acts ?b } { ?a mgo:moreMore ?b }")) > 100
        True
        """
        self._engine.complete()
        return sorted(set(self._engine.construct(sparql, params)), key=str)

    def store(self) -> ox.Store:
        """The store of the embedded engine, with everything in it: read it, and leave it as it is.

        Raises:
            UsageError: the knowledge base is on an endpoint; export there with the server's own tools.
        """
        if not isinstance(self._engine, EmbeddedEngine):
            raise UsageError(
                "an endpoint cannot be copied from here whole, as this needs",
                "leave --endpoint out (in Python: mgonto.load()), or use the server's own tools",
            )
        self._engine.complete()
        return self._engine.store

    def quads(self) -> list[ox.Quad]:
        """Every quad of the knowledge base; raises as `store` does."""
        return list(self.store())

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

    # -- links to other ontologies -------------------------------------------------------------------------

    def mappings(
        self, term: Many = None, predicate: Many = None, target: Many = None
    ) -> Results[MappingRecord]:
        """The links of terms and relations to other ontologies, and where a search found none.

        Args:
            term: terms (name, CURIE, IRI) or relations ("increases"); all of them unless told.
            predicate: exact, close, broad, narrow, related, or none.
            target: prefixes of other ontologies, such as MESH.

        Raises:
            UnknownTerm, AmbiguousTerm: a term that cannot be found.
            UsageError: an unknown predicate or prefix.

        >>> load().mappings("insulin resistance", "exact", "MESH").one().object_curie
        'MESH:D007333'
        """
        from mgonto.query.mapped import mappings_from, match_words, source_iris

        values: dict[str, Value] = {
            "term": [ox.NamedNode(self._mappable(each)) for each in listed(term)] or None,
            "match": match_words(map(str, listed(predicate))) or None,
            "source": source_iris(map(str, listed(target))) or None,
        }
        self._engine.complete()
        columns, rows = self._engine.select(query_text("mappings"), values)
        found = mappings_from(columns, rows, self.terms)
        return Results(found, query_text("mappings"), tuple(MappingRecord.__dataclass_fields__))

    def _mappable(self, name: Any) -> str:
        """The IRI of a relation by its word or IRI, else of a term."""
        relations = self.terms.lists.get("Relation", {})
        text = str(name)
        iri = relations.get(text.casefold()) or expand(text) or text
        return iri if iri in relations.values() else self.term(name).iri

    def _mapped_from(self, identifier: ox.NamedNode) -> list[Row]:
        self._engine.complete()
        return self._engine.select(query_text("mapped-terms"), {"identifier": identifier})[1]

    # -- reasoning -----------------------------------------------------------------------------------------

    def reason(self, *files: str | FilePath, all_types: bool = False, timeout: float = 60) -> Reasoning:
        """Consistency, unsatisfiable classes and inferred types, by HermiT; needs Java.

        Args:
            files: the user's RDF files, on top of those that `load` was given.
            all_types: infer the types of all individuals, not only of those in the files.
            timeout: seconds for HermiT.

        Raises:
            NoJava: there is no Java, and the extra `reason` is not installed.
            OutOfTime: the time limit was reached.
            UsageError: the knowledge base is on an endpoint.

        Example:
            found = mgonto.load().reason("extra.ttl")
            assert found.ok, found.mistakes[0].says
        """
        from mgonto.reasoning import reason

        if not isinstance(self._engine, EmbeddedEngine):
            raise UsageError("the reasoner works on files, not on an endpoint", "use mgonto.load(...)")
        return reason((*self._files, *files), all_types=all_types, timeout=timeout)

    # -- validation ----------------------------------------------------------------------------------------

    def validate(
        self,
        *files: str | FilePath,
        engine: str = "auto",
        fail_on: str = "violation",
        excused: bool = False,
        every: bool = False,
    ) -> ValidationReport:
        """Hold files against the shapes, together with the bundled terms; without any, all that is loaded.

        Args:
            files: RDF in any syntax that mgonto reads, curation YAML, or CSV of the same keys.
            engine: `auto` (the fast one where it is installed), `shacl` or `pyshacl`.
            fail_on: the lightest severity that does not conform: `violation` or `warning`.
            excused: also list what is excused with a reason.
            every: also list findings that only follow from another one.

        Raises:
            UsageError: an unknown engine or severity.
            MgontoError: a file cannot be read. Broken syntax is a finding, with file, line and column.

        >>> load().validate().conforms
        True
        """
        from mgonto.validation.validate import validate_files

        loaded = None if files else self.quads()
        return validate_files(files, engine, fail_on, excused=excused, every=every, bundle=loaded)

    # -- reading filters -----------------------------------------------------------------------------------

    def _term_values(self, given: Many, expand: str, name: str = "") -> list[ox.NamedNode] | None:
        return term_values(self.terms, given, expand, name)

    def _word_values(self, name: str, given: Many) -> list[ox.NamedNode] | None:
        return word_values(self.terms, _WORD_FILTERS[name], given, name)

    def _words(self, name: str, given: Many) -> frozenset[str] | None:
        return _values(self._word_values(name, given))

    def _sections(self, given: Many) -> frozenset[str] | None:
        """The IRIs of sections given by id, number or heading."""
        if not listed(given):
            return None
        self._check_sections(given)
        wanted = {str(each).casefold() for each in listed(given)}
        _, rows = self._engine.select(query_text("section-names"))
        ids = {
            _text(cell) for row in rows for cell in row if {_text(each).casefold() for each in row} & wanted
        }
        if not self._is_small:
            _, places = self._engine.select(f"SELECT DISTINCT ?section {{ [] <{BASE}inSection> ?section }}")
            return frozenset(name for (cell,) in places if local_name(name := _text(cell)) in ids)
        return frozenset(each.section for each in self._all_statements if local_name(each.section) in ids)

    def _works(self, species: Many, kind: Many, expand: str) -> frozenset[str] | None:
        """The cited works that are about a species and of a kind; None where neither is asked for."""
        if not (listed(species) or listed(kind)):
            return None
        about = _values(self._term_values(species, expand, "source_species"))
        kinds = self._words("source_kind", kind)
        facts = self._support_facts
        return frozenset(
            each
            for each in facts.references
            if (about is None or about.intersection(facts.species(each)))
            and (kinds is None or facts.one(each, BASE + "publicationKind") in kinds)
        )

    def _check_references(self, given: Many) -> None:
        """Tell a reference that nothing here cites from one that there is not; as `_check_sections`."""
        if listed(given):
            self._reference_iris(given)

    def _check_places(self, given: Many) -> None:
        """Tell a sentence without a claim from one that there is not; as `_check_sections`."""
        if not listed(given):
            return
        query = f"SELECT ?sentence {{ ?sentence <{BASE}locator> ?locator }}"
        known = {
            name
            for (cell,) in self._engine.select(query)[1]
            for name in (_text(cell), local_name(_text(cell)))
        }
        for each in listed(given):
            if str(each) not in known:
                raise UsageError(
                    f'no sentence "{each}"', "write S09.P02.N05 or T2.R6; mgonto sentences lists them"
                )

    def _check_recorded(self, name: str, given: Many) -> None:
        """Tell a unit or a time that no result has from one that only the other filters leave out."""
        if not listed(given):
            return
        columns, rows = self._engine.select(query_text("quantities"))
        known = sorted({_text(row[columns.index(name)]) for row in rows} - {""})
        for each in listed(given):
            if str(each) not in known:
                raise UsageError(
                    f'no quantity has the {name.replace("_", " ")} "{each}"', "one of: " + ", ".join(known)
                )

    def _check_sections(self, given: Many) -> None:
        """Tell an empty section from one that no article has; asked only where nothing was found."""
        if not listed(given):
            return
        _, rows = self._engine.select(query_text("section-names"))
        known = {_text(cell).casefold() for row in rows for cell in row}
        for each in listed(given):
            if str(each).casefold() not in known:
                raise UsageError(
                    f'no section "{each}"', "write S09, T2 or a heading; mgonto coverage lists them"
                )

    @cached_property
    def _articles(self) -> tuple[str, ...]:
        query = "SELECT ?article { ?article a <https://w3id.org/mgonto/Article> } ORDER BY ?article"
        return tuple(local_name(row[0].value) for row in self._engine.select(query)[1] if row[0] is not None)


#: The question that the article is about.
STANDARD_PAIR = ("magnesium deficiency", "insulin resistance")
_SHARED_COLUMNS = (
    *("term", "label", "sign_a", "sign_b", "same_sign"),
    *("statements_a", "statements_b", "references_a", "references_b"),
)
#: So many graphs of steps are kept at most, the oldest given up first.
_MOST_SEARCHES = 16
#: Details of so many statements are asked for by name, where an engine does not say how many.
_FEW = 200
#: A sentence, a statement or a reference: by place or number, or by IRI.
_PLACE = re.compile(r"(?:[ST]\d+\.[\w.]+|\d+)|https?://\S+/(?:article|statement)/\S+")
#: A base of more statements than this is not read whole: it would take minutes and gigabytes.
_MOST_READ = 200_000
#: What `quantities` takes for a value.
_VALUES: dict[str, Callable[[Quantity], bool]] = {
    "any": lambda each: True,
    "number": lambda each: each.value is not None or each.low is not None or each.high is not None,
    "words": lambda each: each.status == BASE + "InWords",
    "not_reported": lambda each: each.status == BASE + "NotReported",
}
_TERM_COLUMNS = tuple(Term.__dataclass_fields__)
_STATEMENT_COLUMNS = tuple(Statement.__dataclass_fields__)


def _sentence_values(given: Many) -> dict[str, Value]:
    """Sentences by IRI or by place."""
    names = [str(each) for each in listed(given)]
    if all("://" in each for each in names):
        return {"sentence": [ox.NamedNode(each) for each in names] or None}
    return {"locator": [to_term(local_name(each)) for each in names]}


def _values(nodes: Iterable[ox.NamedNode | ox.Literal] | None) -> frozenset[str] | None:
    return None if nodes is None else frozenset(each.value for each in nodes)


def _check_count(name: str, given: object) -> None:
    if not is_count(given):
        raise UsageError(f"{name} cannot be {given!r}", "give a whole number from 1 on, or leave it out")


def _takes_part(group: Iterable[ox.NamedNode], statement: Statement) -> bool:
    """Whether a statement has one of these terms in any role."""
    roles = {statement.subject, statement.object, *(each.value for each in statement.context)}
    return any(each.value in roles for each in group)


def _is_place(given: object) -> bool:
    return not isinstance(given, Term) and _PLACE.fullmatch(str(given)) is not None


def _places_of(iri: str) -> set[str]:
    """What a statement, a sentence or a reference may be called by: IRI, place, place of its sentence."""
    name = local_name(iri)
    return {iri, name, name.rpartition(".")[0]} if "/statement/" in iri else {iri, name}


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
