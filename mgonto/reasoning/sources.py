"""What is reasoned over: the bundled knowledge base and the user's files, and where each triple stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from mgonto.engine.embedded import read_rdf
from mgonto.errors import MgontoError
from mgonto.names import graph_iri
from mgonto.resources import data_dir

__all__ = ["Data", "line_of", "read_data"]

#: Shapes are no axioms, and what was inferred before is not to be taken for granted.
_LEFT_OUT = frozenset(graph_iri(name) for name in ("shapes", "inferred"))


@dataclass(frozen=True, slots=True)
class Data:
    """The triples of the knowledge base, and those of the user with the file that holds each."""

    bundled: tuple[ox.Triple, ...]
    own: dict[ox.Triple, Path] = field(default_factory=dict)

    @property
    def triples(self) -> list[ox.Triple]:
        """All of them, the user's last."""
        return list(dict.fromkeys((*self.bundled, *self.own)))


def read_data(files: Sequence[Path], bundled: Iterable[ox.Quad] | None = None) -> Data:
    """Read the bundled release and the user's RDF files.

    Args:
        files: RDF in any syntax that `mgonto.load` reads.
        bundled: take these for the bundled ones.

    Raises:
        MgontoError: a file cannot be read.
    """
    quads = _release() if bundled is None else bundled
    kept = {quad.triple: None for quad in quads if str(quad.graph_name).strip("<>") not in _LEFT_OUT}
    own: dict[ox.Triple, Path] = {}
    for at, path in enumerate(files):
        for quad in read_rdf(path):
            triple = _apart(quad.triple, at)
            if triple not in kept:
                own.setdefault(triple, path)
    return Data(tuple(kept), own)


def _release() -> list[ox.Quad]:
    path = data_dir("release") / "mgonto.trig"
    try:
        return list(ox.parse(path.read_bytes(), format=ox.RdfFormat.TRIG))
    except OSError as error:
        raise MgontoError(
            f"cannot read {path}: {error.strerror}", "install mgonto again, or: mgonto build"
        ) from error


def _apart(triple: ox.Triple, number: int) -> ox.Triple:
    """The triple with its blank nodes renamed, so that those of two files never are one."""

    def renamed(
        node: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple,
    ) -> ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple:
        return ox.BlankNode(f"f{number}x{node.value}") if isinstance(node, ox.BlankNode) else node

    subject, value = renamed(triple.subject), renamed(triple.object)
    assert isinstance(subject, (ox.NamedNode, ox.BlankNode))
    return ox.Triple(subject, triple.predicate, value)


_PREFIX = re.compile(r"""^\s*@?prefix\s+([\w.-]*):\s*<([^>]*)>""", re.IGNORECASE | re.MULTILINE)


def line_of(text: str, triple: ox.Triple) -> int | None:
    """The line on which a triple stands in the text of a file, as far as plain looking can tell.

    The parser tells no lines, so the value is looked for where the subject is written, in full or with a
    prefix of the file. None where either is not found, as for blank nodes.

    >>> text = "@prefix e: <urn:e/> .\\n\\ne:a e:p e:b ;\\n    e:q e:c .\\n"
    >>> line_of(text, ox.Triple(*(ox.NamedNode(f"urn:e/{each}") for each in "aqc")))
    4
    """
    prefixes = [(found[1], found[2]) for found in _PREFIX.finditer(text)]
    subject, prop, value = (_written(each, prefixes) for each in triple)
    if subject is None or value is None or prop is None:
        return None
    if triple.predicate.value.endswith("#type"):
        prop = re.compile(prop.pattern + r"|(?<![\w:])a(?![\w:])")
    lines = text.splitlines()
    heads = [at for at, line in enumerate(lines) if subject.match(line.lstrip())]
    for at in heads or [at for at, line in enumerate(lines) if subject.search(line)]:
        seen = False
        for offset, line in enumerate(lines[at:]):
            seen = seen or prop.search(line) is not None
            if seen and value.search(line):
                return at + offset + 1
            if offset and line.rstrip().endswith(".") and not line.lstrip().startswith("#"):
                break
    return heads[0] + 1 if heads else None


def _written(node: object, prefixes: Sequence[tuple[str, str]]) -> re.Pattern[str] | None:
    """What finds a node in the text of a file."""
    if isinstance(node, ox.Literal):
        return re.compile(re.escape(node.value))
    if not isinstance(node, ox.NamedNode):
        return None
    forms = [re.escape(f"<{node.value}>"), re.escape(f'"{node.value}"')]
    for prefix, namespace in prefixes:
        if node.value.startswith(namespace) and node.value != namespace:
            name = re.escape(f"{prefix}:{node.value[len(namespace) :]}")
            forms.append(rf"(?<![\w-]){name}(?![\w-]|\.\w)")
    return re.compile("|".join(forms))
