"""What one process of `benchmarks/scale.py` does: load a base into one engine, and ask it.

A question is asked in a copy of the process (a fork) that is ended at the limit: a query that runs inside a
library's own code hears no signal. What mgonto holds in memory is asked in the process itself, and to the
end: pyoxigraph counts who reads an entry, so that a copy of the process copies the memory that it reads.
Counting a million statements took 1.6 s in the process, and more than 10 s in a copy.
"""

import contextlib
import json
import math
import os
import select
import signal
import statistics
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence, Sized
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox

import mgonto
from mgonto.graph.loading import release_parts
from mgonto.kb import KnowledgeBase

__all__ = [
    "CANNOT",
    "HELPERS",
    "LATE",
    "LIBRARY",
    "SERVERS",
    "apart",
    "measure_questions",
    "timed",
    "work",
    "write_whole",
]

SERVERS = ("oxigraph", "virtuoso", "arq")
RUNS = 5
#: Told in place of milliseconds: the question took longer than the limit; the engine refused it.
LATE, CANNOT = "late", "cannot"
#: Lines of N-Triples in one request to a server.
BATCH = 50_000
#: A term without narrower ones that five to ten claims act on and as many start from: its answers are short
#: at every size.
FEW = """PREFIX mgo: <https://w3id.org/mgonto/>
SELECT ?subject (MIN(STR(?to)) AS ?object) {
  { SELECT ?subject (COUNT(?one) AS ?starts) { ?one mgo:subject ?subject } GROUP BY ?subject }
  { SELECT ?subject (COUNT(?two) AS ?ends) { ?two mgo:object ?subject } GROUP BY ?subject }
  FILTER(?starts >= 5 && ?starts <= 10 && ?ends >= 5 && ?ends <= 10)
  FILTER NOT EXISTS { [] <http://www.w3.org/2000/01/rdf-schema#subClassOf>|mgo:involves|mgo:stateOf ?subject }
  ?three mgo:subject ?subject ; mgo:object ?to ; mgo:causal true .
  FILTER(?to != ?subject)
} GROUP BY ?subject ORDER BY ?subject LIMIT 1"""


_few: dict[KnowledgeBase, tuple[str, str]] = {}


def few(kb: KnowledgeBase) -> tuple[str, str]:
    """A term that little is said about, and another that it acts on."""
    if kb not in _few:
        row = kb.select(FEW)[0]
        _few[kb] = str(row["subject"]), str(row["object"])
    return _few[kb]


@cache
def _statement(kb: KnowledgeBase) -> Any:
    return kb.statements(subject=few(kb)[0], limit=1)[0]


def _sentence(kb: KnowledgeBase) -> str:
    return str(_statement(kb).sentence)


Ask = Callable[[KnowledgeBase], object]
#: Questions by kind: those whose answer is short, paths, and those that count over everything.
HELPERS: dict[str, dict[str, Ask]] = {
    "short answers": {
        "term": lambda kb: kb.term("CHEBI:18420"),
        "search": lambda kb: kb.search("insulin resist", limit=10),
        "statements(subject, object)": lambda kb: kb.statements(
            subject=few(kb)[0], object=few(kb)[1], limit=20
        ),
        "statements(about)": lambda kb: kb.statements(few(kb)[0], limit=20),
        "statements(sentence)": lambda kb: kb.statements(sentence=_sentence(kb), limit=20),
        "quantities(about)": lambda kb: kb.quantities(few(kb)[0], limit=20),
        "gaps(about)": lambda kb: kb.gaps(few(kb)[0]),
        "definition": lambda kb: kb.definition("magnesium"),
        "mappings": lambda kb: kb.mappings("insulin resistance"),
        "shared": lambda kb: kb.shared(few(kb)[0], few(kb)[1]),
        "support(statement)": lambda kb: kb.support(_statement(kb)),
        "run(effects-of)": lambda kb: kb.run("effects-of", term=few(kb)[0], limit=20),
    },
    "paths, 4 hops, k=10": {
        "explain, two frequent terms": lambda kb: kb.explain("magnesium deficiency", "insulin resistance"),
        "explain, a rare one": lambda kb: kb.explain(few(kb)[0], "insulin resistance"),
    },
    "over everything": {
        "facets(certainty)": lambda kb: kb.facets("certainty"),
        "facets(tissue)": lambda kb: kb.facets("tissue"),
        "counts": lambda kb: kb.counts(),
        "references(after)": lambda kb: kb.references(after=2024),
        "repeats": lambda kb: kb.repeats(),
        "coverage": lambda kb: kb.coverage(),
    },
}
#: Queries of the library, with the examples of their headers.
LIBRARY = (
    *("effects-of", "causes-of", "between-terms", "needs", "term-roles", "denials"),
    *("word-facets", "doses", "references", "single-reference"),
)


def examples(kb: KnowledgeBase) -> dict[str, str]:
    """The ten queries with their examples filled in."""
    from mgonto.engine.binding import bind
    from mgonto.query.parameters import query_values

    found = {}
    for name in LIBRARY:
        query = kb.queries[name]
        given = {each.name: each.example for each in query.parameters if each.example is not None}
        found[name] = bind(query.text, query_values(query, given, kb.terms, widen=True))
    return found


# -- measuring ---------------------------------------------------------------------------------------------

Tell = Callable[[Mapping[str, Any]], None]


def apart(job: Callable[[Tell], None], limit: float | None = None) -> tuple[list[dict[str, Any]], float]:
    """Run a job in a copy of this process, and end it at the limit.

    Args:
        job: is given a function by which it tells something.
        limit: seconds; as long as it takes unless told.

    Returns:
        What it told till then, an exception as `{"error": ...}`; and its peak memory in MB.

    >>> apart(lambda tell: tell({"sum": 1 + 1}))[0]
    [{'sum': 2}]
    >>> apart(lambda tell: time.sleep(60), 0.1)[0]
    []
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _in_copy(job, reading, writing)
    os.close(writing)
    end = None if limit is None else time.monotonic() + limit
    told, peak = b"", 0.0
    try:
        while select.select([reading], [], [], None if end is None else max(0, end - time.monotonic()))[0]:
            more = os.read(reading, 1 << 16)
            if not more:
                break
            told += more
    finally:
        os.close(reading)
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        peak = os.wait4(child, 0)[2].ru_maxrss / 1024
    return [dict(json.loads(line)) for line in told.splitlines(keepends=True) if line.endswith(b"\n")], peak


def _in_copy(job: Callable[[Tell], None], reading: int, writing: int) -> None:
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.close(reading)

        def tell(what: Mapping[str, Any]) -> None:
            os.write(writing, json.dumps(what).encode() + b"\n")

        try:
            job(tell)
        except Exception as error:
            tell({"error": " ".join(f"{type(error).__name__}: {error}".split())[:300]})
        os.close(writing)
    finally:
        os._exit(0)


class Asked(dict[str, Any]):
    """Milliseconds by question (or `LATE`, or `CANNOT`), with the number of rows and the memory it took.

    Args:
        limit: seconds for a question.
        here: whether they are asked in this process, and to the end.
    """

    def __init__(self, limit: float, here: bool = False) -> None:
        super().__init__()
        self.limit, self.here, self.rows, self.memory = limit, here, dict[str, int | None](), 0.0

    def ask(self, name: str, question: Callable[[], object]) -> None:
        """Ask one."""
        self[name], self.rows[name], memory = timed(question, self.limit, name, self.here)
        self.memory = max(self.memory, memory)

    def told(self) -> dict[str, Any]:
        """What is kept of it."""
        return {"questions": dict(self), "rows": self.rows, "limit": self.limit, "asked": self.memory}


def timed(
    ask: Callable[[], object], limit: float, name: str = "", here: bool = False
) -> tuple[float | str, int | None, float]:
    """The median of some runs after a first, fewer where it is slow; how many rows; and megabytes.

    Args:
        ask: the question.
        limit: seconds; in this process what takes longer is asked once.
        name: of the question, for messages.
        here: whether it is asked in this process, and to the end.

    >>> timed(lambda: [1, 2], 5)[1], timed(lambda: [1, 2], 5, here=True)[1]
    (2, 2)
    >>> timed(lambda: 1 / 0, 5, "none")[0], timed(lambda: time.sleep(9), 0.1)[0]
    ('cannot', 'late')
    >>> timed(lambda: time.sleep(0.1), 0.01, here=True)[0] >= 100
    True
    """

    def job(tell: Tell) -> None:
        start = time.perf_counter()
        answer = ask()
        first = time.perf_counter() - start
        rows = len(answer) if isinstance(answer, Sized) else None
        del answer
        tell({"ms": first * 1000, "rows": rows})
        times = []
        for _ in range(RUNS if first < limit / (2 * RUNS) else 1 if first < limit else 0):
            start = time.perf_counter()
            ask()
            times.append(time.perf_counter() - start)
        if times:
            tell({"ms": statistics.median(times) * 1000, "rows": rows})

    told: list[Mapping[str, Any]] = []
    if here:
        try:
            job(told.append)
        except mgonto.MgontoError as error:
            told.append({"error": error})
        memory = resident(os.getpid())
    else:
        told[:], memory = apart(job, limit)
    good = [each for each in told if "ms" in each]
    if good:
        return float(good[-1]["ms"]), good[-1]["rows"], memory
    if told:
        print(f"  {name}: {told[-1]['error']}", file=sys.stderr)
    return CANNOT if told else LATE, None, memory


def measure_questions(
    kb: KnowledgeBase, limit: float, known: tuple[str, str] | None = None, here: bool = False
) -> dict[str, Any]:
    """Milliseconds of each helper and of ten queries of the library, with rows and memory.

    What is read once is read before, whatever it takes: the terms, and what the questions are about.

    Args:
        kb: any.
        limit: seconds for a question.
        known: the terms that `few` finds, where another engine has found them.
        here: as in `timed`.
    """
    asked = Asked(limit, here)
    start = time.perf_counter()
    kb.term("magnesium")
    asked["the terms, once"] = (time.perf_counter() - start) * 1000
    if known:
        _few[kb] = known
    _sentence(kb)
    for helpers in HELPERS.values():
        for name, ask in helpers.items():
            asked.ask(name, lambda ask=ask: ask(kb))  # type: ignore[misc]
    for name, text in examples(kb).items():
        asked.ask(name, lambda text=text: kb.select(text))  # type: ignore[misc]
    return {**asked.told(), "few": few(kb)}


# -- engines -----------------------------------------------------------------------------------------------


def work(
    engine: str, file: Path, limit: float, known: tuple[str, str] | None = None, ask: bool = True
) -> dict[str, Any]:
    """Load a base into an engine and ask it: seconds, megabytes, and milliseconds by question.

    Args:
        engine: its name.
        file: the base, in N-Quads; for engines other than mgonto and pyoxigraph what `write_whole` wrote
            of it.
        limit: seconds for a question.
        known: as in `measure_questions`.
        ask: whether to ask it, or to load it only.
    """
    if engine in SERVERS:
        return ask_server(engine, file, limit, known)
    if engine.endswith("-disk"):
        return on_disk(engine, file, limit, known, ask)
    start = time.perf_counter()
    if engine == "pyoxigraph":
        bare_load(ox.Store(), file)
        return {"load": time.perf_counter() - start, "memory": resident(os.getpid())}
    if engine == "mgonto":
        kb = mgonto.load(file)
        found = {"load": time.perf_counter() - start, "memory": resident(os.getpid())}
        return found | (measure_questions(kb, limit, known, here=True) if ask else {})
    asked = Asked(limit)
    query, loaded = (in_rdflib if engine == "rdflib" else in_owlready2)(file)
    memory = resident(os.getpid())
    for name, text in json.loads(queries_of(file).read_text("utf-8")).items():
        asked.ask(name, lambda text=text: query(text))  # type: ignore[misc]
    return {"load": loaded, "memory": memory, **asked.told()}


def bare_load(store: ox.Store, file: Path) -> None:
    """The release and a file, with nothing but pyoxigraph's bulk load."""
    for part in release_parts():
        store.bulk_load(input=part, format=ox.RdfFormat.TRIG)
    store.bulk_load(path=str(file), format=ox.RdfFormat.N_QUADS)


def on_disk(
    engine: str, file: Path, limit: float, known: tuple[str, str] | None, ask: bool
) -> dict[str, Any]:
    """The store in a folder: loaded by one process, opened and asked by another."""
    from mgonto.stores.persistent import load_folder

    with tempfile.TemporaryDirectory(dir=file.parent, prefix="store-") as place:
        folder = Path(place) / "store"

        def load(tell: Tell) -> None:
            start = time.perf_counter()
            if engine == "mgonto-disk":
                load_folder(folder, [file])
            else:
                store = ox.Store(str(folder))
                bare_load(store, file)
                store.flush()
            tell({"load": time.perf_counter() - start, "memory": resident(os.getpid())})

        (found,), _ = apart(load)
        if "error" in found:
            raise RuntimeError(found["error"])
        if not ask or engine != "mgonto-disk":
            return found
        return found | measure_questions(mgonto.load(store=folder), limit, known)


Query = Callable[[str], Sequence[object]]


def in_rdflib(file: Path) -> tuple[Query, float]:
    """A file in rdflib, and the seconds that it took."""
    import rdflib

    start = time.perf_counter()
    graph = rdflib.Dataset(default_union=True)
    graph.parse(file, format="nquads")
    return lambda text: list(graph.query(text)), time.perf_counter() - start


def in_owlready2(file: Path) -> tuple[Query, float]:
    """A file in owlready2, which has no named graphs, and the seconds that it took."""
    import owlready2

    world = owlready2.World()
    with tempfile.NamedTemporaryFile(suffix=".nt") as triples:
        for _, lines in by_graph(file):
            triples.write(lines)
        triples.flush()
        start = time.perf_counter()
        world.get_ontology(f"file://{triples.name}").load()
        return lambda text: list(world.sparql(text)), time.perf_counter() - start


def ask_server(name: str, file: Path, limit: float, known: tuple[str, str] | None = None) -> dict[str, Any]:
    """Load a file into a server, graph by graph, and ask it over HTTP."""
    with started(name, file.stat().st_size // 2**20, limit) as server:
        start = time.perf_counter()
        for graph, triples in by_graph(file):
            put(server, graph, triples)
        found = {"load": time.perf_counter() - start, "memory": resident(server.pid)}
        # The copy of the process that asks is ended first: what is late is told alike for all engines.
        kb = mgonto.connect(server.query_url, timeout=max(60, 3 * limit))
        return found | measure_questions(kb, limit, known) | {"asked": resident(server.pid)}


def started(name: str, size: int, limit: float) -> AbstractContextManager[Any]:
    """A server with memory for a base of so many megabytes, as whoever runs it would give it.

    Oxigraph's is told the limit: it would otherwise go on with what nobody waits for any more.
    """
    from tools import servers

    if name == "arq":
        return servers.arq(heap="6g" if size < 200 else "18g")
    if name == "virtuoso":
        return servers.virtuoso(buffers_mb=max(160, 4 * size))
    return servers.oxigraph(timeout=math.ceil(limit))


def by_graph(file: Path) -> Iterator[tuple[str, bytes]]:
    """The N-Triples of a file of N-Quads, by graph, so many at a time."""
    graphs: dict[bytes, list[bytes]] = defaultdict(list)
    for line in file.open("rb"):
        triple, _, graph = line.rstrip(b" .\n").rpartition(b" <")
        lines = graphs[graph.rstrip(b">")]
        lines.append(triple + b" .\n")
        if len(lines) == BATCH:
            yield graph.rstrip(b">").decode(), b"".join(lines)
            lines.clear()
    for name, lines in graphs.items():
        if lines:
            yield name.decode(), b"".join(lines)


def put(server: Any, graph: str, triples: bytes) -> None:
    """Send one graph with the Graph Store Protocol."""
    words = {"graph": graph, **({"no_transaction": ""} if server.quirks.no_transaction else {})}
    address = f"{server.store_url}?{urllib.parse.urlencode(words)}"
    request = urllib.request.Request(
        address, triples, {"Content-Type": "application/n-triples"}, method="POST"
    )
    handlers: list[urllib.request.BaseHandler] = []
    if server.user:
        passwords = urllib.request.HTTPPasswordMgrWithDefaultRealm()
        passwords.add_password(None, address, server.user, server.password or "")
        handlers = [
            urllib.request.HTTPDigestAuthHandler(passwords),
            urllib.request.HTTPBasicAuthHandler(passwords),
        ]
    urllib.request.build_opener(*handlers).open(request, timeout=600).close()


def resident(pid: int) -> float:
    """The most memory that a process has had, in MB."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024
    return math.nan


def queries_of(file: Path) -> Path:
    """Where the ten queries for a file are."""
    return file.with_suffix(".json")


def write_whole(file: Path, whole: Path) -> None:
    """All that `mgonto.load(file)` holds, and the ten queries bound to it, for the other engines."""
    kb = mgonto.load(file)
    queries_of(whole).write_text(json.dumps(examples(kb)), encoding="utf-8")
    part = whole.with_suffix(".part")
    kb.store().dump(str(part), format=ox.RdfFormat.N_QUADS)
    part.replace(whole)
