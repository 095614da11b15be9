"""The shapes, the checks across rows and the list of excused findings, read from one folder.

Shapes that are blank nodes get an IRI made of the shape around them and their path, so that both engines name
the same shape and a report can say which one spoke.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
import yaml

from mgonto.errors import MgontoError
from mgonto.names import PREFIXES, expand, local_name

__all__ = ["Check", "ShapeInfo", "ShapeSet", "load_shapes", "read_checks", "shape_set"]

_SH, _RDF = PREFIXES["sh"], PREFIXES["rdf"]
_TO_SHAPE = frozenset(_SH + name for name in ("property", "node", "not", "qualifiedValueShape"))
_TO_SHAPES = frozenset(_SH + name for name in ("or", "and", "xone"))
_SEVERITIES = ("violation", "warning", "info")
_Node = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


@dataclass(frozen=True, slots=True)
class ShapeInfo:
    """What a report needs of a shape: the named shape around it, its name, messages, path and severity."""

    iri: str
    root: str
    name: str
    message: str | None
    path: str | None
    severity: str


@dataclass(frozen=True, slots=True)
class Check:
    """A question across rows whose every answer is a finding.

    Its columns are `?focus`, and perhaps `?path`, `?value` and `?message`.
    """

    iri: str
    name: str
    summary: str
    severity: str
    message: str
    sparql: str


@dataclass(frozen=True, slots=True)
class ShapeSet:
    """Shapes as N-Triples, what is known of each, the checks, and what is excused (shape, focus)."""

    triples: tuple[ox.Triple, ...]
    infos: Mapping[str, ShapeInfo]
    checks: tuple[Check, ...] = ()
    excused: frozenset[tuple[str, str]] = frozenset()

    def ntriples(self) -> str:
        """The shapes in N-Triples."""
        return "".join(f"{one.subject} {one.predicate} {one.object} .\n" for one in self.triples)

    def names(self) -> dict[str, str]:
        """The name of each shape and check, by IRI."""
        return {iri: info.name for iri, info in self.infos.items()} | {
            each.iri: each.summary for each in self.checks
        }

    def is_excused(self, shape: str, focus: str) -> bool:
        """Whether a finding is on the list of exceptions, by its shape or the named shape around it."""
        info = self.infos.get(shape)
        return (shape, focus) in self.excused or (info is not None and (info.root, focus) in self.excused)


def load_shapes(folder: Path) -> ShapeSet:
    """Read `*.ttl`, `checks/*.rq` and `adjudicated.tsv` of a folder.

    Raises:
        MgontoError: a file cannot be read; it names file, line and column.
    """
    triples: list[ox.Triple] = []
    for path in sorted(folder.glob("*.ttl")):
        try:
            # Blank nodes of two files must not fall together: pyoxigraph gives each parse its own.
            triples += [
                quad.triple
                for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE, rename_blank_nodes=True)
            ]
        except SyntaxError as error:
            raise MgontoError(
                f"{path}:{error.lineno}:{error.offset}: {error.msg}", "mend the shapes file"
            ) from error
    return shape_set(triples, read_checks(folder / "checks"), _read_excused(folder / "adjudicated.tsv"))


def shape_set(
    triples: Iterable[ox.Triple],
    checks: Iterable[Check] = (),
    excused: Iterable[tuple[str, str]] = (),
) -> ShapeSet:
    """A set of shapes from its triples.

    >>> shape_set([]).infos
    {}
    """
    named = tuple(dict.fromkeys(_with_names(list(triples))))
    return ShapeSet(named, _infos(named), tuple(checks), frozenset(excused))


# -- names for blank shapes --------------------------------------------------------------------------------


def _with_names(triples: list[ox.Triple]) -> Iterator[ox.Triple]:
    """The triples with every blank shape under a name: that of the shape around it and its path."""
    about: dict[_Node, list[ox.Triple]] = defaultdict(list)
    for each in triples:
        about[each.subject].append(each)
    names: dict[_Node, ox.NamedNode] = {}
    taken: Counter[str] = Counter()

    def members(node: _Node) -> Iterator[_Node]:
        while isinstance(node, ox.BlankNode) and about[node]:
            cell = {each.predicate.value: each.object for each in about[node]}
            if _RDF + "first" not in cell:
                return
            yield cell[_RDF + "first"]
            node = cell.get(_RDF + "rest", ox.NamedNode(_RDF + "nil"))

    pending: list[_Node] = [each for each in about if isinstance(each, ox.NamedNode)]
    while pending:
        node = pending.pop(0)
        above = names.get(node, node)
        assert isinstance(above, ox.NamedNode)
        for each in about[node]:
            predicate = each.predicate.value
            if predicate in _TO_SHAPE:
                inner = [each.object]
            elif predicate in _TO_SHAPES:
                inner = list(members(each.object))
            else:
                continue
            for one in inner:
                if not isinstance(one, ox.BlankNode) or one in names:
                    continue
                path = next((it.object for it in about[one] if it.predicate.value == _SH + "path"), None)
                word = local_name(path.value) if isinstance(path, ox.NamedNode) else local_name(predicate)
                base = f"{above.value}.{word}"
                taken[base] += 1
                names[one] = ox.NamedNode(base if taken[base] == 1 else f"{base}-{taken[base]}")
                pending.append(one)
    for each in triples:
        subject, value = names.get(each.subject, each.subject), names.get(each.object, each.object)
        yield ox.Triple(subject, each.predicate, value)


# -- what a report needs -----------------------------------------------------------------------------------


def _infos(triples: Iterable[ox.Triple]) -> dict[str, ShapeInfo]:
    about: dict[_Node, dict[str, list[_Node]]] = defaultdict(lambda: defaultdict(list))
    above: dict[str, str] = {}
    shapes: dict[str, None] = {}
    for each in triples:
        about[each.subject][each.predicate.value].append(each.object)
    for subject, told in list(about.items()):
        if not isinstance(subject, ox.NamedNode):
            continue
        if any(name.startswith(_SH) for name in told):
            shapes[subject.value] = None
        for name in _TO_SHAPE:
            for value in told.get(name, ()):
                if isinstance(value, ox.NamedNode):
                    above.setdefault(value.value, subject.value)
    return {iri: _info(iri, about, above) for iri in shapes}


def _info(iri: str, about: Mapping[_Node, Mapping[str, list[_Node]]], above: Mapping[str, str]) -> ShapeInfo:
    told = about[ox.NamedNode(iri)]
    # A name made here starts with that of the shape around it.
    root = iri
    while root in above and root.startswith(above[root] + "."):
        root = above[root]
    of_root = about[ox.NamedNode(root)]
    severity = next(
        (local_name(_value(each)).lower() for each in told.get(_SH + "severity", ())), "violation"
    )
    paths = told.get(_SH + "path")
    messages = told.get(_SH + "message", [])
    for constraint in told.get(_SH + "sparql", []):
        messages = messages or about[constraint].get(_SH + "message", [])
    return ShapeInfo(
        iri,
        root,
        _text(told.get(_SH + "name", [])) or _text(of_root.get(_SH + "name", [])) or local_name(iri),
        _text(messages) or None,
        _path(paths[0], about) if paths else None,
        severity if severity in _SEVERITIES else "violation",
    )


def _text(literals: Iterable[_Node]) -> str:
    """The English text of several, else the one without a language, else the first."""
    found = [each for each in literals if isinstance(each, ox.Literal)]
    rank = {"en": 0, None: 1}
    found.sort(key=lambda each: (rank.get(each.language, 2), each.value))
    return found[0].value if found else ""


def _value(node: _Node) -> str:
    return "" if isinstance(node, ox.Triple) else node.value


def _path(node: _Node, about: Mapping[_Node, Mapping[str, list[_Node]]]) -> str:
    """A path as SPARQL writes it; a single property is its plain IRI."""
    if isinstance(node, ox.NamedNode):
        return node.value
    return _path_text(node, about)


def _path_text(node: _Node, about: Mapping[_Node, Mapping[str, list[_Node]]]) -> str:
    if isinstance(node, ox.NamedNode):
        return f"<{node.value}>"
    told = about[node]
    if _RDF + "first" in told:
        return "/".join(_path_text(each, about) for each in _listed(node, about))
    for name, form in (
        ("inversePath", "^{}"),
        ("zeroOrMorePath", "({})*"),
        ("oneOrMorePath", "({})+"),
        ("zeroOrOnePath", "({})?"),
    ):
        if _SH + name in told:
            return form.format(_path_text(told[_SH + name][0], about))
    if _SH + "alternativePath" in told:
        inner = _listed(told[_SH + "alternativePath"][0], about)
        return f"({'|'.join(_path_text(each, about) for each in inner)})"
    return "?"


def _listed(node: _Node, about: Mapping[_Node, Mapping[str, list[_Node]]]) -> Iterator[_Node]:
    while _RDF + "first" in about[node]:
        yield about[node][_RDF + "first"][0]
        node = about[node][_RDF + "rest"][0]


# -- checks and exceptions ---------------------------------------------------------------------------------


def read_checks(folder: Path) -> tuple[Check, ...]:
    """The checks of a folder, in the order of their names; none where there is no folder.

    Raises:
        MgontoError: a header is not YAML, or lacks severity or message.
    """
    found = []
    for path in sorted(folder.glob("*.rq")):
        text = path.read_text(encoding="utf-8")
        head = "\n".join(line[2:] for line in text.splitlines() if line.startswith("#+"))
        try:
            told = yaml.safe_load(head) or {}
            severity = local_name(str(told["severity"])).rpartition(":")[2].lower()
            message = str(told["message"])
        except (yaml.YAMLError, KeyError, TypeError) as error:
            hint = "start it with #+ lines: summary, severity, shape and message"
            raise MgontoError(f"{path}: its header cannot be read ({error})", hint) from error
        if severity not in _SEVERITIES:
            raise MgontoError(f'{path}: unknown severity "{severity}"', "one of: " + ", ".join(_SEVERITIES))
        given = str(told.get("shape") or f"mgo:check/{path.stem}")
        iri = expand(given) or given
        found.append(Check(iri, path.stem, str(told.get("summary", path.stem)), severity, message, text))
    return tuple(found)


def _read_excused(path: Path) -> frozenset[tuple[str, str]]:
    """Shape and focus of every row of the list of exceptions; each row must say why."""
    if not path.exists():
        return frozenset()
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    found = set()
    for number, row in enumerate(rows, start=2):
        shape, focus = (row.get("shape") or "").strip("<> "), (row.get("focus") or "").strip("<> ")
        if not shape or not focus or not (row.get("reason") or "").strip():
            raise MgontoError(f"{path}:{number}: an exception needs shape, focus and reason", "fill the row")
        found.add((expand(shape) or shape, expand(focus) or focus))
    return frozenset(found)
