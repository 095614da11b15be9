"""Verbs that check, build, write or start something."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mgonto.cli.output import note, write
from mgonto.cli.settings import Settings, knowledge_base
from mgonto.errors import MgontoError

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the verbs to the command line."""
    for verb in (verify, build, export, new):
        app.command()(verb)


def verify(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="Your copy of the article, as Markdown or plain text.")],
    article: Annotated[str | None, typer.Option(help="The article, where there are several.")] = None,
) -> None:
    """Check every sentence locator against your copy of the article."""
    from mgonto.sources.text import read_source
    from mgonto.sources.verify import verify_text

    settings: Settings = ctx.obj
    rows = knowledge_base(settings).sentence_index(article)
    report = verify_text(rows, read_source(file))
    if not report.matched:
        raise MgontoError(
            f"{file} holds none of the {len(rows)} sentences", "give a copy of the article itself"
        )
    lines = [f"{len(report.matched)} of {len(rows)} sentences match"]
    lines += [str(each) for each in report.mismatches]
    write(settings, "\n".join(lines))
    if report.mismatches:
        raise typer.Exit(1)


def build(
    ctx: typer.Context,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; fail where the release is stale.")
    ] = False,
    amend: Annotated[
        bool, typer.Option("--amend", help="Accept released ids that now assert something else.")
    ] = False,
    root: Annotated[Path | None, typer.Option(help="The checkout; the one around you unless told.")] = None,
) -> None:
    """Compile the sources of a checkout to its release."""
    from mgonto.graph.build import build_release, check_release, write_release

    settings: Settings = ctx.obj
    place = _checkout(root)
    made = build_release(place)
    if check:
        check_release(place, made)
    else:
        write_release(place, made, amend)
    note(settings, f"{made.statements} statements, {made.propositions} propositions, {made.quads} quads")


def export(
    ctx: typer.Context,
    form: Annotated[str, typer.Argument(help="owl, ttl, nt, trig, nq, jsonld, ofn, obograph or csv.")],
) -> None:
    """Write the knowledge base in another form, to -o FILE or standard output."""
    from mgonto.graph.export import export_bytes, json_ld_context

    settings: Settings = ctx.obj
    content = export_bytes(
        knowledge_base(settings).quads(), form, json_ld_context() if form == "jsonld" else None
    )
    write(settings, content.decode("utf-8"))


def new(
    ctx: typer.Context,
    article: Annotated[str, typer.Argument(help="A short name: lower case, digits and hyphens.")],
    file: Annotated[Path, typer.Argument(help="The article's text, as Markdown or plain text.")],
    root: Annotated[Path | None, typer.Option(help="The checkout; the one around you unless told.")] = None,
) -> None:
    """Index another article and make its folder, without its text."""
    from mgonto.sources.scaffold import scaffold_article
    from mgonto.sources.text import read_source

    settings: Settings = ctx.obj
    made = scaffold_article(article, read_source(file), _checkout(root) / "evidence")
    write(settings, "\n".join(str(each) for each in made))


def _checkout(root: Path | None) -> Path:
    """The checkout to work on: the one named, else the folder we stand in or one above it, else ours."""
    from mgonto.resources import checkout_root

    if root is not None:
        return root
    for place in (Path.cwd(), *Path.cwd().parents):
        if (place / "evidence").is_dir() and (place / "ontology" / "mgonto.ttl").exists():
            return place
    ours = checkout_root()
    if ours is None:
        raise MgontoError("no checkout here", "run it inside one, or name it with --root")
    return ours
