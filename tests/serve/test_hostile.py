"""A share of the hostile requests that `benchmarks/hostile.py` sends; the seed gives the same each time."""

import asyncio

import pytest

from benchmarks.hostile import attacks, run, running

REQUESTS, SEED = 1_000, 11


@pytest.mark.slow
def test_hostile_requests_bring_nothing_down_reach_nobody_and_leave_no_memory():
    with running("--timeout", "1", "--max-memory", "256") as server:
        outcome = asyncio.run(run(server, REQUESTS, SEED))
        assert outcome.wrong == []
        assert outcome.reached == 0
        assert outcome.ended is None
        assert outcome.after < outcome.before * 1.1 + 16e6
        assert 500 not in outcome.statuses
        assert outcome.statuses[400] > 200 and outcome.statuses[200] > 100


def test_every_kind_of_hostility_is_in_the_share():
    kinds = {each.kind for each in attacks(REQUESTS, SEED, 1)}
    assert kinds == {each.kind for each in attacks(5_000, 1, 1)}
