"""`Results`: an immutable sequence of records that can be written in every form people ask for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from mgonto.errors import MgontoError, UsageError
from mgonto.result.records import as_row

if TYPE_CHECKING:
    import pandas

__all__ = ["Exports", "Results"]

T = TypeVar("T")


class Results(Sequence[T], Generic[T]):
    """An immutable sequence of records, with the SPARQL that made it in `sparql`.

    >>> from mgonto.result.records import Context
    >>> found = Results([Context("inTissue", "urn:liver", "liver")], "SELECT ...")
    >>> found.one().label, found.to_dicts()[0]["role"]
    ('liver', 'inTissue')
    """

    def __init__(self, records: Iterable[T], sparql: str = "", columns: Sequence[str] = ()) -> None:
        self._records = tuple(records)
        self.sparql = sparql
        self._columns = tuple(columns)

    def __len__(self) -> int:
        return len(self._records)

    def __iter__(self) -> Iterator[T]:
        return iter(self._records)

    @overload
    def __getitem__(self, at: int) -> T: ...
    @overload
    def __getitem__(self, at: slice) -> Results[T]: ...
    def __getitem__(self, at: int | slice) -> T | Results[T]:
        if isinstance(at, slice):
            return Results(self._records[at], self.sparql, self._columns)
        return self._records[at]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Results) and self._records == other._records

    def __hash__(self) -> int:
        return hash(self._records)

    def __repr__(self) -> str:
        shown = ", ".join(str(each) for each in self._records[:3])
        noun, more = "result" if len(self) == 1 else "results", ", ..." if len(self) > 3 else ""
        return f"<{len(self)} {noun}: {shown}{more}>"

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns; known even where there is no row."""
        if self._columns or not self._records:
            return self._columns
        return tuple(as_row(self._records[0]))

    def first(self) -> T | None:
        """The first record, or None."""
        return self._records[0] if self._records else None

    def one(self) -> T:
        """The only record.

        Raises:
            MgontoError: there is none, or more than one.
        """
        if len(self._records) != 1:
            raise MgontoError(
                f"{len(self._records)} results where one was wanted", "narrow the question, or use first()"
            )
        return self._records[0]

    def to_dicts(self) -> list[dict[str, Any]]:
        """A dictionary for each record."""
        return [as_row(each) for each in self._records]

    def _table(self) -> Iterator[dict[str, Any]]:
        """The rows for a table, in which a hop is told in words; JSON has all of it."""
        for record, row in zip(self._records, self.to_dicts(), strict=True):
            if "hops" in row:
                row["hops"] = [str(each) for each in getattr(getattr(record, "path", record), "hops", ())]
            yield row

    def to_json(self) -> str:
        """A JSON list of the records."""
        import json

        return json.dumps(self.to_dicts(), ensure_ascii=False, indent=2)

    def to_csv(self, delimiter: str = ",") -> str:
        """A CSV table with a header; several values of a cell are joined by "|"."""
        if len(delimiter) != 1:
            raise UsageError(
                "to_csv gives the table as text, and takes no path",
                "write the text to the file; its one argument is the delimiter",
            )
        import csv
        import io

        out = io.StringIO()
        writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
        writer.writerow(self.columns)
        for row in self._table():
            writer.writerow([_cell(row.get(name)) for name in self.columns])
        return out.getvalue()

    def to_markdown(self) -> str:
        """A Markdown table."""
        lines = ["| " + " | ".join(self.columns) + " |", "|" + " --- |" * len(self.columns)]
        for row in self._table():
            lines.append(
                "| " + " | ".join(_cell(row.get(name)).replace("|", "\\|") for name in self.columns) + " |"
            )
        return "\n".join(lines) + "\n"

    def to_pandas(self) -> pandas.DataFrame:
        """A DataFrame.

        Raises:
            MgontoError: pandas is not installed.
        """
        try:
            import pandas
        except ImportError as error:
            raise MgontoError("pandas is not installed", "pip install 'mgonto[pandas]'") from error
        return pandas.DataFrame(self.to_dicts(), columns=list(self.columns) or None)

    def _repr_html_(self) -> str:
        from html import escape

        head = "".join(f"<th>{escape(name)}</th>" for name in self.columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(_cell(row.get(name)))}</td>" for name in self.columns) + "</tr>"
            for row in self._table()
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return "|".join(_cell(each) for each in value)
    if isinstance(value, dict):
        return _words(value)
    return str(value)


def _words(record: dict[str, Any]) -> str:
    """What stands in a cell, in the words that people read: JSON and `to_dicts` have the rest of it."""
    if "number" in record and "author" in record:
        return f"[{record['number']}] {record['author']} {record.get('year') or ''}".strip()
    if "label" in record:
        return str(record["label"])
    if all(isinstance(each, int) for each in record.values()):
        return "|".join(f"{count} {name}" for name, count in record.items())
    import json

    return json.dumps(record, ensure_ascii=False)


class Exports:
    """The exports of `Results` for an answer that is no sequence: its rows are those of `rows()`.

    >>> class One(Exports):
    ...     def rows(self):
    ...         return Results([{"a": 1}])
    >>> One().to_dicts()
    [{'a': 1}]
    """

    __slots__ = ()

    def rows(self) -> Results[Any]:
        """The answer as a table."""
        raise NotImplementedError

    def to_dicts(self) -> list[dict[str, Any]]:
        """A dictionary for each row."""
        return self.rows().to_dicts()

    def to_json(self) -> str:
        """A JSON list of the rows."""
        return self.rows().to_json()

    def to_csv(self, delimiter: str = ",") -> str:
        """A CSV table with a header."""
        return self.rows().to_csv(delimiter)

    def to_markdown(self) -> str:
        """A Markdown table."""
        return self.rows().to_markdown()

    def to_pandas(self) -> pandas.DataFrame:
        """A DataFrame.

        Raises:
            MgontoError: pandas is not installed.
        """
        return self.rows().to_pandas()

    def _repr_html_(self) -> str:
        return self.rows()._repr_html_()
