"""Time and memory of validation at growing size: python -m benchmarks.validate [--record].

For each size a synthetic base is made, and every run is a process of its own, so that its peak memory is its
own. *Engine* is the SHACL engine alone, loading included; *whole* is what `mgonto validate FILE` does:
reading, shapes, checks across rows. Both engines run side by side at the small sizes, the fast one alone at
the large. Where other programs work on the same machine, the processor seconds are the ones to compare.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import pyoxigraph as ox

import mgonto
from benchmarks.synthetic import write_base

__all__ = ["main", "measure", "one", "with_section"]

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "RESULTS.md"
BEGIN, END = "<!-- validate: begin -->", "<!-- validate: end -->"
HEADER = (
    "| statements | triples | what | engine | seconds | processor seconds | peak MB | findings |\n"
    "| --- | --- | --- | --- | --- | --- | --- | --- |"
)


def one(engine: str, what: str, file: Path) -> dict[str, float]:
    """Validate one file in this process; return seconds, peak memory and how much was found.

    Args:
        engine: `shacl` or `pyshacl`.
        what: `engine` or `whole`.
        file: N-Quads.
    """
    from mgonto.validation.engines import run_engine
    from mgonto.validation.validate import bundled_shapes, validate_files

    shapes = bundled_shapes()
    if what == "engine":
        with tempfile.TemporaryDirectory() as folder:
            data = Path(folder) / "data.nt"
            with data.open("w", encoding="utf-8", newline="\n") as plain:
                for quad in ox.parse(path=str(file), format=ox.RdfFormat.N_QUADS):
                    plain.write(f"{quad.triple} .\n")
            start, clock = time.perf_counter(), time.process_time()
            found = len(run_engine(engine, shapes, data))
    else:
        start, clock = time.perf_counter(), time.process_time()
        found = len(validate_files([file], engine).results)
    return {
        "seconds": time.perf_counter() - start,
        "processor": time.process_time() - clock,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "findings": found,
    }


def measure(engine: str, what: str, file: Path) -> dict[str, float]:
    """The same in a process of its own; raises SystemExit with its last words where it fails."""
    command = [sys.executable, "-m", "benchmarks.validate", "--one", engine, what, str(file)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr}")
    found: dict[str, float] = json.loads(done.stdout)
    return found


def row(statements: int, triples: int, what: str, engine: str, found: dict[str, float]) -> str:
    """A row of the table of results.

    >>> told = {"seconds": 1.25, "processor": 1.2, "megabytes": 80.4, "findings": 3}
    >>> row(1000, 39209, "engine", "shacl", told)
    '| 1,000 | 39,209 | engine | shacl | 1.25 | 1.20 | 80 | 3 |'
    """
    return (
        f"| {statements:,} | {triples:,} | {what} | {engine} | {found['seconds']:.2f} | "
        f"{found['processor']:.2f} | {found['megabytes']:.0f} | {found['findings']:.0f} |"
    )


def ratios(found: dict[tuple[int, str], dict[str, float]]) -> str:
    """How many times faster the fast engine is at each size that both ran, in words.

    >>> ratios({(1000, "shacl"): {"processor": 0.5}, (1000, "pyshacl"): {"processor": 50.0}})
    'In processor seconds the fast engine takes 1 part of 100 of the other at 1,000 statements.'
    """
    told = [
        f"1 part of {each['processor'] / found[size, 'shacl']['processor']:.0f} of the other"
        f" at {size:,} statements"
        for (size, engine), each in sorted(found.items())
        if engine == "pyshacl"
    ]
    return f"In processor seconds the fast engine takes {', and '.join(told)}." if told else ""


def with_section(text: str, rows: list[str], note: str) -> str:
    """The text of the results with this section in the place of the one before, or at the end.

    >>> with_section("# Results\\n", ["| 1 |"], "One core.").count("<!--")
    2
    """
    before, begin, rest = text.partition(BEGIN)
    after = rest.partition(END)[2] if begin else ""
    if not begin:
        before = before.rstrip("\n") + "\n\n## Validation\n\n" + (__doc__ or "").partition("\n\n")[2] + "\n"
    return "\n".join([before + BEGIN, note, "", HEADER, *rows, END + (after or "\n")])


def main() -> None:
    """Measure, print, and record as the options say."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="*", default=[1_000, 10_000], help="both engines")
    parser.add_argument("--fast-sizes", type=int, nargs="*", default=[100_000], help="the fast one alone")
    parser.add_argument("--record", action="store_true", help="write the table to benchmarks/RESULTS.md")
    parser.add_argument("--one", nargs=3, metavar=("ENGINE", "WHAT", "FILE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        engine, what, file = options.one
        print(json.dumps(one(engine, what, Path(file))))
        return
    rows: list[str] = []
    of_engine: dict[tuple[int, str], dict[str, float]] = {}
    print(HEADER)
    with tempfile.TemporaryDirectory() as folder:
        for size in sorted({*options.sizes, *options.fast_sizes}):
            file = Path(folder) / f"{size}.nq"
            triples = write_base(size, file)
            engines = ("shacl", "pyshacl") if size in options.sizes else ("shacl",)
            for engine, what in [*((each, "engine") for each in engines), ("shacl", "whole")]:
                found = measure(engine, what, file)
                if what == "engine":
                    of_engine[size, engine] = found
                rows.append(row(size, triples, what, engine, found))
                print(rows[-1], flush=True)
            file.unlink()
    if options.record:
        machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
        python = platform.python_version()
        note = (
            f"{date.today().isoformat()}, mgonto {mgonto.__version__}, Python {python}, {machine}.\n"
            f"{ratios(of_engine)}"
        )
        RESULTS.write_text(with_section(RESULTS.read_text(encoding="utf-8"), rows, note), encoding="utf-8")


if __name__ == "__main__":
    main()
