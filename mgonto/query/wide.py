"""Which statements a path between two terms may rest on, asked of the engine instead of read from it all.

A base of a few thousand statements is searched in memory. Beyond that, the claims around the source and
the target are asked for level by level, from both ends, until they meet: at most one query for each hop that
a path may have, whatever the number of rows. Declared links of terms cost nothing and need no query. What is
found is a part of the graph that holds every path of up to so many hops; the search proper is the same on
this part as on the whole.

Some terms have a hundred thousand claims. So there is a limit to the rows that are read and to the claims
that are searched, shortest ways first; `complete` says whether it was reached.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import pyoxigraph as ox

from mgonto.engine.binding import Value
from mgonto.engine.embedded import Row
from mgonto.query.lexical import Terms
from mgonto.query.paths import SMALL
from mgonto.result.records import Statement, Term

__all__ = [
    "MOST_PATHS",
    "SMALL",
    "Around",
    "Links",
    "ReadAround",
    "TermsOfPaths",
    "around",
    "beside",
    "is_small",
    "resting_on",
    "support_rows",
    "towards_both",
]

#: At most so many rows are read of the claims around the two ends, so many of them at a time, so that a term
#: of a hundred thousand claims does not use up the share of the other; and so many terms are asked about.
MOST_ROWS, MOST_AT_A_TIME, MOST_TERMS = 8_000, 3_000, 1_500
#: So many things are named in one query: of a longer list an engine may think that reading all is quicker.
AT_ONCE = 500
#: At most so many claims are searched, so many of them on one pair of terms; so many stand beside, of so many
#: that are looked at.
MOST_CLAIMS, MOST_OF_A_PAIR, MOST_BESIDE, MOST_BETWEEN = 250, 5, 50, 1_000
#: A filter with more names than this costs more than it spares: then so many claims are read without it.
MOST_NAMED, MOST_UNFILTERED = 50, 4_000
#: So many paths are listed of a large base; the counts are of these.
MOST_PATHS = 1_000

Select: TypeAlias = Callable[[str, Mapping[str, Value] | None], tuple[tuple[str, ...], list[Row]]]
_Claim: TypeAlias = tuple[str, str, str]  # proposition, subject, object

_PREFIX = "PREFIX mgo: <https://w3id.org/mgonto/>\n"
_SIZE = f"{_PREFIX}SELECT ?statement {{ ?statement mgo:asserts ?proposition }} LIMIT 1 OFFSET "
_CLAIMS = """SELECT ?proposition ?subject ?object {
  VALUES ?%s { %s }
  ?proposition mgo:subject ?subject ; mgo:object ?object%s .
} LIMIT %d"""
_BETWEEN = """SELECT ?proposition ?subject ?object {
  VALUES ?%(few)s { %(named)s }
  ?proposition mgo:subject ?subject ; mgo:object ?object%(further)s .
  FILTER(?%(many)s IN (%(others)s))
} LIMIT %(most)d"""
#: Of some propositions those that are denied, unknown, or no more than an association.
_NO_CAUSES = """SELECT DISTINCT ?proposition {
  { VALUES ?proposition { %(propositions)s }
    ?proposition ^mgo:asserts/mgo:stance ?mark
    FILTER(?mark IN (mgo:Denied, mgo:Undetermined)) }
  UNION
  { VALUES ?proposition { %(propositions)s }
    ?proposition mgo:yieldsEdge ?mark
    FILTER(?mark IN (mgo:associatedWith, mgo:associatedWithMaybe)) }
} ORDER BY ?proposition LIMIT %(most)d"""

_CITING = """SELECT DISTINCT ?proposition {
  VALUES ?reference { %s }
  ?line mgo:cites ?reference . ?statement mgo:hasEvidenceLine ?line ; mgo:asserts ?proposition .
} ORDER BY ?proposition"""

_FACTS = """PREFIX dcterms: <http://purl.org/dc/terms/>
SELECT DISTINCT ?about ?property ?value ?reference {
  { VALUES ?about { %(references)s }
    ?about ?property ?value .
    FILTER(?property IN (mgo:number, mgo:firstAuthor, mgo:year, dcterms:title, mgo:publicationKind,
                         mgo:aboutSpecies)) }
  UNION
  { VALUES ?about { %(statements)s }
    ?about mgo:hasEvidenceLine ?line .
    ?line mgo:cites ?reference ; ?property ?value .
    FILTER(?property IN (mgo:studySpecies, mgo:citationScope)) }
  UNION
  { VALUES ?value { %(statements)s }
    ?about mgo:about ?value ; mgo:flagKind ?property .
    FILTER(?property IN (mgo:SecondaryCitation, mgo:NearRepeat, mgo:SpeciesMismatch)) }
  UNION
  { VALUES ?one { %(statements)s }
    ?about mgo:between ?one ; ?property ?value .
    FILTER(?property IN (mgo:tensionKind, mgo:between, mgo:reading)) }
}
ORDER BY ?about ?property ?value ?reference"""


@dataclass(frozen=True, slots=True)
class Around:
    """The propositions that paths may rest on, the terms on the way, and whether these are all."""

    propositions: tuple[str, ...]
    terms: frozenset[str]
    complete: bool


@dataclass(frozen=True, slots=True)
class ReadAround:
    """The statements of the propositions of an `Around` and of what stands beside, its terms, and whether
    that is all there is."""

    statements: tuple[Statement, ...]
    terms: frozenset[str]
    complete: bool


class TermsOfPaths:
    """Some of the terms, for a graph of steps: their links are followed, and all others only named."""

    def __init__(self, terms: Terms, chosen: Iterable[str]) -> None:
        self._all = terms
        self._chosen = tuple(terms[iri] for iri in dict.fromkeys(chosen) if iri in terms)

    def values(self) -> tuple[Term, ...]:
        """The chosen terms."""
        return self._chosen

    def __getattr__(self, name: str) -> Any:
        return getattr(self._all, name)


class Links:
    """The declared links of terms, which a path may pass at no cost, in both directions.

    Args:
        terms: the terms.
        hops: hop kinds beside those that are always passed.
    """

    def __init__(self, terms: Terms, hops: frozenset[str]) -> None:
        self.forward: dict[str, list[str]] = defaultdict(list)
        self.backward: dict[str, list[str]] = defaultdict(list)
        for each in terms.values():
            for start, end in _links(each, hops):
                self.forward[start].append(end)
                self.backward[end].append(start)

    @staticmethod
    def closure(found: Iterable[str], links: Mapping[str, Sequence[str]]) -> set[str]:
        """Some terms and all that links lead to from them."""
        reached = set(found)
        queue = list(reached)
        while queue:
            for each in links.get(queue.pop(), ()):
                if each not in reached:
                    reached.add(each)
                    queue.append(each)
        return reached


def _links(term: Term, hops: frozenset[str]) -> Iterator[tuple[str, str]]:
    if term.state_of:
        yield term.iri, term.state_of
        yield term.state_of, term.iri
    if term.intervention_on:
        yield term.iri, term.intervention_on
    if term.pool_of:
        yield term.pool_of, term.iri
        if term.stands_for_whole:
            yield term.iri, term.pool_of
    for parent in term.parents:
        if "general" in hops:
            yield term.iri, parent
        if "special" in hops:
            yield parent, term.iri
    if "structural" in hops:
        for whole in (*term.part_of, *term.member_of):
            yield term.iri, whole
            yield whole, term.iri


def is_small(select: Select, most: int = SMALL) -> bool:
    """Whether a base has no more statements than so many, and can be read whole; asks for one row."""
    return not select(f"{_SIZE}{most}", None)[1]


def around(
    select: Select, links: Links, source: str, targets: Iterable[str], max_hops: int, hops: frozenset[str]
) -> Around:
    """What paths of up to `max_hops` stated hops from a term to others may rest on.

    Args:
        select: runs a SELECT.
        links: the declared links of terms.
        source, targets: IRIs.
        max_hops: the most stated hops.
        hops: hop kinds; with "structural" claims that are not causal count too.
    """
    targets = frozenset(targets)
    claims: dict[_Claim, None] = {}
    sides = (links.closure((source,), links.forward), links.closure(targets, links.backward))
    ends = (set(sides[0]), set(sides[1]))
    frontier = [set(each) for each in sides]
    complete, left, straight = True, MOST_ROWS, False
    for _ in range(max_hops):
        # From the end with fewer terms to ask about; each end gets its first turn.
        at = 0 if len(frontier[0]) <= len(frontier[1]) else 1
        asked = sorted(frontier[at])
        if not asked:
            break
        if len(asked) > MOST_TERMS or left <= 0:
            complete = False
            break
        most = min(left, MOST_AT_A_TIME)
        rows = _claims(select, ("subject", "object")[at], asked, most, "structural" in hops)
        if len(rows) >= most:
            complete = False
        elif sides[at] == ends[at]:
            straight = True  # all that starts at the source, or arrives at a target, has been read
        left -= len(rows)
        claims.update(dict.fromkeys(rows))
        new = {claim[2 - at] for claim in rows} - sides[at]
        reached = links.closure(new, links.forward if at == 0 else links.backward) - sides[at]
        sides[at].update(reached)
        frontier[at] = reached
    if not complete and not straight:
        # Whatever was cut, what leads straight from the one to the other is there.
        causal = "" if "structural" in hops else " ; mgo:causal true"
        claims = dict.fromkeys([*_between(select, *ends, causal, MOST_CLAIMS), *claims])
    return _shortest(claims, links, source, targets, max_hops, complete)


def _claims(select: Select, end: str, terms: Sequence[str], most: int, any_claim: bool) -> list[_Claim]:
    """At most so many claims that start (end "subject") or arrive ("object") at some terms."""
    found: list[_Claim] = []
    for some in _in_turn(terms):
        causal = "" if any_claim else " ; mgo:causal true"
        found += _read(select, _CLAIMS % (end, some, causal, most - len(found)))
        if len(found) >= most:
            break
    return found


def _read(select: Select, text: str) -> list[_Claim]:
    return list(
        dict.fromkeys(
            (one.value, subject.value, obj.value)
            for one, subject, obj in select(_PREFIX + text, None)[1]
            if one is not None and subject is not None and obj is not None
        )
    )


def _in_turn(iris: Sequence[str]) -> Iterator[str]:
    """IRIs as SPARQL writes them, as many as a query may name."""
    for at in range(0, len(iris), AT_ONCE):
        yield _listed(iris[at : at + AT_ONCE], " ")


def _listed(iris: Iterable[str], between: str = ", ") -> str:
    return between.join(str(ox.NamedNode(each)) for each in iris)


def _shortest(
    claims: Iterable[_Claim],
    links: Links,
    source: str,
    targets: frozenset[str],
    max_hops: int,
    complete: bool,
) -> Around:
    """The claims on the way from the source to a target, those of the shortest ways first."""
    onward: dict[str, set[str]] = defaultdict(set)
    back: dict[str, set[str]] = defaultdict(set)
    pairs: dict[tuple[str, str], list[str]] = defaultdict(list)
    for proposition, subject, obj in claims:
        pairs[subject, obj].append(proposition)
        onward[subject].add(obj)
        back[obj].add(subject)
    before = _distances((source,), onward, links.forward, max_hops)
    after = _distances(targets, back, links.backward, max_hops)
    lengths: dict[tuple[str, str], int] = {}
    for subject, obj in pairs:
        length = before.get(subject, max_hops) + 1 + after.get(obj, max_hops)
        if length <= max_hops:
            lengths[subject, obj] = length
    of_a_pair = None
    if sum(len(pairs[pair]) for pair in lengths) > MOST_CLAIMS:
        of_a_pair, complete = MOST_OF_A_PAIR, False
    chosen: list[str] = []
    passed: set[str] = set()
    # Shortest ways first; of these the pairs that most is said about; names break ties.
    for pair in sorted(lengths, key=lambda each: (lengths[each], -len(pairs[each]), each)):
        if len(chosen) >= MOST_CLAIMS and not complete:
            break
        chosen += sorted(pairs[pair])[:of_a_pair]
        passed.update(pair)
    ends = links.closure((source,), links.forward) | links.closure(targets, links.backward)
    near = links.closure(passed, links.forward) | links.closure(passed, links.backward)
    return Around(tuple(chosen), frozenset(ends | near | passed), complete)


def _distances(
    start: Iterable[str],
    claims: Mapping[str, Iterable[str]],
    links: Mapping[str, Sequence[str]],
    most: int,
) -> dict[str, int]:
    """The least number of claims from some terms to each other; links cost nothing."""
    distance = dict.fromkeys(start, 0)
    queue = deque(distance)
    while queue:
        term = queue.popleft()
        here = distance[term]
        for each in links.get(term, ()):
            if here < distance.get(each, 1 << 30):
                distance[each] = here
                queue.appendleft(each)
        if here < most:
            for each in claims.get(term, ()):
                if here + 1 < distance.get(each, 1 << 30):
                    distance[each] = here + 1
                    queue.append(each)
    return distance


def towards_both(select: Select, links: Links, a: str, b: str, max_hops: int, hops: frozenset[str]) -> Around:
    """What paths of up to `max_hops` stated hops from each of two terms to what both lead to may rest on."""
    read = (_onward(select, links, a, max_hops, hops), _onward(select, links, b, max_hops, hops))
    common = read[0].terms & read[1].terms
    propositions: dict[str, None] = {}
    terms: set[str] = set()
    for source, (claims, _, _) in zip((a, b), read, strict=True):
        ahead: dict[str, set[str]] = defaultdict(set)
        back: dict[str, set[str]] = defaultdict(set)
        for _, subject, obj in claims:
            ahead[subject].add(obj)
            back[obj].add(subject)
        before = _distances((source,), ahead, links.forward, max_hops)
        after = _distances(common, back, links.backward, max_hops)
        leading = {
            (subject, obj)
            for _, subject, obj in claims
            if before.get(subject, max_hops) + 1 + after.get(obj, max_hops) <= max_hops
        }
        passed = links.closure({source, *(end for pair in leading for end in pair)}, links.forward)
        # What the source makes less of what a path passes says that the path has no sign.
        propositions |= dict.fromkeys(
            one
            for one, subject, obj in claims
            if (subject, obj) in leading or (subject == source and obj in passed)
        )
        terms |= passed
    return Around(tuple(propositions), frozenset(terms), read[0].complete and read[1].complete)


class _Onward(NamedTuple):
    """The claims onward from a term, the terms reached, and whether these are all."""

    claims: Sequence[_Claim]
    terms: frozenset[str]
    complete: bool


def _onward(select: Select, links: Links, source: str, max_hops: int, hops: frozenset[str]) -> _Onward:
    passed = links.closure((source,), links.forward)
    frontier, left = set(passed), MOST_ROWS
    claims: list[_Claim] = []
    for _ in range(max_hops):
        if len(frontier) > MOST_TERMS:
            return _Onward(claims, frozenset(passed), False)
        rows = _claims(select, "subject", sorted(frontier), left, "structural" in hops) if frontier else []
        left -= len(rows)
        claims += rows
        reached = links.closure({claim[2] for claim in rows}, links.forward)
        frontier, passed = reached - passed, passed | reached
        if left <= 0:
            return _Onward(claims, frozenset(passed), False)
    return _Onward(claims, frozenset(passed), True)


def beside(select: Select, starts: Iterable[str], ends: Iterable[str]) -> tuple[list[str], bool]:
    """The propositions that are denied, unknown or no more than an association, from some terms to others.

    Returns:
        The propositions, and whether all were looked at.
    """
    between, complete = _over_pairs(select, frozenset(starts), frozenset(ends))
    found: list[str] = []
    for some in _in_turn(between):
        left = MOST_BESIDE - len(found)
        if left > 0:
            _, rows = select(_PREFIX + _NO_CAUSES % {"propositions": some, "most": left}, None)
            found += [row[0].value for row in rows if row[0] is not None]
    return found, complete and len(found) < MOST_BESIDE


def _over_pairs(select: Select, starts: frozenset[str], ends: frozenset[str]) -> tuple[list[str], bool]:
    """The propositions from some terms to others, and whether these are all."""
    if min(len(starts), len(ends)) == 0:
        return [], True
    if max(len(starts), len(ends)) <= MOST_NAMED:
        claims = _between(select, starts, ends, "", MOST_BETWEEN)
        return sorted({claim[0] for claim in claims}), len(claims) < MOST_BETWEEN
    end, named = ("subject", starts) if len(starts) <= len(ends) else ("object", ends)
    claims = _claims(select, end, sorted(named), MOST_UNFILTERED, True)
    passing = {one for one, subject, obj in claims if subject in starts and obj in ends}
    return sorted(passing), len(claims) < MOST_UNFILTERED


def _between(
    select: Select, starts: Iterable[str], ends: Iterable[str], further: str, most: int
) -> list[_Claim]:
    """Claims from any of some terms to any of others, for which something further holds."""
    roles = (("subject", sorted(starts)), ("object", sorted(ends)))
    (few, named), (many, others) = sorted(roles, key=lambda each: len(each[1]))
    found: list[_Claim] = []
    for some in _in_turn(named):
        names = {"few": few, "named": some, "many": many, "others": _listed(others), "further": further}
        found += _read(select, _BETWEEN % {**names, "most": most - len(found)})
        if len(found) >= most:
            break
    return found


def resting_on(select: Select, references: Iterable[str]) -> list[str]:
    """The propositions of the statements that cite any of some references."""
    found: dict[str, None] = {}
    for some in _in_turn(sorted(set(references))):
        found.update((row[0].value, None) for row in select(_PREFIX + _CITING % some, None)[1] if row[0])
    return list(found)


def support_rows(select: Select, statements: Iterable[Statement]) -> list[Row]:
    """The rows of `queries/support-details.rq` that concern some statements and what they cite."""
    found = list(statements)
    references = dict.fromkeys(one for each in found for one in each.references)
    names = {
        "statements": " ".join(str(ox.NamedNode(each.statement)) for each in found),
        "references": " ".join(str(ox.NamedNode(each)) for each in references),
    }
    return select(_PREFIX + _FACTS % names, None)[1]
