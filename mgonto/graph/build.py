"""Sources to release: compile, derive, serialise, compare, and write all of it or nothing."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from mgonto.compiler.compile import Compiled, compile_sources
from mgonto.errors import MgontoError
from mgonto.graph.describe import describe_queries
from mgonto.graph.edges import YIELDS, derive_edges
from mgonto.graph.inferred import infer_types
from mgonto.graph.serialise import write_trig, write_turtle
from mgonto.names import BASE, PREFIXES, graph_iri, statement_iri

__all__ = ["Build", "StaleRelease", "build_release", "check_release", "write_release"]

TRIG, TURTLE, LEDGER = "mgonto.trig", "mgonto.ttl", "statements.tsv"
QUERIES = "queries.ttl"
_LEDGER_HEADER = "statement\tproposition\tstatus"
_WITHDRAWN = "withdrawn"
#: Graphs that stay out of the merged OWL document: it is for ontology tools.
_NOT_IN_TURTLE = frozenset({graph_iri("shapes"), graph_iri("inferred")})


class StaleRelease(MgontoError):
    """The release differs from what the sources make, or would break a promise it has made."""


@dataclass(frozen=True, slots=True)
class Build:
    """The files of a release by name, and what they hold."""

    files: Mapping[str, bytes]
    statements: int
    propositions: int
    quads: int
    #: Statement ids of the ledger whose proposition is another one now.
    changed: tuple[str, ...]


def build_release(root: Path) -> Build:
    """Build the release of the checkout `root` in memory; the same sources give the same bytes.

    Raises:
        CompilationFailed: the sources have problems.
        MgontoError: the vocabulary, a query or the ledger of released statements cannot be read.
    """
    compiled = compile_sources(root)
    core, late = list(compiled.core_quads()), list(compiled.late_quads())
    core += _words(late)
    store = ox.Store()
    store.extend(core)
    store.extend(late)
    for quad in derive_edges(store):
        # The path search reads which edges a proposition yields; the edges themselves are for other tools.
        (core if quad.predicate == YIELDS else late).append(quad)
    late += infer_types((*core, *late))
    core_set = set(core)
    late = [quad for quad in dict.fromkeys(late) if quad not in core_set]
    merged = [quad for quad in (*core, *late) if str(quad.graph_name).strip("<>") not in _NOT_IN_TURTLE]
    asserted = _asserted(compiled)
    ledger, changed = _ledger(root / "release" / LEDGER, asserted)
    files = {TRIG: write_trig(core, late), TURTLE: write_turtle(merged), LEDGER: ledger}
    if (root / "queries").is_dir():
        files[QUERIES] = describe_queries(root / "queries", (*core, *late))
    return Build(files, len(asserted), len(set(asserted.values())), len(core_set) + len(late), changed)


def write_release(root: Path, build: Build, amend: bool = False) -> tuple[Path, ...]:
    """Write the files of `build` to `release/`: all are written aside first, then each is renamed into place.

    Args:
        root: the checkout.
        build: what `build_release` gave.
        amend: accept statement ids whose proposition has changed; for releases that nobody cites yet.

    Raises:
        StaleRelease: a released statement id would change its proposition and `amend` is off.
        MgontoError: the folder cannot be written; the release that was there stands.
    """
    if build.changed and not amend:
        raise StaleRelease(_changed_message(build.changed), _CHANGED_HINT)
    folder = root / "release"
    parts = {folder / name: folder / f".{name}.part" for name in build.files}
    try:
        folder.mkdir(exist_ok=True)
        for part, content in zip(parts.values(), build.files.values(), strict=True):
            part.write_bytes(content)
        for path, part in parts.items():
            os.replace(part, path)
    except OSError as error:
        hint = "make the folder one that you may write to, and see that the disk is not full"
        raise MgontoError(
            f"cannot write {error.filename or folder}: {error.strerror or error}", hint
        ) from error
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)
    return tuple(parts)


def check_release(root: Path, build: Build) -> None:
    """Compare `build` with the files in `release/`.

    Raises:
        StaleRelease: a released statement id has changed its proposition, or a file is missing or stale.
    """
    if build.changed:
        raise StaleRelease(_changed_message(build.changed), _CHANGED_HINT)
    for name, content in build.files.items():
        path = root / "release" / name
        if not path.exists() or path.read_bytes() != content:
            raise StaleRelease(f"release/{name} is not what the sources make", "run: mgonto build")


_CHANGED_HINT = (
    "give the new claim an order of its own (order: N) and leave the old number unused; "
    "or, before anybody cites it: mgonto build --amend"
)


def _changed_message(changed: tuple[str, ...]) -> str:
    shown = ", ".join(each.removeprefix(BASE + "statement/") for each in changed[:3])
    more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
    return f"released statements now assert another proposition: {shown}{more}"


def _asserted(compiled: Compiled) -> dict[str, str]:
    return {
        statement_iri(one.article.slug, each.locator, each.number): each.proposition.iri
        for one in compiled.articles
        for each in one.statements
    }


def _ledger(path: Path, asserted: Mapping[str, str]) -> tuple[bytes, tuple[str, ...]]:
    """The ledger of every statement id ever released, brought up to date, and the ids that broke it.

    A withdrawn id stays in it, so that its number is never given to another claim.
    """
    released: dict[str, str] = {}
    if path.exists():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()[1:], start=2):
            cells = line.split("\t")
            if len(cells) != 3 or not all(cells[:2]):
                hint = "take the file back from the last commit: it holds every statement id ever released"
                raise MgontoError(f"release/{path.name}:{number}: this is no row of the ledger", hint)
            released[BASE + cells[0]] = BASE + cells[1]
    changed = tuple(
        sorted(iri for iri, proposition in asserted.items() if released.get(iri, proposition) != proposition)
    )
    rows = []
    for iri, proposition in sorted((released | dict(asserted)).items()):
        status = "" if iri in asserted else _WITHDRAWN
        rows.append(f"{iri.removeprefix(BASE)}\t{proposition.removeprefix(BASE)}\t{status}")
    return "\n".join((_LEDGER_HEADER, *rows, "")).encode(), changed


def _words(late: list[ox.Quad]) -> list[ox.Quad]:
    """The labels of relations and closed lists: small, and every answer shows them."""
    label, kind = ox.NamedNode(PREFIXES["rdfs"] + "label"), ox.NamedNode(BASE + "yamlKey")
    relation, type_ = ox.NamedNode(BASE + "Relation"), ox.NamedNode(PREFIXES["rdf"] + "type")
    individuals = {
        quad.subject
        for quad in late
        if (quad.predicate == type_ and quad.object == relation)
        or (quad.predicate == type_ and quad.object == ox.NamedNode(PREFIXES["owl"] + "NamedIndividual"))
    }
    return [quad for quad in late if quad.subject in individuals and quad.predicate in (label, kind, type_)]
