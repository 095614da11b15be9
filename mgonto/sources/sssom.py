"""`ontology/mappings.sssom.tsv`: links to other ontologies, one a row, in the SSSOM format for tables.

The head of the file is YAML in lines that start with `#`; the rows follow as tab-separated values. What is
read here is the form; whether a row is right is the compiler's question.

Source: the SSSOM specification, <https://mapping-commons.github.io/sssom/spec-formats-tsv/>.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from mgonto.errors import Problem
from mgonto.sources.tables import read_rows

__all__ = ["COLUMNS", "NO_TERM", "MappingRow", "MappingSet", "read_mappings"]

#: In the order that SSSOM gives its slots.
COLUMNS = (
    "subject_id",
    "subject_label",
    "predicate_id",
    "object_id",
    "object_label",
    "mapping_justification",
    "subject_source",
    "object_source",
    "object_source_version",
    "mapping_provider",
    "comment",
)
#: Stands for the object where a search found none.
NO_TERM = "sssom:NoTermFound"
#: Cells that no row can do without.
_NEEDED = (
    "subject_id",
    "subject_label",
    "predicate_id",
    "object_id",
    "mapping_justification",
    "subject_source",
    "object_source",
)
_METADATA = ("mapping_set_id", "mapping_set_version", "license", "curie_map")


@dataclass(frozen=True, slots=True)
class MappingRow:
    """One row of the table, split but not yet checked; `line` counts from 1, the head included."""

    line: int
    subject_id: str
    subject_label: str
    predicate_id: str
    object_id: str
    object_label: str
    mapping_justification: str
    subject_source: str
    object_source: str
    object_source_version: str
    mapping_provider: str
    comment: str


@dataclass(frozen=True, slots=True)
class MappingSet:
    """A whole file: what its head says, the prefixes it declares with their lines, and its rows."""

    metadata: Mapping[str, str] = field(default_factory=dict)
    prefixes: Mapping[str, str] = field(default_factory=dict)
    #: The line of each prefix in the head.
    prefix_lines: Mapping[str, int] = field(default_factory=dict)
    rows: tuple[MappingRow, ...] = ()


def read_mappings(path: Path, problems: list[Problem], shown: str | None = None) -> MappingSet:
    """Read a set of mappings; what cannot be read is added to `problems` with its line.

    Args:
        path: the file. One that is not there is an empty set: a project may have no mappings yet.
        problems: takes what is wrong.
        shown: the name of the file in problems.

    >>> read_mappings(Path("nowhere.sssom.tsv"), []).rows
    ()
    """
    name = shown or str(path)
    if not path.exists():
        return MappingSet()
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()  # spreadsheets write a mark at the start
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        problems.append(Problem(name, 1, 1, f"cannot read the file: {reason}", "check its path and encoding"))
        return MappingSet()
    height = next((at for at, line in enumerate(lines) if not line.startswith("#")), len(lines))
    metadata, prefixes, places = _head(lines[:height], name, problems)
    rows = _rows(lines, height, name, problems)
    return MappingSet(metadata, prefixes, places, rows)


def _head(
    lines: list[str], name: str, problems: list[Problem]
) -> tuple[dict[str, str], dict[str, str], dict[str, int]]:
    try:
        root = yaml.compose("\n".join(line[1:] for line in lines), Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        at = error.problem_mark.line + 1 if error.problem_mark else 1
        hint = "the lines that start with # are YAML once the # is taken away"
        problems.append(Problem(name, at, 1, f"the head is no YAML: {error.problem}", hint))
        return {}, {}, {}
    metadata: dict[str, str] = {}
    prefixes: dict[str, str] = {}
    places: dict[str, int] = {}
    for key, value in root.value if isinstance(root, yaml.MappingNode) else ():
        if key.value == "curie_map" and isinstance(value, yaml.MappingNode):
            for prefix, namespace in value.value:
                prefixes[prefix.value] = str(namespace.value)
                places[prefix.value] = prefix.start_mark.line + 1
            metadata[key.value] = "given"
        elif isinstance(value, yaml.ScalarNode):
            metadata[key.value] = value.value
    for key in _METADATA:
        if not metadata.get(key):
            hint = f"write a line: #{key}: ..."
            problems.append(Problem(name, 1, 1, f"the head has no {key}", hint))
    metadata.pop("curie_map", None)
    return metadata, prefixes, places


def _rows(lines: list[str], height: int, name: str, problems: list[Problem]) -> tuple[MappingRow, ...]:
    rows = []
    for number, line, cell in read_rows(lines, COLUMNS, name, problems, height):
        empty = [column for column in _NEEDED if not cell[column]]
        if empty:
            problems.append(Problem(name, number, 1, f"no {empty[0]}", "every row needs it"))
            continue
        if '"' in line:
            hint = "write the label as it is; spreadsheets add quotes when they save"
            problems.append(Problem(name, number, 1, "a quotation mark in this row", hint))
            continue
        rows.append(MappingRow(number, **cell))
    return tuple(rows)
