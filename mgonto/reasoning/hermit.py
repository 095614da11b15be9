"""HermiT, as owlready2 carries it: run on triples, with a time limit, and nothing printed.

owlready2's own call has no time limit, prints, and classifies class by class with all individuals loaded,
which takes 100 s on the release. One question of consistency takes 2 s; `reason` puts all it wants to know
into such questions.
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox

from mgonto.errors import MgontoError
from mgonto.reasoning.java import find_java

__all__ = ["Hermit", "HermitFailed", "OutOfTime"]

_MAIN = "org.semanticweb.HermiT.cli.CommandLine"
#: A short run: quick to start, and content with one core.
_JAVA_OPTIONS = ("-Xmx2000M", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto")
_RELATION = re.compile(r"^(SubClassOf|Type|EquivalentClasses)\( ((?:<[^>]+>\s*)+)\)", re.MULTILINE)
_INCONSISTENT = ("Inconsistent ontology", "InconsistentOntologyException", "not satisfiable")


class OutOfTime(MgontoError):
    """HermiT did not end within the time limit."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"HermiT did not end within {seconds:g} s", "give it more time with --timeout, or fewer files"
        )


class HermitFailed(MgontoError):
    """HermiT refuses the data: an axiom outside OWL 2 DL, say."""


class Hermit:
    """Runs HermiT.

    Args:
        timeout: seconds for all runs of this object together.

    Raises:
        NoJava: there is no Java.
    """

    def __init__(self, timeout: float) -> None:
        self._java = find_java()
        self._timeout = timeout
        self._left = timeout
        self.runs = 0

    def is_consistent(self, triples: Iterable[ox.Triple]) -> bool:
        """Whether the triples, read as OWL, have a model.

        Raises:
            OutOfTime: the time limit is reached.
            HermitFailed: HermiT cannot read them as OWL 2 DL.
        """
        output, code = self._run(triples, "-k")
        if any(each in output for each in _INCONSISTENT):
            return False
        if code != 0 or "satisfiable" not in output:
            raise HermitFailed(_reason(output), "mend that, or check the file with tools/owl_gate.py")
        return True

    def types(self, triples: Iterable[ox.Triple]) -> set[tuple[str, str]]:
        """Individual and class, for every class of every individual. Slow where there are many classes.

        Raises as `is_consistent` does.
        """
        output, code = self._run(triples, "-c", "-I")
        if code != 0:
            raise HermitFailed(_reason(output), "mend that, or check the file with tools/owl_gate.py")
        told: dict[str, list[list[str]]] = defaultdict(list)
        for relation, iris in _RELATION.findall(output):
            told[relation].append(re.findall(r"<([^>]+)>", iris))
        # HermiT tells the nearest classes only: the others are above them.
        above: dict[str, set[str]] = defaultdict(set)
        for narrow, broad in told["SubClassOf"]:
            above[narrow].add(broad)
        for same in told["EquivalentClasses"]:
            for each in same:
                above[each] |= {*same}
        found: set[tuple[str, str]] = set()
        pending = [(one, kind) for one, kind in told["Type"]]
        while pending:
            pair = pending.pop()
            if pair not in found:
                found.add(pair)
                pending += [(pair[0], broader) for broader in above[pair[1]]]
        return found

    def _run(self, triples: Iterable[ox.Triple], *actions: str) -> tuple[str, int]:
        began = time.perf_counter()
        self.runs += 1
        with tempfile.TemporaryDirectory(prefix="mgonto-") as folder:
            file = Path(folder) / "data.nt"
            ox.serialize(triples, str(file), format=ox.RdfFormat.N_TRIPLES)
            command = [self._java, *_JAVA_OPTIONS, "-cp", _class_path(), _MAIN, *actions, file.as_uri()]
            try:
                done = subprocess.run(
                    command,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                    encoding="utf-8",
                    errors="replace",
                    timeout=max(self._left, 0.001),
                    check=False,
                )
            except subprocess.TimeoutExpired:
                raise OutOfTime(self._timeout) from None
            except OSError as error:
                raise MgontoError(
                    f"cannot run {self._java}: {error.strerror}", "see that JAVA_HOME names a Java"
                ) from error
        self._left -= time.perf_counter() - began
        return done.stdout, done.returncode


def _class_path() -> str:
    """HermiT's archive in the installed owlready2, found without importing owlready2."""
    spec = importlib.util.find_spec("owlready2")
    if spec is None or not spec.submodule_search_locations:
        raise MgontoError("owlready2 is not installed", "pip install mgonto again: it depends on it")
    folder = Path(spec.submodule_search_locations[0]) / "hermit"
    return os.pathsep.join((str(folder), str(folder / "HermiT.jar")))


def _reason(output: str) -> str:
    """The line that says what is wrong, out of what Java printed."""
    lines = [" ".join(line.split()) for line in output.splitlines() if line.strip()]
    said = next((line for line in lines if "Exception" in line or "Error" in line), "no reason given")
    said = re.sub(r"^(Exception in thread \S+ )?([\w$]+\.)+[\w$]+(Exception|Error): ", "", said)
    return f"HermiT refuses the data: {said[:300]}"
