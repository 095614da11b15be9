"""The query library: `queries/*.rq`, one file a question, read when it is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from mgonto.errors import UsageError
from mgonto.resources import data_dir

if TYPE_CHECKING:
    from mgonto.sources.queryfile import Query

__all__ = ["Library", "query_text"]


#: No file system takes a longer name.
_LONGEST = 200


@cache
def query_text(name: str) -> str:
    """The SPARQL of the query `name`, header included.

    Raises:
        UsageError: the library has no such query.

    >>> "SELECT" in query_text("terms")
    True
    """
    path = data_dir("queries") / f"{Path(name).name}.rq"
    if len(name) > _LONGEST or not path.exists():
        from difflib import get_close_matches

        known = sorted(each.stem for each in path.parent.glob("*.rq"))
        near = get_close_matches(name, known, 3, 0.5)
        hint = f"did you mean: {', '.join(near)}?" if near else "mgonto query list shows them all"
        raise UsageError(f'no query "{name}" in the library', hint)
    return path.read_text(encoding="utf-8")


class Library(Mapping[str, "Query"]):
    """The queries by name, in the order of their groups.

    >>> library = Library()
    >>> library["terms"].group
    'terms'
    """

    def __getitem__(self, name: str) -> Query:
        return _query(name)

    def __contains__(self, name: object) -> bool:
        return name in _names()

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(_names(), key=lambda name: (_rank(_query(name)), name)))

    def __len__(self) -> int:
        return len(_names())


@cache
def _names() -> frozenset[str]:
    return frozenset(path.stem for path in data_dir("queries").glob("*.rq"))


@cache
def _query(name: str) -> Query:
    from mgonto.sources.queryfile import read_query

    return read_query(name, query_text(name))


def _rank(query: Query) -> int:
    from mgonto.sources.queryfile import GROUPS

    return GROUPS.index(query.group) if query.group in GROUPS else len(GROUPS)
