"""The terms of a knowledge base: names to terms, the class tree, and who is a state or a pool of whom."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import TypeAlias

from mgonto.engine.embedded import Cell, EmbeddedEngine, Row
from mgonto.errors import UnknownTerm, UsageError
from mgonto.names import BASE, PREFIXES, expand
from mgonto.result.records import Term
from mgonto.sources.lexicon import Lexicon

__all__ = ["Terms", "Told", "told_by"]

_RDF_TYPE = PREFIXES["rdf"] + "type"
_LABEL = PREFIXES["rdfs"] + "label"
_SUB = PREFIXES["rdfs"] + "subClassOf"
_NAME, _SYNONYM = PREFIXES["skos"] + "prefLabel", PREFIXES["skos"] + "altLabel"
_WORD = BASE + "yamlKey"
#: Places of an article, which people give where a term is wanted: a section, or something in one.
_PLACE = re.compile(r"(?P<section>[ST]\d+)(?P<rest>\.[\w.]+)?", re.IGNORECASE)
_CHANGES = {BASE + "Increased": "more", BASE + "Decreased": "less"}


#: What is told of terms and words: property, then IRI, then values in their order.
Told: TypeAlias = Mapping[str, Mapping[str, list[str]]]
#: Properties that hardly anything but a term has: read off the index, they need no join.
_OF_TERMS = (
    *(_NAME, _SYNONYM, _SUB),
    *(
        BASE + name
        for name in (
            *("stateOf", "poolOf", "standsForWhole", "interventionOn", "direction"),
            *("partOf", "memberOf", "involves"),
        )
    ),
)
#: The kinds of terms; the umbrellas over them end so too, or are no kinds.
_KINDS = f"""SELECT ?term ?kind {{
  ?term <{_NAME}> [] ; a ?kind .
  FILTER(STRENDS(STR(?kind), "Concept") && ?kind != <{BASE}Concept>)
}}"""


#: Relations and words of closed lists, told as `queries/terms.rq` tells them.
_WORDS = f"""SELECT DISTINCT ?term ?property ?value {{
  {{ ?term a <{BASE}Relation> . ?term ?property ?value }}
  UNION
  {{ ?term <{_WORD}> [] . ?term ?property ?value }}
  FILTER(?property IN (<{_RDF_TYPE}>, <{_LABEL}>, <{_WORD}>))
  FILTER(?value NOT IN (<{BASE}ListedValue>, <{BASE}InformationItem>, <{BASE}SignBearer>))
}}
ORDER BY ?term ?property ?value"""


def told_by(engine: EmbeddedEngine) -> Told:
    """What `queries/terms.rq` would tell, read off the index of the embedded engine.

    A million statements come with a quarter of a million terms. To gather two million rows, strike out what
    is doubled and sort it takes the engine several times as long as to read one property after the other.

    """
    told = _by_property(engine.select(_WORDS)[1])
    names: dict[str, list[str]] = {}
    for prop in _OF_TERMS:
        found = told.setdefault(prop, {})
        for iri, value in engine.pairs(prop):
            if value not in (values := found.setdefault(iri, [])):
                values.append(value)
        names = names or found
    kinds = told.setdefault(_RDF_TYPE, {})
    for term, kind in engine.select(_KINDS)[1]:
        kinds.setdefault(_text(term), []).append(_text(kind))
    labels = told.setdefault(_LABEL, {})
    for iri, value in engine.pairs(_LABEL):
        if iri in names:
            labels.setdefault(iri, []).append(value)
    for values_of in told.values():
        for values in values_of.values():
            if len(values) > 1:
                values[:] = sorted(set(values))
    # In the order of the query, so that an answer is the same whatever it was read from.
    told[_NAME] = dict(sorted(names.items()))
    return told


def _by_property(rows: Iterable[Row]) -> dict[str, dict[str, list[str]]]:
    told: dict[str, dict[str, list[str]]] = {}
    for term, prop, value in rows:
        told.setdefault(_text(prop), {}).setdefault(_text(term), []).append(_text(value))
    return told


def _text(cell: Cell) -> str:
    assert cell is not None
    return cell.value


class Terms(Mapping[str, Term]):
    """The terms by IRI.

    Args:
        told: the rows of `queries/terms.rq`, or what `told_by` gives.
        elsewhere: looks an unknown name up among the identifiers of other ontologies, or raises.
    """

    def __init__(
        self, told: Iterable[Row] | Told, elsewhere: Callable[[UnknownTerm], str] | None = None
    ) -> None:
        self._elsewhere = elsewhere
        self._told: Told = told if isinstance(told, Mapping) else _by_property(told)
        self._names = self._told.get(_NAME, {})
        #: Made when they are asked for: of a large base, most never are.
        self._made: dict[str, Term] = {}
        #: The closed lists of the vocabulary and its relations: list name, then word, then IRI.
        self.lists: dict[str, dict[str, str]] = defaultdict(dict)
        words, labels = self._told.get(_WORD, {}), self._told.get(_LABEL, {})
        for iri, types in self._told.get(_RDF_TYPE, {}).items():
            if iri not in self._names:
                written = next(iter(words.get(iri) or labels.get(iri) or ("",)))
                for each in types:
                    if each.startswith(BASE):
                        self.lists[each.removeprefix(BASE)][written] = iri

    def __getitem__(self, iri: str) -> Term:
        found = self._made.get(iri)
        if found is None:
            if iri not in self._names:
                raise KeyError(iri)
            found = self._made[iri] = self._term(iri)
        return found

    def __contains__(self, iri: object) -> bool:
        return iri in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def _values(self, prop: str) -> Mapping[str, list[str]]:
        return self._told.get(prop, {})

    def _reverse(self, *props: str) -> dict[str, list[str]]:
        """The terms that name each value of some properties, in the order of the terms."""
        found: dict[str, list[str]] = defaultdict(list)
        of_props = [self._values(prop) for prop in props]
        naming = set().union(*of_props).intersection(self._names)
        # Few of all terms have most links: not all of them need be looked through for their order.
        for iri in sorted(naming):
            for value in dict.fromkeys(value for values in of_props for value in values.get(iri, ())):
                found[value].append(iri)
        return found

    @cached_property
    def lexicon(self) -> Lexicon:
        """Finds terms by any of their names."""
        labels, synonyms = self._values(_LABEL), self._values(_SYNONYM)
        return Lexicon(
            (iri, (names[:1], (labels.get(iri) or names)[:1], synonyms.get(iri, ())))
            for iri, names in self._names.items()
        )

    def find(self, name: str | Term) -> Term:
        """The term of a name, CURIE or IRI, or of an exact match elsewhere.

        Raises:
            UnknownTerm, AmbiguousTerm: no term is called so, or several are.
        """
        if isinstance(name, Term):
            return name
        if not isinstance(name, str):
            raise UsageError(f"a term cannot be {name!r}", "give its name, CURIE or IRI as text")
        # An IRI or CURIE needs no lexicon, which takes its time to make.
        text = name.strip().strip("<>")
        for iri in (text, expand(text)):
            if iri in self:
                return self[str(iri)]
        try:
            return self[self.lexicon.resolve(name)]
        except UnknownTerm as unknown:
            place = _PLACE.fullmatch(name.strip())
            if place:
                raise UnknownTerm(name, (), _place_hint(place)) from unknown
            if self._elsewhere is None:
                raise
            return self[self._elsewhere(unknown)]

    def label(self, iri: str) -> str:
        """The name of a term, or the end of the IRI where it is no term."""
        found = self._names.get(iri)
        return found[0] if found else iri.rsplit("/", 1)[-1]

    def word(self, value: str) -> str:
        """The word of a closed list for its IRI; any other text as it is."""
        return self._words.get(value, value)

    @cached_property
    def _words(self) -> dict[str, str]:
        return {iri: word for words in self.lists.values() for word, iri in words.items()}

    @cached_property
    def _children(self) -> dict[str, list[str]]:
        return self._reverse(_SUB)

    @cached_property
    def states(self) -> dict[str, list[str]]:
        """The states of each base, by IRI."""
        return self._reverse(BASE + "stateOf")

    def ancestors(self, iri: str) -> tuple[str, ...]:
        """The broader terms, nearest first."""
        return self._closure(iri, self._parents)

    def descendants(self, iri: str) -> tuple[str, ...]:
        """The narrower terms, nearest first."""
        return self._closure(iri, lambda each: self._children.get(each, ()))

    @cached_property
    def _belonging(self) -> dict[str, list[str]]:
        """The parts and members of each whole."""
        return self._reverse(BASE + "partOf", BASE + "memberOf")

    @cached_property
    def _involving(self) -> dict[str, list[str]]:
        """The composed terms that are about each term."""
        return self._reverse(BASE + "involves")

    def members(self, iri: str) -> tuple[str, ...]:
        """The parts and members of a whole, nearest first.

        Those of its parts count too, and those of its narrower pathways; the narrower pathways themselves
        are kinds of it, not parts.
        """

        def narrower(whole: str) -> tuple[str, ...]:
            pathway = whole in self and self._kind(whole) == "Pathway"
            return (whole, *self.descendants(whole)) if pathway else (whole,)

        return self._closure(
            iri, lambda whole: (part for each in narrower(whole) for part in self._belonging.get(each, ()))
        )

    def about(self, iri: str) -> tuple[str, ...]:
        """The expanded term, and the composed terms that involve any of it, each expanded in turn."""
        found = self.expanded(iri)
        composed = (
            more for each in found for one in self._involving.get(each, ()) for more in self.expanded(one)
        )
        return tuple(dict.fromkeys((*found, *composed)))

    def _within(self, iri: str) -> tuple[str, ...]:
        """The narrower terms, and for a body part its own parts: what is in a part is in the whole."""

        def step(each: str) -> Iterator[str]:
            yield from self._children.get(each, ())
            if each in self and self._kind(each) == "Anatomy":
                yield from (part for part in self._belonging.get(each, ()) if self._kind(part) == "Anatomy")

        return self._closure(iri, step)

    def expanded(self, iri: str) -> tuple[str, ...]:
        """The term, its narrower terms and a body part's parts, and the states of all of them."""
        found = (iri, *self._within(iri))
        states = [state for each in found for state in self.states.get(each, ())]
        narrower = [each for state in states for each in self.descendants(state)]
        return tuple(dict.fromkeys((*found, *states, *narrower)))

    def _parents(self, iri: str) -> tuple[str, ...]:
        # A kind is a class above the terms, not a broader term.
        return tuple(each for each in self._values(_SUB).get(iri, ()) if each in self._names)

    def _kind(self, iri: str) -> str:
        types = self._values(_RDF_TYPE).get(iri, ())
        kind = next((each for each in types if each.endswith("Concept")), "")
        return kind.removeprefix(BASE).removesuffix("Concept")

    def _term(self, iri: str) -> Term:
        def many(prop: str) -> tuple[str, ...]:
            return tuple(self._values(prop).get(iri, ()))

        def one(prop: str) -> str | None:
            return next(iter(self._values(prop).get(iri, ())), None)

        name = self._names[iri][0] or iri
        return Term(
            iri=iri,
            name=name,
            label=one(_LABEL) or name,
            kind=self._kind(iri),
            synonyms=many(_SYNONYM),
            parents=self._parents(iri),
            state_of=one(BASE + "stateOf"),
            pool_of=one(BASE + "poolOf"),
            stands_for_whole=one(BASE + "standsForWhole") == "true",
            intervention_on=one(BASE + "interventionOn"),
            direction=_CHANGES.get(one(BASE + "direction") or ""),
            part_of=many(BASE + "partOf"),
            member_of=many(BASE + "memberOf"),
            involves=many(BASE + "involves"),
        )

    @staticmethod
    def _closure(iri: str, step: Callable[[str], Iterable[str]]) -> tuple[str, ...]:
        found: dict[str, None] = {}
        queue = list(step(iri))
        while queue:
            each = queue.pop(0)
            if each not in found and each != iri:
                found[each] = None
                queue.extend(step(each))
        return tuple(found)


def _place_hint(place: re.Match[str]) -> str:
    section = place["section"].upper()
    if place["rest"]:
        return f"nothing stands at that place; see: mgonto sentences --section {section}"
    return f"for what a section says: mgonto statements --section {section}"
