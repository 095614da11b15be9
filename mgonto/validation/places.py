"""Where in a file a node stands: parsers do not tell, so the text is read once more, by token.

Turtle, TriG, N-Triples and N-Quads are followed statement by statement. In RDF/XML and JSON-LD the line is
the first that names the node. What cannot be found has no line; nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from mgonto.names import shrink

__all__ = ["Places", "find_places"]

_TOKEN = re.compile(
    r"""(?P<comment>\#[^\n]*)
      | (?P<text>\"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*'''
                |"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
      | (?P<iri><[^<>\s"]*>)
      | (?P<tag>\^\^|@[A-Za-z][A-Za-z0-9-]*)
      | (?P<name>[^\s<>"'{}|^`\\;,\[\]()\#@:]*:(?:[^\s<>"'{}|^`\\;,\[\]()\#]|\\.)*)
      | (?P<mark>[;,\[\](){}]|\.(?![0-9]))
      | (?P<word>[^\s<>"'{};,\[\]()\#]+)""",
    re.VERBOSE | re.DOTALL,
)
_TURTLE = frozenset({".ttl", ".trig", ".nt", ".nq", ".n3"})
#: Formats with one statement on each line: a large file is not held as a whole.
_LINES = frozenset({".nt", ".nq"})
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


@dataclass(slots=True)
class Places:
    """The line of each node, of each of its properties and of each of their values.

    >>> places = Places({"urn:a": 3}, {("urn:a", "urn:p"): 4}, {})
    >>> places.line("urn:a"), places.line("urn:a", "urn:p"), places.line("urn:b")
    (3, 4, None)
    """

    nodes: dict[str, int] = field(default_factory=dict)
    properties: dict[tuple[str, str], int] = field(default_factory=dict)
    values: dict[tuple[str, str, str], int] = field(default_factory=dict)
    mentions: dict[str, int] = field(default_factory=dict)

    def line(self, node: str, path: str | None = None, value: str | None = None) -> int | None:
        """The line of the value, the property, the node or its first mention: the first that is known."""
        if path is not None and value is not None and (node, path, value) in self.values:
            return self.values[node, path, value]
        if path is not None and (node, path) in self.properties:
            return self.properties[node, path]
        return self.nodes.get(node, self.mentions.get(node))


def find_places(path: Path, wanted: Collection[str]) -> Places:
    """The places in a file of the nodes `wanted` (IRIs).

    A file that cannot be read gives none: whoever asks has read it before.
    """
    wanted = frozenset(wanted)
    try:
        if path.suffix.lower() in _LINES:
            return _line_places(path, wanted)
        text = path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError:
        return Places()
    return _turtle_places(text, wanted) if path.suffix.lower() in _TURTLE else _first_lines(text, wanted)


def _first_lines(text: str, wanted: Collection[str]) -> Places:
    """The first line that names each node, as an IRI or as a CURIE."""
    places = Places()
    for number, line in enumerate(text.splitlines(), start=1):
        for each in wanted:
            if each in places.nodes:
                continue
            if any(re.search(rf'["\'&;]{re.escape(name)}["\']', line) for name in (each, shrink(each))):
                places.nodes[each] = number
    return places


def _line_places(path: Path, wanted: Collection[str]) -> Places:
    """The same for a format of lines: only those that name a wanted node are read by token."""
    places = Places()
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        for number, line in enumerate(file, start=1):
            terms = line.split(None, 2)
            if len(terms) < 3:
                continue
            subject, value = terms[0], terms[2].partition(">")[0]
            if (
                "\\" in line
                or subject.strip("<>") in wanted
                or (value.startswith("<") and value[1:] in wanted)
                or ">" in subject[1:-1]
            ):
                found = _turtle_places(line, wanted)
                for known, new in (
                    (places.nodes, found.nodes),
                    (places.mentions, found.mentions),
                ):
                    for node in new:
                        known.setdefault(node, number)
                for pair in found.properties:
                    places.properties.setdefault(pair, number)
                for triple in found.values:
                    places.values.setdefault(triple, number)
    return places


def _turtle_places(text: str, wanted: Collection[str]) -> Places:
    places = Places()
    prefixes: dict[str, str] = {}
    base = ""
    # Outside brackets: subject, predicate, and how many terms of the triple have been read.
    stack: list[tuple[str, str, int]] = []
    subject, predicate, at = "", "", 0
    directive: list[str] = []
    for line, kind, token in _tokens(text):
        if directive:
            if kind == "iri":
                if directive[0] == "base":
                    base = token[1:-1]
                else:
                    prefixes[directive[1] if len(directive) > 1 else ""] = token[1:-1]
                directive = []
            elif kind == "name":
                directive.append(token.partition(":")[0])
            continue
        if kind == "tag" and token.lower() in ("@prefix", "@base"):
            directive = [token.lower().removeprefix("@")]
        elif kind == "word" and token.lower() in ("prefix", "base") and at == 0:
            directive = [token.lower()]
        elif kind == "tag" or (kind == "word" and token.lower() == "graph" and at == 0):
            continue
        elif kind == "mark":
            if token in "{}.":
                subject, predicate, at = "", "", 0
                stack = stack if token == "." else []
            elif token == ";":
                at = 1
            elif token == ",":
                at = 2
            elif token in "[(":
                stack.append((subject, predicate, at))
                subject, predicate, at = "", "", 1 if token == "[" else 2
            elif stack:
                subject, predicate, at = stack.pop()
                at = min(at + 1, 2)
        else:
            term = _term(kind, token, prefixes, base)
            if at == 0:
                subject = term
                if term in wanted:
                    places.nodes.setdefault(term, line)
            elif at == 1:
                predicate = term
                if subject in wanted:
                    places.properties.setdefault((subject, term), line)
            elif subject in wanted:
                places.values.setdefault((subject, predicate, term), line)
            if at == 2 and term in wanted:
                places.mentions.setdefault(term, line)
            at = min(at + 1, 2)
    return places


def _tokens(text: str) -> Iterator[tuple[int, str, str]]:
    line, seen = 1, 0
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind is None or kind == "comment":
            continue
        line += text.count("\n", seen, match.start())
        seen = match.start()
        token = match.group()
        # A dot at the end of a name or a number ends the statement.
        if kind in ("name", "word") and token.endswith(".") and not token.endswith("\\."):
            if token.rstrip("."):
                yield line, kind, token.rstrip(".")
            yield line, "mark", "."
            continue
        yield line, kind, token


def _term(kind: str, token: str, prefixes: dict[str, str], base: str) -> str:
    """The IRI of a node, the text of a literal."""
    if kind == "iri":
        iri = re.sub(
            r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})",
            lambda found: chr(int(found[1] or found[2], 16)),
            token[1:-1],
        )
        return base + iri if base and not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", iri) else iri
    if kind == "name":
        prefix, _, local = token.partition(":")
        return (
            f"_:{local}"
            if prefix == "_"
            else prefixes.get(prefix, f"{prefix}:") + re.sub(r"\\(.)", r"\1", local)
        )
    if kind == "text":
        inner = token[3:-3] if token[:3] in ('"""', "'''") else token[1:-1]
        return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), inner)
    return _TYPE if token == "a" else token


_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
