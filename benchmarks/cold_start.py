"""How long the first answer takes, from the start of the process to its end.

Runs two commands in turn, so that a slow moment of the machine falls on both: importing the two RDF libraries
that the answer needs, and the answer itself. The ratio of their medians says what mgonto adds, and hardly
depends on the machine.

    python benchmarks/cold_start.py                 # print the row of a Markdown table
    python benchmarks/cold_start.py --limit 2.5     # and exit 1 where the ratio is above the limit
    python benchmarks/cold_start.py --record        # and write the row to benchmarks/RESULTS.md
"""

import argparse
import datetime
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

import mgonto

__all__ = ["main", "measure", "row", "with_row"]

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "RESULTS.md"
BEGIN, END = "<!-- cold-start: begin -->", "<!-- cold-start: end -->"
HEADER = (
    "| date | mgonto | Python | machine | runs | imports ms | answer ms | ratio |\n"
    "| --- | --- | --- | --- | --- | --- | --- | --- |"
)
IDENTITY = 4  # the columns that say which measurement a row is: a new one of the same takes its place
BASELINE = [sys.executable, "-c", "import pyoxigraph, rdflib"]
QUESTION = ["explain", "magnesium deficiency", "insulin resistance"]


def answer_command() -> list[str]:
    """Return the command that answers: the console script beside this interpreter, else the module."""
    script = shutil.which("mgonto", path=str(Path(sys.executable).parent))
    return [script, *QUESTION] if script else [sys.executable, "-m", "mgonto", *QUESTION]


def seconds(command: list[str]) -> float:
    """Run a command and return its wall time; raises SystemExit with its last words where it fails."""
    start = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    taken = time.perf_counter() - start
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed with {done.returncode}:\n{done.stderr}")
    return taken


def measure(runs: int) -> tuple[float, float]:
    """Return the median seconds of the imports and of the answer, over runs in turn after one warm-up."""
    answer = answer_command()
    seconds(BASELINE), seconds(answer)
    pairs = [(seconds(BASELINE), seconds(answer)) for _ in range(runs)]
    return statistics.median(pair[0] for pair in pairs), statistics.median(pair[1] for pair in pairs)


def row(runs: int, imports: float, answer: float) -> str:
    """Return the row of the table of results.

    >>> row(15, 0.2, 0.3).split(" | ")[4:]
    ['15', '200', '300', '1.50 |']
    """
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    cells = [
        datetime.date.today().isoformat(),
        mgonto.__version__,
        platform.python_version(),
        machine,
        str(runs),
        f"{imports * 1000:.0f}",
        f"{answer * 1000:.0f}",
        f"{answer / imports:.2f}",
    ]
    return f"| {' | '.join(cells)} |"


def with_row(text: str, new: str) -> str:
    """Return the text of the results with a row added, or put in the place of the same day's measurement.

    Raises ValueError where the text has no section for it.

    >>> text = f"{BEGIN}\\n{HEADER}\\n| a | b | c | d | 1 |\\n{END}\\n"
    >>> with_row(text, "| a | b | c | d | 2 |").count("| a |")
    1
    >>> with_row(text, "| A | b | c | d | 2 |").splitlines()[-2]
    '| A | b | c | d | 2 |'
    """
    before, begin, rest = text.partition(BEGIN)
    inside, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"no section between {BEGIN} and {END}")

    def identity(line: str) -> list[str]:
        return line.split(" | ")[:IDENTITY]

    old = [line for line in inside.splitlines() if line.startswith("|")][2:]
    rows = [line for line in old if identity(line) != identity(new)]
    return "\n".join([before + begin, HEADER, *rows, new, end + after])


def main() -> None:
    """Measure, print, and record or judge as the options say."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("-n", "--runs", type=int, default=15, help="pairs of runs (default: 15)")
    parser.add_argument("--limit", type=float, metavar="RATIO", help="exit 1 where the ratio is above this")
    parser.add_argument("--record", action="store_true", help="write the row to benchmarks/RESULTS.md")
    options = parser.parse_args()
    if options.runs < 1:
        parser.error("--runs must be 1 or more")
    imports, answer = measure(options.runs)
    new = row(options.runs, imports, answer)
    print(f"{HEADER}\n{new}")
    if options.record:
        RESULTS.write_text(with_row(RESULTS.read_text(encoding="utf-8"), new), encoding="utf-8")
    if options.limit is not None and answer / imports > options.limit:
        sys.exit(f"the ratio {answer / imports:.2f} is above the limit of {options.limit}")


if __name__ == "__main__":
    main()
