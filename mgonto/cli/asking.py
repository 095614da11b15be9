"""Verbs about terms, statements and the whole: what is said, and how much there is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mgonto.cli.output import emit, note, symbols, write
from mgonto.cli.settings import Settings, knowledge_base
from mgonto.cli.words import statement_lines, statement_view, word
from mgonto.errors import UsageError
from mgonto.names import local_name, shrink

if TYPE_CHECKING:
    from mgonto.kb import KnowledgeBase
    from mgonto.result.records import Statement
    from mgonto.result.results import Results

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the verbs to the command line."""
    for verb in (statements, show, search, coverage, info):
        app.command()(verb)


def statements(
    ctx: typer.Context,
    about: Annotated[
        list[str] | None, typer.Argument(help="Terms in any role; all of them must be there.")
    ] = None,
    subject: Annotated[list[str] | None, typer.Option(help="The term that acts.")] = None,
    object: Annotated[list[str] | None, typer.Option(help="The term that is acted on.")] = None,
    relation: Annotated[list[str] | None, typer.Option(help="The relation.")] = None,
    sign: Annotated[list[int] | None, typer.Option(help="1, -1 or 0.")] = None,
    causal: Annotated[
        bool | None, typer.Option("--causal/--not-causal", help="Claims of cause, or not.")
    ] = None,
    certainty: Annotated[
        list[str] | None, typer.Option(help="established, suggested or hypothesised.")
    ] = None,
    hedge: Annotated[list[str] | None, typer.Option(help="The hedging word.")] = None,
    stance: Annotated[list[str] | None, typer.Option(help="affirmed, denied or undetermined.")] = None,
    null_kind: Annotated[list[str] | None, typer.Option(help="The kind of denial.")] = None,
    claim_kind: Annotated[list[str] | None, typer.Option(help="finding, background, definition ...")] = None,
    reference: Annotated[list[str] | None, typer.Option(help="Number of a cited reference.")] = None,
    cited: Annotated[
        bool | None, typer.Option("--cited/--uncited", help="With a citation, or without.")
    ] = None,
    scope: Annotated[
        list[str] | None, typer.Option(help="own citation, inherited from paragraph ...")
    ] = None,
    section: Annotated[list[str] | None, typer.Option(help="S09, or the heading.")] = None,
    tissue: Annotated[list[str] | None, typer.Option(help="Tissue or organ.")] = None,
    cell: Annotated[list[str] | None, typer.Option(help="Cell type.")] = None,
    species: Annotated[list[str] | None, typer.Option(help="Species that the text names.")] = None,
    population: Annotated[list[str] | None, typer.Option(help="Group of people.")] = None,
    stage: Annotated[list[str] | None, typer.Option(help="Stage of a condition.")] = None,
    condition: Annotated[list[str] | None, typer.Option(help="Condition under which it holds.")] = None,
    intervention: Annotated[list[str] | None, typer.Option(help="Intervention under which it holds.")] = None,
    design: Annotated[list[str] | None, typer.Option(help="Study design that the text names.")] = None,
    source_species: Annotated[list[str] | None, typer.Option(help="Species of a cited work.")] = None,
    source_kind: Annotated[list[str] | None, typer.Option(help="Kind of a cited work.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many.")] = None,
    exact: Annotated[bool, typer.Option("--exact", help="No narrower terms, no states.")] = False,
) -> None:
    """The statements that pass every filter, in the order of the article."""
    filters = dict(locals())
    settings: Settings = filters.pop("ctx").obj
    filters["expand"] = "exact" if filters.pop("exact") else "states"
    found = knowledge_base(settings).statements(
        **{name: value for name, value in filters.items() if value not in (None, [])}
    )
    emit(settings, found, [statement_view(each) for each in found], "no statement passes these filters")


def show(
    ctx: typer.Context,
    what: Annotated[
        str, typer.Argument(help="A sentence (S09.P02.N05), a statement (S09.P02.N05.1) or a term.")
    ],
) -> None:
    """A sentence's statements, one statement or one term, in plain words."""
    from mgonto.result.results import Results

    settings: Settings = ctx.obj
    kb = knowledge_base(settings)
    place = local_name(what)
    if re.fullmatch(r"[st]\d+(\.[a-z]?\d+)+", place, re.IGNORECASE):
        place = place.upper()
        found = _said_at(kb, place) or _said_at(kb, place.rpartition(".")[0])
    else:
        found = Results(())
    exact = [each for each in found if local_name(each.statement) == place]
    chosen = exact or [each for each in found if each.locator == place]
    if chosen:
        if settings.format not in (None, "table"):
            emit(settings, Results(chosen, found.sparql, found.columns))
            return
        numbers = kb.quantities(sentence=chosen[0].locator)
        write(settings, "\n".join(statement_lines(chosen, symbols(), numbers, kb.terms.label)))
        return
    reason = kb.no_claim(place)
    if reason is not None:
        write(
            settings,
            f"{place}  makes no claim: {word(reason)}" if reason else f"{place}  is not curated yet",
        )
        return
    term = kb.term(what)
    if settings.format not in (None, "table"):
        emit(settings, Results([term]))
        return
    write(settings, "\n".join(_term_lines(kb, term)))


def _said_at(kb: KnowledgeBase, place: str) -> Results[Statement]:
    """The statements of a sentence; none where no sentence has this place."""
    from mgonto.result.results import Results

    try:
        return kb.statements(sentence=place)
    except UsageError:
        return Results(())


def _term_lines(kb: KnowledgeBase, term: Any) -> list[str]:
    lines = [f"{term.name}  ({shrink(term.iri)}, {term.kind})"]
    definition = kb.definition(term)
    if definition:
        lines.append(f"    {definition}")
    if term.label != term.name:
        lines.append(f"    label in its source: {term.label}")
    if term.synonyms:
        lines.append(f"    also: {', '.join(term.synonyms)}")
    for title, iri in (
        ("a state of", term.state_of),
        ("a pool of", term.pool_of),
        ("acts on", term.intervention_on),
    ):
        if iri:
            lines.append(
                f"    {title}: {kb.terms.label(iri)}{f', {term.direction}' if term.direction else ''}"
            )
    for title, iris in (
        ("part of", term.part_of),
        ("member of", term.member_of),
        ("involves", term.involves),
    ):
        if iris:
            lines.append(f"    {title}: {', '.join(kb.terms.label(iri) for iri in iris)}")
    for title, others in (("broader", kb.ancestors(term)), ("narrower", kb.descendants(term))):
        if others:
            lines.append(f"    {title}: {', '.join(each.name for each in others)}")
    count = len(kb.statements(about=term, expand="exact"))
    lines.append(
        f'    {count} statement{"s" if count != 1 else ""} about it: mgonto statements "{term.name}"'
    )
    return lines


def search(
    ctx: typer.Context,
    text: Annotated[str, typer.Argument(help="Words of a name, label or synonym.")],
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many.")] = None,
) -> None:
    """The terms whose names hold these words."""
    settings: Settings = ctx.obj
    found = knowledge_base(settings).search(text, limit)
    view = [
        {"term": each.name, "id": shrink(each.iri), "kind": each.kind, "label": each.label} for each in found
    ]
    emit(settings, found, view, f'no term has "{text}" in its names')


def coverage(ctx: typer.Context) -> None:
    """How much of each section is accounted for."""
    settings: Settings = ctx.obj
    found = knowledge_base(settings).coverage()
    view = [{**row, "section": local_name(row["section"])} for row in found.to_dicts()]
    emit(settings, found, view, "no article is loaded")
    done, whole = sum(each.covered for each in found), sum(each.sentences for each in found)
    note(settings, f"{done} of {whole} sentences are accounted for")


def info(ctx: typer.Context) -> None:
    """Version, counts, licences and where the data are."""
    from mgonto import __version__
    from mgonto.resources import data_dir

    settings: Settings = ctx.obj
    place = settings.endpoint.partition("?")[0] if settings.endpoint else str(data_dir("release"))
    facts: dict[str, object] = {"version": __version__, "data": place}
    facts.update(knowledge_base(settings).counts())
    facts["licence of the code"] = "MIT"
    facts["licence of ontology and evidence"] = "CC BY 4.0"
    if settings.format in ("json", "jsonl"):
        import json

        write(settings, json.dumps(facts, indent=2 if settings.format == "json" else None))
        return
    write(settings, "\n".join(f"{name}: {value}" for name, value in facts.items()))
