"""Requests to a server, byte by byte where need be."""

from __future__ import annotations

import contextlib
import http.client
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from benchmarks.hostile import Running

__all__ = ["Reply", "get", "post", "raw", "talk"]


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def media(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0]

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")


def talk(
    server: Running,
    method: str,
    target: str,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> Reply:
    """One request, and what comes back; header names in lower case."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=40)
    with contextlib.closing(connection):
        connection.request(method, target, body, dict(headers or {}))
        response = connection.getresponse()
        found = {name.lower(): value for name, value in response.getheaders()}
        return Reply(response.status, found, response.read())


def get(server: Running, query: str, accept: str | None = None, **more: str | list[str]) -> Reply:
    """A query by GET; further parameters with underscores for hyphens."""
    given = {"query": query} | {name.replace("_", "-"): value for name, value in more.items()}
    target = "/sparql?" + urlencode(given, doseq=True, quote_via=quote)
    return talk(server, "GET", target, headers={"Accept": accept} if accept else {})


def post(
    server: Running, body: bytes | str, kind: str | None, accept: str | None = None, target: str = ""
) -> Reply:
    """A POST with a content type, or with none."""
    content = body.encode() if isinstance(body, str) else body
    headers = {name: value for name, value in (("Content-Type", kind), ("Accept", accept)) if value}
    return talk(server, "POST", target or "/sparql", content, headers)


def raw(server: Running, content: bytes, wait: float = 40) -> bytes:
    """Bytes as they are, and all that comes back until the server closes."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=wait) as connection:
        connection.sendall(content)
        got = bytearray()
        with contextlib.suppress(ConnectionError):
            while piece := connection.recv(65_536):
                got += piece
        return bytes(got)
