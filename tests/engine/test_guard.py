"""What no query may do: reach another service, or take the process with it."""

import socket
import time
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mgonto.engine.embedded import EmbeddedEngine
from mgonto.engine.guard import MAX_DEPTH, asks_service, depth_of
from mgonto.errors import UsageError

PLACE = "<http://127.0.0.1:9/>"
# Each of these asks the service in pyoxigraph, or would in a parser that reads the standard in another way.
ASKING = [
    f"SELECT * {{ SERVICE {PLACE} {{ ?s ?p ?o }} }}",
    f"SELECT * {{ service{PLACE}{{ ?s ?p ?o }} }}",
    f"SELECT * {{ SERVICE SILENT {PLACE} {{ ?s ?p ?o }} }}",
    f"SELECT * {{ SERVICESILENT{PLACE} {{ ?s ?p ?o }} }}",
    f"SELECT * {{ SERVICE # <not:here>\n {PLACE} # {{\n {{ ?s ?p ?o }} }}",
    "PREFIX e: <http://127.0.0.1:9/> SELECT * { SERVICE e:a { ?s ?p ?o } }",
    "PREFIX e: <http://127.0.0.1:9/> SELECT * { SERVICEe:a { ?s ?p ?o } }",
    "PREFIX e: <http://127.0.0.1:9/> SELECT * { SERVICEe:a\\(b{ ?s ?p ?o } }",
    f"SELECT * {{ VALUES ?u {{ {PLACE} }} SERVICE?u{{ ?s ?p ?o }} }}",
    f"PREFIX e: <http://e/> SELECT * {{ {{ ?s e:a\\# ?o }} UNION {{ SERVICE {PLACE} {{ ?s ?p ?o }} }} }}",
    f"PREFIX e: <http://e/> SELECT * {{ ?s e:a\\' 1 . SERVICE {PLACE} {{ ?s ?p ?o }} ?s e:a\\' 1 }}",
    f"SELECT * {{ FILTER(?a<'>') SERVICE {PLACE} {{ ?s ?p ?o }} FILTER(1='') }}",
    f"SELECT * {{ ?s ?p 1.SERVICE{PLACE}{{ ?s ?p ?o }} }}",
    f"SELECT * {{ ?s ?p trueSERVICE{PLACE}{{ ?s ?p ?o }} }}",
    "PREFIX e: <http://127.0.0.1:9/> SELECT * { ?s ?p 1.SERVICEe:a { ?s ?p ?o } }",
    f"SELECT * {{ \\u0053ERVICE {PLACE} {{ ?s ?p ?o }} }}",
    f"ASK {{ FILTER NOT EXISTS {{ SERVICE {PLACE} {{ ?s ?p ?o }} }} }}",
]
HARMLESS = [
    "SELECT ?service { ?service ?p ?o }",
    "PREFIX service: <http://e/> SELECT * { ?s service:name ?o . service:a a service:b }",
    "SELECT * { ?s <http://e/SERVICE> ?o }",
    "SELECT * { ?s ?p 'SERVICE <http://e/> { ?a ?b ?c }' }",
    'SELECT * { ?s ?p "SERVICE" . FILTER(?s = "service <http://e/> {") }',
    "SELECT * { ?s ?p '''a ' SERVICE <http://e/> { ''' }",
    "SELECT * { ?s ?p ?o } # SERVICE <http://e/> { ?s ?p ?o }",
    "SELECT * { ?s ?p 'it''s' # '\n }",
    "PREFIX e: <http://e/> SELECT * { ?s e:service ?o . GRAPH ?g { ?s ?p e:a_service } }",
    "SELECT * { ?s ?p ?o FILTER(?o < 3 && ?o > 1) } # a SERVICE would stand here",
    "SELECT * { ?s ?p 'x'@en-service }",
]


@pytest.mark.parametrize("query", ASKING)
def test_whatever_can_be_read_as_a_service_is_refused(query):
    assert asks_service(query)
    with pytest.raises(UsageError, match="no other service"):
        EmbeddedEngine().select(query)


@pytest.mark.parametrize("query", HARMLESS)
def test_the_word_alone_is_no_service(query):
    assert not asks_service(query)


@given(
    st.lists(st.sampled_from(["'", '"', "#", "\n", "<", ">", "\\", " ", "a", "e:", "'''", '"""', "{", "}"]))
)
def test_what_the_parser_reaches_the_guard_reaches(pieces):
    # Whatever stands before: where pyoxigraph asks the service, the guard has seen it. The port is closed, so
    # to be asked shows as a refused connection.
    query = f"PREFIX e: <x:> SELECT * {{ {''.join(pieces)} SERVICE <http://127.0.0.1:{_CLOSED}/> {{ }} }}"
    if asks_service(query):
        return
    try:
        found: Any = ox.Store().query(query)
        list(found)
    except SyntaxError:
        return
    except OSError as error:
        raise AssertionError(query) from error


def _closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


_CLOSED = _closed_port()


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { FILTER(" + "(" * 60_000 + "1" + ")" * 60_000 + ") }",
        "SELECT * " + "{" * 60_000 + "}" * 60_000,
        "SELECT * { FILTER(" + "!" * 60_000 + "1) }",
        "SELECT * { FILTER(" + "- " * 60_000 + "1) }",
        "SELECT * {" + "[ ?p " * 60_000 + "1" + "]" * 60_000 + "}",
    ],
)
def test_a_query_nested_too_deep_is_an_error_and_not_the_end_of_the_process(query):
    with pytest.raises(UsageError, match="deep"):
        EmbeddedEngine().select(query)


def test_brackets_in_strings_and_side_by_side_are_not_deep():
    assert depth_of("SELECT * { ?s ?p '((((' . ?s ?q 1 }") == 1
    many = "SELECT * { VALUES (?a ?b) {" + " (1 2)" * 5_000 + " } }"
    assert depth_of(many) == 3
    assert len(EmbeddedEngine().select(many)[1]) == 5_000
    assert MAX_DEPTH > 100


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "service ",
            "service",
            "<",
            '"',
            "'a",
            "\\",
            "service<",
            "(",
            "SERVICE ?x",
            '"""',
            '\\"',
            "<#",
            "- ",
        ),
        *("<serviceservice\\", '#service\n"""\\', "service?", 'service\\"', "'''service\\\n", "service#"),
    ],
)
def test_what_the_guard_takes_grows_as_the_text_does(piece):
    def took(size):
        text = piece * (size // len(piece))
        begun = time.process_time()
        asks_service(text)
        depth_of(text)
        return time.process_time() - begun

    # Four times the text: were the rest of it read from each place, it would be sixteen times the work.
    assert took(64_000) < 10 * max(took(16_000), 0.05)


def test_a_name_that_runs_through_others_and_a_gap_of_many_comments_end_where_they_end():
    assert asks_service("service?a$service?b {") and asks_service("service?aservice#\n# {\n\t{")
    assert not asks_service("service?a# {\n}") and not asks_service("service #service {\n")
    assert asks_service("SERVICE SILENT{") and asks_service("service silent:a {")
    assert asks_service("service e:a\\ {{") and not asks_service("service e:a\\\n{")
