"""Verbs about what the article rests on, repeats, doubts and leaves out."""

from __future__ import annotations

from typing import Annotated

import typer

from mgonto.cli.output import emit
from mgonto.cli.settings import Settings, knowledge_base
from mgonto.cli.words import statement_view, word
from mgonto.names import local_name

__all__ = ["register"]

_About = Annotated[list[str] | None, typer.Argument(help="Terms in any role; all of them must be there.")]


def register(app: typer.Typer) -> None:
    """Add the verbs to the command line."""
    for verb in (quantities, sentences, references, tensions, gaps, flags, absent, repeats, facets):
        app.command()(verb)


def quantities(
    ctx: typer.Context,
    about: Annotated[
        list[str] | None, typer.Argument(help="Terms in any role; all of them must be there.")
    ] = None,
    statistic: Annotated[list[str] | None, typer.Option(help="mean, percentage, ratio ...")] = None,
    unit: Annotated[list[str] | None, typer.Option(help="UCUM code: mg/d, % ...")] = None,
    role: Annotated[list[str] | None, typer.Option(help="exposure, effect, time, threshold ...")] = None,
    comparator: Annotated[list[str] | None, typer.Option(help="What the result is compared with.")] = None,
    population: Annotated[list[str] | None, typer.Option(help="Group of the claim or subgroup.")] = None,
    section: Annotated[list[str] | None, typer.Option(help="S09, T2 or a heading.")] = None,
    time_point: Annotated[list[str] | None, typer.Option(help="When it was measured.")] = None,
    value: Annotated[str, typer.Option(help="any, number, words or not_reported.")] = "any",
    sentence: Annotated[list[str] | None, typer.Option(help="A sentence: S09.P02.N05.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many.")] = None,
) -> None:
    """The reported numbers, and the words that stand for numbers."""
    filters = dict(locals())
    settings: Settings = filters.pop("ctx").obj
    kb = knowledge_base(settings)
    found = kb.quantities(**{name: each for name, each in filters.items() if each not in (None, [])})
    view = [
        {
            "sentence": local_name(each.sentence),
            "role": word(each.role),
            "of": each.of,
            "amount": each.as_reported or each.in_words or word(each.status),
            "unit": each.unit,
            "compared with": list(each.comparators),
            "group": list(each.subgroups),
        }
        for each in found
    ]
    emit(settings, found, view, "no quantity passes these filters")


def sentences(
    ctx: typer.Context,
    section: Annotated[list[str] | None, typer.Option(help="S09, T2 or a heading.")] = None,
    reference: Annotated[
        list[str] | None, typer.Option(help="Number of a reference, own or inherited.")
    ] = None,
    scope: Annotated[
        list[str] | None, typer.Option(help="own citation, inherited from paragraph ...")
    ] = None,
    cited: Annotated[
        bool | None,
        typer.Option("--cited/--uncited", help="With a citation, own or inherited, or with none."),
    ] = None,
    species: Annotated[list[str] | None, typer.Option(help="With a statement about this species.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many.")] = None,
) -> None:
    """The sentences of the article, by place and by what they cite."""
    settings: Settings = ctx.obj
    found = knowledge_base(settings).sentences(section, reference, scope, cited, species, limit)
    view = [
        {
            "sentence": each.locator,
            "section": each.heading,
            "cites": list(each.cites),
            "inherits": list(each.inherits),
            "statements": each.statements,
            "no claim": word(each.no_claim),
        }
        for each in found
    ]
    emit(settings, found, view, "no sentence passes these filters")


def references(
    ctx: typer.Context,
    kind: Annotated[list[str] | None, typer.Option(help="narrative review, animal experiment ...")] = None,
    species: Annotated[list[str] | None, typer.Option(help="What the work is about.")] = None,
    before: Annotated[int | None, typer.Option(help="Published before this year.")] = None,
    after: Annotated[int | None, typer.Option(help="Published after this year.")] = None,
) -> None:
    """The reference list, with how many statements rest on each work."""
    settings: Settings = ctx.obj
    found = knowledge_base(settings).references(kind, species, before, after)
    view = [
        {
            "no": each.number,
            "work": f"{each.author} {each.year}",
            "title": each.title,
            "kind": word(each.kind),
            "species": list(each.species),
            "statements": each.statements,
        }
        for each in found
    ]
    emit(settings, found, view, "no reference passes these filters")


def tensions(
    ctx: typer.Context,
    about: _About = None,
    kind: Annotated[list[str] | None, typer.Option(help="contradiction, resolved by stage ...")] = None,
    source: Annotated[str, typer.Option(help="curated, computed or difference.")] = "curated",
) -> None:
    """Where the article disagrees with itself, or seems to."""
    settings: Settings = ctx.obj
    found = knowledge_base(settings).tensions(about, kind, source)
    view = [
        {"kind": word(each.kind), "sentences": list(each.locators), "reading": each.reading} for each in found
    ]
    emit(settings, found, view, "no tension")


def gaps(
    ctx: typer.Context,
    about: Annotated[
        list[str] | None, typer.Argument(help="Terms in any role; all of them must be there.")
    ] = None,
) -> None:
    """What the article says is not known."""
    settings: Settings = ctx.obj
    found = knowledge_base(settings).gaps(about)
    emit(settings, found, [statement_view(each) for each in found], "the article names no gap here")


def flags(
    ctx: typer.Context,
    about: Annotated[
        list[str] | None,
        typer.Argument(
            help="Terms, places (S09.P02.N05) or numbers of references; all of them must be there."
        ),
    ] = None,
    kind: Annotated[list[str] | None, typer.Option(help="causal overreach, species mismatch ...")] = None,
    severity: Annotated[list[str] | None, typer.Option(help="high, medium or low.")] = None,
) -> None:
    """What a careful reader doubts, and why."""
    settings: Settings = ctx.obj
    found = knowledge_base(settings).flags(about, kind, severity)
    view = [
        {
            "kind": word(each.kind),
            "severity": word(each.severity),
            "about": [local_name(one) for one in each.about],
            "note": each.note,
        }
        for each in found
    ]
    emit(settings, found, view, "no doubt is recorded here")


def absent(ctx: typer.Context, about: _About = None) -> None:
    """What a reader would look for and the article does not report."""
    settings: Settings = ctx.obj
    found = knowledge_base(settings).absent(about)
    view = [{"topics": list(each.names), "note": each.note} for each in found]
    emit(settings, found, view, "nothing is recorded as absent here")


def repeats(ctx: typer.Context) -> None:
    """What is stated more than once, and where."""
    settings: Settings = ctx.obj
    found = knowledge_base(settings).repeats()
    view = [
        {
            "proposition": f"{each.subject_label} {each.relation_label} {each.object_label}",
            "times": len(each.statements),
            "sentences": list(each.locators),
        }
        for each in found
    ]
    emit(settings, found, view, "nothing is stated twice")


def facets(
    ctx: typer.Context,
    field: Annotated[str, typer.Argument(help="certainty, stance, relation, species, tissue ...")],
) -> None:
    """How many statements have each value of a field."""
    settings: Settings = ctx.obj
    found = knowledge_base(settings).facets(field)
    view = [{"value": each.name, "statements": each.statements} for each in found]
    emit(settings, found, view, "no statement has this field")
