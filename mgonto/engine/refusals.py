"""What goes wrong between here and a server: what it was, in the server's words, and what to do."""

from __future__ import annotations

import html
import http.client
import json
import re
import socket
import ssl
from collections.abc import Iterable, Mapping

from mgonto.errors import EndpointError

__all__ = ["refusal", "server_words", "unanswered", "unreadable"]

#: So much of what a server says is told.
_MOST_WORDS = 300
#: What does not end, ends with the page: to look for its end at each of its beginnings could take minutes.
_UNSEEN = re.compile(r"<(script|style|head)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.DOTALL | re.IGNORECASE)
_TITLE = re.compile(r"<title[^<>]*>(.*?)(?:</title|\Z)", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
#: Where servers put what they have to say, in JSON: what tells most comes first.
_TELLING = (
    "detailedMessage",
    "message",
    "exception",
    "error_description",
    "detail",
    "error",
    "title",
    "reason",
)
_GIVE = (
    "give credentials: MGONTO_USER and MGONTO_PASSWORD, or MGONTO_TOKEN, in the environment; or a line of "
    "netrc; or connect(url, user=..., password=...)"
)
_HINTS = {
    400: "mend the query, or check that this is the address of the query service",
    403: "ask whoever runs the server for the right to read there",
    404: "check the address: the query service has a path of its own, such as /query or /sparql",
    405: "check the address: the query service takes POST",
    406: "check the address: the query service gives SPARQL results in JSON, and triples as N-Triples",
    407: "give the proxy its credentials in https_proxy",
    408: "ask for less, or ask again later",
    413: "ask with fewer values at a time",
    414: "check the address: the query service takes POST",
    415: "check the address: the query service takes a form by POST",
    429: "ask again later, or less often",
}


def server_words(content: bytes) -> str:
    """What the body of a refusal says, as one short line of plain text.

    >>> server_words(b"<html><head><title>Oops</title></head><h1>No</h1> such &lt;graph&gt;</html>")
    'No such <graph>'
    >>> server_words(b'{"code": "X", "detailedMessage": "unknown function"}')
    'unknown function'
    """
    text = content.decode("utf-8", "replace").strip()
    if text.startswith(("{", "[")):
        text = _of_json(text) or text
    elif text.startswith("<"):
        title = _TITLE.search(text)
        plain = html.unescape(_TAG.sub(" ", _UNSEEN.sub(" ", text)))
        text = plain if plain.strip() else html.unescape(title[1]) if title else ""
    text = " ".join("".join(each if each.isprintable() else " " for each in text).split())
    return text if len(text) <= _MOST_WORDS else text[:_MOST_WORDS].rsplit(" ", 1)[0] + " ..."


def _of_json(text: str) -> str | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if isinstance(found, list) and found:
        found = found[0]
    while isinstance(found, dict):
        inner = next((found[each] for each in _TELLING if found.get(each)), None)
        if isinstance(inner, str):
            return inner
        found = inner
    return None


def refusal(url: str, status: int, reason: str, said: str, known: bool, elsewhere: str = "") -> EndpointError:
    """The error for an answer that is no success.

    Args:
        url: the address, as it may be shown.
        status, reason: of the answer.
        said: the server's own words.
        known: whether credentials were sent.
        elsewhere: the other host that the server redirected to, if any.
    """
    named = " ".join(f"{status} {reason}".split())
    message = f"{url} refuses: {named}" + (f": {said}" if said and said != reason else "")
    if status in (401, 403) and elsewhere:
        hint = f"credentials are not sent along to another host: give the address there, {elsewhere}"
    elif status == 401 or (status == 403 and not known):
        hint = "check the credentials: the server does not take these" if known else _GIVE
    elif status >= 500:
        hint = "look into the server's log, or ask again later"
    else:
        hint = _HINTS.get(status, "check the address and the query")
    return EndpointError(message, hint)


def unanswered(url: str, error: BaseException, timeout: float) -> EndpointError:
    """The error where no answer came at all, or not the whole of it."""
    causes = list(_causes(error))
    message, hint = f"does not answer: {_reason(causes[-1])}", "check the address, and that the server runs"
    for each in causes:
        if isinstance(each, TimeoutError):
            message = f"does not answer: there was no whole answer in {timeout:g} s"
            hint = "ask for less, or give it more time: timeout=..., or --timeout"
        elif isinstance(each, ConnectionRefusedError):
            message = "does not answer: the connection is refused"
        elif isinstance(each, socket.gaierror):
            message = "does not answer: no host of that name is known"
            hint = "check the spelling of the address, and that this machine is on the network"
        elif isinstance(each, ssl.SSLCertVerificationError):
            message = f"does not answer: its certificate is not trusted ({each.verify_message})"
            hint = "check the address; for an authority of your own, name its file in SSL_CERT_FILE"
        elif isinstance(each, ssl.SSLError):
            message = f"does not answer: no secure connection ({each.reason or each})"
            hint = "check the address: the server may speak plain http"
        elif isinstance(each, (ConnectionResetError, BrokenPipeError, ConnectionAbortedError)):
            message = "does not answer: it closes the connection"
            hint = "look into the server's log, or ask again later; it may also want https"
        elif isinstance(each, http.client.IncompleteRead):
            message = "breaks off its answer in the middle"
            hint = "look into the server's log, or ask for less"
        elif isinstance(each, http.client.HTTPException):
            message = "does not answer in HTTP"
            hint = "check the address, and whether it is https"
        else:
            continue
        break
    return EndpointError(f"{url} {message}", hint)


def unreadable(
    url: str, content: bytes, headers: Mapping[str, str], wanted: str, told: str = ""
) -> EndpointError:
    """The error for an answer that should be results or triples, and is something else, or broken.

    Args:
        url: the address, as it may be shown.
        content, headers: of the answer.
        wanted: JSON or N-Triples.
        told: what the parser says.
    """
    asked = f"SPARQL results in {wanted}" if wanted == "JSON" else wanted
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    start, end = content[:200].lstrip().lower(), content[-2000:].rstrip()
    address = "give the address of the query service, such as http://HOST:PORT/sparql"
    if not start:
        return EndpointError(f"{url} answers with nothing, and not with {asked}", address)
    if kind == "text/html" or start.startswith((b"<!doctype html", b"<html")):
        said = server_words(content[: 1 << 16])
        return EndpointError(f"{url} answers with a web page, and not with {asked}: {said}", address)
    if content.startswith(b"\x1f\x8b"):
        return EndpointError(f"{url} answers with packed bytes that nobody asked for", "check the server")
    if wanted == "JSON" and not start.startswith(b"{"):
        named = kind or "something else"
        return EndpointError(f"{url} answers with {named}, and not with {asked}", address)
    if b"timeout" in end.lower() or b"timed out" in end.lower():
        return EndpointError(
            f"{url} breaks off its answer: the server's own time was up",
            "ask for less, or raise the server's time limit",
        )
    if not end.endswith(b"}" if wanted == "JSON" else b"."):
        return EndpointError(
            f"{url} breaks off its answer in the middle", "look into the server's log, or ask for less"
        )
    return EndpointError(
        f"{url} answers with broken {asked}: {' '.join(told.split())[:_MOST_WORDS]}",
        "look into the server's log, or ask another server",
    )


def _causes(error: BaseException) -> Iterable[BaseException]:
    """An error, and what urllib wrapped in it."""
    inner = getattr(error, "reason", None)
    if isinstance(inner, BaseException):
        yield from _causes(inner)
    else:
        yield error


def _reason(error: BaseException) -> str:
    told = getattr(error, "strerror", None) or getattr(error, "reason", None) or error
    return " ".join(str(told).split())[:_MOST_WORDS] or type(error).__name__
