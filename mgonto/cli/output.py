"""Results to the terminal, a pipe or a file, in the form that was asked for."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from mgonto.cli.settings import DRAWINGS, Settings
from mgonto.errors import MgontoError, UsageError
from mgonto.result.results import Results

__all__ = ["Symbols", "emit", "note", "symbols", "write"]


class Symbols:
    """Arrows and branches, in the characters that the output can show."""

    def __init__(self, rich: bool) -> None:
        self.more, self.less, self.unknown = ("↑", "↓", "↕") if rich else ("+", "-", "?")
        self.to, self.branch, self.dash = ("→", "└─", "──") if rich else ("->", "`-", "--")


def symbols() -> Symbols:
    """The symbols that standard output can encode."""
    try:
        "↑↓↕→└─".encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return Symbols(False)
    return Symbols(True)


def note(settings: Settings, text: str) -> None:
    """A remark on standard error, unless the user wants quiet."""
    if not settings.quiet:
        print(text, file=sys.stderr)


def write(settings: Settings, text: str) -> None:
    """Write text to standard output or, with `-o`, to a file: whole or not at all.

    What is no ordinary file (a pipe, a device) is written into, and never replaced.
    """
    if settings.output is None or str(settings.output) == "-":
        if text and not text.endswith("\n"):
            text += "\n"
        try:
            sys.stdout.write(text)
        except UnicodeEncodeError:
            encoding = sys.stdout.encoding or "ascii"
            sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
        return
    path = settings.output
    try:
        # A link stays one: what it leads to is written.
        real = path.resolve()
        if real.is_dir():
            raise IsADirectoryError(0, "it is a folder")
        if real.exists() and not real.is_file():
            real.write_text(text, encoding="utf-8")
            return
        part = real.with_name(f".{real.name}.part")
        part.write_text(text, encoding="utf-8")
        os.replace(part, real)
    except OSError as error:
        raise MgontoError(
            f"cannot write {path}: {error.strerror}", "choose a folder that you may write to"
        ) from error


def emit(
    settings: Settings,
    results: Results[Any],
    view: Sequence[Mapping[str, object]] | None = None,
    empty: str = "nothing found",
) -> None:
    """Write results: a table on a terminal, TSV when piped, or what `-f` says.

    Args:
        settings: the global options.
        results: what was found; csv, tsv, json, jsonl and md hold every column of it.
        view: the shorter rows that the table shows.
        empty: the note for an empty result.
    """
    if settings.show_sparql and results.sparql:
        print(results.sparql, file=sys.stderr)
    if settings.format in DRAWINGS:
        raise UsageError(
            f"this answer cannot be drawn as {settings.format}", "explain, loops and shared can be drawn"
        )
    form = settings.format or ("table" if sys.stdout.isatty() and settings.output is None else "tsv")
    if form == "table":
        write(settings, _table(view if view is not None else results.to_dicts()))
    elif form == "json":
        write(settings, results.to_json())
    elif form == "jsonl":
        import json

        write(settings, "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in results.to_dicts()))
    elif form == "csv":
        write(settings, results.to_csv())
    elif form == "md":
        write(settings, results.to_markdown())
    else:
        write(settings, results.to_csv("\t"))
    if not results:
        note(settings, empty)


def _table(rows: Sequence[Mapping[str, object]]) -> str:
    if not rows:
        return ""
    import io

    from rich.box import ASCII, SIMPLE
    from rich.console import Console
    from rich.table import Table

    unicode = symbols().to == "→"
    table = Table(box=SIMPLE if unicode else ASCII, header_style="bold", pad_edge=False)
    for name in rows[0]:
        numeric = all(isinstance(row[name], int) for row in rows)
        table.add_column(name.replace("_", " "), justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(_shown(row[name]) for name in rows[0]))
    colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    width = None if sys.stdout.isatty() else 160
    console = Console(
        file=io.StringIO(), force_terminal=colour, width=width or Console().width, no_color=not colour
    )
    console.print(table)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


def _shown(value: object) -> str:
    from rich.markup import escape

    if value is None:
        return ""
    if isinstance(value, (list, tuple)):
        return escape(", ".join(str(each) for each in value))
    return escape(str(value))
