"""A query file: plain SPARQL under a grlc header (`#+` lines of YAML) that tells parameters and columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mgonto.errors import MgontoError

__all__ = [
    "ANY_ROLE",
    "COLUMN_TYPES",
    "GROUPS",
    "PARAMETER_TYPES",
    "Parameter",
    "Query",
    "read_query",
    "read_query_file",
]

#: The groups of the library, in the order in which it is listed; the first tag of a query names its group.
GROUPS = (
    "terms",
    "statements",
    "mechanism",
    "quantities",
    "evidence",
    "epistemics",
    "audit",
    "coverage",
    "links",
)
#: What a parameter takes. A term is given by name, synonym, CURIE or IRI; an iri also as a word of the closed
#: list that `of` names; a section by id or heading; a reference by number or IRI.
PARAMETER_TYPES = (
    "term",
    "iri",
    "section",
    "reference",
    "string",
    "integer",
    "decimal",
    "boolean",
    "any",
)
#: What `of` says for a term that may stand in any role: terms composed of it are meant too.
ANY_ROLE = "any role"
COLUMN_TYPES = ("iri", "string", "integer", "decimal", "boolean", "any")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a query.

    `many` ones take a list; `of` names the closed list of the vocabulary whose words are taken, or says of a
    term that it may stand in any role.
    """

    name: str
    type: str
    many: bool
    required: bool
    example: Any
    help: str
    of: str | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """A query of the library, or of a user: its header, read, and its text, header included."""

    name: str
    summary: str
    tags: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    columns: Mapping[str, str]
    text: str

    @property
    def group(self) -> str:
        """The group of the library that it belongs to."""
        return self.tags[0] if self.tags else ""

    def parameter(self, name: str) -> Parameter | None:
        """The parameter of a name, or None."""
        return next((each for each in self.parameters if each.name == name), None)

    def __str__(self) -> str:
        return f"{self.name}: {self.summary}"


def read_query(name: str, text: str) -> Query:
    """The query in `text`.

    Args:
        name: what it is called.
        text: SPARQL with `#+` lines on top; their order and spacing are free.

    Raises:
        MgontoError: the header is no YAML, or says something that no header says; the line is named.

    >>> read_query("hello", '#+ summary: Says hello' + chr(10) + 'SELECT * {}').summary
    'Says hello'
    """
    import yaml

    lines = [line if line.startswith("#+") else "" for line in text.splitlines()]
    source = "\n".join(line[2:].removeprefix(" ") for line in lines)
    try:
        header = yaml.safe_load(source) or {}
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        hint = "the #+ lines are YAML: summary, tags, params, columns"
        raise MgontoError(f"{name}.rq:{line}: the header does not parse: {error.problem}", hint) from error
    if not isinstance(header, dict):
        raise MgontoError(f"{name}.rq:1: the header is no list of keys", "start it with: #+ summary: ...")
    params = _mapping(name, header, "params")
    return Query(
        name=name,
        summary=str(header.get("summary") or ""),
        tags=tuple(map(str, header.get("tags") or ())),
        parameters=tuple(_parameter(name, each, told) for each, told in params.items()),
        columns={str(column): str(kind) for column, kind in _mapping(name, header, "columns").items()},
        text=text,
    )


def read_query_file(path: Path) -> Query:
    """The query in a file; raises as `read_query` does, and where the file cannot be read."""
    try:
        return read_query(path.stem, path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise MgontoError(f"cannot read {path}: {reason}", "check its path and encoding") from error


def _mapping(name: str, header: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = header.get(key) or {}
    if not isinstance(found, dict):
        raise MgontoError(f"{name}.rq:1: {key} is no mapping", f"write: #+ {key}: {{name: ...}}")
    return found


def _parameter(query: str, name: object, told: object) -> Parameter:
    if not isinstance(told, dict):
        hint = '{type: term, required: true, example: "magnesium", help: "..."}'
        raise MgontoError(f"{query}.rq:1: the parameter {name} is no mapping", f"write: {name}: {hint}")
    unknown = set(told) - {"type", "list", "required", "example", "help", "of"}
    if unknown:
        raise MgontoError(
            f'{query}.rq:1: the parameter {name} has an unknown key "{sorted(map(str, unknown))[0]}"',
            "the keys are: type, list, required, example, help, of",
        )
    return Parameter(
        name=str(name),
        type=str(told.get("type", "any")),
        many=bool(told.get("list", False)),
        required=bool(told.get("required", False)),
        example=told.get("example"),
        help=str(told.get("help") or ""),
        of=told.get("of"),
    )
