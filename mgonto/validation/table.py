"""A CSV table of statements, one a row, as the tree that a YAML section would give.

The columns are the keys of the curation format, with `sentence` for the place. An end of a claim may have its
parts beside it (`subject_direction`, `object_aspect`), and a row may have one result with one quantity: their
keys are columns too. A cell with several values divides them by "|".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mgonto.compiler.schema import Schema
from mgonto.compiler.values import did_you_mean
from mgonto.errors import Problem
from mgonto.sources.yamlfile import Node

__all__ = ["Cell", "read_cells", "read_table"]

SENTENCE, NO_CLAIM = "sentence", "no_claim"
_ENDS = ("subject", "object")
_PARTS = ("direction", "aspect")


@dataclass(frozen=True, slots=True)
class Cell:
    """The text of a cell and where it starts (line and column count from 1)."""

    text: str
    line: int
    column: int


def read_cells(text: str, delimiter: str = ",") -> Iterator[list[Cell]]:
    """The rows of a CSV text with the place of every cell; empty lines are no rows.

    Raises:
        SyntaxError: a quote that nothing closes, or text after a closing quote; with line and column.

    >>> [[(cell.text, cell.line, cell.column) for cell in row] for row in read_cells('a,"b,c"\\n')]
    [[('a', 1, 1), ('b,c', 1, 3)]]
    """
    at, line, start = 0, 1, 0
    row: list[Cell] = []
    while at < len(text):
        column, first = at - start + 1, line
        if text[at] == '"':
            end = at + 1
            while True:
                end = text.find('"', end)
                if end < 0:
                    raise SyntaxError("a quote that nothing closes", ("", first, column, None))
                if text[end : end + 2] != '""':
                    break
                end += 2
            value = text[at + 1 : end].replace('""', '"')
            inner = text[at:end].count("\n")
            if inner:
                line, start = line + inner, text.rfind("\n", at, end) + 1
            at = end + 1
            if at < len(text) and text[at] not in (delimiter, "\r", "\n"):
                raise SyntaxError(
                    "text after a closing quote; a comma or the end of the line is expected",
                    ("", line, at - start + 1, None),
                )
        else:
            match = re.compile(f"[^{re.escape(delimiter)}\r\n]*").match(text, at)
            assert match is not None
            value, at = match.group(), match.end()
        row.append(Cell(value.strip(), first, column))
        if at < len(text) and text[at] == delimiter:
            at += 1
            if at == len(text) or text[at] in "\r\n":
                row.append(Cell("", line, at - start + 1))
            else:
                continue
        while at < len(text) and text[at] in "\r\n":
            if text[at] == "\n" or text[at : at + 2] != "\r\n":
                line, start = line + 1, at + 1
            at += 1
        if any(cell.text for cell in row):
            yield row
        row = []
    if any(cell.text for cell in row):
        yield row


def read_table(path: Path, schema: Schema, problems: list[Problem]) -> Node | None:
    """The statements of a table as a mapping of sentences; what is wrong goes to `problems` with its cell.

    None where the file cannot be read; an empty node where it has no rows.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        delimiter = "\t" if path.suffix.lower() == ".tsv" or "\t" in text.partition("\n")[0] else ","
        rows = list(read_cells(text, delimiter))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        problems.append(
            Problem(str(path), 1, 1, f"cannot read the file: {reason}", "check its path and encoding")
        )
        return None
    except SyntaxError as error:
        hint = 'close the quote, and write a quote inside a cell twice: ""'
        problems.append(
            Problem(str(path), error.lineno or 1, error.offset or 1, f"CSV syntax: {error.msg}", hint)
        )
        return None
    if not rows:
        return Node(None, 1, 1, {})
    alone = rows[0][0].text if len(rows[0]) == 1 else ""
    if ";" in alone:
        hint = "save the table as CSV with commas, or with tabs as .tsv"
        message = "CSV syntax: the columns are divided by semicolons, and commas are expected"
        problems.append(Problem(str(path), 1, alone.index(";") + 1, message, hint))
        return None
    return _Table(str(path), schema, problems).sentences(rows[0], rows[1:])


class _Table:
    """Turns rows into nodes; one a file."""

    def __init__(self, file: str, schema: Schema, problems: list[Problem]) -> None:
        self._file, self._problems = file, problems
        keys = {
            **schema.keys_of("EvidenceLine"),
            **schema.keys_of("Statement"),
            **schema.keys_of("Proposition"),
        }
        parts = {f"{end}_{part}" for end in _ENDS for part in _PARTS}
        self._own = {
            name: key
            for name, key in keys.items()
            if name not in parts and (key.reads != "node" or name in _BY_PLACE)
        }
        self._result = {
            name: key for name, key in schema.keys_of("StudyResult").items() if key.reads != "node"
        }
        self._quantity = dict(schema.keys_of("Quantity"))

    def _report(self, cell: Cell, message: str, hint: str) -> None:
        self._problems.append(Problem(self._file, cell.line, cell.column, message, hint))

    def sentences(self, header: list[Cell], rows: list[list[Cell]]) -> Node:
        """The mapping of locators to lists of statements."""
        names = [cell.text for cell in header]
        parts = {f"{end}_{part}" for end in _ENDS for part in _PARTS}
        known = {SENTENCE, NO_CLAIM, *self._own, *self._result, *self._quantity, *parts}
        for at, cell in enumerate(header):
            if SENTENCE not in names and len(set(names) & known) < 2:
                break  # A table whose header is missing: one word on it is enough.
            if cell.text not in known:
                hint = did_you_mean(cell.text, known) or "name the columns after the keys of a curation file"
                self._report(cell, f'unknown column "{cell.text}"', hint)
            elif cell.text in names[:at]:
                self._report(cell, f'the column "{cell.text}" stands twice', "join the two")
        if SENTENCE not in names:
            self._report(
                header[0],
                f'there is no column "{SENTENCE}"',
                "name the columns in the first line; this one holds locators such as S09.P02.N05",
            )
            return Node(None, 1, 1, {})
        sentences: dict[str, Node] = {}
        places: dict[str, tuple[int, int]] = {}
        for row in rows:
            if len(row) != len(names):
                extra = row[min(len(row), len(names) + 1) - 1]
                hint = (
                    "quote a cell that holds a comma" if len(row) > len(names) else "fill the row with commas"
                )
                self._report(extra, f"the row has {len(row)} cells, the header {len(names)}", hint)
            cells = {
                name: cell for name, cell in zip(names, row, strict=False) if cell.text and name in known
            }
            place = cells.pop(SENTENCE, None)
            if place is None:
                self._report(row[0], "the row names no sentence", "write its locator, such as S09.P02.N05")
                continue
            places.setdefault(place.text, (place.line, place.column))
            reason = cells.get(NO_CLAIM)
            if reason is not None:
                told = {name: _leaf(cell) for name, cell in cells.items()}
                sentences[place.text] = _mapping(told, cells, place)
                continue
            before = sentences.get(place.text)
            listed = before.listed() if before and isinstance(before.value, list) else []
            item = self._statement(cells, place)
            sentences[place.text] = Node([*listed, item], place.line, place.column, {})
        return Node(dict(sentences), 1, 1, places)

    def _statement(self, cells: dict[str, Cell], place: Cell) -> Node:
        told: dict[str, Node] = {}
        for name, cell in cells.items():
            if name in _ENDS:
                told[name] = self._end(name, cell, cells)
            elif name in self._own:
                told[name] = _values(cell) if self._own[name].many else _leaf(cell)
        for end in _ENDS:
            for part in _PARTS:
                cell_of = cells.get(f"{end}_{part}")
                if cell_of is not None and end not in cells:
                    self._report(cell_of, f"{end}_{part} without {end}", f"fill the column {end}")
        # A key that a result and a statement share belongs to the statement.
        of_result = {name: cell for name, cell in cells.items() if name in self._result and name not in told}
        of_quantity = {
            name: cell
            for name, cell in cells.items()
            if name in self._quantity and name not in (*told, *of_result)
        }
        if of_result or of_quantity:
            first = next(iter((of_result | of_quantity).values()))
            result = {
                name: _values(cell) if self._result[name].many else _leaf(cell)
                for name, cell in of_result.items()
            }
            if of_quantity:
                quantity = {
                    name: _values(cell) if self._quantity[name].many else _leaf(cell)
                    for name, cell in of_quantity.items()
                }
                result["quantities"] = Node(
                    [_mapping(quantity, of_quantity, first)], first.line, first.column, {}
                )
            told["results"] = Node([_mapping(result, of_result, first)], first.line, first.column, {})
        return _mapping(told, cells, place)

    def _end(self, name: str, cell: Cell, cells: dict[str, Cell]) -> Node:
        parts = {part: cells[f"{name}_{part}"] for part in _PARTS if f"{name}_{part}" in cells}
        if not parts:
            return _leaf(cell)
        told = {"term": _leaf(cell)} | {part: _leaf(each) for part, each in parts.items()}
        return _mapping(told, {"term": cell, **parts}, cell)


#: Keys whose values point at something by its place, and are written as plain words all the same.
_BY_PLACE = frozenset({"cites", "alternative_to", "subject_joint_with", "object_joint_with"})


def _leaf(cell: Cell) -> Node:
    return Node(cell.text, cell.line, cell.column, {})


def _values(cell: Cell) -> Node:
    parts = [part.strip() for part in cell.text.split("|")]
    if len(parts) == 1:
        return _leaf(cell)
    return Node(
        [Node(part, cell.line, cell.column, {}) for part in parts if part], cell.line, cell.column, {}
    )


def _mapping(told: dict[str, Node], cells: dict[str, Cell], place: Cell) -> Node:
    keys = {
        name: (cells[name].line, cells[name].column) if name in cells else (node.line, node.column)
        for name, node in told.items()
    }
    return Node(dict(told), place.line, place.column, keys)
