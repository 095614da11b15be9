"""The verb that loads a triple store, or a folder."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mgonto.cli.output import emit, note
from mgonto.cli.settings import Settings
from mgonto.errors import UsageError

if TYPE_CHECKING:
    from mgonto.stores.load import Step

__all__ = ["register"]

#: A bar is worth its line where one waits longer than so many seconds.
_PATIENCE = 1.0
_WIDTH = 30


def register(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    app.command()(load)


def load(
    ctx: typer.Context,
    what: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[URL] [FILE]...", help="A triple store's address (not with --store), and RDF files."
        ),
    ] = None,
    preset: Annotated[
        str | None,
        typer.Option(help="Kind of store: oxigraph, virtuoso, fuseki, ...; it is asked unless told."),
    ] = None,
    graph: Annotated[
        str | None, typer.Option(help="Graph for triples that no file names a graph for.")
    ] = None,
    alone: Annotated[bool, typer.Option("--alone", help="The files alone, without the release.")] = False,
    replace_: Annotated[
        bool, typer.Option("--replace", help="Let go of what is there beyond what is loaded.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")
    ] = False,
    update: Annotated[
        str | None, typer.Option(help="Its address for updates, where it is elsewhere.")
    ] = None,
    graph_store: Annotated[
        str | None, typer.Option(help="Its address for whole graphs, where it is elsewhere.")
    ] = None,
) -> None:
    """Load the bundled release, and files on top of it, into a triple store or (--store) a folder.

    Loading twice changes nothing, and what was cut off is mended by the same command. Credentials come from
    MGONTO_USER and MGONTO_PASSWORD, MGONTO_TOKEN, or netrc.
    """
    settings: Settings = ctx.obj
    words = list(what or ())
    url = words.pop(0) if words and words[0].startswith(("http://", "https://")) else None
    files = [*settings.data, *map(Path, words)]
    if (
        settings.store is not None
        and url is not None
        and str(settings.store) == os.environ.get("MGONTO_STORE")
    ):
        settings = replace(
            settings, store=None
        )  # the environment says what to ask; the command, what to load
    if settings.store is not None:
        given = {
            "a URL": url,
            "--preset": preset,
            "--graph": graph,
            "--update": update,
            "--graph-store": graph_store,
        }
        _refuse({**given, "--alone": alone}, "a store in a folder takes the release and files alone")
        _load_folder(settings, settings.store, files, replace_, dry_run)
        return
    from mgonto.engine.access import Access, without_secrets

    if url is None:
        first = f", not {without_secrets(words[0])}" if words else ""
        raise UsageError(
            f"load takes the address of a store first{first}",
            "as in: mgonto load http://localhost:7878, or mgonto load --store DIR",
        )
    from mgonto.result.results import Results
    from mgonto.stores.load import load_store, open_triple_store
    from mgonto.stores.parts import USER_GRAPH

    store = open_triple_store(url, Access.of(url), preset, update, graph_store, settings.timeout)
    bar = _Bar(settings)
    try:
        steps = load_store(store, files, _graph(graph) or USER_GRAPH, alone, replace_, dry_run, bar.show)
    finally:
        bar.clear()
    emit(settings, Results(steps, ""))
    note(settings, _summary(steps, dry_run))
    if not dry_run:
        note(settings, f"ask it with: mgonto --endpoint {store.url} explain SOURCE TARGET")


def _load_folder(settings: Settings, folder: Path, files: list[Path], replace_: bool, dry_run: bool) -> None:
    from mgonto.stores.persistent import load_folder

    state, loaded = load_folder(folder, files, replace_, dry_run)
    if dry_run:
        note(settings, f"{folder} would be loaded" if loaded else f"{folder} holds all of it: nothing to do")
    elif state is not None:
        done = f"{state.triples:,} triples" if loaded else "holds all of it: nothing to do"
        note(settings, f"{folder}: {done}; ask it with: mgonto --store {folder} explain SOURCE TARGET")


def _graph(iri: str | None) -> str | None:
    import re

    if iri is not None and not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*:[^<>\"{}|^`\\\x00-\x20]+", iri):
        raise UsageError(
            f"{iri!r} is no absolute IRI", "write the graph's IRI in full, without angle brackets"
        )
    return iri


def _refuse(given: dict[str, object], why: str) -> None:
    for name, value in given.items():
        if value:
            raise UsageError(f"{name} and --store exclude each other", why)


def _summary(steps: list[Step], dry_run: bool) -> str:
    changed = [each for each in steps if each.action != "keep"]
    kept = len(steps) - len(changed)
    sent = sum(each.triples for each in changed)
    if not changed:
        return f"all {_graphs(kept)} are there: nothing to do"
    done = "would be loaded" if dry_run else "loaded and counted"
    return f"{_graphs(len(changed))} of {sent:,} triples {done}; {_graphs(kept)} there already"


def _graphs(number: int) -> str:
    return f"{number} graph" if number == 1 else f"{number} graphs"


class _Bar:
    """How far it is, on standard error: only on a terminal, and only for who has waited a second."""

    def __init__(self, settings: Settings) -> None:
        self._wanted = sys.stderr.isatty() and not settings.quiet
        self._since = time.monotonic()
        self._shown = False

    def show(self, done: int, whole: int) -> None:
        """Draw the bar."""
        if not self._wanted or time.monotonic() - self._since < _PATIENCE:
            return
        share = done / whole if whole else 1.0
        full = round(share * _WIDTH)
        drawn = f"[{'#' * full}{'-' * (_WIDTH - full)}] {share:4.0%}  {done:,} of {whole:,} triples"
        print(f"\r{drawn}", end="", file=sys.stderr, flush=True)
        self._shown = True

    def clear(self) -> None:
        """Take the bar away."""
        if self._shown:
            print("\r" + " " * 78 + "\r", end="", file=sys.stderr, flush=True)
