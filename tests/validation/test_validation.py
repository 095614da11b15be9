"""Validation: two engines, one verdict; every finding at its place; every form of a report."""

import csv
import io
import json
from pathlib import Path

import pyoxigraph as ox
import pytest

import mgonto
from mgonto.cli.main import run
from mgonto.errors import MgontoError, UsageError
from mgonto.names import BASE
from mgonto.result.results import Results
from mgonto.result.validation import ValidationReport, ValidationResult
from mgonto.validation.engines import choose_engine, run_engine
from mgonto.validation.places import find_places
from mgonto.validation.shapes import Check, ShapeSet, load_shapes, shape_set
from mgonto.validation.table import read_cells
from mgonto.validation.validate import validate_files

HERE = Path(__file__).parent
PLACE = BASE + "statement/foroudastan-2025/S09.P02.N05.77"
SUBJECT = "http://purl.obolibrary.org/obo/CHEBI_18420"
DATA = f"""\
@prefix mgo: <https://w3id.org/mgonto/> .
# a comment with a "quote and <an:iri> in it

<{PLACE}> a mgo:Statement ;
    mgo:statedIn <https://w3id.org/mgonto/article/foroudastan-2025/S09.P02.N05> ;
    mgo:stance mgo:Perhaps ;
    mgo:gloss "One; with . marks", "Two" ;
    mgo:asserts [ mgo:subject <{SUBJECT}> ] .
"""


@pytest.fixture(scope="module")
def shapes() -> ShapeSet:
    return shape_set(
        quad.triple for quad in ox.parse(path=str(HERE / "shapes.ttl"), format=ox.RdfFormat.TURTLE)
    )


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def report(tmp_path: Path, shapes: ShapeSet) -> ValidationReport:
    return validate_files([written(tmp_path, "data.ttl", DATA)], shapes=shapes)


def test_both_engines_find_the_same(shapes: ShapeSet) -> None:
    lines = "".join(f"{q.triple} .\n" for q in ox.parse(DATA, format=ox.RdfFormat.TURTLE))
    fast, reference = (run_engine(engine, shapes, lines) for engine in ("shacl", "pyshacl"))
    assert {each.key for each in fast} == {each.key for each in reference}
    # Two glosses, a stance off the list, a subject without its class here, and no certainty.
    assert sorted(each.component for each in fast) == ["Class", "In", "MaxCount", "Or"]


def test_shapes_without_a_name_are_named_after_the_one_around_them(shapes: ShapeSet) -> None:
    assert f"{BASE}TryStatementShape.gloss" in shapes.infos
    assert shapes.infos[f"{BASE}TryStatementShape.gloss"].root == f"{BASE}TryStatementShape"
    path = shapes.infos[f"{BASE}TryStatementShape.property"].path
    assert path == f"<{BASE}asserts>/<{BASE}subject>"


def test_a_finding_has_file_line_and_the_bundled_terms_count(report: ValidationReport) -> None:
    # The subject's class is bundled: only what is wrong with the user's own data is found.
    assert [(each.severity, each.component, each.line) for each in report.results] == [
        ("violation", "Or", 4),
        ("warning", "In", 6),
        ("violation", "MaxCount", 7),
    ]
    assert {each.focus for each in report.results} == {PLACE}
    assert all(str(each.file).endswith("data.ttl") for each in report.results)


def test_what_is_bundled_is_not_judged_again(tmp_path: Path, shapes: ShapeSet) -> None:
    text = f"<{PLACE}> <{BASE}about> <{BASE}statement/foroudastan-2025/S09.P02.N05.1> ."
    assert not validate_files([written(tmp_path, "pointer.nt", text)], shapes=shapes).results


def test_the_report_counts_filters_and_conforms_by_severity(report: ValidationReport) -> None:
    assert not report.conforms
    assert report.counts == {"violation": 2, "warning": 1, "info": 0}
    assert len(report.of("warning")) == 1 and len(report.at_least("warning")) == 3
    assert report.engine == choose_engine() and report.engine_version
    with pytest.raises(UsageError, match="unknown severity"):
        report.of("error")


def test_a_warning_fails_only_where_it_is_told_to(tmp_path: Path, shapes: ShapeSet) -> None:
    text = DATA.replace(', "Two"', "").replace(
        "a mgo:Statement", "a mgo:Statement ; mgo:certainty mgo:Suggested"
    )
    path = written(tmp_path, "warn.ttl", text)
    assert validate_files([path], shapes=shapes).conforms
    assert not validate_files([path], shapes=shapes, fail_on="warning").conforms


def test_every_form_of_the_report_holds_every_finding(report: ValidationReport) -> None:
    count = len(report.results)
    assert len(json.loads(report.to_json())["results"]) == count
    assert len(list(csv.DictReader(io.StringIO(report.to_csv())))) == count
    assert report.to_github().count("::error file=") == 2 and report.to_github().count("::warning ") == 1
    graph = list(ox.parse(report.to_turtle(), format=ox.RdfFormat.TURTLE))
    assert sum(1 for quad in graph if quad.predicate.value.endswith("#result")) == count
    assert report.to_text().splitlines()[-1].startswith("does not conform: 2 violations, 1 warning in 1 file")


def test_a_notebook_shows_whether_it_conforms_and_a_row_a_finding(report: ValidationReport) -> None:
    shown = report._repr_html_()
    assert shown.startswith("<p>does not conform: 2 violations, 1 warning in 1 file")
    assert shown.count("<tr>") == len(report.results) + 1
    one = ValidationResult("info", "urn:a", "<b>a</b>", None, None, "<script>", None, "Check")
    marked = ValidationReport(Results([one]), "shacl", "0", files=("<i>",))._repr_html_()
    assert "&lt;script&gt;" in marked and "<b>" not in marked and "<i>" not in marked
    assert ValidationReport(Results(()), "shacl", "0")._repr_html_().startswith("<p>conforms")


def test_sarif_has_what_the_standard_asks_for(report: ValidationReport) -> None:
    log = json.loads(report.to_sarif())
    assert log["version"] == "2.1.0" and log["$schema"].endswith("sarif-2.1.0.json")
    (only,) = log["runs"]
    rules = only["tool"]["driver"]["rules"]
    assert only["tool"]["driver"]["name"] == "mgonto"
    for each in only["results"]:
        assert rules[each["ruleIndex"]]["id"] == each["ruleId"]
        assert each["level"] in ("error", "warning", "note") and each["message"]["text"]
        (location,) = each["locations"]
        assert location["physicalLocation"]["region"]["startLine"] >= 1
        assert location["physicalLocation"]["artifactLocation"]["uri"]


def test_annotations_escape_what_would_end_them() -> None:
    one = ValidationResult("violation", "", "", None, None, "50 %\nmore", None, "Compiler", "a,b:c.ttl", 1)
    told = ValidationReport(Results([one]), "shacl", "0").to_github()
    assert told == "::error file=a%2Cb%3Ac.ttl,line=1,title=Compiler::50 %25%0Amore\n"


@pytest.mark.parametrize(
    ("name", "text", "line", "word"),
    [
        ("a.ttl", "@prefix m: <urn:m> .\nm:a m:b m:c\nm:d m:e 1 .\n", 3, "dot is expected"),
        ("a.nt", "<urn:a> <urn:b> .\n", 1, "object"),
        ("a.jsonld", '{"@id": "urn:a",\n "urn:b": }', 2, ""),
        ("a.rdf", "<a>\n<b>\n</a>", 3, ""),
        ("a.yaml", "S09.P02.N05:\n  - gloss: 'x\n", 2, "YAML"),
        ("a.csv", 'sentence,gloss\nS09.P02.N05,"x\n', 2, "quote"),
    ],
)
def test_broken_syntax_is_told_with_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, text: str, line: int, word: str
) -> None:
    path = written(tmp_path, name, text)
    with pytest.raises(SystemExit) as stopped:
        run(["validate", str(path)])
    told = capsys.readouterr()
    assert stopped.value.code == 1 and not told.out
    first, second = told.err.splitlines()
    assert f"{name}:" in first and word in first and second.startswith("  ")
    if name != "a.yaml":
        assert f"{name}:{line}:" in first


def test_a_broken_file_does_not_hide_what_is_wrong_with_another(tmp_path: Path, shapes: ShapeSet) -> None:
    good, bad = written(tmp_path, "data.ttl", DATA), written(tmp_path, "bad.ttl", "nonsense")
    found = validate_files([bad, good], shapes=shapes).results
    assert sorted({each.component for each in found}) == ["In", "MaxCount", "Or", "Syntax"]


@pytest.mark.parametrize(
    ("text", "word"), [("", "is empty"), ("<urn:a> <urn:b> <urn:c> .", "nothing in the words")]
)
def test_a_file_without_data_of_the_model_conforms_with_a_note(tmp_path: Path, text: str, word: str) -> None:
    report = validate_files([written(tmp_path, "some.nt", text)])
    assert report.conforms and word in report.notes[0]


def test_a_file_that_is_not_there_is_an_error_of_two_lines(tmp_path: Path) -> None:
    with pytest.raises(MgontoError, match="there is no file"):
        validate_files([tmp_path / "none.ttl"])


SECTION = """\
S09.P02.N05:
  - gloss: Magnesium raises insulin sensitivity.
    subject: magnesium
    relation: increases
    object: insulin sensitivity
    certainty: establishd
  - gloss: Magnesium raises insulin sensitivity in mice.
    subject: magnesium
    relation: increases
    object: insulin sensitivity
    species: Mus musculus
    certainty: established
"""


def test_a_lone_curation_file_is_compiled_in_the_bundled_frame(tmp_path: Path) -> None:
    found = validate_files([written(tmp_path, "mine.yaml", SECTION)]).results
    (one,) = [each for each in found if each.component == "Compiler"]
    assert (one.line, one.column) == (6, 16) and 'did you mean "established"' in one.message


def test_findings_about_compiled_statements_have_the_line_of_the_statement(
    tmp_path: Path, shapes: ShapeSet
) -> None:
    path = written(tmp_path, "mine.yaml", SECTION.replace("establishd", "established"))
    check = Check(BASE + "TryCheck", "try", "try", "warning", "Look here.", _EVERY_PROPOSITION)
    found = validate_files([path], shapes=ShapeSet((), {}, (check,))).results
    assert [(each.line, each.severity, each.message) for each in found] == [
        (2, "warning", "Look here."),
        (7, "warning", "Look here."),
    ]


_EVERY_PROPOSITION = f"SELECT ?focus {{ ?focus a <{BASE}Proposition> }}"


def test_a_table_of_the_same_keys_is_compiled_cell_by_cell(tmp_path: Path) -> None:
    text = (
        "sentence,gloss,subject,subject_direction,relation,object,certainty,hedge,role,value,unit\n"
        'S09.P02.N05,"One, two.",insulin level,increased,increases,insulin sensitivity,suggested,may|can,'
        "effect,3.5,mg\n"
        "S09.P02.N05,Three.,magnesum,,increases,insulin sensitivity,established,,,,\n"
    )
    found = validate_files([written(tmp_path, "rows.csv", text)], shapes=ShapeSet((), {})).results
    (one,) = found
    assert (one.line, one.column) == (3, 20) and 'unknown term "magnesum"' in one.message


def test_an_unknown_column_is_told_where_it_stands(tmp_path: Path) -> None:
    path = written(tmp_path, "rows.csv", "sentence,glos\nS09.P02.N05,x\n")
    found = validate_files([path], shapes=ShapeSet((), {})).results
    assert any((each.line, each.column) == (1, 10) and '"gloss"' in each.message for each in found)


def test_cells_keep_their_places_over_quotes_and_lines() -> None:
    rows = list(read_cells('a,b\r\n"x ""y""\nz",2\n,\n\n3,'))
    assert [[(c.text, c.line, c.column) for c in row] for row in rows] == [
        [("a", 1, 1), ("b", 1, 3)],
        [('x "y"\nz', 2, 1), ("2", 3, 4)],
        [("3", 6, 1), ("", 6, 3)],
    ]


def test_an_excused_finding_is_left_out_and_counted(tmp_path: Path) -> None:
    folder = tmp_path / "shapes"
    folder.mkdir()
    written(folder, "try.ttl", (HERE / "shapes.ttl").read_text(encoding="utf-8"))
    written(folder, "adjudicated.tsv", f"shape\tfocus\treason\nmgo:TryStatementShape\t{PLACE}\tA test.\n")
    rules, path = load_shapes(folder), written(tmp_path, "data.ttl", DATA)
    report = validate_files([path], shapes=rules)
    assert report.conforms and report.excused == 3
    assert len(validate_files([path], shapes=rules, excused=True).results) == 3


def test_an_exception_without_a_reason_is_refused(tmp_path: Path) -> None:
    written(tmp_path, "adjudicated.tsv", "shape\tfocus\treason\nmgo:X\turn:a\t\n")
    with pytest.raises(MgontoError, match=r"adjudicated\.tsv:2"):
        load_shapes(tmp_path)


@pytest.mark.parametrize("name", ["a.ttl", "a.trig", "a.nt"])
def test_lines_are_found_in_every_line_based_syntax(tmp_path: Path, name: str) -> None:
    text = {
        "a.ttl": 'PREFIX : <urn:x:>\n:a :p """two\nlines. :a""" ;\n  :q [ :r 1.5 ] , :c .\n:b :p :a .\n',
        "a.trig": "@prefix : <urn:x:> .\n:g { :a :p 1 ;\n :q 2 .\n}\n",
        "a.nt": "<urn:x:z> <urn:x:p> <urn:x:a> .\n<urn:x:a> <urn:x:p> <urn:x:c> .\n"
        "<urn:x:a> <urn:x:q> <urn:x:c> .\n",
    }[name]
    places = find_places(written(tmp_path, name, text), {"urn:x:a"})
    lines = {"a.ttl": (2, 4), "a.trig": (2, 3), "a.nt": (2, 3)}[name]
    assert (places.line("urn:x:a"), places.line("urn:x:a", "urn:x:q")) == lines


def test_unknown_engines_and_severities_are_usage_errors() -> None:
    with pytest.raises(UsageError, match="unknown engine"):
        validate_files(engine="jena")
    with pytest.raises(UsageError, match="fail_on"):
        mgonto.load().validate(fail_on="info")


def test_the_reference_takes_over_where_the_fast_engine_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert choose_engine() == "pyshacl"
    with pytest.raises(MgontoError, match="not installed"):
        choose_engine("shacl")


LINES = (
    '<urn:a> <urn:p> "x > <urn:no> ." <urn:g> .\n',
    '<urn:a> <urn:p> "said \\"yes\\" "@en <urn:g> .\n<urn:a> <urn:p> "1"^^<urn:d> <urn:h> .\n',
    "<urn:a> <urn:p> _:b <urn:g> .\n_:b <urn:p> <urn:o> <urn:h> .\n",
    "<urn:a> <urn:p> <urn:o> .\n",
    "  <urn:a>\t<urn:p> <urn:o>  <urn:g> . # a comment\n\n# another\n",
    '_:x <urn:p> "no end of line" <urn:g> .',
    f"<urn:s> <urn:p> <urn:o> <{BASE}graph/shapes> .\n<urn:a> <urn:p> <urn:o> <urn:g> .\n",
)


@pytest.mark.parametrize("line", LINES)
def test_quads_are_merged_to_the_triples_that_a_parser_reads(tmp_path: Path, line: str) -> None:
    from mgonto.validation.data import read_source

    path = written(tmp_path, "data.nq", line)
    quads = ox.parse(line, format=ox.RdfFormat.N_QUADS)
    told = ox.Dataset(
        ox.Quad(quad.subject, quad.predicate, quad.object)
        for quad in quads
        if str(quad.graph_name) != f"<{BASE}graph/shapes>"
    )
    read = ox.Dataset(read_source(path, ox.Store()).store)
    for each in (told, read):
        each.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    assert set(read) == set(told) != set()


def test_a_file_of_lines_is_searched_line_by_line_to_the_same_places(tmp_path: Path) -> None:
    text = (
        '# one\n<urn:a> <urn:p> "v > <urn:c>" .\n\n<urn:b> <urn:q> <urn:a> .\n <urn:\\u0063> <urn:p> "1" .\n'
    )
    as_lines, as_text = written(tmp_path, "data.nq", text), written(tmp_path, "data.trig", text)
    wanted = {"urn:a", "urn:b", "urn:c"}
    found, told = find_places(as_lines, wanted), find_places(as_text, wanted)
    assert (found.nodes, found.properties, found.values, found.mentions) == (
        {"urn:a": 2, "urn:b": 4, "urn:c": 5},
        told.properties,
        told.values,
        told.mentions,
    )
