"""The engines: how each is found, started and asked."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools.servers.environment import ENV_VARIABLE, env_directory, env_python, is_made
from tools.servers.process import Plan, Quirks, Server, ServerError, data_folder, free_port, running

__all__ = ["ENGINES", "Engine", "arq", "isql", "missing", "oxigraph", "virtuoso"]

FRONT = Path(__file__).resolve().parent / "arq_front.py"
HOW_TO_MAKE = f"python -m tools.servers makes it ({ENV_VARIABLE} names its folder)"
VIRTUOSO_BUFFER = 8192  # bytes


@dataclass(frozen=True)
class Engine:
    """How to start an engine, and why it cannot be had here (None where it can)."""

    start: Callable[[], AbstractContextManager[Server]]
    missing: Callable[[], str | None]


def missing(name: str) -> str | None:
    """Why an engine cannot be had here, or None where it can.

    >>> missing("no such engine")
    'no such engine: no engine of that name; there are oxigraph, virtuoso, arq'
    """
    if name not in ENGINES:
        return f"{name}: no engine of that name; there are {', '.join(ENGINES)}"
    return ENGINES[name].missing()


# -- Oxigraph ------------------------------------------------------------------------------------------------


def _oxigraph_missing() -> str | None:
    if not is_made():
        return f"oxigraph: the servers' environment is not there; {HOW_TO_MAKE}"
    return None if _oxigraph_program().exists() else f"oxigraph: {_oxigraph_program()} is not there"


def _oxigraph_program() -> Path:
    return env_python(env_directory()).parent / ("oxigraph.exe" if os.name == "nt" else "oxigraph")


@contextmanager
def oxigraph(
    folder: Path | None = None, *, union: bool = True, timeout: int | None = None
) -> Iterator[Server]:
    """The Oxigraph server of PyPI.

    Args:
        folder: keeps its data there on disk; in memory where None.
        union: a query without FROM asks all graphs as one.
        timeout: seconds that it gives a query; as long as it takes where None.

    Raises:
        ServerError: it cannot be had or does not start.
    """
    _need("oxigraph")
    with data_folder(folder) as place, data_folder(None) as scratch:

        def plan() -> Plan:
            port = free_port()
            where = ["--location", str(place)] if folder else []
            more = ["--union-default-graph"] if union else []
            more += ["--timeout-s", str(timeout)] if timeout else []
            command = [str(_oxigraph_program()), "serve", "--bind", f"127.0.0.1:{port}", *where, *more]
            return command, f"http://127.0.0.1:{port}/query"

        with running(plan, scratch / "oxigraph.log", scratch) as (pid, query):
            base = query.removesuffix("/query")
            yield Server(
                "oxigraph",
                pid,
                query,
                f"{base}/store",
                f"{base}/update",
                scratch / "oxigraph.log",
                place,
                Quirks(union=union, no_transaction=True),
            )


# -- Apache Jena ARQ -----------------------------------------------------------------------------------------


def _arq_missing() -> str | None:
    if not is_made():
        return f"arq: the servers' environment is not there; {HOW_TO_MAKE}"
    return None


@contextmanager
def arq(*, heap: str = "2g") -> Iterator[Server]:
    """Apache Jena ARQ over data in memory, behind a small HTTP front (`arq_front.py`).

    Args:
        heap: the most memory that its Java takes, as Java's -Xmx has it.

    Raises:
        ServerError: it cannot be had or does not start.
    """
    _need("arq")
    with data_folder(None) as scratch:

        def plan() -> Plan:
            port = free_port()
            python = str(env_python(env_directory()))
            return [python, "-I", str(FRONT), str(port), heap], f"http://127.0.0.1:{port}/query"

        with running(plan, scratch / "arq.log", scratch) as (pid, query):
            base = query.removesuffix("/query")
            yield Server(
                "arq",
                pid,
                query,
                f"{base}/data",
                f"{base}/update",
                scratch / "arq.log",
                scratch,
                Quirks(union=True),
            )


# -- Virtuoso ------------------------------------------------------------------------------------------------


def _virtuoso_missing() -> str | None:
    absent = [name for name in ("virtuoso-t", "isql-vt") if not shutil.which(name)]
    if absent:
        return f"virtuoso: {absent[0]} is not there; apt-get install virtuoso-opensource-7-bin"
    return None


VIRTUOSO_INI = """
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
ErrorLogLevel = 7
FileExtend = 200
MaxCheckpointRemap = 2000
Striping = 0
TempStorage = TempDatabase

[TempDatabase]
DatabaseFile = {folder}/virtuoso-temp.db
TransactionFile = {folder}/virtuoso-temp.trx
MaxCheckpointRemap = 2000
Striping = 0

[Parameters]
ServerPort = 127.0.0.1:{sql}
LiteMode = 0
DisableUnixSocket = 1
DisableTcpSocket = 0
ServerThreads = 10
CheckpointInterval = 0
O_DIRECT = 0
CaseMode = 2
MaxStaticCursorRows = 5000
CheckpointAuditTrail = 0
AllowOSCalls = 0
SchedulerInterval = 10
DirsAllowed = {dirs}
ThreadCleanupInterval = 0
ThreadThreshold = 10
ResourcesCleanupInterval = 0
FreeTextBatchSize = 100000
SingleCPU = 0
PrefixResultNames = 0
RdfFreeTextRulesSize = 100
IndexTreeMaps = 64
NumberOfBuffers = {buffers}
MaxDirtyBuffers = {dirty}
MaxQueryMem = {query_mem}

[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = {folder}
MaxClientConnections = 8
DavRoot = DAV
EnabledDavVSP = 0
HTTPProxyEnabled = 0
TempASPXDir = 0
DefaultMailServer = localhost:25
MaxKeepAlives = 10
KeepAliveTimeout = 10
MaxCachedProxyConnections = 10
ProxyConnectionCacheTimeout = 15
HTTPThreadSize = 280000
HttpPrintWarningsInOutput = 0
Charset = UTF-8

[AutoRepair]
BadParentLinks = 0

[Client]
SQL_PREFETCH_ROWS = 100
SQL_PREFETCH_BYTES = 16000
SQL_QUERY_TIMEOUT = 0
SQL_TXN_TIMEOUT = 0

[SPARQL]
{cap}
MaxQueryCostEstimationTime = 400
MaxQueryExecutionTime = 60
DefaultQuery = ASK {{}}
DeferInferenceRulesInit = 0
"""


@contextmanager
def virtuoso(
    folder: Path | None = None,
    *,
    max_rows: int | None = 10_000,
    buffers_mb: int = 160,
    load_from: Path | None = None,
    guarded: bool = False,
) -> Iterator[Server]:
    """Virtuoso 7 of Debian, with an ini file of its own.

    Queries need no user, and updates none either, as it is granted here. With `guarded` it is not: the
    store and update addresses are those that want the user dba by HTTP digest, with the password made for the
    folder. They answer a body that comes without credentials by closing the connection: ask for the challenge
    with an empty request first.

    Args:
        folder: keeps its data there; thrown away where None.
        max_rows: its cap on answers, as Debian sets it; None for no cap.
        buffers_mb: memory for its pages.
        load_from: a folder that its bulk loader may read (see `isql`).
        guarded: whether updates want a user; settled when the folder is new.

    Raises:
        ServerError: it cannot be had or does not start.
    """
    _need("virtuoso")
    with data_folder(folder) as place:
        secret = place / "password"
        fresh = not (place / "virtuoso.db").exists()
        if fresh:
            secret.touch(mode=0o600)
            secret.write_text(secrets.token_hex(8), encoding="utf-8")
        password = secret.read_text("utf-8")
        ini = place / "virtuoso.ini"

        def plan() -> Plan:
            sql, http = free_port(), free_port()
            buffers = buffers_mb * 2**20 // VIRTUOSO_BUFFER
            ini.write_text(
                VIRTUOSO_INI.format(
                    folder=place,
                    sql=sql,
                    http=http,
                    dirs=", ".join(str(each) for each in (place, load_from) if each),
                    buffers=buffers,
                    dirty=buffers * 3 // 4,
                    query_mem=f"{buffers_mb}M",
                    cap=f"ResultSetMaxRows = {max_rows}" if max_rows else "",
                ),
                encoding="utf-8",
            )
            command = [shutil.which("virtuoso-t") or "virtuoso-t", "+foreground", "+configfile", str(ini)]
            return [*command, "+wait"], f"http://127.0.0.1:{http}/sparql"

        with running(plan, place / "output.log", place) as (pid, query):
            base = query.removesuffix("/sparql")
            server = Server(
                "virtuoso",
                pid,
                query,
                f"{base}/sparql-graph-crud-auth" if guarded else f"{base}/sparql-graph-crud",
                f"{base}/sparql-auth" if guarded else query,
                place / "virtuoso.log",
                place,
                Quirks(union=True, default_graph=False, trig=False, max_rows=max_rows, digest=guarded),
                "dba",
                password,
            )
            if fresh:
                isql(server, f'set password "dba" "{password}";', password="dba")
                if not guarded:
                    isql(server, 'grant SPARQL_UPDATE to "SPARQL";')
                isql(server, "checkpoint;")  # what a kill leaves to be read again has no passwords
            yield server


def isql(server: Server, commands: str, password: str | None = None) -> str:
    """Run SQL commands, one a line, in a Virtuoso that runs, and return what it prints.

    Its bulk loader, say: `ld_dir('/folder', '*.nt', 'https://example.org/g');` on one line, then
    `rdf_loader_run();`, then `checkpoint;`.

    Raises:
        ServerError: a command fails.
    """
    ini = (server.folder / "virtuoso.ini").read_text("utf-8")
    found = re.search(r"\[Parameters\]\s+ServerPort = (\S+)", ini)
    if found is None:
        raise ServerError(f"{server.name} has no SQL port", "only Virtuoso has")
    done = subprocess.run(
        ["isql-vt", found[1], "dba", password or server.password or "", "ERRORS=STDOUT", "VERBOSE=OFF"],
        input=commands,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0 or "*** Error" in done.stdout + done.stderr:
        said = " ".join((done.stdout + done.stderr).split())[:300]
        raise ServerError(f"virtuoso refuses a command: {said}", "look at its log")
    return done.stdout


def _need(name: str) -> None:
    reason = missing(name)
    if reason:
        what, _, how = reason.partition("; ")
        raise ServerError(what, how or HOW_TO_MAKE)


ENGINES = {
    "oxigraph": Engine(oxigraph, _oxigraph_missing),
    "virtuoso": Engine(virtuoso, _virtuoso_missing),
    "arq": Engine(arq, _arq_missing),
}
