"""Every rule of the mappings, broken once, and the triples that sound rows give."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from mgonto.names import BASE, PREFIXES, expand, graph_iri
from mgonto.sources.sssom import COLUMNS
from tests.compiler.demo import MAPPING as ROW
from tests.compiler.demo import Checkout, mgo

FILE = "ontology/mappings.sssom.tsv"
HEAD = (
    "#mapping_set_id: https://example.org/set\n#mapping_set_version: 0.1\n"
    "#license: https://creativecommons.org/licenses/by/4.0/\n#curie_map:\n"
)
USED = (
    "bioregistry",
    "CHEBI",
    "CL",
    "MESH",
    "mgo",
    "MGO",
    "MONDO",
    "PR",
    "RO",
    "semapv",
    "skos",
    "sssom",
    "UMLS",
)
NONE = {"object_id": "sssom:NoTermFound", "object_label": ""}
FIRST = 4 + len(USED) + 2


def write(demo: Checkout, *rows: dict[str, str], prefixes: dict[str, str] | None = None) -> None:
    """A mappings file whose rows are the plain one with changes."""
    known = {prefix: PREFIXES[prefix] for prefix in USED} | (prefixes or {})
    lines = [f'#  {prefix}: "{namespace}"' for prefix, namespace in known.items()]
    lines.append("\t".join(COLUMNS))
    lines += ["\t".join({**ROW, **row}.get(column, "") for column in COLUMNS) for row in rows]
    (demo.root / FILE).write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")


# name: rows, the line counted from the first row, the message, a word of the hint
MISTAKES: dict[str, tuple[tuple[dict[str, str], ...], int, str, str]] = {
    "no CURIE": (({"object_id": "D009001"},), 0, '"D009001" is no CURIE', "PREFIX:ID"),
    "unknown prefix": (({"object_id": "MASH:D1"},), 0, 'unknown prefix "MASH"', "curie_map"),
    "prefix not declared": (({"object_id": "NCIT:C1"},), 0, 'unknown prefix "NCIT"', "curie_map"),
    "unknown subject": (
        ({"subject_id": "CHEBI:9002"},),
        0,
        "CHEBI:9002 is neither a term nor a relation of ours",
        "delete",
    ),
    "other label": (
        ({"subject_label": "lunite"},),
        0,
        'the label of the subject is not "lunite"',
        '"lunite(2+)"',
    ),
    "unknown predicate": (
        ({"predicate_id": "skos:sameMatch"},),
        0,
        'unknown predicate "skos:sameMatch"',
        "closeMatch",
    ),
    "unknown justification": (
        ({"mapping_justification": "semapv:Guess"},),
        0,
        'unknown justification "semapv:Guess"',
        "LexicalMatching",
    ),
    "source of another subject": (
        ({"subject_source": "bioregistry:mesh"},),
        0,
        "the source of the subject is not its own",
        "bioregistry:chebi",
    ),
    "source of another object": (
        ({"object_source": "bioregistry:ncit"},),
        0,
        "the source of the object is not its own",
        "bioregistry:mesh",
    ),
    "no label": (({"object_label": ""},), 0, "no object_label", "exactly"),
    "label not ours to give": (
        ({"object_id": "UMLS:C0009001", "object_source": "bioregistry:umls"},),
        0,
        "this vocabulary's labels are not given away",
        "empty",
    ),
    "obsolete target": (
        ({"object_label": "obsolete_lunite"},),
        0,
        "MESH:D009001 is obsolete in its source",
        "took its place",
    ),
    "doubled pair": (
        ({}, {"predicate_id": "skos:closeMatch"}),
        1,
        "this pair has a row already",
        f"line {FIRST}",
    ),
    "itself": (
        ({"object_id": "CHEBI:9001", "object_source": "bioregistry:chebi"},),
        0,
        "a term is mapped to itself",
        "delete",
    ),
    "across kinds": (
        ({"object_id": "CL:0009001", "object_source": "bioregistry:cl"},),
        0,
        "an exact match across kinds: Molecule and Cell",
        "relatedMatch",
    ),
    "two terms for one thing": (
        ({"object_id": "PR:9001", "object_source": "bioregistry:pr"},),
        0,
        'the target is a term of ours too: "solin"',
        "one term",
    ),
    "second exact match": (
        ({}, {"object_id": "MESH:D009002"}),
        1,
        "a second exact match in mesh",
        f"line {FIRST}",
    ),
    "exact match of two terms": (
        ({}, {"subject_id": "PR:9001", "subject_label": "solin", "subject_source": "bioregistry:pr"}),
        1,
        "MESH:D009001 is the exact match of two terms",
        "CHEBI:9001",
    ),
    "found and not found": (
        ({}, NONE),
        1,
        "nothing was found, says this row",
        f"line {FIRST}",
    ),
    "nothing of another nearness": (
        ({**NONE, "predicate_id": "skos:broadMatch"},),
        0,
        "a search that found nothing looked for the exact term",
        "exactMatch",
    ),
    "nothing with a label": (({**NONE, "object_label": "x"},), 0, "what was not found has no label", "empty"),
    "nothing searched": (
        ({**NONE, "object_source": "everywhere"},),
        0,
        "no source that was searched",
        "bioregistry:mesh",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_broken_rule_is_one_problem_with_its_line_and_hint(demo: Checkout, name: str) -> None:
    rows, at, message, hint = MISTAKES[name]
    write(demo, *rows)
    (problem,) = demo.problems()
    assert (problem.file, problem.line, problem.message) == (FILE, FIRST + at, message)
    assert hint in problem.hint


def test_a_prefix_means_what_it_means_in_the_project(demo: Checkout) -> None:
    write(demo, {}, prefixes={"MESH": "https://meshb.nlm.nih.gov/"})
    (problem,) = demo.problems()
    assert (problem.line, problem.message) == (
        4 + USED.index("MESH") + 1,
        'the prefix "MESH" stands for another namespace than in the project',
    )
    assert PREFIXES["MESH"] in problem.hint


def mapping_graph(demo: Checkout) -> list[ox.Quad]:
    graph = ox.NamedNode(graph_iri("mappings"))
    return [quad for quad in demo.compile().late_quads() if quad.graph_name == graph]


def test_a_row_gives_the_direct_triple_and_a_node_that_tells_on_what_it_rests(demo: Checkout) -> None:
    write(demo, {"comment": "as everyone knows", "object_source_version": "2025"})
    quads = mapping_graph(demo)
    subject, target = ox.NamedNode(expand("CHEBI:9001") or ""), ox.NamedNode(expand("MESH:D009001") or "")
    exact = ox.NamedNode(PREFIXES["skos"] + "exactMatch")
    assert ox.Triple(subject, exact, target) in {quad.triple for quad in quads}
    told = {
        str(quad.predicate.value).rsplit("/", 1)[-1]: quad.object for quad in quads if "mapping/" in str(quad)
    }
    assert told["subject_id"] == subject and told["object_id"] == target and told["predicate_id"] == exact
    assert told["object_source_version"] == ox.Literal("2025")
    assert told["rdf-schema#comment"] == ox.Literal("as everyone knows", language="en")


def test_what_was_not_found_gives_a_node_and_no_link(demo: Checkout) -> None:
    write(demo, NONE)
    quads = mapping_graph(demo)
    assert quads and not [quad for quad in quads if quad.predicate.value.endswith("Match")]
    nothing = ox.NamedNode(PREFIXES["sssom"] + "NoTermFound")
    assert [quad.object for quad in quads if quad.predicate.value.endswith("object_id")] == [nothing]


def test_the_node_of_a_row_depends_on_what_it_joins_alone(demo: Checkout) -> None:
    def nodes() -> set[str]:
        return {str(quad.subject) for quad in mapping_graph(demo) if f"{BASE}mapping/" in str(quad.subject)}

    write(demo, {})
    before = nodes()
    write(demo, {"comment": "said otherwise"})
    assert nodes() == before
    write(demo, {"predicate_id": "skos:closeMatch"})
    assert nodes() != before


def test_relations_are_mapped_as_terms_are(demo: Checkout) -> None:
    relation = {
        "subject_id": "mgo:Increases",
        "subject_label": "increases",
        "subject_source": "mgo:mgonto.owl",
    }
    target = {
        "object_id": "RO:0002213",
        "object_label": "positively regulates",
        "object_source": "bioregistry:ro",
    }
    write(demo, {**relation, **target, "predicate_id": "skos:narrowMatch"})
    assert mgo("Increases") in {quad.subject for quad in mapping_graph(demo)}
