"""The verb `reason`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mgonto.cli.output import emit, note, write
from mgonto.cli.settings import Settings
from mgonto.errors import UsageError

if TYPE_CHECKING:
    from mgonto.reasoning import Mistake, Reasoning

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    app.command()(reason)


def reason(
    ctx: typer.Context,
    files: Annotated[
        list[Path] | None, typer.Argument(help="RDF files to reason over with the bundled data.")
    ] = None,
    all_: Annotated[
        bool, typer.Option("--all", help="Types of all individuals, not only of those in the files.")
    ] = False,
) -> None:
    """Is it free of contradiction, can every class have members, and what type is each individual?

    Exit code 0 where it is consistent and every class can have members, else 1.
    """
    from mgonto.reasoning import reason as run

    settings: Settings = ctx.obj
    if settings.endpoint:
        raise UsageError("the reasoner works on files, not on an endpoint", "leave --endpoint out")
    found = run([*settings.data, *(files or ())], all_types=all_, timeout=settings.timeout)
    if settings.format in ("json", "jsonl"):
        indent = 2 if settings.format == "json" else None
        write(settings, json.dumps(_as_json(found), ensure_ascii=False, indent=indent))
    elif not found.ok and settings.format in (None, "table"):
        write(settings, "\n".join(line for each in found.mistakes for line in _mistake_lines(each)))
    elif found.types or settings.format is not None:
        view = [{"individual": each.individual_label, "type": each.type_label} for each in found.types]
        emit(settings, found.types, view, "no types are inferred")
    note(settings, _verdict(found))
    if not found.ok:
        raise typer.Exit(1)


def _as_json(found: Reasoning) -> dict[str, object]:
    return {
        "consistent": found.consistent,
        "unsatisfiable": list(found.unsatisfiable),
        "mistakes": [asdict(each) for each in found.mistakes],
        "types": found.types.to_dicts(),
        "confirmed": found.confirmed,
        "seconds": found.seconds,
    }


def _mistake_lines(mistake: Mistake) -> list[str]:
    lines = [mistake.says]
    lines += [f"    written: {each}" for each in mistake.triples]
    lines += [f"    axiom:   {each}" for each in mistake.axioms]
    return lines


def _verdict(found: Reasoning) -> str:
    if not found.consistent:
        count = len(found.mistakes)
        return f"inconsistent: {count} contradiction{'s' if count != 1 else ''} ({found.seconds:.1f} s)"
    count = len(found.unsatisfiable)
    if count:
        return f"consistent, but {count} class{'es' if count != 1 else ''} can have no member"
    doubt = "" if found.confirmed else "; HermiT's time was up before it confirmed the types"
    return (
        f"consistent; every class can have members; {len(found.types)} inferred types "
        f"({found.seconds:.1f} s){doubt}"
    )
