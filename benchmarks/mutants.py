"""How many mutants of the release are caught: python -m benchmarks.mutants [--seed S] [--both] [--record].

Each mutant is the whole release with one thing changed. Printed is a row for each kind that survives, with
the reason why that is legal, or the word MISSED; with --both every mutant runs on both engines, which
must agree. Another seed gives another set of mutants, to be kept apart from the one that the shapes were
tried on.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from datetime import date
from pathlib import Path

from mgonto.validation.validate import bundled_shapes
from tests.mutation.mutants import LEGAL, make_mutants
from tests.mutation.runner import Runner, release_triples, run_mutants, section_triples

__all__ = ["main", "with_row"]

RESULTS = Path(__file__).resolve().parent / "RESULTS.md"
BEGIN, END = "<!-- mutants: begin -->", "<!-- mutants: end -->"
HEAD = """
## Mutants

    python -m benchmarks.mutants --record

The release with one thing changed, as `docs/shapes.md` says; a row for each set. Legal are the kinds that
`docs/shapes.md` lists with their reasons.

"""
HEADER = (
    "| date | seed | release | mutants | kinds | caught | legal | missed | engines | seconds |\n"
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
)


def with_row(text: str, row: str) -> str:
    """The text of the results with one row more in the section of mutants, which is made where it is missing.

    >>> made = with_row("# Results\\n", "| 1 |")
    >>> with_row(made, "| 2 |").splitlines()[-3:]
    ['| 1 |', '| 2 |', '<!-- mutants: end -->']
    """
    if BEGIN not in text:
        text = f"{text.rstrip()}\n{HEAD}{BEGIN}\n{HEADER}\n{END}\n"
    return text.replace(END, f"{row}\n{END}")


def main() -> None:
    """Run the mutants and print what survives; exit 1 where a mutant is missed or the engines differ."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--each", type=int, default=2, help="mutants of each kind (default: 2)")
    parser.add_argument("--seed", type=int, default=5, help="which set of mutants (default: 5)")
    parser.add_argument("--both", action="store_true", help="run both engines and compare; slow")
    parser.add_argument("--section", help="of one section alone, S13 say")
    parser.add_argument("--record", action="store_true", help="add a row to benchmarks/RESULTS.md")
    options = parser.parse_args()
    triples = section_triples(options.section) if options.section else release_triples()
    mutants = make_mutants(Runner(triples, bundled_shapes()).triples, options.each, options.seed)
    engines = ("shacl", "pyshacl") if options.both else ("shacl",)
    start, differ = time.perf_counter(), 0
    all_of, missed = Counter(each.kind for each in mutants), Counter[str]()
    for each, told in run_mutants(mutants, options.section, engines):
        if not any(key[0] != "info" for key in told["shacl"]):
            missed[each.kind] += 1
        if len(set(told.values())) > 1:
            differ += 1
            print(f"the engines differ: {each.name}")
    seconds = time.perf_counter() - start
    caught = len(mutants) - missed.total()
    print(f"{caught} of {len(mutants)} mutants of {len(all_of)} kinds caught in {seconds:.0f} s\n")
    print("| kind | survived | of | why |\n| --- | --- | --- | --- |")
    for kind, count in sorted(missed.items()):
        print(f"| {kind} | {count} | {all_of[kind]} | {LEGAL.get(kind, 'MISSED')} |")
    if options.record:
        legal = sum(count for kind, count in missed.items() if kind in LEGAL)
        agree = (
            "both, which agree"
            if options.both and not differ
            else "both, which differ"
            if differ
            else "shacl"
        )
        cells = [
            date.today().isoformat(),
            options.seed,
            options.section or "whole",
            len(mutants),
            len(all_of),
        ]
        cells += [caught, legal, len(mutants) - caught - legal, agree, f"{seconds:.0f}"]
        row = f"| {' | '.join(map(str, cells))} |"
        RESULTS.write_text(with_row(RESULTS.read_text(encoding="utf-8"), row), encoding="utf-8")
    if differ or any(kind not in LEGAL for kind in missed):
        sys.exit(1)


if __name__ == "__main__":
    main()
