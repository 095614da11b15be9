"""Reading all names once, and counting before joining, changes how fast an engine answers, and no row."""

import pytest

import mgonto
from mgonto.engine import embedded
from mgonto.engine.binding import bind
from mgonto.engine.lookup import counted_first, lists_of, names_apart, with_names
from mgonto.engine.narrow import narrowed
from mgonto.query.parameters import query_values


@pytest.fixture(scope="module")
def kb():
    return mgonto.load()


def rows(store, text):
    """The rows of a query, as text, in no order."""
    found = store.query(text, use_default_graph_as_union=True)
    return sorted(tuple(str(cell) for cell in row) for row in found)


def reworded(text):
    """As the engine words a query whose answer is long."""
    plain, names = names_apart(text)
    return with_names(narrowed(counted_first(plain)), names)


def test_every_query_of_the_library_has_the_same_rows_either_way(kb):
    moved = set()
    for name, query in kb.queries.items():
        for chosen in ([], *([each.name] for each in query.parameters)):
            given = {
                each.name: each.example
                for each in query.parameters
                if each.example is not None and (each.required or each.name in chosen)
            }
            text = bind(query.text, query_values(query, given, kb.terms, widen=True))
            if reworded(text) != narrowed(text):
                moved.add(name)
                assert rows(kb.store(), reworded(text)) == rows(kb.store(), text), (name, chosen)
    assert {"effects-of", "causes-of", "between-terms", "single-reference", "repeats", "denials"} <= moved


@pytest.mark.parametrize(
    "text",
    [
        # The name is asked for again.
        'SELECT * { ?p mgo:subject/skos:prefLabel ?name . FILTER(STRSTARTS(?name, "m")) }',
        # Nothing else has the term.
        "SELECT * { ?term skos:prefLabel ?name }",
        "SELECT * { ?s ?p ?o . OPTIONAL { ?o skos:prefLabel ?name } }",
        # More is said of the term in the same breath.
        "SELECT * { ?s ?p ?term . ?term skos:prefLabel ?name ; a ?kind }",
    ],
)
def test_a_name_that_is_needed_where_it_stands_stays_there(text):
    assert names_apart(text) == (text, ())


def test_only_a_sub_select_that_counts_and_stands_first_is_asked_first():
    for text in (
        "SELECT * { { SELECT ?a { ?s ?p ?a } } ?a ?q ?b }",
        "SELECT * { ?a ?q ?b { SELECT ?a { ?s ?p ?a } GROUP BY ?a } }",
        "SELECT * { { SELECT ?a { ?s ?p ?a } GROUP BY ?a } OPTIONAL { ?a ?q ?b } }",
    ):
        assert counted_first(text) == text


def test_lists_are_told_apart_from_words_and_numbers():
    assert lists_of("FILTER(?sign IN (1, -1)) FILTER(?x IN (<urn:a>,<urn:b>))") == [["urn:a", "urn:b"]]


def test_the_engine_reads_all_names_where_much_is_said_and_finds_the_same(kb, monkeypatch):
    asked, store = [], kb.store()

    class Heard:
        quads_for_pattern = store.quads_for_pattern

        def query(self, text, **options):
            asked.append(text)
            return store.query(text, **options)

    monkeypatch.setattr(kb._engine, "store", Heard())
    few = kb.run("effects-of", term="magnesium deficiency")
    monkeypatch.setattr(embedded, "_MANY", 10)
    many = kb.run("effects-of", term="magnesium deficiency")
    assert list(few) == list(many) != []
    assert ["{ SELECT ?agent ?subject {" in text for text in asked] == [False, True]
