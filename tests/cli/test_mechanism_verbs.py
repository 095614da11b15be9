"""The verbs on mechanism and robustness, as a user meets them."""

import json
import subprocess
import sys

import pytest

DEFICIENCY, RESISTANCE = "magnesium deficiency", "insulin resistance"


def mgonto(*arguments):
    done = subprocess.run(
        [sys.executable, "-m", "mgonto", *arguments],
        capture_output=True,
        env={"PYTHONIOENCODING": "utf-8"},
        timeout=120,
    )
    return done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8")


@pytest.mark.parametrize(
    ("form", "start"), [("mermaid", "---\ntitle:"), ("dot", "digraph"), ("svg", "<?xml")]
)
def test_explain_draws(form, start):
    code, out, err = mgonto("explain", DEFICIENCY, RESISTANCE, "-f", form, "-k", "3")
    assert (code, err) == (0, "") and out.startswith(start)


def test_loops_and_shared_effects_are_drawn_too():
    assert mgonto("loops", RESISTANCE, "-f", "dot")[1].startswith("digraph")
    assert mgonto("shared", RESISTANCE, DEFICIENCY, "-f", "mermaid")[1].startswith("---")


def test_what_is_no_path_cannot_be_drawn():
    code, out, err = mgonto("search", "magnesium", "-f", "svg")
    assert (code, out, len(err.splitlines())) == (2, "", 2)


def test_groups_stand_under_their_mediators():
    code, out, _ = mgonto("explain", DEFICIENCY, RESISTANCE, "--group", "mechanism")
    assert code == 0
    assert any(line.startswith("directly: ") for line in out.splitlines())
    assert "PI3K/Akt signaling pathway: " in out


def test_json_stays_the_contract_with_every_option():
    code, out, _ = mgonto(
        *("explain", DEFICIENCY, RESISTANCE, "-f", "json", "--group", "first"),
        *("--certainty", "established", "--section", "S09", "--hop", "general", "--hop", "structural"),
    )
    paths = json.loads(out)
    assert code == 0 and paths
    assert all(list(path) == ["sign", "certainty", "references", "hops"] for path in paths)


def test_loops_read_as_trees():
    code, out, _ = mgonto("loops", RESISTANCE)
    assert code == 0 and "feeds itself (positive feedback)" in out
    assert out.splitlines()[-1].startswith("One review's claims")
    code, out, err = mgonto("loops", "magnesium", "-f", "json")
    assert (code, json.loads(out)) == (0, []) and "no loop" in err


def test_shared_and_compare_give_rows():
    code, out, _ = mgonto("shared", RESISTANCE, DEFICIENCY, "-f", "json", "--same-sign")
    assert code == 0 and all(each["sign_a"] == each["sign_b"] for each in json.loads(out))
    code, out, _ = mgonto("compare", DEFICIENCY, "magnesium supplementation", "-f", "json")
    verdicts = {each["verdict"] for each in json.loads(out)}
    assert code == 0 and {"only a", "only b", "differ"} <= verdicts


def test_support_of_a_statement_of_paths_of_references_and_cuts():
    code, out, _ = mgonto("support", "S09.P02.N01.1")
    assert code == 0 and "1 mention, 1 independent" in out and "[13] Nadler JL 1993" in out
    code, out, _ = mgonto("support", DEFICIENCY, RESISTANCE, "-k", "2", "-f", "json")
    assert code == 0 and [each["kind"] for each in json.loads(out)] == ["path", "path"]
    code, out, _ = mgonto("support", "--rank", "-f", "json")
    ranked = json.loads(out)
    assert code == 0 and len(ranked) == 26
    assert [each["paths"] for each in ranked] == sorted((each["paths"] for each in ranked), reverse=True)
    code, out, _ = mgonto("support", "--cut", DEFICIENCY, RESISTANCE, "-f", "json")
    assert code == 0 and json.loads(out)


def test_without_tells_what_falls_and_what_holds():
    code, out, err = mgonto("without", "13", "--explain", DEFICIENCY, RESISTANCE, "-f", "json")
    lost = json.loads(out)
    assert code == 0 and lost and all(each["lost"] and not each["kept"] for each in lost)
    assert "magnesium deficiency to insulin resistance: weakened" in err
    assert "cited nothing from the start" in err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("support",), 2),
        (("support", "S99.P01.N01"), 2),
        (("support", "--cut", "magnesium"), 2),
        (("support", "--rank", "--cut", "a", "b"), 2),
        (("without", "99"), 2),
        (("explain", DEFICIENCY, RESISTANCE, "--hop", "sideways"), 2),
        (("explain", DEFICIENCY, RESISTANCE, "--group", "colour"), 2),
        (("loops", "magnesum"), 3),
    ],
)
def test_mistakes_are_told_in_two_lines(arguments, code):
    got, out, err = mgonto(*arguments)
    assert (got, out, len(err.splitlines())) == (code, "", 2)
