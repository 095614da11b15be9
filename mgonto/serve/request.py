"""A request of the SPARQL 1.1 Protocol, read strictly: what is asked, or why it cannot be."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

__all__ = ["Question", "Refusal", "media_type", "parameters", "question_from"]

_FORM, _QUERY, _UPDATE = (
    "application/x-www-form-urlencoded",
    "application/sparql-query",
    "application/sparql-update",
)
_BROKEN_PERCENT = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_ABSOLUTE_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^<>\"{}|^`\\\x00-\x20]*")
#: Parameters in one request: a query and some graphs.
_MOST_PARAMETERS = 256


class Refusal(Exception):
    """An answer that is no answer: a status, what is wrong, and what to do.

    >>> Refusal(400, "there is no query", "send one as the parameter query").text
    'there is no query\\n  send one as the parameter query\\n'
    """

    def __init__(self, status: int, message: str, hint: str, **headers: str) -> None:
        super().__init__(message)
        self.status, self.message, self.hint = status, message, hint
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    @property
    def text(self) -> str:
        """The two lines that the client reads."""
        return f"{self.message}\n  {self.hint}\n"


@dataclass(frozen=True, slots=True)
class Question:
    """A query, the graphs that the protocol names for it, and the forms that the client accepts."""

    query: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    accept: str | None = None


def parameters(encoded: bytes) -> list[tuple[str, str]]:
    """The names and values of a URL-encoded string.

    Raises:
        Refusal: broken percent encoding, bytes that are no UTF-8, or too many of them.

    >>> parameters(b"query=ASK+%7B%7D&x")
    [('query', 'ASK {}'), ('x', '')]
    """
    if _BROKEN_PERCENT.search(encoded):
        raise Refusal(
            400, "a percent sign is not followed by two hex digits", "write %25 for the sign itself"
        )
    pairs = [each for each in encoded.split(b"&", _MOST_PARAMETERS) if each]
    if len(pairs) > _MOST_PARAMETERS:
        raise Refusal(400, "there are too many parameters", "send query, and the graphs that it is asked of")
    done = []
    try:
        for pair in pairs:
            name, _, value = pair.replace(b"+", b" ").partition(b"=")
            done.append((unquote_to_bytes(name).decode(), unquote_to_bytes(value).decode()))
    except UnicodeDecodeError as error:
        raise Refusal(400, "a parameter is not UTF-8", "encode it as UTF-8, then as percent signs") from error
    return done


def media_type(header: str | None) -> tuple[str, str | None]:
    """Type and charset of a Content-Type, in lower case.

    >>> media_type("Application/SPARQL-query; charset=UTF-8")
    ('application/sparql-query', 'utf-8')
    """
    kind, *rest = (header or "").split(";")
    charset = None
    for each in rest:
        name, _, value = each.partition("=")
        if name.strip().lower() == "charset":
            charset = value.strip().strip('"').lower()
    return kind.strip().lower(), charset


def question_from(
    method: str, query_string: bytes, content_type: str | None, body: bytes, accept: str | None, most: int
) -> Question | None:
    """What a request asks; None where a GET asks nothing, which is to ask what the service is.

    Args:
        method: GET, HEAD or POST.
        query_string: what stands behind the question mark of the address.
        content_type, body: of a POST.
        accept: the header.
        most: bytes that a query may have.

    Raises:
        Refusal: it is no query of the protocol.

    >>> question_from("GET", b"query=ASK%7B%7D", None, b"", None, 99).query
    'ASK{}'
    """
    if method in ("GET", "HEAD"):
        if not query_string:
            return None
        given = parameters(query_string)
    else:
        kind, charset = media_type(content_type)
        if charset not in (None, "utf-8", "utf8", "us-ascii"):
            raise Refusal(415, "the query must be UTF-8", "encode it as UTF-8, or leave out the charset")
        if kind == _FORM:
            given = [*parameters(query_string), *parameters(body)]
        elif kind == _QUERY:
            given = parameters(query_string)
            if any(name == "query" for name, _ in given):
                raise Refusal(400, "there is a query in the body and in the address", "send one of them")
            try:
                given.append(("query", body.decode("utf-8")))
            except UnicodeDecodeError as error:
                raise Refusal(400, "the query is not UTF-8", "encode it as UTF-8") from error
        elif kind == _UPDATE:
            raise Refusal(415, "this endpoint is read-only", "send a query; updates are not taken")
        else:
            raise Refusal(
                415, "a POST is a form or a query", f"send it with Content-Type: {_FORM} or {_QUERY}"
            )
    return _question(given, accept, most)


def _question(given: list[tuple[str, str]], accept: str | None, most: int) -> Question:
    by_name: dict[str, list[str]] = {}
    for name, value in given:
        by_name.setdefault(name, []).append(value)
    if by_name.keys() & {"update", "using-graph-uri", "using-named-graph-uri"}:
        raise Refusal(400, "this endpoint is read-only", "send a query; updates are not taken")
    queries = by_name.get("query", [])
    if len(queries) != 1:
        told = "there is no query" if not queries else f"there are {len(queries)} queries"
        raise Refusal(400, told, "send one, as the parameter query")
    if len(queries[0].encode()) > most:
        raise Refusal(
            413, f"the query has more than {most} bytes", "write it shorter, or start with --max-query"
        )
    graphs = {key: tuple(by_name.get(key, ())) for key in ("default-graph-uri", "named-graph-uri")}
    for each in (*graphs["default-graph-uri"], *graphs["named-graph-uri"]):
        if not _ABSOLUTE_IRI.fullmatch(each):
            raise Refusal(400, "the name of a graph is no absolute IRI", "write the IRI in full")
    return Question(queries[0], graphs["default-graph-uri"], graphs["named-graph-uri"], accept)
