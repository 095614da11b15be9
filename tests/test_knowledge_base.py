"""What the knowledge base must answer, from the article's own two sections on the mechanism (S09, S13)."""

import pytest
from pyoxigraph import Literal

import mgonto
from mgonto.names import BASE, local_name

DEFICIENCY, RESISTANCE = "magnesium deficiency", "insulin resistance"


@pytest.fixture(scope="module")
def kb():
    return mgonto.load()


def steps(path):
    """The sentences of a path's stated hops."""
    return [local_name(hop.sentence) for hop in path.hops if hop.sentence]


def names(path):
    return [hop.object_label for hop in path.hops]


def paths(kb, source, target, **more):
    return list(kb.explain(source, target, k=None, **more))


# -- the question that the article exists for ----------------------------------------------------------------


def test_deficiency_only_raises_insulin_resistance_and_supplementation_only_lowers_it(kb):
    lack, supplement = kb.explain(DEFICIENCY, RESISTANCE), kb.explain("magnesium supplementation", RESISTANCE)
    assert lack.counts.plus > 0 and lack.counts.minus == 0
    assert supplement.counts.minus > 0 and supplement.counts.plus == 0
    assert not lack.conflict and not supplement.conflict


@pytest.mark.parametrize(
    ("through", "sentences"),
    [
        (["insulin receptor autophosphorylation", "PI3K/Akt signaling pathway"], {"S09.P02.N08"}),
        (["glucokinase activity", "insulin secretion"], {"S09.P02.N06"}),
        (["ATP-sensitive potassium channel", "insulin secretion"], {"S09.P02.N06"}),
        (["TNF-alpha production", "IRS-1 phosphorylation"], {"S09.P02.N12"}),
        (["IL-6 production", "IRS-1 phosphorylation"], {"S09.P02.N12"}),
    ],
)  # fmt: skip
def test_the_mechanisms_of_the_text_are_paths(kb, through, sentences):
    found = [path for path in paths(kb, DEFICIENCY, RESISTANCE) if set(through) <= set(names(path))]
    assert found
    assert any(sentences <= set(steps(path)) for path in found)
    assert all(path.sign in (1, 0) for path in found)


def test_what_only_regulates_leaves_the_direction_open(kb):
    through = "ATP-sensitive potassium channel"
    assert {path.sign for path in paths(kb, DEFICIENCY, RESISTANCE) if through in names(path)} == {0}


def test_glut4_leads_to_less_glucose_uptake(kb):
    found = paths(kb, DEFICIENCY, "glucose uptake")
    assert any("GLUT4 cell-surface stabilisation" in names(path) for path in found)
    assert {path.sign for path in found if path.sign} == {-1}


def test_thromboxane_and_aldosterone_are_associations_and_never_hops(kb):
    answer = kb.explain(DEFICIENCY, RESISTANCE, k=None)
    only_associated = {"urinary thromboxane level", "angiotensin-induced aldosterone synthesis"}
    assert only_associated <= {each.subject_label for each in answer.associations}
    assert all("associatedWith" in "".join(each.edges) for each in answer.associations)
    for path in answer:
        assert not only_associated & set(names(path))


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("magnesium supplementation", "aldosterone synthesis"),
        ("peripheral glucose uptake", DEFICIENCY),
        ("urinary thromboxane level", RESISTANCE),
        ("12-HETE", "glucokinase activity"),
        ("vasoconstriction", "IRS-1 phosphorylation"),
    ],
)
def test_pairs_without_a_path_have_none(kb, source, target):
    answer = kb.explain(source, target)
    assert list(answer) == [] and answer.counts.total == 0


def test_every_hop_has_a_statement_or_a_declared_link(kb):
    for target in (RESISTANCE, "insulin secretion", "glucose uptake", "vasoconstriction"):
        for path in paths(kb, DEFICIENCY, target):
            assert path.stated >= 1
            product = 1
            for hop in path.hops:
                product *= hop.sign
                if hop.kind == "stated":
                    assert hop.statement and hop.sentence and hop.sentence.startswith(BASE + "article/")
                    assert hop.references or all(not each.references for each in hop.statements)
                else:
                    assert hop.kind in ("state", "pool", "intervention") and hop.statement is None
            assert path.sign in (product, 0)


def test_hops_join_end_to_end(kb):
    for path in paths(kb, DEFICIENCY, RESISTANCE):
        for one, two in zip(path.hops, path.hops[1:], strict=False):
            assert (one.object, one.object_change) == (two.subject, two.subject_change)


def test_nothing_is_turned_round_unless_asked(kb):
    assert all(not path.inverted for path in paths(kb, "magnesium", RESISTANCE))
    turned = paths(kb, "magnesium", RESISTANCE, hops=["opposite"])
    assert any(path.inverted for path in turned)
    for path in turned:
        assert path.inverted == sum(hop.kind == "opposite" for hop in path.hops)


def test_certainty_filters_the_statements_that_take_part(kb):
    answer = kb.explain(DEFICIENCY, RESISTANCE, k=None, certainty="established")
    assert {path.certainty for path in answer} == {BASE + "Established"}
    assert len(answer) < len(kb.explain(DEFICIENCY, RESISTANCE, k=None))


def test_the_best_come_first_and_the_counts_are_over_all(kb):
    few, many = kb.explain(DEFICIENCY, RESISTANCE, k=3), kb.explain(DEFICIENCY, RESISTANCE, k=None)
    assert few.counts == many.counts and many.counts.total == len(many)
    assert list(few) == list(many)[:3]
    assert names(few[0]) == [RESISTANCE]


# -- terms ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["magnesium", "MAGNESIUM", "magnesium(2+)", "Mg2+", "CHEBI:18420", "obo:CHEBI_18420"],
)  # fmt: skip
def test_a_term_is_found_by_any_of_its_names(kb, name):
    assert kb.term(name).iri == "http://purl.obolibrary.org/obo/CHEBI_18420"


def test_a_misspelt_term_suggests_the_right_one(kb):
    with pytest.raises(mgonto.UnknownTerm) as caught:
        kb.term("magnesum deficiency")
    assert caught.value.suggestions[0] == DEFICIENCY and caught.value.exit_code == 3


def test_search_finds_by_words_and_puts_names_first(kb):
    assert [each.name for each in kb.search("insulin resist", limit=1)] == [RESISTANCE]
    assert kb.search("no such thing").first() is None


# -- statements ----------------------------------------------------------------------------------------------


def test_a_stated_species_is_kept_as_the_text_has_it(kb):
    found = kb.statements(sentence="S09.P02.N05", species="Mus musculus")
    assert found and {each.cited for each in found} == {(14,)}


def test_reference_15_is_cited_by_seven_sentences(kb):
    assert sorted({each.locator for each in kb.statements(reference=15, section="S09")}) == [
        f"S09.P02.N{number:02}" for number in range(6, 13)
    ]


def test_own_and_inherited_citations_are_told_apart(kb):
    def sentences(scope):
        return {each.locator for each in kb.statements(reference=13, scope=scope, section="S09")}

    assert sentences("own citation") == {"S09.P01.N08", "S09.P02.N01"}
    assert sentences("inherited from paragraph") == {"S09.P01.N05", "S09.P01.N06", "S09.P01.N07"}


def test_what_remains_intact_is_a_denial_of_its_impairment(kb):
    (denial,) = kb.statements(stance="denied", section="S13")
    assert denial.locator == "S13.P01.N06"
    assert local_name(denial.null_kind or "") == "Preserved"


def test_filters_join_lists_by_or_and_each_other_by_and(kb):
    either = kb.statements(certainty=["suggested", "hypothesised"], section="S09")
    parts = [kb.statements(certainty=each, section="S09") for each in ("suggested", "hypothesised")]
    assert len(either) == sum(map(len, parts)) > 0
    both = kb.statements(about=[DEFICIENCY, "insulin secretion"], section="S09")
    assert both and {each.locator for each in both} <= {
        each.locator for each in kb.statements(about=DEFICIENCY)
    }


def test_a_section_is_known_by_id_or_heading(kb):
    assert kb.statements(section="S13") == kb.statements(section="Impact of IR on Smooth Muscle Function")


def test_a_table_is_asked_like_a_section(kb):
    assert {each.locator for each in kb.statements(section="T2")} == {f"T2.R{row}" for row in range(1, 8)}
    numbers = [each for each in kb.quantities(section="T2", role="effect") if each.value is not None]
    assert [float(each.value) for each in numbers] == [35, 3.5, 22, 13, 10, 8, 12]


def test_a_section_that_no_article_has_is_an_error_and_an_empty_one_is_not(kb):
    assert list(kb.quantities(section="S13", role="threshold")) == []
    for ask in (kb.statements, kb.quantities):
        with pytest.raises(mgonto.UsageError, match='no section "T9"'):
            ask(section="T9")


def test_rdflib_gets_every_quad(kb):
    assert len(kb.to_rdflib()) == len({quad.triple for quad in kb.quads()})


def test_states_answer_for_their_base_unless_exact_is_asked(kb):
    wide, exact = kb.statements(subject="magnesium"), kb.statements(subject="magnesium", expand="exact")
    assert {each.subject_label for each in exact} == {"magnesium"}
    assert DEFICIENCY in {each.subject_label for each in wide}


def test_a_helper_asks_three_queries_at_most(kb):
    class Counting:
        def __init__(self, engine):
            self.engine, self.count = engine, 0

        def select(self, query, values=None):
            self.count += 1
            return self.engine.select(query, values)

        def ask(self, query, values=None):
            self.count += 1
            return self.engine.ask(query, values)

        def construct(self, query, values=None):
            self.count += 1
            return self.engine.construct(query, values)

        def complete(self):
            self.engine.complete()

        def holds_more_than(self, statements):
            return self.engine.holds_more_than(statements)

    for ask in (
        lambda kb: kb.statements(about=DEFICIENCY, certainty="established"),
        lambda kb: kb.explain(DEFICIENCY, RESISTANCE),
        lambda kb: kb.statements(section="S13", reference=21, stance="affirmed"),
        lambda kb: kb.quantities(section="T2", role="effect"),
        lambda kb: kb.search("insulin"),
        lambda kb: kb.coverage(),
        lambda kb: kb.members("PI3K/Akt signaling pathway", acts="insulin"),
        lambda kb: kb.sentences(section="S09", cited=True),
        lambda kb: kb.references(kind="narrative review"),
        lambda kb: kb.tensions(about="insulin"),
        lambda kb: kb.gaps("magnesium"),
        lambda kb: kb.absent("HOMA-IR"),
        lambda kb: kb.repeats(),
        lambda kb: kb.facets("species"),
    ):
        engine = Counting(kb._engine)
        ask(mgonto.KnowledgeBase(engine))
        assert engine.count <= 3


# -- results -------------------------------------------------------------------------------------------------


def test_results_are_immutable_and_know_their_sparql(kb):
    found = kb.statements(section="S13")
    assert "SELECT" in found.sparql
    with pytest.raises(TypeError):
        found[0] = None
    with pytest.raises(AttributeError):
        found[0].gloss = ""


def test_results_can_be_had_in_every_form(kb):
    found = kb.statements(section="S13")
    frame = found.to_pandas()
    assert len(frame) == len(found) == len(found.to_dicts())
    assert found.to_csv().splitlines()[0].split(",")[0] == "statement"
    assert "<table>" in found._repr_html_()
    assert found.to_markdown().count("\n") == len(found) + 2
    with pytest.raises(mgonto.MgontoError):
        found.one()


def test_select_runs_any_query_with_parameters(kb):
    query = """PREFIX mgo: <https://w3id.org/mgonto/>
               PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
               SELECT ?sign { ?one a mgo:Relation ; rdfs:label $label ; mgo:sign ?sign }"""
    assert kb.select(query, label=Literal("increases", language="en")).to_dicts() == [{"sign": 1}]
