"""Global options, which may stand before or after the verb."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["FORMATS", "REPORT_FORMATS", "Settings", "hoist"]

FORMATS = ("table", "csv", "tsv", "json", "jsonl", "md")
#: Further forms that a validation report takes.
REPORT_FORMATS = ("text", "sarif", "github", "ttl")

#: Global options and whether each takes a value.
_OPTIONS = {
    "--data": True,
    "--endpoint": True,
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


@dataclass(frozen=True, slots=True)
class Settings:
    """What the global options say; `format` is None where the user left it to the kind of output."""

    data: tuple[Path, ...] = ()
    endpoint: str | None = None
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
