"""Tables that people keep in spreadsheets, a row a line, its cells divided by tabs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mgonto.errors import Problem

__all__ = ["read_rows"]


def read_rows(
    lines: Sequence[str], columns: Sequence[str], name: str, problems: list[Problem], head: int = 0
) -> Iterator[tuple[int, str, dict[str, str]]]:
    """The rows of a table: the number of each line, counted from 1, the line, and its cells by column.

    Empty rows are passed over. A wrong header, and a row of another length, are problems.

    Args:
        lines: of the whole file.
        columns: what the header must say.
        name: of the file, as it is shown.
        problems: takes what is wrong.
        head: how many lines stand before the header.

    >>> list(read_rows(["a\\tb", "1\\t 2 "], ("a", "b"), "x.tsv", []))
    [(2, '1\\t 2 ', {'a': '1', 'b': '2'})]
    """
    if head >= len(lines) or lines[head].split("\t") != list(columns):
        hint = "the columns are: " + " ".join(columns)
        problems.append(Problem(name, min(head + 1, len(lines) or 1), 1, "wrong header", hint))
        return
    for number, line in enumerate(lines[head + 1 :], start=head + 2):
        cells = [cell.strip() for cell in line.split("\t")]
        if not any(cells):
            continue
        if len(cells) != len(columns):
            hint = f"a row has {len(columns)} cells, divided by tabs"
            problems.append(Problem(name, number, 1, f"{len(cells)} cells in this row", hint))
            continue
        yield number, line, dict(zip(columns, cells, strict=True))
