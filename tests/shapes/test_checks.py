"""The checks across many nodes: silent on the release, and each finds the mistake that it is there for."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pyoxigraph as ox
import pytest

from mgonto.compiler.schema import load_schema
from mgonto.graph.edges import derive_edges
from mgonto.names import BASE, PREFIXES
from tests.shapes.constraints import ROOT, SHAPES

CHECKS = sorted((SHAPES / "checks").glob("*.rq"))
MGO = ox.NamedNode
ARTICLE = f"{BASE}article/foroudastan-2025"
STATEMENT = f"{BASE}statement/foroudastan-2025"
HEAD = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items() if name.islower()) + (
    f"PREFIX r: <{ARTICLE}/ref/>\nPREFIX ex: <https://example.org/>\nPREFIX MGO: <{BASE}MGO_>\n"
)
#: A statement with an evidence line, a result and an edge.
ONE, LINE, RESULT = (
    "s:S09.P02.N05.1",
    f"<{STATEMENT}/S09.P02.N05.1/evidence/14>",
    f"<{STATEMENT}/S09.P02.N05.1/result/1>",
)


def changed(subject: str, predicate: str, value: str) -> str:
    """The update that gives a node another value."""
    old = f"{subject} {predicate} ?old"
    return f"DELETE {{ {old} }} INSERT {{ {subject} {predicate} {value} }} WHERE {{ {old} }}"


#: For each check what is done to the release; it must then find something, and before it nothing.
MISTAKES = {
    "alternative-to-itself": f"INSERT DATA {{ {ONE} mgo:alternativeTo {ONE} }}",
    "causal-over-observation": changed(LINE, "mgo:studyDesign", "MGO:0000144"),
    "citation-missing": f"DELETE WHERE {{ {ONE} mgo:hasEvidenceLine ?line }}",
    "citation-not-of-sentence": changed(LINE, "mgo:cites", "r:1"),
    "citation-of-another-list": changed("r:14", "mgo:listedIn", "ex:article"),
    "citation-scope": changed(LINE, "mgo:citationScope", "mgo:InheritedFromSection"),
    "citation-twice": f"INSERT DATA {{ {ONE} mgo:hasEvidenceLine ex:line . ex:line mgo:cites r:14 }}",
    "contradiction-without-pair": f"""INSERT DATA {{
        ex:tension mgo:tensionKind mgo:Contradiction ; mgo:between {ONE} , s:S09.P02.N05.2 }}""",
    "edge-missing": f"""DELETE {{ ?p mgo:yieldsEdge ?e }}
        WHERE {{ {ONE} mgo:asserts ?p . ?p mgo:yieldsEdge ?e }}""",
    "edge-of-link-missing": """DELETE { ?t mgo:moreLess ?b }
        WHERE { ?t mgo:stateOf ?b ; mgo:direction mgo:Decreased }""",
    "edge-to-itself": "INSERT DATA { obo:CHEBI_18420 mgo:moreMore obo:CHEBI_18420 }",
    "edge-unfounded": f"INSERT {{ ?p mgo:yieldsEdge mgo:moreLess }} WHERE {{ {ONE} mgo:asserts ?p }}",
    "edge-untraced": "INSERT DATA { obo:CHEBI_18420 mgo:lessMoreMaybe MGO:0000101 }",
    "edge-without-triple": f"""DELETE {{ ?s mgo:moreMore ?o }}
        WHERE {{ {ONE} mgo:asserts ?p . ?p mgo:subject ?s ; mgo:object ?o }}""",
    "evidence-place": changed(LINE, "mgo:cites", "r:1"),
    "order-twice": changed(ONE, "mgo:orderInSentence", "2"),
    "orcid-checksum": """INSERT DATA {
        r:1 dcterms:creator <https://orcid.org/0000-0002-1825-0098> }""",
    "overreach-without-cause": """INSERT { ex:flag mgo:flagKind mgo:CausalOverreach ; mgo:about ?s }
        WHERE { ?s mgo:asserts ?p . ?p mgo:causal false }""",
    "participant-content": changed("?m", "mgo:participantTerm", "ex:t"),
    "proposition-content": f"""DELETE {{ ?p mgo:subject ?s ; mgo:object ?o }}
        INSERT {{ ?p mgo:subject ?o ; mgo:object ?s }}
        WHERE {{ {ONE} mgo:asserts ?p . ?p mgo:subject ?s ; mgo:object ?o }}""",
    "proposition-twice": """INSERT { ?each a mgo:Proposition ; mgo:subject ex:s ; mgo:relation mgo:Causes }
        WHERE { VALUES ?each { ex:one ex:two } }""",
    "reference-doi-twice": "INSERT { r:2 mgo:doi ?doi } WHERE { r:1 mgo:doi ?doi }",
    "reference-link": changed("r:1", "mgo:doi", "'10.1234/other'"),
    "reference-number-twice": changed("r:2", "mgo:number", "1"),
    "reference-place": changed("r:2", "mgo:number", "40"),
    "reference-pmcid-twice": "INSERT { r:14 mgo:pmcid ?id } WHERE { r:1 mgo:pmcid ?id }",
    "reference-pmid-twice": "INSERT { r:14 mgo:pmid ?id } WHERE { r:1 mgo:pmid ?id }",
    "reference-to-itself": """INSERT { r:1 mgo:doi ?doi }
        WHERE { <https://w3id.org/mgonto/article/foroudastan-2025> mgo:doi ?doi }""",
    "reference-younger": changed("r:2", "mgo:year", "2062"),
    "result-place": f"INSERT DATA {{ s:S09.P02.N05.2 mgo:reportsResult {RESULT} }}",
    "section-place": changed("a:S09", "mgo:sectionNumber", "'S08'"),
    "sentence-hash-twice": """INSERT { a:S09.P02.N05 mgo:sentenceHash ?hash }
        WHERE { a:S09.P02.N04 mgo:sentenceHash ?hash }""",
    "sentence-order-twice": """INSERT { a:S09.P02.N05 mgo:sentenceOrder ?at }
        WHERE { a:S09.P02.N04 mgo:sentenceOrder ?at }""",
    "sentence-place": changed("a:S09.P02.N05", "mgo:inSection", "a:S08"),
    "state-by-its-name": """INSERT { ex:p mgo:subject ?b ; mgo:subjectDirection ?d }
        WHERE { ?t mgo:stateOf ?b ; mgo:direction ?d }""",
    "state-twice": """INSERT { ex:t mgo:stateOf ?b ; mgo:direction ?d }
        WHERE { ?t mgo:stateOf ?b ; mgo:direction ?d }""",
    "statement-place": changed(ONE, "mgo:statedIn", "a:S09.P02.N04"),
    "statement-twice": f"INSERT {{ s:S09.P02.N05.2 mgo:asserts ?p }} WHERE {{ {ONE} mgo:asserts ?p }}",
    "tension-missing": f"""DELETE {{ ?p mgo:sign 1 }} INSERT {{ ?p mgo:sign -1 }}
        WHERE {{ {ONE} mgo:asserts ?p }}""",
    "unit-in-qudt": """DELETE { ?q mgo:qudtUnit ?o }
        INSERT { ?q mgo:qudtUnit <http://qudt.org/vocab/unit/DAY> }
        WHERE { ?q mgo:qudtUnit ?o ; mgo:unit '%' }""",
}


@pytest.fixture(scope="module")
def release() -> list[ox.Quad]:
    return [
        ox.Quad(each.subject, each.predicate, each.object)
        for each in ox.parse(path=str(ROOT / "release" / "mgonto.ttl"), format=ox.RdfFormat.TURTLE)
    ]


def store_of(quads: list[ox.Quad]) -> ox.Store:
    store = ox.Store()
    store.bulk_extend(quads)
    return store


def rows(store: ox.Store, path: Path) -> list[str]:
    found = store.query(path.read_text(encoding="utf-8"))
    assert isinstance(found, ox.QuerySolutions)
    assert [each.value for each in found.variables][:3] == ["focus", "path", "value"]
    return [str(row["focus"]) for row in found]


def full(place: re.Match[str]) -> str:
    """The IRI of a sentence (a:S09.P02.N05) or statement (s:S09.P02.N05.1)."""
    return f"<{ARTICLE if place[1] == 'a' else STATEMENT}/{place[2]}>"


def header(path: Path) -> dict[str, str]:
    """The keys of the header; a text over several lines is joined."""
    lines = [line[3:] for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#+ ")]
    joined = re.sub(r">-\n +", "", "\n".join(lines))
    joined = re.sub(r"\n +", " ", joined)
    return dict(line.split(": ", 1) for line in joined.splitlines())


@pytest.mark.parametrize("path", CHECKS, ids=lambda path: path.stem)
def test_a_check_says_what_is_wrong_and_what_to_do(path: Path) -> None:
    told = header(path)
    assert set(told) == {"summary", "severity", "shape", "message"}
    assert told["severity"] in ("Violation", "Warning", "Info")
    assert told["shape"] == BASE + path.stem.title().replace("-", "") + "Check"
    assert len(told["message"].split()) > 15


@pytest.mark.parametrize("path", CHECKS, ids=lambda path: path.stem)
def test_a_check_is_silent_on_the_release_and_finds_its_mistake(path: Path, release: list[ox.Quad]) -> None:
    store = store_of(release)
    assert rows(store, path) == []
    store.update(HEAD + re.sub(r"\b([as]):(S[\w.]*\w)", full, MISTAKES[path.stem]))
    assert rows(store, path)


def test_every_mistake_belongs_to_a_check() -> None:
    assert set(MISTAKES) == {path.stem for path in CHECKS}


@pytest.mark.parametrize(
    ("sign", "way", "stance", "tension", "at_odds"),
    [
        (1, "mgo:Increased", "mgo:Affirmed", "", False),
        (-1, "mgo:Increased", "mgo:Affirmed", "", True),
        (1, "mgo:Decreased", "mgo:Affirmed", "", True),
        (-1, "mgo:Decreased", "mgo:Affirmed", "", False),
        (-1, "mgo:Increased", "mgo:Denied", "", False),
        (-1, "mgo:Increased", "mgo:Affirmed", "ex:t mgo:between ex:one , ex:two .", False),
    ],
)
def test_claims_at_odds_need_a_tension(sign: int, way: str, stance: str, tension: str, at_odds: bool) -> None:
    """A claim about a thing, and one about a state of it, which is more of it or less."""
    store = ox.Store()
    store.update(
        f"""{HEAD} INSERT DATA {{
          ex:low mgo:stateOf ex:level ; mgo:direction {way} . {tension}
          ex:one mgo:stance mgo:Affirmed ; mgo:asserts ex:p .
          ex:p mgo:subject ex:level ; mgo:object ex:o ; mgo:sign 1 .
          ex:two mgo:stance {stance} ; mgo:asserts ex:q .
          ex:q mgo:subject ex:low ; mgo:object ex:o ; mgo:sign {sign} .
        }}"""
    )
    assert bool(rows(store, SHAPES / "checks" / "tension-missing.rq")) is at_odds


def test_what_one_affirms_and_another_denies_needs_a_tension() -> None:
    store = ox.Store()
    store.update(
        f"""{HEAD} INSERT DATA {{
          ex:one mgo:stance mgo:Affirmed ; mgo:asserts ex:p .
          ex:two mgo:stance mgo:Denied ; mgo:asserts ex:p .
        }}"""
    )
    assert rows(store, SHAPES / "checks" / "tension-missing.rq") == ["<https://example.org/one>"]


def test_data_without_edges_are_not_told_to_have_them(release: list[ox.Quad]) -> None:
    edges = {BASE + name for name in ("yieldsEdge", "moreMore", "moreLess", "lessMore", "lessLess")}
    store = store_of([each for each in release if each.predicate.value not in edges])
    for name in ("edge-missing", "edge-of-link-missing"):
        assert rows(store, SHAPES / "checks" / f"{name}.rq") == []


def test_the_rules_of_edges_are_those_that_derive_them() -> None:
    """Every relation, direction, kind of subject and wording: what is derived is what the checks expect."""
    schema = load_schema(ROOT / "ontology")
    store = ox.Store()
    number = 0

    def add(subject: str, predicate: str, value: ox.NamedNode | ox.Literal) -> None:
        store.add(ox.Quad(MGO(subject), MGO(predicate if "://" in predicate else BASE + predicate), value))

    a = PREFIXES["rdf"] + "type"
    for kind in schema.kinds:
        add(f"{BASE}MGO_{kind}", a, MGO(f"{BASE}{kind}Concept"))
    add(f"{BASE}MGO_State", a, MGO(f"{BASE}AttributeConcept"))
    add(f"{BASE}MGO_State", "stateOf", MGO(f"{BASE}MGO_Molecule"))
    add(f"{BASE}MGO_State", "direction", MGO(f"{BASE}Increased"))
    wordings = (
        ("Affirmed", "Established", "Finding", ""),
        ("Affirmed", "Hypothesised", "Finding", ""),
        ("Affirmed", "Suggested", "Recommendation", ""),
        ("Affirmed", "Established", "Finding", "overreach"),
        ("Affirmed", "Established", "Finding", "alternativeTo"),
        ("Affirmed", "Established", "Finding", "inStage"),
        ("Denied", "Established", "Finding", ""),
    )
    directions = (None, "Increased", "Decreased", "Altered", "Normal")
    subjects = ("Molecule", "Condition", "Intervention", "State")
    for relation, direction, subject, wording in product(
        schema.relations.values(), directions, subjects, wordings
    ):
        number += 1
        proposition, statement = f"{BASE}proposition/{number}", f"{BASE}statement/{number}"
        stance, certainty, claim, more = wording
        add(proposition, "relation", MGO(relation.iri))
        add(proposition, "subject", MGO(f"{BASE}MGO_{subject}"))
        add(proposition, "object", MGO(f"{BASE}MGO_Process"))
        add(proposition, "sign", ox.Literal(relation.sign))
        add(proposition, "causal", ox.Literal(relation.causal))
        if direction:
            add(proposition, "subjectDirection", MGO(BASE + direction))
        add(statement, "asserts", MGO(proposition))
        add(statement, "stance", MGO(BASE + stance))
        add(statement, "certainty", MGO(BASE + certainty))
        add(statement, "claimKind", MGO(BASE + claim))
        if more == "overreach":
            add(f"{statement}/flag", "about", MGO(statement))
            add(f"{statement}/flag", "flagKind", MGO(f"{BASE}CausalOverreach"))
        elif more == "inStage":
            add(proposition, more, MGO(f"{BASE}MGO_Condition"))
        elif more:
            add(statement, more, MGO(f"{BASE}statement/0"))
    for quad in list(derive_edges(store)):
        store.add(ox.Quad(quad.subject, quad.predicate, quad.object))
    assert number == 39 * 5 * 4 * 7
    for path in CHECKS:
        if path.stem.startswith("edge-"):
            assert rows(store, path) == [], path.stem


def test_text_with_quotes_and_backslashes_hashes_as_the_compiler_hashes_it() -> None:
    from mgonto.compiler.records import Proposition

    fields = tuple(
        (MGO(BASE + name), value)
        for name, value in (
            ("subject", MGO(f"{BASE}MGO_1")),
            ("dose", ox.Literal('5 "drops" \\ day, µg')),
            ("atTime", ox.Literal("á dusk")),
        )
    )
    made = Proposition(fields, 1, True)
    store = ox.Store()
    store.add(ox.Quad(MGO(made.iri), MGO(PREFIXES["rdf"] + "type"), MGO(f"{BASE}Proposition")))
    for prop, value in fields:
        store.add(ox.Quad(MGO(made.iri), prop, value))
    assert rows(store, SHAPES / "checks" / "proposition-content.rq") == []
