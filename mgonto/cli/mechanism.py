"""The verbs on mechanism: explain, loops, shared, compare."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Protocol

import typer

from mgonto.cli.output import emit, symbols, write
from mgonto.cli.settings import DRAWINGS, Settings, knowledge_base
from mgonto.cli.words import explanation_lines, loop_lines
from mgonto.names import local_name

if TYPE_CHECKING:
    from mgonto.result.records import Path

__all__ = ["register"]

_SIGNS = {1: "+", -1: "-", 0: "?"}


def register(app: typer.Typer) -> None:
    """Add the verbs to the command line."""
    for verb in (explain, loops, shared, compare):
        app.command()(verb)


class _Drawn(Protocol):
    def to_mermaid(self) -> str: ...

    def to_dot(self) -> str: ...

    def to_svg(self) -> str: ...


def _draw(settings: Settings, picture: _Drawn) -> None:
    made = {"mermaid": picture.to_mermaid, "dot": picture.to_dot, "svg": picture.to_svg}
    write(settings, made[settings.format or "dot"]())


def _drawing(paths: Sequence[Path], title: str) -> _Drawn:
    from mgonto.result.drawing import Drawing

    return Drawing(tuple(paths), title)


def explain(
    ctx: typer.Context,
    source: Annotated[str, typer.Argument(help="Where the change starts: a term, CURIE or IRI.")],
    target: Annotated[str, typer.Argument(help="Where it should arrive.")],
    max_hops: Annotated[int, typer.Option(help="The most stated hops of a path.")] = 4,
    k: Annotated[int, typer.Option("-k", help="The most paths to show.")] = 15,
    hop: Annotated[
        list[str] | None,
        typer.Option(help="Allow a further hop kind: opposite, aspect, general, special, structural."),
    ] = None,
    group: Annotated[
        str | None, typer.Option(help="Group the paths: mechanism, first, last (mediator), section.")
    ] = None,
    certainty: Annotated[list[str] | None, typer.Option(help="Only this strength of wording.")] = None,
    causal: Annotated[
        bool | None, typer.Option("--causal/--not-causal", help="Only claims of cause, or only others.")
    ] = None,
    relation: Annotated[list[str] | None, typer.Option(help="Only this relation.")] = None,
    reference: Annotated[list[str] | None, typer.Option(help="Only claims that cite this number.")] = None,
    section: Annotated[list[str] | None, typer.Option(help="Only claims of S09, or of the heading.")] = None,
    species: Annotated[list[str] | None, typer.Option(help="Only claims that name this species.")] = None,
    tissue: Annotated[list[str] | None, typer.Option(help="Only claims that name this tissue.")] = None,
    stage: Annotated[list[str] | None, typer.Option(help="Only claims that name this stage.")] = None,
    unstated: Annotated[
        bool, typer.Option("--unstated", help="Let claims pass that name no species, tissue or stage.")
    ] = False,
    source_species: Annotated[
        list[str] | None, typer.Option(help="Only claims that cite a work about this species.")
    ] = None,
    source_kind: Annotated[
        list[str] | None, typer.Option(help="Only claims that cite a work of this kind.")
    ] = None,
    design: Annotated[
        list[str] | None, typer.Option(help="Only claims whose wording names such a study.")
    ] = None,
    exact: Annotated[
        bool, typer.Option("--exact", help="Narrower terms do not count as the target.")
    ] = False,
) -> None:
    """How a change of one term leads to another, hop by hop, and what each hop rests on."""
    settings: Settings = ctx.obj
    found = knowledge_base(settings).explain(
        source,
        target,
        max_hops,
        k,
        certainty,
        hop or (),
        "exact" if exact else "states",
        group,
        causal,
        relation,
        reference,
        section,
        species,
        tissue,
        stage,
        unstated,
        source_species,
        source_kind,
        design,
    )
    if settings.format in DRAWINGS:
        _draw(settings, found)
    elif settings.format in (None, "table"):
        if settings.show_sparql:
            print(found.sparql, file=sys.stderr)
        write(settings, "\n".join(explanation_lines(found, symbols())))
    else:
        emit(settings, found, empty=f"no path from {found.source.name} to {found.target.name}")


def loops(
    ctx: typer.Context,
    term: Annotated[str, typer.Argument(help="The term that the loops run through.")],
    max_hops: Annotated[int, typer.Option(help="The most stated hops of a loop.")] = 4,
    hop: Annotated[list[str] | None, typer.Option(help="Allow a further hop kind, as in explain.")] = None,
) -> None:
    """How a change of a term comes back to it, feeding or holding back itself."""
    settings: Settings = ctx.obj
    kb = knowledge_base(settings)
    found = kb.loops(term, max_hops, hop or ())
    name = kb.term(term).name
    if settings.format in DRAWINGS:
        title = f"loops through {name}: {len(found)} with up to {max_hops} stated hops"
        _draw(settings, _drawing([each.path for each in found], title))
    elif settings.format in (None, "table"):
        text = loop_lines(name, found, symbols()) if found else [f"no loop runs through {name}"]
        write(settings, "\n".join(text))
    else:
        emit(settings, found, empty=f"no loop runs through {name}")


def shared(
    ctx: typer.Context,
    a: Annotated[str, typer.Argument(help="A term.")],
    b: Annotated[str, typer.Argument(help="Another term.")],
    same_sign: Annotated[
        bool | None,
        typer.Option("--same-sign/--opposite-sign", help="Only effects of one sign, or of opposite signs."),
    ] = None,
    max_hops: Annotated[int, typer.Option(help="The most stated hops from either term.")] = 1,
    hop: Annotated[list[str] | None, typer.Option(help="Allow a further hop kind, as in explain.")] = None,
) -> None:
    """What more of each of two terms acts on, and with which sign."""
    settings: Settings = ctx.obj
    kb = knowledge_base(settings)
    found = kb.shared(a, b, same_sign, max_hops, hop or ())
    one, two = kb.term(a).name, kb.term(b).name
    if settings.format in DRAWINGS:
        paths = [path for each in found for path in (each.path_a, each.path_b)]
        _draw(settings, _drawing(list(dict.fromkeys(paths)), f"what {one} and {two} both act on"))
        return
    view = [
        {
            "effect": each.label,
            one: _SIGNS[each.sign_a],
            two: _SIGNS[each.sign_b],
            f"references of {one}": [local_name(ref) for ref in each.path_a.references],
            f"references of {two}": [local_name(ref) for ref in each.path_b.references],
        }
        for each in found
    ]
    emit(settings, found, view, f"nothing is acted on by both {one} and {two}")


def compare(
    ctx: typer.Context,
    a: Annotated[str, typer.Argument(help="A term.")],
    b: Annotated[str, typer.Argument(help="Another term.")],
    exact: Annotated[bool, typer.Option("--exact", help="Narrower terms do not count.")] = False,
) -> None:
    """What is said of one term, of another, and of both."""
    settings: Settings = ctx.obj
    found = knowledge_base(settings).compare(a, b, "exact" if exact else "states")
    view = [
        {
            "verdict": each.verdict,
            "role": each.role,
            "term": each.label,
            "change": local_name(each.change or "").lower(),
            found.a.name: [_SIGNS[sign] for sign in each.signs_a],
            found.b.name: [_SIGNS[sign] for sign in each.signs_b],
            "statements": [local_name(one.statement) for one in (*each.statements_a, *each.statements_b)],
        }
        for each in found
    ]
    emit(settings, found, view, f"nothing is said of {found.a.name} or {found.b.name}")
