"""Synthetic evidence bases of any size: python benchmarks/synthetic.py N -o FILE [--seed S].

Real sentences of the release are the patterns: their statements with stance, wording, context, groups,
chains, results and quantities, in the shares that the release has. Each copy speaks of other terms of the
same kind and cites other references of the same kind, and stands in an article of its own. Real terms come
first; as the base grows, so does its vocabulary, by copies of the real terms with their links. Edges follow
by the same rules as everywhere.

What is made conforms to the shapes, and holds together across articles: a term raises another or lowers it,
but never both, and what one article denies no other affirms. For that a hash of a proposition says what may
be said of it, so that nothing has to be remembered. The file is N-Quads, written article by article.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
import time
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from mgonto.compiler.records import Participant, Proposition
from mgonto.graph.edges import derive_edges
from mgonto.names import BASE, PREFIXES, graph_iri, local_name
from mgonto.resources import data_dir

__all__ = ["Synthesis", "main", "write_base"]

_RDF_TYPE = PREFIXES["rdf"] + "type"
_XSD = PREFIXES["xsd"]
#: Graphs of the release that a synthetic base shares with it.
_SHARED = ("ontology", "mappings", "inferred")
#: Kinds whose terms a copy may exchange; the others (species, designs ...) say what they say.
_EXCHANGED = frozenset(
    f"{kind}Concept"
    for kind in (
        *("Molecule", "Pathway", "Process", "Condition", "Attribute"),
        *("Anatomy", "Cell", "Exposure", "Intervention"),
    )
)
_OPPOSITES = {
    "Increases": "Decreases",
    "Activates": "Inhibits",
    "PositivelyAssociatedWith": "NegativelyAssociatedWith",
    "HigherIn": "LowerIn",
    "Exacerbates": "Ameliorates",
}
_OPPOSITES |= {other: one for one, other in _OPPOSITES.items()}
_LINKS = ("stateOf", "poolOf", "interventionOn")
_CHANGES = {"Increased": 1, "Decreased": -1}
_TURNED = {"Increased": "Decreased", "Decreased": "Increased"}
#: Copies of terms have numbers above this, a thousand for each level, and up to 99,999 there are enough.
_FIRST_COPY = 20_000
#: One hash in so many belongs to what is denied or unknown, and one to what is only a hypothesis.
_RARE = 16
_TRIES = 600
#: Articles: at least so many statements, and at most.
_FEWEST, _MOST = 30, 700
_REFERENCES = (12, 90)
_OF_EACH_KIND = 8
#: Propositions have a graph to themselves: several articles state the same one, and a triple that stood in
#: the graph of each would be several rows where an engine shows its graphs as one.
_CLAIMED = f"<{graph_iri('evidence/propositions')}>"


@dataclass(frozen=True, slots=True)
class _Claim:
    """A statement of a pattern: its own values, its proposition, and what hangs on it."""

    number: str
    values: tuple[tuple[str, ox.NamedNode | ox.Literal], ...]
    content: tuple[tuple[ox.NamedNode, ox.NamedNode | ox.Literal], ...]
    sign: int
    causal: str
    members: Mapping[str, tuple[tuple[ox.NamedNode, ox.NamedNode | ox.Literal], ...]]
    #: (path below the statement, property, value) of evidence lines, results and quantities.
    below: tuple[tuple[str, str, ox.NamedNode | ox.Literal], ...]
    #: Property and value of each flag about it.
    flags: tuple[tuple[tuple[str, ox.NamedNode | ox.Literal], ...], ...]
    #: Its stance, its certainty and its content as plain texts: they are looked at in every try.
    stance: str
    certainty: str
    said: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A real sentence."""

    values: tuple[tuple[str, ox.NamedNode | ox.Literal], ...]
    claims: tuple[_Claim, ...]
    terms: tuple[str, ...]
    references: tuple[str, ...]


@dataclass(slots=True)
class _Model:
    """What is read from the release once."""

    patterns: list[_Pattern]
    shared: list[ox.Quad]
    #: Terms by IRI: their triples; and those that stand for each other, by what they are.
    terms: dict[str, list[ox.Quad]]
    alike: dict[str, tuple[str, ...]]
    states: set[tuple[str, str]]
    #: What each state is a state of, and whether it is more of it (1) or less (-1).
    bases: dict[str, tuple[str, int]]
    references: list[tuple[tuple[str, ox.NamedNode | ox.Literal], ...]] = field(default_factory=list)
    #: The kind of publication of each reference of the release.
    published: dict[str, str] = field(default_factory=dict)


class Synthesis:
    """A stream of synthetic articles.

    Args:
        statements: how many statements there shall be, exactly.
        seed: the same seed makes the same bytes.
    """

    def __init__(self, statements: int, seed: int = 1) -> None:
        self.statements, self.seed = statements, seed
        self._random = random.Random(seed)
        self._model = _read_release()
        self._real = list(self._model.terms)
        self._rank = {iri: at for at, iri in enumerate(self._real)}
        self._made = 0
        self._links: set[ox.Quad] = set()

    def lines(self) -> Iterator[str]:
        """The N-Quads of the whole: vocabulary, terms, then article by article with its edges."""
        yield from (f"{quad} .\n" for quad in self._model.shared)
        copies = list(self._copied_terms())
        yield from (f"{quad} .\n" for quad in copies)
        vocabulary = ox.Store()
        vocabulary.bulk_extend([*self._model.shared, *copies])
        self._links = set(derive_edges(vocabulary))
        yield from (f"{quad} .\n" for quad in sorted(self._links, key=str))
        article = 0
        while self._made < self.statements:
            article += 1
            yield from self._article(f"synthetic-{article:06d}")

    # -- vocabulary ------------------------------------------------------------------------------------

    def _levels(self, made: int) -> int:
        """How many copies of each term there may be by now: real terms alone at first (Heaps' law)."""
        return int((max(made, 690) / 690) ** 0.6) - 1

    def _copied_terms(self) -> Iterator[ox.Quad]:
        graph = ox.NamedNode(graph_iri("ontology"))
        for level in range(1, self._levels(self.statements) + 1):
            for iri in self._real:
                copy = ox.NamedNode(self._copy(iri, level))
                for quad in self._model.terms[iri]:
                    prop, value = quad.predicate, quad.object
                    name = local_name(prop.value)
                    if name == "subClassOf" or name in ("partOf", "memberOf", "involves"):
                        continue
                    if isinstance(value, ox.Literal) and value.language:
                        if name == "IAO_0000115":
                            value = ox.Literal(f"{value.value[:-1]}, form {level}.", language="en")
                        else:
                            value = ox.Literal(f"{value.value}, form {level}", language="en")
                    elif name in _LINKS and isinstance(value, ox.NamedNode):
                        value = ox.NamedNode(self._copy(value.value, level))
                    yield ox.Quad(copy, prop, value, graph)
                yield ox.Quad(copy, _node(PREFIXES["rdfs"] + "subClassOf"), _node(iri), graph)

    def _copy(self, iri: str, level: int) -> str:
        if level == 0 or iri not in self._rank:
            return iri
        return f"{BASE}MGO_{_FIRST_COPY + level * 1000 + self._rank[iri]:07d}"

    def _other(self, iri: str, levels: int) -> str:
        """Another term of the same kind, mostly a frequent and an old one."""
        alike = self._model.alike.get(iri)
        if not alike:
            return iri
        one = iri if self._random.random() < 0.4 else alike[int(len(alike) * self._random.random() ** 2)]
        level = int(levels * self._random.random() ** 2)
        return self._copy(one, level)

    # -- articles --------------------------------------------------------------------------------------

    def _article(self, slug: str) -> Iterator[str]:
        size = min(int(_FEWEST + 60 * self._random.paretovariate(1.1)), _MOST, self.statements - self._made)
        target, order, flags = self._made + size, 0, 0
        graph = f"<{graph_iri(f'evidence/{slug}')}>"
        audit = f"<{graph_iri('audit')}>"
        home = f"{BASE}article/{slug}"
        references = self._random.randint(*_REFERENCES)
        out: list[str] = []
        heads: list[str] = []
        used: set[str] = set()

        def say(subject: str, prop: str, value: ox.NamedNode | ox.Literal, of: str = graph) -> None:
            out.append(f"<{subject}> <{prop}> {value} {of} .\n")

        of_kind = self._record(slug, home, references, say)
        sections: set[str] = set()
        while self._made < target:
            pattern, terms = self._sentence(target - self._made)
            section, rest = divmod(order, 40)
            locator = f"S{section + 1:02d}.P{rest // 8 + 1:02d}.N{rest % 8 + 1:02d}"
            order += 1
            here, at = f"{home}/{locator}", f"{home}/S{section + 1:02d}"
            if at not in sections:
                sections.add(at)
                say(at, _RDF_TYPE, _node(BASE + "Section"))
                say(at, BASE + "sectionNumber", ox.Literal(local_name(at)))
                say(at, PREFIXES["rdfs"] + "label", ox.Literal(f"Part {section + 1}"))
                say(at, BASE + "inArticle", _node(home))
            numbers = self._numbers(pattern.references, of_kind)
            cited = {
                old: f"{home}/ref/{number}" for old, number in zip(pattern.references, numbers, strict=True)
            }
            moved = {**cited, **{old: new for old, new in terms.items() if old != new}}
            digest = hashlib.sha256(f"{self.seed}/{slug}/{locator}".encode()).hexdigest()
            facts: tuple[tuple[str, ox.NamedNode | ox.Literal], ...] = (
                (_RDF_TYPE, _node(BASE + "Sentence")),
                (BASE + "locator", ox.Literal(locator)),
                (BASE + "inSection", _node(at)),
                (BASE + "sentenceOrder", _integer(order)),
                (BASE + "sentenceHash", ox.Literal(digest)),
                *pattern.values,
            )
            for prop, value in facts:
                say(here, prop, _moved(value, moved))
            start = f"{BASE}statement/{slug}/{locator}."
            for claim in pattern.claims:
                self._made += 1
                self._claim(claim, start, here, moved, say)
                for told in claim.flags:
                    flags += 1
                    flag = f"{BASE}flags/{slug}/{flags}"
                    say(flag, BASE + "about", _node(start + claim.number), audit)
                    for prop, value in told:
                        say(flag, prop, _moved(value, moved), audit)
            used.update(terms.values())
        heads.append("".join(out))
        yield heads[0]
        yield from self._edges(heads[0], used)

    def _record(self, slug: str, home: str, references: int, say: _Say) -> dict[str, list[int]]:
        """The article's own record and its reference list: papers that many cite, and papers that few do."""
        papers: set[int] = set()
        while len(papers) < references:
            papers.add(int(20_000 * self._random.random() ** 3) + 1)
        kinds = [_publication(told) for told in self._model.references]
        of_kind: dict[str, list[int]] = {each: [] for each in kinds[1:]}

        def kind_of(paper: int) -> str:
            return kinds[1 + paper % (len(kinds) - 1)]

        # An experiment is not cited where an observation was: each kind of paper is on every list.
        for wanted in of_kind:
            while sum(1 for paper in papers if kind_of(paper) == wanted) < _OF_EACH_KIND:
                papers.add(next(n for n in self._papers() if kind_of(n) == wanted))
        number = int(slug.rpartition("-")[2])
        for prop, value in self._model.references[0]:
            if prop not in _BIBLIOGRAPHY:
                say(home, prop, value)
        self._paper(home, f"10.5555/mgonto.article.{number}", f"A synthetic review, number {number}", say)
        say(home, _RDF_TYPE, _node(BASE + "Article"))
        for place, paper in enumerate(sorted(papers), start=1):
            iri = f"{home}/ref/{place}"
            pattern = self._model.references[1 + paper % (len(self._model.references) - 1)]
            for prop, told in pattern:
                if prop not in _BIBLIOGRAPHY:
                    say(iri, prop, told)
            self._paper(iri, f"10.5555/mgonto.paper.{paper}", f"A synthetic paper, number {paper}", say)
            say(iri, _RDF_TYPE, _node(BASE + "Reference"))
            of_kind[kind_of(paper)].append(place)
            say(iri, BASE + "listedIn", _node(home))
            say(iri, BASE + "number", _integer(place))
        return of_kind

    def _papers(self) -> Iterator[int]:
        while True:
            yield int(20_000 * self._random.random() ** 3) + 1

    @staticmethod
    def _paper(iri: str, doi: str, title: str, say: _Say) -> None:
        say(iri, PREFIXES["dcterms"] + "title", ox.Literal(title))
        say(iri, BASE + "doi", ox.Literal(doi))
        say(iri, PREFIXES["rdfs"] + "seeAlso", _node(f"https://doi.org/{doi}"))

    def _numbers(self, references: tuple[str, ...], of_kind: Mapping[str, list[int]]) -> list[int]:
        """For each reference another of the same kind of publication, the first ones most often."""
        found: list[int] = []
        for iri in references:
            like = of_kind[self._model.published[iri]]
            number = like[int(len(like) * self._random.random() ** 2)]
            while number in found:
                number = self._random.choice(like)
            found.append(number)
        return found

    def _sentence(self, most: int) -> tuple[_Pattern, dict[str, str]]:
        """A pattern of at most so many statements, and terms for it that contradict nothing."""
        levels = self._levels(self._made) + 1
        while True:
            pattern = self._random.choice(self._model.patterns)
            if len(pattern.claims) > most:
                continue
            for _ in range(_TRIES):
                terms = {iri: self._other(iri, levels) for iri in pattern.terms}
                if len(set(terms.values())) < len(terms):
                    continue
                if all(self._turned(claim, terms) is not None for claim in pattern.claims):
                    return pattern, terms

    def _turned(self, claim: _Claim, moved: Mapping[str, str]) -> dict[str, str] | None:
        """What to turn, by property, so that the sign is as the hash allows; None where it cannot be."""
        joined = moved
        if claim.members:
            joined = {**moved, **{iri: each.iri for iri, each in self._members(claim, moved).items()}}
        said = [(name, joined.get(value, value)) for name, value in claim.said]
        told, turned = dict(said), dict[str, str]()
        start, before = self._base(told[_SUBJECT])
        end, after = self._base(told[_OBJECT])
        before *= _CHANGES.get(local_name(told.get(_WAY, "")), 1)
        ends = "|".join((start, end, *(told.get(name, "") for name in _ASPECTS)))
        if claim.sign and before * after * claim.sign != (1 if _byte(ends) % 2 else -1):
            relation, direction = told[_RELATION], local_name(told.get(_DIRECTION, ""))
            if local_name(relation) in _OPPOSITES:
                turned[_RELATION] = BASE + _OPPOSITES[local_name(relation)]
            elif direction in _TURNED and (told[_OBJECT], _TURNED[direction]) not in self._model.states:
                turned[_DIRECTION] = BASE + _TURNED[direction]
            else:
                return None
        kind = _byte("|".join(sorted(f"{name} {turned.get(name, value)}" for name, value in said))) % _RARE
        denied, hypothesised = claim.stance != "Affirmed", claim.certainty == "Hypothesised"
        if denied != (kind == 0) or (not denied and hypothesised != (kind == 1)):
            return None
        return turned

    def _base(self, iri: str) -> tuple[str, int]:
        """What a state is a state of, and which way; any other term is its own base."""
        level, real = self._origin(iri)
        found = self._model.bases.get(real)
        return (self._copy(found[0], level), found[1]) if found else (iri, 1)

    def _origin(self, iri: str) -> tuple[int, str]:
        """Of a copied term its level and the real term; of any other 0 and itself."""
        if not iri.startswith(f"{BASE}MGO_") or int(iri[-7:]) < _FIRST_COPY:
            return 0, iri
        level, rank = divmod(int(iri[-7:]) - _FIRST_COPY, 1000)
        return level, self._real[rank]

    @staticmethod
    def _members(claim: _Claim, moved: Mapping[str, str]) -> dict[str, Participant]:
        return {
            iri: Participant(tuple((prop, _moved(value, moved)) for prop, value in parts))
            for iri, parts in claim.members.items()
        }

    def _proposition(self, claim: _Claim, moved: Mapping[str, str]) -> tuple[Proposition, list[Participant]]:
        """The proposition with other terms, its sign as its hash allows."""
        turned = self._turned(claim, moved)
        assert turned is not None, "only terms that fit were chosen"
        members = self._members(claim, moved)
        joined = {**moved, **{iri: member.iri for iri, member in members.items()}}
        fields = tuple(
            (prop, _node(turned[prop.value]) if prop.value in turned else _moved(value, joined))
            for prop, value in claim.content
        )
        sign = -claim.sign if turned else claim.sign
        return Proposition(fields, sign, claim.causal == "true"), list(members.values())

    def _claim(self, claim: _Claim, start: str, here: str, moved: Mapping[str, str], say: _Say) -> None:
        made, members = self._proposition(claim, moved)
        iri = start + claim.number
        say(iri, BASE + "statedIn", _node(here))
        say(iri, BASE + "asserts", _node(made.iri))
        for prop, value in claim.values:
            if prop in (BASE + "nextInChain", BASE + "alternativeTo"):
                value = _node(start + value.value.rpartition(".")[2])
            say(iri, prop, _moved(value, moved))
        say(made.iri, _RDF_TYPE, _node(BASE + "Proposition"), _CLAIMED)
        for of, value in made.fields:
            say(made.iri, of.value, value, _CLAIMED)
        say(made.iri, BASE + "sign", _integer(made.sign), _CLAIMED)
        causal = ox.Literal(claim.causal, datatype=_node(_XSD + "boolean"))
        say(made.iri, BASE + "causal", causal, _CLAIMED)
        for member in members:
            say(member.iri, _RDF_TYPE, _node(BASE + "Participant"), _CLAIMED)
            for of, value in member.fields:
                say(member.iri, of.value, value, _CLAIMED)
        numbers = {old: local_name(new) for old, new in moved.items() if "/ref/" in new}
        hung: dict[str, None] = {}
        for place, prop, value in claim.below:
            at = iri + _line_place(place, numbers)
            if "/quantity/" not in place and at not in hung:
                hung[at] = None
                name = "hasEvidenceLine" if "/evidence/" in place else "reportsResult"
                say(iri, BASE + name, _node(at))
            if prop == BASE + "hasQuantity":
                value = _node(iri + "/result/" + value.value.partition("/result/")[2])
            say(at, prop, _moved(value, moved))

    def _edges(self, text: str, used: set[str]) -> Iterator[str]:
        """The edges of one article's statements, but those that links of terms give in any case."""
        store = ox.Store()
        store.bulk_load(text.encode(), format=ox.RdfFormat.N_QUADS)
        graph = ox.NamedNode(graph_iri("ontology"))
        for iri in used:
            level, real = self._origin(iri)
            for quad in self._model.terms.get(real, ()):
                name = local_name(quad.predicate.value)
                if name in (*_LINKS, "direction", "standsForWhole", "22-rdf-syntax-ns#type", "type"):
                    value = quad.object
                    if name in _LINKS and isinstance(value, ox.NamedNode):
                        value = ox.NamedNode(self._copy(value.value, level))
                    store.add(ox.Quad(ox.NamedNode(iri), quad.predicate, value, graph))
        found = dict.fromkeys(quad for quad in derive_edges(store) if quad not in self._links)
        yield "".join(f"{quad} .\n" for quad in found)


# -- reading the release -----------------------------------------------------------------------------------

_Say = Callable[..., None]
_RELATION, _SUBJECT, _OBJECT, _WAY, _DIRECTION = (
    BASE + name for name in ("relation", "subject", "object", "subjectDirection", "objectDirection")
)
_ASPECTS = (BASE + "subjectAspect", BASE + "objectAspect")
#: Properties of a record that a copy has of its own, or has not.
_BIBLIOGRAPHY = frozenset(
    {
        _RDF_TYPE,
        PREFIXES["dcterms"] + "title",
        PREFIXES["rdfs"] + "seeAlso",
        *(BASE + name for name in ("doi", "pmid", "pmcid", "number", "listedIn")),
    }
)


def _read_release() -> _Model:
    store = ox.Store()
    store.bulk_load(path=str(data_dir("release") / "mgonto.trig"), format=ox.RdfFormat.TRIG)
    # A parser gives blank nodes new labels each time; the same bytes need the same labels.
    vocabulary = ox.Dataset(_shared(store))
    vocabulary.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    shared = sorted(vocabulary, key=str)
    about: dict[str, list[ox.Quad]] = defaultdict(list)
    for quad in sorted(store, key=str):
        graph = str(quad.graph_name)
        if isinstance(quad.subject, ox.NamedNode) and ("/evidence/" in graph or "/audit" in graph):
            about[quad.subject.value].append(quad)
    terms, kinds = _terms(shared)
    states, bases, alike = _alike(terms, kinds)
    model = _Model([], shared, terms, alike, states, bases)
    flags = _flags(about)
    for iri in about:
        if any(quad.object == _node(BASE + "Sentence") for quad in about[iri]):
            pattern = _pattern(iri, about, kinds, flags)
            if pattern.claims or pattern.values:
                model.patterns.append(pattern)
    for kind in ("Article", "Reference"):
        for iri, told in about.items():
            if any(quad.object == _node(BASE + kind) for quad in told):
                model.references.append(tuple((q.predicate.value, _value(q.object)) for q in told))
                model.published[iri] = _publication(model.references[-1])
    return model


def _shared(store: ox.Store) -> Iterator[ox.Quad]:
    """Vocabulary, terms and mappings, and what is inferred of them; a definition leans on no real article."""
    ontology, source = ox.NamedNode(graph_iri("ontology")), _node(PREFIXES["obo"] + "IAO_0000119")
    for name in _SHARED:
        for quad in store.quads_for_pattern(None, None, None, ox.NamedNode(graph_iri(name))):
            if name == "inferred" and not any(store.quads_for_pattern(quad.subject, None, None, ontology)):
                continue
            if quad.predicate == source and "/ref/" in str(quad.object):
                quad = ox.Quad(quad.subject, source, _node(BASE + "MgontoDesign"), quad.graph_name)
            yield quad


def _terms(shared: list[ox.Quad]) -> tuple[dict[str, list[ox.Quad]], dict[str, str]]:
    kinds: dict[str, str] = {}
    for quad in shared:
        if quad.predicate.value == _RDF_TYPE and isinstance(quad.object, ox.NamedNode):
            name = quad.object.value.removeprefix(BASE)
            if name.endswith("Concept") and isinstance(quad.subject, ox.NamedNode):
                kinds[quad.subject.value] = name
    terms: dict[str, list[ox.Quad]] = {iri: [] for iri in sorted(kinds)}
    for quad in shared:
        if isinstance(quad.subject, ox.NamedNode) and quad.subject.value in terms:
            terms[quad.subject.value].append(quad)
    return terms, kinds


def _alike(
    terms: Mapping[str, list[ox.Quad]], kinds: Mapping[str, str]
) -> tuple[set[tuple[str, str]], dict[str, tuple[str, int]], dict[str, tuple[str, ...]]]:
    """Which terms may stand for each other: those of one kind with the same links and the same states."""
    states: set[tuple[str, str]] = set()
    bases: dict[str, tuple[str, int]] = {}
    shape: dict[str, list[str]] = {iri: [kinds[iri]] for iri in terms}
    for iri, told in terms.items():
        named = {local_name(quad.predicate.value): quad.object for quad in told}
        for name in (*_LINKS, "direction", "standsForWhole"):
            value = named.get(name)
            if value is not None:
                shape[iri].append(f"{name} {value if name not in _LINKS else ''}")
        base, direction = named.get("stateOf"), named.get("direction")
        if isinstance(base, ox.NamedNode) and isinstance(direction, ox.NamedNode):
            states.add((base.value, local_name(direction.value)))
            bases[iri] = base.value, _CHANGES[local_name(direction.value)]
    for base_iri, direction_name in states:
        shape[base_iri].append(f"state {direction_name}")
    groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for iri in terms:
        if kinds[iri] in _EXCHANGED:
            groups[tuple(sorted(shape[iri]))].append(iri)
    return states, bases, {iri: tuple(group) for group in groups.values() for iri in group}


def _flags(
    about: Mapping[str, list[ox.Quad]],
) -> dict[str, list[tuple[tuple[str, ox.NamedNode | ox.Literal], ...]]]:
    """The flags about statements and nothing else, by the statement: each gets a flag of its own."""
    found: dict[str, list[tuple[tuple[str, ox.NamedNode | ox.Literal], ...]]] = defaultdict(list)
    for told in about.values():
        targets = [_value(quad.object).value for quad in told if quad.predicate.value == BASE + "about"]
        if all("/statement/" in each for each in targets) and _node(BASE + "CurationFlag") in {
            quad.object for quad in told
        }:
            rest = [
                (q.predicate.value, _value(q.object)) for q in told if q.predicate.value != BASE + "about"
            ]
            for each in targets:
                found[each].append(tuple(rest))
    return found


def _pattern(
    iri: str,
    about: Mapping[str, list[ox.Quad]],
    kinds: Mapping[str, str],
    flags: Mapping[str, list[tuple[tuple[str, ox.NamedNode | ox.Literal], ...]]],
) -> _Pattern:
    kept = [BASE + name for name in ("sentenceCites", "sentenceInherits", "sentenceScope", "noClaimReason")]
    values = tuple((q.predicate.value, _value(q.object)) for q in about[iri] if q.predicate.value in kept)
    start = iri.replace("/article/", "/statement/") + "."
    claims = []
    seen: dict[str, None] = {}
    for one in about:
        if not one.startswith(start) or "/" in one.removeprefix(start):
            continue
        told = [(q.predicate.value, _value(q.object)) for q in about[one]]
        proposition = next(value.value for prop, value in told if prop == BASE + "asserts")
        skip = {BASE + name for name in ("asserts", "statedIn", "hasEvidenceLine", "reportsResult")}
        own = tuple(
            (prop, value)
            for prop, value in told
            if prop not in skip and (prop != BASE + "alternativeTo" or value.value.startswith(start))
        )
        content = [(q.predicate, _value(q.object)) for q in about[proposition]]
        facts = {prop.value: value.value for prop, value in content}
        computed = {_RDF_TYPE, *(BASE + name for name in ("sign", "causal", "yieldsEdge"))}
        members = {
            value.value: tuple(
                (q.predicate, _value(q.object)) for q in about[value.value] if q.predicate.value != _RDF_TYPE
            )
            for prop, value in content
            if prop.value in (BASE + "subjectJointWith", BASE + "objectJointWith")
        }
        below = tuple(
            (place.removeprefix(one), q.predicate.value, _value(q.object))
            for place in about
            if place.startswith(one + "/")
            for q in about[place]
        )
        kept_content = tuple((prop, value) for prop, value in content if prop.value not in computed)
        words = {local_name(prop): local_name(value.value) for prop, value in own}
        claims.append(
            _Claim(
                one.removeprefix(start),
                own,
                kept_content,
                int(facts[BASE + "sign"]),
                facts[BASE + "causal"],
                members,
                below,
                tuple(flags.get(one, ())),
                words.get("stance", ""),
                words.get("certainty", ""),
                tuple((prop.value, value.value) for prop, value in kept_content),
            )
        )
        every = [*own, *((p.value, v) for p, v in content), *((p, v) for _, p, v in below)]
        every += [(p.value, v) for member in members.values() for p, v in member]
        seen.update({value.value: None for _, value in every if isinstance(value, ox.NamedNode)})
    seen.update({value.value: None for _, value in values})
    references = tuple(sorted(each for each in seen if "/ref/" in each and "/evidence/" not in each))
    return _Pattern(values, tuple(claims), tuple(each for each in seen if each in kinds), references)


def _publication(told: tuple[tuple[str, ox.NamedNode | ox.Literal], ...]) -> str:
    return next((value.value for prop, value in told if prop == BASE + "publicationKind"), "")


def _line_place(place: str, numbers: Mapping[str, str]) -> str:
    """The place of an evidence line is that of the reference it cites."""
    head, mark, number = place.partition("/evidence/")
    if not mark:
        return place
    return head + mark + next((new for old, new in numbers.items() if local_name(old) == number), number)


def _value(node: object) -> ox.NamedNode | ox.Literal:
    assert isinstance(node, (ox.NamedNode, ox.Literal)), f"evidence has no blank nodes: {node}"
    return node


def _moved(value: ox.NamedNode | ox.Literal, moved: Mapping[str, str]) -> ox.NamedNode | ox.Literal:
    if isinstance(value, ox.NamedNode) and value.value in moved:
        return ox.NamedNode(moved[value.value])
    return value


def _node(iri: str) -> ox.NamedNode:
    return ox.NamedNode(iri)


def _integer(number: int) -> ox.Literal:
    return ox.Literal(str(number), datatype=ox.NamedNode(_XSD + "integer"))


def _byte(text: str) -> int:
    return zlib.crc32(text.encode())


def write_base(statements: int, path: Path, seed: int = 1) -> int:
    """Write a synthetic base of so many statements to a file; return how many lines it has."""
    count = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for part in Synthesis(statements, seed).lines():
            file.write(part)
            count += part.count("\n")
    return count


def main() -> None:
    """Make the file that the options name."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("statements", type=int, help="how many statements")
    parser.add_argument("-o", "--output", type=Path, required=True, help="the N-Quads file to write")
    parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same bytes (default: 1)")
    options = parser.parse_args()
    if options.statements < 1:
        parser.error("the number of statements must be 1 or more")
    start = time.perf_counter()
    lines = write_base(options.statements, options.output, options.seed)
    print(f"{lines} quads in {time.perf_counter() - start:.1f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
