"""Files in, a report out: shapes on one engine, checks across rows, the compiler on curation files."""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import pyoxigraph as ox

from mgonto.compiler.terms import TermTable
from mgonto.errors import MgontoError, Problem, UsageError
from mgonto.names import BASE, PREFIXES, local_name, shrink
from mgonto.resources import data_dir
from mgonto.result.results import Results
from mgonto.result.validation import SEVERITIES, ValidationReport, ValidationResult
from mgonto.validation.data import (
    BUNDLED,
    Checked,
    Source,
    bundled_release,
    bundled_store,
    collect,
    read_source,
    write_ntriples,
)
from mgonto.validation.engines import Finding, choose_engine, engine_version, run_engine
from mgonto.validation.hints import meant
from mgonto.validation.places import find_places
from mgonto.validation.roots import without_consequences
from mgonto.validation.shapes import Check, ShapeSet, load_shapes

__all__ = ["bundled_shapes", "check_findings", "findings_of", "validate_files"]

FAIL_ON = ("violation", "warning")


@cache
def bundled_shapes() -> ShapeSet:
    """The shapes, checks and exceptions that come with mgonto."""
    return load_shapes(data_dir("shapes"))


def validate_files(
    files: Sequence[str | Path] = (),
    engine: str = "auto",
    fail_on: str = "violation",
    shapes: ShapeSet | None = None,
    excused: bool = False,
    every: bool = False,
    bundle: Iterable[ox.Quad] | None = None,
) -> ValidationReport:
    """Validate files, or the bundled release where there is none.

    Args:
        files: RDF in any syntax that mgonto reads, curation YAML, or CSV of the same keys.
        engine: `auto`, `shacl` or `pyshacl`.
        fail_on: the lightest severity that does not conform: `violation` or `warning`.
        shapes: other shapes than the bundled ones.
        excused: also list what the reasoned list of exceptions leaves out.
        every: also list findings that only follow from another one.
        bundle: what stands in the place of the bundled release.

    Raises:
        UsageError: a word that is none of the above.
        MgontoError: a file cannot be read at all, or an engine stops.

    >>> validate_files().fail_on
    'violation'
    """
    if fail_on not in FAIL_ON:
        raise UsageError(f'fail_on cannot be "{fail_on}"', "one of: " + ", ".join(FAIL_ON))
    chosen, started = choose_engine(engine), time.perf_counter()
    rules = shapes if shapes is not None else bundled_shapes()
    base = bundled_store() if bundle is None else ox.Store()
    base.bulk_extend(bundle or ())
    sources = [read_source(Path(each), base) for each in files]
    notes = [note for source in sources for note in source.notes]
    if not rules.triples and not rules.checks:
        notes.append("there are no shapes here: nothing was held against them")
    readable = [source for source in sources if not source.broken and (len(source.store) or source.frame)]
    found: list[Finding] = []
    checked = Checked(ox.Store(), True)
    if readable or not files:
        checked = collect(readable, base)
        found = findings_of(checked, rules, chosen)
    kept = [each for each in found if excused or not rules.is_excused(each.shape, each.focus.strip("<>"))]
    told = kept if every else without_consequences(kept, checked.store)
    results = [_of_problem(source, problem) for source in sources for problem in source.problems]
    results += _results(told, checked, sources, bool(files), rules)
    results.sort(key=_order)
    return ValidationReport(
        results=Results(results, columns=tuple(ValidationResult.__dataclass_fields__)),
        engine=chosen,
        engine_version=engine_version(chosen),
        seconds=time.perf_counter() - started,
        fail_on=fail_on,
        files=tuple(str(each) for each in files),
        notes=tuple(notes),
        excused=len(found) - len(kept),
        following=len(kept) - len(told),
        shape_names=rules.names(),
    )


def findings_of(checked: Checked, shapes: ShapeSet, engine: str) -> list[Finding]:
    """What shapes and checks find in the data, about the nodes that are judged."""
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(1) as beside:
        data = Path(folder) / "data.nt"
        write_ntriples(checked.store, data, (ox.DefaultGraph(), BUNDLED))
        # The fast engine leaves the interpreter free: the checks run while it works.
        of_shapes = beside.submit(run_engine, engine, shapes, data)
        of_checks = check_findings(checked.store, shapes.checks)
        found = of_shapes.result() + of_checks
    judged: dict[str, bool] = {}
    for each in found:
        if each.focus not in judged:
            judged[each.focus] = checked.is_judged(_node(each.focus))
    return [each for each in found if judged[each.focus]]


def check_findings(store: ox.Store, checks: Iterable[Check]) -> list[Finding]:
    """The answers of every check, as findings.

    Raises:
        MgontoError: a check does not parse.
    """
    found: dict[Finding, None] = {}
    for check in checks:
        try:
            rows = store.query(check.sparql, use_default_graph_as_union=True)
        except SyntaxError as error:
            raise MgontoError(f"the check {check.name} does not parse: {error}", "mend its query") from error
        assert isinstance(rows, ox.QuerySolutions)
        names = {variable.value for variable in rows.variables}
        for row in rows:
            focus = row["focus"]
            path = row["path"] if "path" in names else None
            value = row["value"] if "value" in names else None
            said = row["message"] if "message" in names else None
            finding = Finding(
                check.severity,
                str(focus),
                path.value if isinstance(path, (ox.NamedNode, ox.Literal)) else None,
                None if value is None else str(value),
                check.iri,
                "Check",
                said.value if isinstance(said, ox.Literal) else check.message,
            )
            found[finding] = None
    return list(found)


# -- findings to results -----------------------------------------------------------------------------------


def _of_problem(source: Source, problem: Problem) -> ValidationResult:
    told = f"{problem.message}; {problem.hint}" if problem.hint else problem.message
    return ValidationResult(
        severity="violation",
        focus="",
        focus_label="",
        path=None,
        value=None,
        message=told,
        shape=None,
        component="Syntax" if source.broken else "Compiler",
        file=problem.file,
        line=problem.line,
        column=problem.column,
    )


def _results(
    found: Sequence[Finding],
    checked: Checked,
    sources: Sequence[Source],
    from_files: bool,
    shapes: ShapeSet,
) -> Iterator[ValidationResult]:
    labels = _Labels(checked.store)
    locate = _Locator(found, checked.store, sources, from_files)
    for each in found:
        focus = each.focus.strip("<>") if each.focus.startswith("<") else each.focus
        # A rule about a node as a whole gives the node itself as the value: that says nothing more.
        value = None if each.value in (None, each.focus) else _node(str(each.value))
        file, line, column = locate(focus, each.path, _text(value))
        yield ValidationResult(
            severity=each.severity,
            focus=focus,
            focus_label=labels.label(_node(each.focus)),
            path=each.path,
            value=_text(value),
            message=_filled(each, labels, value) + meant(each, value, shapes, bundled_terms),
            shape=each.shape,
            component=each.component,
            file=file,
            line=line,
            column=column,
        )


def _filled(each: Finding, labels: _Labels, value: object) -> str:
    """The message with the names of what it speaks of: `{?value}`, `{$this}`, `{?path}`."""
    told = {
        "this": lambda: labels.label(_node(each.focus)),
        "focus": lambda: labels.label(_node(each.focus)),
        "value": lambda: labels.label(value) if value is not None else "nothing",
        "path": lambda: local_name(each.path or ""),
    }
    return re.sub(
        r"\{[?$](\w+)\}", lambda match: told[match[1]]() if match[1] in told else match[0], each.message
    )


def bundled_terms() -> TermTable:
    """The bundled domain terms by all their names."""
    from mgonto.validation.curation import bundled_model

    return bundled_model()[1]


def _text(value: object) -> str | None:
    if isinstance(value, (ox.NamedNode, ox.Literal)):
        return value.value
    return None if value is None else str(value)


class _Labels:
    """Names of nodes, looked up when a finding speaks of them."""

    _PROPERTIES = (
        PREFIXES["skos"] + "prefLabel",
        PREFIXES["rdfs"] + "label",
        BASE + "gloss",
        PREFIXES["dcterms"] + "title",
        BASE + "locator",
    )

    def __init__(self, store: ox.Store) -> None:
        self._store = store

    def label(self, node: object) -> str:
        """The name, the gloss or the title of a node; else its CURIE; the text of a literal."""
        if isinstance(node, ox.Literal):
            return node.value
        if not isinstance(node, ox.NamedNode):
            return "an unnamed node"
        for name in self._PROPERTIES:
            told = self._value(node, name)
            if told is not None:
                return told
        ends = [self._end(node, name) for name in ("subject", "relation", "object")]
        if all(ends):
            return " ".join(each for each in ends if each)
        return _place_name(node.value)

    def _value(self, node: ox.NamedNode, name: str) -> str | None:
        for quad in self._store.quads_for_pattern(node, ox.NamedNode(name), None, None):
            if isinstance(quad.object, ox.Literal):
                return quad.object.value
        return None

    def _end(self, node: ox.NamedNode, name: str) -> str | None:
        for quad in self._store.quads_for_pattern(node, ox.NamedNode(BASE + name), None, None):
            if isinstance(quad.object, ox.NamedNode):
                return self._value(quad.object, self._PROPERTIES[0]) or self._value(
                    quad.object, self._PROPERTIES[1]
                )
        return None


def _place_name(iri: str) -> str:
    """S09.P02.N05.1/result/1 for what hangs on a statement, else a CURIE."""
    for kind in ("statement", "article"):
        start = f"{BASE}{kind}/"
        if iri.startswith(start):
            return iri.removeprefix(start).partition("/")[2] or iri.removeprefix(start)
    return shrink(iri)


class _Locator:
    """Finds file, line and column of a finding, by what the reader knows or by reading the file again."""

    def __init__(
        self, found: Sequence[Finding], store: ox.Store, sources: Sequence[Source], from_files: bool
    ) -> None:
        self._store = store
        self._curated = [source for source in sources if not source.is_rdf]
        wanted = frozenset(each.focus.strip("<>") for each in found)
        paths = [source.path for source in sources if source.is_rdf and not source.broken]
        if not from_files and wanted:
            paths = [bundled_release()]
        self._files = [(path, find_places(path, wanted)) for path in paths] if wanted else []

    def __call__(
        self, focus: str, path: str | None, value: str | None
    ) -> tuple[str | None, int | None, int | None]:
        for node in self._around(focus):
            for source in self._curated:
                if node in source.places:
                    return str(source.path), *source.places[node]
        for file, places in self._files:
            line = places.line(focus, path, value)
            if line is not None:
                return str(file), line, None
        if len(self._files) + len(self._curated) == 1:
            only = self._files[0][0] if self._files else self._curated[0].path
            return str(only), None, None
        return None, None, None

    def _around(self, focus: str) -> Iterator[str]:
        """The node, what it hangs on, and the statements that assert it."""
        yield focus
        for kind in ("/evidence/", "/result/"):
            if kind in focus:
                yield focus.partition(kind)[0] if kind != "/evidence/" else focus.rpartition(kind)[0]
        if not self._curated or ":" not in focus or focus.startswith("_:"):
            return
        pending, seen = [focus], {focus}
        while pending:
            node = pending.pop(0)
            for name in ("asserts", "subjectJointWith", "objectJointWith"):
                for quad in self._store.quads_for_pattern(
                    None, ox.NamedNode(BASE + name), ox.NamedNode(node), None
                ):
                    above = quad.subject.value if isinstance(quad.subject, ox.NamedNode) else ""
                    if above and above not in seen:
                        seen.add(above)
                        pending.append(above)
                        yield above


def _node(text: str) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    """The node of a term in N-Triples syntax."""
    if text.startswith("<"):
        return ox.NamedNode(text[1:-1])
    if text.startswith("_:"):
        return ox.BlankNode(re.sub(r"[^A-Za-z0-9]", "x", text[2:]) or "x")
    quad = next(iter(ox.parse(f"<urn:s> <urn:p> {text} .", format=ox.RdfFormat.N_TRIPLES)))
    assert isinstance(quad.object, ox.Literal)
    return quad.object


def _order(each: ValidationResult) -> tuple[object, ...]:
    return (
        each.file or "",
        each.line or 0,
        each.column or 0,
        each.focus,
        SEVERITIES.index(each.severity),
        each.path or "",
        each.message,
        each.value or "",
    )
