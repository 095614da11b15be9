"""What a server holds: a release, of which version, in which graphs; looked for once, at first."""

import subprocess
import sys
import time
import warnings

import pyoxigraph as ox
import pytest

import mgonto
from mgonto.cli.main import run
from mgonto.errors import EndpointError
from mgonto.resources import data_dir, release_version
from tests.engine.sites import answer_from, site


@pytest.fixture(scope="module")
def store():
    made = ox.Store()
    made.bulk_load(path=str(data_dir("release") / "mgonto.trig"), format=ox.RdfFormat.TRIG)
    return made


def holding(store, union=True):
    return lambda asked: answer_from(store, asked, union)


def test_a_server_without_a_release_is_told_apart_from_an_empty_answer():
    with site(holding(ox.Store())) as there:
        kb = mgonto.connect(there.url)
        for question in (kb.counts, kb.gaps, lambda: kb.term("magnesium")):
            with pytest.raises(EndpointError, match="holds no release of mgonto") as caught:
                question()
            assert caught.value.hint == f"load one into it: mgonto load {there.url}"


def test_it_is_looked_for_once(store):
    with site(holding(store)) as there:
        kb = mgonto.connect(there.url)
        assert there.seen == []
        kb.counts()
        kb.counts()
        assert len(there.seen) == 4  # the release, what the server knows, and twice the counts
        assert not any("default-graph-uri" in each.fields for each in there.seen)


def test_a_server_that_knows_lateral_is_asked_from_what_is_rare(store):
    near = mgonto.load()
    with site(holding(store)) as there:
        far = mgonto.connect(there.url)
        assert far.statements("hypertension", limit=5) == near.statements("hypertension", limit=5)
        assert any("VALUES ?statement" in each.query for each in there.seen)
        assert not any(each.query.startswith("#+") for each in there.seen)  # it is no file of the library now
        # What a user writes is asked as it stands.
        query = f"SELECT ?s {{ ?s ?p ?o FILTER(?s IN (<{near.term('magnesium').iri}>)) }} LIMIT 1"
        assert len(far.select(query)) == 1
        assert there.seen[-1].query == query


@pytest.mark.parametrize("status", [400, 403, 500])
def test_a_server_that_does_not_is_asked_as_the_query_stands(store, status):
    def respond(asked):
        if "LATERAL" in asked.query:
            asked.send("no such word", "text/plain", status)
        else:
            answer_from(store, asked)

    near = mgonto.load()
    with site(respond) as there:
        far = mgonto.connect(there.url)
        assert far.statements("hypertension", limit=5) == near.statements("hypertension", limit=5)
        asked = [each.query for each in there.seen if each.query.startswith("#+")]
        assert asked and not any("VALUES ?" in each for each in asked)
        assert sum("LATERAL" in each.query for each in there.seen) == 1


def test_a_server_of_mgonto_words_queries_anew_itself(store):
    def respond(asked):
        asked.handler.version_string = lambda: "mgonto"
        answer_from(store, asked)

    with site(respond) as there:
        assert mgonto.connect(there.url).statements("hypertension", limit=5)
        assert any(each.query.startswith("#+") for each in there.seen)
        assert not any("VALUES ?statement" in each.query for each in there.seen)


def test_graphs_that_the_default_graph_does_not_show_are_named_in_each_request(store):
    near = mgonto.load()
    with site(holding(store, union=False)) as there:
        far = mgonto.connect(there.url)
        assert far.counts() == near.counts()
        assert far.statements(section="S09") == near.statements(section="S09")
        graphs = sorted(each.value for each in store.named_graphs())
        assert there.seen[-1].fields["default-graph-uri"] == graphs
        assert there.seen[-1].fields["named-graph-uri"] == graphs
        one = "SELECT (COUNT(*) AS ?n) { GRAPH <https://w3id.org/mgonto/graph/edges> { ?s ?p ?o } }"
        assert far.select(one) == near.select(one)


def test_a_query_that_names_its_own_data_set_gets_that(store):
    query = "SELECT (COUNT(*) AS ?n) FROM <https://w3id.org/mgonto/graph/edges> { ?s ?p ?o }"
    with site(holding(store, union=False)) as there:
        found = mgonto.connect(there.url).select(query)
        assert found == mgonto.load().select(query) and found.one()["n"] > 100
        assert "default-graph-uri" not in there.seen[-1].fields


def test_a_store_that_does_not_list_its_graphs_for_nothing_is_asked_for_what_they_hold(store):
    def respond(asked):
        if "GRAPH ?graph { }" in asked.query:
            asked.send('{"head": {"vars": ["graph"]}, "results": {"bindings": []}}')
        else:
            answer_from(store, asked, union=False)

    with site(respond) as there:
        assert mgonto.connect(there.url).counts() == mgonto.load().counts()


def test_a_store_that_hides_its_graphs_is_told():
    def respond(asked):
        made = (
            '[{"version": {"type": "literal", "value": "1"}}]' if "GRAPH ?graph { <" in asked.query else "[]"
        )
        asked.send(f'{{"head": {{"vars": ["version"]}}, "results": {{"bindings": {made}}}}}')

    with site(respond) as there, pytest.raises(EndpointError, match="graphs that it does not tell") as caught:
        mgonto.connect(there.url).counts()
    assert "mgonto.ttl" in caught.value.hint


@pytest.fixture
def older(store):
    made = ox.Store()
    made.extend(store)
    version = ox.NamedNode("http://www.w3.org/2002/07/owl#versionInfo")
    for quad in list(made.quads_for_pattern(None, version, None)):
        made.remove(quad)
        made.add(ox.Quad(quad.subject, version, ox.Literal("0.0.9"), quad.graph_name))
    return made


def test_a_release_of_another_version_is_told_once_and_answers(older):
    with site(holding(older)) as there:
        kb = mgonto.connect(there.url)
        with pytest.warns(UserWarning, match=f"has release 0.0.9 of mgonto, and this is {release_version()}"):
            assert kb.counts()["articles"] == 1
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            kb.counts()


def test_the_command_line_says_so_in_one_line_and_not_where_quiet_is_asked_for(older, capsys):
    with site(holding(older)) as there:
        for flags, lines in (((), 1), (("-q",), 0)):
            with pytest.raises(SystemExit) as left:
                run(["--endpoint", there.url, *flags, "search", "insulin resistance"])
            assert not left.value.code
            told = capsys.readouterr().err.splitlines()
            assert len([each for each in told if "0.0.9" in each]) == lines
            assert not any("remote.py" in each or "warn" in each.casefold() for each in told)


def test_the_time_limit_can_be_given_on_the_command_line(store, capsys):
    with site(lambda asked: time.sleep(2)) as there, pytest.raises(SystemExit) as left:
        run(["search", "insulin", "--endpoint", there.url, "--timeout", "0.3"])
    assert left.value.code == 4 and "no whole answer in 0.3 s" in capsys.readouterr().err
    with pytest.raises(SystemExit) as left:
        run(["search", "insulin", "--timeout", "-1"])
    assert left.value.code == 2 and "--timeout cannot be -1" in capsys.readouterr().err


def test_the_command_line_says_where_the_data_are(store, capsys):
    with site(holding(store)) as there:
        with pytest.raises(SystemExit):
            run(["info", "--endpoint", there.url + "?key=secret"])
        assert f"data: {there.url}\n" in capsys.readouterr().out


def test_the_release_is_of_the_version_of_the_package():
    assert release_version() == mgonto.__version__


def test_an_import_and_a_connection_load_no_sparqlwrapper():
    code = (
        "import sys, mgonto; mgonto.connect('http://localhost:1/'); "
        "sys.exit('SPARQLWrapper' in sys.modules or 'rdflib' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
