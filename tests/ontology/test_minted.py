"""Each term of our own has its reason, and the number of one that is gone is never given out again."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from mgonto.names import PREFIXES

ONTOLOGY = Path(__file__).resolve().parents[2] / "ontology"
REASONS = {
    "composite of the text",
    "exact only outside the preferred ontologies",
    "group defined in the article",
    "nearest term is a measurement",
    "no term in the ontologies searched",
    "pool or state told apart",
}
RETIRED_FOR = {"an external term says exactly this", "told by other terms"}
#: A number that no release and no commit has ever had.
NEVER_GIVEN_OUT = {260}
#: Vocabularies that are searched and pointed at, but whose IRIs no release declares.
ONLY_HERE = {"QUDT", "quantitykind"}
#: The table writes a vocabulary's name; a CURIE has its prefix.
PREFIX_OF = {"Reactome": "reactome", "WikiPathways": "wikipathways"}


def table(name: str) -> list[dict[str, str]]:
    with (ONTOLOGY / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.fixture(scope="module")
def terms() -> dict[str, dict[str, str]]:
    return {row["iri"]: row for row in table("terms.tsv")}


@pytest.fixture(scope="module")
def minted() -> list[dict[str, str]]:
    return table("minted.tsv")


@pytest.fixture(scope="module")
def retired() -> list[dict[str, str]]:
    return table("retired.tsv")


def test_every_minted_term_has_one_reason_and_nothing_else_has(
    terms: dict[str, dict[str, str]], minted: list[dict[str, str]]
) -> None:
    ours = {iri: row["name"] for iri, row in terms.items() if iri.startswith("MGO:")}
    told = [(row["iri"], row["name"]) for row in minted]
    assert told == sorted(ours.items())


def test_a_reason_is_one_of_a_short_closed_list_and_each_is_in_use(minted: list[dict[str, str]]) -> None:
    assert {row["reason"] for row in minted} == REASONS


def test_the_nearest_term_is_external_and_its_ontology_was_searched(minted: list[dict[str, str]]) -> None:
    for row in minted:
        prefix, _, local = row["nearest"].partition(":")
        searched = row["searched"].split(" ")
        assert local, row
        assert row["nearest_label"], row
        assert prefix != "MGO" and (prefix in PREFIXES or prefix in ONLY_HERE), row
        assert prefix in {PREFIX_OF.get(each, each) for each in searched} or "QUDT" in searched, row
        assert {PREFIX_OF.get(each, each) for each in searched} <= {*PREFIXES, *ONLY_HERE}, row


def test_a_nearest_term_that_is_itself_in_use_has_the_label_of_the_term_table(
    terms: dict[str, dict[str, str]], minted: list[dict[str, str]]
) -> None:
    wrong = [
        row
        for row in minted
        if row["nearest"] in terms and terms[row["nearest"]]["label"] != row["nearest_label"]
    ]
    assert not wrong


def test_what_an_external_term_in_use_says_exactly_is_not_minted(minted: list[dict[str, str]]) -> None:
    """An exact term outside the preferred ontologies never becomes the IRI of another row as well."""
    exact = [row["nearest"] for row in minted if row["reason"].startswith("exact only")]
    assert len(exact) == len(set(exact))
    assert not set(exact) & {row["iri"] for row in table("terms.tsv")}


def test_the_number_of_a_retired_term_is_never_given_out_again(
    terms: dict[str, dict[str, str]], retired: list[dict[str, str]]
) -> None:
    numbers = [row["iri"] for row in retired]
    assert numbers == sorted(set(numbers))
    assert all(each.startswith("MGO:") for each in numbers)
    assert not set(numbers) & set(terms)


def test_every_number_below_the_highest_is_in_use_or_retired(
    terms: dict[str, dict[str, str]], retired: list[dict[str, str]]
) -> None:
    """A row that is dropped without a line among the retired leaves a hole, and the hole is found."""
    known = {int(each[4:]) for each in (*terms, *(row["iri"] for row in retired)) if each.startswith("MGO:")}
    assert set(range(101, max(known) + 1)) - known == NEVER_GIVEN_OUT


def test_a_retired_term_tells_why_and_what_to_use_instead(
    terms: dict[str, dict[str, str]], retired: list[dict[str, str]]
) -> None:
    for row in retired:
        assert row["reason"] in RETIRED_FOR, row
        assert row["instead"], row
        if row["reason"] == "an external term says exactly this":
            assert terms[row["instead"]]["name"] == row["name"]
