"""Ten thousand hostile or malformed requests to `mgonto serve`.

Bad syntax, random bytes, sizes beyond every limit, heads and bodies that come slowly or never end, brackets
in brackets, joins and paths without end, SERVICE to a port that must see nobody, FROM a file, updates, split
headers, broken percent signs, requests on each other's heels, connections half closed. After them the server
must be the same process, must still answer right, must have reached nobody, and must hold no more memory than
before.

    python benchmarks/hostile.py                  # all of them
    python benchmarks/hostile.py --requests 1500  # a share
    python benchmarks/hostile.py --record         # and write the row to benchmarks/RESULTS.md
"""

import argparse
import asyncio
import contextlib
import json
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote
from urllib.request import Request, urlopen

import mgonto

__all__ = ["Attack", "Outcome", "Running", "attacks", "listening", "main", "run", "running", "with_row"]

RESULTS = Path(__file__).with_name("RESULTS.md")
BEGIN, END = "<!-- hostile: begin -->", "<!-- hostile: end -->"
HEADER = (
    "| date | mgonto | requests | s | kinds | wrong answers | connections outside "
    "| memory before MB | after MB | server ended |\n" + "| --- " * 10 + "|"
)
#: A question with one right answer, asked between the others.
CANARY = "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s a <https://w3id.org/mgonto/Statement> }"
AT_ONCE = 24
#: Seconds that an answer may take whatever is sent: the longest bound of the server and some.
PATIENCE = 45.0


# -- a server ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Running:
    """A server in a process of its own."""

    process: subprocess.Popen[str]
    url: str

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.url.rsplit(":", 1)[1].split("/")[0])

    def family(self) -> list[int]:
        """Its process and all that come from it."""
        parents: dict[int, list[int]] = {}
        for each in Path("/proc").iterdir():
            if each.name.isdigit():
                with contextlib.suppress(OSError, IndexError):
                    fields = (each / "stat").read_text().rsplit(")", 1)[1].split()
                    parents.setdefault(int(fields[1]), []).append(int(each.name))
        found = [self.process.pid]
        for each_id in found:
            found.extend(parents.get(each_id, ()))
        return found

    def memory(self) -> int:
        """Bytes that all its processes hold, what they share counted once."""
        total = 0
        for process in self.family():
            with contextlib.suppress(OSError):
                for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
                    if line.startswith("Pss:"):
                        total += int(line.split()[1]) << 10
        return total

    def ask(self, query: str, accept: str = "application/sparql-results+json") -> bytes:
        """The answer to a query."""
        request = Request(f"{self.url}?query={quote(query)}", headers={"Accept": accept})
        with urlopen(request, timeout=PATIENCE) as response:
            return bytes(response.read())

    def settled(self) -> int:
        """Its memory once nobody asks any more: what is to be replaced has been."""
        time.sleep(2)
        return self.memory()

    def canary(self) -> str:
        """The answer to the question between the others."""
        return str(json.loads(self.ask(CANARY))["results"]["bindings"][0]["n"]["value"])


@contextlib.contextmanager
def running(*options: str) -> Iterator[Running]:
    """A server on a free port, ended at the end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "mgonto", "serve", "--port", "0", *options],
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        cwd=Path(__file__).resolve().parent.parent,
    )
    try:
        assert process.stderr is not None
        first = process.stderr.readline().strip()
        if not first.startswith("http://"):
            raise RuntimeError(first + process.stderr.read())
        yield Running(process, first)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        assert process.stderr is not None
        process.stderr.close()


class Listener:
    """A port that counts who comes."""

    def __init__(self) -> None:
        self.count = 0
        self.port = 0


@contextlib.asynccontextmanager
async def listening() -> AsyncIterator[Listener]:
    """A port of this machine that nobody may reach."""
    seen = Listener()

    async def come(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.count += 1
        writer.close()

    server = await asyncio.start_server(come, "127.0.0.1", 0)
    seen.port = server.sockets[0].getsockname()[1]
    async with server:
        yield seen


# -- what is sent ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Attack:
    """A request: its bytes, how they are sent, and the statuses that may come back (0: it is closed)."""

    kind: str
    content: bytes
    allowed: frozenset[int]
    pause: float = 0.0  # seconds between pieces
    piece: int = 1 << 16  # bytes of a piece
    leave: str = "read"  # read the answer; close at once; close our half first; read slowly
    answers: int = 1


def _get(query: bytes | str, extra: bytes = b"", host: bytes = b"localhost") -> bytes:
    return b"GET /sparql?query=%b HTTP/1.1\r\nHost: %b\r\n%bConnection: close\r\n\r\n" % (
        quote(query).encode(),
        host,
        extra,
    )


def _post(body: bytes, kind: bytes = b"application/sparql-query", extra: bytes = b"") -> bytes:
    return (
        b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: %b\r\nContent-Length: %d\r\n"
        b"%bConnection: close\r\n\r\n%b" % (kind, len(body), extra, body)
    )


#: Every refusal; and those that a load or a bound may bring in place of any other.
_BAD = frozenset({0, 400, 403, 405, 406, 408, 411, 413, 414, 415, 417, 421, 431, 501, 505})
_BUSY = frozenset({0, 503, 504, 507})
_OK = frozenset({200})
_TEXT = """SELECT ASK CONSTRUCT DESCRIBE WHERE FILTER OPTIONAL UNION MINUS BIND VALUES GRAPH FROM NAMED ORDER
    BY LIMIT OFFSET GROUP HAVING EXISTS NOT IN AS DISTINCT PREFIX BASE { } ( ) [ ] . ; , ?s ?p ?o $x <http://e/>
    a 1 2.5 "x" true ^ / | * + ! = != < > && || COUNT SUM STR LANG REGEX UNDEF _:b ex:a"""
_WORDS = tuple(_TEXT.split())
_FORM, _QUERY = b"application/x-www-form-urlencoded", b"application/sparql-query"
_POST = b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sparql-query\r\n"
_CLOSE = b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


def _syntax(rng: random.Random) -> Attack:
    text = " ".join(rng.choices(_WORDS, k=rng.randint(1, 40)))
    return Attack("syntax", _get(text), _BAD | _BUSY | _OK)


def _mutilated(rng: random.Random) -> Attack:
    text = list(
        "PREFIX mgo: <https://w3id.org/mgonto/> SELECT ?s { ?s a mgo:Statement ; mgo:gloss ?g } LIMIT 3"
    )
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(text))
        text[at : at + rng.randint(0, 3)] = rng.choice(
            ["", "{", '"', "\\u0000", "\x00", "\udfff"[:0], "<", "é", "#"]
        )
    return Attack("mutilated query", _get("".join(text)), _BAD | _BUSY | _OK)


def _noise(rng: random.Random) -> Attack:
    return Attack("random bytes", rng.randbytes(rng.randint(1, 3000)) + b"\r\n\r\n", _BAD)


def _noise_body(rng: random.Random) -> Attack:
    kind = rng.choice([b"application/sparql-query", _FORM, b"text/plain", b"\xff/x"])
    return Attack("random body", _post(rng.randbytes(rng.randint(0, 3000)), kind), _BAD | _BUSY)


def _noise_head(rng: random.Random) -> Attack:
    line = rng.choice([b"GET", b"POST", b"QUERY", b"TRACE", b"CONNECT", b"PRI", b"get", b"G\x00T"])
    target = rng.choice(
        [b"/sparql", b"/", b"*", b"http://e/", b"/../../etc/passwd", b"/%00", b"/sparql?\xff", b""]
    )
    version = rng.choice([b"HTTP/1.1", b"HTTP/1.0", b"HTTP/2.0", b"HTTP/9", b"HTP"])
    fields = b"".join(
        b"%b: %b\r\n"
        % (rng.choice([b"Host", b"X", b"Content-Length", b"Accept", b"", b"a b"]), rng.randbytes(5))
        for _ in range(rng.randint(0, 6))
    )
    content = b"%b %b %b\r\n%bConnection: close\r\n\r\n" % (line, target, version, fields)
    return Attack("random head", content, _BAD | _OK | {204, 404, 426})


def _huge_address(rng: random.Random) -> Attack:
    return Attack(
        "huge address", _get("A" * rng.choice([70_000, 300_000, 1_000_000])), frozenset({0, 413, 414})
    )


def _huge_head(rng: random.Random) -> Attack:
    if rng.random() < 0.5:
        extra = b"X-Long: " + b"a" * rng.choice([17_000, 400_000]) + b"\r\n"
    else:
        extra = b"".join(b"X-%d: a\r\n" % number for number in range(rng.choice([2_000, 40_000])))
    return Attack("huge headers", _get("ASK {}", extra), frozenset({0, 431}))


def _huge_body(rng: random.Random) -> Attack:
    size = rng.choice([70_000, 250_000, 1_000_000])
    return Attack("huge body", _post(b"ASK {}" + b" " * size), frozenset({0, 413}))


def _huge_promise(rng: random.Random) -> Attack:
    length = rng.choice([b"99999999999999999999", b"10000000", b"-1", b"1e9", b"0x10", b"5, 6"])
    head = _POST
    return Attack("false length", head + b"Content-Length: " + length + b"\r\n\r\nASK{}", _BAD, leave="half")


def _endless(rng: random.Random) -> Attack:
    head = _POST
    chunk = b"%x\r\n%b\r\n" % (16_384, b" " * 16_384)
    content = head + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * rng.choice([30, 600])
    return Attack("endless body", content, frozenset({0, 413, 408}))


def _bad_chunks(rng: random.Random) -> Attack:
    head = _POST
    body = rng.choice(
        [b"zz\r\nASK{}\r\n0\r\n\r\n", b"-5\r\nASK{}\r\n", b"5;" + b"x" * 50_000, b"5\r\nASK{}0\r\n\r\n"]
    )
    both = b"Content-Length: 5\r\n" if rng.random() < 0.5 else b""
    return Attack(
        "bad chunks", head + both + b"Transfer-Encoding: chunked\r\n\r\n" + body, _BAD, leave="half"
    )


def _slow_head(rng: random.Random) -> Attack:
    return Attack(
        "slow head", _get("ASK {}")[:-4], _BAD, 0.3, rng.randint(1, 9), rng.choice(["close", "read"])
    )


def _slow_body(rng: random.Random) -> Attack:
    content = _post(b"ASK {}" + b" " * 300)[: -rng.randint(1, 200)]
    return Attack("slow body", content, _BAD, 0.3, rng.randint(9, 40), rng.choice(["close", "read"]))


def _deep(rng: random.Random) -> Attack:
    depth = rng.choice([50, 240, 260, 1_000, 5_000, 15_000])
    query = rng.choice(
        [
            "SELECT * { ?s ?p ?o FILTER(" + "(" * depth + "1" + ")" * depth + ") } LIMIT 1",
            "SELECT * " + "{" * depth + "?s ?p ?o" + "}" * depth + " LIMIT 1",
            "SELECT * { ?s " + "(" * depth + "<a:b>" + ")" * depth + " ?o }",
            "SELECT * {" + " OPTIONAL {" * (depth // 10) + "?s a ?o" + "}" * (depth // 10) + "} LIMIT 1",
            "SELECT * {" + " [ ?p " * (depth // 3) + "1" + "]" * (depth // 3) + "} LIMIT 1",
            "SELECT * { ?s ?p ?o FILTER(" + "!" * depth + "1) } LIMIT 1",
            "SELECT * {" + "{?s ?p ?o} UNION " * (depth // 10) + "{?s ?p ?o} } LIMIT 1",
            "SELECT * { ?s ?p ?o FILTER(1" + "+1" * depth + ") } LIMIT 1",
            "(" * depth,
        ]
    )
    return Attack("nesting", _post(query.encode()), _BAD | _BUSY | _OK)


def _costly(rng: random.Random) -> Attack:
    query = rng.choice(
        [
            "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
            "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?a ?f",
            "SELECT DISTINCT ?a ?d ?g { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
            "SELECT (COUNT(*) AS ?n) { ?a (!<x:y>|^!<x:y>)* ?b . ?b (!<x:z>|^!<x:z>)* ?c }",
            "SELECT (COUNT(*) AS ?n) { ?a (((!<x:a>)*)*)* ?b }",
            "SELECT (GROUP_CONCAT(CONCAT(STR(?a), STR(?d))) AS ?n) { ?a ?b ?c . ?d ?e ?f }",
            "ASK { ?a ?b ?c . ?d ?e ?f FILTER(REGEX(CONCAT(STR(?a), STR(?f)), '(a*)*(b*)*$$$')) }",
            "CONSTRUCT { ?a ?e ?c } { ?a ?b ?c . ?d ?e ?f }",
        ]
    )
    leave = rng.choice(["read", "read", "close", "slowly"])
    return Attack("without end", _post(query.encode()), _BUSY | _OK, leave=leave)


def _service(rng: random.Random, port: int) -> Attack:
    place = f"http://127.0.0.1:{port}/sparql"
    query = rng.choice(
        [
            f"SELECT * {{ SERVICE <{place}> {{ ?s ?p ?o }} }}",
            f"SELECT * {{ SERVICE SILENT <{place}> {{ ?s ?p ?o }} }}",
            f"SELECT * {{ service silent<{place}>{{ ?s ?p ?o }} }}",
            f"SELECT * {{ SERVICE#\n<{place}>#\n{{ ?s ?p ?o }} }}",
            f"PREFIX e: <{place}> SELECT * {{ SERVICEe:a {{ ?s ?p ?o }} }}",
            f"PREFIX e: <{place}> SELECT * {{ SERVICESILENTe:a {{ ?s ?p ?o }} }}",
            f"SELECT * {{ BIND(<{place}> AS ?u) SERVICE ?u {{ ?s ?p ?o }} }}",
            f"PREFIX e: <x:> SELECT * {{ {{ ?s e:a\\# ?o }} UNION {{ SERVICE <{place}> {{ ?s ?p ?o }} }} }}",
            f"PREFIX e: <x:> SELECT * {{ {{ ?s e:\\' 1}} UNION {{ SERVICE <{place}> {{}} }} {{?s e:\\' 1}}}}",
            f"SELECT * {{ {{ FILTER(1<'>') }} UNION {{ SERVICE <{place}> {{ }} }} FILTER('a'='a') }}",
            f"SELECT * {{ \\u0053ERVICE <{place}> {{ ?s ?p ?o }} }}",
            f"ASK {{ FILTER EXISTS {{ SERVICE <{place}> {{ ?s ?p ?o }} }} }}",
            f"CONSTRUCT {{ ?s ?p ?o }} {{ LATERAL {{ SERVICE <{place}> {{ ?s ?p ?o }} }} }}",
            f"SELECT * {{ {{ SELECT * {{ SERVICE <{place}> {{ ?s ?p ?o }} }} }} }}",
        ]
    )
    return Attack("SERVICE", rng.choice([_get, lambda q: _post(q.encode())])(query), frozenset({400}) | _BUSY)


def _from(rng: random.Random, port: int) -> Attack:
    place = rng.choice(
        ["file:///etc/passwd", "file:///proc/self/environ", f"http://127.0.0.1:{port}/data.ttl"]
    )
    if rng.random() < 0.4:
        target = f"/sparql?query={quote('SELECT * { ?s ?p ?o }')}&default-graph-uri={quote(place)}"
        content = f"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
        return Attack("graph from outside", content, frozenset({400}) | _BUSY)
    named = rng.choice(["", "NAMED "])
    query = f"SELECT * FROM {named}<{place}> {{ GRAPH ?g {{ ?s ?p ?o }} }}"
    return Attack("graph from outside", _get(query), _OK | _BUSY)


def _update(rng: random.Random, port: int) -> Attack:
    text = rng.choice(
        [
            "INSERT DATA { <x:a> <x:b> <x:c> }",
            "DELETE WHERE { ?s ?p ?o }",
            "CLEAR ALL",
            "DROP ALL",
            f"LOAD <http://127.0.0.1:{port}/data.ttl>",
            "LOAD <file:///etc/passwd>",
            "DELETE { ?s ?p ?o } INSERT { ?s ?p 1 } WHERE { ?s ?p ?o }",
        ]
    )
    content = rng.choice(
        [
            _get(text),
            _post(text.encode()),
            _post(text.encode(), b"application/sparql-update"),
            _post(b"update=" + quote(text).encode(), _FORM),
            b"PUT /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            b"DELETE /sparql?graph=x:y HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
            b"PATCH /query HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        ]
    )
    return Attack("update", content, frozenset({400, 405, 415}) | _BUSY)


def _split(rng: random.Random) -> Attack:
    inside = rng.choice(
        ["\r\nSet-Cookie: a=b", "\r\n\r\n<html>", "\nX: y", "\x00", "\r\nContent-Length: 0\r\n\r\n"]
    )
    where = rng.randrange(5)
    if where == 0:
        content = _get("ASK {}", b"Accept: text/csv" + inside.encode() + b"\r\n")
        return Attack("split headers", content, _BAD | _OK | _BUSY, answers=2)  # it is two requests, then
    if where == 1:
        return Attack(
            "split headers", _get("ASK {}", b"Origin: http://e" + inside.encode() + b"\r\n"), _BAD, answers=2
        )
    if where == 2:
        return Attack("split headers", _get(inside), _BAD | _BUSY)
    if where == 3:
        target = f"/sparql?query=ASK%7B%7D&default-graph-uri={quote('http://e/' + inside)}"
        content = f"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
        return Attack("split headers", content, frozenset({400}) | _BUSY)
    content = f"GET /{quote(inside)} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
    return Attack("split headers", content, frozenset({400, 404}))


def _percent(rng: random.Random) -> Attack:
    broken = rng.choice([b"%", b"%zz", b"%4", b"%%41", b"%u0041", b"%ff%fe", b"%c0%af", b"%ed%a0%80"])
    if rng.random() < 0.5:
        head = (
            b"GET /sparql?query=ASK{}" + broken + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        )
        return Attack("percent signs", head, _BAD)
    return Attack("percent signs", _post(b"query=" + broken, _FORM), _BAD)


def _pipelined(rng: random.Random) -> Attack:
    count = rng.randint(2, 30)
    first = b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: localhost\r\n\r\n" * count
    return Attack("pipelined", first + _get("ASK {}"), _OK | _BUSY, answers=count + 1)


def _half(rng: random.Random) -> Attack:
    content = rng.choice([_get("ASK {}"), _post(b"ASK {}"), b"GET /sparql", b"", _post(b"ASK {}")[:-3]])
    return Attack("half closed", content, _BAD | _OK | _BUSY, leave=rng.choice(["half", "close"]))


def _elsewhere(rng: random.Random) -> Attack:
    if rng.random() < 0.5:
        host = rng.choice([b"evil.example", b"127.0.0.1.evil.example", b"169.254.169.254", b"a@localhost"])
        return Attack("other host", _get("ASK {}", host=host), frozenset({400, 421}))
    return Attack("other origin", _get("ASK {}", b"Origin: http://evil.example\r\n"), frozenset({403}))


def _odd(rng: random.Random) -> Attack:
    extra = rng.choice(
        [
            b"Accept: " + b"a/b;q=0.1," * 900 + b"\r\n",
            b"Accept: image/png\r\n",
            b"Accept: ;;;,,,/*\r\n",
            b"Accept: */*;q=nan\r\n",
            b"Upgrade: websocket\r\nSec-WebSocket-Key: x\r\n",
            b"Expect: 100-continue\r\n",
            b"Range: bytes=0-1\r\n",
            b"Content-Encoding: gzip\r\n",
            b"Transfer-Encoding: gzip\r\n",
        ]
    )
    return Attack("odd headers", _get("ASK {}", extra), _BAD | _OK | _BUSY)


def attacks(count: int, seed: int, port: int) -> list[Attack]:
    """Hostile requests in an order that the seed gives.

    Args:
        count: how many.
        seed: gives the same ones again.
        port: a port that must see nobody.
    """
    rng = random.Random(seed)
    kinds: list[tuple[int, Callable[[random.Random], Attack]]] = [
        *((14, each) for each in (_syntax, _mutilated)),
        *(
            (8, each)
            for each in (_noise, _noise_body, _noise_head, _split, _percent, _half, _odd, _elsewhere)
        ),
        *(
            (2, each)
            for each in (_huge_address, _huge_head, _huge_body, _huge_promise, _bad_chunks, _pipelined)
        ),
        *((1, each) for each in (_endless, _slow_head, _slow_body, _costly)),
        (6, _deep),
        (8, lambda rng: _service(rng, port)),
        (6, lambda rng: _from(rng, port)),
        (6, lambda rng: _update(rng, port)),
    ]
    chosen = rng.choices([each for _, each in kinds], [weight for weight, _ in kinds], k=count)
    return [each(rng) for each in chosen]


# -- sending it --------------------------------------------------------------------------------------------


@dataclass
class Outcome:
    """What came of them."""

    requests: int
    seconds: float = 0.0
    kinds: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    by_kind: dict[str, Counter[int]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    reached: int = 0
    before: int = 0
    after: int = 0
    ended: int | None = None


async def _send(port: int, attack: Attack) -> list[int]:
    """The statuses that come back; 0 for a connection that closes without one."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 22)
    try:
        with contextlib.suppress(ConnectionError):
            for at in range(0, len(attack.content), attack.piece):
                writer.write(attack.content[at : at + attack.piece])
                await writer.drain()
                if attack.pause:
                    await asyncio.sleep(attack.pause)
        if attack.leave == "close":
            return [0]
        if attack.leave == "half":
            with contextlib.suppress(OSError):
                writer.write_eof()
        got = bytearray()
        with contextlib.suppress(ConnectionError):
            if attack.leave == "slowly":
                await asyncio.sleep(1.0)
            while piece := await reader.read(1 << 16):
                if len(got) < 1 << 20:
                    got += piece
        answers = bytes(got).split(b"HTTP/1.1 ")[1:]
        return [int(each[:3]) for each in answers if each[:3].isdigit() and each[:3] != b"100"] or [0]
    finally:
        writer.transport.abort()


async def run(server: Running, count: int, seed: int, at_once: int = AT_ONCE) -> Outcome:
    """Send hostile requests to a server and judge what comes back.

    Args:
        server: where to.
        count, seed: how many, and which.
        at_once: so many at a time.
    """
    outcome = Outcome(count)
    right = await asyncio.to_thread(server.canary)
    async with listening() as listener:
        waiting = attacks(count, seed, listener.port)
        # A share first, so that what is made once is there when memory is looked at.
        warm = attacks(max(150, count // 10), seed + 1, listener.port)
        await _all(server, warm, at_once, Outcome(0), right)
        outcome.before = await asyncio.to_thread(server.settled)
        begun = time.monotonic()
        await _all(server, waiting, at_once, outcome, right)
        outcome.seconds = time.monotonic() - begun
        outcome.after = await asyncio.to_thread(server.settled)
        outcome.reached = listener.count
    outcome.ended = server.process.poll()
    if await asyncio.to_thread(server.canary) != right:
        outcome.wrong.append("the server does not answer right afterwards")
    return outcome


async def _all(server: Running, waiting: list[Attack], at_once: int, outcome: Outcome, right: str) -> None:
    turn = asyncio.Semaphore(at_once)

    async def one(number: int, attack: Attack) -> None:
        async with turn:
            outcome.kinds[attack.kind] += 1
            try:
                async with asyncio.timeout(PATIENCE):
                    found = await _send(server.port, attack)
            except TimeoutError:
                outcome.wrong.append(f"{number} {attack.kind}: no end: {attack.content[:200]!r}")
                return
            except OSError as error:
                outcome.wrong.append(f"{number} {attack.kind}: {error}")
                return
            outcome.statuses.update(found)
            outcome.by_kind.setdefault(attack.kind, Counter()).update(found)
            strange = [each for each in found if each not in attack.allowed]
            if strange or len(found) > attack.answers:
                outcome.wrong.append(f"{number} {attack.kind}: {found}: {attack.content[:300]!r}")
            if number % 100 == 0:
                try:
                    answer = await asyncio.to_thread(server.canary)
                except OSError as error:
                    # To be sent away while others are being served is no wrong answer; to get none is.
                    answer = right if getattr(error, "code", 0) in (503, 504) else str(error)
                if answer != right:
                    outcome.wrong.append(f"{number}: {answer} instead of {right}")

    await asyncio.gather(*(one(number, attack) for number, attack in enumerate(waiting)))


# -- the record --------------------------------------------------------------------------------------------


def _row(outcome: Outcome) -> str:
    cells = (
        datetime.now(UTC).date(),
        mgonto.__version__,
        outcome.requests,
        round(outcome.seconds),
        len(outcome.kinds),
        len(outcome.wrong),
        outcome.reached,
        round(outcome.before / 1e6),
        round(outcome.after / 1e6),
        "no" if outcome.ended is None else outcome.ended,
    )
    return "| " + " | ".join(map(str, cells)) + " |"


def with_row(text: str, row: str) -> str:
    """The text with a row more between the marks.

    >>> print(with_row(f"{BEGIN}{chr(10)}{END}", "| a |").splitlines()[-2])
    | a |
    """
    before, begin, rest = text.partition(BEGIN)
    rows, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"no marks {BEGIN} and {END}")
    old = [line for line in rows.strip().splitlines() if line][2:]
    return "\n".join([before + begin, HEADER, *old, row, end + after])


def main(arguments: list[str] | None = None) -> int:
    """Send, print, and record as the options say; 1 where something went wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--record", action="store_true", help="write the row to benchmarks/RESULTS.md")
    options = parser.parse_args(arguments)
    with running("--timeout", "1", "--max-memory", "512") as server:
        outcome = asyncio.run(run(server, options.requests, options.seed))
    row = _row(outcome)
    print(HEADER, row, sep="\n")
    for kind, statuses in sorted(outcome.by_kind.items()):
        print(f"{kind:20} {outcome.kinds[kind]:6}  {dict(sorted(statuses.items()))}")
    print(*outcome.wrong[:50], sep="\n", file=sys.stderr)
    if options.record:
        RESULTS.write_text(with_row(RESULTS.read_text(encoding="utf-8"), row), encoding="utf-8")
    grown = outcome.after > outcome.before * 1.1 + 16e6
    return 1 if outcome.wrong or outcome.reached or outcome.ended is not None or grown else 0


if __name__ == "__main__":
    sys.exit(main())
