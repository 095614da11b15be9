"""HTTP connections that cannot be held open by who says nothing, says it slowly, or does not listen."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from mgonto.serve.limits import Limits

__all__ = ["guarded"]

_TOLD = b"too many connections\n  ask in a moment\n"
_FULL = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\nRetry-After: 2\r\n"
    b"Connection: close\r\nContent-Length: %d\r\n\r\n%b" % (len(_TOLD), _TOLD)
)


def guarded(limits: Limits) -> type[asyncio.Protocol]:
    """uvicorn's HTTP protocol with the bounds of a server."""

    class Guarded(H11Protocol):
        """One connection, with a clock for the head of each request and one for a reader that stalls."""

        _head: asyncio.TimerHandle | None = None
        _stall: asyncio.TimerHandle | None = None
        _refused = False

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            if len(self.connections) > limits.connections:
                self._refused = True
                transport.write(_FULL)
                transport.close()
            self._await_head()

        def connection_lost(self, exc: Exception | None) -> None:
            self._head = _stopped(self._head)
            self._stall = _stopped(self._stall)
            super().connection_lost(exc)

        def data_received(self, data: bytes) -> None:
            if not self._refused and not self.transport.is_closing():
                super().data_received(data)

        def handle_events(self) -> None:
            before = self.cycle
            super().handle_events()
            if self.cycle is not before and not self.cycle.response_complete:
                self._head = _stopped(self._head)

        def on_response_complete(self) -> None:
            self._await_head()
            super().on_response_complete()

        def pause_writing(self) -> None:
            super().pause_writing()
            self._stall = _stopped(self._stall)
            self._stall = self.loop.call_later(limits.stall, self.transport.abort)

        def resume_writing(self) -> None:
            self._stall = _stopped(self._stall)
            super().resume_writing()

        def send_400_response(self, msg: str) -> None:
            """The answer to what is no HTTP, with the status that says which limit it passed."""
            error = sys.exc_info()[1]
            status = getattr(error, "error_status_hint", 400)
            if status == 431 and b"\n" not in self.conn.trailing_data[0]:
                status = 414
            words = {414: "the address is too long", 431: "the headers are too long"}
            text = f"{words.get(status, 'that is no HTTP request')}\n  mend the request\n".encode()
            cycle: Any = self.cycle
            begun = cycle is not None and cycle.response_started and not cycle.response_complete
            if begun or self.conn.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
                self.transport.close()
                return
            headers = [
                (b"content-type", b"text/plain; charset=utf-8"),
                (b"content-length", str(len(text)).encode()),
                (b"connection", b"close"),
            ]
            for event in (
                h11.Response(status_code=status, headers=headers),
                h11.Data(data=text),
                h11.EndOfMessage(),
            ):
                self.transport.write(self.conn.send(event) or b"")
            self.transport.close()

        def _await_head(self) -> None:
            """Break the connection where no request comes in time; it also ends one that will not close."""
            self._head = _stopped(self._head)
            self._head = self.loop.call_later(limits.head, self._late)

        def _late(self) -> None:
            cycle: Any = self.cycle
            asked = cycle is not None and not cycle.response_complete
            if self.transport.is_closing() or not asked:
                self.transport.abort()

    return Guarded


def _stopped(timer: asyncio.TimerHandle | None) -> asyncio.TimerHandle | None:
    """No timer any more."""
    if timer is not None:
        timer.cancel()
    return None
