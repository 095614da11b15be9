"""The verbs on robustness: what a claim rests on, and what falls with a reference."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from mgonto.cli.output import emit, note, write
from mgonto.cli.settings import Settings, knowledge_base
from mgonto.errors import UsageError
from mgonto.names import local_name

if TYPE_CHECKING:
    from mgonto.kb import KnowledgeBase
    from mgonto.result.robustness import Support

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the verbs to the command line."""
    for verb in (support, without):
        app.command()(verb)


def support(
    ctx: typer.Context,
    what: Annotated[
        list[str] | None,
        typer.Argument(
            help="A statement, sentence or proposition; or two terms, for the paths between them."
        ),
    ] = None,
    rank: Annotated[
        bool, typer.Option("--rank", help="Rank the references by what falls with each.")
    ] = False,
    cut: Annotated[
        bool, typer.Option("--cut", help="The smallest sets of references that cut all paths.")
    ] = False,
    max_hops: Annotated[int, typer.Option(help="The most stated hops of a path.")] = 4,
    k: Annotated[int, typer.Option("-k", min=1, help="The most paths to look at.")] = 5,
    sign: Annotated[int | None, typer.Option(help="With --cut: only paths of this sign, 1, -1 or 0.")] = None,
    max_size: Annotated[
        int | None, typer.Option(min=1, help="With --cut: no sets of more references.")
    ] = None,
) -> None:
    """What a claim or a path rests on, and which of it is independent."""
    settings: Settings = ctx.obj
    given = what or []
    if rank and cut:
        raise UsageError("--rank and --cut exclude each other", "ask for one after the other")
    if (cut and len(given) != 2) or (rank and len(given) not in (0, 2)) or len(given) > 2:
        raise UsageError("two terms are wanted", 'as in: mgonto support --cut "magnesium" "hypertension"')
    kb = knowledge_base(settings)
    if rank:
        _rank(settings, kb, given, max_hops)
    elif cut:
        _cut(settings, kb, given, sign, max_size, max_hops)
    elif len(given) == 2:
        found = kb.explain(given[0], given[1], max_hops, k)
        _show(settings, kb, [kb.support(path) for path in found], "no path, so nothing to rest on")
    elif given:
        _show(settings, kb, [kb.support(given[0])], "")
    else:
        raise UsageError("nothing is named", "name a statement, two terms, or ask for --rank")


def _rank(settings: Settings, kb: KnowledgeBase, pair: list[str], max_hops: int) -> None:
    source, target = pair or (None, None)
    found = kb.rank_references(source, target, max_hops)
    view = [
        {
            "reference": each.number,
            "author": each.author,
            "kind": each.kind,
            "paths": each.paths,
            "propositions": each.propositions,
            "statements": each.statements,
            "cited by": each.cited_by,
        }
        for each in found
    ]
    emit(settings, found, view, "no reference is cited")
    whole = found[0].of_paths if found else 0
    note(settings, f"each reference alone; paths: of {whole} that are cited hop by hop")


def _cut(
    settings: Settings,
    kb: KnowledgeBase,
    pair: list[str],
    sign: int | None,
    max_size: int | None,
    max_hops: int,
) -> None:
    found = kb.cut_sets(pair[0], pair[1], sign, max_size, max_hops)
    view = [{"references": list(each.numbers), "size": len(each)} for each in found]
    emit(settings, found, view, "no set of references cuts all paths, or no path rests on references")


def _show(settings: Settings, kb: KnowledgeBase, found: list[Support], empty: str) -> None:
    if settings.format in (None, "table") and found:
        write(settings, "\n\n".join("\n".join(_lines(each, kb.terms.label)) for each in found))
        return
    from mgonto.result.results import Results

    columns = tuple(found[0].to_dict()) if found else ("kind", "about")
    emit(settings, Results(found, "", columns), None, empty)


def _lines(found: Support, label: Callable[[str], str], indent: str = "") -> Iterator[str]:
    """A support in a few lines, and of a path the same for each hop."""
    mentions = f"{found.mentions} mention{'s' if found.mentions != 1 else ''}"
    about = "at least " if not found.exact else ""
    yield f"{indent}{found.about}   {mentions}, {about}{found.independent} independent"
    inner = indent + "    "
    for each in found.references if not found.parts else ():
        inherited = f", {each.inherited} by way of paragraph or section" if each.inherited else ""
        species = f", {', '.join(label(one) for one in each.species)}" if each.species else ""
        yield (
            f"{inner}{each}: {each.kind or 'kind unknown'}{species}; "
            f"cited {each.statements} time{'s' if each.statements != 1 else ''}{inherited}"
        )
    told = {
        "wording": ", ".join(f"{count} {name}" for name, count in found.wordings.items()),
        "species in the text": ", ".join(label(each) for each in found.species_stated),
        "species of the sources": ", ".join(label(each) for each in found.species_of_sources),
        "secondary citations": _places(found.secondary),
        "not independent": _places(found.repeats),
        "without citation": _places(found.uncited),
    }
    if not found.parts:
        yield from (f"{inner}{name}: {text}" for name, text in told.items() if text)
        return
    kinds = ", ".join(f"{count} {name}" for name, count in found.kinds.items())
    yield f"{inner}references: {', '.join(str(each.number) for each in found.references)} ({kinds})"
    for part in found.parts:
        yield from _lines(part, label, inner)


def _places(statements: tuple[object, ...]) -> str:
    return ", ".join(local_name(getattr(each, "statement", "")) for each in statements)


def without(
    ctx: typer.Context,
    references: Annotated[list[str], typer.Argument(help="Numbers of cited references.")],
    explain: Annotated[
        tuple[str, str] | None, typer.Option(help="Two terms: what becomes of the paths between them.")
    ] = None,
    max_hops: Annotated[int, typer.Option(help="The most stated hops of a path.")] = 4,
) -> None:
    """What falls if references fall: propositions, and the paths between two terms."""
    settings: Settings = ctx.obj
    removal = knowledge_base(settings).without(references)
    source, target = explain or (None, None)
    standing = removal.standing(source, target, max_hops)
    view = [
        {
            "proposition": each.gloss,
            "lost": [local_name(one.statement) for one in each.lost],
            "still said, uncited": [local_name(one.statement) for one in each.uncited],
        }
        for each in removal.lost_propositions
    ]
    emit(settings, removal.lost_propositions, view, "no proposition loses all its support")
    numbers = ", ".join(local_name(each) for each in removal.references)
    note(settings, f"without [{numbers}]: {len(removal.lost_propositions)} propositions lose all support")
    note(settings, f"{len(removal.weakened)} lose some and keep some")
    note(
        settings,
        f"{standing.source} to {standing.target}: {standing.verdict}; {len(standing.broken)} paths break, "
        f"{len(standing.holding)} hold, {len(standing.uncited)} had a hop without citation from the start",
    )
    with suppress(UsageError):  # a base that is too large for this has its answer all the same
        note(settings, f"{len(removal.unsupported_before)} statements cited nothing from the start")
