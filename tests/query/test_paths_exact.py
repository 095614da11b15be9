"""Paths, loops, shared effects and cuts, held against brute force on small random worlds."""

import itertools
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from mgonto.query.cuts import bottlenecks, is_supported, minimal_cuts, stands_without
from mgonto.query.effects import shared_effects
from mgonto.query.loops import find_loops
from mgonto.query.paths import PathSearch
from mgonto.query.steps import StepGraph
from mgonto.query.support import SupportFacts, independent_mentions
from tests.query.claims import LL, LM, ML, MM, says, terms

NAMES = "abcde"
TABLE = terms(*NAMES)
#: A kind of claim: its relation and the edges it yields; the last has none, and so no sign.
KINDS = (
    ("Increases", (MM, LL)),
    ("Decreases", (ML, LM)),
    ("Increases", (MM,)),
    ("Decreases", (ML,)),
    ("RequiredFor", (LL,)),
    ("Regulates", ()),
)
CHANGES: dict[str, tuple[str, str | None]] = {
    MM: ("more", "more"),
    ML: ("more", "less"),
    LM: ("less", "more"),
    LL: ("less", "less"),
}

pairs = st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)).filter(lambda pair: pair[0] != pair[1])
cited = st.frozensets(st.integers(1, 5), max_size=3)
claims = st.lists(st.tuples(pairs, st.sampled_from(KINDS), cited), max_size=14)


def world(drawn):
    """Statements, each a proposition of its own."""
    return [
        says(
            a,
            relation,
            b,
            *edges,
            proposition=f"urn:p:{at}",
            references=tuple(f"urn:ref/{number}" for number in sorted(numbers)),
        )
        for at, ((a, b), (relation, edges), numbers) in enumerate(drawn)
    ]


def onward(drawn, a, b, change):
    """Every way from a change of one term to another: the result, and the claims that say so."""
    ways: dict[tuple[str, str | None], list[int]] = {}
    for at, ((start, end), (_, edges), _) in enumerate(drawn):
        if (start, end) != (a, b):
            continue
        signless: list[tuple[str, str | None]] = [("more", None), ("less", None)]
        moves = [CHANGES[edge] for edge in edges] or signless
        for before, after in moves:
            ways.setdefault((before, after), []).append(at)
    if change is not None:
        return [(after, tuple(said)) for (before, after), said in ways.items() if before == change]
    # After an unknown change every claim on the pair may matter; the same claims either way are one step.
    return [(None, said) for said in {tuple(said) for said in ways.values()}]


def brute(drawn, sequence, change):
    """The changes at the end of a fixed sequence of terms, one for each way to pass it."""
    ends = [change]
    for a, b in itertools.pairwise(sequence):
        ends = [after for before in ends for after, _ in onward(drawn, a, b, before)]
    return ends


def sequences(source, target, max_hops):
    others = [name for name in NAMES if name not in (source, target)]
    for count in range(max_hops):
        for between in itertools.permutations(others, count):
            yield (source, *between, target)


def name_of(iri):
    return iri.removeprefix("urn:t:")


@given(claims, st.integers(1, 4))
@settings(max_examples=150)
def test_every_path_is_found_with_its_sign_and_no_other(drawn, max_hops):
    found = PathSearch(world(drawn), TABLE).search("urn:t:a", ["urn:t:e"], max_hops)
    expected = Counter(
        (sequence[1:], end)
        for sequence in sequences("a", "e", max_hops)
        for end in brute(drawn, sequence, "more")
    )
    got = Counter(
        (tuple(name_of(hop.object) for hop in path.hops), path.hops[-1].object_change) for path in found.paths
    )
    assert got == expected and found.complete
    for path in found.paths:
        # unless something that the start blocks is on the way, the sign is the last change
        assert path.sign in (0, {"more": 1, "less": -1}.get(path.hops[-1].object_change or "", 0))


@given(claims, st.integers(1, 4))
@settings(max_examples=150)
def test_every_loop_is_found_with_its_feedback_and_no_other(drawn, max_hops):
    found, complete = find_loops(StepGraph(world(drawn), TABLE), "urn:t:a", max_hops)
    expected = set()
    for change in ("more", "less"):
        others = NAMES[1:]
        for count in range(1, max_hops):
            for between in itertools.permutations(others, count):
                for end in brute(drawn, ("a", *between, "a"), change):
                    expected.add(((*between, "a"), 0 if end is None else 1 if end == change else -1))
    got = {(tuple(name_of(hop.object) for hop in each.path.hops), each.path.sign) for each in found}
    assert got == expected and complete


@given(claims, st.integers(1, 3))
@settings(max_examples=100)
def test_a_shared_effect_is_what_both_have_a_path_to(drawn, max_hops):
    statements = world(drawn)
    search = PathSearch(statements, TABLE)
    expected: set[tuple[str, int, int]] = set()
    for target in "cde":
        signs = [
            {path.sign for path in search.search(f"urn:t:{source}", [f"urn:t:{target}"], max_hops).paths}
            for source in "ab"
        ]
        expected.update((target, one, other) for one, other in itertools.product(*signs))
    found = shared_effects(search.graph, "urn:t:a", "urn:t:b", max_hops)
    assert {(each.label, each.sign_a, each.sign_b) for each in found} == expected


@given(claims, st.one_of(st.none(), st.integers(1, 3)))
@settings(max_examples=150)
def test_cuts_are_the_smallest_sets_that_leave_no_supported_path(drawn, max_size):
    paths = PathSearch(world(drawn), TABLE).search("urn:t:a", ["urn:t:e"], 4).paths
    supported = [path for path in paths if is_supported(path)]
    references = sorted({f"urn:ref/{number}" for _, _, numbers in drawn for number in numbers})

    def cuts_all(chosen):
        return all(not stands_without(path, chosen) for path in supported)

    every = (frozenset(some) for size in range(6) for some in itertools.combinations(references, size))
    cutting = [some for some in every if supported and cuts_all(some)]
    expected = {some for some in cutting if not any(other < some for other in cutting)}
    if max_size is not None:
        expected = {some for some in expected if len(some) <= max_size}
    found, complete = minimal_cuts(paths, max_size)
    assert set(found) == expected and len(found) == len(expected) and complete
    assert [len(each) for each in found] == sorted(len(each) for each in found)
    single = {
        each.iri for each in bottlenecks(paths, TABLE) if (each.kind, each.cuts) == ("reference", "all")
    }
    assert single == {next(iter(each)) for each in cutting if len(each) == 1}


mentions = st.lists(
    st.tuples(st.integers(0, 3), st.frozensets(st.integers(1, 6), min_size=1, max_size=2), st.booleans()),
    max_size=9,
)


@given(mentions)
@settings(max_examples=150)
def test_independent_mentions_are_a_largest_choice_without_a_shared_source(drawn):
    statements = [
        says(
            "a",
            "Increases",
            "b",
            sentence=f"urn:s:{sentence}",
            references=tuple(f"urn:ref/{number}" for number in sorted(numbers)),
        )
        for sentence, numbers, _ in drawn
    ]
    secondary = frozenset(
        each.statement for each, (_, _, flagged) in zip(statements, drawn, strict=True) if flagged
    )

    def apart(one, two):
        return (
            one.sentence != two.sentence
            and not set(one.references) & set(two.references)
            and not {one.statement, two.statement} & secondary
        )

    largest = max(
        size
        for size in range(len(statements) + 1)
        for some in itertools.combinations(statements, size)
        if all(apart(*pair) for pair in itertools.combinations(some, 2))
    )
    chosen, exact = independent_mentions([statements], SupportFacts(secondary=secondary))
    assert (len(chosen), exact) == (largest, True)
    kept = [each for each in statements if each.statement in chosen]
    assert all(apart(*pair) for pair in itertools.combinations(kept, 2))
