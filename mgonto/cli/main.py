"""The commands. Each parses its words, asks one method of the library, and hands the answer to `output`."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mgonto.cli import audit, library, links, mechanism, reasoning, robustness, structure, validating
from mgonto.cli.output import emit, note, symbols, write
from mgonto.cli.settings import DRAWINGS, FORMATS, REPORT_FORMATS, Settings, hoist, knowledge_base
from mgonto.cli.words import statement_lines, statement_view, word
from mgonto.errors import CompilationFailed, MgontoError, UsageError
from mgonto.names import local_name, shrink

if TYPE_CHECKING:
    from mgonto.kb import KnowledgeBase

__all__ = ["app", "run"]

# Newer typer carries click inside itself, older typer depends on it: both name their errors through typer.
Exit, Abort = typer.Exit, typer.Abort
_ParserUsageError: type[Exception] = typer.BadParameter.__bases__[0]
_ParserError: type[Exception] = _ParserUsageError.__bases__[0]

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help="What a review says about magnesium and insulin resistance, as a knowledge base that can be asked.",
    epilog="Global options may stand before or after the verb. Exit codes: 0 ok, 1 failed or not conforming, "
    "2 usage, 3 unknown or ambiguous term, 4 endpoint.",
)


# -- global options ----------------------------------------------------------------------------------------


def _say_version(wanted: bool) -> None:
    if wanted:
        from mgonto import __version__

        print(__version__)
        raise Exit(0)


@app.callback()
def globals_(
    ctx: typer.Context,
    data: Annotated[
        list[Path] | None, typer.Option("--data", help="RDF file on top of the bundled data.")
    ] = None,
    endpoint: Annotated[
        str | None, typer.Option("--endpoint", help="Ask this SPARQL endpoint instead.")
    ] = None,
    form: Annotated[
        str | None,
        typer.Option(
            "-f", "--format", help=f"One of: {', '.join(FORMATS)}; for paths also {', '.join(DRAWINGS)}."
        ),
    ] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Write to this file.")] = None,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="No remarks on standard error.")] = False,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="Tracebacks and more words.")] = False,
    show_sparql: Annotated[
        bool, typer.Option("--show-sparql", help="Print the SPARQL on standard error.")
    ] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Global options, and what they fall back to in the environment."""
    forms = FORMATS + (REPORT_FORMATS if ctx.invoked_subcommand == "validate" else DRAWINGS)
    if form is not None and form not in forms:
        raise UsageError(f'unknown format "{form}"', f"one of: {', '.join(forms)}")
    if data is None and os.environ.get("MGONTO_DATA"):
        data = [Path(each) for each in os.environ["MGONTO_DATA"].split(os.pathsep) if each]
    ctx.obj = Settings(
        data=tuple(data or ()),
        endpoint=endpoint or os.environ.get("MGONTO_ENDPOINT") or None,
        format=form,
        output=output,
        quiet=quiet,
        verbose=verbose,
        show_sparql=show_sparql,
    )


# -- asking ------------------------------------------------------------------------------------------------


@app.command()
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


@app.command()
def show(
    ctx: typer.Context,
    what: Annotated[
        str, typer.Argument(help="A sentence (S09.P02.N05), a statement (S09.P02.N05.1) or a term.")
    ],
) -> None:
    """A sentence's statements, one statement or one term, in plain words."""
    settings: Settings = ctx.obj
    kb = knowledge_base(settings)
    place = local_name(what)
    if re.fullmatch(r"[st]\d+(\.[a-z]?\d+)+", place, re.IGNORECASE):
        place = place.upper()
    found = kb.statements(sentence=[place, place.rpartition(".")[0]])
    exact = [each for each in found if local_name(each.statement) == place]
    chosen = exact or [each for each in found if each.locator == place]
    if chosen:
        if settings.format not in (None, "table"):
            from mgonto.result.results import Results

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
        from mgonto.result.results import Results

        emit(settings, Results([term]))
        return
    write(settings, "\n".join(_term_lines(kb, term)))


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


@app.command()
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


@app.command()
def coverage(ctx: typer.Context) -> None:
    """How much of each section is accounted for."""
    settings: Settings = ctx.obj
    found = knowledge_base(settings).coverage()
    view = [{**row, "section": local_name(row["section"])} for row in found.to_dicts()]
    emit(settings, found, view, "no article is loaded")
    done, whole = sum(each.covered for each in found), sum(each.sentences for each in found)
    note(settings, f"{done} of {whole} sentences are accounted for")


@app.command()
def info(ctx: typer.Context) -> None:
    """Version, counts, licences and where the data are."""
    from mgonto import __version__
    from mgonto.resources import data_dir

    settings: Settings = ctx.obj
    facts: dict[str, object] = {"version": __version__, "data": str(data_dir("release"))}
    facts.update(knowledge_base(settings).counts())
    facts["licence of the code"] = "MIT"
    facts["licence of ontology and evidence"] = "CC BY 4.0"
    if settings.format in ("json", "jsonl"):
        import json

        write(settings, json.dumps(facts, indent=2 if settings.format == "json" else None))
        return
    write(settings, "\n".join(f"{name}: {value}" for name, value in facts.items()))


# -- making ------------------------------------------------------------------------------------------------


@app.command()
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
        raise Exit(1)


@app.command()
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


@app.command()
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


@app.command()
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


# Verbs that have a module of their own.
for _group in (mechanism, audit, robustness, structure, links, library, validating, reasoning):
    _group.register(app)


# -- running -----------------------------------------------------------------------------------------------


def run(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit; every expected error is two lines on standard error."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    sys.exit(_run(given))


def _run(given: Sequence[str]) -> int:
    verbose = "-v" in given or "--verbose" in given
    try:
        code = app(hoist(given), prog_name="mgonto", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except Exit as stop:
        return stop.exit_code
    except MgontoError as error:
        if verbose:
            import traceback

            traceback.print_exc()
        if isinstance(error, CompilationFailed):
            for problem in error.problems:
                print(problem, file=sys.stderr)
        return _fail(error.message, error.hint, error.exit_code)
    except _ParserError as error:
        context = getattr(error, "ctx", None)
        path = context.command_path if context is not None else "mgonto"
        if type(error).__name__ == "NoArgsIsHelpError":
            return _fail(f"{path} needs a command", f"see: {path} --help", 2)
        say = getattr(error, "format_message", None)
        code = 2 if isinstance(error, _ParserUsageError) else 1
        return _fail(_sentence(str(say() if say else error)), f"see: {path} --help", code)
    except (Abort, KeyboardInterrupt):
        return 130
    except BrokenPipeError:
        # The reader has gone; nothing is wrong. Keep the interpreter from flushing into it again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        # A fault of ours. It is told in two lines as well; the traceback is for who asks.
        if verbose:
            import traceback

            traceback.print_exc()
        return _fail(
            f"this should not happen: {type(error).__name__}: {error}",
            "run it again with -v and report what it prints",
            1,
        )


def _fail(message: str, hint: str, code: int) -> int:
    first = " ".join(message.split())
    print(f"mgonto: {first}\n  {' '.join(hint.split()) or 'see: mgonto --help'}", file=sys.stderr)
    return code


def _sentence(message: str) -> str:
    text = message.strip().splitlines()[0].rstrip(".") if message.strip() else "that cannot be understood"
    return text[:1].lower() + text[1:]
