"""Signed paths: what a change of one term does to another, hop by hop, each hop with its evidence.

A place on a path is a term (with the aspect of it that is meant) and its change: more, less, or unknown after
a hop without a sign. A stated hop goes only from the change that its statement is about; it is never turned
round unless the caller asks for it. So a finding on supplementation does not answer for deficiency.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from mgonto.names import BASE
from mgonto.query.lexical import Terms
from mgonto.result.records import Hop, Path, Statement

__all__ = ["HOP_KINDS", "PathSearch", "SearchResult"]

MORE, LESS = "more", "less"
#: The hop kinds that a caller may ask for beside stated, state, pool and intervention.
HOP_KINDS = ("opposite",)
_TURNED = {MORE: LESS, LESS: MORE, None: None}
#: Strongest wording first.
_STRENGTH = {BASE + "Established": 0, BASE + "Suggested": 1, BASE + "Hypothesised": 2}
_LINK_LABELS = {"state": "is a state of", "pool": "holds the pool", "intervention": "is an intervention on"}
_AFFIRMED, _DENIED, _UNDETERMINED = BASE + "Affirmed", BASE + "Denied", BASE + "Undetermined"
#: A search that would list more paths than this stops and says so.
MOST_PATHS = 20_000

Node = tuple[str, str | None]  # term and aspect
Place = tuple[Node, str | None]  # node and change


@dataclass(frozen=True, slots=True)
class _Step:
    """One way to go on: a hop without its labels.

    A stated step gathers every proposition that leads from the same place to the same place, so that claims
    which differ in tissue or wording alone are one hop with more evidence, not more paths.
    """

    kind: str
    start: Place
    end: Place
    relation: str
    propositions: tuple[str, ...] = ()
    inverted: bool = False

    @property
    def cost(self) -> int:
        """What the step counts towards the length of a path: declared links are free."""
        return 1 if self.propositions else 0


@dataclass(frozen=True, slots=True)
class SearchResult:
    """All paths found, best first, and what stands beside them."""

    paths: tuple[Path, ...]
    denials: tuple[Statement, ...]
    associations: tuple[Statement, ...]
    gaps: tuple[Statement, ...]
    complete: bool


@dataclass(slots=True)
class _Search:
    """What one search carries along."""

    targets: frozenset[str]
    max_hops: int
    blocked: frozenset[str]
    found: list[tuple[_Step, ...]] = field(default_factory=list)
    complete: bool = True


class PathSearch:
    """Searches the statements of a knowledge base.

    Args:
        statements: every statement that may take part, with its edges.
        terms: the terms, for labels and declared links.
        opposite: also turn statements round to the opposite direction; each such hop says so.
    """

    def __init__(self, statements: Iterable[Statement], terms: Terms, opposite: bool = False) -> None:
        self._terms = terms
        self._by_proposition: dict[str, list[Statement]] = defaultdict(list)
        for each in statements:
            self._by_proposition[each.proposition].append(each)
        self._steps: dict[Node, list[_Step]] = defaultdict(list)
        for step in (*self._stated(), *self._links(opposite)):
            self._steps[step.start[0]].append(step)
        if opposite:
            self._turn_round()

    # -- the graph -----------------------------------------------------------------------------------------

    def _stated(self) -> Iterator[_Step]:
        gathered: dict[tuple[Place, Place], list[tuple[str, str]]] = defaultdict(list)
        for start, end, relation, proposition in self._claims():
            gathered[start, end].append((relation, proposition))
        for (start, end), claims in gathered.items():
            yield _Step("stated", start, end, claims[0][0], tuple(proposition for _, proposition in claims))

    def _claims(self) -> Iterator[tuple[Place, Place, str, str]]:
        """From where to where each proposition leads: one item an edge."""
        for proposition, statements in self._by_proposition.items():
            one = statements[0]
            start, end = _node(one.subject, one.subject_aspect), _node(one.object, one.object_aspect)
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

    def _links(self, opposite: bool) -> Iterator[_Step]:
        for term in self._terms.values():
            here: Node = (term.iri, None)
            change = term.direction or MORE
            if term.state_of:
                base: Node = (term.state_of, None)
                yield _Step("state", (here, MORE), (base, change), BASE + "stateOf")
                yield _Step("state", (base, change), (here, MORE), BASE + "stateOf")
                if opposite:
                    turned = _TURNED[change]
                    yield _Step("opposite", (base, turned), (here, LESS), BASE + "stateOf", (), True)
                    yield _Step("opposite", (here, LESS), (base, turned), BASE + "stateOf", (), True)
            if term.intervention_on:
                target: Node = (term.intervention_on, None)
                yield _Step("intervention", (here, MORE), (target, change), BASE + "interventionOn")
            if term.pool_of:
                whole: Node = (term.pool_of, None)
                for each in (MORE, LESS):
                    yield _Step("pool", (whole, each), (here, each), BASE + "poolOf")
                    if term.stands_for_whole:
                        yield _Step("pool", (here, each), (whole, each), BASE + "poolOf")

    def _turn_round(self) -> None:
        """Add, for every stated hop, the hop of the opposite direction where nobody states that one."""
        for node, steps in list(self._steps.items()):
            known = {(step.start[1], step.end) for step in steps}
            for step in [each for each in steps if each.kind == "stated" and each.end[1] is not None]:
                start, end = _TURNED[step.start[1]], (step.end[0], _TURNED[step.end[1]])
                if (start, end) not in known:
                    turned = replace(step, kind="opposite", start=(node, start), end=end, inverted=True)
                    self._steps[node].append(turned)

    # -- the search ----------------------------------------------------------------------------------------

    def search(self, source: str, targets: Sequence[str], max_hops: int) -> SearchResult:
        """Every simple path from more of `source` to any of `targets`, with up to `max_hops` stated hops."""
        wanted = frozenset(targets)
        search = _Search(wanted, max_hops, self._blocked_by(source))
        distance = self._distances(wanted)
        # An aspect of the source ("insulin receptor, expression") is a place of its own and no start.
        start: Place = ((source, None), MORE)
        self._walk(search, start, (), {source}, max_hops, distance)
        paths = sorted((self._path(steps, search) for steps in search.found), key=self._rank)
        # What holds of a narrower term is no step of a path, but an association with it is worth knowing.
        narrower = [((each, None), MORE) for each in self._terms.descendants(source)]
        ends = frozenset(each for target in wanted for each in self._kin(target))
        reached = self._reached([start, *narrower], ends, max_hops)
        return SearchResult(
            _spread(paths),
            self._beside(source, wanted, _DENIED),
            self._associations(reached, ends),
            self._beside(source, wanted, _UNDETERMINED),
            search.complete,
        )

    def _walk(
        self,
        search: _Search,
        place: Place,
        steps: tuple[_Step, ...],
        seen: set[str],
        left: int,
        distance: Mapping[str, int],
    ) -> None:
        for step in self._onward(place):
            term = step.end[0][0]
            cost = step.cost
            if term in seen or cost > left or distance.get(term, left + 1) > left - cost:
                continue
            if _idles(steps, step):
                continue
            longer = (*steps, step)
            if term in search.targets:
                if any(each.cost for each in longer):
                    if len(search.found) >= MOST_PATHS:
                        search.complete = False
                        return
                    search.found.append(longer)
                continue
            seen.add(term)
            self._walk(search, step.end, longer, seen, left - cost, distance)
            seen.discard(term)

    def _onward(self, place: Place) -> Iterator[_Step]:
        """The steps that a change at a place sets off; after an unknown change, those of either direction."""
        node, change = place
        for step in self._steps.get(node, ()):
            if change is None:
                if step.start[1] == MORE or not self._has_twin(step):
                    yield replace(step, start=place, end=(step.end[0], None))
            elif step.start[1] == change:
                yield step

    def _has_twin(self, step: _Step) -> bool:
        return any(
            each.end[0] == step.end[0] and each.propositions == step.propositions and each.start[1] == MORE
            for each in self._steps[step.start[0]]
        )

    def _distances(self, targets: frozenset[str]) -> dict[str, int]:
        """The least number of stated hops from each term to a target, changes left aside."""
        into: dict[str, set[tuple[str, int]]] = defaultdict(set)
        for steps in self._steps.values():
            for step in steps:
                into[step.end[0][0]].add((step.start[0][0], step.cost))
        distance = dict.fromkeys(targets, 0)
        queue = list(targets)
        while queue:
            term = queue.pop(0)
            for before, cost in into.get(term, ()):
                if distance[term] + cost < distance.get(before, 1 << 30):
                    distance[before] = distance[term] + cost
                    queue.append(before)
        return distance

    def _blocked_by(self, source: str) -> frozenset[str]:
        """The terms that more of the source makes less: by a declared link, or by one plain statement."""
        blocked = set()
        for step in self._steps.get((source, None), ()):
            if step.start[1] == MORE and step.end[1] == LESS and not step.inverted:
                plain = any(
                    each.certainty == BASE + "Established" and each.relation in _BLOCKS
                    for each in self._evidence(step)
                )
                if plain or not step.propositions:
                    blocked.add(step.end[0][0])
        return frozenset(blocked)

    # -- from steps to paths -------------------------------------------------------------------------------

    def _path(self, steps: Sequence[_Step], search: _Search) -> Path:
        hops = tuple(self._hop(step) for step in steps)
        last = steps[-1].end[1]
        sign = {MORE: 1, LESS: -1}.get(last or "", 0)
        if any(step.end[0][0] in search.blocked and step.end[1] == MORE for step in steps):
            sign = 0  # a later hop acts through what the start has blocked
        weakest = max(
            (hop.certainty for hop in hops if hop.certainty), key=_STRENGTH.__getitem__, default=None
        )
        references = dict.fromkeys(each for hop in hops for each in hop.references)
        return Path(hops, sign, weakest, tuple(references))

    def _hop(self, step: _Step) -> Hop:
        (start, _), change = step.start
        (end, _), result = step.end
        statements = tuple(sorted(self._evidence(step), key=_strength))
        best = statements[0] if statements else None
        sign = 0 if change is None or result is None else 1 if change == result else -1
        label = (
            best.relation_label if best else _LINK_LABELS[step.kind if step.kind in _LINK_LABELS else "state"]
        )
        return Hop(
            kind=step.kind,
            subject=start,
            subject_label=self._label(step.start[0]),
            subject_change=change,
            relation=best.relation if best else step.relation,
            relation_label=label,
            object=end,
            object_label=self._label(step.end[0]),
            object_change=result,
            sign=sign,
            certainty=best.certainty if best else None,
            statement=best.statement if best else None,
            sentence=best.sentence if best else None,
            references=best.references if best else (),
            statements=statements,
            inverted=step.inverted,
        )

    def _label(self, node: Node) -> str:
        term, aspect = node
        name = self._terms.label(term)
        return f"{name}, {_aspect_word(aspect)}" if aspect else name

    def _evidence(self, step: _Step) -> list[Statement]:
        return [
            each
            for proposition in step.propositions
            for each in self._by_proposition[proposition]
            if each.stance == _AFFIRMED
        ]

    @staticmethod
    def _rank(path: Path) -> tuple[object, ...]:
        return (
            path.inverted,
            path.sign == 0,
            path.stated,
            _STRENGTH.get(path.certainty or "", 0),
            len(path.hops),
            [hop.object_label for hop in path.hops],
            [hop.statement or "" for hop in path.hops],
        )

    # -- beside the paths ----------------------------------------------------------------------------------

    def _reached(self, starts: Sequence[Place], ends: frozenset[str], max_hops: int) -> dict[str, int]:
        """The terms on the way to `ends`, not beyond them, with the least number of stated hops to each."""
        best = dict.fromkeys(starts, 0)
        queue = list(starts)
        while queue:
            place = queue.pop(0)
            for step in self._onward(place):
                cost = best[place] + step.cost
                beyond = step.end[0][0] in ends
                if not beyond and cost < max_hops and cost < best.get(step.end, 1 << 30):
                    best[step.end] = cost
                    queue.append(step.end)
        least: dict[str, int] = {}
        for (node, _), cost in best.items():
            least[node[0]] = min(cost, least.get(node[0], cost))
        return least

    def _kin(self, iri: str) -> frozenset[str]:
        """What a claim on a term may be about: the term, its states, its base, narrower and broader terms."""
        found = {iri, *self._terms.descendants(iri)}
        for each in list(found):
            term = self._terms.get(each)
            base = term.state_of if term else None
            found.update(self._terms.states.get(each, ()))
            if base:
                found.update((base, *self._terms.ancestors(base)))
        return frozenset(found)

    def _associations(self, reached: Mapping[str, int], ends: frozenset[str]) -> tuple[Statement, ...]:
        """Claims of association between what the source leads to and the target, the nearest first."""
        found = []
        for statements in self._by_proposition.values():
            for each in statements:
                if each.stance != _AFFIRMED or not any(
                    edge.startswith("associatedWith") for edge in each.edges
                ):
                    continue
                pairs = [(each.subject, each.object)]
                if each.relation in _SYMMETRIC:
                    pairs.append((each.object, each.subject))
                near = [reached[one] for one, other in pairs if one in reached and other in ends]
                if near:
                    found.append((min(near), each.statement, each))
        return tuple(each for _, _, each in sorted(found, key=lambda item: item[:2]))

    def _beside(self, source: str, targets: frozenset[str], stance: str) -> tuple[Statement, ...]:
        """Statements of one stance over the same pair, states and bases included."""
        starts = self._kin(source)
        ends = frozenset(each for target in targets for each in self._kin(target))
        found = (
            each
            for statements in self._by_proposition.values()
            for each in statements
            if each.stance == stance and each.subject in starts and each.object in ends
        )
        return tuple(sorted(found, key=lambda each: each.statement))


_CHANGES = {
    "moreMore": (MORE, MORE),
    "moreLess": (MORE, LESS),
    "lessMore": (LESS, MORE),
    "lessLess": (LESS, LESS),
}
_SYMMETRIC = frozenset(
    BASE + name for name in ("AssociatedWith", "NegativelyAssociatedWith", "PositivelyAssociatedWith")
)
_BLOCKS = frozenset({BASE + "Inhibits", BASE + "Decreases", BASE + "Prevents"})


def _node(term: str, aspect: str | None) -> Node:
    """The place of a term and its aspect. The activity of a thing is the thing at work: to inhibit mTOR is to
    make its activity less, so the two are one place. Other aspects (expression, level ...) stay apart."""
    return term, None if aspect == BASE + "ActivityAspect" else aspect


def _acts_without_sign(one: Statement, statements: Sequence[Statement]) -> bool:
    """Whether a proposition claims an effect but not its direction: *regulates*, *affects*, *altered*."""
    barred = {"inStage", "subjectJointWith", "objectJointWith"} & {each.role for each in one.context}
    asserted = any(
        each.stance == _AFFIRMED
        and each.claim_kind not in (BASE + "Method", BASE + "Recommendation")
        and all(one.role != "alternativeTo" for one in each.context)
        for each in statements
    )
    return one.causal and one.sign == 0 and asserted and not barred


def _idles(steps: Sequence[_Step], step: _Step) -> bool:
    """Whether a step only goes on from one declared link to another, and says nothing new.

    From one pool to the next; or, where the change is unknown, from a state by its base to another state,
    which may well be the opposite one.
    """
    if not steps:
        return False
    last = steps[-1]
    return last.kind == step.kind == "pool" or (last.kind == step.kind == "state" and last.end[1] is None)


def _spread(paths: Sequence[Path]) -> tuple[Path, ...]:
    """Ranked paths in three tiers: new evidence first, then new steps, then variants.

    A path brings new evidence where it rests on a sentence that no better path rests on, and a new step where
    it passes a stated change that no better path passes. The hops of one sentence are one piece of evidence:
    so the first ten show what the article has to say, not ten variants of its longest sentence.
    """
    sentences: set[str | None] = set()
    steps: set[tuple[str, str | None]] = set()
    tiers: tuple[list[Path], list[Path], list[Path]] = ([], [], [])
    for path in paths:
        told = {hop.sentence for hop in path.hops if hop.statement}
        passed = {(hop.object, hop.object_change) for hop in path.hops[:-1] if hop.statement}
        tiers[0 if told - sentences else 1 if passed - steps else 2].append(path)
        sentences |= told
        steps |= passed
    return (*tiers[0], *tiers[1], *tiers[2])


def _strength(statement: Statement) -> tuple[int, bool, bool, str]:
    return (
        _STRENGTH.get(statement.certainty or "", 3),
        statement.scope != BASE + "OwnCitation",
        not statement.references,
        statement.statement,
    )


def _aspect_word(aspect: str) -> str:
    return aspect.rsplit("/", 1)[-1].removesuffix("Aspect").lower()
