"""The process that workers are copied from: it holds the data, sees no request, and ends what it is told to.

It has one thread and waits on one socket, so a copy of it is clean, and cheap: the data are shared. Only it
collects its children, so a process id that it is told to end cannot have gone to somebody else. When the
server goes, however it goes, the socket closes and every worker is ended.
"""

from __future__ import annotations

import gc
import os
import select
import signal
import socket
import struct
from typing import NoReturn

import pyoxigraph as ox

from mgonto.serve.limits import Limits
from mgonto.serve.worker import work

__all__ = ["BORN", "ENDED", "FORK", "KILL", "ORDER", "start_nursery"]

#: Orders and answers: a letter, a process id, and how it ended; no process where none could be made, and why.
ORDER = struct.Struct(">cIi")
FORK, KILL, BORN, ENDED = b"F", b"K", b"B", b"E"
#: Seconds between looks at who has ended by himself.
_PAUSE = 1.0


def start_nursery(store: ox.Store, limits: Limits, *unwanted: socket.socket) -> tuple[int, socket.socket]:
    """Start it as a copy of this process; its id and the socket for orders.

    To be called while the process has one thread and no event loop.

    Args:
        store: the data.
        limits: of a worker.
        unwanted: sockets that the copy has no business with.
    """
    ours, theirs = socket.socketpair()
    gc.freeze()  # the collector would touch, and so copy, what is shared
    process = os.fork()
    if process:
        theirs.close()
        return process, ours
    try:
        for other in (ours, *unwanted):
            other.close()
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(each, signal.SIG_IGN)
        _tend(theirs, store, limits)
    finally:
        os._exit(1)


def _tend(orders: socket.socket, store: ox.Store, limits: Limits) -> NoReturn:
    living: set[int] = set()
    endings: dict[int, int] = {}
    while True:
        ready, _, _ = select.select([orders], [], [], _PAUSE)
        for process in list(living):
            done, status = os.waitpid(process, os.WNOHANG)
            if done:
                living.discard(process)
                endings[process] = status
        if not ready:
            continue
        message, given, _, _ = socket.recv_fds(orders, ORDER.size, 1)
        if not message:
            break
        while len(message) < ORDER.size:
            message += orders.recv(ORDER.size - len(message))
        kind, process, _ = ORDER.unpack(message)
        if kind == FORK:
            try:
                born = os.fork()
            except OSError as error:  # too many processes, or no memory, at the moment
                os.close(given[0])
                orders.sendall(ORDER.pack(BORN, 0, error.errno or 0))
                continue
            if born == 0:
                orders.close()
                work(socket.socket(fileno=given[0]), store, limits)
            os.close(given[0])
            living.add(born)
            orders.sendall(ORDER.pack(BORN, born, 0))
        elif kind == KILL:
            if process in living:
                os.kill(process, signal.SIGKILL)
                _, endings[process] = os.waitpid(process, 0)
                living.discard(process)
            orders.sendall(ORDER.pack(ENDED, process, endings.pop(process, 0)))
    for process in living:
        os.kill(process, signal.SIGKILL)
    for process in living:
        os.waitpid(process, 0)
    os._exit(0)
