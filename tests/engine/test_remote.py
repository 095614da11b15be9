"""The same helpers over HTTP: every public method of the knowledge base, against a small SPARQL server."""

import inspect
from collections.abc import Callable
from typing import Any

import pyoxigraph as ox
import pytest

import mgonto
from mgonto.errors import UsageError
from mgonto.kb import KnowledgeBase
from mgonto.resources import data_dir
from tests.engine.sites import JSON, TRIPLES, answer_from, site

A, B = "magnesium deficiency", "insulin resistance"
ASK = "ASK { ?gap a <https://w3id.org/mgonto/KnowledgeGap> }"
CONSTRUCT = "CONSTRUCT { ?a <urn:acts> ?b } { ?a <https://w3id.org/mgonto/moreMore> ?b }"

#: What each method is asked. A method of the knowledge base that has no line here fails the test below.
ASKED: dict[str, Callable[[KnowledgeBase], Any]] = {
    "absent": lambda kb: kb.absent("HOMA-IR"),
    "ancestors": lambda kb: kb.ancestors(B),
    "ask": lambda kb: kb.ask(ASK),
    "compare": lambda kb: kb.compare(A, "magnesium supplementation").to_dicts(),
    "construct": lambda kb: kb.construct(CONSTRUCT),
    "counts": lambda kb: kb.counts(),
    "coverage": lambda kb: kb.coverage(),
    "cut_sets": lambda kb: kb.cut_sets(A, B),
    "definition": lambda kb: kb.definition(A),
    "descendants": lambda kb: kb.descendants("cardiovascular disease"),
    "explain": lambda kb: kb.explain(A, B).to_dicts(),
    "facets": lambda kb: kb.facets("species"),
    "flags": lambda kb: kb.flags("S09.P02.N05.1"),
    "gaps": lambda kb: kb.gaps("magnesium"),
    "loops": lambda kb: kb.loops(B),
    "mappings": lambda kb: kb.mappings(B, "exact"),
    "members": lambda kb: kb.members("PI3K/Akt/GLUT4 pathway", acts="magnesium"),
    "no_claim": lambda kb: kb.no_claim("S17.P04.N01"),
    "quantities": lambda kb: kb.quantities("magnesium", value="number"),
    "queries": lambda kb: sorted(kb.queries),
    "rank_references": lambda kb: kb.rank_references(A, B),
    "references": lambda kb: kb.references(after=2020),
    "repeats": lambda kb: kb.repeats(),
    "run": lambda kb: kb.run("effects-of", term=A),
    "search": lambda kb: kb.search("insulin"),
    "select": lambda kb: kb.select("SELECT ?s ?c { ?s <https://w3id.org/mgonto/causal> ?c } ORDER BY ?s"),
    "sentence_index": lambda kb: kb.sentence_index(),
    "sentences": lambda kb: kb.sentences(reference=13),
    "shared": lambda kb: kb.shared(A, B, same_sign=True),
    "statements": lambda kb: kb.statements(about=B, section="S09"),
    "support": lambda kb: kb.support("S09.P02.N05.1"),
    "tensions": lambda kb: kb.tensions(source="computed"),
    "term": lambda kb: kb.term("MESH:D007333"),
    "terms": lambda kb: sorted(kb.terms),
    "to_networkx": lambda kb: sorted(kb.to_networkx().edges(keys=True)),
    "without": lambda kb: (
        list(kb.without([13]).lost_propositions),
        kb.without([13]).standing(A, B).verdict,
    ),
}
#: What cannot be had from an endpoint: the error says so in two lines.
NOT_THERE: dict[str, Callable[[KnowledgeBase], Any]] = {
    "quads": lambda kb: kb.quads(),
    "reason": lambda kb: kb.reason(),
    "store": lambda kb: kb.store(),
    "to_rdflib": lambda kb: kb.to_rdflib(),
    "validate": lambda kb: kb.validate(),
    "without(...).knowledge_base": lambda kb: kb.without([13]).knowledge_base,
}


@pytest.fixture(scope="module")
def there():
    store = ox.Store()
    store.bulk_load(path=str(data_dir("release") / "mgonto.trig"), format=ox.RdfFormat.TRIG)
    with site(lambda asked: answer_from(store, asked)) as running:
        yield running


@pytest.fixture(scope="module")
def near():
    return mgonto.load()


@pytest.fixture(scope="module")
def far(there):
    return mgonto.connect(there.url)


def test_no_public_method_is_left_out():
    public = {name for name, _ in inspect.getmembers(KnowledgeBase) if not name.startswith("_")}
    assert public <= set(ASKED) | set(NOT_THERE)


@pytest.mark.parametrize("method", ASKED)
def test_a_helper_answers_the_same_over_http(near, far, method):
    here, away = ASKED[method](near), ASKED[method](far)
    assert away == here or str(away) == str(here)
    assert here, "an empty answer would show nothing"


@pytest.mark.parametrize("method", NOT_THERE)
def test_what_an_endpoint_cannot_give_is_told_in_two_lines(far, method):
    with pytest.raises(UsageError, match="endpoint") as caught:
        NOT_THERE[method](far)
    assert caught.value.hint and "\n" not in caught.value.message + caught.value.hint


def test_files_are_validated_whatever_the_knowledge_base_stands_on(far, tmp_path):
    path = tmp_path / "extra.ttl"
    path.write_text("<https://example.org/a> <https://example.org/b> 1 .")
    assert far.validate(path) is not None


@pytest.mark.parametrize("name", ["chains", "coverage", "denials", "effects-of", "flags", "support-details"])
def test_a_query_of_the_library_answers_the_same_over_http(near, far, name):
    params = {each.name: each.example for each in near.queries[name].parameters if each.required}
    here = near.run(name, **params)
    assert far.run(name, **params) == here and here


def test_it_posts_a_form_and_asks_for_one_type_alone(there, far):
    there.seen.clear()
    far.counts()
    far.construct(CONSTRUCT)
    assert [each.header("Accept") for each in there.seen] == [JSON, TRIPLES]
    for each in there.seen:
        assert each.handler.command == "POST" and list(each.fields) == ["query"]
        assert each.header("Content-Type") == "application/x-www-form-urlencoded"
        assert each.header("Authorization") is None


@pytest.mark.parametrize("method", ["statements", "explain", "quantities", "coverage", "flags", "mappings"])
def test_a_helper_sends_at_most_three_queries_once_the_terms_are_known(there, far, method):
    assert far.terms
    there.seen.clear()
    ASKED[method](far)
    assert len(there.seen) <= 3


def test_a_hostile_string_comes_back_unchanged(far):
    text = "\"'\\ \n\t } # <a> $x ?y %20 + & = é 镁 🧲"
    assert far.select("SELECT ?x { BIND($t AS ?x) }", t=ox.Literal(text)).one()["x"] == text
