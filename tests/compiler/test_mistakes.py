"""Every rule of the curation format, broken once: one problem, in its place, with its hint."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from mgonto.compiler.compile import compile_sources
from mgonto.errors import MgontoError, Problem
from tests.compiler.demo import HERE, INDEX, SLUG, Checkout, index_row, statement

LINE = "{term: lunite, direction: decreased}"
DIRECTIONS = "one of: altered, decreased, increased, normal"
CERTAINTIES = "one of: established, hypothesised, suggested"
NULL_KINDS = (
    "one of: denied relation, measured absent, measured no difference, preserved, reported comparable"
)
JOINT_KINDS = "one of: collective, confounded, synergistic"
ROLES = "one of: baseline, count, effect, exposure, follow-up, threshold, time"
CHANGEABLE = "Attribute or Cell or Condition or Exposure or Intervention or Molecule or Pathway or Process"
HIGHER = {"subject": "solin level", "relation": "higher in", "object": "dim fever"}
LOWER = {"subject": "solin", "relation": "lower in", "object": "dim fever"}
WORDS26 = " ".join(["glow"] * 26)


def result(quantity: str) -> str:
    return f"[{{quantities: [{quantity}]}}]"


# id: changes to the plain statement with the place marked, message, hint
STATEMENT_RULES: dict[str, tuple[dict[str, str | None], str, str]] = {
    "unknown key": (
        {"<<tisue": "", "tisue": "antenna"},
        'unknown key "tisue"',
        'did you mean "tissue"?',
    ),
    "unknown term": ({"object": "<<gloww"}, 'unknown term "gloww"', 'did you mean "glow"?'),
    "term like no other": ({"object": "<<qqqq"}, 'unknown term "qqqq"', "add it to ontology/terms.tsv"),
    "unknown direction": (
        {"subject": "{term: solin, direction: <<raised}"},
        'unknown direction "raised"',
        DIRECTIONS,
    ),
    "unknown direction, near": (
        {"subject": "{term: solin, direction: <<increasd}"},
        'unknown direction "increasd"',
        'did you mean "increased"?',
    ),
    "unknown aspect": (
        {"subject": "{term: solin, aspect: <<releas}"},
        'unknown aspect "releas"',
        'did you mean "release"?',
    ),
    "unknown relation": (
        {"relation": "<<increase"},
        'unknown relation "increase"',
        'did you mean "increases"?',
    ),
    "relation like no other": (
        {"relation": "<<qqqq"},
        'unknown relation "qqqq"',
        "the data dictionary lists the relations",
    ),
    "unknown certainty": (
        {"certainty": "<<sugested"},
        'unknown certainty "sugested"',
        'did you mean "suggested"?',
    ),
    "unknown stance": (
        {"stance": "<<refuted"},
        'unknown stance "refuted"',
        "one of: affirmed, denied, undetermined",
    ),
    "unknown hedge": ({"hedge": "[may, <<mihgt]"}, 'unknown hedge "mihgt"', 'did you mean "might"?'),
    "doubled direction": (
        {"object": "<<{term: glow, direction: decreased}"},
        'a direction doubles the directional verb "increases"',
        "drop the direction of the object, or use a neutral relation such as causes",
    ),
    "doubled direction that names a state": (
        {"object": f"<<{LINE}"},
        'a direction doubles the directional verb "increases"',
        'if the state itself is meant, write "lunite deficiency"',
    ),
    "citation outside the list": (
        {"cites": "[1, <<3]", "cites_reason": "It says so"},
        'the article has no reference "3"',
        "the references are 1 to 2",
    ),
    "citation that is no number": (
        {"cites": "<<²", "cites_reason": "It says so"},
        'the article has no reference "²"',
        "the references are 1 to 2",
    ),
    "no gloss": (
        {"gloss": None, "<<subject": ""},
        "a statement needs a gloss",
        "say in your own words what the sentence claims",
    ),
    "no subject": (
        {"subject": None, "<<gloss": ""},
        "a statement needs its subject",
        "write a term, or {term: ..., direction: ...}",
    ),
    "no object": (
        {"object": None, "<<gloss": ""},
        "a statement needs its object",
        "write a term, or {term: ..., direction: ...}",
    ),
    "no relation": (
        {"relation": None, "<<gloss": ""},
        "a statement needs its relation",
        "write one of the relations of the data dictionary",
    ),
    "no certainty": ({"certainty": None, "<<gloss": ""}, "a statement needs a certainty", CERTAINTIES),
    "empty certainty": (
        {"certainty": "", "<<certainty": ""},
        '"certainty" is empty',
        "write its value, or delete the key",
    ),
    "empty list": (
        {"tissue": "[]", "<<tissue": ""},
        '"tissue" is empty',
        "write its value, or delete the key",
    ),
    "empty gloss": ({"gloss": "''", "<<gloss": ""}, '"gloss" is empty', "write its value, or delete the key"),
    "long gloss": ({"gloss": f"<<{WORDS26}"}, "the gloss has 26 words", "say it in 25 or fewer"),
    "certainty of a gap": (
        {"stance": "undetermined", "certainty": "<<suggested"},
        "an undetermined statement has no certainty",
        "delete the key",
    ),
    "denial without null_kind": (
        {"stance": "denied", "<<gloss": ""},
        "a denial needs a null_kind",
        NULL_KINDS,
    ),
    "null_kind without denial": (
        {"null_kind": "<<preserved"},
        "null_kind belongs to a denial",
        "add stance: denied, or delete it",
    ),
    "kind of the subject": (
        {"subject": "antenna", "relation": "<<increases"},
        '"increases" takes no Anatomy as its subject: "antenna"',
        f"it takes {CHANGEABLE}; choose another relation or term",
    ),
    "kind of the object": (
        {"relation": "<<ameliorates"},
        '"ameliorates" takes no Process as its object: "glow"',
        "it takes Condition; choose another relation or term",
    ),
    "kind of a case": (
        {"relation": "<<is a"},
        '"is a" joins two terms of one kind, not Molecule and Process',
        "choose another relation or term",
    ),
    "kind of a context term": (
        {"tissue": "[antenna, <<glow]"},
        '"tissue" takes no Process: "glow"',
        "it takes a term of kind Anatomy",
    ),
    "higher in, compared with nothing": (
        {**HIGHER, "<<gloss": ""},
        "higher in and lower in need compared_with",
        "name the group compared with",
    ),
    "lower in, no attribute": (
        {
            **HIGHER,
            "relation": "lower in",
            "subject": "solin",
            "compared_with": "night walkers",
            "<<gloss": "",
        },
        "what is higher or lower in a group is an attribute",
        "use its level, or add an aspect",
    ),
    "group without joint_kind": (
        {"subject_joint_with": "[solin]", "<<gloss": ""},
        "joint participants need a joint_kind",
        JOINT_KINDS,
    ),
    "joint_kind without group": (
        {"joint_kind": "<<collective"},
        "joint_kind without joint participants",
        "add subject_joint_with, or delete it",
    ),
    "cites without a reason": (
        {"cites": "<<[2]"},
        "citations that depart from the sentence need a reason",
        "add cites_reason: why the claim departs from its sentence",
    ),
    "reason without cites": (
        {"cites_reason": "<<It says so"},
        "cites_reason without cites",
        "add cites, or delete it",
    ),
    "study without a citation": (
        {"cites": "[]", "cites_reason": "Nobody is cited for it", "design": "night watch", "<<gloss": ""},
        "S01.P01.N01 has no citation to hang the study on",
        "drop design and study keys",
    ),
    "two certainties": (
        {"certainty": "<<[established, suggested]"},
        '"certainty" takes one value',
        "keep one, or write two statements",
    ),
    "two relations": (
        {"relation": "<<[increases, decreases]"},
        '"relation" takes one value',
        "keep one, or write two statements",
    ),
    "two subjects": (
        {"subject": "<<[lunite, solin]"},
        '"subject" takes one value',
        "keep one, or write two statements; a group goes in subject_joint_with",
    ),
    "two stances": (
        {"stance": "<<[affirmed, denied]"},
        "one stance goes here, not several",
        "keep one: affirmed, denied, undetermined",
    ),
    "mapping for a plain value": (
        {"dose": "<<{much: true}"},
        '"dose" takes a plain value',
        "write it on one line",
    ),
    "subject without a term": (
        {"subject": "<<{direction: increased}"},
        "the subject names no term",
        "write its name, or {term: ..., direction: ...}",
    ),
    "unknown key of an end": (
        {"subject": "{term: lunite, <<directon: decreased}"},
        'unknown key "directon"',
        'did you mean "direction"?',
    ),
    "wrong number of people": (
        {"sample_size": "<<a few"},
        '"sample_size" takes a number, not "a few"',
        "keep its words in as_reported",
    ),
    "wrong decimal": (
        {"results": result("{role: effect, value: <<1.2.3}")},
        '"value" takes a number, not "1.2.3"',
        "keep its words in as_reported",
    ),
    "quantity without a role": ({"results": result("<<{value: 3}")}, "a quantity needs a role", ROLES),
    "quantity with a role only": (
        {"results": result("<<{role: effect, unit: g}")},
        "a quantity with no amount says nothing",
        "add a number, in_words or change, or write value_status: not reported",
    ),
    "links with one object": (
        {"relation": "<<links"},
        '"links" ties two things and needs a second object',
        "add object_joint_with, or use associated with",
    ),
    "unknown key of a quantity": (
        {"results": result("{role: effect, <<valu: 3}")},
        'unknown key "valu"',
        'did you mean "value"?',
    ),
    "unknown key of a result": (
        {"results": "[{<<armm: x, quantities: [{role: effect, value: 3}]}]"},
        'unknown key "armm"',
        'did you mean "arm"?',
    ),
    "result without quantities": (
        {"results": "[<<{arm: x}]"},
        "a result needs quantities",
        "write at least one, or value_status: not reported",
    ),
    "result that is no mapping": (
        {"results": "[<<big]"},
        "a result is a mapping",
        "write quantities: and, where told, arm, subgroup, comparator",
    ),
    "order that is no number": (
        {"order": "<<first"},
        '"order" takes a whole number from 1, not "first"',
        "write the statement's number in its sentence, or delete the key",
    ),
    "alternative that is no place": (
        {"alternative_to": "[<<that one]"},
        '"that one" is no statement',
        "write its number here, or S09.P02.N05.2",
    ),
    "alternative that is not there": (
        {"alternative_to": "[<<2]"},
        "there is no statement S01.P01.N01.2",
        "count the statements again",
    ),
    "alternative of another sentence that is not there": (
        {"alternative_to": "[<<S02.P01.N01.1]"},
        "there is no statement S02.P01.N01.1",
        "count the statements again",
    ),
    "alternative to itself": (
        {"alternative_to": "[<<1]"},
        "a statement is no alternative to itself",
        "name the other reading",
    ),
    "chain inside a statement": (
        {"chain": "<<[{subject: lunite}]"},
        "a chain needs two hops or more",
        "write a plain statement instead",
    ),
}


@pytest.mark.parametrize("rule", STATEMENT_RULES)
def test_rule_of_a_statement(demo: Checkout, rule: str) -> None:
    changes, message, hint = STATEMENT_RULES[rule]
    text = demo.section("S01", {"S01.P01.N01": statement(changes)})
    expected = demo.problem(text, "S01.yaml", message, hint)
    assert demo.problems() == [expected]


HOP = "{gloss: g, subject: lunite, relation: increases, object: glow}"
# id: text of the sentence S01.P01.N01 with the place marked, message, hint
SENTENCE_RULES = {
    "own citation and no claim": (
        "{no_claim: <<announcement}",
        "S01.P01.N01 has a citation of its own and cannot be without a claim",
        "state its claim",
    ),
    "unknown reason": (
        "{no_claim: <<boring}",
        'unknown no claim reason "boring"',
        "one of: announcement, method, table header, transition",
    ),
    "claim beside no claim": (
        "{no_claim: announcement, <<gloss: x}",
        '"gloss" beside no_claim',
        "keep the reason alone, or the statements alone",
    ),
    "no list": (
        "<<{gloss: x}",
        "S01.P01.N01 holds no list of statements",
        'start each statement with "- "',
    ),
    "words alone": (
        "<<nothing",
        "S01.P01.N01 holds no list of statements",
        'start each statement with "- "',
    ),
    "statement that is no mapping": (
        "[<<lunite increases glow]",
        "a statement is a mapping",
        "write gloss, subject, relation, object and certainty",
    ),
    "hop that is no mapping": (
        f"[{{chain: [<<lunite, {HOP}], certainty: established}}]",
        "a hop of a chain is a mapping",
        "write subject, relation, object and gloss",
    ),
    "chain of one hop": (
        f"[{{chain: <<[{HOP}], certainty: established}}]",
        "a chain needs two hops or more",
        "write a plain statement instead",
    ),
    "chain in a chain": (
        f"[{{chain: [{HOP}, {HOP[:-1]}, <<chain: [x]}}], certainty: suggested}}]",
        'unknown key "chain"',
        "the keys are: ",
    ),
    "two statements of one number": (
        "\n" + statement(order="2") + statement({"<<gloss": ""}, object="solin", order="2"),
        "S01.P01.N01 has two statements of number 2",
        "give each an order of its own",
    ),
    "duplicate key": (
        "\n" + statement() + "    <<object: solin\n",
        'duplicate key "object"',
        "it stands in line 5 already: join the two or delete one",
    ),
}


@pytest.mark.parametrize("rule", SENTENCE_RULES)
def test_rule_of_a_sentence(demo: Checkout, rule: str) -> None:
    text, message, hint = SENTENCE_RULES[rule]
    if rule in ("claim beside no claim", "unknown reason"):
        demo.index([index_row("S01.P01.N01"), *INDEX[1:]])
    expected = demo.problem(sentence(demo, text), "S01.yaml", message, hint)
    (found,) = demo.problems()
    # The list of all keys is long: its beginning will do.
    assert replace(found, hint=found.hint[: len(hint)]) == expected


def sentence(demo: Checkout, text: str) -> str:
    return demo.section("S01", {"S01.P01.N01": text}).replace(": \n", ":\n").replace(":\n\n", ":\n")


def test_no_claim_on_a_sentence_with_a_number(demo: Checkout) -> None:
    text = demo.section("S02", {"S02.P01.N03": "{no_claim: <<announcement}"})
    message = "S02.P01.N03 holds a number and cannot be without a claim"
    expected = demo.problem(text, "S02.yaml", message, "state its claim")
    assert demo.problems() == [expected]
    demo.index([*INDEX[:-1], index_row("S02.P01.N03")])
    demo.compile()


def test_an_ambiguous_term_is_told_where_it_is_used(demo: Checkout) -> None:
    # Two synonyms of one spelling: the table is wrong, and so is every use of the word.
    demo.terms({"solin": {"synonyms": "moonstuff"}, "glow": {"synonyms": "Moonstuff"}})
    text = demo.section("S01", {"S01.P01.N01": statement(object="<<moonstuff")})
    hint = "write one of these instead: GO:0009001, PR:9001"
    expected = demo.problem(text, "S01.yaml", '"moonstuff" names more than one term', hint)
    table, found = sorted(demo.problems(), key=lambda each: each.file, reverse=True)
    assert found == expected
    assert table.message == 'the name "moonstuff" is not unique'


# id: the file, its text with the place marked, message, hint
FILE_RULES = {
    "broken syntax": (
        "S01.yaml",
        "S01.P01.N01:\n  - gloss: [x\nS01.P01.N02<<: y\n",
        None,
        "check the indentation, the colons and the quotes of this line and the one before it",
    ),
    "sentence that the index lacks": (
        "S02.yaml",
        "S02.P01.N01:\nS02.P01.N02:\nS02.P01.N03:\n<<S02.P01.N04:\n",
        'the index has no sentence "S02.P01.N04" here',
        'did you mean "S02.P01.N03"?',
    ),
    "sentence of another section": (
        "S02.yaml",
        "S02.P01.N01:\nS02.P01.N02:\nS02.P01.N03:\n<<T1.R1:\n",
        'the index has no sentence "T1.R1" here',
        "this file holds the sentences of S02 only",
    ),
    "sentence that is missing": (
        "S02.yaml",
        "<<S02.P01.N01:\nS02.P01.N03:\n",
        "the sentence S02.P01.N02 is missing from the file",
        "add it as a key, with statements or with no_claim and a reason",
    ),
    "sentence twice": (
        "S02.yaml",
        "S02.P01.N01:\nS02.P01.N02:\nS02.P01.N03:\n<<S02.P01.N01:\n",
        'duplicate key "S02.P01.N01"',
        "it stands in line 1 already: join the two or delete one",
    ),
    "unknown section": (
        "S03.yaml",
        "<<S03.P01.N01:\n",
        'the article has no section "S03"',
        "name the file after a section: S09.yaml",
    ),
    "empty file": (
        "S02.yaml",
        "<<",
        "the file is no mapping of sentences",
        "start each sentence with its locator: S09.P01.N01:",
    ),
    "YAML that holds itself": (
        "S02.yaml",
        "<<S02.P01.N01: &again [*again]\n",
        "YAML that holds itself, or is nested too deeply",
        "an anchor (&) must not hold its own alias (*)",
    ),
}


@pytest.mark.parametrize("rule", FILE_RULES)
def test_rule_of_a_file(demo: Checkout, rule: str) -> None:
    name, text, message, hint = FILE_RULES[rule]
    expected = demo.problem(text, name, message or "", hint)
    found = demo.problems()
    if message is None:  # the parser's own words
        assert found[0].message.startswith("YAML syntax: ")
        found = [Problem(each.file, each.line, each.column, "", each.hint) for each in found]
    assert found == [expected]


def test_a_file_that_is_no_text_is_told(demo: Checkout) -> None:
    (demo.root / HERE / "S02.yaml").write_bytes(b"\xff\xfe\x00")
    message = "cannot read the file: it is not UTF-8 text"
    assert demo.problems() == [Problem(f"{HERE}/S02.yaml", 1, 1, message, "check its path and encoding")]


# id: change of article.yaml (what, by what, with the place marked), message, hint
ARTICLE_RULES = {
    "no title": (
        "title: The lunite of the night\na",
        "<<a",
        "a publication needs its title",
        "write title: ...",
    ),
    "unknown key": (
        "first_author",
        "<<first_autor",
        'unknown key "first_autor"',
        'did you mean "first_author"?',
    ),
    "year in words": (
        "2026",
        "<<this year",
        '"year" takes a number, not "this year"',
        "keep its words in as_reported",
    ),
    "two years": ("2026", "<<[2025, 2026]", '"year" takes one value', "keep one, or write two statements"),
    "unknown kind": (
        "animal experiment",
        "<<animal experimnt",
        'unknown publication kind "animal experimnt"',
        'did you mean "animal experiment"?',
    ),
    "unknown basis": (
        "kind_basis: title",
        "kind_basis: <<rumour",
        'unknown kind basis "rumour"',
        "one of: abstract, journal, text, title, title and abstract",
    ),
    "unknown outcome": ("[glow,", "[<<glowing light,", 'unknown term "glowing light"', ""),
    "kind of a species": (
        "species: Mus lunaris",
        "species: <<glow",
        '"species" takes no Process: "glow"',
        "it takes a term of kind Organism",
    ),
    "reference without a number": (
        "{number: 2, ",
        "<<{",
        "a reference needs its number",
        "write number: and its place in the list, from 1",
    ),
    "reference twice": (
        "{number: 2, ",
        "<<{number: 1, ",
        "reference 1 stands twice",
        "number the references as the article does",
    ),
}


@pytest.mark.parametrize("rule", ARTICLE_RULES)
def test_rule_of_the_article(demo: Checkout, rule: str) -> None:
    old, new, message, hint = ARTICLE_RULES[rule]
    text = (demo.root / HERE / "article.yaml").read_text(encoding="utf-8")
    assert text.count(old) == 1
    expected = demo.problem(text.replace(old, new), "article.yaml", message, hint)
    demo.index([index_row(row.locator) for row in INDEX])
    (found,) = demo.problems()
    assert (found.file, found.line, found.column, found.message) == (
        expected.file,
        expected.line,
        expected.column,
        expected.message,
    )
    assert found.hint == hint or (not hint and found.hint)


def test_an_index_that_cites_outside_the_list(demo: Checkout) -> None:
    demo.index([*INDEX[:1], index_row("S01.P01.N02", "own", 9), *INDEX[2:]])
    message = "S01.P01.N02 cites 9, which the reference list lacks"
    hint = "mend the row, or add it to article.yaml"
    assert demo.problems() == [Problem(f"{HERE}/sentences.tsv", 3, 1, message, hint)]


def test_a_broken_index_is_one_problem_with_its_line(demo: Checkout) -> None:
    path = demo.root / HERE / "sentences.tsv"
    path.write_text(path.read_text(encoding="utf-8").replace("paragraph_next", "somehow"), encoding="utf-8")
    (found,) = demo.problems()
    assert (found.file, found.line, found.message) == (
        f"{HERE}/sentences.tsv",
        3,
        'unknown inheritance "somehow"',
    )


def test_a_missing_index_and_a_missing_record_are_told(demo: Checkout) -> None:
    (demo.root / HERE / "sentences.tsv").unlink()
    (found,) = demo.problems()
    assert (found.file, found.line) == (f"{HERE}/sentences.tsv", 1)
    assert str(demo.root) not in found.message
    demo.index(INDEX)
    (demo.root / HERE / "article.yaml").unlink()
    (found,) = demo.problems()
    assert str(found).startswith(f"{HERE}/article.yaml:1:1: cannot read the file: ")


# id: changes of rows, further lines, the row at fault, message, hint
TERM_RULES: dict[str, tuple[dict[str, dict[str, str]], tuple[str, ...], str, str, str]] = {
    "no CURIE": (
        {"solin": {"iri": "solin"}},
        (),
        "solin",
        '"solin" is no CURIE with a known prefix',
        "write it as PREFIX:ID, MGO:0000101 say",
    ),
    "unknown prefix": (
        {"solin": {"iri": "MOON:1"}},
        (),
        "solin",
        '"MOON:1" is no CURIE with a known prefix',
        "write it as PREFIX:ID, MGO:0000101 say",
    ),
    "IRI twice": (
        {"night watch": {"iri": "PR:9001"}},
        (),
        "night watch",
        "PR:9001 stands in line 15 already",
        "one row a term: join the two",
    ),
    "name twice": (
        {"night watch": {"synonyms": "Dim  fever"}},
        (),
        "night watch",
        'the name "dim fever" is not unique',
        'line 5 ("dim fever") has it too: give it to one of them',
    ),
    "unknown kind": (
        {"night watch": {"kind": "Studydesign"}},
        (),
        "night watch",
        'unknown kind "Studydesign"',
        "the kinds are: Anatomy, Attribute, Cell, Condition, EvidenceType, Exposure, Intervention, Molecule, "
        "Organism, Pathway, Population, Process, StudyDesign",
    ),
    "unknown parent": (
        {"early dim fever": {"parents": "dim fevr"}},
        (),
        "early dim fever",
        'column parents: unknown term "dim fevr"',
        'did you mean "dim fever"?',
    ),
    "parent of another kind": (
        {"early dim fever": {"parents": "glow"}},
        (),
        "early dim fever",
        '"glow" is a Process, not a Condition',
        "a term and its parents are of one kind",
    ),
    "parent of itself": (
        {"early dim fever": {"parents": "early dim fever"}},
        (),
        "early dim fever",
        "a term cannot be its own parent",
        "name a broader term, or none",
    ),
    "parents in a ring": (
        {"dim fever": {"parents": "early dim fever"}},
        (),
        "dim fever",
        '"dim fever" is among its own ancestors',
        "mend the parents of one of them: early dim fever",
    ),
    "two links": (
        {"blood lunite": {"state_of": "lunite", "direction": "increased"}},
        (),
        "blood lunite",
        "state_of and pool_of exclude each other",
        "keep the one that holds",
    ),
    "state without direction": (
        {"hypersolinemia": {"direction": ""}},
        (),
        "hypersolinemia",
        "a state or an intervention needs a direction",
        "write increased or decreased",
    ),
    "state that is normal": (
        {"hypersolinemia": {"direction": "normal"}},
        (),
        "hypersolinemia",
        "a state or an intervention needs a direction",
        "write increased or decreased",
    ),
    "intervention without direction": (
        {"lunite supplementation": {"direction": ""}},
        (),
        "lunite supplementation",
        "a state or an intervention needs a direction",
        "write increased or decreased",
    ),
    "direction of nothing": (
        {"glow": {"direction": "increased"}},
        (),
        "glow",
        "a direction with neither state_of nor intervention_on",
        "name the base, or delete it",
    ),
    "whole of nothing": (
        {"glow": {"stands_for_whole": "yes"}},
        (),
        "glow",
        "stands_for_whole is out of place",
        "write yes, and only beside pool_of",
    ),
    "two states of one base": (
        {"dim fever": {"state_of": "lunite", "direction": "decreased"}},
        (),
        "lunite deficiency",
        '"lunite" has a state "decreased" already',
        '"dim fever" is that state: drop state_of here, or make this its narrower term',
    ),
    "wrong cell count": (
        {},
        ("GO:0009009\tglare\tglare\tProcess",),
        "",
        "4 cells in this row",
        "a row has 17 cells, divided by tabs",
    ),
}


@pytest.mark.parametrize("rule", TERM_RULES)
def test_rule_of_the_table_of_terms(demo: Checkout, rule: str) -> None:
    changes, more, name, message, hint = TERM_RULES[rule]
    demo.terms(changes, more)
    lines = (demo.root / "ontology" / "terms.tsv").read_text(encoding="utf-8").splitlines()
    line = next(
        (at for at, row in enumerate(lines, start=1) if name and row.split("\t")[1] == name), len(lines)
    )
    assert demo.problems() == [Problem("ontology/terms.tsv", line, 1, message, hint)]


def test_a_wrong_header(demo: Checkout) -> None:
    path = demo.root / "ontology" / "terms.tsv"
    path.write_text(path.read_text(encoding="utf-8").replace("iri\tname", "name\tiri"), encoding="utf-8")
    found = [each for each in demo.problems() if each.message == "wrong header"]
    assert [(each.file, each.line) for each in found] == [("ontology/terms.tsv", 1)]
    assert found[0].hint.startswith("the columns are: iri name label kind")


def test_the_default_evidence_type_must_be_there(demo: Checkout) -> None:
    demo.terms({"traceable author statement": {"iri": "ECO:0000001"}})
    (found,) = demo.problems()
    assert found.message == "the term ECO:0000033 is missing"


# --- audit ----------------------------------------------------------------------------------------------

AUDIT = {
    "tensions.yaml": "- {between: [S01.P01.N01.1, S01.P01.N01.2], "
    "kind: contradiction, reading: They differ.}\n",
    "flags.yaml": "- {about: [S01.P01.N01.1], kind: misprint, basis: text, severity: low, note: A slip.}\n",
    "absent.yaml": "- {topic: [dim fever], note: Nobody measured it.}\n",
}
AUDIT_RULES = {
    "statement that is not there": (
        "tensions.yaml",
        "S01.P01.N01.2",
        "<<S01.P01.N01.9",
        '"S01.P01.N01.9" is no statement',
        "write S09.P02.N05.1",
    ),
    "tension of a sentence": (
        "tensions.yaml",
        "S01.P01.N01.2",
        "<<S01.P01.N02",
        '"S01.P01.N02" is no statement',
        "write S09.P02.N05.1",
    ),
    "tension of one": (
        "tensions.yaml",
        "[S01.P01.N01.1, S01.P01.N01.2]",
        "<<[S01.P01.N01.1]",
        "1 where 2 belong",
        "name what disagrees with what",
    ),
    "unknown kind of tension": (
        "tensions.yaml",
        "contradiction",
        "<<contradicton",
        'unknown tension kind "contradicton"',
        'did you mean "contradiction"?',
    ),
    "no reading": ("tensions.yaml", "{between", "<<{between", '"reading" is missing', "write reading: ..."),
    "unknown kind of flag": (
        "flags.yaml",
        "misprint",
        "<<misprnt",
        'unknown flag kind "misprnt"',
        'did you mean "misprint"?',
    ),
    "unknown severity": (
        "flags.yaml",
        "low",
        "<<grave",
        'unknown severity "grave"',
        "one of: high, low, medium",
    ),
    "flag about nothing": (
        "flags.yaml",
        "S01.P01.N01.1",
        "<<ref/7",
        '"ref/7" is no statement, evidence line, sentence or reference',
        "write S09.P02.N05.1, S09.P02.N05.1/evidence/14, S09.P02.N05 or ref/13",
    ),
    "two notes": (
        "flags.yaml",
        "A slip.",
        "<<[A slip, a trip]",
        '"note" takes one value',
        "keep one, or write two statements",
    ),
    "unknown key": ("flags.yaml", "note", "<<notes", 'unknown key "notes"', 'did you mean "note"?'),
    "unknown topic": ("absent.yaml", "dim fever", "<<dim fevr", 'unknown term "dim fevr"', ""),
    "no mapping": (
        "absent.yaml",
        "{topic: [dim fever], note: Nobody measured it.}",
        "<<dim fever",
        "an item is a mapping",
        "write note: ..., topic: ...",
    ),
}


@pytest.mark.parametrize("rule", AUDIT_RULES)
def test_rule_of_the_audit(demo: Checkout, rule: str) -> None:
    name, old, new, message, hint = AUDIT_RULES[rule]
    demo.say(statement(), statement(object="solin"))
    text = AUDIT[name]
    if rule == "no reading":
        text = text.replace(", reading: They differ.", "")
    assert text.count(old) == 1
    expected = demo.problem(text.replace(old, new), name, message, hint)
    found = [each for each in demo.problems() if not (rule == "unknown key" and "missing" in each.message)]
    assert [(each.line, each.column, each.message) for each in found] == [
        (expected.line, expected.column, expected.message)
    ]
    if rule == "no mapping":
        assert set(re.findall(r"\w+", found[0].hint)) == {"write", "topic", "note"}
    else:
        assert found[0].hint == hint or (not hint and found[0].hint)


def test_an_audit_of_a_broken_statement_is_no_second_problem(demo: Checkout) -> None:
    demo.say(statement(object="gloww"), statement(object="solin"))
    demo.write("tensions.yaml", AUDIT["tensions.yaml"])
    (found,) = demo.problems()
    assert found.message == 'unknown term "gloww"'


# --- all at once ----------------------------------------------------------------------------------------


def test_all_problems_of_all_files_are_told_at_once_and_in_order(demo: Checkout) -> None:
    demo.terms({"night watch": {"kind": "Watch"}})
    demo.write("article.yaml", "title: ''\nreferences: [{number: 1, title: x}, {number: 2, title: x}]\n")
    demo.say(statement(object="gloww"), statement(relation="incrases", certainty=None))
    demo.write("S02.yaml", "S02.P01.N01: [\n")
    demo.write("flags.yaml", AUDIT["flags.yaml"].replace("misprint", "misprnt"))
    found = demo.problems()
    assert found == sorted(found)
    assert [each.file.removeprefix(f"{HERE}/") for each in found] == [
        *("S01.yaml",) * 3,
        "S02.yaml",
        "article.yaml",
        "flags.yaml",
        "ontology/terms.tsv",
    ]


def test_the_same_problem_is_told_once(demo: Checkout) -> None:
    hop = "{gloss: g, subject: lunite, relation: increases, object: "
    demo.say(f"  - chain: [{hop}glow}}, {hop}solin}}]\n    certainty: certain\n")
    assert [each.message for each in demo.problems()] == ['unknown certainty "certain"']


def test_an_article_without_references(demo: Checkout) -> None:
    demo.write("article.yaml", "title: x\n")
    demo.index([index_row(row.locator) for row in INDEX])
    demo.say(statement(cites="[1]", cites_reason="why not"))
    (found,) = demo.problems()
    assert (found.message, found.hint) == ('the article has no reference "1"', "list them in article.yaml")


def test_no_article_at_all(demo: Checkout) -> None:
    for path in (demo.root / "evidence" / SLUG).iterdir():
        path.unlink()
    with pytest.raises(MgontoError, match="no article in"):
        compile_sources(demo.root)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"mgo:gloss", "@type": "xsd:string"', '"mgo:gloss", "@type": "xsd:integer"', 'the key "gloss" is'),
        ('"mgo:gloss"', '"mgo:glos"', 'the key "gloss" names mgo:glos, which has no domain'),
        (
            '"kind":           {"@id": "mgo:flagKind"',
            '"kind": {"@id": "mgo:tensionKind"',
            "does not stand on a Curat",
        ),
        ('"@context": {', '"@context": [', "cannot read the vocabulary"),
    ],
)
def test_a_context_that_contradicts_the_vocabulary(demo: Checkout, old: str, new: str, message: str) -> None:
    path = demo.root / "ontology" / "context.jsonld"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(MgontoError, match=re.escape(message)):
        demo.compile()
