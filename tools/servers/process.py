"""A server process: started on a free loopback port, waited for, ended by its process id."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["Quirks", "Server", "ServerError", "data_folder", "free_port", "running"]

START_SECONDS = 120.0
STOP_SECONDS = 20.0
ATTEMPTS = 3


class ServerError(Exception):
    """A server cannot be had: what is wrong, and in `hint` what to do about it.

    >>> ServerError("it does not start", "look at its log").hint
    'look at its log'
    """

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True)
class Quirks:
    """What a client must know of a server.

    Args:
        union: a query without FROM asks all named graphs as one.
        default_graph: the Graph Store Protocol takes `?default`.
        trig: a TriG or N-Quads body posted to the store address is loaded into its graphs.
        max_rows: so many rows at most in an answer, said in a header alone.
        digest: updates and the store address want HTTP digest authentication.
        no_transaction: the store address takes `?no_transaction`, which is faster.

    >>> Quirks(union=True).max_rows is None
    True
    """

    union: bool = False
    default_graph: bool = True
    trig: bool = True
    max_rows: int | None = None
    digest: bool = False
    no_transaction: bool = False


@dataclass(frozen=True)
class Server:
    """A server that runs.

    Args:
        name: oxigraph, virtuoso or arq.
        pid: its process, which leads a process group of its own.
        query_url: the SPARQL query address.
        store_url: the Graph Store Protocol address; `?graph=IRI` is put behind it.
        update_url: the SPARQL update address, where there is one.
        log: the file that it writes to.
        folder: where its data is.
        user, password: for updates and the store address, where they want them.
        quirks: what a client must know of it.
    """

    name: str
    pid: int
    query_url: str
    store_url: str
    update_url: str | None
    log: Path
    folder: Path
    quirks: Quirks
    user: str | None = None
    password: str | None = field(default=None, repr=False)


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def data_folder(chosen: Path | None) -> Iterator[Path]:
    """The chosen folder, made where it is not there and kept; else one that is thrown away."""
    if chosen is not None:
        chosen.mkdir(parents=True, exist_ok=True)
        yield chosen.absolute()
        return
    with tempfile.TemporaryDirectory(prefix="mgonto-server-", ignore_cleanup_errors=True) as scratch:
        yield Path(scratch)


#: A started server: its command, and the address that answers when it is ready.
Plan = tuple[Sequence[str], str]


@contextmanager
def running(plan: Callable[[], Plan], log: Path, cwd: Path) -> Iterator[tuple[int, str]]:
    """Start a server, wait till its query address answers, and end it.

    Args:
        plan: gives command and query address; asked again with other ports where the start fails.
        log: takes what the process prints.
        cwd: its working folder.

    Yields:
        The process id and the query address.

    Raises:
        ServerError: it does not answer in time or ends at once.
    """
    for attempt in range(1, ATTEMPTS + 1):
        command, address = plan()
        process = _start(command, log, cwd)
        hangs = False
        try:
            if _is_ready(process, address):
                yield process.pid, address
                return
            hangs = process.poll() is None
        finally:
            _end(process)
        if hangs or attempt == ATTEMPTS:  # another port is no help to what does not answer
            break
    tail = log.read_text("utf-8", errors="replace")[-2000:] if log.exists() else ""
    raise ServerError(f"{Path(command[0]).name} does not start", f"it says: {tail or 'nothing'}")


def _start(command: Sequence[str], log: Path, cwd: Path) -> subprocess.Popen[bytes]:
    # Should this process be killed, so is the server, where the machine has a program that asks for it.
    # The kernel means the thread that starts it, so start servers from a thread that outlives them.
    guard = shutil.which("setpriv")
    prefix = [guard, "--pdeathsig", "KILL", "--"] if guard else []
    with log.open("ab") as out:
        return subprocess.Popen(
            [*prefix, *command],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            start_new_session=True,
        )


def _is_ready(process: subprocess.Popen[bytes], address: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with (
            suppress(urllib.error.URLError, OSError, ValueError),
            opener.open(f"{address}?query=ASK%7B%7D", timeout=10) as answer,
        ):
            if answer.status == 200:
                return True
        time.sleep(0.05)
    return False


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process and what it started: asked first, then killed."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
            break
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)  # what the leader left behind
