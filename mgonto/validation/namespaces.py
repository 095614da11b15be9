"""Namespaces that are nearly right: one letter off, and no shape would ever look at the data."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pyoxigraph as ox

from mgonto.errors import Problem
from mgonto.names import BASE, PREFIXES

__all__ = ["nearly_right"]

#: Namespaces in which the words and the terms of this model stand.
_NAMESPACES = (BASE, PREFIXES["obo"])
_PIECE = 1 << 24


def nearly_right(path: Path, store: ox.Store) -> Problem | None:
    """The first namespace in a file that is nearly, but not quite, one of this model; else None.

    Args:
        path: the file, for the line.
        store: what was read from it: a comment, or text between quotes, is no namespace.
    """
    text = path.read_bytes() if path.stat().st_size <= _PIECE else _start(path)
    for right in _NAMESPACES:
        for match in _pattern(right).finditer(text):
            wrong = match.group().decode()
            if _is_used(wrong, right, store):
                line = text.count(b"\n", 0, match.start()) + 1
                column = match.start() - (text.rfind(b"\n", 0, match.start()) + 1) + 1
                return Problem(
                    str(path),
                    line,
                    column,
                    f"the namespace {wrong} is not {right}, so nothing in it would be checked",
                    f"write {right} for it, and validate again",
                )
    return None


def _start(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_PIECE)


@cache
def _pattern(right: str) -> re.Pattern[bytes]:
    """Another scheme, another end, a www. or capitals, of the namespace `right`."""
    host, _, rest = right.partition("://")[2].rstrip("/").partition("/")
    body = f"(?:www\\.)?{re.escape(host)}/+{re.escape(rest)}"
    same = re.escape(right)
    return re.compile(f"(?!{same})(?i:https?)://(?i:{body})(?:[/#]|(?=[>A-Z]))".encode())


def _is_used(wrong: str, right: str, store: ox.Store) -> bool:
    """Whether the name of a property, a class or a value of this model starts so."""
    filters = {
        name: f'STRSTARTS(STR(?{name}), "{wrong}") && !STRSTARTS(STR(?{name}), "{right}")' for name in "po"
    }
    own = f'STRSTARTS(STR(?p), "{BASE}") || ?p = <{PREFIXES["rdf"]}type>'
    return bool(
        store.query(
            f"ASK {{ ?s ?p ?o FILTER(({filters['p']}) || (isIRI(?o) && ({own}) && {filters['o']})) }}"
        )
    )
