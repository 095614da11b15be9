"""What a query must not do: ask another service, or nest so deep that the parser falls over.

pyoxigraph answers SERVICE over HTTP and cannot be told not to, and its parser wants no space behind a
keyword (`SERVICEex:a {` is a SERVICE). So the question is not what the tokens of a query are, but whether
some reading of the text has a SERVICE clause in it. Where `<` may begin an IRI or compare two things both
readings are followed. A query that passes asks nobody; one whose strings or comments speak of SERVICE is not
refused.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import lru_cache

from mgonto.engine.spans import NOWHERE, Spans
from mgonto.errors import UsageError

__all__ = ["MAX_DEPTH", "asks_service", "check_query", "depth_of"]

#: Brackets within brackets. The parser takes some thousands, and ends the process beyond.
MAX_DEPTH = 250

_IRI = re.compile(r"<[^<>\"{}|^`\x00-\x20]*>")
_WORD = re.compile("service", re.IGNORECASE)
_SILENT = re.compile("silent", re.IGNORECASE)
_STOP = re.compile(r"[\#\"'<\\]|service", re.IGNORECASE)
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_BRACKET_OR_SKIP = re.compile(
    r" (?P<quote>[\"']) | <[^<>\s]*> | \#[^\r\n]*"
    r" | (?P<open>[(\[{]) | (?P<close>[)\]}]) | (?P<unary>(?:[!+-]\s*+){9,})",
    re.VERBOSE,
)
_STRING = {
    '"': re.compile(r'"(?:[^"\\]|\\.)*+"', re.DOTALL),
    "'": re.compile(r"'(?:[^'\\]|\\.)*+'", re.DOTALL),
}


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
    plain = _ESCAPE.sub(_character, query)
    return _reaches_clause(query) or (plain != query and _reaches_clause(plain))


def _character(found: re.Match[str]) -> str:
    code = int(found[1] or found[2], 16)
    return chr(code) if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else " "


def _reaches_clause(text: str) -> bool:
    """Whether a reader that may take each `<` as an IRI or as a sign comes to a SERVICE clause."""
    if not _WORD.search(text):
        return False
    spans = Spans(text)
    stops = [found.start() for found in _STOP.finditer(text)]
    seen: set[int] = set()
    ahead = [0]
    while ahead:
        number = bisect_left(stops, ahead.pop())
        if number == len(stops) or number in seen:
            continue
        seen.add(number)
        at = stops[number]
        match text[at]:
            case "#":
                ends = [spans.comment(at)]
            case "<":
                found = _IRI.match(text, at)
                ends = [at + 1, found.end() if found else NOWHERE]
            case "\\":
                ends = [at + 2]
            case '"' | "'":
                # Beyond doubt a long string; with another escape in it a parser might take its first two
                # quotes alone. Or no string at all: the parser will say so; read on.
                ends = [spans.long(at, strict=True)]
                if ends == [NOWHERE]:
                    ends = [spans.long(at, strict=False), spans.short(at)]
                if ends == [NOWHERE, NOWHERE]:
                    ends = [at + 1]
            case _:
                if _is_clause(text, at, spans):
                    return True
                ends = [at + 1]
        ahead.extend(end for end in ends if end != NOWHERE)
    return False


def _is_clause(text: str, at: int, spans: Spans) -> bool:
    """Whether SERVICE at a place is followed by what can name a service, SILENT or not, and by a brace."""
    place = spans.gap(at + len("service"))
    starts = [place]
    if _SILENT.match(text, place):
        starts.append(spans.gap(place + len("silent")))
    ends = (spans.name(start) for start in starts)
    return any(end != NOWHERE and text.startswith("{", spans.gap(end)) for end in ends)


def depth_of(query: str) -> int:
    """How deep brackets stand within brackets, or signs before signs.

    >>> depth_of("SELECT * { { ?s ?p '(((' } }")
    2
    """
    depth = deepest = place = 0
    open_ended: set[str] = set()
    while found := _BRACKET_OR_SKIP.search(query, place):
        place = found.end()
        if found["open"]:
            depth += 1
            deepest = max(deepest, depth)
        elif found["close"]:
            depth -= 1
        elif found["unary"]:
            deepest = max(deepest, depth + len(found["unary"].replace(" ", "")))
        elif (quote := found["quote"]) and quote not in open_ended:
            string = _STRING[quote].match(query, found.start())
            if string:
                place = string.end()
            else:
                # It runs to the end of the text in steps of one character or one escape. A later quote of its
                # kind can only be one that is escaped there, from where the same steps lead to the same end.
                open_ended.add(quote)
    return deepest
