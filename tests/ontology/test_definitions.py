"""The logical definitions: each holds in the tree, and nothing that follows from one is missing there."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from rdflib import OWL, RDF, Graph

from mgonto.compiler.compile import compile_sources
from mgonto.compiler.schema import load_schema
from mgonto.compiler.terms import TermTable, term_triples
from mgonto.errors import Problem
from mgonto.names import BASE
from tools import logical_definitions
from tools.gate import environment

ROOT = Path(__file__).resolve().parents[2]
HEADER = "\t".join(logical_definitions.COLUMNS) + "\n"


@pytest.fixture(scope="module")
def table() -> TermTable:
    return compile_sources(ROOT).table


def read(text: str, table: TermTable) -> tuple[tuple[logical_definitions.Definition, ...], list[Problem]]:
    problems: list[Problem] = []
    kinds = tuple(load_schema(ROOT / "ontology").kinds)
    return logical_definitions.read_definitions(HEADER + text, table, kinds, problems), problems


def test_the_module_is_what_the_table_gives():
    assert logical_definitions.main(["--check"]) == 0


def test_at_least_thirty_terms_are_defined_once_each_by_genus_and_difference():
    graph = Graph().parse(logical_definitions.MODULE, format="turtle")
    defined = list(graph.subjects(OWL.equivalentClass))
    assert len(defined) == len(set(defined)) >= 30
    for term in defined:
        (parts,) = graph.objects(graph.value(term, OWL.equivalentClass), OWL.intersectionOf)
        genus, *differences = graph.items(parts)
        assert genus != term
        assert differences
        assert all((each, RDF.type, OWL.Restriction) in graph for each in differences)


def test_the_module_stands_alone():
    graph = Graph().parse(logical_definitions.MODULE, format="turtle")
    assert not list(graph.objects(None, OWL.imports))
    used = {each for each in graph.objects(None, OWL.onProperty)}
    assert all((each, RDF.type, OWL.ObjectProperty) in graph for each in used)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("no such term\tpeople\thas disease\tstroke\t\t", "no such term"),
        ("people with diabetes\tstroke\thas disease\tdiabetes mellitus\t\t", "is not broader than"),
        (
            "people with diabetes\tpeople with diabetes\thas disease\tdiabetes mellitus\t\t",
            "is not broader than",
        ),
        ("people with diabetes\tpeople\tlikes\tdiabetes mellitus\t\t", 'unknown relation "likes"'),
        ("people with diabetes\tpeople\thas disease\t\t\t", "this is no row"),
        ("people with diabetes\tpeople\thas disease\tstroke\tpart of\t", "this is no row"),
        ("mgo:Cell\tpeople\thas disease\tstroke\t\t", "is a kind"),
    ],
)
def test_a_row_that_cannot_stand_is_told_with_its_line(table, line, told):
    found, problems = read(line + "\n", table)
    assert not found
    assert any(told in each.message and each.line == 2 for each in problems)


def test_a_second_definition_of_a_term_is_told(table):
    line = "people with diabetes\tpeople\thas disease\tdiabetes mellitus\t\t\n"
    _, problems = read(line * 2, table)
    assert [(each.line, each.message) for each in problems] == [
        (3, "people with diabetes is defined in line 2")
    ]


def test_what_a_definition_takes_in_must_be_under_it(table):
    wrong = (
        "people with diabetes\tpeople\thas disease\tdiabetes mellitus\t\t\n"
        "people with heart failure\tpeople\thas disease\tdiabetes mellitus\t\t\n"
    )
    found, problems = read(wrong, table)
    assert not problems
    pairs = {
        (table.terms[one].row.name, table.terms[other].row.name)
        for one, other in logical_definitions.unasserted(found, table)
    }
    assert ("people with diabetes", "people with heart failure") in pairs


# --- asked of a reasoner ----------------------------------------------------------------------------------


def entailed(*paths: Path) -> list[str]:
    python = environment.ensure_env(environment.env_directory(None))
    script = ROOT / "tests" / "gate" / "entailed.py"
    done = subprocess.run(
        [str(python), str(script), *map(str, paths)], capture_output=True, text=True, check=True
    )
    return done.stdout.split("\n")[:-1] if done.stdout.strip() else []


needs_gate = pytest.mark.skipif(
    os.environ.get("CI") != "true" and not environment.is_usable(environment.env_directory(None)),
    reason="the environment of the OWL gate is not there",
)


@pytest.fixture
def tree(tmp_path: Path, table: TermTable) -> Path:
    """The vocabulary and the terms without the evidence: what the definitions speak of."""
    lines = [f"{s} {p} {o} ." for core in (True, False) for s, p, o in term_triples(table, {}, core)]
    terms = tmp_path / "terms.nt"
    terms.write_text("\n".join(lines), encoding="utf-8")
    graph = Graph().parse(ROOT / "ontology" / "mgonto.ttl", format="turtle")
    graph.parse(terms, format="nt")
    path = tmp_path / "tree.ttl"
    graph.serialize(path, format="turtle")
    return path


@pytest.mark.java
@needs_gate
def test_elk_infers_no_subclass_that_the_tree_lacks_and_no_equivalence(tree, tmp_path):
    assert entailed(tree, logical_definitions.MODULE) == []
    text = logical_definitions.MODULE.read_text("utf-8")
    people = f"<{BASE}MGO_0000363>"
    seeded = tmp_path / "seeded.ttl"
    seeded.write_text(text + f"{people} owl:equivalentClass <{BASE}MGO_0000221> .\n", encoding="utf-8")
    assert f"{BASE}MGO_0000221 = {BASE}MGO_0000363" in entailed(tree, seeded)
