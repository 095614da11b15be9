"""What makes a query file fit for the library: it says what it takes and gives, and any engine can run it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from mgonto.engine.binding import bind, keywords_of, parameters_of
from mgonto.errors import MgontoError, Problem
from mgonto.query.lexical import Terms
from mgonto.query.parameters import query_values
from mgonto.sources.queryfile import COLUMN_TYPES, GROUPS, PARAMETER_TYPES, Query, read_query

__all__ = ["Probe", "lint"]

_BANNED = {
    "GRAPH": "ask the default graph: every store can be set to show the union of its graphs there",
    "FROM": "ask the default graph: the user chooses the data",
    "SERVICE": "leave other endpoints to the user",
}
#: Strings, IRIs and comments first, so that what stands inside them is no variable.
_VARIABLE = re.compile(
    r"#[^\n]*|<[^<>\s]*>|\"\"\".*?\"\"\"|'''.*?'''|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'"
    r"|(?P<variable>[?$]\w+)",
    re.DOTALL,
)


#: An error of the header, which names file and line itself.
_PLACED = re.compile(r".*\.rq:(?P<line>\d+): (?P<message>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Probe:
    """What an example is run on: the terms that its names are looked up in, and the data."""

    terms: Terms
    store: ox.Store


def lint(name: str, text: str, probe: Probe | None = None) -> tuple[Problem, ...]:
    """The problems of a query file, in the order of the checks.

    Args:
        name: the file's name, shown in the problems.
        text: its content.
        probe: runs the query with its examples, so that the columns are seen and there is an answer.

    >>> [each.message for each in lint("x", "SELECT ?a { ?a ?b ?c }")][:2]
    ['there is no summary', 'there is no group']
    """
    try:
        query = read_query(name.removesuffix(".rq"), text)
    except MgontoError as error:
        told = _PLACED.fullmatch(error.message)
        line, message = (int(told["line"]), told["message"]) if told else (1, error.message)
        return (Problem(name, line, 1, message, error.hint),)
    found = [*_header(query), *_parameters(query), *_standard(query)]
    if not keywords_of(text) & set(_BANNED):  # such a query is not run: it would reach out
        broken = list(_syntax(query))
        found += broken or [*_loose_ends(query), *_columns(query)]
        if probe is not None and not broken:
            found += _run(query, probe)
    return tuple(Problem(name, line, 1, message, hint) for line, message, hint in found)


_Finding = tuple[int, str, str]


def _header(query: Query) -> Iterator[_Finding]:
    if not query.summary:
        yield 1, "there is no summary", "add: #+ summary: what the query answers, in one line"
    if query.group not in GROUPS:
        told = f'"{query.group}" is no group of the library' if query.group else "there is no group"
        yield 1, told, f"the first of #+ tags: [...] is one of: {', '.join(GROUPS)}"
    if not query.columns:
        yield 1, "the columns are not told", "add: #+ columns: {name: type, ...}"
    for column, kind in query.columns.items():
        if kind not in COLUMN_TYPES:
            yield 1, f'column {column}: unknown type "{kind}"', f"one of: {', '.join(COLUMN_TYPES)}"
    for each in query.parameters:
        if each.type not in PARAMETER_TYPES:
            hint = f"one of: {', '.join(PARAMETER_TYPES)}"
            yield 1, f'parameter {each.name}: unknown type "{each.type}"', hint
        if not each.help:
            yield 1, f"parameter {each.name} has no help", 'add help: "what it is"'
        if each.required and each.example is None:
            yield (
                1,
                f"parameter {each.name} is required and has no example",
                "add example: a value that works",
            )


def _parameters(query: Query) -> Iterator[_Finding]:
    used, declared = parameters_of(query.text), [each.name for each in query.parameters]
    for name in used:
        if name not in declared:
            yield _line(query, f"${name}"), f"${name} is not declared", "add it to #+ params:"
    for name in declared:
        if name not in used:
            yield 1, f"the parameter {name} is not used", "use it, or take it out of #+ params:"


def _standard(query: Query) -> Iterator[_Finding]:
    words = keywords_of(query.text)
    for word, hint in _BANNED.items():
        if word in words:
            yield _line(query, word), f"{word} ties the query to one way of loading the data", hint
    if "SELECT" in words and "ORDER" not in words and not _one_row(query):
        yield 1, "the rows have no order", "add ORDER BY with enough columns to make it one order"


def _one_row(query: Query) -> bool:
    """Whether a query gives counts only, in one row."""
    words = keywords_of(query.text)
    return "COUNT" in words and "GROUP" not in words


def _syntax(query: Query) -> Iterator[_Finding]:
    bound = bind(query.text, {})
    try:
        ox.Store().query(bound)
    except SyntaxError as error:
        line = int(error.lineno or _told_line(str(error)))
        yield line, f"it does not parse: {' '.join(str(error).split())}", "mend it where the message says"
        return
    from rdflib.plugins.sparql import prepareQuery

    try:
        prepareQuery(bound)
    except Exception as error:  # rdflib raises what its parser raises, and plain Exception for prefixes
        said = " ".join(str(error).split())
        yield 1, f"rdflib cannot read it: {said}", "write it in plain SPARQL 1.1"


def _told_line(message: str) -> int:
    found = re.search(r"\b(?:at|line) (\d+)", message)
    return int(found[1]) if found else 1


def _loose_ends(query: Query) -> Iterator[_Finding]:
    names = Counter(
        match["variable"][1:] for match in _VARIABLE.finditer(query.text) if match["variable"] is not None
    )
    for name, times in names.items():
        if times == 1 and name not in query.columns and query.parameter(name) is None:
            yield _line(query, f"?{name}"), f"?{name} is used once and not shown", "use [] for it, or show it"


def _columns(query: Query) -> Iterator[_Finding]:
    found = ox.Store().query(bind(query.text, {}))
    if isinstance(found, ox.QuerySolutions):
        shown = tuple(variable.value for variable in found.variables)
        if query.columns and tuple(query.columns) != shown:
            yield 1, f"it gives the columns {', '.join(shown)}", "write #+ columns: in that order"


def _run(query: Query, probe: Probe) -> Iterator[_Finding]:
    given = {each.name: each.example for each in query.parameters if each.example is not None}
    try:
        values = query_values(query, given, probe.terms, widen=True)
        found = probe.store.query(bind(query.text, values), use_default_graph_as_union=True)
    except (MgontoError, SyntaxError) as error:
        yield 1, f"the example does not run: {error}", getattr(error, "hint", "") or "mend the example"
        return
    if isinstance(found, ox.QuerySolutions) and next(iter(found), None) is None:
        yield 1, "the example finds nothing", "give an example that has an answer"


def _line(query: Query, text: str) -> int:
    for number, line in enumerate(query.text.splitlines(), start=1):
        if text in line and not line.startswith("#+"):
            return number
    return 1
