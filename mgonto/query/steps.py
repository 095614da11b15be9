"""The graph of steps: from which change of which term a claim or a declared link leads to which other.

A place is a term (with the aspect of it that is meant) and its change: more, less, or unknown after a step
without a sign. A stated step goes only from the change that its statement is about; it is never turned round
unless the caller asks for it. So a finding on supplementation does not answer for deficiency.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeAlias

from mgonto.names import BASE, natural_key
from mgonto.query.lexical import Terms
from mgonto.result.records import Hop, Statement

__all__ = [
    "AFFIRMED",
    "ALWAYS",
    "HOP_KINDS",
    "LESS",
    "MORE",
    "NEED",
    "STRENGTH",
    "Node",
    "Place",
    "Step",
    "StepGraph",
    "node_of",
]

MORE, LESS = "more", "less"
#: The hop kinds that a search always passes, and those that a caller may ask for beside them.
ALWAYS = ("stated", "state", "pool", "intervention")
HOP_KINDS = ("opposite", "aspect", "general", "special", "structural")
#: Strongest wording first.
STRENGTH = {BASE + "Established": 0, BASE + "Suggested": 1, BASE + "Hypothesised": 2}
AFFIRMED = BASE + "Affirmed"

Node: TypeAlias = tuple[str, str | None]  # term and aspect
Place: TypeAlias = tuple[Node, str | None]  # node and change

_TURNED: dict[str | None, str | None] = {MORE: LESS, LESS: MORE, None: None}
#: What hops have in common that pass the same step: kind, terms with aspects, changes.
_Likeness: TypeAlias = tuple[str, str, str, bool, str, str | None, str, str | None]
_LABELS = {
    "state": "is a state of",
    "pool": "holds the pool",
    "intervention": "is an intervention on",
    "aspect": "taken as",
    "general": "is a",
    "special": "has the kind",
    "opposite": "is a state of",
}
#: The way of a stated step that only says what is needed. What many of a class need is not what each of its
#: members needs ("essential for numerous enzymes"), so that no step to a narrower term follows it.
NEED = "need"
_NEEDS = frozenset((BASE + "RequiredFor", BASE + "CofactorOf"))
_STRUCTURAL = {BASE + "PartOf": "has part", BASE + "MemberOf": "has member", BASE + "StepOf": "has step"}
_CHANGES = {
    "moreMore": (MORE, MORE),
    "moreLess": (MORE, LESS),
    "lessMore": (LESS, MORE),
    "lessLess": (LESS, LESS),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One way to go on: a hop without its labels.

    A stated step gathers every proposition that leads from the same place to the same place, so that claims
    which differ in tissue or wording alone are one hop with more evidence, not more paths. `way` is the
    direction of a step along a tree of terms, so that none goes up and straight down again; or `NEED`.
    """

    kind: str
    start: Place
    end: Place
    relation: str
    propositions: tuple[str, ...] = ()
    inverted: bool = False
    way: str = ""
    label: str = ""

    @property
    def cost(self) -> int:
        """What the step counts towards the length of a path: declared links are free."""
        return 1 if self.propositions else 0


class StepGraph:
    """The steps of a set of statements and of the declared links of terms; immutable once made.

    Args:
        statements: every statement that may take part, with its edges.
        terms: the terms, for labels and declared links.
        hops: hop kinds beside those that are always passed, of `HOP_KINDS`.
    """

    def __init__(
        self,
        statements: Iterable[Statement],
        terms: Terms,
        hops: Iterable[str] = (),
    ) -> None:
        self.terms = terms
        self.by_proposition: dict[str, list[Statement]] = defaultdict(list)
        for each in statements:
            self.by_proposition[each.proposition].append(each)
        wanted = frozenset(hops)
        steps: dict[Node, list[Step]] = defaultdict(list)
        made = [*self._stated(), *self._links("opposite" in wanted)]
        if "structural" in wanted:
            made += [*self._structural_claims(), *self._structural_links()]
        made += self._tree("general" in wanted, "special" in wanted)
        for step in made:
            steps[step.start[0]].append(step)
        if "opposite" in wanted:
            _turn_round(steps)
        if "aspect" in wanted:
            _join_aspects(steps)
        self._onward = _by_place(steps)
        self._into: dict[str, set[tuple[str, int]]] = defaultdict(set)
        for found in steps.values():
            for step in found:
                self._into[step.end[0][0]].add((step.start[0][0], step.cost))
        self._hops: dict[Step, Hop] = {}

    # -- asking --------------------------------------------------------------------------------------------

    def onward(self, place: Place) -> Sequence[Step]:
        """The steps that a change at a place sets off; after an unknown change, those of either direction."""
        return self._onward.get(place, ())

    def steps(self) -> Iterator[Step]:
        """Every step whose start is a known change."""
        for (_, change), found in self._onward.items():
            if change is not None:
                yield from found

    def distances(self, targets: Iterable[str]) -> dict[str, int]:
        """The least number of stated hops from each term to a target, changes left aside."""
        distance = dict.fromkeys(targets, 0)
        queue = list(distance)
        while queue:
            term = queue.pop(0)
            for before, cost in self._into.get(term, ()):
                if distance[term] + cost < distance.get(before, 1 << 30):
                    distance[before] = distance[term] + cost
                    queue.append(before)
        return distance

    def evidence(self, step: Step) -> list[Statement]:
        """The affirming statements of a step, in no particular order."""
        return [
            each
            for proposition in step.propositions
            for each in self.by_proposition[proposition]
            if each.stance == AFFIRMED
        ]

    def hop(self, step: Step) -> Hop:
        """The step as a record, with its labels and its statements, the surest first."""
        made = self._hops.get(step)
        if made is None:
            made = self._hops[step] = self._make_hop(step)
        return made

    def _make_hop(self, step: Step) -> Hop:
        (start, _), change = step.start
        (end, _), result = step.end
        statements = tuple(sorted(self.evidence(step), key=_strength))
        best = statements[0] if statements else None
        return Hop(
            kind=step.kind,
            subject=start,
            subject_label=self.label(step.start[0]),
            subject_change=change,
            relation=best.relation if best else step.relation,
            relation_label=step.label or (best.relation_label if best else _LABELS[step.kind]),
            object=end,
            object_label=self.label(step.end[0]),
            object_change=result,
            sign=0 if change is None or result is None else 1 if change == result else -1,
            certainty=best.certainty if best else None,
            statement=best.statement if best else None,
            sentence=best.sentence if best else None,
            references=best.references if best else (),
            statements=statements,
            inverted=step.inverted,
            statements_total=len(statements),
        )

    def step_of(self, hop: Hop) -> Step | None:
        """The step of a hop of a smaller graph, here on all the claims that lead the same way."""
        claims = {each.proposition for each in hop.statements}
        return next(
            (step for step in self._alike.get(_likeness(hop), ()) if claims <= {*step.propositions}), None
        )

    @cached_property
    def _alike(self) -> Mapping[_Likeness, Sequence[Step]]:
        found: dict[_Likeness, list[Step]] = defaultdict(list)
        for steps in self._onward.values():
            for step in steps:
                if step.propositions:
                    found[_likeness(self.hop(step))].append(step)
        return found

    def label(self, node: Node) -> str:
        """The name of a term, with the aspect of it that is meant."""
        term, aspect = node
        name = self.terms.label(term)
        return f"{name}, {_aspect_word(aspect)}" if aspect else name

    # -- making --------------------------------------------------------------------------------------------

    def _stated(self) -> Iterator[Step]:
        gathered: dict[tuple[Place, Place], list[tuple[str, str]]] = defaultdict(list)
        for start, end, relation, proposition in self._claims():
            gathered[start, end].append((relation, proposition))
        for (start, end), claims in gathered.items():
            way = NEED if all(relation in _NEEDS for relation, _ in claims) else ""
            propositions = tuple(proposition for _, proposition in claims)
            yield Step("stated", start, end, claims[0][0], propositions, way=way)

    def _claims(self) -> Iterator[tuple[Place, Place, str, str]]:
        """From where to where each proposition leads: one item an edge."""
        for proposition, statements in self.by_proposition.items():
            one = statements[0]
            start, end = node_of(one.subject, one.subject_aspect), node_of(one.object, one.object_aspect)
            if start == end:
                continue
            edges = [edge.removesuffix("Maybe") for edge in one.edges]
            for edge in edges:
                changes = _CHANGES.get(edge)
                if changes:
                    yield (start, changes[0]), (end, changes[1]), one.relation, proposition
            if not edges and _acts_without_sign(one, statements):
                worded = {BASE + "Increased": MORE, BASE + "Decreased": LESS}.get(one.subject_direction or "")
                changes_in = (worded,) if worded else (MORE, LESS)
                for change in changes_in:
                    yield (start, change), (end, None), one.relation, proposition

    def _structural_claims(self) -> Iterator[Step]:
        """Parts, members and steps that the article states: they carry a change, but not its direction."""
        for proposition, statements in self.by_proposition.items():
            one = statements[0]
            back = _STRUCTURAL.get(one.relation)
            if back is None or all(each.stance != AFFIRMED for each in statements):
                continue
            part, whole = node_of(one.subject, one.subject_aspect), node_of(one.object, one.object_aspect)
            for change in (MORE, LESS):
                up, down = ((part, change), (whole, None)), ((whole, change), (part, None))
                yield Step("structural", *up, one.relation, (proposition,), False, "whole")
                yield Step("structural", *down, one.relation, (proposition,), False, "part", back)

    def _links(self, opposite: bool) -> Iterator[Step]:
        for term in self.terms.values():
            here: Node = (term.iri, None)
            change = term.direction or MORE
            if term.state_of:
                base: Node = (term.state_of, None)
                yield Step("state", (here, MORE), (base, change), BASE + "stateOf")
                yield Step("state", (base, change), (here, MORE), BASE + "stateOf", label="has the state")
                if opposite:
                    turned = _TURNED[change]
                    yield Step("opposite", (base, turned), (here, LESS), BASE + "stateOf", (), True,
                               label="has the state")  # fmt: skip
                    yield Step("opposite", (here, LESS), (base, turned), BASE + "stateOf", (), True)
            if term.intervention_on:
                target: Node = (term.intervention_on, None)
                yield Step("intervention", (here, MORE), (target, change), BASE + "interventionOn")
            if term.pool_of:
                whole: Node = (term.pool_of, None)
                for each in (MORE, LESS):
                    yield Step("pool", (whole, each), (here, each), BASE + "poolOf")
                    if term.stands_for_whole:
                        yield Step("pool", (here, each), (whole, each), BASE + "poolOf", label="is a pool of")

    def _structural_links(self) -> Iterator[Step]:
        """Parts and members that the table of terms declares."""
        for term in self.terms.values():
            declared = [("part", each) for each in term.part_of] + [
                ("member", each) for each in term.member_of
            ]
            for name, iri in declared:
                inside, whole = (term.iri, None), (iri, None)
                links = (
                    (inside, whole, "whole", f"{name} of"),
                    (whole, inside, "part", f"has {name}"),
                )
                for start, end, way, label in links:
                    for change in (MORE, LESS):
                        step = (start, change), (end, None), f"{BASE}{name}Of"
                        yield Step("structural", *step, way=way, label=label)

    def _tree(self, general: bool, special: bool) -> Iterator[Step]:
        """Along the class tree: from a term to its broader one, or to its narrower ones."""
        relation = "http://www.w3.org/2000/01/rdf-schema#subClassOf"
        for term in self.terms.values() if general or special else ():
            for parent in term.parents:
                for change in (MORE, LESS):
                    narrow, broad = ((term.iri, None), change), ((parent, None), change)
                    if general:
                        yield Step("general", narrow, broad, relation, way="broader")
                    if special:
                        yield Step("special", broad, narrow, relation, way="narrower")


def _turn_round(steps: Mapping[Node, list[Step]]) -> None:
    """Add, for every stated step, the step of the opposite direction where nobody states that one."""
    for node, found in steps.items():
        known = {(step.start[1], step.end) for step in found}
        for step in [each for each in found if each.kind == "stated" and each.end[1] is not None]:
            start, end = _TURNED[step.start[1]], (step.end[0], _TURNED[step.end[1]])
            if (start, end) not in known:
                found.append(replace(step, kind="opposite", start=(node, start), end=end, inverted=True))


def _join_aspects(steps: dict[Node, list[Step]]) -> None:
    """Add steps from each aspect of a term that a claim is about to each other one."""
    nodes: dict[str, dict[Node, None]] = defaultdict(dict)
    for node, found in steps.items():
        nodes[node[0]][node] = None
        for step in found:
            nodes[step.end[0][0]][step.end[0]] = None
    for same in nodes.values():
        for one in same:
            for other in same:
                if one != other:
                    relation = other[1] or one[1] or ""
                    steps[one] += [
                        Step("aspect", (one, change), (other, change), relation, way="aspect")
                        for change in (MORE, LESS)
                    ]


def _likeness(hop: Hop) -> _Likeness:
    ends = hop.subject_label, hop.subject_change, hop.object_label, hop.object_change
    return hop.kind, hop.subject, hop.object, hop.inverted, *ends


def _by_place(steps: Mapping[Node, Sequence[Step]]) -> dict[Place, tuple[Step, ...]]:
    """The steps that start at each place, an unknown change included."""
    onward: dict[Place, tuple[Step, ...]] = {}
    for node, found in steps.items():
        for change in (MORE, LESS):
            onward[node, change] = tuple(step for step in found if step.start[1] == change)
        # After an unknown change a claim on more and the same claim on less are one step; what is stated goes
        # before what is turned round.
        unknown: dict[tuple[Node, tuple[str, ...]], Step] = {}
        for step in sorted(found, key=lambda each: (each.inverted, each.start[1] != MORE)):
            unknown.setdefault(
                (step.end[0], step.propositions), replace(step, start=(node, None), end=(step.end[0], None))
            )
        onward[node, None] = tuple(unknown.values())
    return onward


def node_of(term: str, aspect: str | None) -> Node:
    """The node of a term and its aspect.

    The activity of a thing is the thing at work: to inhibit mTOR is to make its activity less, so the two are
    one place. Other aspects (expression, level ...) stay apart.
    """
    return term, None if aspect == BASE + "ActivityAspect" else aspect


def _acts_without_sign(one: Statement, statements: Sequence[Statement]) -> bool:
    """Whether a proposition claims an effect but not its direction: *regulates*, *affects*, *altered*."""
    barred = {"inStage", "subjectJointWith", "objectJointWith"} & {each.role for each in one.context}
    asserted = any(
        each.stance == AFFIRMED
        and each.claim_kind not in (BASE + "Method", BASE + "Recommendation")
        and all(one.role != "alternativeTo" for one in each.context)
        for each in statements
    )
    return one.causal and one.sign == 0 and asserted and not barred


def _strength(statement: Statement) -> tuple[object, ...]:
    return (
        STRENGTH.get(statement.certainty or "", 3),
        statement.scope != BASE + "OwnCitation",
        not statement.references,
        natural_key(statement.statement),
    )


def _aspect_word(aspect: str) -> str:
    return aspect.rsplit("/", 1)[-1].removesuffix("Aspect").lower()
