"""The web application: who may ask, what is asked, and how the answer goes out."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from mgonto.serve.description import describe_service
from mgonto.serve.limits import Limits
from mgonto.serve.negotiate import GRAPH_FORMS, choose
from mgonto.serve.pool import Answer, Pool
from mgonto.serve.request import Refusal, question_from

__all__ = ["Site", "make_app"]

_METHODS = ["GET", "HEAD", "POST", "OPTIONS"]
_ALLOWED = ", ".join(_METHODS)
_ENDPOINTS = ("/sparql", "/sparql/", "/query", "/query/")
_AUTHORITY = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(?P<port>\d{1,5}))?")
#: Headers in a request.
_HEADERS = 128
#: Bytes of a body that is too large that are read nevertheless, so that its sender comes to read why.
_DRAINED = 1 << 22


@dataclass(frozen=True, slots=True)
class Site:
    """Who the server is and who may ask it.

    Args:
        hosts: names in Host that are answered; None for any.
        origins: web pages that may read answers, as in the Origin header; "*" for all.
        sizes: the graphs and how many triples each has.
    """

    hosts: frozenset[str] | None
    origins: frozenset[str]
    sizes: Mapping[str, int]


def make_app(pool: Pool, site: Site, limits: Limits) -> Starlette:
    """The application.

    Args:
        pool: who answers.
        site: who may ask.
        limits: how much.
    """

    async def endpoint(request: Request) -> Response:
        origin = None
        try:
            origin = _admit(request, site, limits)
            if request.method == "OPTIONS":
                return Response(status_code=204, headers={"Allow": _ALLOWED, **_cors(origin, site, True)})
            response = await _answer(request, pool, site, limits)
        except Refusal as error:
            response = _refuse(error)
        except asyncio.CancelledError:
            response = _refuse(Refusal(503, "the server is ending", "ask again when it is back"))
        # A page that may read answers may read what is wrong with its query too.
        response.headers.update(_cors(origin, site, False))
        return response

    async def front(request: Request) -> Response:
        try:
            _admit(request, site, limits)
        except Refusal as error:
            return _refuse(error)
        return PlainTextResponse(f"mgonto\n  SPARQL endpoint: {_base(request)}/sparql\n", headers=_SAFE)

    async def unknown(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        if status == 405:
            allowed = {"Allow": _ALLOWED if request.scope["path"] in _ENDPOINTS else "GET, HEAD"}
            return _plain(
                405, f"{request.method[:20]} is not understood here", f"use {allowed['Allow']}", allowed
            )
        return _plain(status, "there is nothing here", "the endpoint is /sparql", {})

    return Starlette(
        routes=[
            *(Route(path, endpoint, methods=_METHODS) for path in _ENDPOINTS),
            Route("/", front, methods=["GET"]),
        ],
        exception_handlers={HTTPException: unknown},
    )


# -- who may ask -------------------------------------------------------------------------------------------


def _admit(request: Request, site: Site, limits: Limits) -> str | None:
    """The Origin of a page that may read the answer, or None where no page asks.

    Raises:
        Refusal: too much in the head, a host that is not ours, a page that may not ask.
    """
    head = request.scope["headers"]
    if len(head) > _HEADERS or sum(len(name) + len(value) for name, value in head) > limits.headers:
        told = f"there are more than {_HEADERS} headers, or {limits.headers} bytes in them"
        raise Refusal(431, told, "send fewer", Connection="close")
    hosts = request.headers.getlist("host")
    found = _AUTHORITY.fullmatch(hosts[0]) if len(hosts) == 1 else None
    if hosts and found is None:
        raise Refusal(400, "the Host header is no host", "send the host and port of the address")
    # A page elsewhere can make its own name point here: what it then sends bears that name.
    if found and site.hosts is not None and found["host"].lower() not in site.hosts:
        raise Refusal(
            421, "this server is not that host", "use localhost, or start it with --allow-host NAME"
        )
    origin = request.headers.get("origin")
    if origin is None or (hosts and origin.lower() == f"http://{hosts[0].lower()}"):
        return None
    if "*" in site.origins or origin in site.origins:
        return origin
    raise Refusal(403, "pages of that origin may not ask", "start the server with --cors ORIGIN")


def _cors(origin: str | None, site: Site, preflight: bool) -> dict[str, str]:
    if not site.origins:
        return {}
    headers = {"Vary": "Accept, Origin"}
    if origin is not None:
        headers["Access-Control-Allow-Origin"] = "*" if "*" in site.origins else origin
        if preflight:
            headers["Access-Control-Allow-Methods"] = "GET, HEAD, POST"
            headers["Access-Control-Allow-Headers"] = "Accept, Content-Type"
            headers["Access-Control-Max-Age"] = "600"
    return headers


# -- what is asked -----------------------------------------------------------------------------------------


async def _answer(request: Request, pool: Pool, site: Site, limits: Limits) -> Response:
    query_string: bytes = request.scope["query_string"]
    room = 3 * limits.query + 4096  # each byte may be written as three, and graphs may be named beside it
    if len(query_string) > room:
        raise Refusal(
            414, f"the query has more than {limits.query} bytes", "write it shorter, or send it by POST"
        )
    body = await _body(request, room, limits) if request.method == "POST" else b""
    accept = ",".join(request.headers.getlist("accept"))
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Refusal(415, "compressed requests are not read", "send the query as it is")
    question = question_from(
        request.method, query_string, request.headers.get("content-type"), body, accept, limits.query
    )
    if question is None:
        form = choose(accept, GRAPH_FORMS)
        if form is None:
            raise Refusal(406, "none of the accepted types can be written", "accept text/turtle")
        told = describe_service(f"{_base(request)}/sparql", dict(site.sizes), form)
        return Response(told, headers={"Content-Type": form.content_type, **_SAFE})
    answer = await _unless_gone(request, pool.ask(question))
    headers = {"Content-Type": answer.content_type, **_SAFE}
    if answer.rest is None:
        return Response(answer.content, headers=headers)
    return _Flow(answer, headers)


async def _body(request: Request, room: int, limits: Limits) -> bytes:
    """The body of a request, unless it is too large or too slow."""
    declared = request.headers.get("content-length", "")
    too_large = declared.isdigit() and int(declared[:18]) > room
    content, seen = bytearray(), 0
    try:
        async with asyncio.timeout(limits.body):
            if too_large and int(declared[:18]) > _DRAINED:
                raise _too_large(limits)
            async for piece in request.stream():
                seen += len(piece)
                if seen > _DRAINED:
                    raise _too_large(limits)
                if seen <= room:
                    content += piece
    except TimeoutError:
        raise Refusal(
            408, f"the request took more than {limits.body:g} s", "send it at once", Connection="close"
        ) from None
    except ClientDisconnect:
        raise Refusal(400, "the request ends before its end", "send it whole", Connection="close") from None
    if too_large or seen > room:
        raise _too_large(limits)
    return bytes(content)


def _too_large(limits: Limits) -> Refusal:
    return Refusal(
        413,
        f"the query has more than {limits.query} bytes",
        "write it shorter, or start the server with --max-query",
        Connection="close",
    )


class _Flow(StreamingResponse):
    """A long answer; however its sending ends, its worker is let go."""

    def __init__(self, answer: Answer, headers: Mapping[str, str]) -> None:
        super().__init__(_pieces(answer), headers=headers)
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._answer.close()


async def _pieces(answer: Answer) -> AsyncIterator[bytes]:
    yield answer.content
    assert answer.rest is not None
    async for piece in answer.rest:
        yield piece


async def _unless_gone(request: Request, work: Coroutine[Any, Any, Answer]) -> Answer:
    """An answer, which is given up where nobody waits for it any more."""
    task = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(_gone(request))
    taken = False
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise Refusal(499, "the client has gone", "ask again")
        taken = True
        return task.result()
    finally:
        gone.cancel()
        if not task.done():
            task.cancel()
        elif not (taken or task.cancelled() or task.exception()):
            task.result().close()


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


# -- how it goes out ---------------------------------------------------------------------------------------

_SAFE = {
    "Vary": "Accept",
    "Cache-Control": "no-cache",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}


def _base(request: Request) -> str:
    """The address of the server as the client wrote it."""
    host = request.headers.get("host")
    if host is None:
        name, port = request.scope["server"]
        host = f"[{name}]:{port}" if ":" in name else f"{name}:{port}"
    return f"http://{host}"


def _refuse(error: Refusal) -> Response:
    return PlainTextResponse(error.text, error.status, {**_SAFE, **error.headers})


def _plain(status: int, message: str, hint: str, headers: Mapping[str, str]) -> Response:
    return PlainTextResponse(f"{message}\n  {hint}\n", status, {**_SAFE, **headers})
