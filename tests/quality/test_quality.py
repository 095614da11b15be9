"""The checks on the whole release: each finds nothing in what ships, and finds each mistake seeded for it.

A check is a query `NN-name.rq` that returns what is wrong as `?entity ?property ?value`; NN is its number.
Its mistakes are `mistakes/NN-name.what.ttl`, added to the release; `# expected:` names what the check must
then find. Both engines run all of them. rdflib, the slower, is given the ontology alone unless a check says
`over: release`, and looks for the mistakes in the vocabulary alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

from mgonto.names import graph_iri
from mgonto.resources import data_dir

HERE = Path(__file__).parent
CHECKS = sorted(HERE.glob("*.rq"))
MISTAKES = sorted((HERE / "mistakes").glob("*.ttl"))
NUMBERS = {9, 10, 11, 12, 14, 17, 18, 20, 21, 23, 25, 26, 27, 29, 30, 32, 33, 38}
Rows = set[tuple[str, str, str]]


def check_of(mistake: Path) -> Path:
    return HERE / f"{mistake.name.split('.')[0]}.rq"


def expected(mistake: Path) -> set[str]:
    """The IRIs that the mistake says the check must find."""
    text = mistake.read_text(encoding="utf-8")
    prefixes = dict(re.findall(r"^@prefix (\w*): <([^>]*)> \.$", text, re.MULTILINE))
    told = re.search(r"^# expected: (.+)$", text, re.MULTILINE)
    assert told, f"{mistake.name} does not say what is expected"
    names = (name.split(":", 1) for name in told[1].split())
    return {prefixes[prefix] + local for prefix, local in names}


def sources() -> list[Path]:
    definitions = data_dir("ontology") / "definitions.ttl"
    return [data_dir("release") / "mgonto.ttl", *([definitions] if definitions.is_file() else [])]


@cache
def whole_store() -> ox.Store:
    """The release in pyoxigraph: who changes it undoes the change."""
    store = ox.Store()
    for path in sources():
        store.load(path=str(path), format=ox.RdfFormat.TURTLE)
    return store


@cache
def rdflib_graph(over_release: bool) -> rdflib.Graph:
    graph = rdflib.Graph()
    if over_release:
        for path in sources():
            graph.parse(path, format="turtle")
        return graph
    trig = ox.Store()
    trig.load(path=str(data_dir("release") / "mgonto.trig"), format=ox.RdfFormat.TRIG)
    text = trig.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.NamedNode(graph_iri("ontology")))
    graph.parse(data=text, format="nt")
    for path in sources()[1:]:
        graph.parse(path, format="turtle")
    return graph


@cache
def vocabulary() -> rdflib.Graph:
    return rdflib.Graph().parse(data_dir("ontology") / "mgonto.ttl", format="turtle")


@cache
def found_in_the_release(check: Path) -> frozenset[tuple[str, str, str]]:
    """What a check finds without any mistake: nothing, or else the test of it fails beside this one."""
    return frozenset(ask_pyoxigraph(whole_store(), check))


def ask_pyoxigraph(store: ox.Store, check: Path) -> Rows:
    solutions = store.query(check.read_text(encoding="utf-8"))
    assert isinstance(solutions, ox.QuerySolutions)
    assert [variable.value for variable in solutions.variables] == ["entity", "property", "value"]
    return {tuple(getattr(term, "value", "") for term in row) for row in solutions}  # type: ignore[misc]


def ask_rdflib(graph: rdflib.Graph, check: Path) -> Rows:
    return {
        tuple("" if term is None else str(term) for term in row)  # type: ignore[misc, union-attr]
        for row in graph.query(check.read_text(encoding="utf-8"))
    }


@pytest.fixture
def seeded(request: pytest.FixtureRequest) -> Iterator[rdflib.Graph]:
    """The vocabulary with a mistake in it, for as long as the test runs."""
    mistake: Path = request.param
    graph = vocabulary()
    added = [each for each in rdflib.Graph().parse(mistake, format="turtle") if each not in graph]
    for triple in added:
        graph.add(triple)
    yield graph
    for triple in added:
        graph.remove(triple)


def test_every_check_is_there() -> None:
    assert {int(check.name.split("-")[0]) for check in CHECKS} == NUMBERS


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.stem)
def test_a_check_says_its_number_and_why(check: Path) -> None:
    first, *rest = check.read_text(encoding="utf-8").splitlines()
    assert first.startswith(f"# {int(check.name.split('-')[0])}  ")
    assert any(line.startswith("# why: ") for line in rest)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.stem)
def test_a_check_has_a_seeded_mistake(check: Path) -> None:
    assert [each for each in MISTAKES if check_of(each) == check]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.stem)
def test_the_release_passes_on_pyoxigraph(check: Path) -> None:
    assert found_in_the_release(check) == set()


@pytest.mark.slow
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.stem)
def test_the_release_passes_on_rdflib(check: Path) -> None:
    graph = rdflib_graph("# over: release" in check.read_text(encoding="utf-8"))
    assert ask_rdflib(graph, check) == set()


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.stem)
def test_a_mistake_is_found_on_pyoxigraph(mistake: Path) -> None:
    before, store = found_in_the_release(check_of(mistake)), whole_store()
    added = [quad for quad in ox.parse(path=str(mistake), format=ox.RdfFormat.TURTLE) if quad not in store]
    store.extend(added)
    try:
        found = ask_pyoxigraph(store, check_of(mistake)) - before
    finally:
        for quad in added:
            store.remove(quad)
    assert {entity for entity, _, _ in found} == expected(mistake)


@pytest.mark.parametrize(
    ("seeded", "mistake"),
    [(each, each) for each in MISTAKES],
    indirect=["seeded"],
    ids=[each.stem for each in MISTAKES],
)
def test_a_mistake_is_found_on_rdflib(seeded: rdflib.Graph, mistake: Path) -> None:
    found = {entity for entity, _, _ in ask_rdflib(seeded, check_of(mistake))}
    assert found == expected(mistake)
