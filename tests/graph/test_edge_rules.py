"""The rules of the edges, one by one, on statements of our own; and what a flat graph answers with them."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from mgonto.graph.edges import derive_edges
from mgonto.graph.parts import split_release
from mgonto.names import BASE, PREFIXES, graph_iri
from mgonto.resources import data_dir
from tests.compiler.demo import TERMS, Checkout, mgo, statement, term_iri

NAMES = {term_iri(row["name"]): row["name"] for row in TERMS}
BROADER = {"promotes", "inhibits", "promotesMaybe", "inhibitsMaybe"}
BOTH = {"moreMore", "lessLess"}
BOTH_DOWN = {"moreLess", "lessMore"}
Edge = tuple[str, str, str]


def store_of(demo: Checkout) -> ox.Store:
    store = ox.Store()
    store.extend(demo.quads())
    return store


def edges(demo: Checkout, graph: str = "edges") -> set[Edge]:
    """The edges of one graph between terms, by name: no broader ones, no traces."""
    return {
        (NAMES[quad.subject.value], quad.predicate.value.removeprefix(BASE), NAMES[quad.object.value])
        for quad in derive_edges(store_of(demo))
        if quad.graph_name == ox.NamedNode(graph_iri(graph))
        and isinstance(quad.subject, ox.NamedNode)
        and isinstance(quad.object, ox.NamedNode)
        and quad.predicate != mgo("yieldsEdge")
        and quad.predicate.value.removeprefix(BASE) not in BROADER
    }


def stated(demo: Checkout, *statements: str, graph: str = "edges") -> set[Edge]:
    """The edges that the statements add to those of the linked terms."""
    demo.say()
    links = edges(demo, graph)
    demo.say(*statements)
    return edges(demo, graph) - links


def names(demo: Checkout, **changes: str | None) -> set[str]:
    """The local names of the edges of one statement."""
    return {name for _, name, _ in stated(demo, statement(changes))}


@pytest.mark.parametrize(
    ("subject", "relation", "obj", "expected"),
    [
        # a bare molecule, pathway, process, attribute, cell or exposure acts both ways
        ("lunite", "increases", "glow", BOTH),
        ("lunite", "decreases", "glow", BOTH_DOWN),
        ("glow pathway", "increases", "glow", BOTH),
        ("solin release", "activates", "glow", BOTH),
        ("solin level", "inhibits", "glow", BOTH_DOWN),
        ("glow cell", "contributes to", "glow", BOTH),
        ("moonlight", "causes", "dim fever", BOTH),
        ("lunite", "mediates", "glow", BOTH),
        ("lunite", "produces", "solin", BOTH),
        ("lunite", "exacerbates", "dim fever", BOTH),
        # a subject with a direction acts as worded
        ("{term: lunite, direction: increased}", "increases", "glow", {"moreMore"}),
        ("{term: lunite, direction: increased}", "decreases", "glow", {"moreLess"}),
        ("{term: solin, direction: decreased}", "increases", "glow", {"lessMore"}),
        ("{term: solin, direction: decreased}", "decreases", "glow", {"lessLess"}),
        ("{term: solin, direction: altered}", "increases", "glow", set()),
        ("{term: solin, direction: normal}", "increases", "glow", set()),
        # so do a state, another condition and an intervention
        ("lunite deficiency", "decreases", "glow", {"moreLess"}),
        ("hypersolinemia", "increases", "glow", {"moreMore"}),
        ("dim fever", "increases", "glow", {"moreMore"}),
        ("lunite supplementation", "increases", "glow", {"moreMore"}),
        ("lunite supplementation", "decreases", "dim fever", {"moreLess"}),
        ("{term: lunite supplementation, direction: decreased}", "decreases", "dim fever", {"lessLess"}),
        # prevents and ameliorates act one way
        ("lunite", "prevents", "dim fever", {"moreLess"}),
        ("lunite", "ameliorates", "dim fever", {"moreLess"}),
        ("{term: solin, direction: decreased}", "prevents", "dim fever", {"lessLess"}),
        # necessity tells of lack only
        ("lunite", "required for", "glow", {"lessLess"}),
        ("lunite", "cofactor of", "solin", {"lessLess"}),
        ("{term: solin, direction: normal}", "required for", "glow", {"lessLess"}),
        ("{term: solin, direction: increased}", "required for", "glow", set()),
        # the direction of the object
        ("lunite", "causes", "{term: glow, direction: decreased}", BOTH_DOWN),
        ("lunite", "causes", "{term: glow, direction: altered}", set()),
        # associations give associatedWith at most
        ("lunite", "positively associated with", "glow", {"associatedWith"}),
        ("lunite", "negatively associated with", "glow", {"associatedWith"}),
        ("lunite", "associated with", "glow", {"associatedWith"}),
        ("lunite", "risk factor for", "dim fever", {"associatedWith"}),
        ("lunite", "predicts", "dim fever", {"associatedWith"}),
        # no sign, no edge; no cause, no edge
        ("lunite", "regulates", "glow", set()),
        ("lunite", "affects", "glow", set()),
        ("lunite", "competes with", "glow", set()),
        ("glow", "part of", "glow pathway", set()),
        ("dim fever", "characterised by", "{term: glow, direction: increased}", set()),
        ("lunite", "candidate therapy for", "dim fever", set()),
    ],
)
def test_edges_of_a_statement(
    demo: Checkout, subject: str, relation: str, obj: str, expected: set[str]
) -> None:
    assert names(demo, subject=subject, relation=relation, object=obj) == expected


@pytest.mark.parametrize("relation", ["higher in", "lower in"])
def test_a_group_comparison_is_an_association(demo: Checkout, relation: str) -> None:
    changes = {
        "subject": "solin level",
        "relation": relation,
        "object": "dim fever",
        "compared_with": "night walkers",
    }
    assert names(demo, **changes) == {"associatedWith"}


@pytest.mark.parametrize(
    "changes",
    [
        {"stance": "denied", "null_kind": "denied relation"},
        {"stance": "undetermined", "certainty": None},
        {"claim_kind": "method"},
        {"claim_kind": "recommendation"},
        {"stage": "early dim fever"},
        {"subject_joint_with": "[solin]", "joint_kind": "synergistic"},
        {"object_joint_with": "[solin]", "joint_kind": "collective"},
    ],
    ids=lambda changes: " ".join(changes),
)
def test_no_edge(demo: Checkout, changes: dict[str, str | None]) -> None:
    assert names(demo, **changes) == set()
    assert stated(demo, statement(changes), graph="edges-hypothesised") == set()


@pytest.mark.parametrize("claim_kind", ["finding", "background", "definition", "author conclusion"])
def test_other_claims_make_edges(demo: Checkout, claim_kind: str) -> None:
    assert names(demo, claim_kind=claim_kind) == BOTH


def test_no_edge_from_either_end_of_an_alternative(demo: Checkout) -> None:
    other = statement(object="solin", alternative_to="[1]")
    assert stated(demo, statement(), other) == set()


def test_a_denial_takes_no_edge_of_an_affirmation_away(demo: Checkout) -> None:
    denial = statement(stance="denied", null_kind="measured absent")
    assert {name for _, name, _ in stated(demo, denial, statement())} == BOTH


def test_a_via_makes_no_edge(demo: Checkout) -> None:
    assert stated(demo, statement(via="[solin]")) == stated(demo, statement())


# --- links of terms -------------------------------------------------------------------------------------


def test_links_of_terms(demo: Checkout) -> None:
    demo.say()
    assert edges(demo) == {
        # a state and its base both ways
        ("lunite deficiency", "moreLess", "lunite"),
        ("lunite", "lessMore", "lunite deficiency"),
        ("hypersolinemia", "moreMore", "solin level"),
        ("solin level", "moreMore", "hypersolinemia"),
        # a whole to its pool; back only where the pool stands for the whole
        ("lunite", "moreMore", "blood lunite"),
        ("lunite", "lessLess", "blood lunite"),
        ("lunite", "moreMore", "tissue lunite"),
        ("lunite", "lessLess", "tissue lunite"),
        ("tissue lunite", "moreMore", "lunite"),
        ("tissue lunite", "lessLess", "lunite"),
        # an intervention to its target one way
        ("lunite supplementation", "moreMore", "lunite"),
    }
    assert edges(demo, "edges-hypothesised") == set()


def test_an_intervention_that_lowers(demo: Checkout) -> None:
    demo.terms({"lunite supplementation": {"direction": "decreased"}})
    demo.say()
    found = {each for each in edges(demo) if "lunite supplementation" in each}
    assert found == {("lunite supplementation", "moreLess", "lunite")}


def test_a_link_without_a_direction_makes_no_edge() -> None:
    store = ox.Store()
    for link in ("stateOf", "interventionOn"):
        store.add(ox.Quad(ox.NamedNode("http://x/a"), mgo(link), ox.NamedNode("http://x/b")))
    assert list(derive_edges(store)) == []


def test_a_pool_of_two_wholes_is_linked_with_both() -> None:
    store = ox.Store()
    pool, one, two = (ox.NamedNode(f"http://x/{name}") for name in ("pool", "one", "two"))
    store.extend(ox.Quad(pool, mgo("poolOf"), whole) for whole in (one, two))
    assert {quad.subject for quad in derive_edges(store)} == {one, two}


# --- strength -------------------------------------------------------------------------------------------

HYPOTHESIS = statement(certainty="hypothesised")


def test_what_is_only_hypothesised_has_predicates_and_a_graph_of_its_own(demo: Checkout) -> None:
    assert stated(demo, HYPOTHESIS) == set()
    found = {name for _, name, _ in stated(demo, HYPOTHESIS, graph="edges-hypothesised")}
    assert found == {"moreMoreMaybe", "lessLessMaybe"}


@pytest.mark.parametrize("certainty", ["suggested", "established"])
def test_what_is_affirmed_elsewhere_has_the_plain_edge(demo: Checkout, certainty: str) -> None:
    elsewhere = statement(certainty=certainty)
    for order in ((HYPOTHESIS, elsewhere), (elsewhere, HYPOTHESIS)):
        assert {name for _, name, _ in stated(demo, *order)} == BOTH
        assert stated(demo, *order, graph="edges-hypothesised") == set()


def test_a_hypothesised_association(demo: Checkout) -> None:
    one = statement(relation="associated with", certainty="hypothesised")
    assert stated(demo, one) == set()
    assert {name for _, name, _ in stated(demo, one, graph="edges-hypothesised")} == {"associatedWithMaybe"}


def flag(demo: Checkout, number: int, kind: str = "causal overreach") -> None:
    text = f"- {{about: [S01.P01.N01.{number}], kind: {kind}, basis: text, severity: high, note: Hm.}}\n"
    demo.write("flags.yaml", text)


def test_a_causal_overreach_is_an_association(demo: Checkout) -> None:
    demo.say(statement())
    flag(demo, 1)
    found = {edge for edge in edges(demo) if edge[2] == "glow"}
    assert found == {("lunite", "associatedWith", "glow")}


def test_another_flag_changes_no_edge(demo: Checkout) -> None:
    demo.say(statement())
    flag(demo, 1, "misprint")
    assert {edge[1] for edge in edges(demo) if edge[2] == "glow"} == BOTH


def test_an_overreach_beside_a_sound_statement_keeps_the_causal_edge(demo: Checkout) -> None:
    demo.say(statement(), statement())
    flag(demo, 2)
    assert {edge[1] for edge in edges(demo) if edge[2] == "glow"} == {*BOTH, "associatedWith"}


def test_an_overreach_does_not_make_a_hypothesis_a_finding(demo: Checkout) -> None:
    demo.say(HYPOTHESIS, statement())
    flag(demo, 2)
    assert {edge[1] for edge in edges(demo) if edge[2] == "glow"} == {"associatedWith"}
    maybe = {edge[1] for edge in edges(demo, "edges-hypothesised")}
    assert maybe == {"moreMoreMaybe", "lessLessMaybe"}


def test_an_overreach_without_a_sign_has_no_edge(demo: Checkout) -> None:
    demo.say(statement(relation="affects"))
    flag(demo, 1)
    assert {edge for edge in edges(demo) if edge[2] == "glow"} == set()


# --- broader edges and traces ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("relation", "certainty", "graph", "broader"),
    [
        ("increases", "established", "edges", "promotes"),
        ("decreases", "established", "edges", "inhibits"),
        ("increases", "hypothesised", "edges-hypothesised", "promotesMaybe"),
        ("decreases", "hypothesised", "edges-hypothesised", "inhibitsMaybe"),
    ],
)
def test_the_broader_edge_stands_beside(
    demo: Checkout, relation: str, certainty: str, graph: str, broader: str
) -> None:
    demo.say(statement(relation=relation, certainty=certainty))
    triple = (ox.NamedNode(term_iri("lunite")), mgo(broader), ox.NamedNode(term_iri("glow")))
    assert ox.Quad(*triple, ox.NamedNode(graph_iri(graph))) in set(derive_edges(store_of(demo)))


def test_an_association_is_neither_promotion_nor_inhibition(demo: Checkout) -> None:
    demo.say(statement(relation="positively associated with"))
    found = {
        quad.predicate
        for quad in derive_edges(store_of(demo))
        if quad.object == ox.NamedNode(term_iri("glow"))
    }
    assert found == {mgo("associatedWith")}


def test_every_edge_of_a_statement_traces_to_its_proposition_and_back(demo: Checkout) -> None:
    demo.say(
        statement(),
        statement(subject="solin", relation="prevents", object="dim fever", certainty="hypothesised"),
    )
    store = store_of(demo)
    derived = list(derive_edges(store))
    store.extend(derived)
    traces = [quad for quad in derived if quad.predicate == mgo("yieldsEdge")]
    assert {(str(quad.object), str(quad.graph_name)) for quad in traces} == {
        (str(mgo("moreMore")), f"<{graph_iri('edges')}>"),
        (str(mgo("lessLess")), f"<{graph_iri('edges')}>"),
        (str(mgo("moreLessMaybe")), f"<{graph_iri('edges-hypothesised')}>"),
    }
    query = """PREFIX mgo: <https://w3id.org/mgonto/>
        SELECT ?proposition {
            ?proposition mgo:yieldsEdge ?edge ; mgo:subject ?s ; mgo:object ?o . ?s ?edge ?o }"""
    found = store.query(query, use_default_graph_as_union=True)
    assert isinstance(found, ox.QuerySolutions)
    assert {solution["proposition"] for solution in found} == {quad.subject for quad in traces}


# --- reachability, on the release -----------------------------------------------------------------------

REACH = {
    ("more", "more"): "(mgo:moreMore|mgo:moreLess/mgo:lessLess*/mgo:lessMore)*",
    ("more", "less"): "(mgo:moreMore|mgo:moreLess/mgo:lessLess*/mgo:lessMore)*/mgo:moreLess/mgo:lessLess*",
    ("less", "less"): "(mgo:lessLess|mgo:lessMore/mgo:moreMore*/mgo:moreLess)*",
    ("less", "more"): "(mgo:lessLess|mgo:lessMore/mgo:moreMore*/mgo:moreLess)*/mgo:lessMore/mgo:moreMore*",
}


@pytest.fixture(scope="module")
def release() -> ox.Store:
    store = ox.Store()
    for part in split_release((data_dir("release") / "mgonto.trig").read_bytes()):
        store.load(part, format=ox.RdfFormat.TRIG)
    return store


def reached(store: ox.Store, source: str, start: str, end: str) -> set[str]:
    """The names of what more or less of a term leads to more or less of."""
    head = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in ("mgo", "skos"))
    query = f"""{head} SELECT DISTINCT ?name {{
        ?source skos:prefLabel "{source}"@en . ?source {REACH[start, end]} ?target .
        ?target skos:prefLabel ?name . FILTER(?target != ?source) }}"""
    found = store.query(query, use_default_graph_as_union=True)
    assert isinstance(found, ox.QuerySolutions)
    return {str(solution["name"].value) for solution in found if isinstance(solution["name"], ox.Literal)}


def test_deficiency_leads_to_insulin_resistance_and_supplementation_away_from_it(release: ox.Store) -> None:
    assert "insulin resistance" in reached(release, "magnesium deficiency", "more", "more")
    assert "insulin resistance" not in reached(release, "magnesium deficiency", "more", "less")
    assert "insulin resistance" in reached(release, "magnesium supplementation", "more", "less")
    assert "insulin resistance" not in reached(release, "magnesium supplementation", "more", "more")


def test_deficiency_lowers_what_magnesium_raises(release: ox.Store) -> None:
    lowered = reached(release, "magnesium deficiency", "more", "less")
    assert {"magnesium", "insulin receptor autophosphorylation"} <= lowered
    assert "magnesium" not in reached(release, "magnesium deficiency", "more", "more")


def test_deficiency_does_not_answer_for_supplementation(release: ox.Store) -> None:
    for end in ("more", "less"):
        assert "magnesium supplementation" not in reached(release, "magnesium deficiency", "more", end)
        assert "magnesium deficiency" not in reached(release, "magnesium supplementation", "more", "more")


@pytest.mark.parametrize("start", ["more", "less"])
def test_the_plain_expressions_follow_the_signs(demo: Checkout, start: str) -> None:
    # lunite raises solin, solin lowers glow, glow raises dim fever: signs multiply, nothing is inverted.
    demo.say(
        statement(object="solin"),
        statement(subject="solin", relation="decreases", object="glow"),
        statement(subject="glow", relation="increases", object="dim fever"),
        statement(subject="hypersolinemia", relation="decreases", object="solin release"),
    )
    store = store_of(demo)
    store.extend(list(derive_edges(store)))
    same, other = (start, {"more": "less", "less": "more"}[start])
    assert {"solin"} == reached(store, "lunite", start, same) & {
        "solin",
        "glow",
        "dim fever",
        "solin release",
    }
    assert {"glow", "dim fever"} == reached(store, "lunite", start, other) & {"solin", "glow", "dim fever"}
    # a state says nothing about its opposite
    assert "solin release" not in reached(store, "solin level", "less", "more")
    assert "solin release" in reached(store, "solin level", "more", "less")


def test_a_proposition_of_many_articles_takes_no_longer_than_its_triples(demo: Checkout) -> None:
    # The union of graphs shows a triple once a graph: a join of five would give forty to the fifth rows.
    demo.say(statement(object="solin"))
    store = store_of(demo)
    expected = set(derive_edges(store))
    for number in range(40):
        graph = ox.NamedNode(graph_iri(f"evidence/copy-{number}"))
        store.extend([ox.Quad(quad.subject, quad.predicate, quad.object, graph) for quad in store_of(demo)])
    assert set(derive_edges(store)) == expected
