"""How load, memory and answers grow with the data: from a thousand statements to a million.

Every engine runs in a process of its own, over the same synthetic bases (`benchmarks/synthetic.py`): mgonto
on its embedded engine; the same file on bare pyoxigraph, for the load alone; rdflib and owlready2 as far as
they go; and the servers of `tools/servers`, asked through `mgonto.connect`. What takes longer than the limit
is left out, at that size and above.

    python benchmarks/scale.py --sizes 1k 10k                      # print the tables
    python benchmarks/scale.py --engines mgonto rdflib --sizes 1k  # only these
    python benchmarks/scale.py --keep DIR --record                 # go on where a run stopped; write results
"""

import argparse
import contextlib
import json
import math
import os
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from mgonto.engine.embedded import EmbeddedEngine
from mgonto.kb import KnowledgeBase

__all__ = ["HELPERS", "LIBRARY", "curves", "main", "measure_questions", "table"]

ROOT = Path(__file__).resolve().parent.parent
RESULTS, PLOT = ROOT / "benchmarks" / "RESULTS.md", ROOT / "docs" / "growth.svg"
BEGIN, END = "<!-- scale: begin -->", "<!-- scale: end -->"
SIZES = {"1k": 1_000, "10k": 10_000, "100k": 100_000, "1M": 1_000_000}
ENGINES = ("mgonto", "pyoxigraph", "rdflib", "owlready2", "oxigraph", "virtuoso", "arq")
SERVERS = ("oxigraph", "virtuoso", "arq")
RUNS = 5
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


@cache
def few(kb: KnowledgeBase) -> tuple[str, str]:
    """A term that little is said about, and another that it acts on."""
    row = kb.select(FEW)[0]
    return str(row["subject"]), str(row["object"])


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
        "support(statement)": lambda kb: kb.support(kb.statements(subject=few(kb)[0], limit=1)[0]),
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


def _sentence(kb: KnowledgeBase) -> str:
    return kb.statements(subject=few(kb)[0], limit=1)[0].sentence


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


class TooLong(Exception):
    """A question took longer than the limit."""


def median_ms(ask: Callable[[], object], limit: float) -> float | None:
    """The median of some runs after a first; of the first alone where it is slow; None beyond the limit."""

    def stop(*_: object) -> None:
        raise TooLong

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, limit)
    try:
        start = time.perf_counter()
        ask()
        first = time.perf_counter() - start
        if first > limit / (2 * RUNS):
            return first * 1000
        times = []
        for _ in range(RUNS):
            start = time.perf_counter()
            ask()
            times.append(time.perf_counter() - start)
        return statistics.median(times) * 1000
    except Exception as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def measure_questions(kb: KnowledgeBase, limit: float) -> dict[str, float | None]:
    """Milliseconds of each helper and query of the library; the terms are read before."""
    found: dict[str, float | None] = {}
    found["the terms, once"] = median_ms(lambda: KnowledgeBase(kb._engine).term("magnesium"), limit)
    kb.term("magnesium")
    few(kb)
    for helpers in HELPERS.values():
        for name, ask in helpers.items():
            found[name] = median_ms(lambda ask=ask: ask(kb), limit)  # type: ignore[misc]
    for name, text in examples(kb).items():
        found[name] = median_ms(lambda text=text: kb.select(text), limit)  # type: ignore[misc]
    return found


def work(engine: str, file: Path, limit: float) -> dict[str, Any]:
    """Load a file into an engine and ask it: seconds, megabytes, and milliseconds by question."""
    if engine in SERVERS:
        return ask_server(engine, file, limit)
    start = time.perf_counter()
    questions: dict[str, float | None] = {}
    if engine in ("mgonto", "pyoxigraph"):
        store = ox.Store()
        store.bulk_load(path=str(file), format=ox.RdfFormat.N_QUADS)
        loaded = time.perf_counter() - start
        if engine == "mgonto":
            embedded = EmbeddedEngine()
            embedded.store = store
            questions = measure_questions(KnowledgeBase(embedded), limit)
    elif engine == "rdflib":
        import rdflib

        graph = rdflib.Dataset(default_union=True)
        graph.parse(file, format="nquads")
        loaded = time.perf_counter() - start
        for name, text in _bound(file).items():
            questions[name] = median_ms(lambda text=text: list(graph.query(text)), limit)  # type: ignore[misc]
    else:
        import owlready2

        world = owlready2.World()
        with tempfile.NamedTemporaryFile(suffix=".nt") as triples:
            for line in file.open("rb"):
                triples.write(line.rpartition(b" <")[0] + b" .\n")
            triples.flush()
            start = time.perf_counter()
            world.get_ontology(f"file://{triples.name}").load()
            loaded = time.perf_counter() - start
        for name, text in _bound(file).items():
            questions[name] = median_ms(
                lambda text=text: list(world.sparql(text)),  # type: ignore[misc]
                limit,
            )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"load": loaded, "memory": peak, "questions": questions}


def _bound(file: Path) -> dict[str, str]:
    """The ten queries, their terms looked up in the release: every synthetic base has its terms."""
    import mgonto

    return examples(mgonto.load())


def ask_server(name: str, file: Path, limit: float) -> dict[str, Any]:
    """Load a file into a server, graph by graph, and ask it over HTTP."""
    import mgonto
    from tools import servers

    with getattr(servers, name)() as server:
        start = time.perf_counter()
        for graph, triples in by_graph(file):
            put(server, graph, triples)
        loaded = time.perf_counter() - start
        kb = mgonto.connect(server.query_url, timeout=limit)
        questions = measure_questions(kb, limit)
        memory = _resident(server.pid)
    return {"load": loaded, "memory": memory, "questions": questions}


def by_graph(file: Path) -> Iterator[tuple[str, bytes]]:
    """The N-Triples of each graph of a file of N-Quads."""
    graphs: dict[bytes, list[bytes]] = defaultdict(list)
    for line in file.open("rb"):
        triple, _, graph = line.rstrip(b" .\n").rpartition(b" <")
        graphs[graph.rstrip(b">")].append(triple + b" .\n")
    for name, lines in graphs.items():
        yield name.decode(), b"".join(lines)


def put(server: Any, graph: str, triples: bytes) -> None:
    """Send one graph with the Graph Store Protocol."""
    address = f"{server.store_url}?{urllib.parse.urlencode({'graph': graph})}"
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


def _resident(pid: int) -> float:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024
    return math.nan


# -- telling -----------------------------------------------------------------------------------------------

Found = Mapping[tuple[str, str], Mapping[str, Any]]


def shown(value: float | None) -> str:
    """A number with as many digits as it has sense; nothing where there is none.

    >>> [shown(each) for each in (0.0123, 1.26, 12.34, 1234.5, None)]
    ['0.012', '1.3', '12', '1,234', '']
    """
    if value is None or math.isnan(value):
        return ""
    return f"{value:.3f}" if value < 1 else f"{value:.1f}" if value < 10 else f"{value:,.0f}"


def table(title: str, names: Sequence[str], sizes: Sequence[str], found: Found, engine: str) -> str:
    """The milliseconds of some questions by size, and how much they grow from the first size to the last."""
    lines = [f"\n{title} (ms)\n", f"| question | {' | '.join(sizes)} | growth |"]
    lines.append("| --- |" + " ---: |" * (len(sizes) + 1))
    for name in names:
        values = [found.get((engine, size), {}).get("questions", {}).get(name) for size in sizes]
        told = [each for each in values if each]
        growth = f"{told[-1] / told[0]:.1f}" if len(told) > 1 else ""
        lines.append(f"| {name} | {' | '.join(map(shown, values))} | {growth} |")
    return "\n".join(lines)


def loads(sizes: Sequence[str], found: Found) -> str:
    """Seconds of loading and megabytes, by engine and size."""
    lines = ["\nLoading (s, MB)\n", f"| engine | {' | '.join(sizes)} |", "| --- |" + " ---: |" * len(sizes)]
    for engine in ENGINES:
        row = [found.get((engine, size)) for size in sizes]
        if any(row):
            cells = [f"{shown(each['load'])}, {shown(each['memory'])}" if each else "" for each in row]
            lines.append(f"| {engine} | {' | '.join(cells)} |")
    return "\n".join(lines)


def engines_beside(sizes: Sequence[str], found: Found) -> str:
    """The ten queries of the library by engine: the median over those that ended, and how many did."""
    lines = [
        "\nTen queries of the library: median ms, and how many of the ten ended\n",
        f"| engine | {' | '.join(sizes)} |",
        "| --- |" + " ---: |" * len(sizes),
    ]
    for engine in ENGINES:
        cells = []
        for size in sizes:
            asked = found.get((engine, size), {}).get("questions", {})
            told = [asked[name] for name in LIBRARY if asked.get(name)]
            cells.append(f"{shown(statistics.median(told))} ({len(told)})" if told else "")
        if any(cells):
            lines.append(f"| {engine} | {' | '.join(cells)} |")
    return "\n".join(lines)


COLOURS = ("#1b6ca8", "#c0392b", "#2e8b57", "#8e44ad", "#b8860b")


def curves(lines: Mapping[str, Mapping[int, float]]) -> str:
    """Growth curves as a picture: milliseconds by number of statements, both in powers of ten.

    >>> curves({"a": {1000: 1.0, 10000: 10.0}}).count("<polyline")
    1
    """
    left, top, width, height = 70, 20, 520, 320
    points = [point for line in lines.values() for point in line.items()]
    sizes = [math.log10(size) for size, _ in points] or [3.0]
    times = [math.log10(ms) for _, ms in points] or [0.0]
    low, high = math.floor(min(times)), max(math.ceil(max(times)), math.floor(min(times)) + 1)
    first, last = min(sizes), max(max(sizes), min(sizes) + 1)

    def place(size: float, ms: float) -> tuple[float, float]:
        across = (math.log10(size) - first) / (last - first)
        up = (math.log10(ms) - low) / (high - low)
        return round(left + across * width, 1), round(top + (1 - up) * height, 1)

    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {left + width + 250} {top + height + 50}" '
        'font-family="sans-serif" font-size="12">',
        "<title>Milliseconds to answer, by number of statements</title>",
        f'<rect width="{left + width + 250}" height="{top + height + 50}" fill="white"/>',
    ]
    for power in range(low, high + 1):
        _, y = place(10**first, 10.0**power)
        out.append(f'<line x1="{left}" y1="{y}" x2="{left + width}" y2="{y}" stroke="#ddd"/>')
        out.append(f'<text x="{left - 8}" y="{y + 4}" text-anchor="end">{10.0**power:g} ms</text>')
    for size in sorted({size for size, _ in points}):
        x, _ = place(size, 10.0**low)
        out.append(f'<line x1="{x}" y1="{top}" x2="{x}" y2="{top + height}" stroke="#ddd"/>')
        out.append(f'<text x="{x}" y="{top + height + 18}" text-anchor="middle">{size:,}</text>')
    x = left + width / 2
    out.append(f'<text x="{x}" y="{top + height + 38}" text-anchor="middle">statements</text>')
    for at, (name, line) in enumerate(lines.items()):
        colour = COLOURS[at % len(COLOURS)]
        path = " ".join("{},{}".format(*place(*point)) for point in sorted(line.items()))
        out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        out += [
            '<circle cx="{}" cy="{}" r="3" fill="{}"/>'.format(*place(*point), colour)
            for point in line.items()
        ]
        y = top + 14 + at * 20
        out.append(f'<rect x="{left + width + 16}" y="{y - 9}" width="12" height="12" fill="{colour}"/>')
        out.append(f'<text x="{left + width + 34}" y="{y + 2}">{name}</text>')
    return "\n".join([*out, "</svg>", ""])


def plotted(sizes: Sequence[str], found: Found) -> dict[str, dict[int, float]]:
    """The lines of the picture: the median of each kind of question, on the embedded engine."""
    kinds = {**{title: tuple(helpers) for title, helpers in HELPERS.items()}, "ten queries": LIBRARY}
    lines: dict[str, dict[int, float]] = {}
    for title, names in kinds.items():
        line = {}
        for size in sizes:
            asked = found.get(("mgonto", size), {}).get("questions", {})
            told = [asked[name] for name in names if asked.get(name)]
            if told:
                line[SIZES[size]] = statistics.median(told)
        if line:
            lines[title] = line
    return lines


def report(sizes: Sequence[str], found: Found) -> str:
    """All tables."""
    parts = [loads(sizes, found)]
    parts += [table(title, tuple(helpers), sizes, found, "mgonto") for title, helpers in HELPERS.items()]
    parts += [
        table("Read once", ("the terms, once",), sizes, found, "mgonto"),
        table("Ten queries of the library", LIBRARY, sizes, found, "mgonto"),
        engines_beside(sizes, found),
    ]
    return "\n".join(parts)


def with_report(text: str, new: str) -> str:
    """The text of the results with the section of this script replaced.

    >>> "new" in with_report(f"a {BEGIN} old {END} b", "new")
    True
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"no section between {BEGIN} and {END}")
    return f"{before}{BEGIN}\n{new}\n{END}{after}"


def run(engine: str, size: str, folder: Path, limit: float, most: float) -> dict[str, Any] | None:
    """What a process of its own measures, kept in the folder; None where it did not end in time."""
    kept = folder / f"{engine}-{size}.json"
    if kept.exists():
        return dict(json.loads(kept.read_text(encoding="utf-8")))
    file = folder / f"{size}.nq"
    if not file.exists():
        from benchmarks.synthetic import write_base

        write_base(SIZES[size], file)
    command = [sys.executable, str(Path(__file__)), "--worker", engine, str(file), "--limit", str(limit)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=most
        )
    except subprocess.TimeoutExpired:
        print(f"{engine} at {size}: not done in {most:.0f} s", file=sys.stderr)
        return None
    if done.returncode != 0:
        print(f"{engine} at {size}: {done.stderr.strip()[-500:]}", file=sys.stderr)
        return None
    kept.write_text(done.stdout, encoding="utf-8")
    return dict(json.loads(done.stdout))


def main() -> None:
    """Measure, print, and record as the options say."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sizes", nargs="+", choices=tuple(SIZES), default=["1k", "10k"])
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES))
    parser.add_argument("--limit", type=float, default=60, help="seconds for a question (default: 60)")
    parser.add_argument("--most", type=float, default=3600, help="seconds for an engine at a size")
    parser.add_argument("--keep", type=Path, help="where the bases and what was measured are kept")
    parser.add_argument("--record", action="store_true", help="write the results and the picture")
    parser.add_argument("--worker", nargs=2, metavar=("ENGINE", "FILE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        print(json.dumps(work(options.worker[0], Path(options.worker[1]), options.limit)))
        return
    with contextlib.ExitStack() as stack:
        folder = options.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        found: dict[tuple[str, str], dict[str, Any]] = {}
        for engine in options.engines:
            for size in options.sizes:
                measured = run(engine, size, folder, options.limit, options.most)
                if measured is None:
                    break  # what is too much at one size is too much at the next
                found[engine, size] = measured
    text = report(options.sizes, found)
    print(text)
    if options.record:
        RESULTS.write_text(with_report(RESULTS.read_text(encoding="utf-8"), text), encoding="utf-8")
        PLOT.write_text(curves(plotted(options.sizes, found)), encoding="utf-8")


if __name__ == "__main__":
    main()
