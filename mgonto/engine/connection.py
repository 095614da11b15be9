"""Connections that hold one deadline for all of an answer, however slowly its bytes come."""

from __future__ import annotations

import http.client
import io
import socket
import time
import urllib.request
from functools import partial
from typing import Any

__all__ = ["opener"]


class _Raw(io.RawIOBase):
    """What comes from a socket, until the deadline."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._sock, self._deadline = sock, deadline
        self._file = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        # The time-out of a socket is for each piece that is received: a server that drips a byte a second
        # would never reach it. So each piece gets no more than what is left of the whole.
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        self._sock.settimeout(left)
        return self._file.readinto(buffer)

    def close(self) -> None:
        self._file.close()
        super().close()


class _Response(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, deadline: float, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        usual = self.fp
        self.fp = io.BufferedReader(_Raw(sock, deadline))
        usual.close()


class _Http(urllib.request.HTTPHandler):
    def __init__(self, deadline: float) -> None:
        super().__init__()
        self._deadline = deadline

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_connection(http.client.HTTPConnection, self._deadline), req)


class _Https(urllib.request.HTTPSHandler):
    def __init__(self, deadline: float) -> None:
        super().__init__()
        self._deadline = deadline

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_connection(http.client.HTTPSConnection, self._deadline), req)


def _connection(kind: type[http.client.HTTPConnection], deadline: float) -> Any:
    def make(host: str, **kwargs: Any) -> http.client.HTTPConnection:
        made = kind(host, **kwargs)
        made.response_class = partial(_Response, deadline=deadline)  # type: ignore[assignment]
        return made

    return make


def opener(deadline: float) -> urllib.request.OpenerDirector:
    """What opens a request and gives back any answer as it is, until a moment of `time.monotonic()`.

    The proxies of the environment are used. Redirections and refusals are left to the caller: urllib would
    turn a POST into a GET and take the credentials along to any host.
    """
    made = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.UnknownHandler(),
        _Http(deadline),
        _Https(deadline),
    ):
        made.add_handler(handler)
    return made
