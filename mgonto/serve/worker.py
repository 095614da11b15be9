"""A process that answers queries and can do nothing else.

It is a copy of a process that holds the data. It may open no file and no socket any more, so that SERVICE has
nothing to reach out with whatever the parser takes for one; its memory is bounded by the system; and it is
ended from outside when its time is up, which pyoxigraph itself has no way to do.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import resource
import signal
import socket
from typing import NoReturn

import pyoxigraph as ox

from mgonto.engine.binding import keywords_of
from mgonto.engine.embedded import unreadable
from mgonto.engine.guard import check_query
from mgonto.errors import UsageError
from mgonto.serve.frames import DATA, END, ERROR, HEAD, LAST, QUESTION, pack, pack_json, receive_frame
from mgonto.serve.limits import Limits
from mgonto.serve.negotiate import GRAPH_FORMS, ROW_FORMS, choose
from mgonto.serve.request import Question, Refusal

__all__ = ["answer", "work"]

#: A worker that has grown by so much, or answered so often, is replaced: memory that the allocator keeps
#: goes back to the system.
_GROWN, _TIRED = 8 << 20, 2_000
_PIECE = 65_536


def work(connection: socket.socket, store: ox.Store, limits: Limits) -> NoReturn:
    """Answer questions from a socket until it closes. Never returns: the process ends."""
    try:
        graphs = frozenset(each.value for each in store.named_graphs() if isinstance(each, ox.NamedNode))
        _shut_in(limits)
        start, done = _resident(), 0
        while (frame := receive_frame(connection)) is not None and frame[0] == QUESTION:
            asked = json.loads(frame[1])
            _bound_seconds(limits)
            done += 1
            writer = _Writer(connection, limits.answer)
            try:
                answer(Question(**asked), store, graphs, writer)
                writer.flush()
                last = pack(END)
            except Refusal as error:
                last = pack_json(ERROR, _told(error))
            tired = done >= _TIRED or _resident() - start > _GROWN
            connection.sendall((pack(LAST) if tired else b"") + last)
            if tired:
                break
    except (OSError, KeyboardInterrupt):
        pass
    finally:
        os._exit(0)


def _told(error: Refusal) -> dict[str, object]:
    return {"status": error.status, "message": error.message, "hint": error.hint}


def _shut_in(limits: Limits) -> None:
    """No new descriptor, no more memory than allowed, no core file, nothing to say."""
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    os.close(nowhere)
    global _statm
    with contextlib.suppress(OSError):
        _statm = os.open("/proc/self/statm", os.O_RDONLY)
        size = int(os.pread(_statm, 128, 0).split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (size + limits.memory, size + limits.memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


_statm = -1


def _resident() -> int:
    """Bytes that the process holds and shares with nobody, as far as the system tells."""
    if _statm < 0:
        return 0
    pages = os.pread(_statm, 128, 0).split()
    return (int(pages[1]) - int(pages[2])) * resource.getpagesize()


def _bound_seconds(limits: Limits) -> None:
    """Should nobody be left to end this process, the system does."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = int(used.ru_utime + used.ru_stime + limits.timeout) + 5
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (until, resource.getrlimit(resource.RLIMIT_CPU)[1]))


class _TooMuch(Exception):
    pass


class _Writer(io.RawIOBase):
    """Collects what is written and sends it in pieces; the head goes before the first."""

    def __init__(self, connection: socket.socket, most: int) -> None:
        super().__init__()
        self._connection, self._most = connection, most
        self._pieces = bytearray()
        self._count = 0
        self.content_type = ""
        self._begun = False

    def writable(self) -> bool:
        return True

    def write(self, content: bytes) -> int:  # type: ignore[override]
        self._count += len(content)
        if self._count > self._most:
            raise _TooMuch
        self._pieces += content
        if len(self._pieces) >= _PIECE:
            self._send()
        return len(content)

    def flush(self) -> None:
        if not self.closed and self.content_type and (self._pieces or not self._begun):
            self._send()

    def _send(self) -> None:
        if not self._begun:
            self._begun = True
            self._connection.sendall(pack_json(HEAD, {"content_type": self.content_type}))
        if self._pieces:
            self._connection.sendall(pack(DATA, bytes(self._pieces)))
            self._pieces.clear()


def answer(question: Question, store: ox.Store, graphs: frozenset[str], out: _Writer) -> None:
    """Write the answer of a question.

    Args:
        question: the query, its graphs and what is accepted.
        store: the data.
        graphs: the names of its graphs.
        out: takes the bytes, and the content type before them.

    Raises:
        Refusal: it does not parse, asks elsewhere, names a graph that is not here, or fails.
    """
    unknown = [each for each in (*question.default_graphs, *question.named_graphs) if each not in graphs]
    if unknown:
        raise Refusal(
            400,
            f"there is no graph <{unknown[0][:200]}> here",
            "GET the endpoint without a query for its graphs",
        )
    text = question.query
    words = keywords_of(text)
    try:
        check_query(text)
        if question.default_graphs or question.named_graphs:
            # What the protocol says goes before what the query says; what is not named is not there.
            found = store.query(
                text,
                default_graph=[ox.NamedNode(each) for each in question.default_graphs],
                named_graphs=[ox.NamedNode(each) for each in question.named_graphs],
            )
        else:
            found = store.query(text, use_default_graph_as_union="FROM" not in words)
        if isinstance(found, ox.QueryTriples):
            form = choose(question.accept, GRAPH_FORMS)
        else:
            form = choose(question.accept, ROW_FORMS)
        if form is None:
            able = GRAPH_FORMS if isinstance(found, ox.QueryTriples) else ROW_FORMS
            raise Refusal(
                406, "none of the accepted types can be written", "accept one of: " + ", ".join(able)
            )
        out.content_type = form.content_type
        found.serialize(out, format=form.writes)  # type: ignore[arg-type]
    except UsageError as error:
        raise Refusal(400, error.message, error.hint) from error
    except SyntaxError as error:
        told = unreadable(text, words, str(error))
        raise Refusal(400, told.message, told.hint) from error
    except _TooMuch as error:
        raise Refusal(
            507, "the answer is larger than this server gives", "ask for less, with LIMIT say"
        ) from error
    except MemoryError as error:
        raise Refusal(507, "the query takes more memory than it may", "ask for less, or narrow it") from error
    except (OSError, RuntimeError, ValueError) as error:
        said = " ".join(str(error).split())[:300]
        raise Refusal(500, f"the query cannot be answered: {said}", "write it in another way") from error
