"""The same query, worded so that an engine starts from what is rare.

`FILTER(?x IN (...))` says what is wanted, and every engine gives the same rows for it; but one that does not
look into its filters reads everything and drops most of it. Where the list names things (terms, statements,
places: not the few words of a closed list, which half the data have), the filter is put in front as `VALUES`,
and `FILTER EXISTS` around such a list as a sub-select of what passes. One filter a group is moved: two lists
in front would be multiplied with each other.

A filter is moved only where that changes no row: its variable is bound whatever happens (in a triple of the
group or in every branch of its union), and the list holds IRIs and plain strings, which equal nothing but
themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from mgonto.names import BASE

__all__ = ["narrowed"]

_TOKEN = re.compile(
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
_VARIABLE = re.compile(r"[?$](\w+)")
_ITEM = r'(?:<[^<>\s]*>|"(?:[^"\\\n]|\\.)*")'
_IN = re.compile(rf"\(\s*\?(\w+)\s+IN\s*\(\s*({_ITEM}(?:\s*,\s*{_ITEM})*)\s*\)\s*\)", re.IGNORECASE)
#: A word of a closed list: half of the data may have it, so that it is nothing to start from.
_WORD = re.compile(rf"<{re.escape(BASE)}[A-Za-z]+>")
_SELECT = re.compile(r"\s*SELECT\b", re.IGNORECASE)
#: More rows than any answer has.
_NEVER = 1_000_000_000_000
#: So many optional parts are taken together before the guess is put right again.
_A_FEW = 5


@dataclass(slots=True, eq=False)
class _Element:
    """A part of a group: what it is (triples, union, filter, exists, optional ...), its text, and what its
    brackets hold."""

    kind: str
    text: str
    inner: str = ""


@dataclass(slots=True)
class _Group:
    elements: list[_Element] = field(default_factory=list)

    def certain(self) -> set[str]:
        """The variables that are bound in every row."""
        found: set[str] = set()
        for each in self.elements:
            if each.kind == "triples":
                found |= set(_VARIABLE.findall(each.text))
            elif each.kind == "union":
                branches = [_parse(inner) for inner in _groups(each.text)]
                if all(branches):
                    found |= set.intersection(*(branch.certain() for branch in branches if branch))
        return found

    def outside(self, at: int) -> set[str]:
        """The variables of all elements but one, those inside other EXISTS aside, which are their own."""
        return {
            name
            for place, each in enumerate(self.elements)
            if place != at and each.kind != "exists"
            for name in _VARIABLE.findall(each.text)
        }


@lru_cache(maxsize=512)
def narrowed(query: str) -> str:
    """The query with its rarest filter in front; as it is where there is none to move.

    >>> narrowed('SELECT * { ?s ?p ?o . FILTER(?s IN (<urn:a>)) }')
    'SELECT * {VALUES ?s { <urn:a> }  ?s ?p ?o .  }'
    """
    if " IN " not in query:
        return query
    return _narrowed_select(query) or query


def _narrowed_select(query: str) -> str | None:
    """A SELECT with the first group of it narrowed; None where there is nothing to move."""
    depth = 0
    for match in _TOKEN.finditer(query):
        if match["open"] == "(":
            depth += 1
        elif match["close"] == ")":
            depth -= 1
        elif match["open"] == "{" and depth == 0:
            end = _end(query, match.start())
            inner = _moved(query[match.end() : end - 1])
            return None if inner is None else f"{query[: match.end()]}{inner}{query[end - 1 :]}"
    return None


def _moved(text: str) -> str | None:
    """The inside of a group with one filter put in front; None where there is none to put there."""
    group = _parse(text)
    if group is None:
        return None
    certain = group.certain()
    best: tuple[int, int, str] | None = None
    once = ""
    for at, each in enumerate(group.elements):
        if each.kind == "filter" and (found := _IN.fullmatch(each.inner)) and found[1] in certain:
            items = dict.fromkeys(re.findall(_ITEM, found[2]))
            if not any(_WORD.fullmatch(item) for item in items):
                best = min(best or (1 << 30, 0, ""), (len(items), at, _values(found[1], items)))
    for at, each in enumerate(group.elements) if best is None else ():
        if each.kind == "exists" and (inner := _moved(each.inner)) is not None:
            shared = set(_VARIABLE.findall(each.inner)) & group.outside(at)
            if len(shared) == 1 and shared <= certain:
                (name,) = shared
                best = (0, at, f"{{ SELECT DISTINCT ?{name} {{ {inner} }} }}")
                once = inner
                break
    first: int | None = None
    for at, each in enumerate(group.elements):
        inside = list(_groups(each.text)) if each.kind == "union" else []
        if (
            len(inside) == 1
            and _SELECT.match(inside[0])
            and (inner := _narrowed_select(inside[0])) is not None
        ):
            each.text = f"{{ {inner} }}"
            first = at if first is None else first
    if best is None and first is not None:
        # A sub-select that was narrowed is what to start from, where nothing before it is more than joined.
        before = {each.kind for each in group.elements[:first]}
        if not before <= {"triples", "union", "filter", "exists", "not exists"}:
            return _joined(group.elements)
        best = (0, first, group.elements[first].text)
    if best is None:
        return None
    _, place, front = best
    del group.elements[place]
    return _arranged(group, front, once)


#: Triples with nothing in them but names and variables: each row of them is there once.
_PLAIN = re.compile(r"(?:<[^<>\s]*>|[\w:?.;,-]|\s)+")


def _arranged(group: _Group, front: str, once: str = "") -> str:
    """The group with the rare filter first, and what is optional after all that is not.

    Where the filter was a FILTER EXISTS and the triples are plain, its inside (`once`) can stand among them:
    what is doubled by it is told apart from what is not, for without it no row is there twice.

    An engine that guesses sizes by multiplying takes a long chain of patterns for so many rows that it reads
    all there is of each optional part; a limit that nothing reaches tells it otherwise.
    """
    parts = group.elements
    optional = next((at for at, each in enumerate(parts) if each.kind == "optional"), None)
    optional = len(parts) if optional is None and once else optional
    if optional is None:
        return f"{front} {_joined(parts)}"
    filters = [each for each in parts if each.kind in ("filter", "exists", "not exists")]
    base = [each for each in parts[:optional] if each not in filters]
    rest = [each for each in parts[optional:] if each not in filters]
    if all(each.kind in ("optional", "triples", "union") for each in rest):
        # What stands behind an optional part may go before it where the two share nothing unbound.
        loose = {name for each in rest if each.kind == "optional" for name in _VARIABLE.findall(each.text)}
        loose -= _Group(base).certain()
        moved = [
            each
            for each in rest
            if each.kind != "optional" and loose.isdisjoint(_VARIABLE.findall(each.text))
        ]
        base += moved
        rest = [each for each in rest if each not in moved]
    inside, outside = _joined(base), _joined([*rest, *filters])
    if rest and all(each.kind == "optional" for each in rest):
        outside = _joined(filters)
    else:
        rest = []
    if once and all(each.kind == "triples" for each in base) and _PLAIN.fullmatch(inside):
        names = " ".join(f"?{name}" for name in dict.fromkeys(_VARIABLE.findall(inside)))
        text = f"{{ SELECT DISTINCT {names} {{ {_stopped(once)} {inside} }} LIMIT {_NEVER} }}"
    else:
        text = f"{{ SELECT * {{ {front} {inside} }} LIMIT {_NEVER} }}"
    for at in range(0, len(rest), _A_FEW):
        few = _joined(rest[at : at + _A_FEW])
        text = f"{{ SELECT * {{ {text} {few} }} LIMIT {_NEVER} }}" if at + _A_FEW < len(rest) else text + few
    return f"{text} {outside}"


def _joined(elements: list[_Element]) -> str:
    """The texts of elements, with a full stop between triples that had something else between them."""
    text = ""
    for each in elements:
        stop = " ." if each.kind == "triples" and text and text.rstrip()[-1:] not in ".}" else ""
        text += f"{stop} {each.text}"
    return text


def _stopped(text: str) -> str:
    """Triples with one full stop behind them."""
    return f"{text.rstrip().rstrip('.')} ."


def _values(name: str, items: dict[str, None]) -> str:
    return f"VALUES ?{name} {{ {' '.join(items)} }}"


def _parse(text: str) -> _Group | None:
    """The elements of a group; None for a sub-select and for what is not understood."""
    group, last, end = _Group(), 0, 0
    for match in _TOKEN.finditer(text):
        if match.start() < end:
            continue
        word = (match["word"] or "").upper()
        if word == "SELECT":
            return None
        if not (word in _CLAUSES or match["open"] == "{"):
            continue
        if match.start() > last:
            group.elements.append(_Element("triples", text[last : match.start()]))
        start = match.start()
        if word in ("FILTER", "BIND", "OPTIONAL", "MINUS", "GRAPH", "SERVICE", "VALUES"):
            element, end = _clause(text, start, word)
        else:
            end = _end(text, start)
            while (more := re.compile(r"\s*UNION\s*\{", re.IGNORECASE).match(text, end)) is not None:
                end = _end(text, more.end() - 1)
            element = _Element("union", text[start:end])
        if not element.text:
            return None
        group.elements.append(element)
        last = end
    if last < len(text):
        group.elements.append(_Element("triples", text[last:]))
    # Comments are no triples.
    for each in group.elements:
        if each.kind == "triples":
            each.text = "".join(_without_comments(each.text))
    return group


_CLAUSES = frozenset(("FILTER", "BIND", "OPTIONAL", "MINUS", "GRAPH", "SERVICE", "VALUES"))


def _clause(text: str, start: int, word: str) -> tuple[_Element, int]:
    """The clause that starts at a place, and where it ends."""
    said: list[str] = []
    for match in _TOKEN.finditer(text, start + len(word)):
        if match["open"]:
            end = _end(text, match.start())
            if word == "VALUES" and match["open"] == "(":
                return _Element("", ""), end  # rows of several values: left as they are
            kind, inner = word.lower(), ""
            if word == "FILTER" and not said:
                inner = text[match.start() : end]
            elif word == "FILTER" and match["open"] == "{":
                kind, inner = " ".join(said).lower(), text[match.end() : end - 1]
            return _Element(kind, text[start:end], inner), end
        if match["word"]:
            said.append(match["word"].upper())
    return _Element("", ""), len(text)


def _groups(text: str) -> Iterator[str]:
    """The insides of the branches of a union."""
    end = 0
    for match in _TOKEN.finditer(text):
        if match.start() >= end and match["open"] == "{":
            end = _end(text, match.start())
            yield text[match.end() : end - 1]


def _end(text: str, start: int) -> int:
    """Where the bracket closes that opens at a place."""
    depth = 0
    for match in _TOKEN.finditer(text, start):
        if match["open"]:
            depth += 1
        elif match["close"]:
            depth -= 1
            if depth == 0:
                return match.end()
    return len(text)


def _without_comments(text: str) -> Iterator[str]:
    last = 0
    for match in _TOKEN.finditer(text):
        if match["comment"]:
            yield text[last : match.start()]
            last = match.end()
    yield text[last:]
