"""The library published as RDF: any tool can list it, and what it lists runs as it stands."""

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.namespace import RDF, RDFS, SH
from rdflib.plugins.sparql import prepareQuery

from mgonto.engine.binding import keywords_of
from mgonto.errors import MgontoError
from mgonto.graph.build import StaleRelease, build_release, check_release, write_release
from mgonto.graph.describe import describe_queries
from mgonto.names import BASE
from mgonto.resources import data_dir
from mgonto.sources.queryfile import read_query_file

NAMES = sorted(path.stem for path in data_dir("queries").glob("*.rq"))
KEYWORDS = rdflib.URIRef("https://schema.org/keywords")
#: A query with everything in it that Turtle has to escape.
SMALL = (
    'PREFIX mgo: <https://w3id.org/mgonto/>\nSELECT ?s { ?s mgo:gloss "a \\"\\"\\" b \\\\ c" } ORDER BY ?s\n'
)


def iri(name):
    return rdflib.URIRef(f"{BASE}query/{name}")


@pytest.fixture(scope="module")
def store():
    store = ox.Store()
    store.bulk_load(path=data_dir("release") / "mgonto.trig", format=ox.RdfFormat.TRIG)
    return store


@pytest.fixture(scope="module")
def made(store):
    return describe_queries(data_dir("queries"), store)


@pytest.fixture(scope="module")
def graph(made):
    return rdflib.Graph().parse(data=made, format="turtle")


def test_the_same_files_give_the_same_bytes(store, made):
    assert describe_queries(data_dir("queries"), list(store)[::-1]) == made
    assert not [line for line in made.decode().splitlines() if line != line.rstrip()]


def test_two_parsers_read_the_same(made, graph):
    triples = list(ox.parse(made, format=ox.RdfFormat.TURTLE))
    assert len(triples) == len(set(map(str, triples))) == len(graph)
    assert not any(isinstance(each.subject, ox.BlankNode) for each in triples)


def test_the_usual_question_for_queries_lists_the_whole_library(graph):
    rows = graph.query(
        """PREFIX sh: <http://www.w3.org/ns/shacl#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
        SELECT DISTINCT ?sq ?comment ?query {
          ?sq a sh:SPARQLExecutable ; rdfs:comment ?comment ; sh:select|sh:ask|sh:construct ?query
        } ORDER BY ?sq"""
    )
    assert [str(row[0]).rpartition("/")[2] for row in rows] == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_description_says_what_the_header_says(graph, name):
    query, node = read_query_file(data_dir("queries") / f"{name}.rq"), iri(name)
    assert {SH.SPARQLExecutable, SH.SPARQLSelectExecutable} == set(graph.objects(node, RDF.type))
    assert graph.value(node, RDFS.comment) == rdflib.Literal(query.summary, lang="en")
    assert str(graph.value(node, RDFS.label)) == name.replace("-", " ")
    assert {str(each) for each in graph.objects(node, KEYWORDS)} == set(query.tags)
    parameters = {str(graph.value(each, SH.name)): each for each in graph.objects(node, SH.parameter)}
    assert set(parameters) == {each.name for each in query.parameters}
    for each in query.parameters:
        described = parameters[each.name]
        assert graph.value(described, RDF.type) == SH.Parameter
        assert str(graph.value(described, SH.path)).endswith(f"/parameter/{each.name}")
        assert str(graph.value(described, SH.description)) == each.help
        assert bool(graph.value(described, SH.optional)) == (not each.required)
        assert (graph.value(described, SH.maxCount) is None) == each.many
        assert (graph.value(described, SH.nodeKind) is None) != (graph.value(described, SH.datatype) is None)


@pytest.mark.parametrize("name", NAMES)
def test_a_described_query_runs_as_it_stands(graph, store, name):
    text = str(graph.value(iri(name), SH.select))
    prepareQuery(text)
    found = store.query(text, use_default_graph_as_union=True)
    assert isinstance(found, ox.QuerySolutions)
    query = read_query_file(data_dir("queries") / f"{name}.rq")
    assert [each.value for each in found.variables] == list(query.columns)
    assert next(iter(found), None) is not None, "the example has no answer"
    assert "#+" not in text and not keywords_of(text) & {"GRAPH", "FROM", "SERVICE"}
    for each in query.parameters:
        if each.required or each.many:
            assert f"${each.name}" not in text, "a required parameter is filled in, an absent list is dropped"


def test_the_prefixes_of_every_query_are_declared_once(graph):
    (library,) = graph.subjects(RDF.type, rdflib.OWL.Ontology)
    assert set(graph.objects(None, SH.prefixes)) == {library}
    declared = {
        str(graph.value(each, SH.prefix)): graph.value(each, SH.namespace)
        for each in graph.objects(library, SH.declare)
    }
    assert all(each.datatype == rdflib.XSD.anyURI for each in declared.values())
    used: dict[str, set[str]] = {}
    for name in NAMES:
        text = str(graph.value(iri(name), SH.select))
        for line in text.splitlines():
            if line.startswith("PREFIX"):
                key, namespace = line.removeprefix("PREFIX").split()
                used.setdefault(key.rstrip(":"), set()).add(namespace.strip("<>"))
    assert {key: {str(each)} for key, each in declared.items()} == used


def test_quotes_and_backslashes_of_a_query_survive(tmp_path):
    (tmp_path / "odd.rq").write_text(
        '#+ summary: "Odd \\"one\\""\n#+ tags: [terms]\n' + SMALL, encoding="utf-8"
    )
    graph = rdflib.Graph().parse(data=describe_queries(tmp_path, []), format="turtle")
    assert str(graph.value(iri("odd"), SH.select)) == SMALL
    assert str(graph.value(iri("odd"), RDFS.comment)) == 'Odd "one"'


def test_an_example_that_names_no_term_is_told_with_its_file(tmp_path):
    header = "#+ summary: A\n#+ tags: [terms]\n#+ params:\n"
    header += '#+   term: {type: term, required: true, example: "x", help: "h"}\n'
    (tmp_path / "bad.rq").write_text(header + "SELECT ?p { $term ?p [] } ORDER BY ?p\n", encoding="utf-8")
    with pytest.raises(MgontoError, match=r'queries/bad\.rq: the example of term names no term: "x"'):
        describe_queries(tmp_path, [])


def test_the_build_writes_them_and_its_check_sees_when_they_are_stale(demo):
    assert "queries.ttl" not in build_release(demo.root).files, "where there is no library, none is described"
    folder = demo.root / "queries"
    folder.mkdir()
    (folder / "one.rq").write_text("#+ summary: One\n#+ tags: [terms]\n" + SMALL, encoding="utf-8")
    write_release(demo.root, build_release(demo.root))
    check_release(demo.root, build_release(demo.root))
    assert b"query/one>" in (demo.root / "release" / "queries.ttl").read_bytes()
    (folder / "one.rq").write_text("#+ summary: Other\n#+ tags: [terms]\n" + SMALL, encoding="utf-8")
    with pytest.raises(StaleRelease, match=r"release/queries\.ttl is not what the sources make"):
        check_release(demo.root, build_release(demo.root))
