"""The verbs of the audit and of the query library: each option does its work, each error has two lines."""

import json
import os
import subprocess
import sys

import pytest

import mgonto.kb
from mgonto.cli.main import run

HDL = "HDL level"


@pytest.fixture(scope="module", autouse=True)
def one_knowledge_base():
    """The bundled data, read once for all tests of this file."""
    kb = mgonto.kb.load()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mgonto.kb, "load", lambda *files: kb)
        yield


@pytest.fixture
def ask(capsys):
    """Run a command line in this process: its exit code, standard output and standard error."""

    def asked(*arguments):
        with pytest.raises(SystemExit) as stop:
            run(arguments)
        told = capsys.readouterr()
        return stop.value.code, told.out, told.err

    return asked


@pytest.fixture
def rows(ask):
    """The rows of a command, read from its JSON; nothing may be told on standard error."""

    def asked(*arguments):
        code, out, err = ask(*arguments, "-f", "json")
        assert (code, err) == (0, ""), err
        return json.loads(out)

    return asked


def places(found, key="sentence"):
    return [each[key].rpartition("/")[2] for each in found]


# -- every option --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--unit", "mg/d"), ["S12.P03.N02.2", "S17.P01.N02.1"]),
        (("--unit", "mg/d", "--role", "threshold"), ["S12.P03.N02.2"]),
        (("--unit", "mg/d", "--unit", "mmol/L"), ["S02.P01.N04.1", "S12.P03.N02.2", "S17.P01.N02.1"]),
        (("--role", "follow-up"), ["S04.P01.N05.1"]),
        (("--statistic", "fold change", "--population", "men"), ["S07.P01.N02.1"]),
        (("--comparator", "sudden death from trauma", "--unit", "%"), ["S15.P02.N05.1", "S15.P02.N05.2"]),
        (("--time-point", "2030", "--value", "number"), ["S02.P02.N02.1"]),
        (("--section", "T2", "--role", "effect", "--limit", "2"), ["T2.R1.1", "T2.R2.1"]),
        (("--sentence", "S15.P02.N04", "--value", "number"), ["S15.P02.N04.1"]),
        (("myocardial magnesium content", "infarcted myocardium", "--value", "number"), ["S15.P02.N05.1"]),
        (("nitric oxide", "--value", "number"), []),
    ],
)  # fmt: skip
def test_quantities(ask, arguments, expected):
    code, out, err = ask("quantities", *arguments, "-f", "json")
    assert code == 0 and places(json.loads(out), "statement") == expected
    assert err == ("" if expected else "no quantity passes these filters\n")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--section", "S16"), 4),
        (("--section", "S16", "--section", "S08"), 7),
        (("--section", "S16", "--limit", "1"), 1),
        (("--reference", "13"), 31),
        (("--reference", "13", "--scope", "own citation"), 8),
        (("--reference", "13", "--scope", "inherited from section"), 2),
        (("--uncited",), 28),
        (("--cited",), 187),
        (("--species", "Mus musculus"), 1),
    ],
)
def test_sentences(rows, arguments, expected):
    assert len(rows("sentences", *arguments)) == expected


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((), list(range(1, 27))),
        (("--kind", "animal experiment"), [8, 14]),
        (("--kind", "animal experiment", "--kind", "clinical experiment"), [8, 13, 14]),
        (("--species", "non-human animal"), [8, 14]),
        (("--before", "1994"), [13, 25]),
        (("--after", "2022"), [2, 6, 10]),
    ],
)
def test_references(rows, arguments, expected):
    assert [each["number"] for each in rows("references", *arguments)] == expected


def test_tensions(rows):
    (contradiction,) = rows("tensions", "--kind", "contradiction")
    assert rows("tensions", HDL) == [contradiction]
    computed = rows("tensions", "--source", "computed")
    difference = rows("tensions", "--source", "difference")
    assert contradiction["tension"] in [one for each in computed for one in each["curated"]]
    missed = [each for each in computed if not each["curated"]]
    assert difference[: len(missed)] == missed != []
    assert {each["source"] for each in difference[len(missed) :]} == {"curated"}
    assert rows("tensions", HDL, "dietary magnesium intake") == [contradiction]
    assert len(rows("tensions", "mTOR")) > 1


def test_gaps_flags_and_absences(rows):
    assert len(rows("gaps")) == 3 and len(rows("gaps", "thromboxane A2 production")) == 1
    assert {each["kind"].rpartition("/")[2] for each in rows("flags", "--kind", "misprint")} == {"Misprint"}
    high = rows("flags", "--severity", "high")
    assert {each["severity"].rpartition("/")[2] for each in high} == {"SeverityHigh"}
    assert len(rows("flags", "--severity", "high", "--severity", "low")) > len(high)
    assert len(rows("flags", "S01.P01.N10")) == len(rows("flags", "13")) == 1
    assert rows("flags", "S01.P01.N10", "S11.P02.N11") == rows("flags", "S01.P01.N10")
    assert len(rows("absent", "HOMA-IR")) == 2 < len(rows("absent"))


def test_repeats_and_facets(rows):
    assert rows("repeats")[0]["locators"] == ["S08.P01.N02", "S14.P01.N02", "S14.P01.N05", "S17.P01.N03"]
    assert rows("facets", "stance")[0]["name"] == "affirmed"
    assert rows("facets", "claim_kind") == rows("facets", "claim kind")


def test_statements_by_what_their_source_is(rows):
    found = rows("statements", "--source-kind", "animal experiment", "--species", "Homo sapiens")
    assert (
        found
        == rows("statements", "--source-species", "Rattus norvegicus", "--species", "Homo sapiens")
        != []
    )


# -- the tables people read ----------------------------------------------------------------------------------


TABLES = {
    "quantities --section T2 --role effect": (
        "sentence role of amount unit",
        "T2.R2 effect systolic blood pressure",
    ),
    "sentences --section S02": (
        "sentence section cites inherits statements",
        "S02.P02.N05 Introduction 2, 4, 5 8",
    ),
    "references --kind clinical_experiment": ("no work title kind species statements", "Homo sapiens 86"),
    "tensions --kind contradiction": ("kind sentences reading", "contradiction S11.P02.N04, T2.R6, T2.R7"),
    "gaps": ("statement says sign stance certainty cited", "undetermined"),
    "flags 13": ("kind severity about note", "single source medium 13"),
    "absent magnesium_salt": ("topics note", "magnesium salt Which salt or form"),
    "repeats": ("proposition times sentences", "magnesium regulates vascular tone 4 S08.P01.N02"),
    "facets stance": ("value statements", "denied 9"),
}


@pytest.mark.parametrize("command", TABLES)
def test_a_table_shows_words_and_not_iris(ask, command):
    headers, tells = TABLES[command]
    code, out, _ = ask(*(each.replace("_", " ") for each in command.split()), "-f", "table")
    lines = [" ".join(line.replace("─", " ").split()) for line in out.splitlines()]
    assert code == 0 and lines[1 if not lines[0] else 0].startswith(headers)
    assert any(tells in line for line in lines), out
    assert "https://" not in out


def test_an_aspect_called_like_a_severity_keeps_its_word(ask):
    _, out, _ = ask("show", "S04.P02.N02")
    assert "heart failure, severity" in out


# -- empty results and mistakes ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "note"),
    [
        (("sentences", "--section", "S16", "--reference", "23"), "no sentence passes these filters"),
        (("references", "--after", "2090"), "no reference passes these filters"),
        (("tensions", "L-citrulline"), "no tension"),
        (("gaps", "mTOR"), "the article names no gap here"),
        (("flags", "S08.P01.N01"), "no doubt is recorded here"),
        (("absent", "L-citrulline"), "nothing is recorded as absent here"),
        (("quantities", "nitric oxide", "--role", "threshold"), "no quantity passes these filters"),
    ],
)
def test_an_empty_result_is_no_error(ask, arguments, note):
    code, out, err = ask(*arguments, "-f", "json")
    assert (code, json.loads(out), err) == (0, [], note + "\n")
    code, out, err = ask(*arguments, "-q")
    assert code == 0 and len(out.splitlines()) == 1 and "\t" in out and err == ""


@pytest.mark.parametrize(
    ("arguments", "code", "says", "hints"),
    [
        (("quantities", "--role", "villain"), 2, "unknown role", "threshold"),
        (("quantities", "--statistic", "mode"), 2, "unknown statistic", "mean"),
        (("quantities", "--value", "big"), 2, "unknown value", "not_reported"),
        (("quantities", "--limit", "0"), 2, "invalid value", "--help"),
        (("quantities", "unicorn"), 3, "unknown term", "search"),
        (("quantities", "--comparator", "unicorn"), 3, "unknown term", "search"),
        (("quantities", "--section", "T7"), 2, "no section", "coverage"),
        (("sentences", "--section", "S99"), 2, "no section", "coverage"),
        (("sentences", "--reference", "Kostov"), 2, "is no reference", "number"),
        (("sentences", "--scope", "borrowed"), 2, "unknown scope", "own citation"),
        (("sentences", "--species", "unicorn"), 3, "unknown term", "search"),
        (("references", "--kind", "novel"), 2, "unknown kind", "narrative review"),
        (("references", "--before", "soon"), 2, "invalid value", "--help"),
        (("references", "--species", "unicorn"), 3, "unknown term", "search"),
        (("tensions", "--kind", "quarrel"), 2, "unknown kind", "contradiction"),
        (("tensions", "--source", "guessed"), 2, "unknown source", "computed"),
        (("tensions", "--source", "computed", "--kind", "contradiction"), 2, "curated", "leave it out"),
        (("tensions", "unicorn"), 3, "unknown term", "search"),
        (("gaps", "unicorn"), 3, "unknown term", "search"),
        (("flags", "unicorn"), 3, "unknown term", "search"),
        (("flags", "--kind", "crime"), 2, "unknown kind", "misprint"),
        (("flags", "--severity", "fatal"), 2, "unknown severity", "high"),
        (("absent", "unicorn"), 3, "unknown term", "search"),
        (("facets", "colour"), 2, "unknown field", "certainty"),
        (("facets",), 2, "missing argument", "--help"),
        (("repeats", "often"), 2, "unexpected extra argument", "--help"),
        (("statements", "--source-kind", "novel"), 2, "unknown source kind", "narrative review"),
        (("statements", "--sign", "2"), 2, "sign cannot be", "1, -1 or 0"),
        (("query", "list", "stuff"), 2, 'unknown group "stuff"', "mechanism"),
        (("query", "show", "effekts-of"), 2, "no query", "effects-of"),
        (("query", "run", "effects-of"), 2, "needs term", "magnesium deficiency"),
        (("query", "run", "effects-of", "magnesium"), 2, "gives no parameter a value", "term=..."),
        (("query", "run", "effects-of", "term=unicorn"), 3, "unknown term", "search"),
        (("query", "run", "effects-of", "term=magnesium", "x=1"), 2, 'no parameter "x"', "certainty"),
        (("query", "run", "effects-of", "term=magnesium", "limit=1"), 2, 'no parameter "limit"', "--limit"),
        (("query", "run", "nowhere.rq"), 1, "cannot read nowhere.rq", "check"),
        (("query", "new", "My Query"), 2, "no name for a query", "lower case"),
        (("sparql", "SELECT * {"), 2, "does not parse", "mend"),
        (("sparql", "nowhere.rq"), 1, "cannot read nowhere.rq", "check"),
    ],
)  # fmt: skip
def test_a_mistake_is_two_lines_and_an_exit_code(ask, arguments, code, says, hints):
    got, out, err = ask(*arguments)
    first, second = err.splitlines()
    assert (got, out) == (code, "")
    assert first.startswith("mgonto: ") and says in first.replace("Got", "got")
    assert second.startswith("  ") and hints in second


# -- the library and free SPARQL -----------------------------------------------------------------------------


def test_query_list_show_and_run(ask, rows):
    whole, some = rows("query", "list"), rows("query", "list", "mechanism")
    assert len(whole) > 60 and some == [each for each in whole if each["group"] == "mechanism"]
    (effects,) = [each for each in some if each["query"] == "effects-of"]
    assert effects["params"] == ["term", "sign?", "certainty?"]
    assert ask("query", "show", "effects-of")[1].startswith("#+ summary:")
    lists = rows("query", "run", "effects-of", "term=rapamycin", "term=insulin", "sign=-1")
    assert {each["subject"] for each in lists} == {"rapamycin", "insulin"} and {
        each["sign"] for each in lists
    } == {-1}
    assert len(rows("query", "run", "references", "--limit", "2")) == 2
    exact = rows("query", "run", "effects-of", "term=magnesium", "--exact")
    assert {each["subject"] for each in exact} == {"magnesium"}
    assert len(rows("query", "run", "effects-of", "term=magnesium")) > len(exact)


def test_query_new_makes_one_that_runs_and_is_fit(ask, tmp_path):
    code, out, err = ask("query", "new", "my-question", "--folder", str(tmp_path))
    path = tmp_path / "my-question.rq"
    assert (code, out) == (0, f"{path}\n") and str(path) in err
    assert ask("query", "check", str(path))[::2] == (0, "1 of 1 queries are fit\n")
    assert json.loads(ask("query", "run", str(path), "term=magnesium", "-f", "json")[1])
    code, _, err = ask("query", "new", "my-question", "--folder", str(tmp_path))
    assert code == 1 and "is there already" in err
    path.write_text(path.read_text(encoding="utf-8").replace("ORDER BY ?statement\n", ""), encoding="utf-8")
    code, out, err = ask("query", "check", str(path), "terms")
    assert code == 1 and "the rows have no order" in out and err == "1 of 2 queries are fit\n"


def test_sparql_of_every_form_from_text_file_and_pipe(ask, rows, tmp_path):
    prefix = "PREFIX mgo: <https://w3id.org/mgonto/> "
    select = prefix + 'SELECT ?s { ?s mgo:locator "S09.P02.N05" }'
    assert places(rows("sparql", select), "s") == ["S09.P02.N05"]
    file = tmp_path / "mine.rq"
    file.write_text(select, encoding="utf-8")
    assert rows("sparql", str(file)) == rows("sparql", select)
    assert len(rows("sparql", prefix + "SELECT ?s { ?s mgo:locator ?l }", "--limit", "3")) == 3
    assert ask("sparql", prefix + 'ASK { ?s mgo:locator "S09.P02.N05" }')[1] == "true\n"
    assert ask("sparql", prefix + 'ASK { ?s mgo:locator "S99" }')[1] == "false\n"
    made = ask("sparql", prefix + 'CONSTRUCT { ?s mgo:x "y" } { ?s mgo:locator "S09.P02.N05" }')[1]
    assert made.endswith('S09.P02.N05> <https://w3id.org/mgonto/x> "y" .\n')
    done = subprocess.run(
        [sys.executable, "-m", "mgonto", "sparql", "-", "-f", "json"],
        input=select.encode(), capture_output=True, env=dict(os.environ), timeout=120, check=True,
    )  # fmt: skip
    assert json.loads(done.stdout) == rows("sparql", select)


def test_the_sparql_of_a_helper_can_be_seen(ask):
    _, _, err = ask("flags", "13", "--show-sparql")
    assert err.startswith("#+ summary: What a careful reader doubts")
