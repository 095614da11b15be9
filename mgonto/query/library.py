"""The query library: `queries/*.rq`, one file a question, read when it is asked."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from mgonto.errors import UsageError
from mgonto.resources import data_dir

__all__ = ["query_text"]


@cache
def query_text(name: str) -> str:
    """The SPARQL of the query `name`, header included.

    Raises:
        UsageError: the library has no such query.

    >>> "SELECT" in query_text("terms")
    True
    """
    path = data_dir("queries") / f"{Path(name).name}.rq"
    if not path.exists():
        known = ", ".join(sorted(each.stem for each in path.parent.glob("*.rq")))
        raise UsageError(f'no query "{name}" in the library', f"the queries are: {known}")
    return path.read_text(encoding="utf-8")
