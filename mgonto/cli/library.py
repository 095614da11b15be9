"""Verbs of the query library and of free SPARQL."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mgonto.cli.output import emit, note, write
from mgonto.cli.settings import Settings, knowledge_base
from mgonto.errors import MgontoError, UsageError

if TYPE_CHECKING:
    from mgonto.kb import KnowledgeBase
    from mgonto.sources.queryfile import Query

__all__ = ["register"]

_SKELETON = """\
#+ summary: What the query answers, in one line
#+ tags: [statements]
#+ params:
#+   term: {type: term, list: true, required: true, example: "magnesium", help: "What it is asked about"}
#+ columns: {statement: iri, gloss: string}
PREFIX mgo: <https://w3id.org/mgonto/>
SELECT ?statement ?gloss {
  ?statement   mgo:asserts ?proposition ; mgo:gloss ?gloss .
  ?proposition mgo:subject ?term .
  FILTER(?term IN ($term))
}
ORDER BY ?statement
"""

query = typer.Typer(no_args_is_help=True, help="The query library: one SPARQL file a question.")


def register(app: typer.Typer) -> None:
    """Add the verbs to the command line."""
    app.add_typer(query, name="query")
    app.command()(sparql)


@query.command("list")
def list_(
    ctx: typer.Context,
    group: Annotated[str | None, typer.Argument(help="Only this group: mechanism, evidence ...")] = None,
) -> None:
    """The queries by group, with what each answers."""
    from mgonto.result.results import Results
    from mgonto.sources.queryfile import GROUPS

    settings: Settings = ctx.obj
    if group is not None and group not in GROUPS:
        raise UsageError(f'unknown group "{group}"', "one of: " + ", ".join(GROUPS))
    library = knowledge_base(settings).queries
    rows = [
        {
            "query": each.name,
            "group": each.group,
            "summary": each.summary,
            "params": [f"{one.name}{'' if one.required else '?'}" for one in each.parameters],
        }
        for each in library.values()
        if group in (None, each.group)
    ]
    emit(settings, Results(rows, columns=("query", "group", "summary", "params")))


@query.command()
def show(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="The query, or the path of a .rq file.")],
) -> None:
    """A query as it is: header and SPARQL."""
    settings: Settings = ctx.obj
    write(settings, _find(knowledge_base(settings), name).text)


@query.command()
def run(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="The query, or the path of a .rq file.")],
    values: Annotated[
        list[str] | None, typer.Argument(help="NAME=VALUE for each parameter; several for a list.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many rows.")] = None,
    exact: Annotated[bool, typer.Option("--exact", help="No narrower terms, no states.")] = False,
) -> None:
    """The rows of a query."""
    settings: Settings = ctx.obj
    kb = knowledge_base(settings)
    asked = _find(kb, name)
    given: dict[str, list[str]] = {}
    for each in values or ():
        key, equals, value = each.partition("=")
        if not equals:
            names = ", ".join(f"{one.name}=..." for one in asked.parameters) or "nothing"
            raise UsageError(f'"{each}" gives no parameter a value', f"the query takes {names}")
        given.setdefault(key, []).append(value)
    params: dict[str, Any] = {key: found[0] if len(found) == 1 else found for key, found in given.items()}
    for reserved in ("query", "expand", "limit"):
        if reserved in params and asked.parameter(reserved) is None:
            raise UsageError(
                f'the query {asked.name} has no parameter "{reserved}"', "use --limit or --exact"
            )
    emit(settings, kb.run(asked, "exact" if exact else "states", limit, **params))


@query.command()
def check(
    ctx: typer.Context,
    files: Annotated[
        list[str] | None, typer.Argument(help="Queries or .rq files; the whole library unless told.")
    ] = None,
) -> None:
    """Whether queries say what they take and give, are plain SPARQL, parse everywhere, and answer."""
    from mgonto.query.lint import Probe, lint

    settings: Settings = ctx.obj
    kb = knowledge_base(settings)
    names = files or list(kb.queries)
    store = kb.store()
    probe = Probe(kb.terms, store)
    problems = [
        problem for name in names for problem in lint(f"{Path(name).stem}.rq", _find_text(kb, name), probe)
    ]
    if problems:
        write(settings, "\n".join(map(str, problems)))
    good = len(names) - len({each.file for each in problems})
    note(settings, f"{good} of {len(names)} queries are fit")
    if problems:
        raise typer.Exit(1)


@query.command()
def new(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="What to call it: lower case and hyphens.")],
    folder: Annotated[Path, typer.Option(help="Where to put it.")] = Path("."),
) -> None:
    """Start a query of your own from one that runs."""
    settings: Settings = ctx.obj
    if not name.replace("-", "").isalnum() or name != name.lower():
        raise UsageError(f'"{name}" is no name for a query', "use lower case letters, digits and hyphens")
    path = folder / f"{name}.rq"
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(_SKELETON)
    except FileExistsError as error:
        raise MgontoError(f"{path} is there already", "choose another name, or delete the file") from error
    except OSError as error:
        raise MgontoError(
            f"cannot write {path}: {error.strerror}", "choose a folder that you may write to"
        ) from error
    write(settings, str(path))
    note(settings, f"try it with: mgonto query run {path} term=magnesium")


def sparql(
    ctx: typer.Context,
    text: Annotated[str, typer.Argument(help='SPARQL, the path of a file that holds it, or "-".')],
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many rows of a SELECT.")] = None,
) -> None:
    """Any SELECT, ASK, CONSTRUCT or DESCRIBE over everything."""
    from mgonto.engine.binding import keywords_of

    settings: Settings = ctx.obj
    if text == "-":
        text = _stdin()
    elif text.endswith((".rq", ".sparql")):
        text = _read(Path(text))
    kb = knowledge_base(settings)
    words = keywords_of(text)
    if "SELECT" in words and not words & {"CONSTRUCT", "ASK", "DESCRIBE"}:
        found = kb.select(text)
        emit(settings, found[:limit] if limit else found)
    elif "ASK" in words:
        write(settings, "true" if kb.ask(text) else "false")
    else:
        found_triples = kb.construct(text)
        if settings.format is not None:
            raise UsageError("triples have no rows", "leave -f out: they are written as N-Triples")
        write(settings, "\n".join(f"{each} ." for each in found_triples))


def _stdin() -> str:
    try:
        text = sys.stdin.read()
        text.encode()
    except UnicodeError as error:
        raise UsageError("standard input is not UTF-8 text", "give it the text of a query") from error
    return text


#: What the name of a query file ends with.
_FILES = (".rq", ".sparql")


def _find(kb: KnowledgeBase, name: str) -> Query:
    from mgonto.sources.queryfile import read_query

    if name.endswith(_FILES):
        return read_query(Path(name).stem, _read(Path(name)))
    _is_not_a_file(kb, name)
    return kb.queries[name]


def _find_text(kb: KnowledgeBase, name: str) -> str:
    if name.endswith(_FILES):
        return _read(Path(name))
    _is_not_a_file(kb, name)
    return kb.queries[name].text


def _is_not_a_file(kb: KnowledgeBase, name: str) -> None:
    """Tell a query of the library from a file that was named without its ending."""
    if name not in kb.queries and Path(f"{name}.rq").is_file():
        raise UsageError(f'no query "{name}" in the library', f"for the file that lies here write: {name}.rq")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise MgontoError(f"cannot read {path}: {reason}", "check the path") from error
