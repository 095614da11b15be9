"""Servers that cut long answers: what is missing is read in pages, and never left out in silence."""

import random
import re

import pyoxigraph as ox
import pytest

from mgonto.engine.paging import Paged
from mgonto.engine.remote import RemoteEngine
from mgonto.errors import EndpointError
from tests.engine.sites import JSON, TRIPLES, answer_from, site

NEXT, SIZE = (ox.NamedNode(f"https://example.org/{each}") for each in ("next", "size"))
GRAPH = ox.NamedNode("https://example.org/g")


def node(number: int) -> ox.NamedNode:
    return ox.NamedNode(f"https://example.org/n{number}")


@pytest.fixture(scope="module")
def store():
    """2,600 things with a size, two of a size each."""
    made = ox.Store()
    made.extend(ox.Quad(node(each), SIZE, ox.Literal(each // 2), GRAPH) for each in range(2600))
    return made


class Capped:
    """A server that gives so many rows at most.

    Args:
        header: whether it says so, as Virtuoso does.
        picky: refuses ORDER BY with an OFFSET beyond its cap, as Virtuoso does.
        deaf: passes over LIMIT and OFFSET, or refuses COUNT.
        restless: gives rows in another order every time, where none is asked for.
    """

    def __init__(self, store, cap=1000, header=True, picky=True, deaf="", restless=False):
        self.store, self.cap, self.header = store, cap, header
        self.picky, self.deaf, self.restless = picky, deaf, restless

    def __call__(self, asked):
        query = asked.query
        tail = query.rpartition("}")[2]  # the modifiers of the outermost query
        offset = re.search(r"OFFSET (\d+)", tail)
        if self.picky and "ORDER BY" in tail and offset and int(offset[1]) >= self.cap:
            asked.send("Virtuoso 22023 Error SR353: Sorted TOP clause", "text/plain", 500)
            return
        if self.deaf == "COUNT" and "COUNT(*)" in query:
            asked.send("no sub-select here", "text/plain", 400)
            return
        if self.deaf or self.restless:
            query = re.sub(r"( LIMIT \d+)? OFFSET \d+$", "", query)
        found = self.store.query(query, use_default_graph_as_union=True)
        if not isinstance(found, ox.QuerySolutions):
            asked.fields["query"] = [query]
            answer_from(self.store, asked)
            return
        names = [each.value for each in found.variables]
        rows = [[solution[name] for name in names] for solution in found]
        if self.restless and "COUNT(*)" not in query:
            random.Random(asked.number).shuffle(rows)
            rows = rows[int(offset[1]) : int(offset[1]) + self.cap] if offset else rows
        cut = len(rows) > self.cap
        lines = []
        for row in rows[: self.cap]:
            cells = (
                f'"{name}": {{"type": "{"uri" if isinstance(cell, ox.NamedNode) else "literal"}", '
                f'"value": "{cell.value}"}}'
                for name, cell in zip(names, row, strict=True)
                if cell is not None
            )
            lines.append("{" + ", ".join(cells) + "}")
        head = ", ".join(f'"{name}"' for name in names)
        body = f'{{"head": {{"vars": [{head}]}}, "results": {{"bindings": [{", ".join(lines)}]}}}}'
        asked.send(body, JSON, **({"X_SPARQL_MaxRows": str(self.cap)} if self.header and cut else {}))


P = "PREFIX : <https://example.org/>\n"
QUERIES = {
    "without an order": P + "SELECT ?a ?b { ?a :size ?b }",
    "with an order": P + "SELECT ?a ?b { ?a :size ?b } ORDER BY DESC(?b) ?a",
    "of everything": P + "SELECT * WHERE { ?a :size ?b }",
    "of different rows": P + "SELECT DISTINCT ?b (?b + 1 AS ?c) { ?a :size ?b }",
    "with groups": P + "SELECT ?a (COUNT(*) AS ?n) { ?a :size ?b } GROUP BY ?a HAVING(COUNT(*) > 0)",
    "with a limit of its own": P + "SELECT ?a { ?a :size ?b } ORDER BY ?b ?a LIMIT 1500 OFFSET 7",
    "with VALUES behind": P + "SELECT ?a ?z { ?a :size ?b } VALUES ?z { 1 }",
    "with a comment behind": P + "SELECT ?a { ?a :size ?b } # ORDER BY nothing {",
    "with a graph": P + "SELECT ?a FROM <https://example.org/g> { ?a :size ?b }",
    "with columns in an order of its own": P + "SELECT ?b (STR(?a) AS ?z) ?a { ?a :size ?b }",
    "with rows that repeat": P + "SELECT ?b { ?a :size ?b }",
    "with holes": P + "SELECT ?a ?c { ?a :size ?b OPTIONAL { ?a :next ?c } }",
    "with a sub-select": P + "SELECT ?a { { SELECT ?a ?b { ?a :size ?b } ORDER BY ?b } }",
    "of a union": P + "SELECT ?a ?z { { ?a :size ?b BIND(1 AS ?z) } UNION { ?a :size ?b BIND(2 AS ?z) } }",
    "with ORDER in its words": P + "SELECT ?order { ?order :size ?b FILTER(STR(?b) != 'ORDER BY') }",
}


def texts(rows):
    return [tuple(None if cell is None else cell.value for cell in row) for row in rows]


@pytest.mark.parametrize("shape", QUERIES)
@pytest.mark.parametrize("settings", [{}, {"page": 700}, {"page": 5000}], ids=str)
def test_a_result_beyond_the_cap_is_whole(store, shape, settings):
    query = QUERIES[shape]
    # The plain engine treats FROM as it stands, the union where there is none.
    expected = store.query(query, use_default_graph_as_union="FROM" not in query)
    rows = texts(tuple(each) for each in expected)
    with site(Capped(store)) as there:
        columns, found = RemoteEngine(there.url, **settings).select(query)
    assert columns == tuple(each.value for each in expected.variables)
    assert sorted(texts(found), key=str) == sorted(rows, key=str)
    if "with an order" in shape or "limit" in shape:
        assert texts(found) == rows


@pytest.mark.parametrize("cap", [100, 500, 1000, 1024, 2500])
def test_a_cap_that_nobody_announces_is_seen_where_it_is_a_number_that_people_set(store, cap):
    with site(Capped(store, cap, header=False)) as there:
        assert len(RemoteEngine(there.url).select(QUERIES["without an order"])[1]) == 2600


def test_a_result_that_happens_to_be_as_large_as_a_cap_is_counted_and_not_read_twice(store):
    query = P + "SELECT ?a { ?a :size ?b } LIMIT 500"
    with site(Capped(store)) as there:
        assert len(RemoteEngine(there.url).select(query)[1]) == 500
        assert len(there.seen) == 2 and "COUNT(*)" in there.seen[1].query


@pytest.mark.parametrize("limit", [0, 1, 99, 101, 999])
def test_what_looks_like_no_cap_is_one_question(store, limit):
    with site(Capped(store)) as there:
        assert len(RemoteEngine(there.url).select(f"SELECT ?a {{ ?a ?b ?c }} LIMIT {limit}")[1]) == limit
        assert len(there.seen) == 1


def test_pages_that_were_asked_for_are_kept(store):
    with site(Capped(store, cap=10**6)) as there:
        assert len(RemoteEngine(there.url, page=1000).select(QUERIES["without an order"])[1]) == 2600
    limits = [re.search(r"LIMIT (\d+)", each.query) for each in there.seen]
    assert {each[1] for each in limits if each} == {"1000"}


@pytest.mark.parametrize(
    ("server", "says"),
    [
        ({"deaf": "OFFSET"}, "its pages do not add up"),
        ({"restless": True}, "its pages do not add up"),
        ({"deaf": "COUNT"}, "cannot be counted: .*no sub-select here"),
    ],
)
def test_pages_that_cannot_be_trusted_are_an_error(store, server, says):
    with site(Capped(store, **server)) as there, pytest.raises(EndpointError, match=says) as caught:
        RemoteEngine(there.url).select(QUERIES["with rows that repeat"])
    assert "limit" in caught.value.hint and "1,000" in caught.value.message


def test_a_server_that_gives_nothing_more_is_an_error(store):
    capped = Capped(store)

    def respond(asked):
        if re.search(r"OFFSET [1-9]", asked.query):
            asked.send('{"head": {"vars": ["a", "b"]}, "results": {"bindings": []}}')
        else:
            capped(asked)

    with site(respond) as there, pytest.raises(EndpointError, match="1,000 of 2,600 rows"):
        RemoteEngine(there.url).select(QUERIES["without an order"])


def test_blank_nodes_cannot_be_read_in_pages():
    made = ox.Store()
    made.extend(ox.Quad(ox.BlankNode(), SIZE, ox.Literal(each)) for each in range(250))

    def respond(asked):
        if "COUNT" in asked.query:
            answer_from(made, asked)
        else:
            asked.fields["query"] = ["SELECT ?a { ?a ?b ?c } LIMIT 100"]
            answer_from(made, asked)

    with site(respond) as there, pytest.raises(EndpointError, match="blank nodes cannot be read"):
        RemoteEngine(there.url).select("SELECT ?a { ?a ?b ?c }")


def test_all_pages_together_are_bounded_too(store):
    with site(Capped(store)) as there, pytest.raises(EndpointError, match="more to answer than 150,000"):
        RemoteEngine(there.url, max_bytes=150_000).select(QUERIES["without an order"])


# -- triples -------------------------------------------------------------------------------------------------

CONSTRUCT = P + "CONSTRUCT { ?a :is ?b } { ?a :size ?b }"


def few_triples(store, cap, announced=False, named=""):
    """A server that stops at a number of triples, as Virtuoso does: one beyond its cap, without a word."""

    def respond(asked):
        found = store.query(asked.query, use_default_graph_as_union=True)
        if isinstance(found, ox.QueryTriples):
            lines = [f"{each} .\n" for each in found][: cap + bool(named)]
            headers = {"X_SPARQL_MaxRows": str(cap)} if announced else {}
            asked.handler.server_version = named or "Plain"
            asked.send("".join(lines), TRIPLES, **headers)
        else:
            Capped(store, cap)(asked)

    return respond


@pytest.mark.parametrize(
    ("cap", "announced", "named"),
    [(1000, False, ""), (1234, True, ""), (1000, False, "Virtuoso/07.20"), (1234, False, "Virtuoso/07.20")],
)
def test_triples_that_were_cut_are_an_error(store, cap, announced, named):
    server = few_triples(store, cap, announced, named)
    with site(server) as there, pytest.raises(EndpointError, match="there may be more") as caught:
        RemoteEngine(there.url).construct(CONSTRUCT)
    assert "SELECT" in caught.value.hint


@pytest.mark.parametrize("named", ["", "Virtuoso/07.20"])
def test_triples_whose_number_only_looks_like_a_cap_are_whole(store, named):
    with site(few_triples(store, 10**5, named=named)) as there:
        engine = RemoteEngine(there.url)
        assert len(engine.construct(CONSTRUCT)) == 2600
        asked = len(there.seen)
        engine.construct(CONSTRUCT)
        assert len(there.seen) == asked + 1  # once seen not to stop there, it is not tried again


# -- the parts of a query ------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", QUERIES)
def test_whatever_is_put_around_a_query_parses(store, shape):
    paged = Paged.of(QUERIES[shape])
    for text in (paged.count(), paged.first(5), paged.page(["a", "b"], 5, 5), paged.count_distinct(["a"])):
        store.query(text)


def test_a_prologue_with_a_base_and_a_named_graph():
    query = "BASE <https://example.org/> PREFIX : <#> SELECT ?a FROM <g> FROM NAMED :h WHERE { ?a <size> ?b }"
    paged = Paged.of(query)
    assert paged.dataset == "FROM <g> FROM NAMED :h" and "FROM" not in paged.body
    assert paged.prologue == "BASE <https://example.org/> PREFIX : <#> "
