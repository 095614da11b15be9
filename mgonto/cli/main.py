"""The commands. Each parses its words, asks one method of the library, and hands the answer to `output`."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mgonto.cli.settings import DRAWINGS, FORMATS, REPORT_FORMATS, Settings, hoist, verb_in
from mgonto.errors import CompilationFailed, MgontoError, UsageError

if TYPE_CHECKING:
    from typer.models import CommandInfo

__all__ = ["command_line", "run", "verb_of"]

# Newer typer carries click inside itself, older typer depends on it: both name their errors through typer.
Exit, Abort = typer.Exit, typer.Abort
_ParserUsageError: type[Exception] = typer.BadParameter.__bases__[0]
_ParserError: type[Exception] = _ParserUsageError.__bases__[0]

_LOOKS: dict[str, Any] = {
    "add_completion": False,
    "rich_markup_mode": None,
    "pretty_exceptions_enable": False,
    "no_args_is_help": True,
    "context_settings": {"help_option_names": ["-h", "--help"], "max_content_width": 100},
    "help": "What a review says about magnesium and insulin resistance, as a knowledge base "
    "that can be asked.",
    "epilog": "Global options may stand before or after the verb. Exit codes: 0 ok, 1 failed or not "
    "conforming, 2 usage, 3 unknown or ambiguous term, 4 endpoint.",
}


# -- global options ----------------------------------------------------------------------------------------


def _say_version(wanted: bool) -> None:
    if wanted:
        from mgonto import __version__

        print(__version__)
        raise Exit(0)


def globals_(
    ctx: typer.Context,
    data: Annotated[
        list[Path] | None, typer.Option("--data", help="RDF file on top of the bundled data.")
    ] = None,
    endpoint: Annotated[
        str | None, typer.Option("--endpoint", help="Ask this SPARQL endpoint instead.")
    ] = None,
    store: Annotated[
        Path | None, typer.Option("--store", help="Ask this folder instead, made by: load --store.")
    ] = None,
    timeout: Annotated[
        float,
        typer.Option(
            "--timeout", help="Seconds for the endpoint, the reasoner, or each query that is served."
        ),
    ] = 60,
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
    if not 0 < timeout < 1e6:
        raise UsageError(f"--timeout cannot be {timeout:g}", "give a number of seconds above 0")
    if store is None and data is None and endpoint is None and os.environ.get("MGONTO_STORE"):
        store = Path(os.environ["MGONTO_STORE"])
    if data is None and os.environ.get("MGONTO_DATA"):
        data = [Path(each) for each in os.environ["MGONTO_DATA"].split(os.pathsep) if each]
    ctx.obj = Settings(
        data=tuple(data or ()),
        endpoint=endpoint or os.environ.get("MGONTO_ENDPOINT") or None,
        store=store,
        timeout=timeout,
        format=form,
        output=output,
        quiet=quiet,
        verbose=verbose,
        show_sparql=show_sparql,
    )


# -- verbs -------------------------------------------------------------------------------------------------

#: The module of each verb, in the order of the help. A module is imported, and its verbs are made, only where
#: they are needed: to make them all takes a good part of the time of an answer.
_MODULES = {
    "mechanism": ("explain", "loops", "shared", "compare"),
    "robustness": ("support", "without"),
    "asking": ("statements", "show", "search", "coverage", "info"),
    "audit": (
        *("quantities", "sentences", "references", "tensions"),
        *("gaps", "flags", "absent", "repeats", "facets"),
    ),
    "structure": ("members",),
    "links": ("mappings",),
    "library": ("query", "sparql"),
    "validating": ("validate",),
    "reasoning": ("reason",),
    "loading": ("load",),
    "making": ("verify", "build", "export", "new"),
    "serving": ("serve",),
}


def command_line(verb: str | None = None) -> typer.Typer:
    """The command line: all of it, or only what the verb needs.

    >>> len(command_line("explain").registered_commands)
    1
    """
    app = typer.Typer(**_LOOKS)
    app.callback()(globals_)
    names = [name for name, verbs in _MODULES.items() if verb in verbs] or list(_MODULES)
    for name in names:
        import_module(f"mgonto.cli.{name}").register(app)
    if len(names) == 1:
        app.registered_commands = [each for each in app.registered_commands if verb_of(each) == verb]
    return app


def verb_of(command: CommandInfo) -> str:
    """The verb that a command of the command line is called by."""
    return command.name or (command.callback.__name__ if command.callback else "")


# -- running -----------------------------------------------------------------------------------------------


def run(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit; every expected error is two lines on standard error.

    Args:
        arguments: what to run; None for the command line of this process, which then ends with it.
    """
    if arguments is not None:
        sys.exit(_run(list(arguments)))
    # A process of one answer makes many small records and few cycles: looking for cycles seldom is enough.
    gc.set_threshold(50_000, 20, 50)
    ended: list[int] = []
    atexit.register(_leave, ended)  # the first to be registered is the last to be called
    ended.append(_run(sys.argv[1:]))
    sys.exit(ended[0])


def _leave(ended: Sequence[int]) -> None:
    """Give the memory back all at once: to take an answer apart piece by piece costs a tenth of its time."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):
        return  # let Python say so as it does
    if ended:
        os._exit(ended[0])


def _run(given: Sequence[str]) -> int:
    verbose = "-v" in given or "--verbose" in given
    try:
        words = hoist(given)
        code = command_line(verb_in(words))(words, prog_name="mgonto", standalone_mode=False)
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
