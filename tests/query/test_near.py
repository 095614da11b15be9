"""A question about one term reads what concerns it; what is read off the index is what a query tells."""

import pytest

import mgonto
from mgonto.engine.embedded import EmbeddedEngine
from mgonto.kb import KnowledgeBase
from mgonto.query.lexical import Terms, told_by
from mgonto.query.library import query_text
from mgonto.sources.lexicon import fold


class Counting(EmbeddedEngine):
    """Counts its answers, and the rows that they have."""

    rows = sent = 0

    def select(self, query, values=None):
        columns, rows = super().select(query, values)
        self.rows += len(rows)
        self.sent += 1
        return columns, rows


@pytest.fixture(scope="module")
def kb():
    engine = mgonto.load()._engine
    assert isinstance(engine, EmbeddedEngine)
    engine.complete()
    return KnowledgeBase(Counting(store=engine.store))


def rows_of(kb, ask):
    """How many rows an answer took, the terms being read."""
    assert kb.terms
    kb._engine.rows = 0
    found = ask()
    return kb._engine.rows, found


def test_terms_off_the_index_are_those_of_the_query(kb):
    one, other = Terms(told_by(kb._engine)), Terms(kb._engine.select(query_text("terms"))[1])
    assert list(one) == list(other)
    assert [one[iri] for iri in one] == [other[iri] for iri in other]
    assert one.lists == other.lists


@pytest.mark.parametrize(
    "words", ["insulin resist", "resist insulin", "ACID", "mg", "beta-cell", "a", "no such"]
)
def test_a_search_finds_the_terms_with_a_name_that_holds_every_word(kb, words):
    parts = fold(words).split()
    told = {
        each.iri
        for each in kb.terms.values()
        if any(all(part in fold(name) for part in parts) for name in (each.name, each.label, *each.synonyms))
    }
    found = [each.iri for each in kb.search(words)]
    assert set(found) == told and len(found) == len(told)
    assert [each.iri for each in kb.search(words, limit=3)] == found[:3]


@pytest.mark.parametrize("helper", ["flags", "tensions", "quantities"])
def test_a_question_about_a_term_reads_less_than_one_about_everything(kb, helper):
    whole, everything = rows_of(kb, lambda: getattr(kb, helper)())
    near, some = rows_of(kb, lambda: getattr(kb, helper)(about="mTOR"))
    assert 0 < len(some) < len(everything) and near < whole / 2
    assert set(some) <= set(everything)


def test_quantities_of_three_terms_are_found_in_three_queries(kb):
    about = ["magnesium supplementation", "insulin resistance", "Homo sapiens"]
    assert kb.terms
    kb._engine.sent = 0
    found = kb.quantities(about=about)
    assert kb._engine.sent <= 3
    assert found and set(found) <= set(kb.quantities(about=about[0]))
