"""How load, memory and answers grow with the data: from a thousand statements to a million.

Every engine runs in a process of its own, over the same bases: the bundled release, and a synthetic base
(`benchmarks/synthetic.py`) on top of it.

- `mgonto`: `mgonto.load(FILE)`, in memory; `mgonto-disk`: `mgonto load --store DIR FILE`, then asked by
  another process; `pyoxigraph` and `pyoxigraph-disk`: its bare bulk load of the release and the same file;
- rdflib and owlready2 as far as they go, on the ten queries of the library;
- the servers of `tools/servers`, asked through `mgonto.connect`.

Loads in memory and on disk are measured in rounds, one engine after the other, and their medians told. A
question that is not answered within the limit is told so, and ended; only what mgonto holds in memory is
asked to the end. What is measured is kept, so that a run that was broken off goes on where it was.

    python benchmarks/scale.py --sizes 1k 10k                      # print the tables
    python benchmarks/scale.py --engines mgonto rdflib --sizes 1k  # only these
    python benchmarks/scale.py --sizes 1k 10k 100k 1M --keep DIR --record

No engine is taken further than `LARGEST` says, unless `--largest rdflib=100k` says otherwise: rdflib takes a
minute to load ten thousand statements, and more than ten times that for a hundred thousand; owlready2 does
not end some queries at a thousand; ARQ holds its data in Java's memory, some 2.5 KB a triple.
"""

import argparse
import contextlib
import json
import math
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.scale_worker import (  # noqa: E402
    HELPERS,
    LATE,
    LIBRARY,
    measure_questions,
    work,
    write_whole,
)

__all__ = ["HELPERS", "LIBRARY", "curves", "main", "measure_questions", "table"]

RESULTS, PLOT = ROOT / "benchmarks" / "RESULTS.md", ROOT / "docs" / "growth.svg"
BEGIN, END = "<!-- scale: begin -->", "<!-- scale: end -->"
SIZES = {"1k": 1_000, "10k": 10_000, "100k": 100_000, "1M": 1_000_000}
#: The engines by the names that tables show.
ENGINES = {
    "mgonto": "mgonto",
    "pyoxigraph": "pyoxigraph, bare",
    "mgonto-disk": "mgonto, on disk",
    "pyoxigraph-disk": "pyoxigraph, bare, on disk",
    "rdflib": "rdflib",
    "owlready2": "owlready2",
    "oxigraph": "Oxigraph server",
    "virtuoso": "Virtuoso",
    "arq": "Jena ARQ",
}
EMBEDDED = ("mgonto", "pyoxigraph", "mgonto-disk", "pyoxigraph-disk")
LARGEST = {
    **dict.fromkeys(EMBEDDED, "1M"),
    **{"rdflib": "10k", "owlready2": "1k", "oxigraph": "1M", "virtuoso": "100k", "arq": "100k"},
}
ONCE = ("the terms, once",)
#: How often the embedded engines load a base, by size.
ROUNDS = {"1k": 3, "10k": 3, "100k": 3, "1M": 1}

# -- telling -----------------------------------------------------------------------------------------------

Found = Mapping[tuple[str, str], Mapping[str, Any]]


def shown(value: float | str | None, limit: float = math.nan) -> str:
    """A number with as many digits as it has sense; what came in its place; nothing where nothing was tried.

    >>> [shown(each) for each in (0.0123, 1.26, 12.34, 1234.5, None)]
    ['0.012', '1.3', '12', '1,234', '']
    >>> [shown(each, 10) for each in ("late", "cannot")]
    ['> 10 s', 'cannot']
    """
    if isinstance(value, str):
        return f"> {limit:g} s" if value == LATE else value
    if value is None or math.isnan(value):
        return ""
    return f"{value:.3f}" if value < 1 else f"{value:.1f}" if value < 10 else f"{value:,.0f}"


def asked(found: Found, engine: str, size: str, name: str) -> float | str | None:
    """Milliseconds of a question, or what came in their place."""
    value: float | str | None = found.get((engine, size), {}).get("questions", {}).get(name)
    return value


def _limit(found: Found) -> float:
    return max((each.get("limit", 0) for each in found.values()), default=math.nan)


def table(title: str, names: Sequence[str], sizes: Sequence[str], found: Found, engine: str) -> str:
    """The milliseconds of some questions by size, and how much they grow from the first size to the last.

    >>> measured = {("mgonto", "1k"): {"questions": {"a": 2.0}}, ("mgonto", "10k"): {"questions": {"a": 6.0}}}
    >>> table("T", ["a"], ["1k", "10k"], measured, "mgonto").splitlines()[-1]
    '| a | 2.0 | 6.0 | 3.0 |'
    """
    lines = [f"\n{title} (ms)\n", f"| question | {' | '.join(sizes)} | growth |"]
    lines.append("| --- |" + " ---: |" * (len(sizes) + 1))
    for name in names:
        values = [asked(found, engine, size, name) for size in sizes]
        told = [each for each in values if isinstance(each, float)]
        growth = f"{told[-1] / told[0]:.1f}" if len(told) > 1 else ""
        cells = [shown(each, _limit(found)) for each in values]
        lines.append(f"| {name} | {' | '.join(cells)} | {growth} |")
    return "\n".join(lines)


def loads(sizes: Sequence[str], found: Found) -> str:
    """Seconds of loading and megabytes, by engine and size; and how near mgonto comes to bare bulk load.

    >>> ours, bare = {"load": 2.5, "memory": 80.0}, {"load": 2.0, "memory": 70.0}
    >>> loads(["1k"], {("mgonto", "1k"): ours, ("pyoxigraph", "1k"): bare}).splitlines()[-1]
    '| mgonto/pyoxigraph speed | 0.80 |'
    """
    lines = [
        "\nLoading (s, peak MB)\n",
        f"| engine | {' | '.join(sizes)} |",
        "| --- |" + " ---: |" * len(sizes),
    ]
    for engine, name in ENGINES.items():
        row = [found.get((engine, size)) for size in sizes]
        if any(row):
            cells = [f"{shown(each['load'])}, {shown(each['memory'])}" if each else "" for each in row]
            lines.append(f"| {name} | {' | '.join(cells)} |")
    for where, beside in (("", ""), ("-disk", ", on disk")):
        pairs = [
            (found.get((f"pyoxigraph{where}", size)), found.get((f"mgonto{where}", size))) for size in sizes
        ]
        cells = [f"{bare['load'] / ours['load']:.2f}" if bare and ours else "" for bare, ours in pairs]
        if any(cells):
            lines.append(f"| mgonto/pyoxigraph speed{beside} | {' | '.join(cells)} |")
    return "\n".join(lines)


def memory(sizes: Sequence[str], found: Found) -> str:
    """Peak megabytes of the process that is asked, by engine and size."""
    lines = ["\nAsked (peak MB)\n", f"| engine | {' | '.join(sizes)} |", "| --- |" + " ---: |" * len(sizes)]
    for engine, name in ENGINES.items():
        cells = [shown(found.get((engine, size), {}).get("asked")) for size in sizes]
        if any(cells):
            lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def engines_beside(title: str, questions: Sequence[str], sizes: Sequence[str], found: Found) -> str:
    """Some questions by engine: the median over those that ended, and how many did."""
    lines = [
        f"\n{title}: median ms, and how many of the {len(questions)} ended\n",
        f"| engine | {' | '.join(sizes)} |",
        "| --- |" + " ---: |" * len(sizes),
    ]
    for engine, shown_as in ENGINES.items():
        cells = []
        for size in sizes:
            values = [asked(found, engine, size, name) for name in questions]
            told = [each for each in values if isinstance(each, float)]
            median = shown(statistics.median(told)) if told else shown(LATE, _limit(found))
            cells.append(f"{median} ({len(told)})" if any(values) else "")
        if any(cells):
            lines.append(f"| {shown_as} | {' | '.join(cells)} |")
    return "\n".join(lines)


def queries_beside(size: str, found: Found) -> str:
    """Each of the ten queries by engine at one size, with the rows where they are not those of mgonto."""
    engines = [each for each in ENGINES if any(asked(found, each, size, name) for name in LIBRARY)]
    lines = [
        f"\nTen queries of the library at {size} (ms; rows where they differ)\n",
        f"| query | {' | '.join(ENGINES[each] for each in engines)} |",
        "| --- |" + " ---: |" * len(engines),
    ]
    for name in LIBRARY:
        right = found.get(("mgonto", size), {}).get("rows", {}).get(name)
        cells = []
        for engine in engines:
            value = shown(asked(found, engine, size, name), _limit(found))
            rows = found[engine, size].get("rows", {}).get(name)
            other = right is not None and rows is not None and rows != right
            cells.append(f"{value} ({rows} rows, not {right})" if other else value)
        lines.append(f"| {name} | {' | '.join(cells)} |")
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
            values = [asked(found, "mgonto", size, name) for name in names]
            told = [each for each in values if isinstance(each, float)]
            if told:
                line[SIZES[size]] = statistics.median(told)
        if line:
            lines[title] = line
    return lines


def report(sizes: Sequence[str], found: Found) -> str:
    """All tables."""
    parts = [loads(sizes, found), memory(sizes, found)]
    for engine, where in (("mgonto", ""), ("mgonto-disk", ", on disk")):
        if any((engine, size) in found for size in sizes):
            kinds = {**{title: tuple(helpers) for title, helpers in HELPERS.items()}, "read once": ONCE}
            kinds["ten queries of the library"] = LIBRARY
            parts += [
                table((title + where).capitalize(), names, sizes, found, engine)
                for title, names in kinds.items()
            ]
    for title in ("short answers", "paths, 4 hops, k=10"):
        parts.append(engines_beside(title.capitalize(), tuple(HELPERS[title]), sizes, found))
    parts.append(engines_beside("Ten queries of the library", LIBRARY, sizes, found))
    parts += [queries_beside(size, found) for size in sizes[:1]]
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


# -- running -----------------------------------------------------------------------------------------------


class Bench:
    """What is measured and kept in a folder.

    Args:
        folder: has the bases (1k.nq and so on; those that are not there are made), and what was measured.
        limit: seconds for a question.
        most: seconds for an engine at a size.
    """

    def __init__(self, folder: Path, limit: float, most: float) -> None:
        self.folder, self.limit, self.most = folder, limit, most
        self.start = time.monotonic()

    def base(self, size: str) -> Path:
        """The synthetic base of a size."""
        file = self.folder / f"{size}.nq"
        if not file.exists():
            from benchmarks.synthetic import write_base

            self.note(f"base of {size}: writing it")
            part = file.with_suffix(".part")
            write_base(SIZES[size], part)
            part.replace(file)
        return file

    def whole(self, size: str) -> Path:
        """The release with the base of a size."""
        whole = self.folder / f"{size}-whole.nq"
        if not whole.exists():
            self.note(f"base of {size}: writing it with the release")
            if self._process("--write-whole", str(self.base(size)), str(whole)) is None:
                raise SystemExit(f"{whole} was not written")
        return whole

    def measure(self, engine: str, size: str, again: int = 0) -> dict[str, Any] | None:
        """What a process of its own measures; None where it did not end in time, now or before.

        Args:
            engine, size: of what.
            again: 0 to load and ask it; else the number of a round that only loads.
        """
        kept = self.folder / (f"{engine}-{size}-again{again}.json" if again else f"{engine}-{size}.json")
        if not kept.exists():
            file = self.base(size) if engine in EMBEDDED else self.whole(size)
            options = ["--known", *few] if (few := self._few(size)) else []
            options += ["--load-only"] if again else []
            text = self._process("--worker", engine, str(file), "--limit", str(self.limit), *options)
            kept.write_text(text or "null", encoding="utf-8")
        found: dict[str, Any] | None = json.loads(kept.read_text(encoding="utf-8"))
        told = f"loaded in {shown(found['load'])} s" if found else f"not done in {self.most:.0f} s"
        self.note(f"{engine} at {size}: {told}")
        return found

    def note(self, text: str) -> None:
        """How far it is, on standard error."""
        print(f"{time.monotonic() - self.start:6.0f} s  {text}", file=sys.stderr, flush=True)

    def _few(self, size: str) -> list[str]:
        with contextlib.suppress(OSError, KeyError, TypeError):
            return list(json.loads((self.folder / f"mgonto-{size}.json").read_text(encoding="utf-8"))["few"])
        return []

    def _process(self, *arguments: str) -> str | None:
        """What this script prints with some arguments, in a process that is ended in time."""
        command = [sys.executable, str(Path(__file__)), *arguments]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        with subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
        ) as process:
            try:
                out, _ = process.communicate(timeout=self.most)
            except subprocess.TimeoutExpired:
                process.terminate()  # it ends its servers first
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.communicate(timeout=60)
                process.kill()
                return None
            return out if process.returncode == 0 else None


def measured(
    bench: Bench, sizes: Sequence[str], engines: Sequence[str], largest: Mapping[str, str], rounds: int | None
) -> Iterator[tuple[tuple[str, str], dict[str, Any]]]:
    """What each engine measures at each size, up to its largest, or to where it did not end in time."""
    names, over = list(SIZES), set[str]()
    for size in sizes:
        now = [
            each
            for each in engines
            if each not in over and names.index(size) <= names.index(largest.get(each, "1M"))
        ]
        found = {}
        for engine in now:
            one = bench.measure(engine, size)
            if one is None:
                over.add(engine)  # what is too much at one size is too much at the next
            else:
                found[engine] = one
        times = {engine: [one["load"]] for engine, one in found.items()}
        for again in range(1, rounds or ROUNDS[size]):
            for engine in [each for each in EMBEDDED if each in found]:
                if one := bench.measure(engine, size, again):
                    times[engine].append(one["load"])
        for engine, one in found.items():
            yield (engine, size), {**one, "load": statistics.median(times[engine])}


def main() -> None:
    """Measure, print, and record as the options say."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sizes", nargs="+", choices=tuple(SIZES), default=["1k", "10k"])
    parser.add_argument("--engines", nargs="+", choices=tuple(ENGINES), default=list(ENGINES))
    parser.add_argument(
        "--largest", nargs="+", default=[], metavar="ENGINE=SIZE", help="other than LARGEST has it"
    )
    parser.add_argument("--rounds", type=int, help="how often the embedded engines load (default: 3; 1M: 1)")
    parser.add_argument("--limit", type=float, default=10, help="seconds for a question (default: 10)")
    parser.add_argument("--most", type=float, default=1800, help="seconds for an engine at a size")
    parser.add_argument("--keep", type=Path, help="where the bases and what was measured are kept")
    parser.add_argument("--record", action="store_true", help="write the results and the picture")
    parser.add_argument("--worker", nargs=2, metavar=("ENGINE", "FILE"), help=argparse.SUPPRESS)
    parser.add_argument("--write-whole", nargs=2, type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--known", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--load-only", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    if options.write_whole:
        write_whole(*options.write_whole)
        return
    if options.worker:
        engine, file = options.worker
        known = tuple(options.known) if options.known else None
        print(json.dumps(work(engine, Path(file), options.limit, known, not options.load_only)))
        return
    largest = {**LARGEST, **dict(each.split("=") for each in options.largest)}
    with contextlib.ExitStack() as stack:
        folder = options.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        bench = Bench(folder.absolute(), options.limit, options.most)
        found = dict(measured(bench, options.sizes, options.engines, largest, options.rounds))
    text = report(options.sizes, found)
    print(text)
    if options.record:
        RESULTS.write_text(with_report(RESULTS.read_text(encoding="utf-8"), text), encoding="utf-8")
        PLOT.write_text(curves(plotted(options.sizes, found)), encoding="utf-8")


if __name__ == "__main__":
    main()
