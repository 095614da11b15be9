"""The terms of a knowledge base: names to terms, the class tree, and who is a state or a pool of whom."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property

from mgonto.engine.embedded import Row
from mgonto.errors import UnknownTerm, UsageError
from mgonto.names import BASE, PREFIXES
from mgonto.result.records import Term
from mgonto.sources.lexicon import Lexicon

__all__ = ["Terms"]

_RDF_TYPE = PREFIXES["rdf"] + "type"
_LABEL = PREFIXES["rdfs"] + "label"
_SUB = PREFIXES["rdfs"] + "subClassOf"
_NAME, _SYNONYM = PREFIXES["skos"] + "prefLabel", PREFIXES["skos"] + "altLabel"
_WORD = BASE + "yamlKey"
#: Places of an article, which people give where a term is wanted: a section, or something in one.
_PLACE = re.compile(r"(?P<section>[ST]\d+)(?P<rest>\.[\w.]+)?", re.IGNORECASE)
_CHANGES = {BASE + "Increased": "more", BASE + "Decreased": "less"}


class Terms(Mapping[str, Term]):
    """The terms by IRI, from the rows of `queries/terms.rq`."""

    def __init__(self, rows: Iterable[Row], elsewhere: Callable[[UnknownTerm], str] | None = None) -> None:
        #: Looks an unknown name up among the identifiers of other ontologies; raises where it is none.
        self._elsewhere = elsewhere
        values: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for term, prop, value in rows:
            assert term is not None and prop is not None and value is not None
            values[term.value][prop.value].append(value.value)
        terms = {iri for iri, found in values.items() if _NAME in found}
        # A kind is a class above the terms, not a broader term.
        self._terms = {
            iri: _term(iri, found, [each for each in found.get(_SUB, ()) if each in terms])
            for iri, found in values.items()
            if iri in terms
        }
        #: The closed lists of the vocabulary and its relations: list name, then word, then IRI.
        self.lists: dict[str, dict[str, str]] = defaultdict(dict)
        for iri, found in values.items():
            if _NAME not in found:
                written = next(iter(found.get(_WORD) or found.get(_LABEL) or ("",)))
                for each in found.get(_RDF_TYPE, ()):
                    if each.startswith(BASE):
                        self.lists[each.removeprefix(BASE)][written] = iri

    def __getitem__(self, iri: str) -> Term:
        return self._terms[iri]

    def __iter__(self) -> Iterator[str]:
        return iter(self._terms)

    def __len__(self) -> int:
        return len(self._terms)

    @cached_property
    def lexicon(self) -> Lexicon:
        """Finds terms by any of their names."""
        return Lexicon(
            (each.iri, ((each.name,), (each.label,), each.synonyms)) for each in self._terms.values()
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
        try:
            return self._terms[self.lexicon.resolve(name)]
        except UnknownTerm as unknown:
            place = _PLACE.fullmatch(name.strip())
            if place:
                raise UnknownTerm(name, (), _place_hint(place)) from unknown
            if self._elsewhere is None:
                raise
            return self._terms[self._elsewhere(unknown)]

    def label(self, iri: str) -> str:
        """The name of a term, or the end of the IRI where it is no term."""
        found = self._terms.get(iri)
        return found.name if found else iri.rsplit("/", 1)[-1]

    def word(self, value: str) -> str:
        """The word of a closed list for its IRI; any other text as it is."""
        return self._words.get(value, value)

    @cached_property
    def _words(self) -> dict[str, str]:
        return {iri: word for words in self.lists.values() for word, iri in words.items()}

    @cached_property
    def _children(self) -> dict[str, list[str]]:
        children: dict[str, list[str]] = defaultdict(list)
        for each in self._terms.values():
            for parent in each.parents:
                children[parent].append(each.iri)
        return children

    @cached_property
    def states(self) -> dict[str, list[str]]:
        """The states of each base, by IRI."""
        states: dict[str, list[str]] = defaultdict(list)
        for each in self._terms.values():
            if each.state_of:
                states[each.state_of].append(each.iri)
        return states

    def ancestors(self, iri: str) -> tuple[str, ...]:
        """The broader terms, nearest first."""
        return self._closure(iri, lambda each: self._terms[each].parents if each in self._terms else ())

    def descendants(self, iri: str) -> tuple[str, ...]:
        """The narrower terms, nearest first."""
        return self._closure(iri, lambda each: self._children.get(each, ()))

    @cached_property
    def _belonging(self) -> dict[str, list[str]]:
        """The parts and members of each whole."""
        inside: dict[str, list[str]] = defaultdict(list)
        for each in self._terms.values():
            for whole in dict.fromkeys((*each.part_of, *each.member_of)):
                inside[whole].append(each.iri)
        return inside

    @cached_property
    def _involving(self) -> dict[str, list[str]]:
        """The composed terms that are about each term."""
        about: dict[str, list[str]] = defaultdict(list)
        for each in self._terms.values():
            for one in each.involves:
                about[one].append(each.iri)
        return about

    def members(self, iri: str) -> tuple[str, ...]:
        """The parts and members of a whole, nearest first.

        Those of its parts count too, and those of its narrower pathways; the narrower pathways themselves
        are kinds of it, not parts.
        """

        def narrower(whole: str) -> tuple[str, ...]:
            pathway = whole in self._terms and self._terms[whole].kind == "Pathway"
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
            if each in self._terms and self._terms[each].kind == "Anatomy":
                yield from (part for part in self._belonging.get(each, ()) if self[part].kind == "Anatomy")

        return self._closure(iri, step)

    def expanded(self, iri: str) -> tuple[str, ...]:
        """The term, its narrower terms and a body part's parts, and the states of all of them."""
        found = (iri, *self._within(iri))
        states = [state for each in found for state in self.states.get(each, ())]
        narrower = [each for state in states for each in self.descendants(state)]
        return tuple(dict.fromkeys((*found, *states, *narrower)))

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


def _term(iri: str, values: Mapping[str, list[str]], parents: Iterable[str]) -> Term:
    def one(prop: str) -> str | None:
        return next(iter(values.get(prop, ())), None)

    name = one(_NAME) or iri
    kind = next((each for each in values.get(_RDF_TYPE, ()) if each.endswith("Concept")), "")
    return Term(
        iri=iri,
        name=name,
        label=one(_LABEL) or name,
        kind=kind.removeprefix(BASE).removesuffix("Concept"),
        synonyms=tuple(values.get(_SYNONYM, ())),
        parents=tuple(parents),
        state_of=one(BASE + "stateOf"),
        pool_of=one(BASE + "poolOf"),
        stands_for_whole=one(BASE + "standsForWhole") == "true",
        intervention_on=one(BASE + "interventionOn"),
        direction=_CHANGES.get(one(BASE + "direction") or ""),
        part_of=tuple(values.get(BASE + "partOf", ())),
        member_of=tuple(values.get(BASE + "memberOf", ())),
        involves=tuple(values.get(BASE + "involves", ())),
    )


def _place_hint(place: re.Match[str]) -> str:
    section = place["section"].upper()
    if place["rest"]:
        return f"nothing stands at that place; see: mgonto sentences --section {section}"
    return f"for what a section says: mgonto statements --section {section}"
