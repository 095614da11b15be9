"""`mgonto validate`: files against the shapes, and every finding at its place."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mgonto.cli.output import note, write
from mgonto.cli.settings import Settings
from mgonto.errors import UsageError

if TYPE_CHECKING:
    from mgonto.result.validation import ValidationReport

__all__ = ["register"]

_COLOURS = {"violation": "31", "warning": "33", "info": "36", "ok": "32"}


def register(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    app.command()(validate)


def validate(
    ctx: typer.Context,
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="RDF, curation YAML or CSV; the bundled release where there is none."),
    ] = None,
    fail_on: Annotated[
        str, typer.Option("--fail-on", help="Exit 1 from this severity on: violation or warning.")
    ] = "violation",
    engine: Annotated[
        str, typer.Option("--engine", help="auto, shacl (fast, where installed) or pyshacl.")
    ] = "auto",
    excused: Annotated[
        bool, typer.Option("--excused", help="List also what is excused with a reason.")
    ] = False,
    every: Annotated[
        bool, typer.Option("--every", help="List also what only follows from another finding.")
    ] = False,
) -> None:
    """Hold files against the shapes; -f is text, json, csv, tsv, jsonl, md, sarif, github or ttl."""
    from mgonto.validation.validate import validate_files

    settings: Settings = ctx.obj
    if settings.endpoint:
        raise UsageError("the shapes are held against files, not against an endpoint", "leave --endpoint out")
    report = validate_files((*settings.data, *(files or ())), engine, fail_on, excused=excused, every=every)
    for remark in report.notes:
        note(settings, remark)
    broken = [each for each in report.results if each.component == "Syntax"]
    for each in broken:
        message, _, hint = each.message.rpartition("; ")
        place = f"{each.file}:{each.line}:{each.column}"
        print(f"mgonto: {place}: {message}\n  {hint}", file=sys.stderr)
    form = settings.format or "text"
    # A report of nothing but broken syntax would say the same a second time.
    if form not in ("text", "table") or len(broken) < len(report.results) or not broken:
        write(settings, _written(report, "text" if form == "table" else form, settings))
    if not report.conforms:
        raise typer.Exit(1)


def _written(report: ValidationReport, form: str, settings: Settings) -> str:
    if form == "jsonl":
        import json

        return "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in report.to_dicts())
    forms = {
        "json": report.to_json,
        "csv": report.to_csv,
        "md": report.to_markdown,
        "sarif": report.to_sarif,
        "github": report.to_github,
        "ttl": report.to_turtle,
    }
    if form == "tsv":
        return report.to_csv("\t")
    if form != "text":
        return forms[form]()
    from mgonto.result.validation_forms import as_text

    if settings.output is None and sys.stdout.isatty() and "NO_COLOR" not in os.environ:
        return as_text(report, lambda text, severity: f"\x1b[{_COLOURS[severity]}m{text}\x1b[0m")
    return as_text(report)
