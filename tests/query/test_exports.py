"""Every answer can be written in every form, and a reader of the table understands its cells."""

import csv
import io
import json

import pytest

import mgonto

PAIR = ("magnesium deficiency", "insulin resistance")
ANSWERS = {
    "terms": lambda kb: kb.search("magnesium"),
    "members": lambda kb: kb.members("PI3K/Akt signaling pathway"),
    "statements": lambda kb: kb.statements(section="S09"),
    "no statement": lambda kb: kb.statements(subject="rapamycin", section="S09"),
    "quantities": lambda kb: kb.quantities(section="T2"),
    "explanation": lambda kb: kb.explain(*PAIR),
    "no path": lambda kb: kb.explain("rapamycin", "stroke"),
    "loops": lambda kb: kb.loops(PAIR[1]),
    "shared effects": lambda kb: kb.shared(*PAIR),
    "comparison": lambda kb: kb.compare(*PAIR),
    "sentences": lambda kb: kb.sentences(section="S09"),
    "references": lambda kb: kb.references(),
    "tensions": lambda kb: kb.tensions(source="difference"),
    "flags": lambda kb: kb.flags(),
    "absences": lambda kb: kb.absent(),
    "repeats": lambda kb: kb.repeats(),
    "facets": lambda kb: kb.facets("stance"),
    "mappings": lambda kb: kb.mappings(PAIR[1]),
    "coverage": lambda kb: kb.coverage(),
    "ranked references": lambda kb: kb.rank_references(),
    "cut sets": lambda kb: kb.cut_sets(*PAIR),
    "rows of a query": lambda kb: kb.run("gaps"),
    "rows of SPARQL": lambda kb: kb.select("SELECT * { ?s ?p ?o } LIMIT 2"),
    "support of a sentence": lambda kb: kb.support("S09.P02.N05"),
    "support of a path": lambda kb: kb.support(kb.explain(*PAIR).first()),
    "removal": lambda kb: kb.without(13),
    "removal of nothing": lambda kb: kb.without(26).weakened,
}


@pytest.fixture(scope="module")
def kb():
    return mgonto.load()


@pytest.mark.parametrize("ask", ANSWERS.values(), ids=ANSWERS)
def test_an_answer_has_every_form(kb, ask):
    found = ask(kb)
    rows = found.to_dicts()
    assert json.loads(found.to_json()) == json.loads(json.dumps(rows))
    table = list(csv.DictReader(io.StringIO(found.to_csv())))
    assert len(table) == len(rows) == len(found.to_pandas())
    header = found.to_csv().splitlines()[0].split(",")
    assert header == list(found.to_pandas().columns) and "" not in header
    markdown = found.to_markdown().splitlines()
    assert len(markdown) == len(rows) + 2 and markdown[1].count("---") == len(header)
    assert found._repr_html_().count("<tr>") == len(rows) + 1


@pytest.mark.parametrize(
    "name", ["explanation", "loops", "support of a path", "statements", "shared effects"]
)
def test_no_cell_of_a_table_holds_a_record_as_code(kb, name):
    assert '{"' not in ANSWERS[name](kb).to_csv().replace('""', '"')


def test_a_hop_reads_as_its_statement_words_it(kb):
    rows = list(csv.DictReader(io.StringIO(kb.explain(*PAIR, k=None).to_csv())))
    hops = {hop for row in rows for hop in row["hops"].split("|")}
    assert "magnesium deficiency contributes to insulin resistance (S09.P02.N01)" in hops
    assert "magnesium deficiency is a state of magnesium" in hops
    # Less of the pathway makes it worse: without the word the cell would say the opposite.
    assert "decreased PI3K/Akt/eNOS pathway exacerbates insulin resistance (S11.P02.N09)" in hops


def test_a_support_is_told_hop_by_hop(kb):
    path = max(kb.explain(*PAIR), key=lambda each: each.stated)
    rows = kb.support(path).to_dicts()
    assert [row["kind"] for row in rows] == ["path", *["hop"] * path.stated]
    assert "[13] Nadler JL 1993" in kb.support("S09.P02.N01").to_csv()
