"""Questions that a reader asks: each is one query, answered with the right sentences, references and numbers.

`expected.tsv` holds the answers, one question a row, with several values parted by `|`:

- `sentences`, `references`, `numbers`: the whole answer; nothing may be missing and nothing more may come.
- `terms`: names that must be among the terms of the answer.
- `may_miss`, `may_add`: sentences left to the judgement of whoever answers, with the `reason`.
"""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
import yaml

from mgonto.resources import data_dir

HERE = Path(__file__).resolve().parent
QUERIES = {path.stem: path.read_text(encoding="utf-8") for path in sorted(HERE.glob("*.rq"))}
# Joins of long unions, which rdflib does in many seconds.
SLOW_IN_RDFLIB = {"Q45", "Q53"}

Row = dict[str, str]


@dataclass(frozen=True)
class Expected:
    """One row of `expected.tsv`."""

    question: str
    asks: str
    sentences: frozenset[str]
    references: frozenset[str]
    numbers: frozenset[str]
    terms: frozenset[str]
    may_miss: frozenset[str]
    may_add: frozenset[str]
    reason: str


def read_expected() -> dict[str, Expected]:
    def several(text: str) -> frozenset[str]:
        return frozenset(filter(None, text.split("|")))

    with (HERE / "expected.tsv").open(encoding="utf-8", newline="") as file:
        return {
            row["question"]: Expected(
                question=row["question"],
                asks=row["asks"],
                sentences=several(row["sentences"]),
                references=several(row["references"]),
                numbers=several(row["numbers"]),
                terms=several(row["terms"]),
                may_miss=several(row["may_miss"]),
                may_add=several(row["may_add"]),
                reason=row["reason"],
            )
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        }


EXPECTED = read_expected()


@pytest.fixture(scope="module")
def store() -> ox.Store:
    store = ox.Store()
    store.bulk_load(path=data_dir("release") / "mgonto.ttl", format=ox.RdfFormat.TURTLE)
    return store


@pytest.fixture(scope="module")
def graph() -> rdflib.Graph:
    return rdflib.Graph().parse(data_dir("release") / "mgonto.ttl")


def ask(store: ox.Store, question: str) -> list[Row]:
    """The rows of a question's query, with the cells that have a value."""
    found = store.query(QUERIES[question])
    assert isinstance(found, ox.QuerySolutions)
    names = [variable.value for variable in found.variables]
    rows = []
    for solution in found:
        cells = zip(names, (solution[name] for name in names), strict=True)
        rows.append(
            {name: cell.value for name, cell in cells if isinstance(cell, (ox.Literal, ox.NamedNode))}
        )
    return rows


def ask_rdflib(graph: rdflib.Graph, question: str) -> list[Row]:
    """The same from the other engine."""
    return [
        {str(name): str(cell) for name, cell in solution.asdict().items()}
        for solution in graph.query(QUERIES[question])
        if isinstance(solution, rdflib.query.ResultRow)
    ]


def figure(row: Row) -> str | None:
    """The number of a row, as it stands in `expected.tsv`: "at least 300 mg/d", "500–1000 mg/d", "2".

    >>> figure({"number": "-3.50", "unit": "mm[Hg]"})
    '-3.5 mm[Hg]'
    """
    bounds = [row[name] for name in ("number", "low", "high") if name in row]
    if not bounds:
        return None
    amount = "–".join(f"{Decimal(each).normalize():f}" for each in bounds)
    # "1" is how UCUM writes that a number has no unit.
    unit = row.get("unit", "1")
    return " ".join(filter(None, (row.get("qualifier"), amount, "" if unit == "1" else unit)))


def numbers_of(rows: Iterable[Row]) -> set[str]:
    return set(filter(None, map(figure, rows)))


def compare(what: str, expected: Iterable[str], found: Iterable[str]) -> list[str]:
    """What is missing and what is too much, in words; nothing where both are the same."""
    missing, extra = sorted(set(expected) - set(found)), sorted(set(found) - set(expected))
    return [
        f"{what} {kind}: {', '.join(each)}" for kind, each in (("missing", missing), ("extra", extra)) if each
    ]


def test_every_question_has_its_query():
    assert set(QUERIES) == set(EXPECTED)
    assert len(EXPECTED) == 20


@pytest.mark.parametrize("question", EXPECTED)
def test_the_answer_is_right(store: ox.Store, question: str):
    expected = EXPECTED[question]
    rows = ask(store, question)
    sentences = {row["sentence"] for row in rows}
    allowed = expected.may_add - expected.sentences
    sure = [row for row in rows if row["sentence"] not in allowed]
    problems = [
        *compare(
            "sentences", expected.sentences - expected.may_miss, sentences - allowed - expected.may_miss
        ),
        *compare("references", expected.references, {row["reference"] for row in sure if "reference" in row}),
        *compare("numbers", expected.numbers, numbers_of(sure)),
        *compare("terms", expected.terms, expected.terms & {row["term"] for row in rows if "term" in row}),
    ]
    assert not problems, f"{question}, {expected.asks}:\n" + "\n".join(problems)


@pytest.mark.parametrize("question", sorted(set(EXPECTED) - SLOW_IN_RDFLIB))
def test_another_engine_gives_the_same_answer(store: ox.Store, graph: rdflib.Graph, question: str):
    def told(rows: list[Row]) -> set[tuple[tuple[str, str], ...]]:
        kept = {"number", "low", "high", "unit", "qualifier"}
        return {
            (
                *sorted((name, cell) for name, cell in row.items() if name not in kept),
                ("figure", figure(row) or ""),
            )
            for row in rows
        }

    assert told(ask_rdflib(graph, question)) == told(ask(store, question))


@pytest.mark.parametrize("question", QUERIES)
def test_a_query_says_what_it_gives(store: ox.Store, question: str):
    text = QUERIES[question]
    lines = [line.removeprefix("#+").removeprefix(" ") for line in text.splitlines() if line.startswith("#+")]
    header = yaml.safe_load("\n".join(lines))
    assert set(header) == {"summary", "tags", "params", "columns"}
    found = store.query(text)
    assert isinstance(found, ox.QuerySolutions)
    assert list(header["columns"]) == [variable.value for variable in found.variables]
    assert list(header["columns"])[:2] == ["sentence", "reference"]


@pytest.mark.parametrize("question", QUERIES)
def test_a_query_asks_by_meaning_in_plain_sparql(question: str):
    text = QUERIES[question]
    assert not re.search(r"\b(GRAPH|FROM|SERVICE|LATERAL)\b", text), "only the default graph of any engine"
    named = re.findall(r"\b[ST]\d+\.[PR]\d+|/(?:statement|proposition|article)/", text)
    assert not named, f"it names its answer: {named}"


@pytest.mark.parametrize("question", [each for each, row in EXPECTED.items() if row.may_miss or row.may_add])
def test_an_allowance_has_a_reason_and_is_needed(store: ox.Store, question: str):
    expected = EXPECTED[question]
    sentences = {row["sentence"] for row in ask(store, question)}
    assert expected.reason
    assert expected.may_miss <= expected.sentences - sentences, "found all the same: take it out of may_miss"
    assert expected.may_add <= sentences - expected.sentences, "not found: take it out of may_add"
