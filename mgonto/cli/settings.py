"""Global options, which may stand before or after the verb."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mgonto.errors import UsageError

if TYPE_CHECKING:
    from mgonto.kb import KnowledgeBase

__all__ = ["DRAWINGS", "FORMATS", "REPORT_FORMATS", "Settings", "hoist", "knowledge_base", "verb_in"]

FORMATS = ("table", "csv", "tsv", "json", "jsonl", "md")
#: What paths can be written as beside that.
DRAWINGS = ("mermaid", "dot", "svg")
#: Further forms that a validation report takes.
REPORT_FORMATS = ("text", "sarif", "github", "ttl")

#: Global options and whether each takes a value.
_OPTIONS = {
    "--data": True,
    "--endpoint": True,
    "--store": True,
    "--timeout": True,
    "--format": True,
    "-f": True,
    "--output": True,
    "-o": True,
    "--quiet": False,
    "-q": False,
    "--verbose": False,
    "-v": False,
    "--show-sparql": False,
}


_EXAMPLES = {
    "--data": "--data extra.ttl",
    "--endpoint": "--endpoint http://localhost:7878/query",
    "--store": "--store mgonto-store",
    "--timeout": "--timeout 300",
    "--format": "--format json",
    "-f": "-f json",
    "--output": "--output found.csv",
    "-o": "-o found.csv",
}


@dataclass(frozen=True, slots=True)
class Settings:
    """What the global options say; `format` is None where the user left it to the kind of output."""

    data: tuple[Path, ...] = ()
    endpoint: str | None = None
    store: Path | None = None
    timeout: float = 60
    format: str | None = None
    output: Path | None = None
    quiet: bool = False
    verbose: bool = False
    show_sparql: bool = False


def hoist(arguments: Sequence[str]) -> list[str]:
    """The arguments with the global options moved before the verb, in their order; after `--` nothing moves.

    >>> hoist(["explain", "a", "b", "-f", "json", "--max-hops", "3"])
    ['-f', 'json', 'explain', 'a', 'b', '--max-hops', '3']
    """
    front: list[str] = []
    rest: list[str] = []
    at = 0
    while at < len(arguments):
        each = arguments[at]
        name, equals, _ = each.partition("=")
        if each == "--":
            rest.extend(arguments[at:])
            break
        if _OPTIONS.get(name) and not equals and at + 1 == len(arguments):
            raise UsageError(f"{name} needs a value", "as in: " + _EXAMPLES[name])
        if name in _OPTIONS and name.startswith("--"):
            front.append(each)
            if _OPTIONS[name] and not equals and at + 1 < len(arguments):
                at += 1
                front.append(arguments[at])
        elif each in _OPTIONS:
            front.append(each)
            if _OPTIONS[each] and at + 1 < len(arguments):
                at += 1
                front.append(arguments[at])
        else:
            rest.append(each)
        at += 1
    return front + rest


def verb_in(arguments: Sequence[str]) -> str | None:
    """The verb among arguments whose global options have been moved to the front, or None.

    >>> verb_in(["-f", "json", "explain", "a", "b"]), verb_in(["--help"])
    ('explain', None)
    """
    at = 0
    while at < len(arguments):
        name, equals, _ = arguments[at].partition("=")
        if name not in _OPTIONS:
            return None if name.startswith("-") else arguments[at]
        at += 2 if _OPTIONS[name] and not equals else 1
    return None


def knowledge_base(settings: Settings) -> KnowledgeBase:
    """The knowledge base that the global options ask for.

    It is the bundled one with the user's files, a store on disk, or one on an endpoint.

    Credentials for the endpoint come from the environment or netrc: what stands on a command line, every
    user of the machine can read.

    Raises:
        UsageError: two of files, a store and an endpoint, or an address that is none.
    """
    from mgonto.kb import connect, load

    if settings.store:
        if settings.data or settings.endpoint:
            other = "--endpoint" if settings.endpoint else "--data"
            raise UsageError(
                f"{other} and --store exclude each other",
                "load the files into the store (mgonto load --store DIR FILE), or leave one out",
            )
        _tell_warnings(settings)
        return load(store=settings.store)
    if settings.endpoint:
        if settings.data:
            raise UsageError(
                "--data and --endpoint exclude each other", "load the files into the store, or leave one out"
            )
        _tell_warnings(settings)
        return connect(settings.endpoint, settings.timeout)
    return load(*settings.data)


def _tell_warnings(settings: Settings) -> None:
    """Warnings of the library as remarks on standard error: one line, without the place in the code."""
    import sys
    import warnings

    def show(message: Warning | str, category: type[Warning], *_: object, **__: object) -> None:
        if not settings.quiet:
            print(f"mgonto: {message}", file=sys.stderr)

    warnings.showwarning = show
