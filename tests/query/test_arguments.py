"""Arguments that cannot be meant are refused in words by every method alike; no slip gives a wrong answer."""

import time
from collections.abc import Callable
from typing import Any

import pytest

import mgonto
from mgonto import KnowledgeBase, UsageError

PAIR = ("magnesium deficiency", "insulin resistance")


@pytest.fixture(scope="module")
def kb() -> KnowledgeBase:
    return mgonto.load()


@pytest.mark.parametrize(
    "ask",
    [
        lambda kb: kb.term(5),
        lambda kb: kb.term(None),
        lambda kb: kb.explain(["magnesium"], PAIR[1]),
        lambda kb: kb.statements(sign=2),
        lambda kb: kb.statements(sign="plus"),
        lambda kb: kb.statements(sign=True),
        lambda kb: kb.cut_sets(*PAIR, sign=3),
        lambda kb: kb.statements(causal="no"),
        lambda kb: kb.statements(cited="no"),
        lambda kb: kb.sentences(cited="no"),
        lambda kb: kb.shared(*PAIR, same_sign="no"),
        lambda kb: kb.statements(limit=-3),
        lambda kb: kb.statements(limit="3"),
        lambda kb: kb.quantities(limit=-1),
        lambda kb: kb.sentences(limit=-1),
        lambda kb: kb.search("magnesium", limit=-1),
        lambda kb: kb.run("denials", limit=-1),
        lambda kb: kb.run(5),
        lambda kb: kb.statements(reference=99),
        lambda kb: kb.statements(reference="10.1093/x"),
        lambda kb: kb.sentences(reference=99),
        lambda kb: kb.explain(*PAIR, reference=99),
        lambda kb: kb.explain(*PAIR, max_hops="2"),
        lambda kb: kb.explain(*PAIR, max_hops=2.5),
        lambda kb: kb.explain(*PAIR, causal="no"),
        lambda kb: kb.loops(PAIR[1], max_hops="2"),
        lambda kb: kb.compare(*PAIR, expand="all"),
        lambda kb: kb.compare("magnesium", "Mg"),
        lambda kb: kb.shared("magnesium", "Mg"),
        lambda kb: kb.facets(None),
        lambda kb: kb.gaps().to_csv("gaps.csv"),
    ],
)
def test_what_cannot_be_meant_is_refused(kb: KnowledgeBase, ask: Callable[[Any], object]) -> None:
    with pytest.raises(UsageError) as told:
        ask(kb)
    assert told.value.hint


def test_a_reference_may_be_written_as_it_is_printed(kb: KnowledgeBase) -> None:
    assert kb.statements(reference="[14]") == kb.statements(reference=14)
    assert kb.without("[14]").references == kb.without(14).references


def test_a_sign_may_be_written_as_a_sign(kb: KnowledgeBase) -> None:
    assert kb.statements(sign=["+", "-"]) == kb.statements(sign=[1, -1])


def test_one_hop_kind_needs_no_list(kb: KnowledgeBase) -> None:
    assert kb.explain(*PAIR, hops="aspect").counts == kb.explain(*PAIR, hops=["aspect"]).counts


def test_a_facet_may_be_capitalised(kb: KnowledgeBase) -> None:
    assert kb.facets("Claim kind") == kb.facets("claim_kind")


def test_a_knowledge_base_shows_what_it_stands_on(kb: KnowledgeBase) -> None:
    assert repr(kb) == "<KnowledgeBase: bundled data>"
    assert repr(mgonto.connect("http://localhost:9/q")) == "<KnowledgeBase: http://localhost:9/q>"


@pytest.mark.parametrize(
    "ask",
    [
        lambda kb: kb.tensions("nitric oxide"),
        lambda kb: kb.sentences(species="Mus musculus"),
        lambda kb: kb.quantities("magnesium"),
        lambda kb: kb.statements(reference=14),
        lambda kb: kb.statements(source_species="Rattus norvegicus"),
    ],
)
def test_a_filter_some_steps_away_costs_little_more_than_reading_everything(
    kb: KnowledgeBase, ask: Callable[[KnowledgeBase], object]
) -> None:
    kb.tensions(), kb.quantities()

    def cost(what: Callable[[KnowledgeBase], object]) -> float:
        start = time.process_time()
        what(kb)
        return time.process_time() - start

    # A join made again for every row took two to eight times as long as the whole; nested, it takes less.
    assert min(cost(ask) for _ in range(3)) < 1.5 * min(cost(lambda kb: kb.statements()) for _ in range(3))
