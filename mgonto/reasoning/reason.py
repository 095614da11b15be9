"""One run over the bundled and the user's data: consistency, unsatisfiable classes, inferred types."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox

from mgonto.reasoning.closure import MEMBER, denials, member_of, member_triples, populated
from mgonto.reasoning.hermit import Hermit, HermitFailed, OutOfTime
from mgonto.reasoning.records import InferredType, Mistake, Reasoning, Triple
from mgonto.reasoning.rules import TYPE, Axiom, Clash, Derivation, Fact, Ontology
from mgonto.reasoning.shrink import smallest
from mgonto.reasoning.sources import Data, line_of, read_data
from mgonto.reasoning.words import Words
from mgonto.result.results import Results

__all__ = ["reason"]

_MOST = 20
_COLUMNS = tuple(InferredType.__dataclass_fields__)


def reason(
    files: Sequence[str | Path] = (),
    *,
    all_types: bool = False,
    timeout: float = 60,
    bundled: Iterable[ox.Quad] | None = None,
) -> Reasoning:
    """Reason with HermiT over the bundled knowledge base and the user's RDF files.

    Args:
        files: RDF in any syntax that `mgonto.load` reads, told by the extension.
        all_types: infer the types of all individuals, not only of those in `files`.
        timeout: seconds for HermiT.
        bundled: take these for the bundled quads; those of the release unless told.

    Raises:
        NoJava: there is no Java to run HermiT with.
        OutOfTime: HermiT did not say within `timeout` whether the data are consistent.
        HermitFailed: HermiT refuses the data, because they leave OWL 2 DL say.
        MgontoError: a file cannot be read.

    The verdict is HermiT's; the words come from the rules, and where those see no contradiction, from the
    smallest part of the user's triples that HermiT still refuses.
    """
    return _Run(read_data([Path(each) for each in files], bundled), all_types, timeout).answer()


class _Run:
    """What the parts of one run share."""

    def __init__(self, data: Data, all_types: bool, timeout: float) -> None:
        self.began = time.perf_counter()
        self.hermit = Hermit(timeout)
        self.data = data
        self.ontology = Ontology(data.triples)
        self.found = Derivation(self.ontology)
        self.types = {one: tuple(kinds) for one, kinds in self.found.types.items()}
        self.clashes = tuple(self.found.clashes)
        self.asked = self._individuals(all_types)
        # The members come last: what follows from them alone is no type of anybody.
        self.found.extend(member_of(each) for each in sorted(self.ontology.classes))
        self.words = Words(data.triples, self.ontology)
        self._texts: dict[Path, str] = {}

    def answer(self) -> Reasoning:
        logical, members = self.ontology.logical, member_triples(self.ontology.classes)
        plain = Derivation(self.ontology) if self.asked else self.found
        denied = list(denials(self.ontology, plain, self.asked))
        if not self.found.clashes and self._holds([*logical, *members, *denied]):
            return self._result((), (), self._inferred(), True)
        if not self._holds(logical):
            return self._result((), tuple(self._contradictions()), (), True, consistent=False)
        empty = self._unsatisfiable()
        mistakes = tuple(self._why_empty(each) for each in empty[:_MOST])
        if not denied or self._holds([*logical, *denied]):
            return self._result(empty, mistakes, self._inferred(), True)
        try:
            return self._result(
                empty, mistakes, self._inferred(self.hermit.types(populated(self.ontology))), True
            )
        except OutOfTime:
            return self._result(empty, mistakes, self._inferred(), False)

    def _holds(self, triples: Sequence[ox.Triple]) -> bool:
        """Whether HermiT finds a model; a literal that does not fit its type is a contradiction."""
        try:
            return self.hermit.is_consistent(triples)
        except HermitFailed:
            if any(each.axiom.kind == "malformed" for each in self.clashes):
                return False
            raise

    def _result(
        self,
        empty: Sequence[str],
        mistakes: tuple[Mistake, ...],
        types: Iterable[InferredType],
        confirmed: bool,
        consistent: bool = True,
    ) -> Reasoning:
        return Reasoning(
            consistent=consistent,
            unsatisfiable=tuple(empty),
            mistakes=mistakes,
            types=Results(types, columns=_COLUMNS),
            confirmed=confirmed,
            seconds=round(time.perf_counter() - self.began, 3),
        )

    # -- types ---------------------------------------------------------------------------------------------

    def _individuals(self, all_of_them: bool) -> list[str]:
        """Whose types are asked for: those in the user's files, and of the bundled ones none unless told."""
        own = set(self.data.own)
        chosen: dict[str, None] = {}
        for fact, triple in self.ontology.facts.items():
            if all_of_them or triple in own:
                chosen[fact.subject] = None
                if fact.property != TYPE and isinstance(fact.value, str) and all_of_them:
                    chosen[fact.value] = None
        return [each for each in chosen if not each.startswith("_:")]

    def _inferred(self, more: Iterable[tuple[str, str]] = ()) -> list[InferredType]:
        written = {(fact.subject, fact.value) for fact in self.ontology.facts if fact.property == TYPE}
        pairs = {(one, kind) for one in self.asked for kind in self.types.get(one, ())}
        asked = set(self.asked)
        pairs |= {pair for pair in more if pair[0] in asked and not pair[1].endswith("owl#Thing")}
        return [
            InferredType(one, self.words.label(one), kind, self.words.label(kind))
            for one, kind in sorted(pairs - written)
            if kind in self.ontology.classes
        ]

    # -- what is wrong -------------------------------------------------------------------------------------

    def _contradictions(self) -> list[Mistake]:
        """One mistake for each set of written triples that leads to a contradiction, shortest trail first."""
        found: dict[frozenset[ox.Triple], Mistake] = {}
        trails = [(clash, self.found.trail(clash.facts)) for clash in self.clashes]
        for clash, trail in sorted(trails, key=lambda each: (len(each[1]), str(each[0].facts))):
            ground = self._ground(trail)
            own = frozenset(each for each in ground if each in self.data.own)
            key = own or frozenset(ground)
            # A set that holds another says nothing new.
            if not any(each <= key for each in found):
                found[key] = self._mistake("inconsistent", clash.facts[0].subject, clash, trail)
            if len(found) == _MOST:
                break
        return list(found.values()) or [self._unexplained()]

    def _unsatisfiable(self) -> list[str]:
        """The named classes that can have no member: by the rules, and then, for the rest, by HermiT."""
        empty = set(self._clash_of_class())
        rest = sorted(self.ontology.classes - empty)
        logical = self.ontology.logical
        while rest and not self._holds([*logical, *member_triples(rest)]):
            found = smallest(rest, lambda part: not self._holds([*logical, *member_triples(part)]), runs=12)
            empty |= set(found)
            rest = [each for each in rest if each not in empty]
        return sorted(empty)

    def _clash_of_class(self) -> dict[str, Clash]:
        """For each class that the rules find empty, the clash with the shortest trail."""
        found: dict[str, tuple[int, Clash]] = {}
        for clash in self.found.clashes:
            trail = self.found.trail(clash.facts)
            members = {each.subject for each in trail if each.subject.startswith(MEMBER)}
            invented = {
                each for each in members if not self.found.steps[member_of(each[len(MEMBER) :])].premises
            }
            if len(invented) == 1:
                iri = invented.pop()[len(MEMBER) :]
                if iri not in found or len(trail) < found[iri][0]:
                    found[iri] = (len(trail), clash)
        return {iri: clash for iri, (_, clash) in found.items()}

    def _why_empty(self, iri: str) -> Mistake:
        clash = self._clash_of_class().get(iri)
        if clash is None:
            return Mistake("unsatisfiable", iri, f"{self.words.quoted(iri)} can have no member")
        trail = self.found.trail(clash.facts)
        made = self._mistake("unsatisfiable", iri, clash, trail)
        says = f"{self.words.quoted(iri)} can have no member: {made.says}"
        return Mistake(made.kind, iri, says, made.triples, made.axioms)

    def _mistake(self, kind: str, about: str, clash: Clash, trail: Sequence[Fact]) -> Mistake:
        triples: dict[Triple, None] = {}
        axioms: dict[str, None] = {}
        own: dict[Triple, None] = {}
        for fact in trail:
            step = self.found.steps[fact]
            if not step.premises and not fact.subject.startswith(MEMBER):
                told = self._told(self.words.fact(fact), self.ontology.facts[fact])
                (own if told.file else triples)[told] = None
            if step.axiom is not None:
                self._sort_axiom(step.axiom, self.words.step(fact, self.found), own, axioms)
        self._sort_axiom(clash.axiom, self.words.axiom(clash.axiom), own, axioms)
        return Mistake(kind, about, self.words.clash(clash, self.found), (*own, *triples), tuple(axioms))

    def _sort_axiom(self, axiom: Axiom, says: str, own: dict[Triple, None], axioms: dict[str, None]) -> None:
        """An axiom that the user wrote is told with its place, the others in words."""
        triple = self._axiom_triples.get((axiom.kind, axiom.parts))
        if triple is not None:
            own[self._told(says or self.words.axiom(axiom), triple)] = None
        elif says:
            axioms[says] = None

    @cached_property
    def _axiom_triples(self) -> dict[tuple[str, tuple[object, ...]], ox.Triple]:
        """The axioms of one triple in the user's files."""
        kinds = {
            "subClassOf": "subclass",
            "equivalentClass": "equivalent",
            "disjointWith": "disjoint",
            "complementOf": "complement",
            "domain": "domain",
            "range": "range",
        }
        found: dict[tuple[str, tuple[object, ...]], ox.Triple] = {}
        for triple in self.data.own:
            kind = kinds.get(triple.predicate.value.partition("#")[2])
            if kind is not None:
                parts = tuple(
                    each.value if isinstance(each, ox.NamedNode) else str(each)
                    for each in (triple.subject, triple.object)
                )
                found[kind, parts] = triple
        return found

    def _ground(self, trail: Iterable[Fact]) -> list[ox.Triple]:
        """What was written, of the facts and axioms of a trail."""
        ground = []
        for fact in trail:
            step = self.found.steps[fact]
            if not step.premises and fact in self.ontology.facts:
                ground.append(self.ontology.facts[fact])
            if step.axiom is not None:
                triple = self._axiom_triples.get((step.axiom.kind, step.axiom.parts))
                if triple is not None:
                    ground.append(triple)
        return ground

    def _unexplained(self) -> Mistake:
        """A contradiction that the rules do not see: the smallest part of the user's triples that has it."""
        own = [each for each in self.ontology.logical if each in self.data.own]
        bundled = [each for each in self.ontology.logical if each not in self.data.own]

        def fails(part: Sequence[Sequence[ox.Triple]]) -> bool:
            return not self._holds([*bundled, *(one for each in part for one in each)])

        kept = _grouped(own, by_subject=True)
        try:  # first what is said of whom, then which of it
            kept = smallest(kept, fails)
            kept = _grouped([one for each in kept for one in each], by_subject=False)
            kept = smallest(kept, fails)
        except OutOfTime:
            pass
        triples = tuple(self._told(self._plain(each), each) for group in kept for each in group)
        says = "these cannot be true together with the ontology" if kept else "the data contradict themselves"
        return Mistake("inconsistent", "", says, triples[: 2 * _MOST])

    # -- places --------------------------------------------------------------------------------------------

    def _told(self, says: str, triple: ox.Triple) -> Triple:
        path = self.data.own.get(triple)
        if path is None:
            return Triple(says)
        if path not in self._texts:
            self._texts[path] = path.read_text(encoding="utf-8", errors="replace")
        return Triple(says, str(path), line_of(self._texts[path], triple))

    def _plain(self, triple: ox.Triple) -> str:
        value = triple.object
        parts = [
            each.value if isinstance(each, ox.NamedNode) else str(each)
            for each in (triple.subject, triple.predicate)
        ]
        shown = value.value if isinstance(value, ox.NamedNode) else value
        return " ".join(self.words.label(each) for each in parts) + (
            f" {self.words.quoted(shown)}" if isinstance(shown, (str, ox.Literal)) else f" {shown}"
        )


def _grouped(triples: Sequence[ox.Triple], by_subject: bool) -> list[list[ox.Triple]]:
    """The triples one by one or by subject; those of blank nodes with what they hang on."""
    parents = {each.object: each.subject for each in triples if isinstance(each.object, ox.BlankNode)}
    groups: dict[object, list[ox.Triple]] = defaultdict(list)
    for each in triples:
        root: object = each.subject if isinstance(each.subject, ox.BlankNode) else None
        if root is None and isinstance(each.object, ox.BlankNode):
            root = each.object
        if root is None:
            groups[each.subject if by_subject else each].append(each)
            continue
        seen = set()
        while isinstance(parents.get(root), ox.BlankNode) and root not in seen:  # type: ignore[call-overload]
            seen.add(root)
            root = parents[root]  # type: ignore[index]
        groups[parents.get(root, root) if by_subject else root].append(each)  # type: ignore[call-overload]
    return list(groups.values())
