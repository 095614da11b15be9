"""`mgonto mappings` as a user meets it."""

import json

import pytest

from mgonto.cli.main import run


def mgonto(capsys, *arguments):
    with pytest.raises(SystemExit) as done:
        run(arguments)
    out, err = capsys.readouterr()
    return done.value.code, out, err


def test_mappings_of_a_term_come_as_json_with_iris_in_full(capsys):
    code, out, _ = mgonto(capsys, "mappings", "insulin resistance", "--predicate", "exact", "-f", "json")
    assert code == 0
    found = {each["object_curie"]: each for each in json.loads(out)}
    assert found["MESH:D007333"]["object"] == "http://id.nlm.nih.gov/mesh/D007333"
    assert "UMLS:C0021655" in found


def test_the_table_is_short(capsys):
    code, out, _ = mgonto(capsys, "mappings", "insulin resistance", "--target", "MESH", "-f", "table")
    assert code == 0
    assert "MESH:D007333" in out and "semapv" not in out


def test_an_identifier_is_as_good_as_a_name(capsys):
    named = mgonto(capsys, "mappings", "hypertension")
    assert mgonto(capsys, "mappings", "SCTID:38341003") == named
    assert mgonto(capsys, "show", "DOID:10763")[1].startswith("hypertension  (MONDO:0005044, Condition)")


def test_a_near_identifier_is_told_in_two_lines(capsys):
    code, out, err = mgonto(capsys, "show", "MESH:D002118")
    assert (code, out) == (3, "")
    assert err.splitlines() == [
        'mgonto: unknown term "MESH:D002118"',
        '  it is wider than "calcium": name that term if it will do',
    ]


def test_no_mapping_is_a_note_and_no_error(capsys):
    code, out, err = mgonto(capsys, "mappings", "insulin resistance", "--target", "LOINC")
    assert code == 0
    assert len(out.splitlines()) == 1 and "no mapping passes these filters" in err


def test_a_wrong_filter_is_a_usage_error(capsys):
    code, _, err = mgonto(capsys, "mappings", "--predicate", "same")
    assert code == 2 and "one of: exact" in err
