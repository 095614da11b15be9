"""Workers, so many at a time: who is free, who has to wait, and whose time is up."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict, dataclass, field

from mgonto.serve.frames import DATA, END, ERROR, HEAD, LAST, QUESTION, pack_json, read_frame
from mgonto.serve.limits import Limits
from mgonto.serve.nursery import FORK, KILL, ORDER
from mgonto.serve.request import Question, Refusal

__all__ = ["Answer", "CutShort", "Pool"]

#: A stream's own buffer in front of a worker that writes faster than its reader reads.
_BUFFER = 1 << 18
#: So many times the time of a query an answer may take whose reader is slow.
_PATIENCE = 4


class CutShort(Exception):
    """An answer that has begun and cannot be ended: the connection must break, so that the reader knows."""


@dataclass(slots=True)
class _Worker:
    process: int
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


@dataclass(slots=True)
class Answer:
    """The answer of a query: its type, its first bytes, and more where it is long.

    Whoever has one calls `close` in the end: until then, a long one keeps its worker.
    """

    content_type: str
    content: bytes
    rest: AsyncIterator[bytes] | None = field(default=None, repr=False)
    close: Callable[[], None] = field(default=lambda: None, repr=False)


class Pool:
    """Answers questions with processes that a nursery makes.

    Args:
        orders: the socket to the nursery.
        limits: how many, how long, how much.
    """

    def __init__(self, orders: socket.socket, limits: Limits) -> None:
        self._orders, self._limits = orders, limits
        self._idle: list[_Worker] = []
        self._turn = asyncio.Semaphore(limits.concurrent)
        self._ordering = asyncio.Lock()
        self._waiting = 0
        self._mending: set[asyncio.Task[None]] = set()
        self.gone = asyncio.Event()  # set where the nursery has ended: no worker can be made any more
        orders.setblocking(False)

    async def start(self) -> None:
        """Make as many workers as may run at a time."""
        self._idle = [await self._new() for _ in range(self._limits.concurrent)]

    async def stop(self) -> None:
        """End the nursery and with it every worker."""
        for task in list(self._mending):
            task.cancel()
        self._orders.close()

    async def ask(self, question: Question) -> Answer:
        """The answer of a question; to cancel it ends its worker.

        Raises:
            Refusal: it cannot be answered; too many wait (503); its time is up (504).
        """
        limits = self._limits
        if self._waiting >= limits.waiting:
            raise _busy()
        self._waiting += 1
        try:
            async with asyncio.timeout(limits.timeout):
                await self._turn.acquire()
        except TimeoutError:
            raise _busy() from None
        finally:
            self._waiting -= 1
        run = _Run(self, limits)
        try:
            return await run.begin(question)
        except OSError:
            run.drop()
            raise _busy() from None
        except BaseException:
            run.drop()
            raise

    def done(self, worker: _Worker | None, sound: bool) -> None:
        """Take a worker back, or have another in its place; then it is the next one's turn."""
        if worker is not None and sound:
            self._idle.append(worker)
            self._turn.release()
        else:
            task = asyncio.get_running_loop().create_task(self._replace(worker))
            self._mending.add(task)
            task.add_done_callback(self._mending.discard)

    async def take(self) -> _Worker:
        """A worker that is free; who has his turn finds one, or one is made."""
        while self._idle:
            worker = self._idle.pop()
            if not worker.reader.at_eof():
                return worker
            await self.end(worker)  # somebody else has ended it
        return await self._new()

    async def end(self, worker: _Worker) -> int:
        """End a worker and say how it ended, as `os.waitpid` does."""
        worker.writer.transport.abort()
        return (await self._order(KILL, worker.process))[2]

    async def _replace(self, worker: _Worker | None) -> None:
        try:
            if worker is not None:
                await self.end(worker)
            self._idle.append(await self._new())
        except OSError:
            pass  # no process now; `take` tries again
        finally:
            self._turn.release()

    async def _new(self) -> _Worker:
        ours, theirs = socket.socketpair()
        with theirs:
            _, process, error = await self._order(FORK, 0, theirs.fileno())
        if not process:
            ours.close()
            raise OSError(error, os.strerror(error))
        ours.setblocking(False)
        reader, writer = await asyncio.open_connection(sock=ours, limit=_BUFFER)
        return _Worker(process, reader, writer)

    async def _order(self, kind: bytes, process: int, *given: int) -> tuple[bytes, int, int]:
        # An order that has been sent is answered, whatever becomes of who gave it.
        return await asyncio.shield(self._exchange(kind, process, [os.dup(each) for each in given]))

    async def _exchange(self, kind: bytes, process: int, given: list[int]) -> tuple[bytes, int, int]:
        async with self._ordering:
            try:
                socket.send_fds(self._orders, [ORDER.pack(kind, process, 0)], given)
                told = b""
                while len(told) < ORDER.size:
                    piece = await asyncio.get_running_loop().sock_recv(self._orders, ORDER.size - len(told))
                    if not piece:
                        raise OSError("the process that workers are made from has gone")
                    told += piece
            except OSError:
                self.gone.set()
                raise
            finally:
                for each in given:
                    os.close(each)
        answered: tuple[bytes, int, int] = ORDER.unpack(told)
        return answered


class _Run:
    """One question on one worker."""

    def __init__(self, pool: Pool, limits: Limits) -> None:
        self._pool, self._limits = pool, limits
        self._worker: _Worker | None = None
        self._over = self._last = False
        self._left = limits.timeout  # seconds that may still be waited for the worker

    async def begin(self, question: Question) -> Answer:
        self._worker = await self._pool.take()
        self._worker.writer.write(pack_json(QUESTION, asdict(question)))
        kind, content = await self._next()
        if kind == ERROR:
            self._finish(True)
            raise Refusal(**json.loads(content))
        assert kind == HEAD
        content_type = json.loads(content)["content_type"]
        kept = bytearray()
        while len(kept) < self._limits.kept:
            kind, content = await self._next()
            if kind == END:
                self._finish(True)
                return Answer(content_type, bytes(kept))
            if kind == ERROR:  # nothing is sent yet, so it can still be said
                self._finish(True)
                raise Refusal(**json.loads(content))
            kept += content
        return Answer(content_type, bytes(kept), self._rest(), self.drop)

    async def _rest(self) -> AsyncIterator[bytes]:
        until = asyncio.get_running_loop().time() + _PATIENCE * self._limits.timeout
        try:
            while True:
                kind, content = await self._next()
                if kind == END:
                    self._finish(True)
                    return
                if kind != DATA:
                    self._finish(kind == ERROR)
                    raise CutShort
                if asyncio.get_running_loop().time() > until:
                    raise CutShort
                yield content
        except Refusal as error:
            raise CutShort from error
        finally:
            self.drop()

    async def _next(self) -> tuple[bytes, bytes]:
        assert self._worker is not None
        loop = asyncio.get_running_loop()
        begun = loop.time()
        try:
            async with asyncio.timeout(self._left):
                frame = await read_frame(self._worker.reader)
        except TimeoutError:
            self.drop()
            raise Refusal(
                504,
                f"the query takes more than {self._limits.timeout:g} s",
                "narrow it, or start the server with --timeout",
            ) from None
        self._left = max(0.01, self._left - (loop.time() - begun))
        if frame is None:
            raise await self._fallen()
        if frame[0] == LAST:
            self._last = True
            return await self._next()
        return frame

    async def _fallen(self) -> Refusal:
        """Why a worker ended in the middle of a query."""
        worker, self._worker = self._worker, None
        assert worker is not None
        status = await self._pool.end(worker)
        self._over = True
        self._pool.done(None, False)
        how = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        if how in (signal.SIGSEGV, signal.SIGBUS):
            return Refusal(400, "the query is nested too deep", "write it with fewer levels")
        if how in (signal.SIGABRT, signal.SIGKILL):
            return Refusal(507, "the query takes more memory than it may", "ask for less, or narrow it")
        return Refusal(500, "the query ended the process that answered it", "write it in another way")

    def _finish(self, sound: bool) -> None:
        if not self._over:
            self._over = True
            worker, self._worker = self._worker, None
            self._pool.done(worker, sound and not self._last)

    def drop(self) -> None:
        """End the worker where the question is not answered yet."""
        self._finish(False)


def _busy() -> Refusal:
    return Refusal(503, "too many queries wait for their turn", "ask again in a moment", Retry_After="2")
