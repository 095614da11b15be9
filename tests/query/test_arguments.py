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
        lambda kb: kb.search(""),
        lambda kb: kb.search(None),
        lambda kb: kb.term(["magnesium"]),
        lambda kb: kb.statements(about=["magnesium", None]),
        lambda kb: kb.statements(about=[3]),
        lambda kb: kb.statements(species="women"),
        lambda kb: kb.statements(tissue="endothelial cell"),
        lambda kb: kb.statements(sentence="S99.P01.N01"),
        lambda kb: kb.statements(sentence="S09.P02.N05.1"),
        lambda kb: kb.statements(section=["S09", "S99"], subject="rapamycin"),
        lambda kb: kb.gaps([None]),
        lambda kb: kb.quantities(value=["number"]),
        lambda kb: kb.quantities(value=None),
        lambda kb: kb.quantities(unit="mg/day"),
        lambda kb: kb.quantities(time_point="noon"),
        lambda kb: kb.quantities(sentence="S99.P01.N01"),
        lambda kb: kb.mappings(predicate=[None]),
        lambda kb: kb.explain(*PAIR, expand="all"),
        lambda kb: kb.explain(*PAIR, unstated="no"),
        lambda kb: kb.explain(*PAIR, k=-1),
        lambda kb: kb.explain(*PAIR, k=True),
        lambda kb: kb.explain(*PAIR, species="women"),
        lambda kb: kb.explain(*PAIR, source_kind="novel"),
        lambda kb: kb.explain(*PAIR, hops="sideways"),
        lambda kb: kb.rank_references(max_hops=None),
        lambda kb: kb.rank_references(max_hops=0),
        lambda kb: kb.rank_references(source=0),
        lambda kb: kb.cut_sets(*PAIR, max_hops="2"),
        lambda kb: kb.cut_sets(*PAIR, max_size=-1),
        lambda kb: kb.cut_sets(*PAIR, max_size="x"),
        lambda kb: kb.without([]),
        lambda kb: kb.without(13).standing(*PAIR, max_hops=None),
        lambda kb: kb.flags(99),
        lambda kb: kb.flags("S99.P01.N01"),
        lambda kb: kb.support(None),
        lambda kb: kb.support(["S09.P02.N05"]),
        lambda kb: kb.run("a" * 5000),
        lambda kb: kb.run("terms", limit=True),
        lambda kb: kb.select(None),
        lambda kb: kb.select(["SELECT * {}"]),
        lambda kb: kb.ask(3),
        lambda kb: kb.construct(b"CONSTRUCT {}"),
    ],
)
def test_what_cannot_be_meant_is_refused(kb: KnowledgeBase, ask: Callable[[Any], object]) -> None:
    with pytest.raises(UsageError) as told:
        ask(kb)
    assert told.value.hint


@pytest.mark.parametrize(
    "ask",
    [
        lambda kb, none: kb.statements(about=none, subject=none, section=none, sentence=none, sign=none),
        lambda kb, none: kb.statements(certainty=none, reference=none, species=none, design=none),
        lambda kb, none: kb.quantities(about=none, unit=none, sentence=none, time_point=none, role=none),
        lambda kb, none: kb.sentences(section=none, reference=none, scope=none, species=none),
        lambda kb, none: kb.references(kind=none, species=none),
        lambda kb, none: kb.explain(*PAIR, section=none, species=none, reference=none, certainty=none),
        lambda kb, none: kb.explain(*PAIR, tissue=none, stage=none, source_species=none, design=none),
        lambda kb, none: kb.tensions(none, none, "computed"),
        lambda kb, none: kb.flags(none, none, none),
        lambda kb, none: kb.absent(none),
        lambda kb, none: kb.mappings(none, none, none),
    ],
)
def test_an_empty_list_filters_nothing_anywhere(kb: KnowledgeBase, ask: Callable[[Any, Any], object]) -> None:
    assert ask(kb, []) == ask(kb, None)


def test_a_group_of_species_or_designs_goes_by_its_short_name(kb: KnowledgeBase) -> None:
    assert kb.statements(species="non-human") == kb.statements(species="non-human animal")
    assert kb.references(species="non-human") == kb.references(species="non-human animal")
    assert kb.statements(design="non-human") == kb.statements(design="non-human study")
    assert kb.statements(design="human intervention") == kb.statements(design="human intervention study")
    assert kb.statements(species="non-human") and kb.statements(design="non-human")


def test_a_term_that_a_filter_never_has_is_told_with_the_filter_that_has_it(kb: KnowledgeBase) -> None:
    with pytest.raises(UsageError, match='"women" is no species') as told:
        kb.statements(species="women")
    assert told.value.hint and "population" in told.value.hint


@pytest.mark.parametrize("name", ["HDL", "CRP", "C-reactive protein"])
def test_what_is_only_measured_is_found_by_the_name_of_what_is_measured(kb: KnowledgeBase, name: str) -> None:
    rows = {"HDL": ["S11.P02.N04", "T2.R6", "T2.R7"]}.get(name, ["T2.R3"])
    assert [each.locator for each in kb.statements(about=name)] == rows


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
