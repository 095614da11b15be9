"""A group of a query, `{ ... }`, in its elements: triples, unions, filters and what is optional.

No parser: it tells the elements apart by their words and brackets, as far as rewording a query of the library
needs it, and says None where it does not understand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

__all__ = ["TOKEN", "VARIABLE", "Element", "Group", "branches", "end_of", "joined", "main_group", "parse"]

TOKEN = re.compile(
    r"""
      (?P<comment> \#[^\n]* )
    | (?P<iri>     <[^<>"{}|^`\\\x00-\x20]*> )
    | (?P<string>  \"\"\"(?:(?:\"|\"\")?(?:[^"\\]|\\.))*\"\"\" | '''(?:(?:'|'')?(?:[^'\\]|\\.))*'''
                 | "(?:[^"\\\n\r]|\\.)*" | '(?:[^'\\\n\r]|\\.)*' )
    | (?P<var>     [?$]\w+ )
    | (?P<name>    @[A-Za-z]+(?:-[A-Za-z0-9]+)* | [A-Za-z_]?[\w.-]*:[\w%:.-]* )
    | (?P<open>    [({] )
    | (?P<close>   [)}] )
    | (?P<word>    [A-Za-z_][\w-]* )
    """,
    re.VERBOSE | re.DOTALL,
)
VARIABLE = re.compile(r"[?$](\w+)")
_CLAUSES = frozenset(("FILTER", "BIND", "OPTIONAL", "MINUS", "GRAPH", "SERVICE", "VALUES"))
_UNION = re.compile(r"\s*UNION\s*\{", re.IGNORECASE)


@dataclass(slots=True, eq=False)
class Element:
    """A part of a group: what it is (triples, union, filter, exists, optional ...), its text, and what its
    brackets hold."""

    kind: str
    text: str
    inner: str = ""


@dataclass(slots=True)
class Group:
    """What stands between two brackets, in order."""

    elements: list[Element] = field(default_factory=list)

    def certain(self) -> set[str]:
        """The variables that are bound in every row."""
        found: set[str] = set()
        for each in self.elements:
            if each.kind == "triples":
                found |= set(VARIABLE.findall(each.text))
            elif each.kind == "union":
                inside = [parse(inner) for inner in branches(each.text)]
                if all(inside):
                    found |= set.intersection(*(branch.certain() for branch in inside if branch))
        return found

    def outside(self, at: int) -> set[str]:
        """The variables of all elements but one, those inside other EXISTS aside, which are their own."""
        return {
            name
            for place, each in enumerate(self.elements)
            if place != at and each.kind != "exists"
            for name in VARIABLE.findall(each.text)
        }


def main_group(query: str) -> tuple[int, int] | None:
    """Where the first group of a SELECT starts and ends, its brackets not counted; None where it has none.

    >>> text = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    >>> text[slice(*main_group(text))]
    ' ?s ?p ?o '
    """
    depth = 0
    for match in TOKEN.finditer(query):
        if match["open"] == "(":
            depth += 1
        elif match["close"] == ")":
            depth -= 1
        elif match["open"] == "{" and depth == 0:
            return match.end(), end_of(query, match.start()) - 1
    return None


def joined(elements: list[Element]) -> str:
    """The texts of elements, with a full stop between triples that had something else between them."""
    text = ""
    for each in elements:
        stop = " ." if each.kind == "triples" and text and text.rstrip()[-1:] not in ".}" else ""
        text += f"{stop} {each.text}"
    return text


def parse(text: str) -> Group | None:
    """The elements of a group; None for a sub-select and for what is not understood."""
    group, last, end = Group(), 0, 0
    for match in TOKEN.finditer(text):
        if match.start() < end:
            continue
        word = (match["word"] or "").upper()
        if word == "SELECT":
            return None
        if not (word in _CLAUSES or match["open"] == "{"):
            continue
        if match.start() > last:
            group.elements.append(Element("triples", text[last : match.start()]))
        start = match.start()
        if word in ("FILTER", "BIND", "OPTIONAL", "MINUS", "GRAPH", "SERVICE", "VALUES"):
            element, end = _clause(text, start, word)
        else:
            end = end_of(text, start)
            while (more := _UNION.match(text, end)) is not None:
                end = end_of(text, more.end() - 1)
            element = Element("union", text[start:end])
        if not element.text:
            return None
        group.elements.append(element)
        last = end
    if last < len(text):
        group.elements.append(Element("triples", text[last:]))
    # Comments are no triples.
    for each in group.elements:
        if each.kind == "triples":
            each.text = "".join(_without_comments(each.text))
    return group


def _clause(text: str, start: int, word: str) -> tuple[Element, int]:
    """The clause that starts at a place, and where it ends."""
    said: list[str] = []
    for match in TOKEN.finditer(text, start + len(word)):
        if match["open"]:
            end = end_of(text, match.start())
            if word == "VALUES" and match["open"] == "(":
                return Element("", ""), end  # rows of several values: left as they are
            kind, inner = word.lower(), ""
            if word == "FILTER" and not said:
                inner = text[match.start() : end]
            elif word == "FILTER" and match["open"] == "{":
                kind, inner = " ".join(said).lower(), text[match.end() : end - 1]
            return Element(kind, text[start:end], inner), end
        if match["word"]:
            said.append(match["word"].upper())
    return Element("", ""), len(text)


def branches(text: str) -> Iterator[str]:
    """The insides of the branches of a union."""
    end = 0
    for match in TOKEN.finditer(text):
        if match.start() >= end and match["open"] == "{":
            end = end_of(text, match.start())
            yield text[match.end() : end - 1]


def end_of(text: str, start: int) -> int:
    """Where the bracket closes that opens at a place."""
    depth = 0
    for match in TOKEN.finditer(text, start):
        if match["open"]:
            depth += 1
        elif match["close"]:
            depth -= 1
            if depth == 0:
                return match.end()
    return len(text)


def _without_comments(text: str) -> Iterator[str]:
    last = 0
    for match in TOKEN.finditer(text):
        if match["comment"]:
            yield text[last : match.start()]
            last = match.end()
    yield text[last:]
