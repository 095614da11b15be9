"""What a query must not do: ask another service, or nest so deep that the parser falls over.

pyoxigraph answers SERVICE over HTTP and cannot be told not to, and its parser wants no space behind a
keyword (`SERVICEex:a {` is a SERVICE). So the question is not what the tokens of a query are, but whether
some reading of the text has a SERVICE clause in it. Where `<` may begin an IRI or compare two things both
readings are followed. A query that passes asks nobody; one whose strings or comments speak of SERVICE is not
refused.
"""

from __future__ import annotations

import re
from functools import lru_cache

from mgonto.errors import UsageError

__all__ = ["MAX_DEPTH", "asks_service", "check_query", "depth_of"]

#: Brackets within brackets. The parser takes some thousands, and ends the process beyond.
MAX_DEPTH = 250

_GAP = r"(?:\s|\#[^\r\n]*+)*+"
#: SERVICE, SILENT or not, and what can name a service, and the brace of its pattern.
_CLAUSE = re.compile(
    rf"""SERVICE{_GAP}(?:SILENT{_GAP})?
         (?: <[^<>]*+> | [?$][^\s{{}}<>()"'#]*+ | (?:\\.|[^\s{{}}<>()"'?$\\])++ )
         {_GAP}\{{""",
    re.VERBOSE | re.IGNORECASE,
)
#: What a reader can step over whole: a comment, strings, what is escaped in a name.
_COMMENT = re.compile(r"\#[^\r\n]*")
_LONG = re.compile(
    r"\"\"\"(?:\"{0,2}(?:[^\"\\]|\\.))*+\"\"\" | '''(?:'{0,2}(?:[^'\\]|\\.))*+'''", re.DOTALL | re.VERBOSE
)
#: A long string beyond doubt: with another escape in it a parser might take its first two quotes alone.
_SURELY_LONG = re.compile(
    r"\"\"\"(?:\"{0,2}(?:[^\"\\]|\\[tbnrf\"'\\]))*+\"\"\" | '''(?:'{0,2}(?:[^'\\]|\\[tbnrf\"'\\]))*+'''",
    re.DOTALL | re.VERBOSE,
)
_SHORT = re.compile(r"\"(?:[^\"\\\r\n]|\\.)*+\"|'(?:[^'\\\r\n]|\\.)*+'")
_IRI = re.compile(r"<[^<>\"{}|^`\x00-\x20]*>")
_STOP = re.compile(r"[\#\"'<\\]|service", re.IGNORECASE)
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_BRACKET_OR_SKIP = re.compile(
    r"\"(?:[^\"\\]|\\.)*+\" | '(?:[^'\\]|\\.)*+' | <[^<>\s]*> | \#[^\r\n]*"
    r" | (?P<open>[(\[{]) | (?P<close>[)\]}]) | (?P<unary>(?:[!+-]\s*+){9,})",
    re.VERBOSE | re.DOTALL,
)


def check_query(query: str) -> None:
    """Refuse a query that asks another service or nests too deep.

    Raises:
        UsageError: it does.

    >>> check_query("SELECT * { ?s ?p 'SERVICE <http://example.org/> {}' }")
    """
    if asks_service(query):
        raise UsageError("the embedded engine asks no other service", "leave SERVICE out of the query")
    # Mostly there are not so many brackets at all, which is quick to know.
    if sum(map(query.count, "([{!+-")) > MAX_DEPTH and depth_of(query) > MAX_DEPTH:
        raise UsageError(
            f"the query is nested more than {MAX_DEPTH} deep", "write it with fewer brackets within brackets"
        )


@lru_cache(maxsize=256)
def asks_service(query: str) -> bool:
    """Whether some reading of the text has a SERVICE clause.

    >>> asks_service("SELECT * { SERVICE <http://example.org/sparql> { ?s ?p ?o } }")
    True
    >>> asks_service("SELECT * { ?service ?p 'SERVICE <http://example.org/> {' } # SERVICE ?x {")
    False
    """
    if not _CLAUSE.search(query) and "\\" not in query:
        return False
    plain = _ESCAPE.sub(_character, query)
    return _reaches_clause(query) or (plain != query and _reaches_clause(plain))


def _character(found: re.Match[str]) -> str:
    code = int(found[1] or found[2], 16)
    return chr(code) if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else " "


def _reaches_clause(text: str) -> bool:
    """Whether a reader that may take each `<` as an IRI or as a sign comes to a SERVICE clause."""
    seen: set[int] = set()
    ahead = [0]
    while ahead:
        stop = _STOP.search(text, ahead.pop())
        if stop is None or stop.start() in seen:
            continue
        at = stop.start()
        seen.add(at)
        match text[at]:
            case "#":
                skips = [_COMMENT.match(text, at)]
            case "<":
                skips = [_IRI.match(text, at)]
                ahead.append(at + 1)
            case "\\":
                skips = []
                ahead.append(at + 2)
            case '"' | "'":
                skips = [_SURELY_LONG.match(text, at)]
                if not any(skips):
                    skips = [_LONG.match(text, at), _SHORT.match(text, at)]
                if not any(skips):  # no string: the parser will say so; read on
                    ahead.append(at + 1)
            case _:
                if _CLAUSE.match(text, at):
                    return True
                skips = []
                ahead.append(at + 1)
        ahead.extend(each.end() for each in skips if each is not None)
    return False


def depth_of(query: str) -> int:
    """How deep brackets stand within brackets, or signs before signs.

    >>> depth_of("SELECT * { { ?s ?p '(((' } }")
    2
    """
    depth = deepest = 0
    for found in _BRACKET_OR_SKIP.finditer(query):
        if found["open"]:
            depth += 1
            deepest = max(deepest, depth)
        elif found["close"]:
            depth -= 1
        elif found["unary"]:
            deepest = max(deepest, depth + len(found["unary"].replace(" ", "")))
    return deepest
