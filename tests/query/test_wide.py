"""A large base is asked for what is near; on the release that finds what reading everything finds."""

import random
from dataclasses import replace

import pytest

import mgonto
from mgonto.errors import UsageError
from mgonto.kb import KnowledgeBase
from mgonto.query import first_few, wide


@pytest.fixture(scope="module")
def whole():
    """Reads every statement: the way of small bases, and what the other way is held against."""
    return mgonto.load()


@pytest.fixture
def asking(whole, monkeypatch):
    """Asks for what is near, as for a base of a million statements, with no limit in its way."""
    monkeypatch.setattr(wide, "MOST_CLAIMS", 1_000_000)
    monkeypatch.setattr(wide, "MOST_PATHS", 20_000)
    kb = KnowledgeBase(whole._engine)
    kb.__dict__["_is_small"] = False
    return kb


@pytest.fixture
def sent(asking, monkeypatch):
    """The queries that are sent once the terms are read."""
    found = []
    select = type(asking._engine).select

    def counting(engine, *given):
        found.append(given)
        return select(engine, *given)

    assert asking.terms
    monkeypatch.setattr(type(asking._engine), "select", counting)
    return found


def pairs(kb, count, seed):
    """Pairs of terms that statements join, in roles of subject and object."""
    chance = random.Random(seed)
    statements = list(kb.statements())
    subjects = sorted({each.subject for each in statements})
    objects = sorted({each.object for each in statements})
    found = [(chance.choice(subjects), chance.choice(objects)) for _ in range(count)]
    return [pair for pair in found if pair[0] != pair[1]]


def first(path):
    """A path as it is listed of a large base: five statements of each hop, their number left aside."""
    few = [replace(hop, statements=hop.statements[:5], statements_total=None) for hop in path.hops]
    return replace(path, hops=tuple(few))


def answer(found):
    """All of an explanation that does not hang on how it was found."""
    return (
        tuple(map(first, found)),
        found.counts,
        found.denials,
        found.gaps,
        found.bottlenecks,
        found.uncited,
        found.inverted_paths,
        found.complete,
    )


@pytest.mark.parametrize("hops", [(), ("opposite",), ("aspect",), ("general", "special"), ("structural",)])
def test_both_ways_find_the_same_paths(whole, asking, hops):
    for source, target in pairs(whole, 25, str(hops)):
        for max_hops in (1, 3) if hops else (1, 2, 4):
            one, other = (
                kb.explain(source, target, max_hops=max_hops, k=None, hops=hops) for kb in (whole, asking)
            )
            assert answer(one) == answer(other), (source, target, max_hops)


@pytest.mark.parametrize(
    "options",
    [
        {"certainty": "established"},
        {"reference": [13, 15]},
        {"section": "S09"},
        {"causal": True},
        {"species": "Homo sapiens", "unstated": True},
        {"relation": ["increases", "decreases"], "k": 3},
        {"group": "mechanism", "k": 5},
        {"expand": "exact"},
    ],
)
def test_filters_let_the_same_paths_pass(whole, asking, options):
    for source, target in [
        ("magnesium deficiency", "insulin resistance"),
        ("magnesium", "cardiovascular disease"),
        *pairs(whole, 6, "filters"),
    ]:
        one, other = (kb.explain(source, target, max_hops=3, **options) for kb in (whole, asking))
        assert answer(one) == answer(other), (source, target)


def test_what_stands_beside_the_question_of_the_article_is_the_same(whole, asking):
    one, other = (kb.explain("magnesium deficiency", "insulin resistance") for kb in (whole, asking))
    assert set(other.associations) <= set(one.associations) and answer(one) == answer(other)


@pytest.mark.parametrize("most_claims", [1_000_000, 60])
@pytest.mark.parametrize("filters", [{}, {"certainty": "established"}, {"hops": ("opposite", "aspect")}])
def test_a_hop_of_a_large_base_lists_the_surest_few_and_says_how_many_there_are(
    whole, asking, monkeypatch, filters, most_claims
):
    monkeypatch.setattr(first_few, "FIRST", 2)
    monkeypatch.setattr(wide, "MOST_CLAIMS", most_claims)
    monkeypatch.setattr(wide, "MOST_OF_A_PAIR", 1)
    cut = counted = uncounted = 0
    pair = ("magnesium deficiency", "insulin resistance")
    one, other = (kb.explain(*pair, k=None, max_hops=3, **filters) for kb in (whole, asking))
    assert other.complete == (most_claims > 60)
    told = {
        (hop.kind, str(hop), hop.subject_change, hop.object_change): hop for path in one for hop in path.hops
    }
    for hop in (hop for path in other for hop in path.hops if hop.statements):
        full = told.get((hop.kind, str(hop), hop.subject_change, hop.object_change))
        if hop.statements_total is None:
            uncounted += 1
        elif full is not None:
            assert hop.statements == full.statements[:2]
            assert hop.statements_total == len(full.statements) == full.statements_total
            counted += 1
            cut += len(full.statements) > 2
    assert cut and counted > 10 * uncounted


def test_where_the_claims_of_hops_are_too_many_they_are_not_counted(asking, monkeypatch):
    monkeypatch.setattr(wide, "MOST_CLAIMS", 60)
    monkeypatch.setattr(first_few, "MOST_READ", 1)
    found = asking.explain("magnesium deficiency", "insulin resistance")
    assert {hop.statements_total for path in found for hop in path.hops if hop.statements} == {None}
    assert all(len(hop.statements) <= 5 for path in found for hop in path.hops)


def test_loops_shared_effects_and_comparisons_are_the_same(whole, asking):
    for term in ("insulin resistance", "oxidative stress", "magnesium deficiency"):
        for max_hops in (2, 3):
            assert list(whole.loops(term, max_hops)) == list(asking.loops(term, max_hops))
    for a, b in [("insulin resistance", "magnesium deficiency"), ("magnesium", "mTOR")]:
        assert whole.compare(a, b) == asking.compare(a, b)


@pytest.mark.parametrize("hops", [(), ("opposite",), ("aspect",), ("general", "special"), ("structural",)])
def test_what_two_terms_share_is_the_same(whole, asking, hops):
    told = 0
    fixed = [("insulin resistance", "magnesium deficiency"), ("magnesium", "mTOR")]
    for a, b in [*fixed, *pairs(whole, 20, f"shared {hops}")]:
        for max_hops in (1, 2):
            one, other = (list(kb.shared(a, b, max_hops=max_hops, hops=hops)) for kb in (whole, asking))
            assert one == other, (a, b, max_hops)
            told += len(one)
    assert told > 20


def test_of_what_only_one_of_two_terms_acts_on_no_statement_is_read(asking, monkeypatch):
    read = []
    statements = type(asking)._statements

    def counting(kb, values, limit=None):
        found = statements(kb, values, limit)
        read.extend(found)
        return found

    every = asking.statements(subject="magnesium deficiency", causal=True)
    monkeypatch.setattr(type(asking), "_statements", counting)
    assert asking.shared("magnesium deficiency", "insulin resistance")
    assert 0 < len(read) < len(every)


def test_what_a_claim_rests_on_is_found_by_each_of_its_names(whole, asking):
    one = whole.statements(section="S09")[0]
    for name in (one.statement, one.proposition, one.sentence, one.locator, f"{one.locator}.1"):
        assert whole.support(name) == asking.support(name)
    for path in whole.explain("magnesium deficiency", "insulin resistance"):
        assert whole.support(path) == asking.support(path)


def test_a_limit_that_is_reached_is_told_and_the_shortest_ways_are_kept(whole, asking, monkeypatch):
    monkeypatch.setattr(wide, "MOST_CLAIMS", 60)
    found = asking.explain("magnesium deficiency", "insulin resistance", k=None)
    assert not found.complete
    direct = whole.explain("magnesium deficiency", "insulin resistance", max_hops=1, k=None)

    def routes(paths):
        return {tuple((hop.kind, hop.object) for hop in path.hops) for path in paths}

    assert routes(direct) <= routes(found)


def test_an_explanation_sends_as_many_queries_as_it_has_hops_and_six_more(asking, sent):
    for max_hops in (1, 2, 3, 4):
        sent.clear()
        assert asking.explain("magnesium deficiency", "insulin resistance", max_hops=max_hops)
        assert len(sent) <= max_hops + 6


def test_a_question_without_a_path_reads_nothing_again_to_count_what_is_turned_round(asking, sent):
    found = asking.explain("insulin", "insulin resistance", max_hops=3)
    assert not found and found.inverted_paths
    assert len(sent) <= 3 + 3


def test_a_base_is_small_up_to_so_many_statements(whole, monkeypatch):
    assert wide.is_small(whole._engine.select)
    assert [whole._engine.holds_more_than(count) for count in (691, 692)] == [True, False]
    assert [wide.is_small(whole._engine.select, count) for count in (691, 692)] == [False, True]


@pytest.mark.parametrize("references", [[13], [13, "[15]"], ["https://w3id.org/mgonto/article/"]])
def test_what_falls_with_references_is_the_same_where_only_their_statements_are_read(
    whole, asking, monkeypatch, references
):
    if "://" in str(references[-1]):
        references = [whole.statements(reference=13)[0].references[0]]
    monkeypatch.setattr(type(asking), "_all_statements", property(lambda kb: pytest.fail("all is read")))
    found = asking.without(references)
    monkeypatch.undo()
    one = whole.without(references)
    assert found.references == one.references
    assert list(found.lost_propositions) == list(one.lost_propositions)
    assert list(found.weakened) == list(one.weakened)


@pytest.mark.parametrize("name", [9999, "https://w3id.org/mgonto/nothing", "no IRI"])
def test_a_reference_that_there_is_not_is_told_in_a_large_base_too(asking, name):
    with pytest.raises(UsageError, match="no reference"):
        asking.without([name])


def test_a_base_that_is_too_large_to_be_read_whole_says_so_at_once(whole, asking, monkeypatch):
    monkeypatch.setattr("mgonto.kb._MOST_READ", 600)
    ways = (
        asking.rank_references,
        asking.to_networkx,
        lambda: asking.tensions(source="computed"),
        lambda: asking.without([13]).unsupported_before,
    )
    for ask in ways:
        with pytest.raises(UsageError, match="reads every statement, and there are more than 600"):
            ask()
    assert asking.without([13]).lost_propositions


def test_members_that_act_with_a_term_are_the_same(whole, asking):
    for acts in ("magnesium", "insulin", "oxidative stress"):
        one, other = (kb.members("PI3K/Akt/GLUT4 pathway", acts=acts) for kb in (whole, asking))
        assert list(one) == list(other)


@pytest.mark.parametrize("most", [0, 50])
def test_what_stands_beside_is_the_same_with_many_names_and_with_few(whole, asking, monkeypatch, most):
    monkeypatch.setattr(wide, "MOST_NAMED", most)
    for source, target in [("magnesium", "hypertension"), *pairs(whole, 10, "beside")]:
        one, other = (kb.explain(source, target, max_hops=2) for kb in (whole, asking))
        assert (one.denials, one.gaps) == (other.denials, other.gaps)
        assert set(other.associations) <= set(one.associations)
