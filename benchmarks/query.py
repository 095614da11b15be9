"""What asking costs beside the bare engine, in one warm process.

Four comparisons, each on pairs of runs in turn, so that a slow moment of the machine falls on both:

- `kb.select` against pyoxigraph's own `query` on the same text, for every query of the library;
- the typed helpers against the SPARQL that they send, on pyoxigraph alone;
- `explain` over four hops, in milliseconds;
- with `--growth`, the helpers over 10 and 100 times the data (`benchmarks/synthetic.py`), in milliseconds.

    python benchmarks/query.py               # print the tables
    python benchmarks/query.py --rdflib      # with rdflib beside it: minutes, and without the slowest
    python benchmarks/query.py --check       # and exit 1 where a limit is passed
    python benchmarks/query.py --growth      # with 10 and 100 times the data: minutes
    python benchmarks/query.py --record      # and write the tables to benchmarks/RESULTS.md
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

import mgonto
from mgonto.engine.binding import Value, bind
from mgonto.engine.embedded import EmbeddedEngine, Row
from mgonto.errors import UsageError
from mgonto.kb import KnowledgeBase
from mgonto.query.parameters import query_values

__all__ = ["Pair", "growth", "helper_pairs", "library_pairs", "main", "median_ratio", "timed"]

RESULTS = Path(__file__).resolve().parent / "RESULTS.md"
BEGIN, END = "<!-- asking: begin -->", "<!-- asking: end -->"
SELECT_LIMIT, HELPER_LIMIT, EXPLAIN_LIMIT = 1.25, 2.0, 0.050
SOURCE, TARGET = "magnesium deficiency", "insulin resistance"
# Queries that take rdflib many seconds each: walks along the edges and joins of pairs of propositions.
SLOW_IN_RDFLIB = frozenset(
    {
        *("lowered-by-less", "lowered-by-more", "raised-by-less", "raised-by-more"),
        *("causal-without-number", "opposite-signs", "shared-effects", "text-against-table"),
    }
)
HELPERS: dict[str, Callable[[KnowledgeBase], object]] = {
    "statements(about)": lambda kb: kb.statements(SOURCE),
    "statements(section)": lambda kb: kb.statements(section="S13"),
    "statements()": lambda kb: kb.statements(),
    "quantities(section)": lambda kb: kb.quantities(section="T2"),
    "sentences(reference)": lambda kb: kb.sentences(reference=13),
    "references()": lambda kb: kb.references(),
    "tensions(about)": lambda kb: kb.tensions("mTOR"),
    "gaps()": lambda kb: kb.gaps(),
    "flags(kind)": lambda kb: kb.flags(kind="misprint"),
    "absent(about)": lambda kb: kb.absent("HOMA-IR"),
    "repeats()": lambda kb: kb.repeats(),
    "facets(tissue)": lambda kb: kb.facets("tissue"),
    "coverage()": lambda kb: kb.coverage(),
    "run(effects-of)": lambda kb: kb.run("effects-of", term=SOURCE),
}


@dataclass(frozen=True)
class Pair:
    """The median seconds of a question on the bare engine and by way of mgonto."""

    name: str
    bare: float
    ours: float

    @property
    def ratio(self) -> float:
        """How many times the bare engine's time ours is."""
        return self.ours / self.bare


class Recorder(EmbeddedEngine):
    """An engine that remembers what it was asked."""

    def __init__(self, store: ox.Store) -> None:
        super().__init__()
        self.store, self.asked = store, list[str]()

    def select(
        self, query: str, values: Mapping[str, Value] | None = None
    ) -> tuple[tuple[str, ...], list[Row]]:
        """As the embedded engine, with the bound text kept."""
        self.asked.append(bind(query, values or {}))
        return super().select(query, values)


def timed(ask: Callable[[], object]) -> float:
    """The seconds that a call takes."""
    start = time.perf_counter()
    ask()
    return time.perf_counter() - start


def median_ratio(pairs: list[Pair]) -> float:
    """The median of the ratios.

    >>> median_ratio([Pair("a", 1.0, 1.0), Pair("b", 2.0, 3.0), Pair("c", 1.0, 9.0)])
    1.5
    """
    return statistics.median(each.ratio for each in pairs)


def in_turn(name: str, bare: Callable[[], object], ours: Callable[[], object], runs: int) -> Pair:
    """Both calls, one after the other, `runs` times after a warm-up."""
    timed(bare), timed(ours)
    pairs = [(timed(bare), timed(ours)) for _ in range(runs)]
    return Pair(name, statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs))


def examples(kb: KnowledgeBase) -> dict[str, str]:
    """Each query of the library with the examples of its header filled in."""
    found = {}
    for name, query in kb.queries.items():
        given = {each.name: each.example for each in query.parameters if each.example is not None}
        found[name] = bind(query.text, query_values(query, given, kb.terms, widen=True))
    return found


def bare_rows(store: ox.Store, text: str) -> list[tuple[object, ...]]:
    """The rows of a SELECT, read as the engine gives them."""
    found = store.query(text, use_default_graph_as_union=True)
    assert isinstance(found, ox.QuerySolutions)
    return [tuple(row) for row in found]


def library_pairs(kb: KnowledgeBase, runs: int) -> list[Pair]:
    """`kb.select` beside the bare engine for every query of the library."""
    store = kb.store()

    def pair(name: str, text: str) -> Pair:
        return in_turn(name, lambda: bare_rows(store, text), lambda: kb.select(text), runs)

    return [pair(name, text) for name, text in examples(kb).items()]


def helper_pairs(kb: KnowledgeBase, runs: int) -> list[Pair]:
    """The typed helpers beside the SPARQL that they send."""
    recorder = Recorder(kb.store())
    asked = KnowledgeBase(recorder)
    assert asked.terms  # the lexicon is read once, whatever is asked

    def pair(name: str, ask: Callable[[KnowledgeBase], object]) -> Pair:
        recorder.asked.clear()
        ask(asked)
        sent = list(recorder.asked)
        return in_turn(
            name, lambda: [bare_rows(recorder.store, text) for text in sent], lambda: ask(kb), runs
        )

    return [pair(name, ask) for name, ask in HELPERS.items()]


def growth(kb: KnowledgeBase, runs: int) -> str:
    """A Markdown table: milliseconds of each helper over the release, and over 10 and 100 times as much."""
    from benchmarks.synthetic import write_base

    size = kb.counts()["statements"]
    bases = [kb]
    with tempfile.TemporaryDirectory() as folder:
        for times in (10, 100):
            file = Path(folder) / f"{times}.nq"
            write_base(times * size, file)
            engine = EmbeddedEngine()
            engine.store.bulk_load(path=str(file), format=ox.RdfFormat.N_QUADS)
            bases.append(KnowledgeBase(engine))
            file.unlink()
    lines = ["\ntyped helpers, by how much data\n", "| question | release ms | x 10 | x 100 |"]
    lines.append("| --- | ---: | ---: | ---: |")
    asked = {**HELPERS, "explain, 4 hops": lambda kb: kb.explain(SOURCE, TARGET, max_hops=4)}
    for name, ask in asked.items():
        cells = []
        for base in bases:
            try:
                timed(lambda ask=ask, base=base: ask(base))  # type: ignore[misc]
            except UsageError:  # there is no such table or reference in what is made up
                cells.append("")
                continue
            taken = [timed(lambda ask=ask, base=base: ask(base)) for _ in range(min(runs, 3))]  # type: ignore[misc]
            cells.append(f"{statistics.median(taken) * 1000:,.1f}")
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def rdflib_seconds(kb: KnowledgeBase) -> dict[str, float]:
    """One run of each query on rdflib, but for the slowest."""
    import rdflib

    graph = rdflib.Graph()
    for triple in {f"{quad.triple} ." for quad in kb.store()}:
        graph.parse(data=triple, format="nt")
    return {
        name: timed(lambda text=text: list(graph.query(text)))  # type: ignore[misc]
        for name, text in examples(kb).items()
        if name not in SLOW_IN_RDFLIB
    }


def table(title: str, pairs: list[Pair], beside: Mapping[str, float]) -> str:
    """A Markdown table of pairs, the dearest first, and their median ratio."""
    lines = [
        f"\n{title}: median ratio {median_ratio(pairs):.2f}\n",
        "| question | bare ms | mgonto ms | ratio |" + (" rdflib ms |" if beside else ""),
        "| --- | ---: | ---: | ---: |" + (" ---: |" if beside else ""),
    ]
    for each in sorted(pairs, key=lambda pair: -pair.ratio):
        last = f" {beside[each.name] * 1000:.1f} |" if each.name in beside else " |" if beside else ""
        lines.append(
            f"| {each.name} | {each.bare * 1000:.2f} | {each.ours * 1000:.2f} | {each.ratio:.2f} |{last}"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure, print, and with `--check` fail where a limit is passed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=15, help="pairs of runs of each question")
    parser.add_argument("--rdflib", action="store_true", help="measure rdflib too")
    parser.add_argument("--check", action="store_true", help="exit 1 where a limit is passed")
    parser.add_argument("--growth", action="store_true", help="measure 10 and 100 times the data too")
    parser.add_argument("--record", action="store_true", help="write the tables to benchmarks/RESULTS.md")
    options = parser.parse_args()
    kb = mgonto.load()
    library = library_pairs(kb, options.runs)
    told = [table("kb.select over the library", library, rdflib_seconds(kb) if options.rdflib else {})]
    helpers = helper_pairs(kb, options.runs)
    told.append(table("typed helpers", helpers, {}))

    def explain() -> object:
        return kb.explain(SOURCE, TARGET, max_hops=4)

    timed(explain)
    explained = statistics.median(timed(explain) for _ in range(options.runs))
    told.append(f"\nexplain over 4 hops, warm: {explained * 1000:.1f} ms")
    if options.growth:
        told.append(growth(kb, options.runs))
    print("\n".join(told))
    if options.record:
        before, begin, rest = RESULTS.read_text(encoding="utf-8").partition(BEGIN)
        _, end, after = rest.partition(END)
        RESULTS.write_text("\n".join([before + begin, *told, end + after]), encoding="utf-8")
    passed = [
        f"{name} {value:.3f} is above {limit}"
        for name, value, limit in (
            ("kb.select", median_ratio(library), SELECT_LIMIT),
            ("typed helpers", median_ratio(helpers), HELPER_LIMIT),
            ("explain", explained, EXPLAIN_LIMIT),
        )
        if value > limit
    ]
    print("\n".join(passed), file=sys.stderr)
    if options.check and passed:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
