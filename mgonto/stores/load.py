"""A load into a triple store: what is to be done, done graph by graph, and proven by counting.

The state of a load is the store itself, and nothing is written down elsewhere: what is there already is not
sent again, what is not whole is made whole, and so a load that was cut off, or killed, is mended by the same
load once more. A graph of the release is replaced in one request; triples of a user are added to his graphs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from itertools import islice
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from mgonto.engine.access import Access
from mgonto.errors import EndpointError, MgontoError, UsageError
from mgonto.graph.serialise import label_blank_nodes
from mgonto.names import graph_iri
from mgonto.stores.client import TripleStore, server_of
from mgonto.stores.parts import USER_GRAPH, Part, file_parts, release_graphs
from mgonto.stores.presets import PRESETS, Preset, preset_of

__all__ = ["Step", "load_store", "open_triple_store"]

#: How often a graph is written where the count does not agree: what was sent before may still be on its way.
_ATTEMPTS = 3
#: Triples that are asked for at a time, to see whether they are there.
_ASKED_AT_ONCE = 200
_NUMBERS = frozenset(
    f"http://www.w3.org/2001/XMLSchema#{each}"
    for each in ("integer", "decimal", "double", "float", "boolean")
)


@dataclass(frozen=True, slots=True)
class Step:
    """What is done with one graph.

    Args:
        graph: its IRI.
        action: "keep" (all of it is there), "write" (it is replaced whole), "add" or "drop".
        triples: how many are to be there; none of a graph that is dropped.
        held: how many the store had before.
    """

    graph: str
    action: str
    triples: int
    held: int


def open_triple_store(
    url: str,
    access: Access,
    preset: str | None = None,
    update: str | None = None,
    graphs: str | None = None,
    timeout: float = 600,
) -> TripleStore:
    """The store at an address.

    Args:
        url: its base address, or any of its addresses.
        access: who loads.
        preset: what kind of store it is; it is asked unless told.
        update, graphs: its addresses for updates and for whole graphs, where they are not where they belong.
        timeout: seconds for one request.

    Raises:
        UsageError: an unknown preset, or a store that tells nothing of its kind.
        EndpointError: nobody answers.
    """
    if preset is not None and preset not in PRESETS:
        raise UsageError(f'unknown preset "{preset}"', "one of: " + ", ".join(PRESETS))
    kind = PRESETS[preset] if preset is not None else _kind_of(url, access, timeout)
    found = kind.addresses(url)
    found = replace(found, update=update or found.update, graphs=graphs or found.graphs)
    return TripleStore(kind, found, access, timeout)


def _kind_of(url: str, access: Access, timeout: float) -> Preset:
    try:
        return preset_of(url, server_of(url, access, timeout))
    except UsageError:
        # A base address need not answer a query: the address for queries of those that say who they are may.
        for name in ("oxigraph", "virtuoso"):
            said = server_of(PRESETS[name].addresses(url).query, access, timeout)
            if said and name in said.lower():
                return PRESETS[name]
        raise


def load_store(
    store: TripleStore,
    files: Sequence[Path] = (),
    graph: str = USER_GRAPH,
    alone: bool = False,
    replace_all: bool = False,
    dry_run: bool = False,
    tell: Callable[[int, int], None] = lambda done, whole: None,
) -> list[Step]:
    """Load the bundled release and files into a store, and prove that they are there.

    Args:
        store: where to.
        files: RDF files, on top of the release.
        graph: where their triples go that have no graph of their own.
        alone: the files alone, without the release.
        replace_all: write graphs anew that hold more than they should, and drop those of another release.
        dry_run: say what would be done, and do nothing.
        tell: is called with the triples that are through, and all that there are.

    Raises:
        MgontoError: a file cannot be read, or a graph of the release holds more than the release.
        EndpointError: the store does not answer, refuses, or does not hold what it was sent.
    """
    if alone and not files:
        raise UsageError("there is nothing to load", "name a file, or load the release with it")
    release = [] if alone else release_graphs()
    with file_parts(files, graph, release) as own:
        whole = sum(part.triples for part in (*release, *own))
        done = 0
        steps: list[Step] = []
        mine = {part.graph for part in release}
        # All is looked at before anything is sent: a load that is refused has changed nothing.
        plan: list[tuple[Part, Step]] = [(part, _planned(store, part, replace_all)) for part in release]
        for part in own:
            held = store.count(part.graph)
            anew = replace_all and part.graph not in mine
            plan.append((part, Step(part.graph, "write" if anew else "add", part.triples, held)))
        for part, step in plan:

            def through(sent: int, before: int = done) -> None:
                tell(before + sent, whole)

            if not dry_run and step.action == "write":
                _write(store, part, through)
            elif not dry_run and step.action == "add":
                step = replace(step, action="add" if _add(store, part, through) else "keep")
            done += part.triples
            tell(done, whole)
            steps.append(step)
        if replace_all and not alone:
            named = {part.graph for part in own} | mine
            for stale in store.graphs(graph_iri("")):
                if stale not in named and not stale.startswith(USER_GRAPH):
                    steps.append(Step(stale, "drop", 0, store.count(stale)))
                    if not dry_run:
                        _drop(store, stale)
        return steps


# -- graphs of the release ---------------------------------------------------------------------------------


def _planned(store: TripleStore, part: Part, replace_all: bool) -> Step:
    """What is to be done with a graph of the release."""
    held = store.count(part.graph)
    if held >= part.triples and not (replace_all and held > part.triples) and _holds(store, part, held):
        return Step(part.graph, "keep", part.triples, held)
    if held > part.triples and not replace_all:
        raise MgontoError(
            f"{part.graph} on {store.url} holds {held:,} triples, and not those of this release "
            f"({part.triples:,})",
            "write it anew with --replace, which lets go of what was added to it",
        )
    return Step(part.graph, "write", part.triples, held)


def _holds(store: TripleStore, part: Part, held: int) -> bool:
    """Whether a graph on the store has all that it should; False also where that cannot be told."""
    there = store.read(part.graph)
    if len(there) < held:
        # The store cuts long answers. What has no blank nodes can be asked for.
        return not part.nodes and _all_held(store, part)
    return _canonical(quad.triple for quad in part.quads) <= _canonical(there)


def _canonical(triples: Iterable[ox.Triple]) -> set[str]:
    """Triples that compare equal where they say the same, whatever the blank nodes are called."""
    quads = [ox.Quad(each.subject, each.predicate, _plain(each.object)) for each in triples]
    return {str(quad.triple) for quad in label_blank_nodes(quads)}


def _plain(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> Any:
    """A term; a number as it is written without the zeros that a store may have taken off."""
    if isinstance(term, ox.Literal) and term.datatype.value in _NUMBERS:
        try:
            value = {"true": "1", "false": "0"}.get(term.value, term.value)
            return ox.Literal(f"{Decimal(value).normalize():f}", datatype=term.datatype)
        except (InvalidOperation, ValueError):
            return term
    return term


def _write(store: TripleStore, part: Part, through: Callable[[int], None]) -> None:
    """Replace a graph whole, and count."""
    there = 0
    for _ in range(_ATTEMPTS):
        sent = 0
        # Blank nodes are told in one request, the one that replaces what was there.
        for batch in _batches(part.lines(), store.preset.batch, part.nodes):
            if sent:
                store.add(part.graph, batch)
            else:
                store.replace(part.graph, batch)
            sent += len(batch)
            through(sent)
        there = store.count(part.graph)
        if there == part.triples:
            return
    raise _not_there(store, part, there)


def _not_there(store: TripleStore, part: Part, there: int) -> EndpointError:
    return EndpointError(
        f"{store.url} took {part.graph} without complaint, but holds {there:,} of {part.triples:,} triples",
        "look into the server's log, or name the kind of store with --preset",
    )


def _drop(store: TripleStore, graph: str) -> None:
    store.drop(graph)
    left = store.count(graph)
    if left:
        raise EndpointError(
            f"{store.url} was told to drop {graph}, and still holds {left:,} triples of it",
            "look into its log",
        )


# -- a user's graphs ---------------------------------------------------------------------------------------


def _add(store: TripleStore, part: Part, through: Callable[[int], None]) -> bool:
    """Add what is not there yet; False where all of it was."""
    size = store.preset.batch
    held = store.count(part.graph)
    start = _resumed(store, part, size) if held else 0
    sent = start * size
    through(sent)
    for batch in islice(_batches(part.lines(), size), start, None):
        store.add(part.graph, batch)
        sent += len(batch)
        through(sent)
    if start and not _is_there(store, part):
        # What was sent before the break has not all come through: once more, from the beginning.
        for batch in _batches(part.lines(), size):
            store.add(part.graph, batch)
    there = store.count(part.graph)
    if not _is_there(store, part):
        raise _not_there(store, part, there)
    return there != held


def _is_there(store: TripleStore, part: Part) -> bool:
    """Whether a graph has all it should: by its count, or by asking, where it holds other triples too."""
    there = store.count(part.graph)
    return there == part.triples or (there > part.triples and _all_held(store, part))


def _resumed(store: TripleStore, part: Part, size: int) -> int:
    """The first batch to send: those before it are there, as their last triples tell.

    Batches are sent in order, so that a search by halves finds where an earlier load broke off. That those
    before it are whole is proven afterwards, by counting.
    """
    last = [batch[-1].removesuffix(" .\n") for batch in _batches(part.lines(), size)]
    low, high = 0, len(last)
    while low < high:
        middle = (low + high) // 2
        if store.has(part.graph, last[middle]):
            low = middle + 1
        else:
            high = middle
    return low


def _all_held(store: TripleStore, part: Part) -> bool:
    """Whether every triple of a graph without blank nodes is on the store, asked some at a time."""
    for batch in _batches(part.lines(), _ASKED_AT_ONCE):
        wanted = [quad.triple for quad in ox.parse("".join(batch), format=ox.RdfFormat.N_TRIPLES)]
        there = store.about(part.graph, dict.fromkeys(str(each.subject) for each in wanted))
        if not _canonical(wanted) <= _canonical(there):
            return False
    return True


def _batches(lines: Iterator[str], size: int, least: int = 0) -> Iterator[list[str]]:
    """Lines, some at a time; in the first at least so many."""
    batch = list(islice(lines, max(size, least)))
    while batch:
        yield batch
        batch = list(islice(lines, size))
