"""Parameters into a query, token by token: the one way that gives the same rows on every engine.

A `$name` outside strings, IRIs and comments is replaced by a serialised RDF term. An absent optional
parameter stays a variable. A list goes inside `IN ($name)`; where the list is absent, the `FILTER` that
holds it is dropped whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeAlias

import pyoxigraph as ox

from mgonto.errors import UsageError

__all__ = ["Value", "bind", "form_of", "keywords_of", "parameters_of", "to_term", "tokens"]

Bound: TypeAlias = ox.NamedNode | ox.Literal
Value: TypeAlias = Bound | Sequence[Bound] | None

_TOKEN = re.compile(
    r"""
      (?P<comment> \#[^\n]* )
    | (?P<iri>     <[^<>"{}|^`\\\x00-\x20]*> )
    | (?P<string>  \"\"\"(?:(?:\"|\"\")?(?:[^"\\]|\\.))*\"\"\" | '''(?:(?:'|'')?(?:[^'\\]|\\.))*'''
                 | "(?:[^"\\\n\r]|\\.)*" | '(?:[^'\\\n\r]|\\.)*' )
    | (?P<param>   \$[A-Za-z_]\w* )
    | (?P<other>   \?\w+ | @[A-Za-z]+(?:-[A-Za-z0-9]+)* | [A-Za-z_]?[\w.-]*:[\w%:.-]* )
    | (?P<open>    [({] )
    | (?P<close>   [)}] )
    | (?P<word>    [A-Za-z_][\w-]* )
    """,
    re.VERBOSE | re.DOTALL,
)
#: A u after whole pairs of backslashes: a backslash and a u in the text, no escape of a character.
_BACKSLASH_U = re.compile(r"(?<!\\)((?:\\\\)+)([uU])")
_SAFE_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^<>\"{}|^`\\\x00-\x20]+")


def tokens(query: str) -> Iterator[re.Match[str]]:
    """The tokens of a query; `lastgroup` tells the kind; operators, numbers and spaces are passed over."""
    return _TOKEN.finditer(query)


def to_term(value: object) -> Bound:
    """A Python value as an RDF term: str, bool, int, float or a term of its own.

    Raises:
        UsageError: a value of another type, or text with a lone surrogate.

    >>> str(to_term('say "hi"'))
    '"say \\\\"hi\\\\""'
    """
    if isinstance(value, (ox.NamedNode, ox.Literal)):
        return value
    if isinstance(value, (str, bool, int, float)):
        try:
            return ox.Literal(value)
        except ValueError as error:
            raise UsageError(
                f"{value!r} holds half a character (a lone surrogate)", "decode the text as what it is"
            ) from error
    raise UsageError(f"a parameter cannot be a {type(value).__name__}", "give text, a number, true or false")


@lru_cache(maxsize=256)
def parameters_of(query: str) -> tuple[str, ...]:
    """The names of the parameters in a query, in order of appearance.

    >>> parameters_of('SELECT * { ?s ?p $o . # $not this' + chr(10) + ' FILTER(?x IN ($y)) }')
    ('o', 'y')
    """
    found = (match["param"][1:] for match in _TOKEN.finditer(query) if match["param"])
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=256)
def keywords_of(query: str) -> frozenset[str]:
    """The bare words of a query in upper case: keywords, not what stands in strings, IRIs or comments.

    >>> sorted(keywords_of("SELECT * { ?service ?p 'FROM' } # LOAD"))
    ['SELECT']
    """
    return frozenset(match["word"].upper() for match in _TOKEN.finditer(query) if match["word"])


@lru_cache(maxsize=256)
def form_of(query: str) -> str:
    """The form of a query or update: its first keyword after the prologue, in upper case; "" where none is.

    >>> form_of("# all" + chr(10) + "PREFIX a: <urn:ask> SELECT * { ?s ?p 'ASK' }"), form_of("insert data {}")
    ('SELECT', 'INSERT')
    """
    words = (match["word"].upper() for match in _TOKEN.finditer(query) if match["word"])
    return next((each for each in words if each not in ("PREFIX", "BASE")), "")


def bind(query: str, values: Mapping[str, Value]) -> str:
    """The query with its parameters replaced.

    Args:
        query: SPARQL with `$name` parameters.
        values: a term, a sequence of terms (for `IN ($name)`), or None for an absent one. A parameter that is
            not named here stays a variable.

    Raises:
        UsageError: a name that the query does not have, a relative or malformed IRI, a list outside `IN`.

    >>> bind("SELECT * { ?s ?p $o }", {"o": ox.Literal("a")})
    'SELECT * { ?s ?p "a" }'
    >>> bind("SELECT * { ?s ?p ?o FILTER(?o IN ($o)) }", {"o": ()})
    'SELECT * { ?s ?p ?o  }'
    """
    if not isinstance(query, str):
        raise UsageError(f"a query cannot be a {type(query).__name__}", "give its SPARQL as text")
    unknown = set(values) - set(parameters_of(query))
    if unknown:
        raise UsageError(
            f"the query has no parameter ${sorted(unknown)[0]}",
            "its parameters are: " + (", ".join(parameters_of(query)) or "none"),
        )
    if "$" not in query:
        return query
    done: list[str] = []
    for part in _parts_of(query):
        if isinstance(part, _Filter):
            held: list[str] = []
            if all(_fill(each, values, held) for each in part.parts):
                done += held
        else:
            _fill(part, values, done)
    return "".join(done)


class _Hole(NamedTuple):
    """A parameter, and whether it stands in the list of an IN."""

    name: str
    in_list: bool


class _Filter(NamedTuple):
    """An outermost FILTER: it goes where one of its lists has nothing in it."""

    parts: tuple[str | _Hole, ...]


@lru_cache(maxsize=256)
def _parts_of(query: str) -> tuple[str | _Hole | _Filter, ...]:
    """A query in pieces, in order: text, parameters, and filters in pieces of their own."""
    done: list[str | _Hole | _Filter] = []
    held: list[str | _Hole] = []
    filter_depth = -1  # the depth at which the outermost FILTER stands
    depth, last, in_list, previous = 0, 0, False, ""
    for match in _TOKEN.finditer(query):
        kind, text = match.lastgroup, match.group()
        if kind == "word" and text.upper() == "FILTER" and filter_depth < 0:
            done.append(query[last : match.start()])
            filter_depth, held, last = depth, [], match.start()
        elif kind == "open":
            depth += 1
            in_list = text == "(" and previous == "IN"
        elif kind == "close":
            depth -= 1
            in_list = False
        elif kind == "param":
            pieces = (query[last : match.start()], _Hole(text[1:], in_list))
            (held if filter_depth >= 0 else done).extend(pieces)
            last = match.end()
        if kind == "close" and depth == filter_depth >= 0:
            held.append(query[last : match.end()])
            done.append(_Filter(tuple(held)))
            filter_depth, last = -1, match.end()
        if kind != "comment":
            previous = text.upper()
    # A FILTER that never closes is no query: the parser tells it.
    done += held if filter_depth >= 0 else []
    done.append(query[last:])
    return tuple(each for each in done if each != "")


def _fill(part: str | _Hole, values: Mapping[str, Value], out: list[str]) -> bool:
    """Write a piece with its value in it; False where it is a list that has nothing in it."""
    if isinstance(part, str):
        out.append(part)
        return True
    value = values.get(part.name)
    if part.in_list:
        members = _members(value)
        out.append(", ".join(_serialise(part.name, each) for each in members) or f"${part.name}")
        return bool(members)
    if _is_list(value):
        raise UsageError(f"${part.name} takes one value here", "give a list only where the query says IN")
    out.append(f"${part.name}" if value is None else _serialise(part.name, value))
    return True


def _members(value: Value) -> list[Bound]:
    if value is None:
        return []
    return [value] if isinstance(value, (ox.NamedNode, ox.Literal)) else list(value)


def _is_list(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, (str, bytes))


def _serialise(name: str, value: object) -> str:
    bound = to_term(value)
    if isinstance(bound, ox.NamedNode):
        if _SAFE_IRI.fullmatch(bound.value):
            return f"<{bound.value}>"
        raise UsageError(f"${name} is no absolute IRI: {bound.value!r}", "write the IRI in full")
    # rdflib reads \\uXXXX before it reads strings, and so behind an escaped backslash too, and takes up to
    # eight digits: the letter is written as a code point of eight, which all parsers read alike.
    return _BACKSLASH_U.sub(lambda found: f"{found[1]}\\U{ord(found[2]):08X}", str(bound))
