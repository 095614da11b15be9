"""The verbs about what belongs to what."""

from __future__ import annotations

from typing import Annotated

import typer

from mgonto.cli.output import emit
from mgonto.cli.settings import Settings, knowledge_base

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the verbs to the command line."""
    app.command()(members)


def members(
    ctx: typer.Context,
    pathway: Annotated[str, typer.Argument(help="A pathway or another whole: a term, CURIE or IRI.")],
    acts: Annotated[
        list[str] | None, typer.Option(help="Only members that a causal statement joins with this term.")
    ] = None,
) -> None:
    """The parts and members of a pathway, those of its parts and narrower pathways too."""
    settings: Settings = ctx.obj
    kb = knowledge_base(settings)
    found = kb.members(pathway, acts or None)
    view = [
        {
            "term": each.name,
            "kind": each.kind,
            "part of": [kb.terms.label(one) for one in each.part_of],
            "member of": [kb.terms.label(one) for one in each.member_of],
        }
        for each in found
    ]
    emit(settings, found, view, f"nothing is declared to belong to {kb.term(pathway).name}")
