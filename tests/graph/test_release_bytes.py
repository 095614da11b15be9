"""The release is a function of its sources: the same bytes, whatever the order, the hash seed, the labels."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.compare import isomorphic

from mgonto.errors import MgontoError
from mgonto.graph.build import build_release
from mgonto.graph.parts import LATE_MARK, split_release
from mgonto.graph.serialise import label_blank_nodes, write_trig, write_turtle
from mgonto.names import graph_iri
from mgonto.resources import data_dir
from tests.compiler.demo import ROOT, SLUG, Checkout, statement

ONTOLOGY = ox.NamedNode(graph_iri("ontology"))
HEAD = """@prefix : <http://x/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> ."""
RESTRICTION = "[ a owl:Restriction ; owl:onProperty :p ; owl:someValuesFrom :C ]"


def quads(turtle: str) -> list[ox.Quad]:
    parsed = ox.parse((HEAD + turtle).encode(), format=ox.RdfFormat.TURTLE, rename_blank_nodes=True)
    return [ox.Quad(each.subject, each.predicate, each.object, ONTOLOGY) for each in parsed]


def graph(quads_: list[ox.Quad]) -> rdflib.Graph:
    text = "".join(f"{each.triple} .\n" for each in quads_)
    return rdflib.Graph().parse(data=text, format="nt")


def test_the_same_sources_give_the_same_bytes(demo: Checkout) -> None:
    assert build_release(demo.root) == build_release(demo.root)


def test_the_bytes_do_not_depend_on_the_hash_seed(demo: Checkout) -> None:
    code = (
        "import hashlib, sys; from pathlib import Path; from mgonto.graph.build import build_release\n"
        "for name, content in build_release(Path(sys.argv[1])).files.items():\n"
        "    print(name, hashlib.sha256(content).hexdigest())"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", code, str(demo.root)],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "42")
    }
    assert len(told) == 1 and "mgonto.trig" in told.pop()


def test_the_bytes_do_not_depend_on_the_order_of_the_input(demo: Checkout) -> None:
    whole = sorted(demo.quads(), key=str)
    expected = write_trig(whole[:50], whole[50:]), write_turtle(whole)
    for seed in range(3):
        core, late = list(whole[:50]), list(whole[50:])
        random.Random(seed).shuffle(core)
        random.Random(seed).shuffle(late)
        assert (write_trig(core, late), write_turtle(late + core)) == expected


def test_a_change_of_one_statement_changes_few_lines(demo: Checkout) -> None:
    before = build_release(demo.root).files["mgonto.trig"].splitlines()
    demo.say(statement(hedge="may"))
    after = build_release(demo.root).files["mgonto.trig"].splitlines()
    assert 0 < len(set(after) ^ set(before)) < 5


# --- blank nodes ----------------------------------------------------------------------------------------

TREES = {
    "equal restrictions on two classes": f":A :p {RESTRICTION} . :B :p {RESTRICTION} .",
    "equal restrictions on one class": f":A rdfs:subClassOf {RESTRICTION} , {RESTRICTION} .",
    "restrictions in restrictions": f":A :p [ owl:onProperty :q ; owl:allValuesFrom {RESTRICTION} ] .",
    "lists": ":A owl:unionOf ( :B :C ( :D ) ) . :B owl:unionOf ( :B :C ( :D ) ) .",
    "no parent": '[] rdfs:label "one" . [] rdfs:label "one" . [] rdfs:label "two" .',
    "a ring": "_:a :p _:b . _:b :p _:a .",
    "shared": "_:a :p :x . :one :p _:a . :two :p _:a .",
}


@pytest.mark.parametrize("tree", TREES)
def test_labels_are_stable_and_change_nothing(tree: str) -> None:
    first, second = quads(TREES[tree]), quads(TREES[tree])
    assert set(first) != set(second)  # two parses label differently
    random.Random(1).shuffle(second)
    labelled = label_blank_nodes(first)
    assert set(labelled) == set(label_blank_nodes(second))
    assert isomorphic(graph(labelled), graph(first))


def test_equal_restrictions_on_two_classes_stay_two_nodes() -> None:
    labelled = label_blank_nodes(quads(TREES["equal restrictions on two classes"]))
    nodes = {each.object for each in labelled if isinstance(each.object, ox.BlankNode)}
    assert len(nodes) == 2


def test_a_label_does_not_depend_on_other_triples() -> None:
    one = label_blank_nodes(quads(f":A rdfs:subClassOf {RESTRICTION} ."))
    more = label_blank_nodes(
        quads(f':A rdfs:subClassOf {RESTRICTION} ; rdfs:label "A" . :B rdfs:label "B" .')
    )
    assert set(one) < set(more)


def test_a_long_list_is_no_deep_recursion() -> None:
    members = " ".join(f":c{n}" for n in range(3000))
    assert len(label_blank_nodes(quads(f":A owl:unionOf ( {members} ) ."))) == 6001


# --- the two parts --------------------------------------------------------------------------------------


def test_the_release_is_two_documents_in_one(demo: Checkout) -> None:
    trig = build_release(demo.root).files["mgonto.trig"]
    core, late = split_release(trig)
    assert trig.count(LATE_MARK) == 1
    whole = set(ox.parse(trig, format=ox.RdfFormat.TRIG))
    parts = [set(ox.parse(each, format=ox.RdfFormat.TRIG)) for each in (core, late)]
    assert parts[0] | parts[1] == whole and not parts[0] & parts[1]
    graphs = {str(quad.graph_name).strip("<>") for quad in parts[0]}
    assert graphs == {graph_iri(name) for name in (f"evidence/{SLUG}", "edges", "ontology")}
    assert not any(isinstance(quad.subject, ox.BlankNode) for quad in parts[0])


def test_a_file_without_the_mark_is_no_release() -> None:
    with pytest.raises(MgontoError, match="not one of this version"):
        split_release(b"@prefix x: <http://x/> .\n")


def test_only_ontology_and_shapes_have_blank_nodes(demo: Checkout) -> None:
    trig = build_release(demo.root).files["mgonto.trig"]
    graphs = {
        str(quad.graph_name).strip("<>")
        for quad in ox.parse(trig, format=ox.RdfFormat.TRIG)
        if isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode)
    }
    assert graphs <= {graph_iri("ontology"), graph_iri("shapes")}


@pytest.mark.parametrize("name", ["mgonto.trig", "mgonto.ttl"])
def test_two_parsers_read_the_same_from_the_release(name: str) -> None:
    path: Path = data_dir("release") / name
    form = ox.RdfFormat.TRIG if name.endswith("trig") else ox.RdfFormat.TURTLE
    mine = len(set(ox.parse(path=str(path), format=form)))
    dataset = rdflib.Dataset().parse(path, format="trig" if name.endswith("trig") else "turtle")
    assert len(set(dataset.quads())) == mine > 5000


@pytest.mark.rapper
def test_a_third_parser_reads_as_many_triples() -> None:
    path = data_dir("release") / "mgonto.ttl"
    done = subprocess.run(
        ["rapper", "-c", "-i", "turtle", str(path)], capture_output=True, text=True, check=True
    )
    mine = len(set(ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)))
    assert f"returned {mine} triples" in done.stderr
