"""Two SHACL engines behind one interface: `shacl` (fast, optional) and pySHACL (the reference).

Whatever an engine says is brought to one form: severity, message, path and name of the shape come from the
shapes themselves, so that the two can be held against each other finding by finding.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from mgonto.errors import MgontoError, UsageError
from mgonto.names import PREFIXES, local_name
from mgonto.validation.nested import without_nested_classes
from mgonto.validation.shapes import ShapeInfo, ShapeSet

if TYPE_CHECKING:
    import pyoxigraph as ox
    import rdflib

__all__ = ["ENGINES", "Finding", "choose_engine", "component_name", "engine_version", "run_engine"]

ENGINES = ("auto", "shacl", "pyshacl")
_SH = PREFIXES["sh"]
_Key: TypeAlias = tuple[str, str, str | None, str | None, str, str, str]


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One finding before it is told to people: terms in N-Triples syntax, blank nodes without their label.

    `path` is an IRI or a SPARQL path; `component` the local name of the constraint component.
    """

    severity: str
    focus: str
    path: str | None
    value: str | None
    shape: str
    component: str
    message: str

    @property
    def key(self) -> _Key:
        """What two engines must agree on; blank nodes have labels of each engine's own."""
        return (
            self.severity,
            _unlabelled(self.focus) or "",
            self.path,
            _unlabelled(self.value),
            self.shape,
            self.component,
            self.message,
        )


def choose_engine(engine: str = "auto") -> str:
    """The engine to use: `auto` is the fast one where it is installed.

    Raises:
        UsageError: no such engine.
        MgontoError: the engine is not installed.

    >>> choose_engine("pyshacl")
    'pyshacl'
    """
    if engine not in ENGINES:
        raise UsageError(f'unknown engine "{engine}"', "one of: " + ", ".join(ENGINES))
    fast = importlib.util.find_spec("shacl") is not None
    if engine == "shacl" and not fast:
        raise MgontoError(
            "the fast engine is not installed", "pip install 'mgonto[fast]', or use --engine pyshacl"
        )
    return "shacl" if fast and engine != "pyshacl" else "pyshacl"


def engine_version(engine: str) -> str:
    """The version of an engine that is installed."""
    return importlib.metadata.version(engine)


def run_engine(engine: str, shapes: ShapeSet, ntriples: str | Path) -> list[Finding]:
    """The findings of one engine over data in N-Triples, sorted and each once.

    Args:
        engine: `shacl` or `pyshacl`.
        shapes: the shapes.
        ntriples: the data, all graphs merged; or the file (`.nt`) in which they stand, which for much data
            saves the fast engine a copy of them.

    Raises:
        MgontoError: the engine cannot read the shapes or the data.
    """
    if not shapes.triples:
        return []
    run = _run_fast if engine == "shacl" else _run_reference
    return sorted(set(run(shapes, ntriples)), key=lambda each: tuple(one or "" for one in each.key))


# -- the fast engine ---------------------------------------------------------------------------------------


@cache
def _compiled(shapes: tuple[ox.Triple, ...]) -> Any:
    import shacl

    rules = "".join(f"{each} .\n" for each in without_nested_classes(shapes))
    return shacl.Shapes.from_text(rules, format="ntriples")


def _run_fast(shapes: ShapeSet, ntriples: str | Path) -> Iterable[Finding]:
    try:
        rules = _compiled(shapes.triples)
        if isinstance(ntriples, Path):
            report = rules.validate_file(str(ntriples))
        else:
            report = rules.validate_text(ntriples, format="ntriples")
    except ValueError as error:
        raise MgontoError(f"the engine shacl stopped: {error}", "try it with --engine pyshacl") from error
    for each in report.results:
        yield _finding(
            shapes,
            (each.source_shape or "").strip("<>"),
            each.component_iri.strip("<>"),
            each.focus_node,
            each.path,
            each.value,
            each.messages,
        )


# -- the reference -----------------------------------------------------------------------------------------


def _run_reference(shapes: ShapeSet, ntriples: str | Path) -> Iterable[Finding]:
    import pyshacl
    import rdflib

    # Only rdflib's own memory graphs: over other stores sh:in would miss plain strings.
    text = ntriples.read_text(encoding="utf-8") if isinstance(ntriples, Path) else ntriples
    data, rules = _rdflib_graph(text), _rdflib_graph(shapes.ntriples())
    try:
        _, report, _ = pyshacl.validate(data, shacl_graph=rules, inference="none", inplace=True)
    except Exception as error:  # pySHACL raises errors of its own, rdflib's and plain ones
        raise MgontoError(f"the engine pySHACL stopped: {error}", "mend the shapes, or report it") from error
    assert isinstance(report, rdflib.Graph)
    sh = rdflib.Namespace(_SH)
    for node in report.subjects(rdflib.RDF.type, sh.ValidationResult):
        if next(report.subjects(sh.detail, node), None) is not None:
            continue
        focus, value = report.value(node, sh.focusNode), report.value(node, sh.value)
        path = report.value(node, sh.resultPath)
        messages = [str(each) for each in report.objects(node, sh.resultMessage)]
        yield _finding(
            shapes,
            str(report.value(node, sh.sourceShape)),
            str(report.value(node, sh.sourceConstraintComponent)),
            _n3(focus),
            _n3(path) if isinstance(path, rdflib.URIRef) else None,
            _n3(value) if value is not None else None,
            messages,
        )


def _rdflib_graph(ntriples: str) -> rdflib.Graph:
    """The triples as they are written: rdflib would otherwise rewrite what it can read as a number."""
    import pyoxigraph as ox
    import rdflib

    graph = rdflib.Graph()
    nodes: dict[Any, Any] = {}

    def convert(node: Any) -> Any:
        if node in nodes:
            return nodes[node]
        made: Any
        if isinstance(node, ox.NamedNode):
            made = rdflib.URIRef(node.value)
        elif isinstance(node, ox.BlankNode):
            made = rdflib.BNode(node.value)
        elif node.language:
            made = rdflib.Literal(node.value, lang=node.language)
        elif node.datatype.value == PREFIXES["xsd"] + "string":
            made = rdflib.Literal(node.value)
        else:
            made = rdflib.Literal(node.value, datatype=rdflib.URIRef(node.datatype.value), normalize=False)
        nodes[node] = made
        return made

    for quad in ox.parse(ntriples, format=ox.RdfFormat.N_TRIPLES):
        graph.add((convert(quad.subject), convert(quad.predicate), convert(quad.object)))
    return graph


def _n3(node: Any) -> str:
    """An rdflib term in N-Triples syntax, its text exactly as it was read."""
    import pyoxigraph as ox
    import rdflib

    if isinstance(node, rdflib.Literal):
        text = str.__str__(node)
        if node.language:
            return str(ox.Literal(text, language=node.language))
        kind = ox.NamedNode(str(node.datatype)) if node.datatype else None
        return str(ox.Literal(text, datatype=kind))
    return f"_:{node}" if isinstance(node, rdflib.BNode) else f"<{node}>"


# -- one form ----------------------------------------------------------------------------------------------


def _finding(
    shapes: ShapeSet,
    shape: str,
    component: str,
    focus: str,
    path: str | None,
    value: str | None,
    messages: Iterable[str],
) -> Finding:
    info = shapes.infos.get(shape) or ShapeInfo(shape, shape, local_name(shape), None, None, "violation")
    kind = component_name(component)
    # A closed shape and a query name the property themselves; for all others it is the shape's own.
    own = kind not in ("Closed", "SPARQL")
    plain = path[1:-1] if path and re.fullmatch(r"<[^<>]*>", path) else None
    at = (info.path if own else plain) or info.path or plain
    said = info.message or next(iter(sorted(messages)), "") if kind == "SPARQL" else info.message
    return Finding(
        info.severity, focus, at, value, shape, kind, said or _DEFAULTS.get(kind, "A rule is broken here.")
    )


def component_name(iri: str) -> str:
    """The short name of a constraint component.

    >>> component_name("http://www.w3.org/ns/shacl#MinCountConstraintComponent")
    'MinCount'
    """
    return local_name(iri).removesuffix("ConstraintComponent")


def _unlabelled(node: str | None) -> str | None:
    return "_:" if node is not None and node.startswith("_:") else node


#: Said where a shape has no message of its own.
_DEFAULTS = {
    "MinCount": "A value is missing here: add it.",
    "MaxCount": "There are more values here than belong: keep one.",
    "Class": "The value is not of the kind that belongs here: use one that is.",
    "Datatype": "The value has the wrong datatype: write it as the property takes it.",
    "NodeKind": "The value has the wrong form: give an IRI or a literal, as the property takes it.",
    "In": "The value is not on the closed list: use one that is.",
    "Pattern": "The value does not have the form that belongs here: write it so.",
    "Closed": "This property does not belong on such a node: delete it, or spell it right.",
    "HasValue": "The value that must stand here is missing: add it.",
}
