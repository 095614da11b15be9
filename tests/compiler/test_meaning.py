"""What compiles right: states, hashes, signs, chains, citations, defaults, quantities, records."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from mgonto.compiler.records import NoClaim, Statement
from mgonto.names import BASE, PREFIXES
from tests.compiler.demo import INDEX, SLUG, Checkout, index_row, mgo, statement, term_iri

DEFICIT = "{term: lunite, direction: decreased}"


def local(value: object) -> str:
    """A field's value without its namespace."""
    assert isinstance(value, (ox.NamedNode, ox.Literal))
    return value.value.removeprefix(BASE)


def fields(one: Statement) -> dict[str, set[str]]:
    """The fields of the proposition and of the statement, by local name."""
    found: dict[str, set[str]] = {}
    for prop, value in (*one.proposition.fields, *one.fields):
        found.setdefault(prop.value.removeprefix(BASE), set()).add(local(value))
    return found


# --- identity -------------------------------------------------------------------------------------------


def test_a_direction_becomes_the_state_term_before_hashing(demo: Checkout) -> None:
    demo.say(statement(subject=DEFICIT), statement(subject="lunite deficiency"))
    one, two = demo.statements()
    assert one.proposition == two.proposition
    assert fields(one)["subject"] == {term_iri("lunite deficiency")}
    assert "subjectDirection" not in fields(one)


def test_an_object_with_a_direction_becomes_the_state_too(demo: Checkout) -> None:
    demo.say(
        statement(relation="causes", object=DEFICIT), statement(relation="causes", object="lunite deficiency")
    )
    one, two = demo.statements()
    assert one.proposition.iri == two.proposition.iri
    assert (one.proposition.sign, two.proposition.sign) == (1, 1)


def test_a_participant_with_a_direction_becomes_the_state_too(demo: Checkout) -> None:
    demo.say(
        *(
            statement(subject="solin", subject_joint_with=f"[{each}]", joint_kind="synergistic")
            for each in (DEFICIT, "lunite deficiency")
        )
    )
    one, two = demo.statements()
    assert one.proposition == two.proposition


@pytest.mark.parametrize(
    ("subject", "kept"),
    [
        ("{term: lunite, direction: increased}", "increased"),  # no state of this direction
        (
            "{term: lunite, direction: decreased, aspect: release}",
            "decreased",
        ),  # not the amount but the release
    ],
)
def test_a_direction_without_a_state_stays(demo: Checkout, subject: str, kept: str) -> None:
    demo.say(statement(subject=subject))
    (one,) = demo.statements()
    assert fields(one)["subject"] == {term_iri("lunite")}
    assert fields(one)["subjectDirection"] == {kept.capitalize()}


def test_one_claim_in_two_sentences_is_one_proposition_with_two_statements(demo: Checkout) -> None:
    demo.say(statement())
    demo.say(statement(gloss="Glow comes of lunite.", certainty="suggested", hedge="may"), at="S02.P01.N02")
    one, two = demo.statements()
    assert one.proposition.iri == two.proposition.iri
    asserted = [quad for quad in demo.quads() if quad.predicate == mgo("asserts")]
    assert len(asserted) == 2 and len({quad.object for quad in asserted}) == 1


@pytest.mark.parametrize(
    "context",
    [
        {"tissue": "antenna"},
        {"cell": "glow cell"},
        {"species": "Mus lunaris"},
        {"population": "night walkers"},
        {"stage": "early dim fever"},
        {"condition": "dim fever"},
        {"absence_of": "dim fever"},
        {"independent_of": "solin"},
        {"intervention": "lunite supplementation"},
        {"dose": "3 drops"},
        {"route": "oral"},
        {"duration": "one night"},
        {"at_time": "at dusk"},
        {"compared_with": "night walkers"},
        {"via": "solin release"},
        {"reaction": "solin release"},
        {"subject": "{term: lunite, aspect: release}"},
        {"object": "{term: glow, aspect: severity}"},
        {"object": "solin release"},
        {"relation": "decreases"},
        {"subject_joint_with": "[solin]", "joint_kind": "collective"},
    ],
    ids=lambda context: " ".join(context),
)
def test_the_hash_changes_with_the_content(demo: Checkout, context: dict[str, str | None]) -> None:
    demo.say(statement(), statement(context))
    one, two = demo.statements()
    assert one.proposition.iri != two.proposition.iri


def test_the_hash_does_not_change_with_the_order_or_what_is_not_content(demo: Checkout) -> None:
    demo.say(
        statement(tissue="antenna", via="[solin, solin release]"),
        "  - via: [solin release, solin]\n    tissue: [antenna]\n    certainty: suggested\n    object: glow\n"
        "    relation: increases\n    subject: Lu2+\n    gloss: Said again.\n    stance: denied\n"
        "    null_kind: preserved\n",
    )
    one, two = demo.statements()
    assert one.proposition.iri == two.proposition.iri
    assert one.proposition.iri.startswith(f"{BASE}proposition/")
    assert len(one.proposition.iri.rpartition("/")[2]) == 20


@pytest.mark.parametrize("name", ["lunite", "LUNITE", "Lu2+", "lunite(2+)", "CHEBI:9001"])
def test_a_term_is_known_by_every_name(demo: Checkout, name: str) -> None:
    demo.say(statement(subject=name))
    assert fields(demo.statements()[0])["subject"] == {term_iri("lunite")}


# --- signs ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("subject", "relation", "obj", "sign", "causal"),
    [
        ("lunite", "increases", "glow", 1, True),
        ("lunite", "decreases", "glow", -1, True),
        # never inverted for the subject's direction
        ("{term: solin, direction: decreased}", "increases", "glow", 1, True),
        ("lunite deficiency", "decreases", "glow", -1, True),
        ("lunite supplementation", "ameliorates", "dim fever", -1, True),
        ("lunite", "regulates", "glow", 0, True),
        # times the object's direction with a neutral relation
        ("lunite", "causes", "{term: glow, direction: increased}", 1, True),
        ("lunite", "causes", "{term: glow, direction: decreased}", -1, True),
        ("lunite", "causes", "{term: glow, direction: altered}", 0, True),
        ("lunite", "causes", "glow", 1, True),
        ("lunite", "positively associated with", "{term: glow, direction: decreased}", -1, False),
        ("lunite", "negatively associated with", "{term: glow, direction: decreased}", 1, False),
        ("lunite", "associated with", "{term: glow, direction: decreased}", 0, False),
        # characterised by takes the object's direction, and has no sign of its own
        ("dim fever", "characterised by", "{term: glow, direction: decreased}", -1, False),
        ("dim fever", "characterised by", "{term: glow, direction: increased}", 1, False),
        ("dim fever", "characterised by", "glow", 0, False),
        ("dim fever", "defined as", "{term: glow, direction: decreased}", 0, False),
    ],
)
def test_sign(demo: Checkout, subject: str, relation: str, obj: str, sign: int, causal: bool) -> None:
    demo.say(statement(subject=subject, relation=relation, object=obj))
    (one,) = demo.statements()
    assert (one.proposition.sign, one.proposition.causal) == (sign, causal)
    assert demo.values(one.proposition.iri, "sign") == {str(sign)}
    assert demo.values(one.proposition.iri, "causal") == {str(causal).lower()}


def test_a_group_comparison(demo: Checkout) -> None:
    demo.say(
        statement(
            subject="solin level", relation="higher in", object="dim fever", compared_with="night walkers"
        ),
        statement(
            subject="{term: solin, aspect: release}",
            relation="lower in",
            object="dim fever",
            compared_with="night walkers",
            stance="denied",
            null_kind="measured no difference",
        ),
    )
    assert [each.proposition.sign for each in demo.statements()] == [1, -1]


# --- statements -----------------------------------------------------------------------------------------


def test_defaults(demo: Checkout) -> None:
    demo.say(statement())
    (one,) = demo.statements()
    told = fields(one)
    assert told["stance"] == {"Affirmed"} and told["claimKind"] == {"Finding"}
    assert "hedge" not in told and "nullKind" not in told
    iri = f"{BASE}statement/{SLUG}/S01.P01.N01.1"
    assert demo.values(iri, "orderInSentence") == {"1"}
    assert demo.values(f"{iri}/evidence/1", "evidenceType") == {PREFIXES["ECO"] + "0000033"}


def test_what_is_written_goes_before_the_defaults(demo: Checkout) -> None:
    demo.say(
        statement(
            stance="denied",
            null_kind="measured absent",
            claim_kind="background",
            hedge="[may, suggests]",
            evidence_type="traceable author statement",
        )
    )
    told = fields(demo.statements()[0])
    assert told["stance"] == {"Denied"} and told["nullKind"] == {"MeasuredAbsent"}
    assert told["claimKind"] == {"Background"} and told["hedge"] == {"HedgeMay", "HedgeSuggests"}


def test_an_undetermined_statement_is_a_gap_without_certainty(demo: Checkout) -> None:
    demo.say(statement(stance="undetermined", certainty=None))
    (one,) = demo.statements()
    assert one.undetermined and "certainty" not in fields(one)
    iri = f"{BASE}statement/{SLUG}/S01.P01.N01.1"
    types = {
        q.object
        for q in demo.quads()
        if q.subject == ox.NamedNode(iri) and q.predicate.value.endswith("#type")
    }
    assert types == {mgo("KnowledgeGap")}


def test_numbers_count_on_from_an_order(demo: Checkout) -> None:
    demo.say(statement(), statement(object="solin", order="4"), statement(object="solin release"))
    assert [each.number for each in demo.statements()] == [1, 4, 5]


def test_a_chain_gives_its_hops_shared_keys_and_their_order(demo: Checkout) -> None:
    demo.say(
        statement(object="dim fever"),
        "  - chain:\n"
        "      - {gloss: First., subject: lunite, relation: increases, object: solin}\n"
        "      - {gloss: Second., subject: solin, relation: increases, object: glow, certainty: suggested}\n"
        "      - {gloss: Third., subject: glow, relation: decreases, object: dim fever}\n"
        "    certainty: established\n    species: Mus lunaris\n",
        statement(object="solin release"),
    )
    found = demo.statements()
    assert [each.number for each in found] == [1, 2, 3, 4, 5]
    assert [each.next_in_chain for each in found] == [None, 3, 4, None, None]
    assert [fields(each)["certainty"] for each in found[1:4]] == [
        {"Established"},
        {"Suggested"},
        {"Established"},
    ]
    assert all(fields(each)["inSpecies"] == {term_iri("Mus lunaris")} for each in found[1:4])
    base = f"statement/{SLUG}/S01.P01.N01"
    assert demo.values(f"{BASE}{base}.2", "nextInChain") == {f"{base}.3"}
    assert demo.values(f"{BASE}{base}.4", "nextInChain") == set()


def test_alternatives_in_the_sentence_and_in_another_file(demo: Checkout) -> None:
    demo.say(statement(), statement(object="solin", alternative_to="[1, S02.P01.N02.1]"))
    demo.say(statement(object="dim fever"), at="S02.P01.N02")
    base = f"statement/{SLUG}/"
    assert demo.values(f"{BASE}{base}S01.P01.N01.2", "alternativeTo") == {
        f"{base}S01.P01.N01.1",
        f"{base}S02.P01.N02.1",
    }


def test_a_sentence_without_a_claim(demo: Checkout) -> None:
    demo.write("S01.yaml", demo.section("S01", {"S01.P02.N01": "{no_claim: transition}"}))
    (entry,) = demo.compile().articles[0].entries
    assert entry == NoClaim("S01.P02.N01", mgo("NoClaimTransition"))
    assert demo.values(f"{BASE}article/{SLUG}/S01.P02.N01", "noClaimReason") == {"NoClaimTransition"}


def test_an_empty_key_is_work_to_be_done_and_no_error(demo: Checkout) -> None:
    demo.write("S01.yaml", demo.section("S01", {}))
    assert demo.statements() == ()


# --- evidence -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("locator", "reference", "scope"),
    [
        ("S01.P01.N01", 1, "OwnCitation"),
        ("S01.P01.N02", 1, "InheritedFromParagraph"),
        ("S02.P01.N01", 2, "InheritedFromSection"),
    ],
)
def test_citations_come_from_the_index_with_their_scope(
    demo: Checkout, locator: str, reference: int, scope: str
) -> None:
    demo.say(statement(design="night watch", study_species="Mus lunaris", sample_size="12"), at=locator)
    iri = f"{BASE}statement/{SLUG}/{locator}.1"
    line = f"{iri}/evidence/{reference}"
    assert demo.values(iri, "hasEvidenceLine") == {line.removeprefix(BASE)}
    assert demo.values(line, "cites") == {f"article/{SLUG}/ref/{reference}"}
    assert demo.values(line, "citationScope") == {scope}
    assert demo.values(line, "studyDesign") == {term_iri("night watch").removeprefix(BASE)}
    assert demo.values(line, "studySpecies") == {term_iri("Mus lunaris")}
    assert demo.values(line, "sampleSize") == {"12"}


def test_a_sentence_without_a_citation_gives_no_evidence_line(demo: Checkout) -> None:
    demo.say(statement(), at="S01.P02.N01")
    (one,) = demo.statements()
    assert one.lines == ()


def test_citations_of_a_claim_that_departs_from_its_sentence(demo: Checkout) -> None:
    demo.say(statement(cites="[2, 2]", cites_reason="Only the second study did it."))
    (one,) = demo.statements()
    assert [line.reference for line in one.lines] == [2]
    line = f"{BASE}statement/{SLUG}/S01.P01.N01.1/evidence/2"
    assert demo.values(line, "overrideReason") == {"Only the second study did it."}
    assert demo.values(line, "citationScope") == {"OwnCitation"}


def test_a_claim_that_rests_on_none_of_its_sentence_citations(demo: Checkout) -> None:
    demo.say(statement(cites="[]", cites_reason="The authors' own words."))
    assert demo.statements()[0].lines == ()


def test_results_and_quantities_keep_the_reported_text(demo: Checkout) -> None:
    demo.say(
        statement(
            results="[{arm: fed, subgroup: night walkers, comparator: lunite, "
            "comparator_basis: stated comparator, participants: 7, "
            "quantities: [{role: effect, value: 3.50, as_reported: 'about 3.50 fold', "
            "unit: '{fold}', statistic: fold change, change: increased, qualifier: approximately, "
            "of: solin level}, "
            "{role: follow-up, low: 1, high: 2.0, unit: d}, "
            "{role: exposure, value_status: in words, in_words: much, time_point: dusk}]}]"
        )
    )
    iri = f"{BASE}statement/{SLUG}/S01.P01.N01.1/result/1"
    assert demo.values(iri, "arm") == {"fed"} and demo.values(iri, "participants") == {"7"}
    assert demo.values(iri, "hasQuantity") == {f"{iri.removeprefix(BASE)}/quantity/{n}" for n in (1, 2, 3)}
    first, second, third = (f"{iri}/quantity/{n}" for n in (1, 2, 3))
    assert demo.values(first, "value") == {"3.50"}  # not 3.5
    assert demo.values(first, "asReported") == {"about 3.50 fold"}
    assert demo.values(first, "quantityRole") == {"EffectRole"}
    assert demo.values(first, "ofAttribute") == {"MGO_0009010"}
    assert demo.values(second, "low") == {"1"} and demo.values(second, "high") == {"2.0"}
    assert demo.values(third, "valueStatus") == {"InWords"} and demo.values(third, "magnitudeInWords") == {
        "much"
    }
    datatypes = {
        quad.object.datatype.value
        for quad in demo.quads()
        if quad.subject == ox.NamedNode(first)
        and quad.predicate == mgo("value")
        and isinstance(quad.object, ox.Literal)
    }
    assert datatypes == {PREFIXES["xsd"] + "decimal"}


# --- the rest -------------------------------------------------------------------------------------------


def test_the_article_and_its_references(demo: Checkout) -> None:
    article = f"{BASE}article/{SLUG}"
    told: dict[str, set[str]] = {}
    for quad in demo.quads():
        if quad.subject == ox.NamedNode(article):
            told.setdefault(quad.predicate.value, set()).add(local(quad.object))
    assert told[PREFIXES["rdf"] + "type"] == {"Article"}
    assert told[PREFIXES["dcterms"] + "title"] == {"The lunite of the night"}
    assert told[PREFIXES["dcterms"] + "creator"] == {"Ada Moon", "Ben Star"}
    assert told[BASE + "year"] == {"2026"} and told[BASE + "firstAuthor"] == {"Moon"}
    assert told[PREFIXES["rdfs"] + "seeAlso"] == {"https://doi.org/10.1000/demo(1)"}
    first, second = f"{article}/ref/1", f"{article}/ref/2"
    assert demo.values(first, "listedIn") == {f"article/{SLUG}"} and demo.values(first, "number") == {"1"}
    assert demo.values(first, "publicationKind") == {"AnimalExperimentPublication"}
    assert demo.values(first, "kindBasis") == {"BasisTitle"}
    assert demo.values(first, "aboutSpecies") == {term_iri("Mus lunaris")}
    assert demo.values(first, "inSpecies") == set()
    assert demo.values(second, "aboutOutcome") == {term_iri("glow"), term_iri("dim fever")}
    assert demo.values(second, "pmid") == {"123"}


def test_keys_of_the_article_that_are_for_people_only(demo: Checkout) -> None:
    text = "title: x\nreceived: 2026-01-02\nlicence: CC BY 4.0\nurl: https://example.org\nreferences:\n"
    demo.write("article.yaml", text + "  - {number: 1, title: a}\n  - {number: 2, title: b}\n")
    before = {quad.predicate.value for quad in demo.quads()}
    assert not {each for each in before if "received" in each or "licence" in each}


def test_sentences_and_sections(demo: Checkout) -> None:
    sentence = f"{BASE}article/{SLUG}/S01.P01.N02"
    assert demo.values(sentence, "locator") == {"S01.P01.N02"}
    assert demo.values(sentence, "sentenceOrder") == {"2"}
    assert demo.values(sentence, "sentenceHash") == {INDEX[1].sha256}
    assert demo.values(sentence, "sentenceInherits") == {f"article/{SLUG}/ref/1"}
    assert demo.values(sentence, "sentenceCites") == set()
    assert demo.values(sentence, "sentenceScope") == {"InheritedFromParagraph"}
    assert demo.values(sentence, "inSection") == {f"article/{SLUG}/S01"}
    assert demo.values(f"{BASE}article/{SLUG}/S01", "sectionNumber") == {"S01"}


def test_the_audit(demo: Checkout) -> None:
    demo.say(statement(), statement(object="solin"))
    demo.write(
        "tensions.yaml",
        "- {between: [S01.P01.N01.1, S01.P01.N01.2], kind: contradiction, reading: They differ.}\n",
    )
    demo.write(
        "flags.yaml",
        "- {about: [S01.P01.N01.1, S01.P01.N02, ref/2], kind: causal overreach, basis: text,\n"
        "   severity: high, note: Too bold., corrected: Linked with.}\n",
    )
    demo.write("absent.yaml", "- {topic: [dim fever, glow], note: Nobody measured it.}\n")
    tension, flag, absence = (f"{BASE}{name}/{SLUG}/1" for name in ("tensions", "flags", "absent"))
    base = f"statement/{SLUG}/S01.P01.N01"
    assert demo.values(tension, "between") == {f"{base}.1", f"{base}.2"}
    assert demo.values(tension, "tensionKind") == {"Contradiction"}
    assert demo.values(tension, "reading") == {"They differ."}
    assert demo.values(flag, "about") == {
        f"{base}.1",
        f"article/{SLUG}/S01.P01.N02",
        f"article/{SLUG}/ref/2",
    }
    assert demo.values(flag, "flagKind") == {"CausalOverreach"}
    assert demo.values(flag, "correctedReading") == {"Linked with."}
    assert demo.values(absence, "topic") == {term_iri("dim fever"), term_iri("glow")}
    graphs = {
        q.graph_name for q in demo.quads() if q.subject in {ox.NamedNode(tension), ox.NamedNode(absence)}
    }
    assert graphs == {ox.NamedNode(f"{BASE}graph/audit")}


def test_a_flag_may_be_about_one_evidence_line(demo: Checkout) -> None:
    demo.say(statement())
    line = "S01.P01.N01.1/evidence/1"
    demo.write(
        "flags.yaml", f"- {{about: [{line}], kind: misprint, basis: text, severity: low, note: A slip.}}\n"
    )
    assert demo.values(f"{BASE}flags/{SLUG}/1", "about") == {f"statement/{SLUG}/{line}"}


def test_a_ucum_code_brings_its_qudt_unit_where_the_table_has_one(demo: Checkout) -> None:
    table = "unit\tmeaning\tqudt\nmg\tmilligram\tMilliGM\nmeq/kg\tmilliequivalent in a kilogram\t\n"
    (demo.root / "ontology" / "units.tsv").write_text(table, encoding="utf-8")
    quantities = [f"{{role: effect, value: 3, as_reported: '3', unit: {unit}}}" for unit in ("mg", "meq/kg")]
    demo.say(statement(results=f"[{{quantities: [{', '.join(quantities)}]}}]"))
    result = f"{BASE}statement/{SLUG}/S01.P01.N01.1/result/1/quantity"
    assert demo.values(f"{result}/1", "qudtUnit") == {"http://qudt.org/vocab/unit/MilliGM"}
    assert demo.values(f"{result}/2", "qudtUnit") == set()


def test_a_term_is_a_class_and_an_individual_of_its_kind(demo: Checkout) -> None:
    told: dict[str, set[str]] = {}
    for quad in demo.quads():
        if quad.subject == ox.NamedNode(term_iri("early dim fever")):
            told.setdefault(quad.predicate.value, set()).add(local(quad.object))
    assert told[PREFIXES["rdf"] + "type"] == {PREFIXES["owl"] + "Class", "ConditionConcept"}
    assert told[PREFIXES["rdfs"] + "subClassOf"] == {term_iri("dim fever")}
    assert told[PREFIXES["skos"] + "prefLabel"] == {"early dim fever"}
    lunite = term_iri("lunite")
    assert demo.values(term_iri("lunite deficiency"), "stateOf") == {lunite}
    assert demo.values(term_iri("lunite deficiency"), "direction") == {"Decreased"}
    assert demo.values(term_iri("tissue lunite"), "standsForWhole") == {"true"}
    assert demo.values(term_iri("blood lunite"), "standsForWhole") == set()
    assert demo.values(term_iri("lunite supplementation"), "interventionOn") == {lunite}


def test_a_table_saved_by_a_spreadsheet(demo: Checkout) -> None:
    path = demo.root / "ontology" / "terms.tsv"
    text = path.read_text(encoding="utf-8")
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    demo.compile()


def test_a_second_article_shares_propositions_and_nothing_else(demo: Checkout) -> None:
    other = demo.root / "evidence" / "other-2026"
    other.mkdir()
    for path in (demo.root / "evidence" / SLUG).iterdir():
        (other / path.name).write_bytes(path.read_bytes())
    one, two = demo.compile().articles
    assert one.statements[0].proposition.iri == two.statements[0].proposition.iri
    subjects = {quad.subject.value for quad in demo.quads() if isinstance(quad.subject, ox.NamedNode)}
    assert {f"{BASE}statement/{slug}/S01.P01.N01.1" for slug in (SLUG, "other-2026")} <= subjects


def test_the_index_row_of_the_demo_is_read_back(demo: Checkout) -> None:
    assert demo.compile().articles[0].index == INDEX
    assert index_row("S02.P01.N03", has_number=True) in INDEX
