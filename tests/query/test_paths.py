"""The path search, on small graphs of our own: what composes, what does not, and what stands beside."""

import pytest

from mgonto.names import BASE
from mgonto.result.records import Context
from tests.query.claims import LL, LM, ML, MM, find, says, terms


def drawn(path):
    return [hop.object_label for hop in path.hops], path.sign


def test_signs_compose_along_the_change():
    claims = [says("a", "Increases", "b", MM, LL), says("b", "Decreases", "c", ML, LM)]
    found = find(claims, terms("a", "b", "c"), "a", "c")
    assert [drawn(path) for path in found.paths] == [(["b", "c"], -1)]
    assert [hop.sign for hop in found.paths[0].hops] == [1, -1]


def test_two_decreases_make_an_increase_only_where_each_hop_is_stated_that_way():
    both_ways = [says("a", "Decreases", "b", ML, LM), says("b", "Decreases", "c", ML, LM)]
    one_way = [says("a", "Decreases", "b", ML), says("b", "Decreases", "c", ML)]
    table = terms("a", "b", "c")
    assert [path.sign for path in find(both_ways, table, "a", "c").paths] == [1]
    assert find(one_way, table, "a", "c").paths == ()


def test_a_supplement_does_not_answer_for_a_deficiency():
    table = terms("mg", ("deficiency", {"stateOf": "mg", "direction": "Decreased"}),
                  ("supplement", {"interventionOn": "mg", "direction": "Increased"}), "ir")  # fmt: skip
    given = [says("supplement", "Decreases", "ir", ML)]
    assert find(given, table, "deficiency", "ir").paths == ()
    assert [path.sign for path in find(given, table, "supplement", "ir").paths] == [-1]
    lack = [says("deficiency", "Increases", "ir", MM)]
    assert find(lack, table, "supplement", "ir").paths == ()
    assert find(lack, table, "mg", "ir").paths == ()
    turned = find(lack, table, "mg", "ir", opposite=True).paths
    assert [(path.sign, path.inverted) for path in turned] == [(-1, 2)]


def test_a_state_joins_its_base_both_ways_and_a_whole_its_pool_one_way():
    table = terms("mg", ("deficiency", {"stateOf": "mg", "direction": "Decreased"}),
                  ("cell-mg", {"poolOf": "mg"}), "x", "y")  # fmt: skip
    claims = [says("cell-mg", "RequiredFor", "x", LL), says("y", "Decreases", "cell-mg", ML, LM)]
    (path,) = find(claims, table, "deficiency", "x").paths
    assert [(hop.kind, hop.object_label, hop.object_change) for hop in path.hops] == [
        ("state", "mg", "less"),
        ("pool", "cell-mg", "less"),
        ("stated", "x", "less"),
    ]
    assert find(claims, table, "y", "mg").paths == ()
    whole = terms("mg", ("cell-mg", {"poolOf": "mg", "standsForWhole": True}), "x", "y")
    assert [path.sign for path in find(claims, whole, "y", "mg").paths] == [-1]


def test_a_hop_without_a_sign_makes_the_path_indeterminate():
    claims = [says("a", "Regulates", "b"), says("b", "Increases", "c", MM, LL)]
    (path,) = find(claims, terms("a", "b", "c"), "a", "c").paths
    assert (path.sign, [hop.object_change for hop in path.hops]) == (0, [None, None])


def test_one_of_several_readings_is_no_hop_even_without_a_sign():
    either = says("a", "Regulates", "b", context=(Context("alternativeTo", "urn:s:999", ""),))
    after = says("b", "Increases", "c", MM, LL)
    assert find([either, after], terms("a", "b", "c"), "a", "c").paths == ()
    plain = says("a", "Regulates", "b")
    assert len(find([either, plain, after], terms("a", "b", "c"), "a", "c").paths) == 1


def test_a_later_hop_through_what_the_start_has_blocked_is_indeterminate():
    blocker = ("blocker", {"interventionOn": "receptor", "direction": "Decreased"})
    claims = [
        says("blocker", "Increases", "ligand", MM),
        says("ligand", "Increases", "receptor", MM, LL),
        says("receptor", "Increases", "stiffness", MM, LL),
    ]
    found = find(claims, terms(blocker, "ligand", "receptor", "stiffness"), "blocker", "stiffness")
    assert [(drawn(path)[0], path.sign) for path in found.paths] == [
        (["receptor", "stiffness"], -1),
        (["ligand", "receptor", "stiffness"], 0),
    ]
    stated = [says("blocker", "Inhibits", "receptor", ML), *claims[0:]]
    found = find(stated, terms("blocker", "ligand", "receptor", "stiffness"), "blocker", "stiffness")
    assert [path.sign for path in found.paths] == [-1, 0]


def test_aspects_do_not_join_without_being_asked():
    claims = [
        says("a", "Increases", "b", MM, LL, object_aspect=BASE + "ExpressionAspect"),
        says("b", "Increases", "c", MM, LL),
    ]
    assert find(claims, terms("a", "b", "c"), "a", "c").paths == ()


def test_the_activity_of_a_thing_is_the_thing_at_work():
    claims = [
        says("a", "Inhibits", "b", ML),
        says(
            "b",
            "Decreases",
            "c",
            LL,
            subject_direction=BASE + "Decreased",
            subject_aspect=BASE + "ActivityAspect",
        ),
    ]
    assert [drawn(path) for path in find(claims, terms("a", "b", "c"), "a", "c").paths] == [(["b", "c"], -1)]


def test_denials_and_gaps_stand_beside_and_are_no_evidence():
    denial = says("a", "Increases", "b", stance=BASE + "Denied")
    gap = says("a", "Decreases", "b", stance=BASE + "Undetermined", certainty=None)
    found = find([denial, gap], terms("a", "b"), "a", "b", opposite=True)
    assert found.paths == ()
    assert (found.denials, found.gaps) == ((denial,), (gap,))


def test_associations_stand_beside_and_are_not_composed():
    claims = [says("a", "Increases", "b", MM, LL), says("b", "AssociatedWith", "c", "associatedWith")]
    found = find(claims, terms("a", "b", "c"), "a", "c")
    assert found.paths == ()
    assert found.associations == (claims[1],)


def test_claims_that_differ_in_tissue_alone_are_one_hop_with_more_evidence():
    weak = says("a", "Increases", "b", MM, LL, tissue="liver", certainty=BASE + "Suggested")
    sure = says("a", "Increases", "b", MM, LL, tissue="muscle")
    (path,) = find([weak, sure], terms("a", "b"), "a", "b").paths
    (hop,) = path.hops
    assert hop.statement == sure.statement
    assert hop.statements == (sure, weak)
    assert path.references == sure.references


def test_the_weakest_wording_is_that_of_the_path_and_an_own_citation_goes_first():
    inherited = says("a", "Increases", "b", MM, scope=BASE + "InheritedFromParagraph")
    own = says("a", "Increases", "b", MM)
    maybe = says("b", "Increases", "c", "moreMoreMaybe", certainty=BASE + "Hypothesised")
    (path,) = find([inherited, own, maybe], terms("a", "b", "c"), "a", "c").paths
    assert path.certainty == BASE + "Hypothesised"
    assert path.hops[0].statement == own.statement


def test_only_stated_hops_count_and_no_term_comes_twice():
    table = terms(*"abcd", ("state-of-b", {"stateOf": "b", "direction": "Increased"}))
    claims = [
        says("a", "Increases", "b", MM, LL),
        says("state-of-b", "Increases", "c", MM),
        says("c", "Increases", "a", MM, LL),
        says("c", "Increases", "d", MM, LL),
    ]
    assert find(claims, table, "a", "d", max_hops=2).paths == ()
    assert [drawn(path) for path in find(claims, table, "a", "d", max_hops=3).paths] == [
        (["b", "state-of-b", "c", "d"], 1)
    ]


def test_a_path_needs_a_statement():
    table = terms("mg", ("deficiency", {"stateOf": "mg", "direction": "Decreased"}))
    assert find([], table, "deficiency", "mg").paths == ()


def test_shorter_surer_and_determinate_paths_come_first():
    claims = [
        says("a", "Increases", "z", MM, LL),
        says("a", "Increases", "b", MM, LL),
        says("b", "Increases", "z", MM, LL, certainty=BASE + "Suggested"),
        says("a", "Increases", "c", MM, LL),
        says("c", "Increases", "z", MM, LL),
        says("a", "Regulates", "d"),
        says("d", "Increases", "z", MM, LL),
    ]
    found = find(claims, terms(*"abcdz"), "a", "z")
    assert [drawn(path)[0] for path in found.paths] == [["z"], ["c", "z"], ["b", "z"], ["d", "z"]]


def test_new_evidence_goes_before_new_steps_and_both_before_variants():
    one = "urn:a:S01.P01.N77"
    claims = [
        says("a", "Increases", "b", MM, LL, sentence=one),
        says("b", "Increases", "z", MM, LL, sentence=one),
        says("a", "Increases", "c", MM, LL, sentence=one),
        says("c", "Increases", "z", MM, LL, sentence=one),
        says("a", "Increases", "d", MM, LL, sentence=one),
        says("d", "Increases", "e", MM, LL),
        says("e", "Increases", "z", MM, LL),
        says("b", "Increases", "c", MM, LL, sentence=one),
    ]
    found = find(claims, terms(*"abcdez"), "a", "z")
    assert [drawn(path)[0] for path in found.paths] == [
        ["b", "z"],
        ["d", "e", "z"],
        ["c", "z"],
        ["b", "c", "z"],
    ]


def test_an_unknown_change_does_not_pass_from_a_state_to_the_opposite_one():
    table = terms("level", ("low", {"stateOf": "level", "direction": "Decreased"}),
                  ("high", {"stateOf": "level", "direction": "Increased"}), "a", "z")  # fmt: skip
    claims = [says("a", "Regulates", "low"), says("high", "Increases", "z", MM)]
    assert find(claims, table, "a", "z").paths == ()


@pytest.mark.parametrize("size", [6])
def test_every_simple_path_is_found_and_counted(size):
    names = [f"n{at}" for at in range(size)]
    claims = [says(a, "Increases", b, MM, LL) for a in names for b in names if a != b]
    found = find(claims, terms(*names), "n0", "n1", max_hops=3)
    # one direct, four over one other, four times three over two others
    assert len(found.paths) == 1 + 4 + 12 and found.complete


def test_claims_on_two_aspects_join_only_where_that_is_asked_for():
    claims = [
        says("a", "Increases", "b", MM, LL, object_aspect=BASE + "ExpressionAspect"),
        says("b", "Increases", "c", MM, LL),
    ]
    (path,) = find(claims, terms("a", "b", "c"), "a", "c", hops=("aspect",)).paths
    assert [(hop.kind, hop.object_label) for hop in path.hops] == [
        ("stated", "b, expression"),
        ("aspect", "b"),
        ("stated", "c"),
    ]
    assert (path.sign, path.stated) == (1, 2)


def test_the_class_tree_is_climbed_up_or_down_as_asked_and_never_up_and_down():
    table = terms("a", "wide", ("narrow", {"parent": "wide"}), ("other", {"parent": "wide"}), "z")
    up = [says("a", "Increases", "narrow", MM, LL), says("wide", "Decreases", "z", ML, LM)]
    assert find(up, table, "a", "z").paths == ()
    assert find(up, table, "a", "z", hops=("special",)).paths == ()
    (path,) = find(up, table, "a", "z", hops=("general",)).paths
    assert ([hop.kind for hop in path.hops], path.sign) == (["stated", "general", "stated"], -1)
    down = [says("a", "Increases", "wide", MM, LL), says("narrow", "Decreases", "z", ML, LM)]
    (path,) = find(down, table, "a", "z", hops=("special",)).paths
    assert [hop.relation_label for hop in path.hops] == ["increases", "has the kind", "decreases"]
    across = [says("a", "Increases", "other", MM, LL), says("narrow", "Decreases", "z", ML, LM)]
    assert find(across, table, "a", "z", hops=("general", "special")).paths == ()


def test_what_a_class_is_said_to_need_is_not_what_each_of_its_members_needs():
    table = terms("a", "wide", ("narrow", {"parent": "wide"}), "z")
    need = says("a", "RequiredFor", "wide", LL)
    onward = says("narrow", "Increases", "z", MM, LL)
    assert find([need, onward], table, "a", "z", hops=("special", "opposite")).paths == ()
    (reached,) = find([need], table, "a", "wide", hops=("opposite",)).paths
    assert reached.stated == 1
    both = [need, says("a", "Increases", "wide", MM, LL), onward]
    assert find(both, table, "a", "z", hops=("special",)).paths, "an increase of all is one of each"


def test_a_part_hands_on_that_something_changes_but_not_which_way():
    table = terms("a", "whole", ("part", {"partOf": "whole"}), ("sister", {"partOf": "whole"}), "z")
    claims = [says("a", "Increases", "part", MM, LL), says("whole", "Increases", "z", MM, LL)]
    assert find(claims, table, "a", "z").paths == ()
    (path,) = find(claims, table, "a", "z", hops=("structural",)).paths
    assert [(hop.kind, hop.sign) for hop in path.hops] == [("stated", 1), ("structural", 0), ("stated", 0)]
    assert (path.sign, path.stated) == (0, 2)
    across = [says("a", "Increases", "part", MM, LL), says("sister", "Increases", "z", MM, LL)]
    assert find(across, table, "a", "z", hops=("structural",)).paths == ()


def test_a_part_that_the_article_states_is_a_structural_hop_with_its_evidence():
    claims = [says("a", "PartOf", "b"), says("b", "Increases", "c", MM, LL)]
    assert find(claims, terms("a", "b", "c"), "a", "c").paths == ()
    (path,) = find(claims, terms("a", "b", "c"), "a", "c", hops=("structural",)).paths
    assert (path.hops[0].kind, path.hops[0].statement) == ("structural", claims[0].statement)
    denied = [says("a", "PartOf", "b", stance=BASE + "Denied"), claims[1]]
    assert find(denied, terms("a", "b", "c"), "a", "c", hops=("structural",)).paths == ()


def test_a_link_is_worded_in_the_direction_in_which_it_is_passed():
    table = terms("level", ("low", {"stateOf": "level", "direction": "Decreased"}), "a", "z")
    claims = [says("a", "Decreases", "level", ML, LM), says("low", "Increases", "z", MM)]
    (path,) = find(claims, table, "a", "z").paths
    assert [hop.relation_label for hop in path.hops] == ["decreases", "has the state", "increases"]


def test_with_too_many_paths_the_shortest_are_kept_and_the_answer_says_so():
    names = [f"n{at}" for at in range(6)]
    claims = [says(a, "Increases", b, MM, LL) for a in names for b in names if a != b]
    found = find(claims, terms(*names), "n0", "n1", max_hops=4, most=7)
    assert not found.complete and len(found.paths) == 7
    assert sorted(path.stated for path in found.paths) == [1, 2, 2, 2, 2, 3, 3]
