"""Sentences, references and the audit as Python asks for them: what each filter lets pass, what is an error.

What is expected stands in the sentence index or in the sentences themselves, not in another query.
"""

import csv
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox
import pytest

import mgonto
from mgonto.engine.binding import to_term
from mgonto.errors import AmbiguousTerm, MgontoError, UnknownTerm, UsageError
from mgonto.kb import FACETS
from mgonto.names import BASE, local_name
from mgonto.sources.queryfile import read_query

ROOT = Path(__file__).resolve().parents[2]
HDL = "HDL level"
ARTICLE = BASE + "article/foroudastan-2025"


@pytest.fixture(scope="module")
def kb():
    return mgonto.load()


@pytest.fixture(scope="module")
def index():
    """The rows of the sentence index: place, section, numbers that are cited and inherited."""
    path = ROOT / "evidence" / "foroudastan-2025" / "sentences.tsv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def numbers(text):
    return tuple(sorted(int(each) for each in text.split(",") if each))


def places(found):
    return [each.locator for each in found]


def kinds(found):
    return {local_name(each.kind or "") for each in found}


# -- sentences -----------------------------------------------------------------------------------------------


def test_every_sentence_is_there_in_order_with_all_that_it_cites(kb, index):
    assert [(each.locator, each.cites, each.inherits) for each in kb.sentences()] == [
        (row["locator"], numbers(row["citations"]), numbers(row["citations_inherited"])) for row in index
    ]


def test_a_sentence_has_statements_or_a_reason(kb):
    for each in kb.sentences():
        assert (each.statements > 0) != (each.no_claim is not None), each.locator
    told = {each.locator: local_name(each.no_claim or "") for each in kb.sentences(section="S15")}
    assert told["S15.P02.N03"] == "NoClaimMethod" and told["S15.P02.N04"] == ""
    counted = {each.locator: each.statements for each in kb.sentences(section="S09")}
    assert counted["S09.P02.N05"] == len(kb.statements(sentence="S09.P02.N05")) == 11


@pytest.mark.parametrize("number", [2, 13, 26])
def test_a_reference_finds_who_cites_it_and_who_inherits_it(kb, index, number):
    found = kb.sentences(reference=number)
    wanted = {
        row["locator"]: (numbers(row["citations"]), numbers(row["citations_inherited"]))
        for row in index
        if number in numbers(row["citations"]) + numbers(row["citations_inherited"])
    }
    assert {each.locator: (each.cites, each.inherits) for each in found} == wanted
    assert found == kb.sentences(reference=f"{ARTICLE}/ref/{number}") == kb.sentences(reference=str(number))


def test_a_sentence_found_by_one_reference_still_shows_the_others(kb):
    (found,) = [each for each in kb.sentences(reference=5) if each.locator == "S02.P02.N05"]
    assert found.cites == (2, 4, 5)


def test_scope_tells_own_citations_from_inherited_ones(kb, index):
    def asked(scope):
        return {each.locator for each in kb.sentences(reference=13, scope=scope)}

    own = {row["locator"] for row in index if 13 in numbers(row["citations"])}
    assert asked("own citation") == own and len(own) == 8
    inherited = asked(["inherited from paragraph", "inherited from section"])
    assert len(inherited) == 23 and not inherited & own
    assert asked("inherited from section") == {"S14.P01.N07", "S14.P01.N08"}
    # The reference and the scope must meet in one citation: this sentence inherits 13 and cites nothing.
    assert "S14.P01.N07" not in asked("own citation")


def test_sentences_without_any_citation(kb, index):
    bare = [row["locator"] for row in index if not row["citations"] and not row["citations_inherited"]]
    assert places(kb.sentences(cited=False)) == bare
    assert len(kb.sentences(cited=True)) == len(index) - len(bare)
    assert set(places(kb.sentences(section="S18", cited=True))) == set()


def test_a_section_by_number_heading_or_table(kb):
    by_id, by_name = (
        kb.sentences(section="S07"),
        kb.sentences(section="effects of DIABETES on the cardiovascular system"),
    )
    assert by_id == by_name and len(by_id) == 6
    assert places(kb.sentences(section="T2")) == [f"T2.R{row}" for row in range(8)]
    assert len(kb.sentences(section=["S07", "S08"])) == 9


def test_a_species_takes_its_narrower_ones_along(kb):
    assert places(kb.sentences(species="Mus musculus")) == ["S09.P02.N05"]
    animals = places(kb.sentences(species="non-human animal"))
    assert {"S09.P02.N05", "S15.P01.N09", "S15.P01.N10", "S17.P03.N05"} < set(animals)
    assert "S15.P02.N05" not in animals


def test_filters_of_sentences_join_by_and(kb):
    assert places(kb.sentences(section="S16", reference=13, scope="own citation")) == ["S16.P01.N03"]
    assert len(kb.sentences(section="S16", reference=23)) == 0
    assert places(kb.sentences(section="S16", limit=2)) == ["S16.P01.N01", "S16.P01.N02"]


# -- references ----------------------------------------------------------------------------------------------


def test_references_come_by_number_with_what_rests_on_them(kb):
    found = kb.references()
    assert [each.number for each in found] == list(range(1, 27))
    resting = {each.number: each.statements for each in found}
    assert resting[15] == len(kb.statements(reference=15)) == 33
    first = found[0]
    assert (first.author, first.year, first.kind) == (
        "Jahnen-Dechent W",
        2012,
        BASE + "NarrativeReviewPublication",
    )
    assert first.doi and first.title and str(first) == "[1] Jahnen-Dechent W 2012"
    assert {each.number for each in found if each.doi is None} == {8, 16, 21}


def test_references_by_kind_species_and_year(kb):
    def asked(**filters):
        return [each.number for each in kb.references(**filters)]

    assert asked(kind="animal experiment") == asked(species="Rattus norvegicus") == [8, 14]
    assert asked(kind=["animal experiment", "clinical experiment"]) == [8, 13, 14]
    assert asked(species="non-human animal") == [8, 14]
    assert {4, 7, 10, 11, 13, 17} == set(asked(species="Homo sapiens"))
    assert asked(before=1994) == [13, 25] and asked(before=1993) == [25]
    assert asked(after=2022) == [2, 6, 10]
    assert asked(after=2019, before=2021) == [14, 20]
    assert asked(kind="animal experiment", after=2020) == []


def test_a_reference_says_of_which_species_it_is(kb):
    (rats,) = [each for each in kb.references(species="non-human animal") if each.number == 14]
    assert rats.species == ("Rattus norvegicus",)


# -- tensions ------------------------------------------------------------------------------------------------


def test_the_curated_tension_on_hdl_says_where_and_how_to_read_it(kb):
    (found,) = kb.tensions(kind="contradiction")
    assert found.locators == ("S11.P02.N04", "T2.R6", "T2.R7")
    assert found.source == "curated" and found.tension and found.reading and found.curated == ()
    assert list(kb.tensions(HDL)) == list(kb.tensions([HDL])) == [found]
    assert str(found) == "Contradiction: S11.P02.N04, T2.R6, T2.R7"


def test_about_several_terms_means_all_of_them_in_every_helper(kb):
    assert list(kb.tensions([HDL, "mTOR"])) == []
    assert list(kb.tensions([HDL, "dietary magnesium intake"])) == list(kb.tensions(HDL))
    for source in ("curated", "computed", "difference"):
        for ask in (lambda about: kb.tensions(about, source=source), kb.gaps, kb.flags, kb.absent):  # noqa: B023
            one, other = set(ask("magnesium")), set(ask("insulin resistance"))
            both = set(ask(["magnesium", "insulin resistance"]))
            assert both == set(ask(["insulin resistance", "magnesium"])) <= one & other
    assert kb.flags(["magnesium", "insulin resistance"]) and kb.absent(["HOMA-IR", "insulin sensitivity"])


def test_about_a_term_is_about_what_is_composed_of_it_in_every_helper(kb):
    composed = "dietary magnesium intake"
    for ask in (kb.tensions, kb.flags, kb.absent, kb.statements, kb.quantities):
        assert set(ask(composed)) and set(ask(composed)) <= set(ask("magnesium"))


def test_tensions_by_kind(kb):
    assert kinds(kb.tensions(kind="known then unknown")) == {"KnownThenUnknown"}
    parts = [kb.tensions(kind=each) for each in ("known then unknown", "resolved by stage")]
    assert len(kb.tensions(kind=["known then unknown", "resolved by stage"])) == sum(map(len, parts))
    assert list(kb.tensions("rapamycin", kind="contradiction")) == []


def test_computed_tensions_name_the_curated_ones_that_hold_them(kb):
    found = {(local_name(each.kind), each.locators): each for each in kb.tensions(source="computed")}
    table = found["TextAgainstTable", ("S11.P02.N04", "T2.R6")]
    (curated,) = kb.tensions(kind="contradiction")
    assert table.curated == (curated.tension,) and table.tension is None and table.source == "computed"
    wording = found["CertaintyDiffers", ("S01.P01.N09", "S11.P01.N01")]
    assert wording.reading == "established in one place and suggested in another"


def test_a_species_that_is_not_that_of_the_source_is_a_computed_tension(kb):
    (found,) = [each for each in kb.tensions(source="computed") if each.kind.endswith("/SpeciesDiffers")]
    assert found.locators == ("S09.P02.N05",) and len(found.statements) == 11
    assert found.reading == "Mus musculus in the text and Rattus norvegicus in reference 14"
    (flag,) = kb.flags(kind="species mismatch")
    assert found.curated == (flag.flag,)


def test_four_kinds_of_tension_are_computed(kb):
    """On the statements of the article and on some turned so that each kind occurs."""
    from dataclasses import replace

    from mgonto.query.tension import computed_tensions

    said = list(kb.statements())
    one = next(each for each in said if each.sign == 1 and not each.context and each.locator[0] == "S")
    said += [
        replace(one, statement="urn:s/1.1", sign=-1, proposition="urn:p"),
        replace(one, statement="urn:s/2.1", stance=BASE + "Denied"),
    ]
    made = computed_tensions(said, kb.terms, kb._support_facts)
    assert kinds(made) == {"CertaintyDiffers", "Contradiction", "SpeciesDiffers", "TextAgainstTable"}
    new = [each for each in made if {"urn:s/1.1", "urn:s/2.1"} & set(each.statements)]
    assert {(each.reading or "").partition(" on ")[0] for each in new} >= {
        "opposite signs",
        "affirmed in one place and denied in another",
    }


def test_numbered_things_come_in_the_order_of_their_numbers(kb):
    for found in (
        [each.absence for each in kb.absent()],
        [each.flag for each in kb.flags()],
        [each.tension for each in kb.tensions()],
    ):
        assert [int(local_name(each)) for each in found] == sorted(int(local_name(each)) for each in found)
    assert [each.number for each in kb.references()] == list(range(1, 27))
    for query, column in (("flags", "flag"), ("absent", "absence"), ("tensions", "tension")):
        numbers = [int(local_name(row[column])) for row in kb.run(query)]
        assert numbers == sorted(numbers) and numbers[-1] > 10


def test_the_difference_is_what_no_curator_has(kb):
    computed, difference = kb.tensions(source="computed"), kb.tensions(source="difference")
    missed = [each for each in computed if not each.curated]
    assert list(difference[: len(missed)]) == missed and 0 < len(missed) < len(computed)
    held = {iri for each in computed for iri in each.curated}
    unseen = [each for each in kb.tensions() if each.tension not in held]
    assert list(difference[len(missed) :]) == unseen and 0 < len(unseen) < len(kb.tensions())
    assert [each.locators for each in kb.tensions(HDL, source="computed")] == [("S11.P02.N04", "T2.R6")]
    assert list(kb.tensions(HDL, source="difference")) == []


# -- gaps, flags, absences -----------------------------------------------------------------------------------


def test_gaps_are_what_is_called_unknown(kb):
    assert {each.locator for each in kb.gaps()} == {"S17.P02.N06"}
    assert {each.object_label for each in kb.gaps()} >= {
        "vasoconstrictor production",
        "thromboxane A2 production",
    }
    assert {each.object_label for each in kb.gaps("thromboxane A2 production")} == {
        "thromboxane A2 production"
    }
    assert list(kb.gaps(["magnesium", "insulin resistance"])) == [], "all terms must be there"


def test_flags_by_sentence_statement_reference_and_term(kb):
    def notes(*arguments, **filters):
        return {each.note for each in kb.flags(*arguments, **filters)}

    by_sentence = notes("S09.P01.N07")
    assert by_sentence == set().union(*(notes(f"S09.P01.N07.{each}") for each in range(1, 5)))
    assert notes("S09.P01.N07.1") - notes("S09.P01.N07.2") and notes("S09.P01.N07.2") <= by_sentence
    statement = BASE + "statement/foroudastan-2025/S09.P01.N07.1"
    assert notes(statement) == notes("S09.P01.N07.1")
    (announced,) = kb.flags("S01.P01.N10")  # a sentence without a claim can be doubted too
    assert {local_name(each) for each in announced.about} == {"S01.P01.N10", "S11.P02.N11", "T1.R0"}
    assert notes(13) == notes("13") == notes(f"{ARTICLE}/ref/13") and kinds(kb.flags(13)) == {"SingleSource"}
    rows = {local_name(one) for each in kb.flags("C-reactive protein level") for one in each.about}
    assert "T2.R3.1" in rows
    assert notes(["S09.P01.N07", 13]) == notes("S09.P01.N07") & notes(13)
    assert notes(["S09.P01.N07", "magnesium"]) == notes("S09.P01.N07") & notes("magnesium") != set()


def test_flags_by_kind_and_severity(kb):
    assert kinds(kb.flags(kind="causal overreach")) == {"CausalOverreach"}
    assert {local_name(each.severity) for each in kb.flags(severity="high")} == {"SeverityHigh"}
    severities = [len(kb.flags(severity=each)) for each in ("high", "medium", "low")]
    assert all(severities) and sum(severities) == len(kb.flags())
    (numbers_without_source,) = kb.flags(kind="uncited number")
    assert {local_name(each) for each in numbers_without_source.about} == {
        f"T2.R{row}.1" for row in range(1, 8)
    }
    assert list(kb.flags("T2.R1", kind="misprint")) == []


def test_a_place_without_a_doubt_is_no_error(kb):
    assert list(kb.flags("S08.P01.N01")) == []


def test_what_is_absent_is_known_by_topic(kb):
    found = kb.absent("HOMA-IR")
    assert len(found) == 2 and all(
        "HOMA-IR" in each.names or "insulin resistance" in each.names for each in found
    )
    assert len(found[0].topics) == len(found[0].names) == 3
    assert list(kb.absent("L-citrulline")) == []
    assert list(kb.absent(["HOMA-IR", "magnesium salt"])) == []
    (both,) = kb.absent(["glycated hemoglobin level", "glycemic control"])
    assert {"glycated hemoglobin level", "glycemic control"} <= set(both.names)
    assert len(kb.absent()) >= 26 and all(each.note for each in kb.absent())


# -- repeats and facets --------------------------------------------------------------------------------------


def test_repeats_are_propositions_with_several_statements(kb):
    by_claim: dict[str, list[str]] = {}
    for each in kb.statements():
        by_claim.setdefault(each.proposition, []).append(each.statement)
    expected = {iri: tuple(held) for iri, held in by_claim.items() if len(held) > 1}
    assert {each.proposition: each.statements for each in kb.repeats()} == expected
    first = kb.repeats()[0]
    assert (
        str(first) == "magnesium regulates vascular tone: S08.P01.N02, S14.P01.N02, S14.P01.N05, S17.P01.N03"
    )
    sizes = [len(each.statements) for each in kb.repeats()]
    assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize("field", FACETS)
def test_a_facet_counts_what_the_filter_of_its_name_finds(kb, field):
    found = kb.facets(field)
    assert found and {each.field for each in found} == {field}
    counts = [each.statements for each in found]
    assert counts == sorted(counts, reverse=True)
    for each in (found[0], found[-1]):
        assert len(kb.statements(**{field: each.value}, expand="exact")) == each.statements, each
        assert each.name and not each.name.startswith("http")


def test_a_field_may_be_written_with_a_space(kb):
    assert kb.facets("claim kind") == kb.facets("claim_kind")
    assert str(kb.facets("stance")[0]) == "affirmed: 680"


# -- quantities and the sources of statements ----------------------------------------------------------------


def test_quantities_by_what_they_are(kb):
    def asked(**filters):
        return [(local_name(each.statement), each.as_reported) for each in kb.quantities(**filters)]

    assert asked(unit="mg/d") == [("S12.P03.N02.2", "≥300 mg/day"), ("S17.P01.N02.1", "500–1,000")]
    assert asked(unit="mg/d", role="threshold") == [("S12.P03.N02.2", "≥300 mg/day")]
    assert asked(role="follow-up") == [("S04.P01.N05.1", "60-year")]
    assert asked(statistic="fold change", population="men") == [("S07.P01.N02.1", "twofold")]
    assert asked(comparator="people with diabetes without nephropathy", value="number", role="effect") == [
        ("S12.P03.N02.1", "40-fold")
    ]
    assert asked(comparator="sudden death from trauma", value="number") == [
        ("S15.P02.N05.1", "42%"),
        ("S15.P02.N05.2", "19%"),
    ]
    assert asked(time_point="2030", value="number") == [("S02.P02.N02.1", "22.2 million")]
    assert asked(about=["myocardial magnesium content", "infarcted myocardium"], value="number") == [
        ("S15.P02.N05.1", "42%")
    ]
    assert asked(section="T2", role="effect", limit=2) == [("T2.R1.1", "35%"), ("T2.R2.1", "3.5")]
    assert asked(sentence="S15.P02.N04", value="number") == [("S15.P02.N04.1", "85.44")]


def test_a_quantity_is_a_number_words_or_not_reported(kb):
    whole = kb.quantities()
    parts = {each: kb.quantities(value=each) for each in ("number", "words", "not_reported")}
    assert all(parts.values()) and sum(map(len, parts.values())) == len(whole)
    assert all(each.in_words for each in parts["words"])
    assert not any(each.as_reported for each in parts["not_reported"])
    (mean,) = kb.quantities(section="S15", statistic="mean", value="number")
    assert mean.value == Decimal("85.44") and mean.unit == "meq/kg"


def test_statements_by_what_their_source_is_about(kb):
    rats = kb.statements(source_species="Rattus norvegicus")
    assert {each.cited for each in rats} == {(8,), (14,)}
    assert rats == kb.statements(source_kind="animal experiment")
    people = kb.statements(species="Homo sapiens", source_species="non-human animal", section="S09")
    assert {each.locator for each in people} == {"S09.P02.N04"}
    mixed = kb.statements(source_kind=["clinical experiment", "animal experiment"])
    assert len(mixed) == len(rats) + len(kb.statements(reference=13))


@pytest.mark.parametrize(
    "filters",
    [
        {"about": "mTOR"},
        {"subject": "mTOR", "object": "cardiac hypertrophy"},
        {"relation": "inhibits"},
        {"sign": -1, "causal": True},
        {"certainty": "hypothesised"},
        {"hedge": "hopes"},
        {"stance": "denied"},
        {"null_kind": "preserved"},
        {"claim_kind": "recommendation"},
        {"reference": 15},
        {"cited": False},
        {"scope": "inherited from section"},
        {"section": "T1"},
        {"sentence": "S09.P02.N05"},
        {"tissue": "liver"},
        {"cell": "platelet"},
        {"species": "non-human animal"},
        {"population": "adults"},
        {"stage": "insulin resistance"},
        {"condition": "hyperglycemia"},
        {"intervention": "cardiac-specific Akt overexpression"},
        {"design": "experiment"},
        {"source_species": "Rattus norvegicus"},
        {"source_kind": "animal experiment"},
    ],
    ids=lambda filters: next(iter(filters)),
)
def test_no_filter_of_statements_needs_to_have_asked_something_else_before(kb, filters):
    kb.counts()  # everything is read in here, and only the first part in a new one
    found = kb.statements(**filters)
    assert found and found == mgonto.load().statements(**filters)


# -- the library and free SPARQL -----------------------------------------------------------------------------


def test_run_binds_names_words_numbers_and_lists(kb):
    found = kb.run("effects-of", term="magnesium deficiency", sign=[-1], certainty="suggested")
    assert {(row["sign"], local_name(row["certainty"])) for row in found} == {(-1, "Suggested")}
    assert {row["subject"] for row in kb.run("effects-of", expand="exact", term="magnesium")} == {"magnesium"}
    assert {row["subject"] for row in kb.run("effects-of", term="magnesium")} > {
        "magnesium",
        "magnesium deficiency",
    }
    assert len(kb.run("references", limit=3)) == 3
    mine = read_query("mine", "SELECT ?s { ?s <urn:nothing> ?o } ORDER BY ?s")
    assert list(kb.run(mine)) == [] and kb.run(mine).columns == ("s",)


def test_ask_and_construct_run_over_everything(kb):
    prefix = f"PREFIX mgo: <{BASE}> "
    assert kb.ask(prefix + "ASK { ?s mgo:locator $at }", at=to_term("S09.P02.N05"))
    assert not kb.ask(prefix + "ASK { ?s mgo:locator $at }", at=to_term("S99.P01.N01"))
    made = kb.construct(prefix + "CONSTRUCT { ?s mgo:x ?t } { ?s mgo:tensionKind ?t }")
    assert len(made) == len(kb.tensions()) and made == sorted(set(made), key=str)
    assert all(isinstance(each, ox.Triple) for each in made)


# -- errors --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ask", "says", "hints"),
    [
        (lambda kb: kb.sentences(section="S99"), 'no section "S99"', "mgonto coverage"),
        (lambda kb: kb.sentences(reference="Kostov"), '"Kostov" is no reference', "its number"),
        (lambda kb: kb.statements(reference="Kostov"), '"Kostov" is no reference', "its number"),
        (lambda kb: kb.sentences(scope="borrowed"), 'unknown scope "borrowed"', "own citation"),
        (lambda kb: kb.sentences(limit=0), "limit cannot be 0", "from 1 on"),
        (lambda kb: kb.statements(limit=-1), "limit cannot be -1", "from 1 on"),
        (lambda kb: kb.quantities(limit=0), "limit cannot be 0", "from 1 on"),
        (lambda kb: kb.run("references", limit=0), "limit cannot be 0", "from 1 on"),
        (lambda kb: kb.statements(sign="up"), 'sign cannot be "up"', "1, -1 or 0"),
        (lambda kb: kb.statements(sign=2), 'sign cannot be "2"', "1, -1 or 0"),
        (lambda kb: kb.statements(source_kind="novel"), 'unknown source kind "novel"', "narrative review"),
        (lambda kb: kb.references(kind="novel"), 'unknown kind "novel"', "narrative review"),
        (lambda kb: kb.references(before="soon"), "before cannot be 'soon'", "2020"),
        (lambda kb: kb.tensions(kind="quarrel"), 'unknown kind "quarrel"', "contradiction"),
        (lambda kb: kb.tensions(source="guessed"), 'unknown source "guessed"', "computed"),
        (lambda kb: kb.tensions(None, "contradiction", "computed"), "kind is for curated", "leave it out"),
        (lambda kb: kb.flags(kind="crime"), 'unknown kind "crime"', "misprint"),
        (lambda kb: kb.flags(severity="fatal"), 'unknown severity "fatal"', "high"),
        (lambda kb: kb.facets("colour"), 'unknown field "colour"', "certainty"),
        (lambda kb: kb.quantities(value="big"), 'unknown value "big"', "not_reported"),
        (lambda kb: kb.quantities(role="villain"), 'unknown role "villain"', "threshold"),
        (lambda kb: kb.quantities(statistic="mode"), 'unknown statistic "mode"', "mean"),
        (lambda kb: kb.quantities(section="T7"), 'no section "T7"', "mgonto coverage"),
        (lambda kb: kb.run("effects-of"), "the query effects-of needs term", "magnesium deficiency"),
        (lambda kb: kb.run("effects-of", term="magnesium", x=1), 'no parameter "x"', "term, sign, certainty"),
        (lambda kb: kb.run("ancestors", term=["mTOR", "insulin"]), "term takes one value", "once for each"),
        (lambda kb: kb.run("terms", expand="wide"), 'expand cannot be "wide"', "exact"),
        (lambda kb: kb.run("effekts-of"), 'no query "effekts-of"', "effects-of"),
        (lambda kb: kb.ask("SELECT * { ?s ?p ?o }"), "no ASK", "select"),
        (lambda kb: kb.construct("ASK { ?s ?p ?o }"), "no CONSTRUCT", "ask"),
        (lambda kb: kb.ask("ASK {"), "does not parse", "mend"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_what_to_do(kb, ask, says, hints):
    with pytest.raises(UsageError) as caught:
        ask(kb)
    assert says in caught.value.message and hints in caught.value.hint
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    "ask",
    [
        lambda kb: kb.sentences(species="unicorn"),
        lambda kb: kb.references(species="unicorn"),
        lambda kb: kb.tensions("unicorn"),
        lambda kb: kb.tensions("unicorn", source="computed"),
        lambda kb: kb.gaps("unicorn"),
        lambda kb: kb.flags("unicorn"),
        lambda kb: kb.absent("unicorn"),
        lambda kb: kb.quantities("unicorn"),
        lambda kb: kb.quantities(comparator="unicorn"),
        lambda kb: kb.quantities(population="unicorn"),
        lambda kb: kb.statements(source_species="unicorn"),
        lambda kb: kb.run("effects-of", term="unicorn"),
    ],
)
def test_an_unknown_term_is_told_everywhere(kb, ask):
    with pytest.raises((UnknownTerm, AmbiguousTerm)) as caught:
        ask(kb)
    assert caught.value.exit_code == 3 and isinstance(caught.value, MgontoError)


# -- cost ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "ask",
    [
        lambda kb: kb.sentences(section="S09", reference=14, scope="own citation", species="Homo sapiens"),
        lambda kb: kb.references(species="Homo sapiens"),
        lambda kb: kb.tensions(HDL),
        lambda kb: kb.tensions("mTOR"),
        lambda kb: kb.gaps("magnesium"),
        lambda kb: kb.flags(["magnesium", "thromboxane A2", "S09.P01.N07"]),
        lambda kb: kb.tensions(["magnesium", "HDL"]),
        lambda kb: kb.tensions(source="difference"),
        lambda kb: kb.absent("magnesium"),
        lambda kb: kb.repeats(),
        lambda kb: kb.facets("tissue"),
        lambda kb: kb.quantities(about=["myocardial magnesium content", "infarcted myocardium"]),
        lambda kb: kb.statements(source_species="non-human animal"),
        lambda kb: kb.tensions(source="computed"),
    ],
)
def test_a_helper_asks_three_queries_at_most_beside_the_terms(kb, ask):
    class Counting:
        def __init__(self, engine):
            self.engine, self.count = engine, 0

        def select(self, query, values=None):
            self.count += 1
            return self.engine.select(query, values)

        def complete(self):
            self.engine.complete()

        def ask(self, query, values=None):
            return self.engine.ask(query, values)

        def construct(self, query, values=None):
            return self.engine.construct(query, values)

    engine = Counting(kb._engine)
    asked = mgonto.KnowledgeBase(engine)
    assert asked.terms and asked._is_small  # asked once, whatever is asked afterwards
    engine.count = 0
    assert ask(asked)
    assert engine.count <= 3
