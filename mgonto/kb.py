"""The knowledge base: one object that answers, over whatever engine it stands on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import pyoxigraph as ox

from mgonto.engine.binding import Value, to_term
from mgonto.engine.embedded import Cell, EmbeddedEngine, Row, read_rdf
from mgonto.errors import MgontoError, UsageError
from mgonto.graph.serialise import split_release
from mgonto.names import BASE, PREFIXES, local_name
from mgonto.query.gather import absences, facets, flags, references, repeats, sentences, tensions
from mgonto.query.lexical import Terms
from mgonto.query.library import Library, query_text
from mgonto.query.parameters import (
    listed,
    query_values,
    reference_values,
    section_values,
    sign_values,
    term_values,
    word_values,
)
from mgonto.query.paths import HOP_KINDS, PathSearch
from mgonto.query.statements import quantities_from, statements_from
from mgonto.query.tension import computed_tensions
from mgonto.resources import data_dir
from mgonto.result.audit import Absence, Facet, Flag, Reference, Repeat, Sentence, Tension
from mgonto.result.explanation import Explanation, PathCounts
from mgonto.result.records import Coverage, Quantity, Statement, Term
from mgonto.result.results import Results
from mgonto.sources.queryfile import Query

if TYPE_CHECKING:
    import rdflib

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

    def ask(self, query: str, values: Mapping[str, Value] | None = None) -> bool:
        """The answer of an ASK."""

    def construct(self, query: str, values: Mapping[str, Value] | None = None) -> list[ox.Triple]:
        """The triples of a CONSTRUCT or DESCRIBE."""


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
        source_species: Many = None,
        source_kind: Many = None,
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
            source_species: what a cited work is about. source_kind: narrative review, animal experiment ...
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
        values["sign"] = sign_values(sign)
        values["causal"] = None if causal is None else [to_term(causal)]
        values["reference"] = reference_values(reference)
        values["section"] = section_values(section)
        wanted = [self._term_values(each, expand) for each in listed(about)]
        values["about"] = wanted[0] if wanted else None
        if source_species is not None or source_kind is not None:
            self._engine.complete()  # what a cited work is stands in the part that is read later
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
        return Results(_at_most(limit, found), query_text("statements"), _STATEMENT_COLUMNS)

    def _statements(self, values: Mapping[str, Value], sentence: Many = None) -> list[Statement]:
        columns, rows = self._engine.select(query_text("statements"), values)
        if sentence is not None:
            wanted = {str(each) for each in listed(sentence)}
            at = columns.index("sentence")
            rows = [row for row in rows if {_text(row[at]), local_name(_text(row[at]))} & wanted]
        # Naming a few statements is cheaper than reading the details of all; naming many is not.
        few = [row[0] for row in rows if isinstance(row[0], ox.NamedNode)] if len(rows) <= _FEW else None
        if few == []:
            return []
        _, details = self._engine.select(query_text("statement-details"), {"statement": few})
        return list(statements_from(columns, rows, details, self.terms))

    def _holding(self, terms: Sequence[ox.NamedNode] | None) -> set[str]:
        """The statements that have one of these terms in any role."""
        _, rows = self._engine.select(query_text("statements"), {"about": terms})
        return {_text(row[0]) for row in rows}

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
            UsageError: a word that the vocabulary does not have, or no such section.
            UnknownTerm, AmbiguousTerm: a term that cannot be found.

        >>> load().quantities(section="S09").first().in_words
        'high'
        """
        if value not in _VALUES:
            raise UsageError(f'unknown value "{value}"', "one of: " + ", ".join(_VALUES))
        wanted = [self._term_values(each, "states") for each in listed(about)]
        values: dict[str, Value] = {
            "section": section_values(section),
            "role": self._word_values("role", role),
            "statistic": self._word_values("statistic", statistic),
            "unit": [to_term(str(each)) for each in listed(unit)] or None,
            "time_point": [to_term(str(each)) for each in listed(time_point)] or None,
            "comparator": self._term_values(comparator, "states"),
            "population": self._term_values(population, "states"),
            "about": wanted[0] if wanted else None,
        }
        self._engine.complete()
        columns, rows = self._engine.select(query_text("quantities"), values)
        if len(wanted) > 1:
            for group in wanted[1:]:
                held = self._holding(group)
                rows = [row for row in rows if _text(row[0]) in held]
        if sentence is not None:
            places = {str(each) for each in listed(sentence)}
            at = columns.index("sentence")
            rows = [row for row in rows if {_text(row[at]), local_name(_text(row[at]))} & places]
        if not rows:
            self._check_sections(section)
        _, details = self._engine.select(query_text("quantity-details"), {"statement": None})
        found = [each for each in quantities_from(columns, rows, details, self.terms) if _VALUES[value](each)]
        return Results(_at_most(limit, found), query_text("quantities"), tuple(Quantity.__dataclass_fields__))

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
        found = self._gathered(sentences, "sentences", section=section, species=species)
        if reference is not None or scope is not None:
            # The rows that pass name only what was asked for; a sentence is shown with all that it cites.
            passing = self._gathered(sentences, "sentences", reference=reference, scope=scope)
            held = {each.sentence for each in passing}
            found = [each for each in found if each.sentence in held]
        if cited is not None:
            found = [each for each in found if bool(each.cites or each.inherits) == cited]
        if not found:
            self._check_sections(section)
        return Results(_at_most(limit, found), query_text("sentences"), tuple(Sentence.__dataclass_fields__))

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
            about: terms in any role of a statement that takes part; one of several is enough.
            kind: contradiction, resolved by stage, known then unknown ...; only of curated ones.
            source: "curated" as a curator reads it; "computed" from the statements themselves, each with the
                curated tensions that hold it; "difference" for the computed ones that no curated one holds.

        Raises:
            UsageError: a word that the vocabulary does not have.
            UnknownTerm, AmbiguousTerm: a term that cannot be found.

        >>> kb = load()
        >>> len(kb.tensions(kind="contradiction")) <= len(kb.tensions(source="computed"))
        True
        """
        if source not in ("curated", "computed", "difference"):
            raise UsageError(f'unknown source "{source}"', "one of: curated, computed, difference")
        columns = tuple(Tension.__dataclass_fields__)
        if source == "curated":
            found = self._gathered(tensions, "tensions", kind=kind)
            if about is not None:
                # Faster by far than the parameter of the query: an engine joins it anew for every tension.
                held = self._holding(self._term_values(about, "states"))
                found = [each for each in found if held.intersection(each.statements)]
            return Results(found, query_text("tensions"), columns)
        if kind is not None:
            raise UsageError("kind is for curated tensions", "leave it out, or ask for the curated ones")
        curated = self._gathered(tensions, "tensions")
        found = list(computed_tensions(self._all_statements, self.terms, curated))
        if about is not None:
            held = self._holding(self._term_values(about, "states"))
            found = [each for each in found if held.intersection(each.statements)]
        if source == "difference":
            found = [each for each in found if not each.curated]
        return Results(found, query_text("statements"), columns)

    def gaps(self, about: Many = None) -> Results[Statement]:
        """What the article says is not known.

        >>> sorted({each.locator for each in load().gaps("magnesium")})
        ['S17.P02.N06']
        """
        return self.statements(about=about, stance="undetermined")

    def flags(self, about: Many = None, kind: Many = None, severity: Many = None) -> Results[Flag]:
        """What a careful reader doubts, and why.

        Args:
            about: terms; or sentences and statements by their place (S09.P02.N05.1) and references by their
                number; one is enough.
            kind: causal overreach, species mismatch, uncited number ...
            severity: high, medium or low.

        Raises:
            UsageError: a word that the vocabulary does not have.
            UnknownTerm, AmbiguousTerm: neither a place nor a term.

        >>> load().flags("S09.P02.N05.1").first() is not None
        True
        """
        found = self._gathered(flags, "flags", kind=kind, severity=severity)
        if about is not None:
            names = listed(about)
            places = {str(each) for each in names if _is_place(each)}
            terms = [each for each in names if not _is_place(each)]
            held = self._holding(self._term_values(terms, "states")) if terms else set()
            held |= {iri for each in found for iri in each.about if places & _places_of(iri)}
            found = [each for each in found if held.intersection(each.about)]
        return Results(found, query_text("flags"), tuple(Flag.__dataclass_fields__))

    def absent(self, about: Many = None) -> Results[Absence]:
        """What a reader would look for and the article does not report.

        >>> load().absent("HOMA-IR").first() is not None
        True
        """
        found = self._gathered(absences, "absent", term=about)
        return Results(found, query_text("absent"), tuple(Absence.__dataclass_fields__))

    def repeats(self) -> Results[Repeat]:
        """The propositions that are stated more than once, the most repeated first.

        >>> len(load().repeats().first().statements) > 1
        True
        """
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
        name = field.replace(" ", "_")
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
        if expand not in ("states", "exact"):
            raise UsageError(f'expand cannot be "{expand}"', 'write "states" or "exact"')
        asked = query if isinstance(query, Query) else self.queries[query]
        values = query_values(asked, params, self.terms, expand == "states")
        self._engine.complete()
        columns, rows = self._engine.select(asked.text, values)
        return Results(
            (
                {name: _plain(each) for name, each in zip(columns, row, strict=True)}
                for row in _at_most(limit, rows)
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
                "an endpoint cannot be exported from here", "leave --endpoint out, or use the server's tools"
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

    # -- reading filters -----------------------------------------------------------------------------------

    def _term_values(self, given: Many, expand: str) -> list[ox.NamedNode] | None:
        return term_values(self.terms, given, expand == "states")

    def _word_values(self, name: str, given: Many) -> list[ox.NamedNode] | None:
        return word_values(self.terms, _WORD_FILTERS[name], given, name)

    def _check_sections(self, given: Many) -> None:
        """Tell an empty section from one that no article has; asked only where nothing was found."""
        if given is None:
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


_FEW = 200
#: A sentence, a statement or a reference: by place or number, or by IRI.
_PLACE = re.compile(r"(?:[ST]\d+\.[\w.]+|\d+)|https?://\S+/(?:article|statement)/\S+")
#: What `quantities` takes for a value.
_VALUES: dict[str, Callable[[Quantity], bool]] = {
    "any": lambda each: True,
    "number": lambda each: each.value is not None or each.low is not None or each.high is not None,
    "words": lambda each: each.status == BASE + "InWords",
    "not_reported": lambda each: each.status == BASE + "NotReported",
}
_TERM_COLUMNS = tuple(Term.__dataclass_fields__)
_STATEMENT_COLUMNS = tuple(Statement.__dataclass_fields__)


def _is_place(given: object) -> bool:
    return not isinstance(given, Term) and _PLACE.fullmatch(str(given)) is not None


def _places_of(iri: str) -> set[str]:
    """What a statement, a sentence or a reference may be called by: IRI, place, place of its sentence."""
    name = local_name(iri)
    return {iri, name, name.rpartition(".")[0]} if "/statement/" in iri else {iri, name}


def _at_most(limit: int | None, found: Sequence[T]) -> Sequence[T]:
    if limit is not None and limit < 1:
        raise UsageError(f"limit cannot be {limit}", "give a whole number from 1 on, or leave it out")
    return found[:limit]


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
