"""Runs mutants: each is the whole release with one change, its edges derived anew, validated as a whole."""

from __future__ import annotations

import multiprocessing
import os
import re
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager
from functools import partial
from itertools import chain
from typing import Any, TypeVar

import pyoxigraph as ox

from mgonto.graph.edges import derive_edges
from mgonto.names import BASE, graph_iri
from mgonto.validation.data import bundled_store, ntriples_of
from mgonto.validation.engines import Finding, run_engine
from mgonto.validation.shapes import ShapeSet
from mgonto.validation.validate import bundled_shapes, check_findings
from tests.mutation.mutants import Mutant

__all__ = ["Runner", "Told", "apart", "catch_mutants", "release_triples", "run_mutants", "section_triples"]

_T = TypeVar("_T")
#: By engine, what is new in a mutant: the keys of its findings, the severity first.
Told = dict[str, frozenset[tuple[str | None, ...]]]

_DEFAULT = ox.DefaultGraph()
#: Who finds things beside the engines.
_CHECKS = "checks"


def release_triples() -> list[ox.Triple]:
    """Every triple of the bundled release but mappings and inferred types, which no rule looks at."""
    store = bundled_store()
    left_out = {f"<{graph_iri(name)}>" for name in ("mappings", "inferred")}
    return list(dict.fromkeys(quad.triple for quad in store if str(quad.graph_name) not in left_out))


def section_triples(section: str = "S09") -> list[ox.Triple]:
    """A release of one section: its statements with all that hangs on them, and the terms that they use.

    Of the vocabulary the classes, the closed lists and the relations stay, so that the shapes mean the same.
    """
    store = bundled_store()
    ontology = ox.NamedNode(graph_iri("ontology"))
    about: dict[object, list[ox.Triple]] = {}
    for quad in store:
        about.setdefault(quad.subject, []).append(quad.triple)
    start = f"{BASE}statement/foroudastan-2025/{section}."
    pending: list[object] = [
        node for node in about if isinstance(node, ox.NamedNode) and node.value.startswith(start)
    ]
    terms = {quad.subject for quad in store.quads_for_pattern(None, None, None, ontology)}
    vocabulary = {node for node in terms if any(str(t.predicate).endswith("prefLabel>") for t in about[node])}
    kept: dict[ox.Triple, None] = {}
    for entry in terms - vocabulary:
        kept |= dict.fromkeys(about[entry])
    for place, told in about.items():
        # Flags and tensions that are about this section alone.
        targets = [t.object for t in told if t.predicate.value in (f"{BASE}about", f"{BASE}between")]
        if targets and all(str(target).startswith(f"<{start}") for target in targets):
            pending.append(place)
    done: set[object] = set()
    while pending:
        node = pending.pop()
        if node in done or node not in about:
            continue
        done.add(node)
        kept |= dict.fromkeys(about[node])
        pending += [t.object for t in about[node] if t.object in about and not _is_edge(t)]
    sentences = {node for node in done if f"/article/foroudastan-2025/{section}." in str(node)}
    return [t for t in kept if not _is_edge(t)] if sentences else []


def apart(triples: Sequence[ox.Triple], mutants: Iterable[Mutant]) -> tuple[str, list[Mutant]]:
    """Several mutants in one graph, each with IRIs of its own and one vocabulary; and those left over.

    Left over are mutants of what they would share: terms, words of the vocabulary, edges.
    """
    store = ox.Store()
    own = [each for each in triples if _is_own(each.subject)]
    store.extend(ox.Quad(t.subject, t.predicate, t.object, _DEFAULT) for t in set(triples) - set(own))
    left: list[Mutant] = []
    for number, mutant in enumerate(mutants):
        if mutant.about_edges or not all(_is_own(t.subject) for t in (*mutant.removed, *mutant.added)):
            left.append(mutant)
            continue
        told = (set(own) - set(mutant.removed)) | set(mutant.added)
        store.extend(
            ox.Quad(_renamed(t.subject, number), t.predicate, _renamed(t.object, number), _DEFAULT)
            for t in told
        )
    store.extend(ox.Quad(q.subject, q.predicate, q.object, _DEFAULT) for q in derive_edges(store))
    return ntriples_of(store), left


def _is_own(node: object) -> bool:
    """Whether a node belongs to the article and to no other."""
    return isinstance(node, ox.NamedNode) and _OWN.search(node.value) is not None


def _renamed(node: Any, number: int) -> Any:
    if not isinstance(node, ox.NamedNode):
        return node
    return ox.NamedNode(_OWN.sub(lambda found: f"{found[1] or found[2]}{number:04x}", node.value))


#: The parts of an IRI that make it one article's own; what is matched after the name gives way to a number.
_OWN = re.compile(rf"({BASE}(?:proposition|participant)/)[0-9a-f]{{4}}|(foroudastan-)2025")


def _is_edge(triple: ox.Triple) -> bool:
    name = triple.predicate.value.removeprefix(BASE).removesuffix("Maybe")
    return name in {
        *("moreMore", "moreLess", "lessMore", "lessLess", "promotes", "inhibits", "associatedWith"),
        "yieldsEdge",
    }


class Runner:
    """Holds a release, and gives what a mutant of it adds to what was found before.

    Args:
        triples: the release.
        shapes: the shapes and checks.
    """

    def __init__(self, triples: Iterable[ox.Triple], shapes: ShapeSet) -> None:
        self._shapes = shapes
        self._store = ox.Store()
        self._store.bulk_extend(ox.Quad(t.subject, t.predicate, t.object, _DEFAULT) for t in triples)
        self._edges = self._derived()
        self._store.extend(self._edges)
        self._before: dict[str, frozenset[object]] = {}

    @property
    def triples(self) -> list[ox.Triple]:
        """The release with its edges."""
        return [quad.triple for quad in self._store]

    def findings(self, engine: str) -> list[Finding]:
        """What shapes and checks find in the store as it is."""
        return [*self._by(engine), *self._by(_CHECKS)]

    def _by(self, finder: str) -> list[Finding]:
        """What an engine finds with the shapes, or the checks."""
        if finder == _CHECKS:
            found = check_findings(self._store, self._shapes.checks)
        else:
            found = run_engine(finder, self._shapes, ntriples_of(self._store))
        return [each for each in found if not self._shapes.is_excused(each.shape, each.focus.strip("<>"))]

    def _news(self, mutant: Mutant, *finders: str) -> Generator[list[Finding], None, None]:
        """What each finder finds in the mutant and did not find in the release; none is asked beforehand."""
        for each in finders:
            if each not in self._before:
                self._before[each] = frozenset(found.key for found in self._by(each))
        with self.mutated(mutant):
            for each in finders:
                yield [found for found in self._by(each) if found.key not in self._before[each]]

    def new(self, mutant: Mutant, engine: str = "shacl") -> list[Finding]:
        """What is found in the mutant and was not in the release."""
        return list(chain.from_iterable(self._news(mutant, engine, _CHECKS)))

    def catches(self, mutant: Mutant) -> bool:
        """Whether the fast engine, or else a check, has more than advice on what is new in a mutant."""
        news = self._news(mutant, "shacl", _CHECKS)
        with closing(news):  # and the change is undone, though the checks may not have been asked
            return any(each.severity != "info" for found in news for each in found)

    @contextmanager
    def mutated(self, mutant: Mutant) -> Iterator[None]:
        """The store with the change made, and as it was afterwards."""
        removed = [quad for quad in self._quads(mutant.removed) if quad in self._store]
        added = [quad for quad in self._quads(mutant.added) if quad not in self._store]
        self._change(removed, added)
        edges = self._edges if mutant.about_edges else self._derived()
        self._change(self._edges - edges, edges - self._edges)
        try:
            yield
        finally:
            self._change(edges - self._edges, self._edges - edges)
            self._change(added, removed)
            # An edge that the change itself took or gave is as it was.
            self._store.extend(self._edges)

    def _change(self, removed: Iterable[ox.Quad], added: Iterable[ox.Quad]) -> None:
        for quad in removed:
            self._store.remove(quad)
        self._store.extend(added)

    def _derived(self) -> set[ox.Quad]:
        return {ox.Quad(q.subject, q.predicate, q.object, _DEFAULT) for q in derive_edges(self._store)}

    @staticmethod
    def _quads(triples: Iterable[ox.Triple]) -> list[ox.Quad]:
        return [ox.Quad(t.subject, t.predicate, t.object, _DEFAULT) for t in triples]


# -- on every core -----------------------------------------------------------------------------------------

#: The runner of this process, made once.
_of_process: list[Runner] = []


def run_mutants(
    mutants: Sequence[Mutant], section: str | None = None, engines: Sequence[str] = ("shacl",)
) -> Iterator[tuple[Mutant, Told]]:
    """What each mutant adds by each engine, in the order of the mutants, on every core of the machine.

    Args:
        mutants: of the release of this section.
        section: as for `section_triples`; None is the whole release.
        engines: which to run.
    """
    return _on_every_core(partial(_told, tuple(engines)), mutants, section)


def catch_mutants(mutants: Sequence[Mutant]) -> Iterator[tuple[Mutant, bool]]:
    """Whether each mutant of the whole release is caught, in the order of the mutants.

    It takes half the time of `run_mutants`: most are caught by the shapes, and the checks are not asked.
    """
    return _on_every_core(_catches, mutants, None)


def _on_every_core(
    work: Callable[[Mutant], _T], mutants: Sequence[Mutant], section: str | None
) -> Iterator[tuple[Mutant, _T]]:
    # Each process starts clean: one that was copied with the engine's threads in it could stand still.
    clean = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), clean, initializer=_start, initargs=(section,)) as pool:
        yield from zip(mutants, pool.map(work, mutants), strict=True)


def _start(section: str | None) -> None:
    triples = section_triples(section) if section else release_triples()
    _of_process.append(Runner(triples, bundled_shapes()))


def _catches(mutant: Mutant) -> bool:
    return _of_process[0].catches(mutant)


def _told(engines: Sequence[str], mutant: Mutant) -> Told:
    runner = _of_process[0]
    return {engine: frozenset(each.key for each in runner.new(mutant, engine)) for engine in engines}
