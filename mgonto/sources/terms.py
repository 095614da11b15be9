"""`ontology/terms.tsv`: the domain terms, one a row, as somebody edits them in a spreadsheet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mgonto.errors import Problem
from mgonto.sources.tables import read_rows

__all__ = ["COLUMNS", "TermRow", "read_terms"]

COLUMNS = (
    "iri",
    "name",
    "label",
    "kind",
    "parents",
    "definition",
    "synonyms",
    "state_of",
    "pool_of",
    "stands_for_whole",
    "intervention_on",
    "direction",
    "part_of",
    "member_of",
    "involves",
    "definition_source",
    "source",
)


@dataclass(frozen=True, slots=True)
class TermRow:
    """One row of the table, split but not yet checked; `line` counts from 1, the header included."""

    line: int
    iri: str
    name: str
    label: str
    kind: str
    parents: tuple[str, ...]
    definition: str
    synonyms: tuple[str, ...]
    state_of: str
    pool_of: str
    stands_for_whole: str
    intervention_on: str
    direction: str
    part_of: tuple[str, ...]
    member_of: tuple[str, ...]
    involves: tuple[str, ...]
    definition_source: str
    source: str


def read_terms(path: Path, problems: list[Problem], shown: str | None = None) -> tuple[TermRow, ...]:
    """Read the table; what cannot be read is added to `problems` with its line.

    Raises nothing: a missing file is a problem like any other.
    """
    name = shown or str(path)
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()  # spreadsheets write a mark at the start
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        problems.append(Problem(name, 1, 1, f"cannot read the file: {reason}", "check its path and encoding"))
        return ()
    rows = []
    for number, _, cell in read_rows(lines, COLUMNS, name, problems):
        rows.append(
            TermRow(
                line=number,
                iri=cell["iri"],
                name=cell["name"],
                label=cell["label"] or cell["name"],
                kind=cell["kind"],
                parents=_split(cell["parents"]),
                definition=cell["definition"],
                synonyms=_split(cell["synonyms"]),
                state_of=cell["state_of"],
                pool_of=cell["pool_of"],
                stands_for_whole=cell["stands_for_whole"],
                intervention_on=cell["intervention_on"],
                direction=cell["direction"],
                part_of=_split(cell["part_of"]),
                member_of=_split(cell["member_of"]),
                involves=_split(cell["involves"]),
                definition_source=cell["definition_source"],
                source=cell["source"],
            )
        )
    return tuple(rows)


def _split(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split("|") if part.strip())
