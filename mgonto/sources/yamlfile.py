"""YAML read with the place of every value, so that an error can say where it stands.

PyYAML composes the nodes; nothing is converted: a scalar stays the text that was written (`3.50` stays
`3.50`), and whoever reads it says what it must be. A key written twice is an error here, because YAML
itself would silently keep the last.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from mgonto.errors import Problem

__all__ = ["Node", "read_yaml"]


@dataclass(frozen=True, slots=True)
class Node:
    """A value of a YAML file and its place (line and column count from 1).

    `value` is a `str` (a scalar, as written), a `list` of nodes, a `dict` from key text to node, or None
    for an empty value. `keys` gives the place of each key of a mapping.
    """

    value: str | list[Node] | dict[str, Node] | None
    line: int
    column: int
    keys: dict[str, tuple[int, int]]

    def items(self) -> Iterator[tuple[str, Node]]:
        """The pairs of a mapping; nothing for other values."""
        if isinstance(self.value, dict):
            yield from self.value.items()

    def get(self, key: str) -> Node | None:
        """The value of `key` in a mapping, else None."""
        return self.value.get(key) if isinstance(self.value, dict) else None

    def text(self) -> str | None:
        """The scalar text, else None."""
        return self.value if isinstance(self.value, str) else None

    def listed(self) -> list[Node]:
        """The items of a list; a single value counts as a list of one, an empty value as none."""
        if isinstance(self.value, list):
            return self.value
        return [] if self.value is None else [self]


def read_yaml(path: Path, problems: list[Problem], shown: str | None = None) -> Node | None:
    """Read one YAML file; add what is wrong to `problems` and return None where it cannot be read.

    Args:
        path: the file.
        problems: gets a problem for a syntax error, an unreadable file and every duplicate key.
        shown: the name that problems show, the path unless told.
    """
    name = shown or str(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        problems.append(Problem(name, 1, 1, f"cannot read the file: {reason}", "check its path and encoding"))
        return None
    try:
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        hint = "check the indentation, the colons and the quotes of this line and the one before it"
        problems.append(Problem(name, line, column, f"YAML syntax: {error.problem}", hint))
        return None
    except yaml.YAMLError as error:
        problems.append(Problem(name, 1, 1, f"YAML syntax: {str(error).splitlines()[0]}", "save it as UTF-8"))
        return None
    try:
        return _convert(root, name, problems) if root is not None else Node(None, 1, 1, {})
    except RecursionError:
        hint = "an anchor (&) must not hold its own alias (*)"
        problems.append(Problem(name, 1, 1, "YAML that holds itself, or is nested too deeply", hint))
        return None


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _convert(node: yaml.Node, name: str, problems: list[Problem]) -> Node:
    line, column = node.start_mark.line + 1, node.start_mark.column + 1
    if isinstance(node, yaml.ScalarNode):
        empty = node.tag == "tag:yaml.org,2002:null"
        return Node(None if empty else str(node.value), line, column, {})
    if isinstance(node, yaml.SequenceNode):
        return Node([_convert(each, name, problems) for each in node.value], line, column, {})
    values: dict[str, Node] = {}
    places: dict[str, tuple[int, int]] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        place = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
        if key in values:
            first = places[key][0]
            hint = f"it stands in line {first} already: join the two or delete one"
            problems.append(Problem(name, *place, f'duplicate key "{key}"', hint))
            continue
        values[key] = _convert(value_node, name, problems)
        places[key] = place
    return Node(values, line, column, places)
