"""The walks along the edges stop after seven turns from more to less or back: the release needs no more."""

from collections import defaultdict, deque
from functools import cache

import pyoxigraph as ox
import pytest

from mgonto.names import BASE
from mgonto.query.library import query_text
from tests.conformance.engines import near

TURNS = 7
WALKS = {
    "raised-by-more": ("more", "more"),
    "lowered-by-more": ("more", "less"),
    "raised-by-less": ("less", "more"),
    "lowered-by-less": ("less", "less"),
}
State = tuple[str, str]


@cache
def edges() -> dict[State, list[State]]:
    """From a term and whether there is more or less of it to what that leads to."""
    found: dict[State, list[State]] = defaultdict(list)
    for one in ("more", "less"):
        for two in ("more", "less"):
            edge = ox.NamedNode(f"{BASE}{one}{two.capitalize()}")
            for quad in near().store().quads_for_pattern(None, edge, None):
                assert isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode)
                found[quad.subject.value, one].append((quad.object.value, two))
    return found


def fewest_turns(start: State) -> dict[State, int]:
    """Everything that is reached, with the fewest turns on the way."""
    turns, pending = {start: 0}, deque([start])
    while pending:
        here = pending.popleft()
        for there in edges()[here]:
            turned = turns[here] + (there[1] != here[1])
            if turned < turns.get(there, TURNS * 9):
                turns[there] = turned
                (pending.append if turned > turns[here] else pending.appendleft)(there)
    return turns


@cache
def starts() -> list[State]:
    """Every start, those that turn most first."""
    everything = sorted({*edges()})
    return sorted(everything, key=lambda each: -max(fewest_turns(each).values()))


def test_the_release_needs_no_more_turns_than_the_walks_take():
    assert 0 < max(fewest_turns(starts()[0]).values()) <= TURNS


@pytest.mark.parametrize("name", WALKS)
def test_a_walk_reaches_what_a_search_reaches(name):
    one, two = WALKS[name]
    tried = [each for each, way in starts() if way == one][:12]
    for start in tried:
        reached = {each for each, way in fewest_turns((start, one)) if way == two} - {start}
        query = query_text(name).replace("$term", f"<{start}>")
        found = near().store().query(query, use_default_graph_as_union=True)
        assert isinstance(found, ox.QuerySolutions)
        assert {row["reached"].value for row in found} == reached
