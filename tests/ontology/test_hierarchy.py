"""The class tree: what the sources of the terms say, joined with the table, and what belongs to what."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import pytest

import mgonto
from mgonto.compiler.compile import compile_sources
from mgonto.compiler.hierarchy import ancestors, imported_parents, rings
from mgonto.compiler.schema import load_schema
from mgonto.compiler.terms import TermTable, check_terms, term_triples
from mgonto.errors import Problem
from mgonto.names import BASE, PREFIXES, expand
from mgonto.sources.imports import ImportedClass, read_imports
from mgonto.sources.terms import COLUMNS, TermRow, read_terms
from tools import import_terms

ROOT = Path(__file__).resolve().parents[2]
MODULES = ROOT / "ontology" / "imports"
SUB = PREFIXES["rdfs"] + "subClassOf"


@pytest.fixture(scope="module")
def table() -> TermTable:
    return compile_sources(ROOT).table


@pytest.fixture(scope="module")
def kb() -> mgonto.KnowledgeBase:
    return mgonto.load()


def names(terms) -> set[str]:
    return {each.name for each in terms}


# --- the tree as it is ------------------------------------------------------------------------------------


def test_any_cardiovascular_disease_finds_hypertension_and_heart_failure(kb):
    found = names(kb.descendants("cardiovascular disease"))
    assert {"hypertension", "heart failure", "stroke", "atherosclerosis", "cardiac arrhythmia"} <= found
    assert {"endothelial dysfunction", "myocardial fibrosis", "vascular injury"} <= found


def test_a_healthy_enlarged_heart_is_no_cardiovascular_disease(kb):
    found = names(kb.descendants("cardiovascular disease"))
    assert "pathological cardiac hypertrophy" in found
    assert found.isdisjoint({"physiological cardiac hypertrophy", "athlete's heart", "cardiac hypertrophy"})


def test_non_human_works_for_species_and_designs(kb):
    assert names(kb.descendants("non-human animal")) >= {
        "Mus musculus",
        "Rattus norvegicus",
        "Cavia porcellus",
    }
    assert "Homo sapiens" not in names(kb.descendants("non-human animal"))
    assert names(kb.descendants("non-human study")) >= {"animal experiment", "isolated vessel study"}
    assert "clinical trial" in names(kb.descendants("human intervention"))


def test_a_tissue_filter_finds_what_lies_in_the_part(kb):
    whole = {each.statement for each in kb.statements(tissue="cardiovascular system")}
    part = {each.statement for each in kb.statements(tissue="myocardium")}
    assert part
    assert part < whole


@pytest.mark.parametrize(
    ("term", "parent"),
    [
        ("glycated hemoglobin level", "glucose-related measure"),
        ("hypermagnesemia", "abnormal magnesium concentration"),
        ("magnesium salt", "magnesium compound"),
        ("adverse effect of magnesium", "adverse effect of treatment"),
        ("triglyceride-glucose index", "insulin resistance index"),
        ("literature search", "evidence synthesis"),
    ],
)
def test_the_topics_of_absence_have_parents(kb, term, parent):
    assert parent in names(kb.ancestors(term))


def test_every_class_reaches_its_kind_and_no_class_is_above_itself(table):
    triples = [
        (s.value, o.value)
        for s, p, o in (*term_triples(table, {}, True), *term_triples(table, {}, False))
        if p.value == SUB
    ]
    parents: dict[str, list[str]] = {}
    for narrow, wide in triples:
        parents.setdefault(narrow, []).append(wide)
    above = ancestors(parents)
    for iri, each in table.terms.items():
        kinds = {wide for wide in above[iri] if wide.startswith(BASE) and "MGO_" not in wide}
        assert kinds == {BASE + each.kind}, each.row.name
        assert iri not in above[iri]


def test_no_asserted_parent_is_implied_by_another(table):
    above = ancestors({iri: each.parents for iri, each in table.terms.items()})
    for each in table.terms.values():
        assert not [(a, b) for a in each.parents for b in each.parents if a in above[b]], each.row.name


def test_no_part_or_member_is_its_own_whole(table):
    wholes = {
        iri: (*each.structure["partOf"], *each.structure["memberOf"]) for iri, each in table.terms.items()
    }
    assert list(rings(wholes)) == []


def test_a_ring_of_parts_is_found():
    assert list(rings({"a": ["b"], "b": ["a"], "c": ["a"]})) == [["a", "b"]]


# --- the modules ------------------------------------------------------------------------------------------


def test_every_external_term_of_a_package_says_its_release(table):
    packaged = {source.prefix: source.module for source in import_terms.SOURCES}
    for each in table.terms.values():
        prefix = each.row.iri.partition(":")[0]
        assert each.imported_from == packaged.get(prefix), each.row.iri


def test_every_module_is_generated_and_sorted():
    for path in MODULES.glob("*.ttl"):
        text = path.read_text("utf-8")
        assert "never edited" in text
        assert "python tools/import_terms.py" in text
        subjects = re.findall(r"^(\S+) a owl:Class", text, re.MULTILINE)
        assert subjects == sorted(set(subjects))


def test_the_pins_name_every_package_that_a_source_is_read_from():
    pins = import_terms.REQUIREMENTS.read_text("utf-8")
    for source in import_terms.SOURCES:
        assert f"\n{source.package}==" in pins


def test_parents_of_another_kind_and_without_a_row_are_passed_over():
    found = {
        "X:1": import_terms.Found("one", frozenset({"X:2", "X:3", "X:4"})),
        "X:2": import_terms.Found("two", frozenset({"X:3", "X:4"})),
        "X:3": import_terms.Found("three", frozenset({"X:4"})),
        "X:4": import_terms.Found("four", frozenset()),
    }
    kinds = {"X:1": "Condition", "X:2": "Exposure", "X:4": "Condition"}
    assert import_terms.parents_of("X:1", kinds, found) == ("X:4",)
    assert import_terms.parents_of("X:1", kinds | {"X:3": "Condition"}, found) == ("X:3",)


def test_a_parent_that_is_not_followed_is_left_out_with_all_below_it(monkeypatch):
    found = {
        "X:1": import_terms.Found("one", frozenset({"X:2", "X:3", "X:4"})),
        "X:2": import_terms.Found("two", frozenset({"X:3"})),
        "X:3": import_terms.Found("three", frozenset()),
        "X:4": import_terms.Found("four", frozenset()),
    }
    kinds = dict.fromkeys(found, "Condition")
    assert import_terms.parents_of("X:1", kinds, found) == ("X:2", "X:4")
    monkeypatch.setattr(import_terms, "NOT_FOLLOWED", frozenset({("X:1", "X:3")}))
    assert import_terms.parents_of("X:1", kinds, found) == ("X:4",)


def test_stroke_is_a_cardiovascular_disease_and_migraine_is_none_as_the_review_has_it(kb):
    under = names(kb.descendants("cardiovascular disease"))
    assert "stroke" in under
    assert "migraine" not in under


def test_a_missing_changed_or_left_over_module_is_stale(tmp_path):
    (tmp_path / "same.ttl").write_text("a", "utf-8")
    (tmp_path / "changed.ttl").write_text("a", "utf-8")
    (tmp_path / "left.ttl").write_text("a", "utf-8")
    texts = {"same.ttl": "a", "changed.ttl": "b", "missing.ttl": "c"}
    assert import_terms.stale(texts, tmp_path) == ["changed.ttl", "left.ttl", "missing.ttl"]


# --- what the compiler refuses ----------------------------------------------------------------------------


def row(iri: str, name: str, kind: str = "Condition", line: int = 2, **cells: str) -> TermRow:
    problems: list[Problem] = []
    given = dict.fromkeys(COLUMNS, "") | {"iri": iri, "name": name, "kind": kind, **cells}
    text = "\t".join(COLUMNS) + "\n" * (line - 1) + "\t".join(given[each] for each in COLUMNS) + "\n"
    return read_one(text, problems)


def read_one(text: str, problems: list[Problem]) -> TermRow:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "terms.tsv"
        path.write_text(text, encoding="utf-8")
        (found,) = read_terms(path, problems, "terms.tsv")
    assert not problems
    return found


def imported(iri: str, label: str, parents: tuple[str, ...] = (), **more) -> ImportedClass:
    values = {"imported_from": "http://example.org/x.owl", "obsolete": False, **more}
    up = tuple(expand(each) or each for each in parents)
    return ImportedClass("imports/mondo.ttl", 7, expand(iri) or iri, label, up, **values)


@pytest.mark.parametrize(
    ("classes", "told"),
    [
        ([imported("MONDO:1", "flu"), imported("MONDO:9", "cold")], "MONDO:9 has no row"),
        ([imported("MONDO:1", "influenza")], '"influenza" in its source and "flu"'),
        ([imported("MONDO:1", "flu", obsolete=True)], "MONDO:1 is obsolete"),
        ([imported("MONDO:1", "flu", ("MONDO:3",))], "MONDO:3 is a Process, not a Condition"),
        ([imported("MONDO:1", "flu", ("MONDO:9",))], "parent MONDO:9 has no row"),
        (
            [imported("MONDO:1", "flu"), imported("MONDO:1", "flu")],
            "MONDO:1 stands in imports/mondo.ttl already",
        ),
        ([imported("MONDO:1", "flu", imported_from="")], "does not say where it is imported from"),
    ],
)
def test_a_class_that_does_not_fit_the_table_is_told_with_its_place(classes, told):
    rows = [row("MONDO:1", "flu"), row("MONDO:3", "coughing", "Process")]
    problems: list[Problem] = []
    imported_parents(classes, {expand(each.iri) or "": each for each in rows}, "terms.tsv", problems)
    assert [
        each
        for each in problems
        if told in each.message and (each.file, each.line) == ("imports/mondo.ttl", 7)
    ]


def test_an_external_term_that_its_module_lacks_is_told_with_the_row():
    problems: list[Problem] = []
    rows = {expand(each.iri) or "": each for each in (row("MONDO:1", "flu"), row("MONDO:2", "cold", line=5))}
    imported_parents([imported("MONDO:1", "flu")], rows, "terms.tsv", problems)
    assert [(each.line, each.message) for each in problems] == [
        (5, "MONDO:2 is missing from the import modules")
    ]


def test_a_parent_that_the_source_or_another_parent_implies_is_redundant():
    rows = [
        row("MONDO:1", "flu", parents="infection|disease"),
        row("MONDO:2", "infection"),
        row("MONDO:3", "disease"),
    ]
    classes = [
        imported("MONDO:1", "flu"),
        imported("MONDO:2", "infection", ("MONDO:3",)),
        imported("MONDO:3", "disease"),
    ]
    problems: list[Problem] = []
    found = check_terms(rows, load_schema(ROOT / "ontology"), "terms.tsv", problems, classes)
    assert [each.message for each in problems] == ['the parent "disease" is redundant']
    assert found.resolve("flu").parents == (expand("MONDO:2"),)


def test_a_broken_module_is_told_with_its_line(tmp_path):
    (tmp_path / "mondo.ttl").write_text("@prefix a: <http://a/> .\na:b a:c ;; .. \n", "utf-8")
    problems: list[Problem] = []
    assert read_imports(tmp_path, problems, "imports") == ()
    assert [(each.file, each.line) for each in problems] == [("imports/mondo.ttl", 2)]


# --- what belongs to what ---------------------------------------------------------------------------------


def test_the_members_of_a_pathway_are_found_through_its_parts_and_narrower_pathways(kb):
    found = names(kb.members("insulin signaling pathway"))
    assert {"insulin receptor", "insulin receptor substrate 1", "PI3K/Akt signaling pathway"} <= found
    assert "IRS-1 phosphorylation" not in found  # the review has it disrupt the signal
    assert {"Akt", "endothelial nitric oxide synthase", "GLUT4"} <= found
    assert "mTOR" not in found


def test_the_renin_angiotensin_system_has_its_members(kb):
    found = names(kb.members("renin-angiotensin system"))
    assert {"angiotensin II", "AT1R", "AT2R", "aldosterone"} <= {
        *found,
        *(one for each in kb.members("renin-angiotensin system") for one in each.synonyms),
    }


def test_members_can_be_kept_to_those_that_a_term_acts_on(kb):
    every = names(kb.members("insulin signaling pathway"))
    acted = names(kb.members("insulin signaling pathway", acts="magnesium"))
    assert "insulin receptor phosphorylation" in acted
    assert acted < every
    assert names(kb.members("insulin signaling pathway", acts="smoking")) == set()


def test_members_make_no_hop(kb):
    kinds = {
        hop.kind for path in kb.explain("magnesium deficiency", "insulin resistance") for hop in path.hops
    }
    assert kinds.isdisjoint({"part", "member", "structural"})


def test_about_finds_what_composed_terms_are_about_unless_exact(kb):
    wide = {each.subject_label for each in kb.statements(about="norepinephrine")}
    wide |= {each.object_label for each in kb.statements(about="norepinephrine")}
    assert "response to norepinephrine" in wide
    for each in kb.statements(about="norepinephrine", expand="exact"):
        assert "norepinephrine" in {
            each.subject_label,
            each.object_label,
            *(one.label for one in each.context),
        }


def test_only_about_takes_composed_terms(kb):
    for each in kb.statements(object="norepinephrine"):
        assert each.object_label != "response to norepinephrine"


# --- siblings at the top, and the metaclasses -------------------------------------------------------------


def test_the_top_level_siblings_of_the_tree_and_of_the_metaclasses_are_disjoint():
    from rdflib import OWL, RDFS, Graph, Namespace

    mgo = Namespace(BASE)
    graph = Graph().parse(ROOT / "ontology" / "mgonto.ttl", format="turtle")
    tops = [mgo.DomainTerm, mgo.Concept, mgo.InformationItem]
    kinds = sorted(graph.subjects(RDFS.subClassOf, mgo.DomainTerm), key=str)
    concepts = [mgo[str(each).removeprefix(BASE) + "Concept"] for each in kinds]
    assert len(kinds) == 13
    for siblings in (tops, kinds, concepts, list(graph.subjects(RDFS.subClassOf, mgo.InformationItem))):
        for one, other in combinations(siblings, 2):
            told = (one, OWL.disjointWith, other) in graph or (other, OWL.disjointWith, one) in graph
            assert told, f"{one} and {other}"


def test_the_metaclass_of_a_term_is_that_of_its_kind(table):
    types: dict[str, set[str]] = {}
    for subject, predicate, value in term_triples(table, {}, core=True):
        if predicate.value == PREFIXES["rdf"] + "type":
            types.setdefault(subject.value, set()).add(value.value)
    assert types == {iri: {f"{BASE}{each.kind}Concept"} for iri, each in table.terms.items()}
