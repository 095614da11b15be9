"""Verbs about the links to other ontologies."""

from __future__ import annotations

from typing import Annotated

import typer

from mgonto.cli.output import emit
from mgonto.cli.settings import Settings, knowledge_base

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the verbs to the command line."""
    app.command()(mappings)


def mappings(
    ctx: typer.Context,
    term: Annotated[
        list[str] | None, typer.Argument(help="Terms or relations; all of them unless told.")
    ] = None,
    predicate: Annotated[
        list[str] | None, typer.Option(help="exact, close, broad, narrow, related, or none.")
    ] = None,
    target: Annotated[
        list[str] | None, typer.Option(help="Prefix of the other ontology: MESH, NCIT ...")
    ] = None,
) -> None:
    """What a term is called in other ontologies, how near that is, and where a search found nothing."""
    settings: Settings = ctx.obj
    found = knowledge_base(settings).mappings(term or None, predicate or None, target or None)
    view = [
        {
            "term": each.subject_label,
            "match": each.match,
            "target": each.object_curie or each.source,
            "label": each.object_label,
            "version": each.source_version,
            "comment": each.comment,
        }
        for each in found
    ]
    emit(settings, found, view, "no mapping passes these filters")
