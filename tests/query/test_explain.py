"""Explanations on the release: filters, groups, what the paths hang on, and how fast they come."""

import itertools
import statistics
import time

import pytest

import mgonto
from mgonto.errors import UsageError
from mgonto.names import BASE
from mgonto.query.cuts import hop_references, is_supported
from mgonto.query.mechanisms import GROUPS, group_paths
from tests.query.claims import LL, LM, ML, MM, find, says, terms

DEFICIENCY, RESISTANCE, DISEASE = "magnesium deficiency", "insulin resistance", "cardiovascular disease"


@pytest.fixture(scope="module")
def kb():
    return mgonto.load()


def used(explanation):
    """Every statement that a path of an explanation rests on."""
    return [each for path in explanation for hop in path.hops for each in hop.statements]


def test_each_filter_lets_only_statements_pass_that_pass_it(kb):
    for options, passes in (
        ({"certainty": "established"}, lambda s: s.certainty == BASE + "Established"),
        ({"reference": 15}, lambda s: 15 in s.cited),
        ({"reference": [15, "20"]}, lambda s: {15, 20} & set(s.cited)),
        ({"section": "S09"}, lambda s: s.locator.startswith("S09")),
        ({"section": "Mg and Insulin Resistance"}, lambda s: s.locator.startswith("S09")),
        ({"relation": ["decreases", "causes"]}, lambda s: s.relation_label in ("decreases", "causes")),
        ({"causal": True}, lambda s: s.causal),
    ):
        found = kb.explain(DEFICIENCY, RESISTANCE, k=None, **options)
        assert found.counts.total, options
        assert all(passes(each) for each in used(found)), options
        assert found.counts.total <= kb.explain(DEFICIENCY, RESISTANCE).counts.total


def test_a_filter_of_context_wants_the_term_named_or_lets_pass_what_names_none(kb):
    strict = kb.explain(DEFICIENCY, RESISTANCE, k=None, tissue="muscle")
    named = [{one.label for one in each.context if one.role == "inTissue"} for each in used(strict)]
    assert named and all("muscle" in each for each in named)
    loose = kb.explain(DEFICIENCY, RESISTANCE, k=None, tissue="muscle", unstated=True)
    named = [{one.label for one in each.context if one.role == "inTissue"} for each in used(loose)]
    assert set() in named and all(not each or "muscle" in each for each in named)
    assert loose.counts.total > strict.counts.total


def test_only_claims_of_cause_leave_no_association_beside(kb):
    assert kb.explain(DEFICIENCY, RESISTANCE).associations
    assert not kb.explain(DEFICIENCY, RESISTANCE, causal=True).associations


def test_unknown_words_are_refused(kb):
    for options in (
        {"hops": ["sideways"]},
        {"group": "colour"},
        {"section": "S99"},
        {"certainty": "sure"},
        {"max_hops": 0},
    ):
        with pytest.raises(UsageError):
            kb.explain(DEFICIENCY, RESISTANCE, **options)


@pytest.mark.parametrize("kind", ["opposite", "aspect", "general", "special", "structural"])
def test_a_further_hop_kind_adds_paths_and_takes_none_away(kb, kind):
    plain = kb.explain(DEFICIENCY, DISEASE, max_hops=3, k=None)
    more = kb.explain(DEFICIENCY, DISEASE, max_hops=3, k=None, hops=[kind])
    routes = {
        tuple((hop.kind, hop.object, hop.object_change, hop.statement) for hop in path.hops) for path in more
    }
    assert {
        tuple((hop.kind, hop.object, hop.object_change, hop.statement) for hop in path.hops) for path in plain
    } <= routes
    kinds = {hop.kind for path in more for hop in path.hops}
    assert kinds <= {"stated", "state", "pool", "intervention", kind}


@pytest.mark.parametrize("by", GROUPS)
def test_groups_hold_every_path_once_and_their_best_goes_first(kb, by):
    plain = kb.explain(DEFICIENCY, RESISTANCE, k=None)
    found = kb.explain(DEFICIENCY, RESISTANCE, k=None, group=by)
    gathered = [path for group in found.groups for path in group.paths]
    assert sorted(map(id, gathered)) == sorted(set(map(id, gathered))) and set(gathered) == set(plain)
    assert list(found)[: len(found.groups)] == [group.paths[0] for group in found.groups]
    assert sum(group.counts.total for group in found.groups) == found.counts.total
    assert plain.groups == ()


def test_a_longer_telling_of_a_mechanism_is_no_mechanism_of_its_own():
    claims = [
        says("a", "Increases", "z", MM, LL),
        says("a", "Increases", "b", MM, LL),
        says("b", "Increases", "z", MM, LL),
        says("b", "Increases", "c", MM, LL),
        says("c", "Increases", "z", MM, LL),
        says("a", "Increases", "d", MM, LL),
        says("d", "Decreases", "z", ML, LM),
    ]
    table = terms(*"abcdz")
    paths = find(claims, table, "a", "z").paths
    groups = {each.label: len(each) for each in group_paths(paths, "mechanism", table)}
    assert groups == {"directly": 1, "b": 2, "d": 1}
    assert {each.label for each in group_paths(paths, "last", table)} == {"directly", "b", "c", "d"}


def test_a_state_and_its_base_are_one_mediator():
    table = terms("a", "level", ("high", {"stateOf": "level", "direction": "Increased"}), "z")
    claims = [
        says("a", "Increases", "level", MM, LL),
        says("level", "Increases", "z", MM, LL),
        says("high", "Increases", "z", MM),
    ]
    (group,) = group_paths(find(claims, table, "a", "z").paths, "mechanism", table)
    assert (group.label, len(group)) == ("level", 2)


def test_bottlenecks_are_on_every_path_that_they_cut(kb):
    for source, target in itertools.product(
        (DEFICIENCY, "magnesium supplementation", "insulin resistance"), (DISEASE, "hypertension")
    ):
        found = kb.explain(source, target, k=None)
        signs = {"all": (1, 0, -1), "plus": (1,), "minus": (-1,), "indeterminate": (0,)}
        for each in found.bottlenecks:
            chosen = [path for path in found if path.sign in signs[each.cuts]]
            assert chosen
            if each.kind == "term":
                assert all(each.iri in [hop.object for hop in path.hops[:-1]] for path in chosen)
            else:
                assert all(
                    any(hop_references(hop) == {each.iri} for hop in path.hops)
                    for path in chosen
                    if is_supported(path)
                )


def test_the_loop_of_insulin_resistance_and_hyperinsulinemia_feeds_itself(kb):
    loops = kb.loops(RESISTANCE)
    ways = {each.terms: each.feedback for each in loops}
    assert ways["hyperinsulinemia", "insulin resistance"] == "positive"
    assert ways["hyperinsulinemia", "insulin receptor", "insulin resistance"] == "positive"
    assert all(each.path.hops[0].subject == each.path.hops[-1].object for each in loops)


def test_shared_effects_can_be_narrowed_to_one_sign_or_to_opposite_ones(kb):
    every = kb.shared(RESISTANCE, DEFICIENCY)
    same = kb.shared(RESISTANCE, DEFICIENCY, same_sign=True)
    against = kb.shared("magnesium supplementation", DEFICIENCY, same_sign=False)
    assert {each.label for each in same} <= {each.label for each in every}
    assert "hypertension" in {each.label for each in same}
    assert against and all(each.sign_a == -each.sign_b for each in against)


def test_a_comparison_tells_each_alone_both_and_where_they_differ(kb):
    found = kb.compare(DEFICIENCY, "magnesium supplementation")
    rows = (*found.only_a, *found.only_b, *found.both)
    assert sorted(map(str, rows)) == sorted(map(str, found))
    assert "insulin sensitivity" in {each.label for each in found.differences}
    for each in found.only_a:
        assert each.statements_a and not each.statements_b
    for each in found.differences:
        assert set(each.signs_a) - {0} != set(each.signs_b) - {0}


def test_networkx_graphs_trace_back_to_statements(kb):
    pytest.importorskip("networkx")
    edges, statements = kb.to_networkx(), kb.to_networkx("statements")
    assert statements.number_of_edges() == len(kb.statements())
    magnesium = kb.term("magnesium").iri
    assert edges.nodes[magnesium]["name"] == "magnesium"
    for _, _, name, facts in edges.edges(keys=True, data=True):
        assert facts["declared"] or facts["statements"]
        assert facts["hypothesised"] == name.endswith("Maybe")
    with pytest.raises(UsageError):
        kb.to_networkx("vertices")


@pytest.mark.slow
def test_an_explanation_with_four_hops_takes_less_than_fifty_milliseconds_when_warm(kb):
    pairs = [(DEFICIENCY, RESISTANCE), (DEFICIENCY, DISEASE), ("magnesium", DISEASE)]
    taken = []
    for source, target in pairs:
        kb.explain(source, target)
        runs = []
        for _ in range(9):
            start = time.perf_counter()
            kb.explain(source, target)
            runs.append(time.perf_counter() - start)
        taken.append(statistics.median(runs))
    assert max(taken) < 0.05


def test_the_graph_of_a_question_is_kept_but_not_without_end(kb):
    fresh = mgonto.load()
    fresh.explain(DEFICIENCY, RESISTANCE, certainty="established")
    first = dict(fresh._searches)
    fresh.explain(DEFICIENCY, DISEASE, certainty="established")
    assert fresh._searches == first
    for number in range(1, 27):
        fresh.explain(DEFICIENCY, RESISTANCE, reference=number, hops=["aspect"])
    assert len(fresh._searches) <= 16


def test_paths_narrow_by_what_the_sources_are_and_which_study_is_named(kb):
    rats = kb.explain("magnesium supplementation", "insulin sensitivity", source_species="non-human", k=None)
    assert rats and {each.rpartition("/")[2] for path in rats for each in path.references} == {"14"}
    kind = kb.explain("magnesium supplementation", "insulin sensitivity", source_kind="animal experiment")
    assert [path.references for path in kind] == [path.references for path in rats[:10]]
    reviews = kb.explain(DEFICIENCY, RESISTANCE, source_kind="narrative review", k=None)
    facts = {f"ref/{each.number}": each.kind or "" for each in kb.references()}
    for each in used(reviews):
        assert any(
            facts["/".join(one.split("/")[-2:])].endswith("/NarrativeReviewPublication")
            for one in each.references
        )
    assert 0 < reviews.counts.total < kb.explain(DEFICIENCY, RESISTANCE).counts.total
    trial = kb.explain("magnesium supplementation", "endothelial function", design="human intervention")
    named = {each for path in trial for hop in path.hops for one in hop.statements for each in one.designs}
    assert trial and named == {kb.term("clinical trial").iri}


def test_the_command_line_has_every_parameter_of_explain():
    import inspect

    from mgonto.cli.mechanism import explain as verb
    from mgonto.kb import KnowledgeBase

    given = set(inspect.signature(verb).parameters) - {"ctx"}
    wanted = set(inspect.signature(KnowledgeBase.explain).parameters) - {"self"}
    renamed = {"hops": "hop", "expand": "exact"}
    assert {renamed.get(name, name) for name in wanted} == given
