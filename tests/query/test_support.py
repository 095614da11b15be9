"""What a claim rests on, and what falls with a reference."""

import pytest

import mgonto
from mgonto.errors import UsageError
from mgonto.names import BASE
from mgonto.query.cuts import bottlenecks, is_supported, minimal_cuts
from mgonto.query.removal import propositions_hit, rank_references, standing
from mgonto.query.support import SupportFacts, independent_mentions, support_of_path, support_of_statements
from mgonto.result.records import Context
from tests.query.claims import LL, LM, ML, MM, find, says, terms

DEFICIENCY, RESISTANCE = "magnesium deficiency", "insulin resistance"


def refs(*numbers):
    return tuple(f"urn:ref/{number}" for number in numbers)


def claim(*numbers, **more):
    return says("a", "Increases", "b", MM, LL, references=refs(*numbers), **more)


def support(*statements, facts=None):
    return support_of_statements(statements, "proposition", "it", facts or SupportFacts(), terms("a", "b"))


@pytest.fixture(scope="module")
def kb():
    return mgonto.load()


# -- independence ------------------------------------------------------------------------------------------


def test_the_claims_of_one_sentence_are_one_mention():
    one = "urn:a:S01.P01.N01"
    found = support(claim(1, sentence=one), claim(2, sentence=one), claim(3))
    assert (found.mentions, found.independent) == (3, 2)


def test_the_same_reference_in_two_sentences_is_one_mention():
    first, again, other = claim(1), claim(1, 2), claim(3)
    found = support(first, again, other)
    assert (found.independent, found.repeats) == (2, (again,))


def test_near_repeats_are_one_mention():
    first, again = claim(1), claim(2)
    facts = SupportFacts(near_repeats=(frozenset({first.statement, again.statement}),))
    assert support(first, again, facts=facts).independent == 1
    assert support(first, again).independent == 2


def test_a_secondary_citation_does_not_count_beside_another_citation_of_the_claim():
    primary, review, other_review = claim(1), claim(2), claim(3)
    facts = SupportFacts(secondary=frozenset({review.statement, other_review.statement}))
    found = support(primary, review, other_review, facts=facts)
    assert (found.independent, found.secondary) == (1, (review, other_review))
    assert support(review, facts=facts).independent == 1
    # of two claims, each with one citation, the secondary one repeats nothing
    chosen, _ = independent_mentions([[primary], [review]], facts)
    assert chosen == {primary.statement, review.statement}


def test_a_claim_without_citation_is_a_mention_and_no_support():
    bare = claim()
    found = support(bare)
    assert (found.mentions, found.independent, found.uncited, found.references) == (1, 0, (bare,), ())


def test_a_denial_supports_nothing():
    denial = claim(1, stance=BASE + "Denied")
    assert support(denial).statements == ()


def test_with_very_many_statements_independence_is_a_lower_bound_and_says_so():
    found = support(*(claim(number) for number in range(1, 80)))
    assert (found.independent, found.exact) == (79, False)


def test_references_tell_kind_species_and_whether_they_are_inherited():
    one = claim(7, context=(Context("inSpecies", "urn:mouse", "mouse"),))
    facts = SupportFacts(
        references={
            "urn:ref/7": {
                BASE + "number": ("7",),
                BASE + "firstAuthor": ("Doe J",),
                BASE + "year": ("2001",),
                BASE + "aboutSpecies": ("urn:rat",),
            }
        },
        studied={(one.statement, "urn:ref/7"): ("urn:dog",)},
        inherited=frozenset({(one.statement, "urn:ref/7")}),
    )
    found = support(one, facts=facts)
    (reference,) = found.references
    assert (str(reference), reference.species, reference.inherited) == ("[7] Doe J 2001", ("urn:rat",), 1)
    assert (found.species_stated, found.species_of_sources) == (("urn:mouse",), ("urn:dog", "urn:rat"))
    assert found.kinds == {"unknown": 1}


def test_a_path_rests_on_its_hops_and_one_sentence_carries_both_only_once():
    one = "urn:a:S01.P01.N01"
    claims = [
        says("a", "Increases", "b", MM, LL, sentence=one, references=refs(1)),
        says("b", "Increases", "c", MM, LL, sentence=one, references=refs(2)),
        says("b", "Increases", "c", MM, LL, references=refs(3)),
    ]
    (path,) = find(claims, terms("a", "b", "c"), "a", "c").paths
    found = support_of_path(path, SupportFacts(), terms("a", "b", "c"))
    assert (found.kind, found.mentions, found.independent) == ("path", 3, 2)
    assert [part.independent for part in found.parts] == [1, 2]
    assert found.weakest == found.parts[0]


# -- what falls --------------------------------------------------------------------------------------------


def test_a_hop_falls_with_all_its_references_and_not_before():
    claims = [
        says("a", "Increases", "b", MM, LL, references=refs(1, 2)),
        says("a", "Increases", "b", MM, LL, references=refs(3)),
        says("b", "Increases", "c", MM, LL, references=refs(4)),
    ]
    paths = find(claims, terms("a", "b", "c"), "a", "c").paths
    assert minimal_cuts(paths)[0] == [frozenset(refs(4)), frozenset(refs(1, 2, 3))]
    assert standing("a", "c", paths, frozenset(refs(1, 2))).verdict == "holds"
    assert standing("a", "c", paths, frozenset(refs(1, 2, 3))).verdict == "breaks"
    assert [each.iri for each in bottlenecks(paths, terms("a", "b", "c"))] == ["urn:ref/4", "urn:t:b"]


def test_a_path_with_an_uncited_hop_is_unsupported_from_the_start():
    claims = [
        says("a", "Increases", "b", MM, LL, references=()),
        says("b", "Increases", "c", MM, LL, references=refs(1)),
    ]
    paths = find(claims, terms("a", "b", "c"), "a", "c").paths
    assert not is_supported(paths[0]) and minimal_cuts(paths) == ([], True)
    found = standing("a", "c", paths, frozenset(refs(1)))
    assert (found.verdict, found.broken, found.uncited) == ("uncited", (), paths)


def test_another_path_can_hold_where_one_breaks():
    claims = [
        says("a", "Increases", "b", MM, LL, references=refs(1)),
        says("b", "Increases", "z", MM, LL, references=refs(1)),
        says("a", "Increases", "c", MM, LL, references=refs(2)),
        says("c", "Decreases", "z", ML, LM, references=refs(2)),
    ]
    paths = find(claims, terms(*"abcz"), "a", "z").paths
    found = standing("a", "z", paths, frozenset(refs(1)))
    assert (found.verdict, len(found.broken), len(found.holding)) == ("weakened", 1, 1)
    named = [(each.kind, each.label, each.cuts) for each in bottlenecks(paths, terms(*"abcz"))]
    assert named == [
        ("reference", "[1]", "plus"),
        ("term", "b", "plus"),
        ("reference", "[2]", "minus"),
        ("term", "c", "minus"),
    ]


def test_a_proposition_is_lost_with_its_last_reference_and_weakened_before():
    lost, kept = claim(1, proposition="urn:p:1"), claim(1, proposition="urn:p:2")
    other, bare = claim(2, proposition="urn:p:2"), claim(proposition="urn:p:1")
    never = claim(proposition="urn:p:3")
    gone, weaker = propositions_hit([lost, kept, other, bare, never], frozenset(refs(1)))
    assert [(each.proposition, each.lost, each.uncited) for each in gone] == [("urn:p:1", (lost,), (bare,))]
    assert [(each.proposition, each.lost, each.kept) for each in weaker] == [("urn:p:2", (kept,), (other,))]


def test_references_are_ranked_by_what_falls_with_each_alone():
    claims = [
        says("a", "Increases", "b", MM, LL, references=refs(2)),
        says("x", "Increases", "y", MM, LL, references=refs(1)),
        says("y", "Increases", "x", MM, LL, references=refs(1)),
        says("x", "Increases", "a", MM, LL, references=refs(1, 3)),
    ]
    table = terms("a", "b", "x", "y")
    paths = find(claims, table, "a", "b").paths
    ranked = rank_references(claims, paths, SupportFacts(), table)
    assert [(each.number, each.paths, each.propositions) for each in ranked] == [
        (2, 1, 1),
        (1, 0, 2),
        (3, 0, 0),
    ]


# -- on the release ----------------------------------------------------------------------------------------


def test_what_is_left_after_a_removal_cites_the_reference_nowhere(kb):
    removal = kb.without(references=[13])
    rest = removal.knowledge_base
    assert all(13 not in each.cited for each in rest.statements())
    lost = {each.statement for each in removal.lost_statements}
    assert {each.statement for each in rest.statements()} == {
        each.statement for each in kb.statements()
    } - lost
    counts = rest.counts()
    assert counts["references"] == kb.counts()["references"] - 1
    stated = {each.proposition for each in rest.statements()}
    assert counts["propositions"] == len(stated)


def test_the_report_of_a_removal_agrees_with_the_knowledge_base_that_is_left(kb):
    removal = kb.without([15, "20"])
    before = removal.standing(DEFICIENCY, RESISTANCE)
    assert before.broken and before.verdict == "weakened"
    assert removal.broken() == before.broken
    left = removal.knowledge_base.explain(DEFICIENCY, RESISTANCE, k=None)
    # every path that holds is still found, and every one that breaks either is not, or has a hop uncited now
    kept = {tuple(hop.object for hop in path.hops) for path in left if is_supported(path)}
    assert {tuple(hop.object for hop in path.hops) for path in before.holding} == kept


def test_the_rest_after_a_removal_derives_its_edges_again(kb):
    rest = kb.without([13]).knowledge_base
    query = "SELECT (COUNT(*) AS ?n) { ?p <https://w3id.org/mgonto/yieldsEdge> ?e }"
    assert 0 < rest.select(query).one()["n"] < kb.select(query).one()["n"]
    dangling = """SELECT ?note { ?note <https://w3id.org/mgonto/about>|<https://w3id.org/mgonto/between> ?x
                  FILTER NOT EXISTS { ?x ?p ?o } }"""
    assert not rest.select(dangling)


def test_cut_sets_leave_no_supported_path(kb):
    found = kb.cut_sets(DEFICIENCY, RESISTANCE)
    assert found
    for cut in found:
        removal = kb.without(cut.references)
        assert removal.standing(DEFICIENCY, RESISTANCE).verdict == "breaks"
        if len(cut) > 1:
            fewer = kb.without(cut.references[1:])
            assert fewer.standing(DEFICIENCY, RESISTANCE).holding


def test_cut_sets_of_one_sign_cut_the_paths_of_that_sign_alone(kb):
    every = {each.references for each in kb.cut_sets(DEFICIENCY, RESISTANCE)}
    plus = kb.cut_sets(DEFICIENCY, RESISTANCE, sign=1)
    assert plus and all(any(set(each.references) <= set(one) for each in plus) for one in every)


def test_support_takes_a_statement_a_sentence_a_proposition_a_hop_and_a_path(kb):
    statement = kb.statements(sentence="S09.P02.N01").first()
    path = kb.explain(DEFICIENCY, RESISTANCE).first()
    assert statement is not None and path is not None
    kinds = [
        kb.support(each).kind
        for each in (
            statement,
            "S09.P02.N01.1",
            statement.proposition,
            "S09.P02.N01",
            path.hops[0],
            path,
        )
    ]
    assert kinds == ["statement", "statement", "proposition", "sentence", "hop", "path"]
    with pytest.raises(UsageError):
        kb.support("S99.P01.N01")


def test_four_sentences_on_one_study_by_way_of_a_review_are_one_mention(kb):
    told = kb.statements(sentence=["S11.P02.N02", "S11.P02.N03", "S11.P02.N04"])
    flagged = [each for each in told if each.statement in kb._support_facts.secondary]
    assert flagged, "the audit flags secondary citations there"
    assert support_of_statements(flagged, "x", "x", kb._support_facts, kb.terms).independent == 1


def test_an_unknown_reference_is_refused(kb):
    with pytest.raises(UsageError, match='no reference "99"'):
        kb.without([99])
    with pytest.raises(UsageError):
        kb.without([])


def test_support_asks_one_query_more_than_the_explanation_before_it(monkeypatch):
    fresh = mgonto.load()
    asked: list[str] = []
    select = fresh._engine.select

    def counted(query, values=None):
        asked.append(query)
        return select(query, values)

    monkeypatch.setattr(fresh._engine, "select", counted)
    path = fresh.explain(DEFICIENCY, RESISTANCE).first()
    # Words and kinds of terms, statements and their details: whatever is asked next has them.
    assert len(asked) == 4
    assert path is not None
    fresh.support(path)
    assert len(asked) == 5
    fresh.rank_references()
    fresh.without([13]).standing()
    assert len(asked) == 5


def test_a_reference_ranks_by_what_falls_when_it_is_taken_away(kb):
    ranked = kb.rank_references(max_hops=3)
    for each in [*ranked[:5], *ranked[-3:]]:
        gone = kb.without([each.reference])
        assert each.propositions == len(gone.lost_propositions)
        assert each.paths == len(gone.standing(max_hops=3).broken)
