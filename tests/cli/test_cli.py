"""The command line as a user meets it: real processes, real exit codes, both streams."""

import csv
import io
import json
import os
import subprocess
import sys

import pytest

DEFICIENCY, RESISTANCE = "magnesium deficiency", "insulin resistance"
CAUTION = "One review's claims, not medical advice; indirect paths are hypotheses."


def mgonto(*arguments, cwd=None, **environment):
    done = subprocess.run(
        [sys.executable, "-m", "mgonto", *arguments],
        capture_output=True,
        cwd=cwd,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment},
        timeout=120,
    )
    return done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")


def is_two_line_error(text):
    lines = text.splitlines()
    return (
        len(lines) == 2 and lines[0].startswith("mgonto: ") and lines[1].startswith("  ") and lines[1].strip()
    )


def test_explain_reads_as_a_tree_with_wording_reference_and_sentence():
    code, out, err = mgonto("explain", DEFICIENCY, RESISTANCE)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "magnesium deficiency → insulin resistance"
    assert any(
        "contributes to → ↑ insulin resistance   established [13] S09.P02.N01" in line for line in lines
    )
    assert "Associations with the target, not composed into paths:" in lines
    assert lines[-1] == CAUTION


def test_explain_json_is_the_contract():
    code, out, _ = mgonto("explain", DEFICIENCY, RESISTANCE, "-f", "json")
    paths = json.loads(out)
    assert code == 0 and paths
    for path in paths:
        assert list(path) == ["sign", "certainty", "references", "hops"]
        for hop in path["hops"]:
            assert set(hop) == {
                *("kind", "subject", "subject_label", "relation", "relation_label", "object", "object_label"),
                *("sign", "certainty", "statement", "sentence", "references"),
            }
            assert hop["subject"].startswith("http") and hop["object"].startswith("http")
            assert (hop["statement"] is None) == (hop["kind"] != "stated")


@pytest.mark.parametrize(
    "arguments",
    [
        ("-f", "json", "search", "magnesium"),
        ("search", "-f", "json", "magnesium"),
        ("search", "magnesium", "--format=json"),
    ],
)
def test_global_options_stand_before_or_after_the_verb(arguments):
    code, out, _ = mgonto(*arguments)
    assert code == 0
    assert "magnesium" in {each["name"] for each in json.loads(out)}


def test_piped_output_is_tsv_and_every_format_has_the_same_rows(tmp_path):
    question = ("statements", "--section", "S13", "--certainty", "established")
    forms = {form: mgonto(*question, "-f", form)[1] for form in ("json", "jsonl", "csv", "tsv", "md")}
    piped = mgonto(*question)[1]
    count = len(json.loads(forms["json"]))
    assert count > 5
    assert piped == forms["tsv"]
    assert len(forms["jsonl"].splitlines()) == count
    assert len(list(csv.DictReader(io.StringIO(forms["csv"])))) == count
    assert len(forms["md"].splitlines()) == count + 2
    target = tmp_path / "rows.csv"
    assert mgonto(*question, "-f", "csv", "-o", str(target))[:2] == (0, "")
    assert target.read_text(encoding="utf-8") == forms["csv"]


@pytest.mark.parametrize("environment", [{"PYTHONIOENCODING": "ascii"}, {"PYTHONIOENCODING": "cp1252"}])
def test_an_arrow_never_raises_where_the_terminal_has_none(environment):
    code, out, err = mgonto("explain", DEFICIENCY, RESISTANCE, **environment)
    assert (code, err) == (0, "")
    assert "contributes to -> + insulin resistance" in out


def test_an_empty_result_is_no_error():
    code, out, err = mgonto("statements", "magnesium", "--section", "S13", "-f", "json")
    assert (code, json.loads(out)) == (0, [])
    assert err.strip() == "no statement passes these filters"
    code, out, err = mgonto("statements", "magnesium", "--section", "S13", "-q")
    assert code == 0 and out.startswith("statement\t") and len(out.splitlines()) == 1 and err == ""


@pytest.mark.parametrize(
    ("arguments", "code", "says", "hints"),
    [
        (("explain", "magnesum deficiency", RESISTANCE), 3, "unknown term", '"magnesium deficiency"'),
        (("show", "S77.P01.N01"), 3, "unknown term", "mgonto sentences --section S77"),
        (("explain", DEFICIENCY), 2, "missing argument", "mgonto explain --help"),
        (("explain", DEFICIENCY, RESISTANCE, "--max-hops", "many"), 2, "invalid value", "--help"),
        (("explain", DEFICIENCY, RESISTANCE, "-k", "0"), 2, "from 1 on", "leave them out"),
        (("explain", DEFICIENCY, DEFICIENCY), 2, "both source and target", "two different"),
        (("explain", DEFICIENCY, RESISTANCE, "--hop", "sideways"), 2, "unknown hop kind", "opposite"),
        (("--nonsense", "info"), 2, "no such option", "mgonto --help"),
        (("nonsense",), 2, "no such command", "mgonto --help"),
        (("info", "-f", "yaml"), 2, "unknown format", "table, csv"),
        (("statements", "--certainty", "sure"), 2, "unknown certainty", "established"),
        (("statements", "--section", "S99"), 2, "no section", "mgonto coverage"),
        (("--data", "no-such.ttl", "info"), 1, "cannot read no-such.ttl", "check the path"),
        (("--data", "x.docx", "info"), 1, "cannot tell the format", "*.ttl"),
        (("verify", "no-such.md"), 1, "no-such.md", ""),
        (("--endpoint", "http://127.0.0.1:9/sparql", "info"), 4, "does not answer", "check the address"),
        (("--endpoint", "nowhere", "info"), 2, "no address", "http://"),
        (("export", "docx"), 2, "unknown form", "owl"),
    ],
)
def test_every_error_is_two_lines_with_its_exit_code(arguments, code, says, hints, tmp_path):
    got, out, err = mgonto(*arguments, cwd=tmp_path, PYTHONPATH=os.getcwd())
    assert got == code
    assert is_two_line_error(err), err
    first, second = err.splitlines()
    assert says in first and hints in second
    assert out == ""


def test_broken_rdf_says_where(tmp_path):
    broken = tmp_path / "mine.ttl"
    broken.write_text("@prefix mgo: <https://w3id.org/mgonto/> .\nmgo:a mgo:b \n", encoding="utf-8")
    code, _, err = mgonto("--data", str(broken), "info")
    assert code == 1 and is_two_line_error(err)
    assert "mine.ttl:2" in err or "mine.ttl:3" in err


def test_verbose_adds_the_traceback():
    _, _, err = mgonto("explain", "magnesum", RESISTANCE, "-v")
    assert "Traceback" in err


def test_a_user_s_own_statements_take_part(tmp_path):
    mine = tmp_path / "mine.ttl"
    mine.write_text(OWN, encoding="utf-8")
    question = ("explain", "insulin resistance", "my condition", "-f", "json")
    assert mgonto(*question)[0] == 3
    code, out, err = mgonto("--data", str(mine), *question)
    assert (code, err) == (0, "")
    assert [path["sign"] for path in json.loads(out)] == [1]
    assert mgonto(*question, MGONTO_DATA=str(mine))[1] == out


OWN = """
@prefix mgo: <https://w3id.org/mgonto/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix ex: <https://example.org/> .
@prefix MONDO: <http://purl.obolibrary.org/obo/MONDO_> .
ex:condition a mgo:ConditionConcept ; rdfs:label "my condition"@en ; skos:prefLabel "my condition"@en .
ex:article a mgo:Article .
ex:section a mgo:Section ; mgo:inArticle ex:article ; rdfs:label "Mine" ; mgo:sectionNumber "S01" .
ex:sentence a mgo:Sentence ; mgo:inSection ex:section ; mgo:sentenceOrder 1 ; mgo:locator "S01.P01.N01" .
ex:proposition a mgo:Proposition ; mgo:subject ?IR ; mgo:relation mgo:Causes ; mgo:object ex:condition ;
    mgo:sign 1 ; mgo:causal true .
ex:statement a mgo:Statement ; mgo:asserts ex:proposition ; mgo:statedIn ex:sentence ; mgo:orderInSentence 1 ;
    mgo:gloss "Mine." ; mgo:stance mgo:Affirmed ; mgo:certainty mgo:Established ; mgo:claimKind mgo:Finding .
"""


@pytest.fixture(autouse=True, scope="module")
def _own_statements_name_the_real_term():
    global OWN
    import mgonto as package

    OWN = OWN.replace("?IR", f"<{package.load().term(RESISTANCE).iri}>")


def test_show_speaks_plainly_of_sentences_statements_and_terms():
    assert "S09.P02.N05.1  " in mgonto("show", "S09.P02.N05")[1]
    one = mgonto("show", "S13.P01.N06.1")[1]
    assert "denied" in one and "preserved" in one
    term = mgonto("show", "magnesium deficiency")[1]
    assert "a state of: magnesium, less" in term


def test_every_sentence_of_every_section_is_accounted_for():
    _, out, err = mgonto("coverage", "-f", "json")
    rows = json.loads(out)
    assert [row for row in rows if row["covered"] != row["sentences"]] == []
    assert sum(row["sentences"] for row in rows) == 215
    assert "215 of 215 sentences are accounted for" in err


def test_show_sparql_goes_to_standard_error():
    _, out, err = mgonto("search", "magnesium", "--show-sparql", "-f", "json")
    assert json.loads(out) and "SELECT" in err


def test_help_names_the_exit_codes():
    code, out, _ = mgonto("--help")
    assert code == 0 and "3 unknown or ambiguous term" in " ".join(out.split())


def test_a_verb_alone_is_made_as_in_the_whole_command_line():
    from mgonto.cli import main

    whole = main.command_line()
    named = [main.verb_of(each) for each in whole.registered_commands]
    named += [each.name or "" for each in whole.registered_groups]
    assert sorted(named) == sorted(verb for verbs in main._MODULES.values() for verb in verbs)
    for verb in named:
        alone = main.command_line(verb)
        assert [main.verb_of(each) for each in alone.registered_commands] == (
            [verb] if verb != "query" else []
        )
    assert main.command_line("nonsense").registered_commands
